"""The door to git, and the settings of a stranger's repository: what they would run does not run."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.support import looks, write_files
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.init import init
from vaultcrm.actions.sync import autocommit, standing, sync
from vaultcrm.errors import NotFound, OutsideFailed, Refused, Unreadable
from vaultcrm.git import attributes
from vaultcrm.git.client import Differing, Entry, Git, driver
from vaultcrm.git.config_policy import dangerous, settings_in

NOW = datetime(2026, 11, 16, 9, 30)
NOTE = b"---\ntype: client\nrate: 60\n---\n"


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True, text=True).stdout


pytestmark = pytest.mark.usefixtures("known")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault that is a repository, shared with a bare one beside it."""
    root = tmp_path / "vault"
    write_files(root, {"clients/Acme/Acme.md": NOTE, "Ä note.md": b"An idea.\n"})
    init(str(root), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", "origin.git")
    git(root, "remote", "add", "origin", "../origin.git")
    return root


def crm(root: Path) -> Crm:
    return Crm(str(root), NOW, ["test"])


# ------------------------------------------------------------------------------------- the door


def test_what_differs_on_the_disk(vault: Path) -> None:
    asked = Git(str(vault))
    assert asked.on_disk() == []
    old = asked.tree("HEAD")
    (vault / "clients/Acme/Acme.md").write_bytes(NOTE + b"More.\n")
    (vault / "Ä note.md").unlink()
    write_files(vault, {"clients/Acme/nëw.md": b"", "clients/Acme/a\nb.md": b"", ".DS_Store": b"", "inner/x.md": b""})
    git(vault / "inner", "init", "--quiet")
    git(vault / "inner", "commit", "--quiet", "--allow-empty", "-m", "a repository of its own")
    write_files(vault, {"staged.md": b"1"})
    git(vault, "add", "staged.md")
    assert asked.on_disk() == [
        Differing("clients/Acme/Acme.md", old["clients/Acme/Acme.md"], Entry("100644", "")),
        Differing("clients/Acme/a\nb.md", None, Entry("", ""), True),
        Differing("clients/Acme/nëw.md", None, Entry("", ""), True),
        Differing("staged.md", None, Entry("100644", "")),
        Differing("Ä note.md", old["Ä note.md"], None),
    ]
    some = ["clients/Acme/Acme.md", "clients/Acme/a\nb.md", "clients/Acme/nëw.md"]
    assert [one.path for one in asked.on_disk(some[:1])] == some[:1]
    assert [one.path for one in asked.on_disk(["clients"])] == some
    assert [one.path for one in asked.on_disk(["clients/Acme", *map(str, range(300))])] == some


def test_bytes_come_back_as_they_went_in(vault: Path) -> None:
    asked = Git(str(vault))
    names = [asked.keep(data) for data in (b"", b"a\r\n\n", b"\0\xff" * 1000)]
    assert asked.blobs([*names, "0" * 40]) == dict(zip(names, (b"", b"a\r\n\n", b"\0\xff" * 1000), strict=True))


def test_variables_of_the_caller_lead_nowhere_else(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", f"touch {tmp_path / 'ran'}")
    (vault / "x.md").write_bytes(b"1")
    sync(crm(vault))
    assert standing(crm(vault)).to_commit == []
    assert not (tmp_path / "elsewhere").exists()
    assert not (tmp_path / "ran").exists()


def test_no_git_at_all(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideFailed, match="git is not installed here"):
        sync(crm(vault))


def test_git_is_told_in_its_own_words_what_is_wrong(vault: Path) -> None:
    git(vault, "remote", "set-url", "origin", "../nowhere.git")
    with pytest.raises(OutsideFailed, match=r"origin cannot be reached: '../nowhere.git' does not appear to be a git repository"):
        sync(crm(vault))


# ------------------------------------------------------------------------- a stranger's settings

HARMFUL = {
    **dict.fromkeys(
        ("filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.external", "diff.x.command", "diff.x.textconv", "merge.x.driver",
         "merge.vaultcrm.driver", "core.sshCommand", "core.fsmonitor", "core.hooksPath", "core.editor", "core.pager", "core.gitProxy",
         "core.askPass", "core.worktree", "core.alternateRefsCommand", "include.path", "includeIf.onbranch:main.path", "credential.helper",
         "credential.https://example.com.helper", "remote.origin.uploadpack", "remote.origin.receivepack", "remote.origin.vcs",
         "remote.origin.proxy", "url.ext::x.insteadOf", "gpg.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand", "sequence.editor",
         "uploadpack.packObjectsHook", "pull.twohead", "http.proxy", "http.https://x.sslCAInfo", "merge.default",
         "lfs.extension.x.clean", "lfs.customtransfer.x.path", "lfs.standalonetransferagent", "lfs.url", "gc.recentObjectsHook",
         "fetch.bundleURI", "remotes.origin", "remote.origin.promisor", "extensions.partialClone", "annex.youtube-dl-command"),
        "",
    ),
    "branch.main.mergeOptions": "-s ours", "remote.other.url": "ext::sh -c x", "remote.other.pushurl": "--upload-pack=x",
    "submodule.x.update": "!x", "alias.st": "!x",
}  # fmt: skip


@pytest.mark.parametrize("key", HARMFUL)
def test_a_setting_that_could_do_harm_is_refused_and_never_runs(key: str, vault: Path, tmp_path: Path) -> None:
    payload = tmp_path / "payload"
    payload.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\nexit 1\n")
    payload.chmod(0o755)
    with (vault / ".git/config").open("a") as config:
        section, _, name = key.rpartition(".")
        top, _, below = section.partition(".")
        value = HARMFUL[key] or str(payload)
        config.write(f'[{top} "{below}"]\n\t{name} = "{value}"\n' if below else f'[{top}]\n\t{name} = "{value}"\n')
    write_files(vault, {".git/info/attributes": b"* filter=x diff=x merge=x\n", "new.md": b"1"})
    (vault / "clients/Acme/Acme.md").write_bytes(NOTE + b"More.\n")
    before = looks(vault)
    for ask in (sync, standing, lambda one: autocommit(one, ["new.md"])):
        with pytest.raises(Refused) as found:
            ask(crm(vault))
        assert key.lower() in found.value.message.lower()
        assert "git config --global" in found.value.hint or "vaultcrm init --git" in found.value.hint
    assert looks(vault) == before
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "hook", ["pre-commit", "commit-msg", "post-commit", "post-merge", "pre-push", "post-checkout", "reference-transaction"]
)
def test_hooks_do_not_run(hook: str, vault: Path, tmp_path: Path) -> None:
    path = vault / ".git/hooks" / hook
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\nexit 1\n")
    path.chmod(0o755)
    (vault / "new.md").write_bytes(b"1")
    assert sync(crm(vault)).pushed == 2
    (vault / "new.md").write_bytes(b"2")
    autocommit(crm(vault), ["new.md"])
    assert git(vault, "log", "-1", "--format=%s") == "Vault: note changed\n"
    assert not (tmp_path / "ran").exists()
    for words in ("checkout -b other", "commit --allow-empty -m x", "checkout main", "merge other", "push origin main"):
        subprocess.run(["git", *words.split()], cwd=vault, capture_output=True, check=False)
    assert (tmp_path / "ran").exists(), "the trap is none"


def test_settings_of_a_submodule_do_not_run(vault: Path, tmp_path: Path) -> None:
    inner = vault / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    write_files(inner, {"a.md": b"1"})
    git(inner, "add", "a.md")
    git(inner, "commit", "--quiet", "-m", "inner")
    git(vault, "add", "inner")
    git(vault, "commit", "--quiet", "-m", "a submodule")
    git(inner, "config", "core.fsmonitor", f"touch {tmp_path / 'ran'}")
    (inner / "a.md").write_bytes(b"2")
    git(inner, "config", "filter.x.clean", f"touch {tmp_path / 'ran'}; cat")
    write_files(inner, {".git/info/attributes": b"* filter=x\n"})
    (vault / "new.md").write_bytes(b"1")
    assert standing(crm(vault)).to_commit == ["Vault: note added"]
    sync(crm(vault))
    assert git(vault, "show", "--stat", "--format=", "HEAD").split()[0] == "new.md"
    assert not (tmp_path / "ran").exists()
    git(vault, "status")
    assert (tmp_path / "ran").exists(), "the trap is none"


def test_a_stranger_s_package_in_the_vault_is_not_taken_for_ours(vault: Path, tmp_path: Path) -> None:
    """The merge driver is started in the vault, where Python would look first."""
    for name in ("vaultcrm/__init__.py", "vaultcrm/__main__.py", "click/__init__.py", "encodings.py"):
        write_files(vault, {name: f"open({str(tmp_path / 'ran')!r}, 'w')\n".encode()})
    sync(crm(vault))
    git(tmp_path, "clone", "--quiet", "origin.git", "other")
    write_files(tmp_path / "other", {"clients/Acme/Acme.md": NOTE.replace(b"60", b"70")})
    sync(crm(tmp_path / "other"))
    write_files(vault, {"clients/Acme/Acme.md": NOTE.replace(b"rate", b"status: lead\nrate")})
    assert sync(crm(vault)).conflicts == []
    assert (vault / "clients/Acme/Acme.md").read_bytes() == b"---\ntype: client\nstatus: lead\nrate: 70\n---\n"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("hook", ["pre-receive", "update", "post-receive", "post-update", "reference-transaction"])
def test_hooks_of_a_remote_on_this_disk_do_not_run(hook: str, vault: Path, tmp_path: Path) -> None:
    """It may have come together with the vault."""
    path = tmp_path / "origin.git/hooks" / hook
    path.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    path.chmod(0o755)
    assert sync(crm(vault)).pushed == 1
    assert not (tmp_path / "ran").exists()
    (vault / "new.md").write_bytes(b"1")
    sync(crm(vault), push=False)
    git(vault, "push", "--quiet", "origin", "main")
    assert (tmp_path / "ran").exists(), "the trap is none"


@pytest.mark.parametrize(
    "url", ["../origin.git", "file://{}/origin.git", "{}/origin.git", "../other", "../origin", "../origin/", "../other/"]
)
def test_settings_of_a_remote_on_this_disk_do_not_run(url: str, vault: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "origin.git", "other")
    for where in ("origin.git", "other"):
        git(tmp_path / where, "config", "core.alternateRefsCommand", f"touch {tmp_path / 'ran'}")
    git(vault, "remote", "set-url", "origin", url.format(tmp_path))
    with pytest.raises(Refused, match=r"core\.alternaterefscommand"):
        sync(crm(vault))
    assert not (tmp_path / "ran").exists()


@pytest.fixture
def evil(vault: Path, tmp_path: Path) -> Path:
    """A repository that came together with the vault, in its .git, and whose settings run a program when it is pushed to."""
    git(vault, "clone", "--quiet", "--bare", "--shared", ".", ".git/evil.git")
    git(vault / ".git/evil.git", "config", "core.alternateRefsCommand", f"touch {tmp_path / 'ran'}; :")
    return vault / ".git/evil.git"


@pytest.mark.parametrize("how", [("--add",), ("--add", "--push")])
def test_every_url_of_a_remote_is_looked_at(how: tuple[str, ...], vault: Path, evil: Path, tmp_path: Path) -> None:
    if "--push" in how:
        git(vault, "remote", "set-url", *how, "origin", "../origin.git")
    git(vault, "remote", "set-url", *how, "origin", ".git/evil.git")
    with pytest.raises(Refused, match=r"The settings of \.git/evil\.git could run a program here: core\.alternaterefscommand"):
        sync(crm(vault))
    assert not (tmp_path / "ran").exists()
    subprocess.run(["git", "push", "--quiet", "origin", "main"], cwd=vault, capture_output=True, check=False)
    assert (tmp_path / "ran").exists(), "the trap is none"


def test_two_urls_on_this_disk_get_both(vault: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", "second.git")
    git(vault, "remote", "set-url", "--add", "origin", "../second.git")
    sync(crm(vault))
    for where in ("origin.git", "second.git"):
        assert git(tmp_path / where, "rev-parse", "main") == git(vault, "rev-parse", "main")


def test_a_remote_here_and_elsewhere_at_once_is_refused(vault: Path) -> None:
    git(vault, "remote", "set-url", "--add", "origin", "ssh://localhost:1/x.git")
    with pytest.raises(Refused, match=r"origin is on this disk and elsewhere at once: \.\./origin\.git, ssh://localhost:1/x\.git") as found:
        sync(crm(vault))
    assert found.value.hint.startswith("Make two remotes of it: git config --local --edit")


@pytest.mark.parametrize(
    "url", ["file:///proc/self/cwd/.git/evil%2egit", "file://{}/.git/evil%2Egit", "file://host{}/.git/evil.git", "~/evil.git"]
)
def test_a_folder_that_git_reads_in_its_own_way_is_refused(url: str, vault: Path, evil: Path, home: Path, tmp_path: Path) -> None:
    evil_at_home, decoy = home / "evil.git", vault / "~/evil.git"
    git(vault, "clone", "--quiet", "--bare", ".", str(decoy))
    evil_at_home.symlink_to(evil)
    url = url.format(vault)
    git(vault, "remote", "set-url", "origin", url)
    with pytest.raises(Refused) as found:
        sync(crm(vault))
    assert found.value.message == f"It is not sure which folder {url} is."
    assert found.value.hint.startswith("Name the folder itself: git remote set-url origin FOLDER")
    assert not (tmp_path / "ran").exists()
    write_files(vault, {"new.md": b"1"})
    git(vault, "commit", "--quiet", "--allow-empty", "-m", "x")
    subprocess.run(["git", "push", "--quiet", "origin", "main"], cwd=vault, capture_output=True, check=False)
    assert (tmp_path / "ran").exists(), "the trap is none"


def test_a_remote_without_a_url_is_a_folder_of_its_name(vault: Path, evil: Path) -> None:
    git(vault, "config", "--unset", "remote.origin.url")
    evil.rename(vault / "origin")
    with pytest.raises(Refused, match=r"The settings of origin could run a program here"):
        sync(crm(vault))


def test_a_folder_that_is_no_repository_is_refused(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    git(vault, "remote", "set-url", "origin", "../empty")
    with pytest.raises(Refused, match=r"^\.\./empty has no settings of a repository\.$"):
        sync(crm(vault))


@pytest.mark.parametrize("where", ["other/.git", "other.git/.git"])
def test_a_remote_that_leads_elsewhere_is_refused(where: str, vault: Path, tmp_path: Path) -> None:
    git(vault, "remote", "set-url", "origin", "../other")
    write_files(tmp_path, {where: f"gitdir: {tmp_path}/origin.git\n"})
    with pytest.raises(Refused, match=r"The repository \.\./other leads to another one"):
        sync(crm(vault))


def test_harmless_settings_pass() -> None:
    harmless = [
        ("core.fsmonitor", "true"), ("core.autocrlf", "input"), ("remote.origin.url", "git@example.com:nora/vault.git"),
        ("remote.origin.url", "https://example.com/a::b"), ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
        ("branch.main.merge", "refs/heads/main"), ("user.email", "a@example.com"), ("merge.vaultcrm.driver", driver()),
        ("merge.vaultcrm.name", "x"), ("http.postbuffer", "1"), ("ssh.variant", "ssh"), ("commit.gpgsign", "true"),
    ]  # fmt: skip
    assert dangerous(harmless, driver()) == []
    assert dangerous([("merge.vaultcrm.driver", driver() + "; x")], driver()) == ["merge.vaultcrm.driver"]
    assert settings_in(b"a.b\nc\nd\0e.f\0") == [("a.b", "c\nd"), ("e.f", "")]


# What runs a program or leads elsewhere, by the words that git has for it.
LEADS = re.compile(
    r"(filter|browser|man|guitool|include|includeif|sendemail|imap|instaweb|trace2|pager|url|sequence|remotes|web|bundle|credentialstore"
    r"|uploadpack|difftool|mergetool)\..*"
    r"|.*(command|cmd|program|helper|editor|pager|proxy|hook|hookspath|external|textconv|viewer|insteadof|tunnel|uploadpack|receivepack|vcs"
    r"|askpass|process|template|templatedir|browser|fsmonitor|promisor|mergeoptions|twohead|octopus|diffFilter)"
    r"|.*\.(path|driver|worktree|allow)|http\..*(ssl|cookie|curlopt|proxy).*|core\.alternaterefs.*",
    re.IGNORECASE,
)
LEADS_NOT = re.compile(r"(advice|color)\..*|gui\.newBranchTemplate")  # advice and colours of something; the beginning of a name


def keys_of_git() -> list[str]:
    """Every setting that this git knows, with names where it has placeholders."""
    listed = subprocess.run(["git", "help", "--config"], capture_output=True, check=True, text=True).stdout.split("\n")
    return [re.sub(r"<[^>]*>", "x", key) for key in listed if re.fullmatch(r"\w+\.[^\s*]+", key)]


def test_no_setting_that_this_git_knows_leads_elsewhere_unseen() -> None:
    keys = [key for key in keys_of_git() if LEADS.fullmatch(key) and not LEADS_NOT.fullmatch(key)]
    assert len(keys) > 120
    assert {"core.sshCommand", "filter.x.clean", "include.path", "credential.helper", "man.x.cmd"} <= set(keys)
    settings = [(key.lower(), "x") for key in keys]
    assert dangerous(settings, driver()) == [key for key, _ in settings]


def test_what_is_unknown_is_refused() -> None:
    unknown = ["core.new", "core.x.bare", "user.x.name", "remote.x.new", "new.key", "new.of.key", "branch.main.x.new", "lfs.x"]
    assert dangerous([(key, "1") for key in unknown], driver()) == unknown
    for url in ("x\n../evil", "../evil\n", "x\x1b[2J"):  # its lines would be taken for several
        assert dangerous([("remote.a.b.url", url), ("remote.a.fetch", "x")], driver()) == ["remote.a.b.url"]


ORDINARY = {
    "git on Windows and on a Mac": "[core]\n\tsymlinks = false\n\tignorecase = true\n\tprecomposeunicode = true\n\tlongpaths = true\n"
    "\thideDotFiles = dotGitOnly\n\tautocrlf = true\n\tfscache = true\n\tfsmonitor = true\n\tuntrackedCache = true\n",
    "Obsidian Git": '[user]\n\tname = Nora\n\temail = nora@example.com\n[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n'
    "[pull]\n\trebase = false\n[http]\n\tcorsProxy = https://cors.example.com\n[core]\n\tquotePath = false\n",
    "GitHub's programs": '[branch "a.b"]\n\tvscode-merge-base = origin/main\n\tgithub-pr-owner-number = "nora#vault#1"\n'
    '[remote "origin"]\n\tgh-resolved = base\n\ttagOpt = --no-tags\n[commit]\n\tgpgsign = true\n[gpg]\n\tformat = ssh\n'
    '[credential "https://github.com"]\n\tusername = nora\n',
    "git gui": "[gui]\n\twmstate = normal\n\tgeometry = 887x427+26+26 171 192\n",
    "Git LFS": '[lfs]\n\trepositoryformatversion = 0\n[lfs "https://example.com/vault.git/info/lfs"]\n\taccess = basic\n'
    "\tlocksverify = true\n",
    "git maintenance": "[maintenance]\n\tauto = false\n\tstrategy = incremental\n[gc]\n\tauto = 0\n",
    "a shared one": "[core]\n\tbare = true\n\tsharedRepository = group\n"
    "[receive]\n\tdenyNonFastforwards = true\n\tdenyCurrentBranch = warn\n",
    "a submodule": '[submodule]\n\tactive = .\n[submodule "x"]\n\turl = ../x\n\tactive = true\n\tupdate = rebase\n',
    "aliases": "[alias]\n\tst = status\n[diff]\n\trenames = true\n[push]\n\tdefault = simple\n\tautoSetupRemote = true\n",
}


@pytest.mark.parametrize("who", ORDINARY)
def test_what_ordinary_programs_set_is_not_refused(who: str, vault: Path) -> None:
    with (vault / ".git/config").open("a") as config:
        config.write(ORDINARY[who].replace("bare = true", "bare = false"))
    assert sync(crm(vault)).pushed == 1


def test_what_git_itself_sets_is_not_refused(vault: Path, tmp_path: Path) -> None:
    sync(crm(vault))
    for how in (["--origin", "up"], ["--depth=1"], ["--single-branch", "--no-tags"], ["--sparse"], ["--recurse-submodules"], ["--mirror"]):
        where = "clone" + "".join(how).replace("-", "")
        git(tmp_path, "clone", "--quiet", *how, f"file://{tmp_path}/origin.git", where)
        file = tmp_path / where / ("config" if how == ["--mirror"] else ".git/config")
        listed = subprocess.run(["git", "config", "--file", file, "--list", "-z"], capture_output=True, check=True).stdout
        assert len(settings_in(listed)) > 4
        assert dangerous(settings_in(listed), driver()) == []
    git(vault, "config", "extensions.worktreeConfig", "true")
    git(vault, "config", "--worktree", "core.sparseCheckout", "false")
    assert sync(crm(vault)).committed == []


def test_the_user_s_own_settings_are_trusted(vault: Path, known: Path) -> None:
    known.write_text(known.read_text() + '[filter "x"]\n\tclean = cat\n[core]\n\teditor = false\n')
    assert sync(crm(vault)).pushed == 1


# ------------------------------------------------------------------------ where the repository is


def link(vault: Path, tmp_path: Path) -> None:
    (vault / ".git").rename(tmp_path / "kept")
    (vault / ".git").symlink_to(tmp_path / "kept")


def pointer(vault: Path, tmp_path: Path) -> None:
    (vault / ".git").rename(tmp_path / "kept")
    (vault / ".git").write_text(f"gitdir: {tmp_path / 'kept'}\n")


def nowhere(vault: Path, tmp_path: Path) -> None:
    pointer(vault, tmp_path)
    (vault / ".git").write_text("gitdir: ../none\n")


def common(vault: Path, tmp_path: Path) -> None:
    (vault / ".git/commondir").write_text("../../kept\n")


@pytest.mark.parametrize("lead", [link, pointer, nowhere, common])
def test_a_git_folder_that_is_elsewhere_is_refused(lead: Callable[[Path, Path], None], vault: Path, tmp_path: Path) -> None:
    lead(vault, tmp_path)
    with pytest.raises(Refused, match=r"The \.git of this vault"):
        sync(crm(vault))


def test_a_worktree_and_a_submodule_are_what_they_say(vault: Path, tmp_path: Path) -> None:
    git(vault, "worktree", "add", "--quiet", "-b", "second", "../second")
    write_files(tmp_path / "second", {"new.md": b"1"})
    assert sync(crm(tmp_path / "second")).committed == ["Vault: note added"]
    git(vault, "config", "core.sshCommand", "x")  # the settings of a worktree are those of its repository
    with pytest.raises(Refused, match=r"core\.sshcommand"):
        sync(crm(tmp_path / "second"))
    git(vault, "config", "--unset", "core.sshCommand")
    sync(crm(vault))
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../origin.git", "inner")
    git(outer / "inner", "checkout", "--quiet", "main")
    write_files(outer / "inner", {"new.md": b"1"})
    assert sync(crm(outer / "inner"), push=False).committed == ["Vault: note added"]


def test_a_vault_in_a_larger_repository_and_one_in_none(vault: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "none", {"a.md": b"1"})
    with pytest.raises(NotFound, match="is in no git repository") as found:
        sync(crm(tmp_path / "none"))
    assert found.value.hint == "vaultcrm init --git makes it one; share it with: git remote add origin URL"
    with pytest.raises(Refused, match="only a part of the repository"):
        sync(crm(vault / "clients"))
    with pytest.raises(Refused, match="only a part of the repository"):
        init(str(vault / "clients"), "init", NOW.isoformat(), with_git=True)
    assert not (vault / "clients/vaultcrm.toml").exists()


# ------------------------------------------------------------------------------------ init --git


def test_init_makes_a_repository_and_says_what_git_leaves_out(vault: Path) -> None:
    assert (vault / ".gitattributes").read_text() == (
        "# Git never changes a line ending here, and notes are merged property by property.\n* -text\n*.md merge=vaultcrm\n"
    )
    assert (vault / ".gitignore").read_text().split("\n") == [*attributes.IGNORED, ""]
    assert git(vault, "log", "--format=%s") == "The vault as it begins: 2 notes\n"
    assert git(vault, "config", "--local", "merge.vaultcrm.driver").strip() == driver()
    assert f"{sys.executable}" in driver()
    assert init(str(vault), "init", NOW.isoformat(), with_git=True).created == []


def test_init_keeps_a_repository_as_it_is_and_adds_what_is_lacking(tmp_path: Path) -> None:
    root = tmp_path / "old"
    write_files(root, {".gitignore": b"*.log\r\n.DS_Store", ".gitattributes": b"*.png binary\n", "a.md": b"1\n"})
    git(root, "init", "--quiet", "-b", "trunk")
    git(root, "add", "a.md")
    git(root, "commit", "--quiet", "-m", "mine")
    made = init(str(root), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    assert (made.created, made.changed, made.commit) == (["vaultcrm.toml"], [".gitignore", ".gitattributes"], "")
    assert (root / ".gitignore").read_bytes() == "\r\n".join(
        ["*.log", ".DS_Store", *(n for n in attributes.IGNORED if n != ".DS_Store"), ""]
    ).encode()
    assert (root / ".gitattributes").read_bytes() == b"*.png binary\n*.md merge=vaultcrm\n"
    assert git(root, "log", "--format=%s %D") == "mine HEAD -> trunk\n"
    git(root, "config", "merge.vaultcrm.driver", "/old/python -m vaultcrm")
    with pytest.raises(Refused, match=r"merge\.vaultcrm\.driver"):
        standing(crm(root))
    init(str(root), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    assert standing(crm(root)).branch == "trunk"


def test_nothing_is_begun_where_git_does_not_know_who_commits(tmp_path: Path, known: Path) -> None:
    known.unlink()
    with pytest.raises(Refused, match="git does not know who you are") as found:
        init(str(tmp_path / "new"), "init", NOW.isoformat(), with_git=True)
    assert "git config --global user.name" in found.value.hint
    assert "git config --global user.email" in found.value.hint
    assert os.listdir(tmp_path / "new") == []


def test_git_s_own_merge_uses_the_driver_too(vault: Path) -> None:
    git(vault, "checkout", "--quiet", "-b", "other")
    write_files(vault, {"clients/Acme/Acme.md": NOTE.replace(b"60", b"70")})
    git(vault, "commit", "--quiet", "-am", "theirs")
    git(vault, "checkout", "--quiet", "main")
    write_files(vault, {"clients/Acme/Acme.md": NOTE.replace(b"rate", b"status: lead\nrate")})
    git(vault, "commit", "--quiet", "-am", "ours")
    git(vault, "merge", "--quiet", "--no-edit", "other")
    assert (vault / "clients/Acme/Acme.md").read_bytes() == b"---\ntype: client\nstatus: lead\nrate: 70\n---\n"


def test_init_where_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    for where in ("file", "file/below"):
        with pytest.raises(OutsideFailed, match=rf"^{tmp_path}/{where} cannot be made: (File exists|Not a directory)\.$"):
            init(str(tmp_path / where), "init", NOW.isoformat(), with_git=True)
    assert (tmp_path / "file").read_bytes() == b"1"


def test_init_where_one_has_no_rights(unprivileged: Path) -> None:
    (unprivileged / "closed").mkdir()
    (unprivileged / "closed").chmod(0o000)
    with pytest.raises(OutsideFailed, match=r"/closed/new cannot be made: Permission denied\.$"):
        init(str(unprivileged / "closed/new"), "init", NOW.isoformat(), with_git=True)
    with pytest.raises(OutsideFailed, match=r"^git cannot work in .*/closed: Permission denied\.$"):
        init(str(unprivileged / "closed"), "init", NOW.isoformat(), with_git=True)


def test_rules_that_are_no_utf_8(vault: Path, tmp_path: Path) -> None:
    sync(crm(vault))
    (vault / ".gitignore").write_bytes("Entwürfe/\r\n".encode("latin-1"))
    (vault / ".gitattributes").unlink()
    write_files(vault, {".git/info/attributes": "Entwürfe/* -diff".encode("latin-1")})
    assert attributes._with_lines((vault / ".gitignore").read_bytes(), ("a",)) == b"Entw\xfcrfe/\r\na\r\n"
    sync(crm(vault))
    git(tmp_path, "clone", "--quiet", "origin.git", "other")
    write_files(tmp_path / "other", {"new.md": b"1"})
    sync(crm(tmp_path / "other"))
    assert sync(crm(vault)).received == ["Vault: note added"]
    assert (vault / ".git/info/attributes").read_bytes() == b"Entw\xfcrfe/* -diff\n*.md merge=vaultcrm\n"
    (vault / ".git/info/attributes").unlink()
    (vault / ".git/info/attributes").mkdir()
    write_files(tmp_path / "other", {"new.md": b"2"})
    sync(crm(tmp_path / "other"))
    with pytest.raises(OutsideFailed, match=r"/\.git/info/attributes cannot be written: Is a directory\."):
        sync(crm(vault))


def test_init_with_a_gitignore_that_is_no_utf_8(vault: Path) -> None:
    (vault / ".gitignore").write_bytes("Entwürfe/\n".encode("latin-1"))
    with pytest.raises(Unreadable, match=r"^\.gitignore:1: It is not UTF-8 text\.$"):
        init(str(vault), "init", NOW.isoformat(), with_git=True)
    assert (vault / ".gitignore").read_bytes() == b"Entw\xfcrfe/\n"
