"""Two clones and what lies between them: real git, a bare repository and two vaults on the disk."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.robustness import syncing
from tests.support import contents, looks, write_files
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.init import init
from vaultcrm.actions.log import Talk, log
from vaultcrm.actions.sync import LARGE, Synced, standing, sync
from vaultcrm.errors import Changed, OutsideFailed, Refused, VaultcrmError
from vaultcrm.git.client import Git
from vaultcrm.merge.git_conflicts import Clash, Conflict, Settlement, has_marks

NOW = datetime(2026, 11, 16, 9, 30)
ACME = "clients/Acme/Acme.md"
NOTE = "---\ntype: client\nstatus: active\nrate: 60\n---\n\nFirst line.\n\nMiddle.\n\nLast line.\n"


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def run(side: Path, *words: str, code: int = 0) -> str:
    """A command, as a process of its own; gives both of its streams."""
    done = subprocess.run(
        [sys.executable, "-m", "vaultcrm", "--today", NOW.isoformat(), *words], cwd=side, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


class Pair(NamedTuple):
    """Two clones of one vault."""

    a: Path
    b: Path

    def both(self, path: str, ours: str | bytes | None, theirs: str | bytes | None) -> Synced:
        """What comes of it when a writes ours and b theirs (None: deletes it), b syncs first, and then a."""
        change(self.b, path, theirs)
        sync_in(self.b)
        change(self.a, path, ours)
        return sync_in(self.a)

    def rest(self) -> dict[str, bytes]:
        """All files of both, which must be the same once b has synced again and both are clean."""
        sync_in(self.b)
        found = [{name: data for name, data in contents(side).items() if not name.startswith(".git/")} for side in self]
        assert found[0] == found[1]
        for side in self:
            assert git(side, "status", "--porcelain") == ""
            assert git(side, "fsck", "--strict", "--no-dangling") == ""
            assert standing(crm(side)).unfinished == ""
        return {name: data for name, data in found[0].items() if name not in (".gitignore", ".gitattributes", "vaultcrm.toml")}


def crm(side: Path) -> Crm:
    return Crm(str(side), NOW, ["test"])


def sync_in(side: Path) -> Synced:
    return sync(crm(side))


def change(side: Path, path: str, text: str | bytes | None) -> None:
    if text is None:
        (side / path).unlink()
    else:
        write_files(side, {path: text})


pytestmark = pytest.mark.usefixtures("known")


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    write_files(
        tmp_path / "a", {ACME: NOTE, "clients/Acme/follow-ups/Call.md": "---\ntype: follow-up\nstatus: open\n---\n", "logo.png": b"\0\1"}
    )
    init(str(tmp_path / "a"), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", "origin.git")
    git(tmp_path / "a", "remote", "add", "origin", "../origin.git")
    sync_in(tmp_path / "a")
    git(tmp_path, "clone", "--quiet", "origin.git", "b")
    return Pair(tmp_path / "a", tmp_path / "b")


def other_side(side: Path) -> str:
    """The beginning of the name of the commit that came from the other side last."""
    return git(side, "rev-parse", "--short=7", "HEAD^2").strip()


# ------------------------------------------------------------------------------------- all goes well


def test_what_one_writes_the_other_has(pair: Pair) -> None:
    log(crm(pair.a), "acme", Talk("Dana wants two options", channel="call"))
    here = sync_in(pair.a)
    assert here == Synced("main", "origin", ["Acme: call logged"], [], 1, [], 0, 0)
    assert git(pair.a, "log", "-1", "--format=%B") == "Acme: call logged\n\n"
    assert sync_in(pair.b) == Synced("main", "origin", [], ["Acme: call logged"], 0, [], 0, 0)
    assert sync_in(pair.a) == Synced("main", "origin", [], [], 0, [], 0, 0)
    assert "clients/Acme/interactions/2026-11-16 0930 Dana wants two options.md" in pair.rest()


def test_different_properties_and_lines_of_one_note_come_together(pair: Pair) -> None:
    done = pair.both(
        ACME, NOTE.replace("60", "85").replace("Last", "The last"), NOTE.replace("active", "lead").replace("First", "The first")
    )
    assert (done.conflicts, done.committed, done.received, done.pushed) == ([], ["Acme: client changed"], ["Acme: client changed"], 2)
    merged = "---\ntype: client\nstatus: lead\nrate: 85\n---\n\nThe first line.\n\nMiddle.\n\nThe last line.\n"
    assert pair.rest()[ACME].decode() == merged
    assert git(pair.a, "log", "-1", "--format=%s") == "Received: Acme: client changed\n"


def test_a_message_of_one_s_own(pair: Pair) -> None:
    change(pair.a, "x.md", "1")
    sync(crm(pair.a), "Week 47")
    assert git(pair.a, "log", "-1", "--format=%B") == "Week 47\n\n"


def test_without_a_push_and_without_a_remote(pair: Pair) -> None:
    change(pair.b, "from b.md", "1")
    sync_in(pair.b)
    change(pair.a, "from a.md", "1")
    assert sync(crm(pair.a), push=False)[2:] == (["Vault: note added"], ["Vault: note added"], 0, [], 2, 0)
    git(pair.a, "remote", "remove", "origin")
    change(pair.a, "more.md", "1")
    with pytest.raises(Refused, match="shared with no other") as found:
        sync_in(pair.a)
    assert found.value.hint == "Name one: git remote add origin URL, or commit only: vaultcrm sync --no-push"
    assert sync(crm(pair.a), push=False) == Synced("main", "", ["Vault: note added"], [], 0, [], 5, 0)
    for name in ("one", "two"):
        git(pair.a, "remote", "add", name, "../origin.git")
    with pytest.raises(Refused, match="There are several remotes") as found:
        sync_in(pair.a)
    git(pair.a, *found.value.hint.removeprefix("Choose one: git ").replace("NAME", "two").split())
    assert (sync_in(pair.a).remote, pair.rest()["more.md"]) == ("two", b"1")


def test_a_branch_of_another_name_at_a_remote_of_another_name(pair: Pair, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "second.git")
    git(pair.a, "remote", "add", "second", "../second.git")
    git(pair.a, "config", "branch.main.remote", "second")
    git(pair.a, "config", "branch.main.merge", "refs/heads/vault")
    assert sync_in(pair.a).pushed == 1
    assert git(tmp_path / "second.git", "branch", "--list").strip() == "vault"


def test_line_endings_stay_whatever_the_user_has_set(pair: Pair, known: Path) -> None:
    known.write_text(known.read_text() + "[core]\n\tautocrlf = true\n")
    crlf = NOTE.replace("\n", "\r\n")
    assert pair.both("crlf.md", crlf, None if (pair.b / "crlf.md").exists() else "x\n").conflicts != []
    change(pair.a, "lf.md", NOTE)
    sync_in(pair.a)
    files = pair.rest()
    assert files["crlf.md"] == crlf.encode()
    assert files["lf.md"] == NOTE.encode()


def test_the_driver_is_in_force_without_gitattributes(pair: Pair) -> None:
    change(pair.a, ".gitattributes", None)
    sync_in(pair.a)
    sync_in(pair.b)
    assert pair.both(ACME, NOTE.replace("60", "85"), NOTE.replace("active", "lead")).conflicts == []
    assert (pair.a / ".git/info/attributes").read_text() == "*.md merge=vaultcrm\n"


def test_names_of_all_kinds(pair: Pair) -> None:
    names = [
        "clients/Größe & Söhne/Größe & Söhne.md",
        "a 'b' \"c\".md",
        "-n.md",
        ":(top)x.md",
        "tab\there.md",
        "line\nbreak.md",
        "日本.md",
        os.fsdecode(b"caf\xe9.md"),
    ]
    for name in names:
        change(pair.a, name, "1\n")
        change(pair.b, name, "2\n")
    sync_in(pair.b)
    assert len(sync_in(pair.a).conflicts) == len(names)
    files = pair.rest()
    copy = f" (conflict 2026-11-16 {other_side(pair.a)}).md"
    for name in names:
        assert files[name] == b"1\n"
        assert files[name.removesuffix(".md") + copy] == b"2\n"


# --------------------------------------------------------------------------------- true conflicts


def test_where_both_changed_the_same_property_ours_stays_and_theirs_is_beside(pair: Pair) -> None:
    done = pair.both(ACME, NOTE.replace("60", "80"), NOTE.replace("60", "85").replace("First", "Their first"))
    copy = f"clients/Acme/Acme (conflict 2026-11-16 {other_side(pair.a)}).md"
    assert done.conflicts == [Conflict(ACME, copy, "changed on both sides", (Clash("rate", "80", "85"),))]
    files = pair.rest()
    assert files[ACME].decode() == NOTE.replace("60", "80").replace("First", "Their first")
    assert files[copy].decode() == NOTE.replace("60", "85").replace("First", "Their first")
    assert git(pair.a, "log", "-1", "--format=%B") == (
        "Received: Acme: client changed, conflict copy added\n\n"
        f"In conflict:\n- {ACME}: changed on both sides (rate); theirs is in {copy}\n\n"
    )
    assert sync_in(pair.b).conflicts == []
    assert standing(crm(pair.a)).copies == [copy]


def test_where_both_changed_the_same_line_or_made_the_same_note(pair: Pair) -> None:
    done = pair.both(ACME, NOTE.replace("Last line", "Ours"), NOTE.replace("Last line", "Theirs"))
    assert done.conflicts[0].clashes == (Clash("text"),)
    done = pair.both("new.md", "---\ntags: a\n---\nOurs\n", "---\ntags: b\n---\nTheirs\n")
    assert (done.conflicts[0].path, done.conflicts[0].what) == ("new.md", "made on both sides")
    files = pair.rest()
    assert files[ACME].decode() == NOTE.replace("Last line", "Ours")
    assert files[f"new (conflict 2026-11-16 {other_side(pair.a)}).md"] == b"---\ntags: b\n---\nTheirs\n"


@pytest.mark.parametrize("name", ["logo.png", "vaultcrm.toml", "clients/Acme/broken.md"])
def test_what_is_no_note_is_never_mixed(name: str, pair: Pair) -> None:
    change(pair.a, name, b"---\na: [\n---\n# \0base\n" if name == "logo.png" else "# base\n")
    sync_in(pair.a)
    sync_in(pair.b)
    done = pair.both(name, b"# \0ours\n" if name == "logo.png" else "# ours\n", "# theirs\n")
    assert [one.path for one in done.conflicts] == [name]
    stem, ending = os.path.splitext(name)
    files = {**pair.rest(), "vaultcrm.toml": (pair.a / "vaultcrm.toml").read_bytes()}
    assert files[name].replace(b"\0", b"") == b"# ours\n"
    assert files[f"{stem} (conflict 2026-11-16 {other_side(pair.a)}){ending}"] == b"# theirs\n"


@pytest.mark.parametrize("ours_is_gone", [True, False])
def test_what_one_deleted_and_the_other_changed_stays(ours_is_gone: bool, pair: Pair) -> None:
    changed = NOTE.replace("60", "99")
    done = pair.both(ACME, None if ours_is_gone else changed, changed if ours_is_gone else None)
    what = "deleted here, changed there" if ours_is_gone else "deleted there, changed here"
    assert done.conflicts == [Conflict(ACME, None, what)]
    assert pair.rest()[ACME].decode() == changed


def test_a_copy_never_takes_a_name_that_is_taken(pair: Pair) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    head = git(pair.b, "rev-parse", "HEAD")
    taken = f"clients/Acme/acme (CONFLICT 2026-11-16 {head[:7]}).md"
    change(pair.a, taken, "mine")
    change(pair.a, ACME, NOTE.replace("60", "80"))
    assert sync_in(pair.a).conflicts[0].copy == f"clients/Acme/Acme (conflict 2026-11-16 {head[:8]}).md"
    assert pair.rest()[taken] == b"mine"


# -------------------------------------------------------------------------- names, folders, kinds


def move(side: Path, old: str, new: str) -> None:
    (side / new).parent.mkdir(parents=True, exist_ok=True)
    (side / old).rename(side / new)


def test_a_note_renamed_here_and_changed_there_is_one_note(pair: Pair) -> None:
    move(pair.a, "clients/Acme/follow-ups/Call.md", "clients/Acme/follow-ups/Call Dana.md")
    change(pair.b, "clients/Acme/follow-ups/Call.md", "---\ntype: follow-up\nstatus: done\n---\n")
    sync_in(pair.b)
    assert sync_in(pair.a).conflicts == []
    files = pair.rest()
    assert files["clients/Acme/follow-ups/Call Dana.md"] == b"---\ntype: follow-up\nstatus: done\n---\n"
    assert "clients/Acme/follow-ups/Call.md" not in files


def test_a_folder_renamed_here_takes_with_it_what_is_new_there(pair: Pair) -> None:
    move(pair.a, "clients/Acme", "clients/Acme Studio")
    change(pair.b, "clients/Acme/Dana.md", "---\ntype: person\n---\n")
    sync_in(pair.b)
    assert sync_in(pair.a).conflicts == []
    files = pair.rest()
    assert files["clients/Acme Studio/Dana.md"] == b"---\ntype: person\n---\n"
    assert not any(name.startswith("clients/Acme/") for name in files)


def test_two_notes_that_are_nearly_alike_are_not_taken_for_one(pair: Pair) -> None:
    first, second = (f'---\ntype: follow-up\nstatus: open\ndue: 2026-11-{day}\nfrom: "[[Call {day}]]"\n---\n' for day in (20, 27))
    change(pair.a, "clients/Acme/follow-ups/Quote.md", first)
    sync_in(pair.a)
    sync_in(pair.b)
    change(pair.a, "clients/Acme/follow-ups/Quote.md", None)
    change(pair.a, "clients/Acme/follow-ups/Invoice.md", second)
    change(pair.b, "clients/Acme/follow-ups/Quote.md", first + "Changed.\n")
    sync_in(pair.b)
    sync_in(pair.a)
    files = pair.rest()
    assert files["clients/Acme/follow-ups/Invoice.md"].decode() == second
    assert files["clients/Acme/follow-ups/Quote.md"].decode() == first + "Changed.\n"


def test_a_note_renamed_on_both_sides_has_our_name_and_their_changes(pair: Pair) -> None:
    long = NOTE + "A line that stays.\n" * 20
    change(pair.a, ACME, long)
    sync_in(pair.a)
    sync_in(pair.b)
    move(pair.b, ACME, "clients/Acme/Theirs.md")
    change(pair.b, "clients/Acme/Theirs.md", long.replace("60", "85").replace("active", "lead"))
    sync_in(pair.b)
    move(pair.a, ACME, "clients/Acme/Ours.md")
    change(pair.a, "clients/Acme/Ours.md", long.replace("60", "80"))
    done = sync_in(pair.a)
    copy = f"clients/Acme/Ours (conflict 2026-11-16 {other_side(pair.a)}).md"
    what = f"{ACME} has another name there: clients/Acme/Theirs.md"
    assert done.conflicts == [Conflict("clients/Acme/Ours.md", copy, what, (Clash("rate", "80", "85"),))]
    files = {name: data.decode() for name, data in pair.rest().items() if name.startswith("clients/Acme/") and "follow" not in name}
    assert files == {
        "clients/Acme/Ours.md": long.replace("60", "80").replace("active", "lead"),
        copy: long.replace("60", "85").replace("active", "lead"),
    }


def test_a_note_renamed_here_to_what_is_made_there(pair: Pair) -> None:
    """And changed there under its old name, in a property that was changed here too: three versions, none lost."""
    long = NOTE + "A line that stays.\n" * 20
    change(pair.a, ACME, long)
    sync_in(pair.a)
    sync_in(pair.b)
    change(pair.b, ACME, long.replace("60", "85"))
    change(pair.b, "clients/Acme/New.md", "Made there.\n")
    sync_in(pair.b)
    move(pair.a, ACME, "clients/Acme/New.md")
    change(pair.a, "clients/Acme/New.md", long.replace("60", "80"))
    done = sync_in(pair.a)
    texts = [data.decode() for name, data in pair.rest().items() if name.startswith("clients/Acme/New")]
    assert long.replace("60", "80") in texts
    assert long.replace("60", "85") in texts
    assert "Made there.\n" in texts
    assert {one.copy for one in done.conflicts} <= set(pair.rest())


@pytest.mark.parametrize("ours_is_file", [True, False])
def test_a_file_where_the_other_has_a_folder(ours_is_file: bool, pair: Pair) -> None:
    sides = (pair.a, pair.b) if ours_is_file else (pair.b, pair.a)
    change(sides[0], "inbox/Thing.md", "A file.\n")
    change(sides[1], "inbox/Thing.md/inside.md", "In a folder.\n")
    sync_in(pair.b)
    done = sync_in(pair.a)
    copy = f"inbox/Thing (conflict 2026-11-16 {git(pair.a, 'rev-parse', '--short=7', 'HEAD^2').strip()}).md"
    assert done.conflicts == [Conflict("inbox/Thing.md", copy, "a file on one side, a folder on the other")]
    files = pair.rest()
    assert (files[copy], files["inbox/Thing.md/inside.md"]) == (b"A file.\n", b"In a folder.\n")


def test_symbolic_links_and_modes(pair: Pair) -> None:
    for side, target in ((pair.a, "ours"), (pair.b, "theirs")):
        (side / "link").symlink_to(target)
        (side / "mixed").symlink_to(target) if side == pair.a else change(side, "mixed", "a file\n")
    os.chmod(pair.a / "logo.png", 0o755)
    change(pair.b, "logo.png", b"\0\2")
    sync_in(pair.b)
    done = sync_in(pair.a)
    assert [one.path for one in done.conflicts] == ["link", "mixed"]
    files = pair.rest()
    copy = f" (conflict 2026-11-16 {other_side(pair.a)})"
    for side in pair:
        assert os.readlink(side / "link") == "ours"
        assert os.readlink(side / f"link{copy}") == "theirs"
        assert os.readlink(side / "mixed") == "ours"
        assert os.access(side / "logo.png", os.X_OK)
    assert (files[f"mixed{copy}"], files["logo.png"]) == (b"a file\n", b"\0\2")


def test_submodules_are_left_alone(pair: Pair) -> None:
    for side, commit in ((pair.a, "1" * 40), (pair.b, "2" * 40)):
        git(side, "update-index", "--add", "--cacheinfo", f"160000,{commit},inner")
        git(side, "commit", "--quiet", "-m", "a submodule")
    git(pair.b, "push", "--quiet")
    change(pair.b, "new.md", "1")
    sync_in(pair.b)
    assert sync_in(pair.a).conflicts == [Conflict("inner", None, "made on both sides; ours stays")]
    assert git(pair.a, "ls-files", "-s", "inner") == f"160000 {'1' * 40} 0\tinner\n"
    assert (pair.a / "new.md").read_bytes() == b"1"
    assert sync_in(pair.a).committed == []


# ---------------------------------------------------------------------------------------- refused


def unmerged(side: Path) -> None:
    git(side, "checkout", "--quiet", "-b", "other")
    change(side, "logo.png", b"\0\3")
    git(side, "commit", "--quiet", "-am", "theirs")
    git(side, "checkout", "--quiet", "main")
    change(side, "logo.png", b"\0\4")
    git(side, "commit", "--quiet", "-am", "ours")
    subprocess.run(["git", "merge", "other"], cwd=side, capture_output=True, check=False)


def squashed(side: Path) -> None:
    unmerged(side)
    (side / ".git/MERGE_HEAD").unlink()


def left_in(name: str) -> Callable[[Path], None]:
    def leave(side: Path) -> None:
        write_files(side, {f".git/{name}": git(side, "rev-parse", "HEAD")})

    return leave


def marked(side: Path) -> None:
    change(side, ACME, NOTE + "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> other\n")


def large(side: Path) -> None:
    with (side / "film.mov").open("wb") as file:
        file.truncate(LARGE + 1)


def in_the_cloud(side: Path) -> None:
    (side / ACME).rename(side / "clients/Acme/.Acme.md.icloud")


MARKS = re.compile(rb"^<{7} .*?^={7}\r?$.*?^>{7} ", re.MULTILINE | re.DOTALL)
SOME_LINES = st.lists(st.sampled_from([b"<<<<<<< a", b"=======", b"=======\r", b">>>>>>> b", b"<<<<<<<", b"======= ", b" >>>>>>> b", b"x"]))


@given(SOME_LINES)
def test_the_marks_of_a_conflict_are_known_by_their_order(lines: list[bytes]) -> None:
    assert has_marks(b"\n".join(lines)) is (MARKS.search(b"\n".join(lines)) is not None)


def test_many_marks_that_nothing_ends_are_read_once() -> None:
    """Whoever looks for the end from each of them anew needs hours for this."""
    assert not has_marks(b"<<<<<<< a\n=======\n" * 100_000)


@pytest.mark.parametrize(
    ("spoil", "code", "message", "way"),
    [
        (unmerged, 4, "A merge is not finished here.", "git merge --abort"),
        (squashed, 4, "logo.png is in a conflict that nobody has ended.", "git add"),
        (left_in("rebase-merge/head-name"), 4, "A rebase is not finished here.", "git rebase --abort"),
        (left_in("rebase-apply/applying"), 4, "A git am is not finished here.", "git am --abort"),
        (left_in("CHERRY_PICK_HEAD"), 4, "A cherry-pick is not finished here.", "git cherry-pick --abort"),
        (left_in("REVERT_HEAD"), 4, "A revert is not finished here.", "git revert --abort"),
        (left_in("BISECT_LOG"), 4, "A bisect is not finished here.", "git bisect reset"),
        (left_in("index.lock"), 5, "Another git is at work here", "delete"),
        (lambda side: git(side, "checkout", "--quiet", "--detach"), 4, "The repository is on no branch.", "git checkout main"),
        (marked, 4, f"{ACME} holds the marks of a conflict", "git add"),
        (large, 4, "film.mov is 26 MB large", "Put it into .gitignore, or commit it yourself: git add film.mov; git commit"),
        (in_the_cloud, 4, f"{ACME} is in iCloud and not on this disk.", "Open it"),
    ],
)
def test_what_is_not_fit_is_refused_and_nothing_is_touched(
    spoil: Callable[[Path], None], code: int, message: str, way: str, pair: Pair
) -> None:
    change(pair.a, "new.md", "1")
    spoil(pair.a)
    before = looks(pair.a)
    with pytest.raises(VaultcrmError) as found:
        sync_in(pair.a)
    assert (found.value.exit_code, message in found.value.message, way in found.value.hint) == (code, True, True), str(found.value)
    assert looks(pair.a) == before


def test_unrelated_histories_are_never_joined_by_us(pair: Pair, tmp_path: Path) -> None:
    write_files(tmp_path / "c", {"c.md": "1"})
    init(str(tmp_path / "c"), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    git(tmp_path / "c", "remote", "add", "origin", "../origin.git")
    before = contents(tmp_path / "origin.git")
    with pytest.raises(Refused, match="no beginning in common") as found:
        sync_in(tmp_path / "c")
    assert "git merge --allow-unrelated-histories origin/main" in found.value.hint
    assert contents(tmp_path / "origin.git") == before


def test_git_does_not_know_who_commits(pair: Pair, known: Path) -> None:
    known.unlink()
    change(pair.a, "new.md", "1")
    with pytest.raises(Refused, match="git does not know who you are"):
        sync_in(pair.a)


def test_a_file_that_git_leaves_out_is_not_written_over(pair: Pair) -> None:
    change(pair.a, ".obsidian/workspace.json", "mine")
    change(pair.b, ".obsidian/workspace.json", "theirs")
    git(pair.b, "add", "--force", ".obsidian/workspace.json")
    sync_in(pair.b)
    with pytest.raises(Refused, match=r"\.obsidian/workspace\.json is here, left out by \.gitignore"):
        sync_in(pair.a)
    assert (pair.a / ".obsidian/workspace.json").read_text() == "mine"
    change(pair.a, ".obsidian/workspace.json", None)
    sync_in(pair.a)
    assert (pair.a / ".obsidian/workspace.json").read_text() == "theirs"


# ------------------------------------------------------------------------------------ it goes wrong


def test_a_merge_that_cannot_be_committed_is_taken_back(pair: Pair, known: Path) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    change(pair.a, ACME, NOTE.replace("60", "80"))
    git(pair.a, "commit", "--quiet", "-am", "ours")
    before, head = contents(pair.a / "clients"), git(pair.a, "rev-parse", "HEAD")
    settings = known.read_text()
    known.write_text(settings + "[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n")
    with pytest.raises(OutsideFailed, match="gpg failed to sign"):
        sync_in(pair.a)
    assert (contents(pair.a / "clients"), git(pair.a, "rev-parse", "HEAD")) == (before, head)
    assert git(pair.a, "status", "--porcelain") == ""
    assert not (pair.a / ".git/MERGE_HEAD").exists()
    known.write_text(settings)
    assert len(sync_in(pair.a).conflicts) == 1


def test_what_a_killed_merge_or_command_has_left_is_not_committed(pair: Pair) -> None:
    left = [".merge_file_a1B2c3", "clients/.vaultcrm-12-ab.tmp"]
    git(pair.a, "rm", "--quiet", ".gitignore")
    for path in left:
        change(pair.a, path, "half")
    assert standing(crm(pair.a)).to_commit == ["Vault: settings changed"]
    sync_in(pair.a)
    assert git(pair.a, "show", "--name-only", "--format=").split() == [".gitignore"]
    assert not (pair.a / left[0]).exists()


def test_what_was_committed_before_the_network_failed_is_said(pair: Pair) -> None:
    git(pair.a, "remote", "set-url", "origin", "../nowhere.git")
    change(pair.a, "new.md", "1")
    with pytest.raises(OutsideFailed, match="origin cannot be reached") as found:
        sync_in(pair.a)
    assert found.value.hint.endswith("Your changes are committed here, and will go with the next sync.")
    assert git(pair.a, "log", "-1", "--format=%s") == "Vault: note added\n"


@pytest.fixture
def server(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bare repository as one on another computer, whose hooks are its own: it is reached by something like ssh."""
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


def test_when_somebody_pushes_between_our_fetch_and_our_push(pair: Pair, server: Path) -> None:
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
    assert {"from a.md", "from b.md"} <= set(pair.rest())


def test_an_editor_that_saves_while_we_fetch_keeps_what_it_wrote(pair: Pair, server: Path, tmp_path: Path) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    edited = NOTE.replace("Last line", "Saved meanwhile")
    (tmp_path / "edited").write_text(edited)
    (tmp_path / "ssh").write_text(f"#!/bin/sh\ncp '{tmp_path}/edited' '{pair.a / ACME}'\nshift\nexec sh -c \"$*\"\n")
    done = sync_in(pair.a)
    assert (done.committed, done.conflicts) == (["Acme: client changed"], [])
    assert (pair.a / ACME).read_text() == edited  # it has saved again while we pushed
    assert edited.replace("60", "85") == git(pair.a, "show", f"HEAD:{ACME}")


def test_an_editor_that_saves_while_we_settle_keeps_what_it_wrote(pair: Pair) -> None:
    for side, rate in ((pair.b, "85"), (pair.a, "80")):
        change(side, ACME, NOTE.replace("60", rate))
        git(side, "commit", "--quiet", "-am", rate)
    git(pair.b, "push", "--quiet")
    git(pair.a, "fetch", "--quiet")
    subprocess.run(["git", "merge", "origin/main"], cwd=pair.a, capture_output=True, check=False)
    head, other = git(pair.a, "rev-parse", "HEAD", "origin/main").split()
    settlement = Settlement(Git(str(pair.a)), head, other, NOW.date())
    change(pair.a, ACME, "Saved meanwhile.\n")
    (conflict,) = settlement.run()
    git(pair.a, "commit", "--quiet", "-m", "merged")
    assert (pair.a / ACME).read_text() == "Saved meanwhile.\n"
    assert git(pair.a, "show", f"HEAD:{ACME}") == NOTE.replace("60", "80")
    assert (pair.a / (conflict.copy or "")).read_text() == NOTE.replace("60", "85")


def test_two_syncs_of_one_vault_do_not_hinder_each_other(pair: Pair) -> None:
    for side, rate in ((pair.b, "85"), (pair.a, "80")):
        change(side, ACME, NOTE.replace("60", rate))
    sync_in(pair.b)
    words = [sys.executable, "-m", "vaultcrm", "--today", NOW.isoformat(), "sync", "--json"]
    both = [subprocess.Popen(words, cwd=pair.a, stdout=subprocess.PIPE) for _ in range(2)]
    said = [json.loads(process.communicate()[0]) for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    assert sorted(len(one["conflicts"]) for one in said) == [0, 1]
    assert len(pair.rest()) == 4


def test_a_remote_that_says_no_is_not_asked_again(pair: Pair, server: Path, tmp_path: Path) -> None:
    hook(server, "update", "echo x >> ../asked; exit 1")
    change(pair.a, "new.md", "1")
    with pytest.raises(OutsideFailed, match="origin did not take it") as found:
        sync_in(pair.a)
    assert "hook declined" in found.value.message
    assert (tmp_path / "asked").read_text() == "x\n"


# --------------------------------------------------------------------------- asked, and by itself


def test_the_status_tells_and_writes_nothing(pair: Pair) -> None:
    change(pair.b, "from b.md", "1")
    sync_in(pair.b)
    git(pair.a, "fetch", "--quiet")
    log(crm(pair.a), "acme", Talk("Dana wants two options", channel="call"))
    change(pair.a, "clients/Acme/follow-ups/Call.md", None)
    before = looks(pair.a)
    assert run(pair.a, "sync", "--status").splitlines() == [
        "On branch main, shared with origin.",
        "To commit",
        "  Acme: call logged, follow-up deleted",
        "1 commit to merge, as of the last fetch.",
    ]
    assert json.loads(run(pair.a, "sync", "--status", "--json")) == {
        "branch": "main", "remote": "origin", "to_commit": ["Acme: call logged, follow-up deleted"], "ahead": 0, "behind": 1,
        "unfinished": "", "way": "", "copies": [],
    }  # fmt: skip
    assert looks(pair.a) == before


def test_a_copy_is_one_where_its_original_lies_beside(pair: Pair) -> None:
    alone, copy, cased = (
        "Talk (conflict 2026-11-16 ab12cd3).md",
        "Plan (conflict 2026-11-16 ab12cd3).md",
        "inbox/PLAN.sync-conflict-20261116-093000.md",
    )
    write_files(pair.a, {alone: b"1", copy: b"2", "Plan.md": b"3", cased: b"4", "inbox/Plan.md": b"5"})
    found = standing(crm(pair.a))
    assert found.to_commit == ["Inbox: note added, conflict copy added", "Vault: 2 notes added, conflict copy added"]
    assert found.copies == [copy, cased]
    assert sync_in(pair.a).committed == found.to_commit
    assert sync_in(pair.b).received == found.to_commit
    change(pair.a, "Plan.md", None)
    found = standing(crm(pair.a))
    assert (found.to_commit, found.copies) == (["Vault: note deleted"], [cased])
    change(pair.a, copy, None)
    change(pair.a, cased, None)
    assert sync_in(pair.a).committed == ["Inbox: conflict copy deleted", "Vault: 2 notes deleted"]


def test_a_conflict_ends_with_1_and_is_told_in_json_too(pair: Pair) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    change(pair.a, ACME, NOTE.replace("60", "80"))
    found = json.loads(run(pair.a, "sync", "--json", code=1))
    assert found["conflicts"] == [
        {
            "path": ACME,
            "copy": f"clients/Acme/Acme (conflict 2026-11-16 {other_side(pair.a)}).md",
            "what": "changed on both sides",
            "clashes": [{"key": "rate", "here": "80", "there": "85"}],
        }
    ]
    assert run(pair.a, "sync") == "Everything is in sync.\n"


@pytest.fixture
def auto(pair: Pair) -> Path:
    """A vault that commits by itself, with something staged and something changed by hand."""
    change(pair.a, "vaultcrm.toml", "[git]\nautocommit = true\n")
    sync_in(pair.a)
    change(pair.a, "staged.md", "staged")
    git(pair.a, "add", "staged.md")
    change(pair.a, ACME, NOTE + "By hand.\n")
    return pair.a


def test_a_command_commits_what_it_wrote_and_nothing_else(auto: Path) -> None:
    run(auto, "log", "acme", "Dana wants two options", "-c", "call", "--next", "Send it")
    assert git(auto, "show", "--name-only", "--format=%s").splitlines() == [
        "Acme: call logged, follow-up added",
        "",
        "clients/Acme/follow-ups/Send it.md",
        "clients/Acme/interactions/2026-11-16 0930 Dana wants two options.md",
    ]
    assert git(auto, "status", "--porcelain").splitlines() == [" M clients/Acme/Acme.md", "A  staged.md"]
    run(auto, "undo")
    assert git(auto, "log", "-1", "--format=%s") == "Acme: call deleted, follow-up deleted\n"
    run(auto, "undo", "--redo")
    assert git(auto, "log", "-1", "--format=%s") == "Acme: call logged, follow-up added\n"
    assert git(auto, "status", "--porcelain").splitlines() == [" M clients/Acme/Acme.md", "A  staged.md"]


def test_a_renamed_client_is_committed_with_its_folder(auto: Path) -> None:
    run(auto, "rename", "acme", "Acme Studio")
    assert git(auto, "status", "--porcelain").splitlines() == ["A  staged.md"]
    assert (auto / "clients/Acme Studio/Acme Studio.md").is_file()


@pytest.mark.parametrize("why", ["no repository", "a merge", "a setting"])
def test_when_git_refuses_the_write_stands_and_a_warning_is_given(why: str, auto: Path) -> None:
    if why == "no repository":
        (auto / ".git").rename(auto.parent / "away")
    elif why == "a merge":
        write_files(auto, {".git/MERGE_HEAD": git(auto, "rev-parse", "HEAD")})
    else:
        git(auto, "config", "core.fsmonitor", f"touch {auto.parent / 'ran'}")
    said = run(auto, "set", "Acme", "rate=99", "-q")
    assert "This is written, and not committed: " in said
    assert "rate: 99" in (auto / ACME).read_text()
    assert not (auto.parent / "ran").exists()


def test_a_setting_that_is_no_yes_or_no_is_not_understood(tmp_path: Path) -> None:
    write_files(tmp_path / "v", {"vaultcrm.toml": '[git]\nautocommit = "yes"\n'})
    assert "autocommit must be true or false." in run(tmp_path / "v", "due", code=4)
    write_files(tmp_path / "v", {"vaultcrm.toml": "git = 1\n"})
    assert "autocommit must be true or false." in run(tmp_path / "v", "due", code=4)


def test_a_vault_without_the_setting_is_not_committed(pair: Pair) -> None:
    head = git(pair.a, "rev-parse", "HEAD")
    run(pair.a, "set", "Acme", "rate=99")
    assert git(pair.a, "rev-parse", "HEAD") == head


def test_a_running_watcher_sees_what_came_in(pair: Pair) -> None:
    watcher = subprocess.Popen([sys.executable, "-m", "vaultcrm", "watch"], cwd=pair.a, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert watcher.stderr is not None
        assert b"Watching" in watcher.stderr.readline()
        change(pair.b, "clients/Blue/Blue.md", "---\ntype: client\n---\nA whale.\n")
        sync_in(pair.b)
        run(pair.a, "sync")
        assert "Blue" in run(pair.a, "client", "list")
        assert "Blue" in run(pair.a, "search", "whale")
    finally:
        watcher.terminate()
        watcher.communicate(timeout=20)


def test_time_is_an_argument(pair: Pair) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    change(pair.a, ACME, NOTE.replace("60", "80"))
    done = sync(Crm(str(pair.a), NOW + timedelta(days=20), ["test"]))
    assert "(conflict 2026-12-06 " in (done.conflicts[0].copy or "")


def test_others_push_all_the_time(pair: Pair, server: Path) -> None:
    """Each of our pushes finds the branch moved by one more commit."""
    hook(
        server,
        "pre-receive",
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        "export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x\n"
        "git update-ref refs/heads/main $(git commit-tree -p main -m more main^{tree})",
    )
    change(pair.a, "new.md", "1")
    with pytest.raises(Changed, match="Others are pushing all the time"):
        sync_in(pair.a)
    assert standing(crm(pair.a)).unfinished == ""


@pytest.mark.parametrize("seed", [1, 2])
def test_two_clones_stirred_come_to_rest_and_lose_nothing(seed: int) -> None:
    assert syncing.world(seed, rounds=5).faults == []


def test_what_is_lost_would_be_seen(tmp_path: Path, home: Path) -> None:
    syncing.identity(home)
    world = syncing.World(tmp_path, 1)
    assert world.faults() == []
    word = world.word()
    assert world.faults() == [f"lost: {word}"]
    change(world.sides[0], "a.md", f"{word}\n<<<<<<< HEAD\n")
    assert world.faults() == ["differs: a.md", "marks of a conflict: a.md", "a: not committed: ?? a.md\n"]
