"""An untrusted repository's settings, which must not run programs."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.git.repositories import NOTE, crm
from tests.repositories import git
from tests.support import file_states, write_files
from vaultcrm.actions.commit import autocommit
from vaultcrm.actions.sync import sync
from vaultcrm.actions.sync_status import sync_status
from vaultcrm.errors import Refused
from vaultcrm.git.client import merge_driver_command
from vaultcrm.git.config_policy import parse_config_list, unsafe_keys

pytestmark = pytest.mark.usefixtures("known")
HARMFUL = {
    **dict.fromkeys(
        ("filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.external", "diff.x.command", "diff.x.textconv", "merge.x.driver",
         "merge.vaultcrm.driver", "core.sshCommand", "core.fsmonitor", "core.hooksPath", "core.editor", "core.pager", "core.gitProxy",
         "core.askPass", "core.worktree", "core.alternateRefsCommand", "include.path", "includeIf.onbranch:main.path", "credential.helper",
         "credential.https://example.com.helper", "remote.origin.uploadpack", "remote.origin.receivepack", "remote.origin.vcs",
         "remote.origin.proxy", "url.ext::x.insteadOf", "gpg.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand", "sequence.editor",
         "uploadpack.packObjectsHook", "pull.twohead", "http.proxy", "http.https://x.sslCAInfo", "merge.default",
         "lfs.extension.x.clean", "lfs.customtransfer.x.path", "lfs.standalonetransferagent", "lfs.url", "gc.recentObjectsHook",
         "fetch.bundleURI", "remotes.origin", "annex.youtube-dl-command"),
        "",
    ),
    "branch.main.mergeOptions": "-s ours", "remote.other.url": "ext::sh -c x", "remote.other.pushurl": "--upload-pack=x",
    "submodule.x.update": "!x", "alias.st": "!x",
}  # fmt: skip


@pytest.mark.parametrize("key", HARMFUL)
def test_a_harmful_setting_is_refused_and_never_runs(key: str, vault: Path, tmp_path: Path) -> None:
    payload = tmp_path / "payload"
    payload.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\nexit 1\n")
    payload.chmod(0o755)
    with (vault / ".git/config").open("a") as config:
        header, _, name = key.rpartition(".")
        section, _, subsection = header.partition(".")
        value = HARMFUL[key] or str(payload)
        config.write((f'[{section} "{subsection}"]' if subsection else f"[{section}]") + f'\n\t{name} = "{value}"\n')
    write_files(vault, {".git/info/attributes": b"* filter=x diff=x merge=x\n", "new.md": b"1"})
    (vault / "clients/Acme/Acme.md").write_bytes(NOTE + b"More.\n")
    before = file_states(vault)
    for action in (sync, sync_status, lambda crm: autocommit(crm, ["new.md"])):
        with pytest.raises(Refused) as raised:
            action(crm(vault))
        assert key.lower() in raised.value.message.lower()
        assert "git config --global" in raised.value.hint or "vaultcrm init --git" in raised.value.hint
    assert file_states(vault) == before
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
    assert (tmp_path / "ran").exists(), "the trap doesn't work"


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
    assert sync_status(crm(vault)).to_commit == ["Vault: note added"]
    sync(crm(vault))
    assert git(vault, "show", "--stat", "--format=", "HEAD").split()[0] == "new.md"
    assert not (tmp_path / "ran").exists()
    git(vault, "status")
    assert (tmp_path / "ran").exists(), "the trap doesn't work"


def test_python_modules_in_the_vault_are_not_imported(vault: Path, tmp_path: Path) -> None:
    """Git starts the merge driver in the vault, where Python would look for modules first."""
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
    """It can come from the same untrusted source as the vault."""
    path = tmp_path / "origin.git/hooks" / hook
    path.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    path.chmod(0o755)
    assert sync(crm(vault)).pushed == 1
    assert not (tmp_path / "ran").exists()
    (vault / "new.md").write_bytes(b"1")
    sync(crm(vault), push=False)
    git(vault, "push", "--quiet", "origin", "main")
    assert (tmp_path / "ran").exists(), "the trap doesn't work"


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
    """A repository inside the vault's .git whose settings run a program when someone pushes to it."""
    git(vault, "clone", "--quiet", "--bare", "--shared", ".", ".git/evil.git")
    git(vault / ".git/evil.git", "config", "core.alternateRefsCommand", f"touch {tmp_path / 'ran'}; :")
    return vault / ".git/evil.git"


@pytest.mark.parametrize("options", [("--add",), ("--add", "--push")])
def test_every_url_of_a_remote_is_checked(options: tuple[str, ...], vault: Path, evil: Path, tmp_path: Path) -> None:
    if "--push" in options:
        git(vault, "remote", "set-url", *options, "origin", "../origin.git")
    git(vault, "remote", "set-url", *options, "origin", ".git/evil.git")
    with pytest.raises(
        Refused, match=r"The Git settings of \.git/evil\.git could run a program on this computer: core\.alternaterefscommand"
    ):
        sync(crm(vault))
    assert not (tmp_path / "ran").exists()
    subprocess.run(["git", "push", "--quiet", "origin", "main"], cwd=vault, capture_output=True, check=False)
    assert (tmp_path / "ran").exists(), "the trap doesn't work"


def test_push_goes_to_both_urls_on_this_disk(vault: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", "second.git")
    git(vault, "remote", "set-url", "--add", "origin", "../second.git")
    sync(crm(vault))
    for where in ("origin.git", "second.git"):
        assert git(tmp_path / where, "rev-parse", "main") == git(vault, "rev-parse", "main")


def test_a_remote_on_this_disk_and_elsewhere_is_refused(vault: Path) -> None:
    git(vault, "remote", "set-url", "--add", "origin", "ssh://localhost:1/x.git")
    with pytest.raises(Refused, match=r"origin is both on this disk and elsewhere: \.\./origin\.git, ssh://localhost:1/x\.git") as raised:
        sync(crm(vault))
    assert raised.value.hint.startswith("Split it into two remotes: git config --local --edit")


@pytest.mark.parametrize(
    "url", ["file:///proc/self/cwd/.git/evil%2egit", "file://{}/.git/evil%2Egit", "file://host{}/.git/evil.git", "~/evil.git"]
)
def test_a_url_with_an_unclear_folder_is_refused(url: str, vault: Path, evil: Path, home: Path, tmp_path: Path) -> None:
    evil_at_home, decoy = home / "evil.git", vault / "~/evil.git"
    git(vault, "clone", "--quiet", "--bare", ".", str(decoy))
    evil_at_home.symlink_to(evil)
    url = url.format(vault)
    git(vault, "remote", "set-url", "origin", url)
    with pytest.raises(Refused) as raised:
        sync(crm(vault))
    assert raised.value.message == f"It isn't clear which folder {url} means."
    assert raised.value.hint.startswith("Use the path of its folder: git remote set-url origin FOLDER")
    assert not (tmp_path / "ran").exists()
    write_files(vault, {"new.md": b"1"})
    git(vault, "commit", "--quiet", "--allow-empty", "-m", "x")
    subprocess.run(["git", "push", "--quiet", "origin", "main"], cwd=vault, capture_output=True, check=False)
    assert (tmp_path / "ran").exists(), "the trap doesn't work"


def test_a_remote_without_a_url_is_the_folder_with_its_name(vault: Path, evil: Path) -> None:
    git(vault, "config", "--unset", "remote.origin.url")
    evil.rename(vault / "origin")
    with pytest.raises(Refused, match=r"The Git settings of origin could run a program on this computer"):
        sync(crm(vault))


def test_a_folder_that_is_not_a_repository_is_refused(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    git(vault, "remote", "set-url", "origin", "../empty")
    with pytest.raises(Refused, match=r"^\.\./empty is not a Git repository: it has no config file\.$"):
        sync(crm(vault))


@pytest.mark.parametrize("where", ["other/.git", "other.git/.git"])
def test_a_remote_that_points_to_another_repository_is_refused(where: str, vault: Path, tmp_path: Path) -> None:
    git(vault, "remote", "set-url", "origin", "../other")
    write_files(tmp_path, {where: f"gitdir: {tmp_path}/origin.git\n"})
    with pytest.raises(Refused, match=r"The repository \.\./other points to another one"):
        sync(crm(vault))


def test_harmless_settings_are_accepted() -> None:
    harmless = [
        ("core.fsmonitor", "true"), ("core.fsmonitor", " Yes "),
        ("core.autocrlf", "input"), ("remote.origin.url", "git@example.com:nora/vault.git"),
        ("remote.origin.url", "https://example.com/a::b"), ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
        ("branch.main.merge", "refs/heads/main"), ("user.email", "a@example.com"), ("merge.vaultcrm.driver", merge_driver_command()),
        ("merge.vaultcrm.name", "x"), ("http.postbuffer", "1"), ("ssh.variant", "ssh"), ("commit.gpgsign", "true"),
    ]  # fmt: skip
    assert unsafe_keys(harmless, merge_driver_command()) == []
    assert unsafe_keys([("merge.vaultcrm.driver", merge_driver_command() + "; x")], merge_driver_command()) == ["merge.vaultcrm.driver"]
    assert parse_config_list(b"a.b\nc\nd\0e.f\0") == [("a.b", "c\nd"), ("e.f", "")]


# Settings that run a program or redirect Git, recognized by the words in their names.
HARMFUL_KEYS = re.compile(
    r"(filter|browser|man|guitool|include|includeif|sendemail|imap|instaweb|trace2|pager|url|sequence|remotes|web|bundle|credentialstore"
    r"|uploadpack|difftool|mergetool)\..*"
    r"|.*(command|cmd|program|helper|editor|pager|proxy|hook|hookspath|external|textconv|viewer|insteadof|tunnel|uploadpack|receivepack|vcs"
    r"|askpass|process|template|templatedir|browser|fsmonitor|mergeoptions|twohead|octopus|diffFilter)"
    r"|.*\.(path|driver|worktree|allow)|http\..*(ssl|cookie|curlopt|proxy).*|core\.alternaterefs.*",
    re.IGNORECASE,
)
# Advice and colours about a topic; the start of a branch name; what a server lets others fetch
HARMLESS_KEYS = re.compile(r"(advice|color)\..*|gui\.newBranchTemplate|uploadpack\.(allow\w+|hideRefs|keepAlive)")


def keys_of_git() -> list[str]:
    """Every setting that the installed Git knows, with "x" for placeholders."""
    listed = subprocess.run(["git", "help", "--config"], capture_output=True, check=True, text=True).stdout.split("\n")
    return [re.sub(r"<[^>]*>", "x", key) for key in listed if re.fullmatch(r"\w+\.[^\s*]+", key)]


def test_every_harmful_setting_of_the_installed_git_is_refused() -> None:
    keys = [key for key in keys_of_git() if HARMFUL_KEYS.fullmatch(key) and not HARMLESS_KEYS.fullmatch(key)]
    assert len(keys) > 120
    assert {"core.sshCommand", "filter.x.clean", "include.path", "credential.helper", "man.x.cmd"} <= set(keys)
    settings = [(key.lower(), "x") for key in keys]
    assert unsafe_keys(settings, merge_driver_command()) == [key for key, _ in settings]


def test_an_unknown_setting_is_refused() -> None:
    unknown = ["core.new", "core.x.bare", "user.x.name", "remote.x.new", "new.key", "new.of.key", "branch.main.x.new", "lfs.x"]
    assert unsafe_keys([(key, "1") for key in unknown], merge_driver_command()) == unknown
    assert unsafe_keys([("new.key", "1"), ("submodule.update", "none"), ("new.key", "2")], "") == ["new.key", "submodule.update"]
    for url in ("x\n../evil", "../evil\n", "x\x1b[2J"):  # Git would print it as several lines
        assert unsafe_keys([("remote.a.b.url", url), ("remote.a.fetch", "x")], merge_driver_command()) == ["remote.a.b.url"]


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
def test_settings_of_ordinary_programs_are_accepted(who: str, vault: Path) -> None:
    with (vault / ".git/config").open("a") as config:
        config.write(ORDINARY[who].replace("bare = true", "bare = false"))
    assert sync(crm(vault)).pushed == 1


def test_settings_that_git_writes_itself_are_accepted(vault: Path, tmp_path: Path) -> None:
    sync(crm(vault))
    for options in (
        ["--origin", "up"],
        ["--depth=1"],
        ["--single-branch", "--no-tags"],
        ["--sparse"],
        ["--recurse-submodules"],
        ["--mirror"],
    ):
        where = "clone" + "".join(options).replace("-", "")
        git(tmp_path, "clone", "--quiet", *options, f"file://{tmp_path}/origin.git", where)
        file = tmp_path / where / ("config" if options == ["--mirror"] else ".git/config")
        listed = subprocess.run(["git", "config", "--file", file, "--list", "-z"], capture_output=True, check=True).stdout
        assert len(parse_config_list(listed)) > 4
        assert unsafe_keys(parse_config_list(listed), merge_driver_command()) == []
    git(vault, "config", "extensions.worktreeConfig", "true")
    git(vault, "config", "--worktree", "core.sparseCheckout", "false")
    assert sync(crm(vault)).committed == []


def test_the_user_s_global_settings_are_trusted(vault: Path, known: Path) -> None:
    known.write_text(known.read_text() + '[filter "x"]\n\tclean = cat\n[core]\n\teditor = false\n')
    assert sync(crm(vault)).pushed == 1
