"""From one commit to the next: as a whole or not at all, also after a kill."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.git.repositories import crm
from tests.repositories import git
from tests.support import contents, write_files
from vaultcrm.actions.sync import sync
from vaultcrm.actions.sync_status import sync_status
from vaultcrm.errors import ExternalError, Locked, Refused
from vaultcrm.git import checkout, repository
from vaultcrm.git.client import Git

pytestmark = pytest.mark.usefixtures("known")

OLD: dict[str, str | bytes] = {
    "a.md": "old a\n", "b.md": "old b\n", "gone/deep/x.md": "x\n", "was a folder/inside.md": "i\n", "was a file.md": "f\n", "run": "r",
}  # fmt: skip
NEW: dict[str, str | bytes] = {
    "a.md": "new a\n", "b.md": "new b\n", "new/y.md": "new y\n", "was a folder": "a file\n", "was a file.md/inside.md": "f\n", "run": "r",
}  # fmt: skip


class Step:
    """A repository with two commits: the first is checked out."""

    def __init__(self, root: Path) -> None:
        self.root, self.git_dir = root, root / ".git"
        root.mkdir()
        git(root, "init", "--quiet", "-b", "main")
        self.old = self.commit(OLD)
        self.new = self.commit(NEW, is_new=True)
        git(root, "reset", "--quiet", "--hard", self.old)
        self.before = self.state()

    def commit(self, files: dict[str, str | bytes], is_new: bool = False) -> str:
        """Commit these files; the new commit has a link and an executable file as well."""
        git(self.root, "rm", "-r", "-q", "--ignore-unmatch", ".")
        write_files(self.root, files)
        if is_new:
            (self.root / "link").symlink_to("new target")
            (self.root / "run").chmod(0o755)
        git(self.root, "add", "-A")
        git(self.root, "commit", "--quiet", "-m", "a commit")
        return git(self.root, "rev-parse", "HEAD").strip()

    def advance(self) -> bool:
        return checkout.advance(Git(str(self.root)), str(self.git_dir), self.old, self.new)

    def recover(self) -> bool:
        return checkout.recover(Git(str(self.root)), str(self.git_dir))

    def interrupt(self) -> None:
        """Keep the files and write the plan, as if the process was killed before Git ran."""
        repo, folder = Git(str(self.root)), str(self.git_dir / checkout.KEPT_FOLDER)
        plan = checkout.Plan(self.old, self.new, checkout.list_changes(repo, self.old, self.new))
        assert checkout.keep_files(repo, folder, plan)

    def state(self) -> object:
        """The files with their modes, the branch and the index."""
        paths = [path for path in self.root.rglob("*") if ".git" not in path.relative_to(self.root).parts]
        modes = {str(path.relative_to(self.root)): path.lstat().st_mode for path in paths}
        files = {path: data for path, data in contents(self.root).items() if not path.startswith(".git/")}
        return files, modes, git(self.root, "rev-parse", "HEAD"), git(self.root, "ls-files", "-s"), git(self.root, "status", "--porcelain")


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step(tmp_path / "repo")


def test_everything_moves_on_and_nothing_is_left_behind(step: Step) -> None:
    assert step.advance()
    assert git(step.root, "rev-parse", "HEAD").strip() == step.new
    assert git(step.root, "status", "--porcelain") == ""
    files = {path: data for path, data in contents(step.root).items() if not path.startswith(".git/")}
    assert files == {path: str(text).encode() for path, text in NEW.items()}
    assert os.readlink(step.root / "link") == "new target"
    assert not (step.git_dir / checkout.KEPT_FOLDER).exists()
    assert not step.recover()


def break_filter(step: Step) -> None:
    write_files(step.root, {".git/info/attributes": "b.md filter=broken\n"})
    git(step.root, "config", "--global", "filter.broken.smudge", "false")
    git(step.root, "config", "--global", "filter.broken.required", "true")


def lock_branch(step: Step) -> None:
    write_files(step.root, {".git/refs/heads/main.lock": ""})


@pytest.mark.parametrize("spoil", [break_filter, lock_branch])
def test_if_git_fails_everything_is_as_it_was(spoil: Callable[[Step], None], step: Step) -> None:
    spoil(step)
    with pytest.raises(ExternalError) as raised:
        step.advance()
    assert raised.value.message.startswith("git could not merge: ")
    assert raised.value.hint == "Your notes are as they were before. Fix that, then run sync again."
    (step.git_dir / "info/attributes").unlink(missing_ok=True)
    assert step.state() == step.before
    assert not (step.git_dir / checkout.KEPT_FOLDER).exists()


def test_an_edit_since_the_last_commit_stops_it(step: Step) -> None:
    write_files(step.root, {"b.md": "edited\n"})
    before = step.state()
    assert not step.advance()
    assert step.state() == before


def test_a_file_that_has_just_gone_stops_it(step: Step) -> None:
    (step.root / "b.md").unlink()
    before = step.state()
    assert not step.advance()
    assert step.state() == before


def test_a_lock_that_goes_away_is_waited_for_and_another_is_reported(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = step.git_dir / "index.lock"
    monkeypatch.setattr(checkout, "_LOCK_SECONDS", 0.1)
    lock.touch()
    with pytest.raises(Locked, match="Another Git command is running here"):
        step.advance()
    lock.unlink()
    assert step.state() == step.before
    monkeypatch.setattr(checkout, "_LOCK_SECONDS", 30)
    lock.touch()
    timer = threading.Timer(0.3, lock.unlink)
    timer.start()
    assert step.advance()
    timer.join()


# ------------------------------------------------------------------------------- after a kill


def write(text: str) -> Callable[[Path], None]:
    def write_in_place_of(path: Path) -> None:
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)

    return write_in_place_of


@pytest.mark.parametrize(
    ("path", "left_by_git"),
    [
        ("a.md", lambda path: None),
        ("a.md", Path.unlink),
        ("a.md", write("")),
        ("a.md", write("new")),
        ("a.md", write("new a\n")),
        ("gone/deep/x.md", lambda path: (path.unlink(), path.parent.rmdir(), path.parent.parent.rmdir())),
        ("new/y.md", write("new")),
        ("new/y.md", write("new y\n")),
        ("was a folder", lambda path: ((path / "inside.md").unlink(), path.rmdir(), path.write_text("a fi"))),
        ("was a file.md", lambda path: (path.unlink(), path.mkdir(), (path / "inside.md").write_text("f\n"))),
        ("link", lambda path: path.symlink_to("new target")),
        ("run", lambda path: (path.unlink(), path.write_text("r"), path.chmod(0o755))),
    ],
)
def test_a_kill_at_any_file_is_taken_back(path: str, left_by_git: Callable[[Path], object], step: Step) -> None:
    step.interrupt()
    left_by_git(step.root / path)
    assert checkout.is_interrupted(str(step.git_dir))
    assert step.recover()
    assert step.state() == step.before
    assert not step.recover()


def test_a_kill_after_the_index_or_the_branch_was_written(step: Step) -> None:
    step.interrupt()
    git(step.root, "update-index", "-q", "--refresh")
    git(step.root, "read-tree", "-m", "-u", step.old, step.new)
    assert step.recover()
    assert step.state() == step.before
    step.interrupt()
    git(step.root, "merge", "--quiet", "--ff-only", step.new)
    assert not step.recover()
    assert git(step.root, "rev-parse", "HEAD").strip() == step.new
    assert not checkout.is_interrupted(str(step.git_dir))


def test_what_was_edited_since_the_kill_stays(step: Step) -> None:
    step.interrupt()
    for path in ("a.md", "new/y.md"):
        write("edited\n")(step.root / path)
    with (step.root / "b.md").open("a") as file:
        file.write("more\n")
    assert step.recover()
    assert {path: (step.root / path).read_text() for path in ("a.md", "b.md", "new/y.md")} == {
        "a.md": "edited\n", "b.md": "old b\nmore\n", "new/y.md": "edited\n",
    }  # fmt: skip


def test_a_disk_without_hard_links(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    step.interrupt()
    write("new")(step.root / "a.md")
    assert step.recover()
    assert step.state() == step.before


@pytest.mark.parametrize("path", ["../outside.md", "/outside.md", "a/../../outside.md", "link/outside.md", ".git/config", "a//b", "."])
def test_a_strangers_plan_never_leads_out_of_the_vault(path: str, step: Step, tmp_path: Path) -> None:
    write_files(tmp_path, {"outside.md": "mine\n"})
    (step.root / "link").symlink_to(tmp_path)
    step.interrupt()
    plan = step.git_dir / checkout.KEPT_FOLDER / "plan.json"
    plan.write_text(json.dumps([step.old, step.new, [[path, "", ["100644", "0" * 40]]]]))
    with pytest.raises(ExternalError, match="leads out of the vault"):
        step.recover()
    assert (tmp_path / "outside.md").read_text() == "mine\n"


def test_a_plan_that_makes_no_sense_is_thrown_away(step: Step, tmp_path: Path) -> None:
    write_files(tmp_path, {"outside/plan.json": "[]"})
    kept = step.git_dir / checkout.KEPT_FOLDER
    for text in ("", "[]", "{}", json.dumps(["--help", step.new, []])):
        write_files(kept, {"plan.json": text})
        assert not step.recover()
    kept.symlink_to(tmp_path / "outside")
    assert not step.recover()
    assert not kept.exists()
    assert (tmp_path / "outside/plan.json").exists()
    assert step.state() == step.before


def test_nothing_is_committed_until_an_interrupted_checkout_is_taken_back(vault: Path, tmp_path: Path) -> None:
    sync(crm(vault))
    git(tmp_path, "clone", "--quiet", "origin.git", "other")
    write_files(tmp_path / "other", {"Ä note.md": "changed there\n", "new.md": "1"})
    sync(crm(tmp_path / "other"))
    git(vault, "fetch", "--quiet")
    old, new = git(vault, "rev-parse", "HEAD", "origin/main").split()
    repo, folder = Git(str(vault)), str(vault / ".git" / checkout.KEPT_FOLDER)
    assert checkout.keep_files(repo, folder, checkout.Plan(old, new, checkout.list_changes(repo, old, new)))
    (vault / "Ä note.md").unlink()
    found = sync_status(crm(vault))
    assert (found.unfinished, found.way) == checkout.INTERRUPTED
    with pytest.raises(Refused, match="A sync was interrupted"):
        repository.open_for_commit(str(vault))
    assert sync(crm(vault)).committed == []
    assert (vault / "Ä note.md").read_text() == "changed there\n"
    assert sync_status(crm(vault)).unfinished == ""


def test_notes_that_cannot_be_put_back_are_kept(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    step.interrupt()
    (step.root / "a.md").unlink()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "a.md")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fail)
        with pytest.raises(ExternalError, match=r"not all of your notes could be put back: a\.md: No space left on device\.") as raised:
            step.recover()
    assert f"The notes as they were are in {step.git_dir / checkout.KEPT_FOLDER}" in raised.value.hint
    assert checkout.is_interrupted(str(step.git_dir))
    assert step.recover()
    assert step.state() == step.before
