"""Sync that fails, or runs at the same time as an editor, another sync or another push: nothing is lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.clones import ACME, NOTE, NOW, Pair, change, crm, sync_in
from tests.repositories import git
from tests.support import contents
from vaultcrm.actions.sync import sync
from vaultcrm.actions.sync_status import sync_status
from vaultcrm.errors import Conflict, ExternalError

pytestmark = pytest.mark.usefixtures("known")


def test_a_merge_that_cannot_be_committed_is_aborted(pair: Pair, known: Path) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    change(pair.a, ACME, NOTE.replace("60", "80"))
    git(pair.a, "commit", "--quiet", "-am", "ours")
    before, head = contents(pair.a / "clients"), git(pair.a, "rev-parse", "HEAD")
    settings = known.read_text()
    known.write_text(settings + "[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n")
    with pytest.raises(ExternalError, match="gpg failed to sign"):
        sync_in(pair.a)
    assert (contents(pair.a / "clients"), git(pair.a, "rev-parse", "HEAD")) == (before, head)
    assert git(pair.a, "status", "--porcelain") == ""
    assert not (pair.a / ".git/MERGE_HEAD").exists()
    known.write_text(settings)
    assert len(sync_in(pair.a).conflicts) == 1


def test_temp_files_of_killed_merges_and_commands_are_not_committed(pair: Pair) -> None:
    left = [".merge_file_a1B2c3", "clients/.vaultcrm-12-ab.tmp"]
    git(pair.a, "rm", "--quiet", ".gitignore")
    for path in left:
        change(pair.a, path, "half")
    assert sync_status(crm(pair.a)).to_commit == ["Vault: settings changed"]
    sync_in(pair.a)
    assert git(pair.a, "show", "--name-only", "--format=").split() == [".gitignore"]
    assert not (pair.a / left[0]).exists()


def test_a_failing_network_is_reported_with_what_was_committed_before(pair: Pair) -> None:
    git(pair.a, "remote", "set-url", "origin", "../nowhere.git")
    change(pair.a, "new.md", "1")
    with pytest.raises(ExternalError, match="Can't reach origin") as found:
        sync_in(pair.a)
    assert found.value.hint.endswith("Your changes are committed here. The next sync will push them.")
    assert git(pair.a, "log", "-1", "--format=%s") == "Vault: note added\n"


@pytest.fixture
def server(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bare repository as if on another computer: reached by a stand-in for ssh, so that its own hooks run."""
    (tmp_path / "ssh").write_text('#!/bin/sh\nshift\nexec sh -c "$*"\n')
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(tmp_path / "ssh"))
    monkeypatch.setenv("GIT_SSH_VARIANT", "simple")
    for side in pair:
        git(side, "remote", "set-url", "origin", f"there:{tmp_path}/origin.git")
    return tmp_path / "origin.git"


def hook(server: Path, name: str, text: str) -> None:
    path = server / "hooks" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_a_push_between_our_fetch_and_our_push(pair: Pair, server: Path) -> None:
    change(pair.b, "from b.md", "1")
    sync(crm(pair.b), push=False)
    git(pair.b, "push", "--quiet", "origin", "HEAD:refs/heads/meanwhile")
    hook(
        server,
        "pre-receive",
        "unset GIT_QUARANTINE_PATH; rm -f $GIT_DIR/hooks/pre-receive; git update-ref refs/heads/main refs/heads/meanwhile",
    )
    change(pair.a, "from a.md", "1")
    done = sync_in(pair.a)
    assert (done.received, done.ahead, done.behind) == (["Vault: note added"], 0, 0)
    assert {"from a.md", "from b.md"} <= set(pair.final_files())


def test_a_note_saved_during_the_fetch_is_kept(pair: Pair, server: Path, tmp_path: Path) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    edited = NOTE.replace("Last line", "Saved meanwhile")
    (tmp_path / "edited").write_text(edited)
    (tmp_path / "ssh").write_text(f"#!/bin/sh\ncp '{tmp_path}/edited' '{pair.a / ACME}'\nshift\nexec sh -c \"$*\"\n")
    done = sync_in(pair.a)
    assert (done.committed, done.conflicts) == (["Acme: client changed"], [])
    assert (pair.a / ACME).read_text() == edited  # saved again during the push
    assert edited.replace("60", "85") == git(pair.a, "show", f"HEAD:{ACME}")


def test_two_syncs_of_one_vault_at_once(pair: Pair) -> None:
    for side, rate in ((pair.b, "85"), (pair.a, "80")):
        change(side, ACME, NOTE.replace("60", rate))
    sync_in(pair.b)
    words = [sys.executable, "-m", "vaultcrm", "--today", NOW.isoformat(), "sync", "--json"]
    both = [subprocess.Popen(words, cwd=pair.a, stdout=subprocess.PIPE) for _ in range(2)]
    results = [json.loads(process.communicate()[0]) for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    assert sorted(len(result["conflicts"]) for result in results) == [0, 1]
    assert len(pair.final_files()) == 4


def test_a_push_that_a_hook_declines_is_not_repeated(pair: Pair, server: Path, tmp_path: Path) -> None:
    hook(server, "update", "echo x >> ../asked; exit 1")
    change(pair.a, "new.md", "1")
    with pytest.raises(ExternalError, match="origin rejected the push") as found:
        sync_in(pair.a)
    assert "hook declined" in found.value.message
    assert (tmp_path / "asked").read_text() == "x\n"


def test_others_keep_pushing(pair: Pair, server: Path) -> None:
    """Before each of our pushes the branch has moved by one more commit."""
    hook(
        server,
        "pre-receive",
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        "export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x\n"
        "git update-ref refs/heads/main $(git commit-tree -p main -m more main^{tree})",
    )
    change(pair.a, "new.md", "1")
    with pytest.raises(Conflict, match="Others keep pushing"):
        sync_in(pair.a)
    assert sync_status(crm(pair.a)).unfinished == ""
