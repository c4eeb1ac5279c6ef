"""Changes in two clones are merged: real Git, a bare repository and two vaults on disk."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.actions.clones import ACME, NOTE, NOW, Pair, change, crm, merged_commit, run, sync_in
from tests.repositories import git
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.log import NewInteraction, log
from vaultcrm.actions.sync import SyncResult, sync
from vaultcrm.actions.sync_status import sync_status
from vaultcrm.errors import Refused
from vaultcrm.merge.trees import FileConflict, PropertyConflict

pytestmark = pytest.mark.usefixtures("known")


# ------------------------------------------------------------------------------- without a conflict


def test_a_note_written_in_one_clone_arrives_in_the_other(pair: Pair) -> None:
    log(crm(pair.a), "acme", NewInteraction("Dana wants two options", channel="call"))
    here = sync_in(pair.a)
    assert here == SyncResult("main", "origin", ["Acme: call logged"], [], 1, [], 0, 0)
    assert git(pair.a, "log", "-1", "--format=%B") == "Acme: call logged\n\n"
    assert sync_in(pair.b) == SyncResult("main", "origin", [], ["Acme: call logged"], 0, [], 0, 0)
    assert sync_in(pair.a) == SyncResult("main", "origin", [], [], 0, [], 0, 0)
    assert "clients/Acme/interactions/2026-11-16 0930 Dana wants two options.md" in pair.final_files()


def test_changes_of_different_properties_and_lines_are_merged(pair: Pair) -> None:
    done = pair.sync_both(
        ACME, NOTE.replace("60", "85").replace("Last", "The last"), NOTE.replace("active", "lead").replace("First", "The first")
    )
    assert (done.conflicts, done.committed, done.received, done.pushed) == ([], ["Acme: client changed"], ["Acme: client changed"], 2)
    merged = "---\ntype: client\nstatus: lead\nrate: 85\n---\n\nThe first line.\n\nMiddle.\n\nThe last line.\n"
    assert pair.final_files()[ACME].decode() == merged
    assert git(pair.a, "log", "-1", "--format=%s") == "Received: Acme: client changed\n"


def test_the_users_own_message(pair: Pair) -> None:
    change(pair.a, "x.md", "1")
    sync(crm(pair.a), "Week 47")
    assert git(pair.a, "log", "-1", "--format=%B") == "Week 47\n\n"


def test_without_a_push_and_without_a_remote(pair: Pair) -> None:
    change(pair.b, "from b.md", "1")
    sync_in(pair.b)
    change(pair.a, "from a.md", "1")
    assert sync(crm(pair.a), push=False)[2:8] == (["Vault: note added"], ["Vault: note added"], 0, [], 2, 0)
    git(pair.a, "remote", "remove", "origin")
    change(pair.a, "more.md", "1")
    with pytest.raises(Refused, match="has no remote") as found:
        sync_in(pair.a)
    assert found.value.hint == "Add one: git remote add origin URL. Or only commit: vaultcrm sync --no-push"
    assert sync(crm(pair.a), push=False) == SyncResult("main", "", ["Vault: note added"], [], 0, [], 5, 0)
    for name in ("one", "two"):
        git(pair.a, "remote", "add", name, "../origin.git")
    with pytest.raises(Refused, match="has several remotes") as found:
        sync_in(pair.a)
    git(pair.a, *found.value.hint.removeprefix("Choose one: git ").replace("NAME", "two").split())
    assert (sync_in(pair.a).remote, pair.final_files()["more.md"]) == ("two", b"1")


def test_a_remote_and_a_branch_with_other_names(pair: Pair, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "second.git")
    git(pair.a, "remote", "add", "second", "../second.git")
    git(pair.a, "config", "branch.main.remote", "second")
    git(pair.a, "config", "branch.main.merge", "refs/heads/vault")
    assert sync_in(pair.a).pushed == 1
    assert git(tmp_path / "second.git", "branch", "--list").strip() == "vault"


def test_line_endings_are_kept_with_autocrlf(pair: Pair, known: Path) -> None:
    known.write_text(known.read_text() + "[core]\n\tautocrlf = true\n")
    crlf = NOTE.replace("\n", "\r\n")
    assert pair.sync_both("crlf.md", crlf, None if (pair.b / "crlf.md").exists() else "x\n").conflicts != []
    change(pair.a, "lf.md", NOTE)
    sync_in(pair.a)
    files = pair.final_files()
    assert files["crlf.md"] == crlf.encode()
    assert files["lf.md"] == NOTE.encode()


def test_notes_are_merged_by_property_without_gitattributes(pair: Pair) -> None:
    change(pair.a, ".gitattributes", None)
    sync_in(pair.a)
    sync_in(pair.b)
    assert pair.sync_both(ACME, NOTE.replace("60", "85"), NOTE.replace("active", "lead")).conflicts == []


@pytest.mark.nightly
def test_unusual_file_names(pair: Pair) -> None:
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
    files = pair.final_files()
    copy = f" (conflict 2026-11-16 {merged_commit(pair.a)}).md"
    for name in names:
        assert files[name] == b"1\n"
        assert files[name.removesuffix(".md") + copy] == b"2\n"


# ---------------------------------------------------------------------------------- with a conflict


def test_a_property_changed_on_both_sides_keeps_our_value_and_a_copy_of_theirs(pair: Pair) -> None:
    done = pair.sync_both(ACME, NOTE.replace("60", "80"), NOTE.replace("60", "85").replace("First", "Their first"))
    copy = f"clients/Acme/Acme (conflict 2026-11-16 {merged_commit(pair.a)}).md"
    assert done.conflicts == [FileConflict(ACME, copy, "changed on both sides", (PropertyConflict("rate", "80", "85"),))]
    files = pair.final_files()
    assert files[ACME].decode() == NOTE.replace("60", "80").replace("First", "Their first")
    assert files[copy].decode() == NOTE.replace("60", "85").replace("First", "Their first")
    assert git(pair.a, "log", "-1", "--format=%B") == (
        "Received: Acme: client changed, conflict copy added\n\n"
        f"In conflict:\n- {ACME}: changed on both sides (rate); theirs is in {copy}\n\n"
    )
    assert sync_in(pair.b).conflicts == []
    assert sync_status(crm(pair.a)).copies == [copy]


def test_a_line_changed_or_a_note_created_on_both_sides(pair: Pair) -> None:
    done = pair.sync_both(ACME, NOTE.replace("Last line", "Ours"), NOTE.replace("Last line", "Theirs"))
    assert done.conflicts[0].clashes == (PropertyConflict("text"),)
    done = pair.sync_both("new.md", "---\ntags: a\n---\nOurs\n", "---\ntags: b\n---\nTheirs\n")
    assert (done.conflicts[0].path, done.conflicts[0].what) == ("new.md", "added on both sides")
    files = pair.final_files()
    assert files[ACME].decode() == NOTE.replace("Last line", "Ours")
    assert files[f"new (conflict 2026-11-16 {merged_commit(pair.a)}).md"] == b"---\ntags: b\n---\nTheirs\n"


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["logo.png", "vaultcrm.toml", "clients/Acme/broken.md"])
def test_files_other_than_readable_notes_are_never_merged(name: str, pair: Pair) -> None:
    change(pair.a, name, b"---\na: [\n---\n# \0base\n" if name == "logo.png" else "# base\n")
    sync_in(pair.a)
    sync_in(pair.b)
    done = pair.sync_both(name, b"# \0ours\n" if name == "logo.png" else "# ours\n", "# theirs\n")
    assert [conflict.path for conflict in done.conflicts] == [name]
    stem, ending = os.path.splitext(name)
    files = {**pair.final_files(), "vaultcrm.toml": (pair.a / "vaultcrm.toml").read_bytes()}
    assert files[name].replace(b"\0", b"") == b"# ours\n"
    assert files[f"{stem} (conflict 2026-11-16 {merged_commit(pair.a)}){ending}"] == b"# theirs\n"


@pytest.mark.parametrize("ours_is_gone", [True, False])
def test_a_note_deleted_on_one_side_and_changed_on_the_other_is_kept(ours_is_gone: bool, pair: Pair) -> None:
    changed = NOTE.replace("60", "99")
    done = pair.sync_both(ACME, None if ours_is_gone else changed, changed if ours_is_gone else None)
    what = "deleted here, changed there" if ours_is_gone else "deleted there, changed here"
    assert done.conflicts == [FileConflict(ACME, None, what)]
    assert pair.final_files()[ACME].decode() == changed


def test_a_conflict_copy_never_overwrites_a_file(pair: Pair) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    head = git(pair.b, "rev-parse", "HEAD")
    taken = f"clients/Acme/acme (CONFLICT 2026-11-16 {head[:7]}).md"
    change(pair.a, taken, "mine")
    change(pair.a, ACME, NOTE.replace("60", "80"))
    assert sync_in(pair.a).conflicts[0].copy == f"clients/Acme/Acme (conflict 2026-11-16 {head[:8]}).md"
    assert pair.final_files()[taken] == b"mine"


def test_the_name_of_a_copy_has_the_date_of_the_crm(pair: Pair) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    change(pair.a, ACME, NOTE.replace("60", "80"))
    done = sync(Crm(str(pair.a), NOW + timedelta(days=20), ["test"]))
    assert "(conflict 2026-12-06 " in (done.conflicts[0].copy or "")


# -------------------------------------------------------- renames, folders and other kinds of files


def move(side: Path, old: str, new: str) -> None:
    (side / new).parent.mkdir(parents=True, exist_ok=True)
    (side / old).rename(side / new)


def test_a_note_renamed_here_and_changed_there_is_one_note(pair: Pair) -> None:
    move(pair.a, "clients/Acme/follow-ups/Call.md", "clients/Acme/follow-ups/Call Dana.md")
    change(pair.b, "clients/Acme/follow-ups/Call.md", "---\ntype: follow-up\nstatus: done\n---\n")
    sync_in(pair.b)
    assert sync_in(pair.a).conflicts == []
    files = pair.final_files()
    assert files["clients/Acme/follow-ups/Call Dana.md"] == b"---\ntype: follow-up\nstatus: done\n---\n"
    assert "clients/Acme/follow-ups/Call.md" not in files


def test_new_notes_follow_a_folder_that_was_renamed_on_the_other_side(pair: Pair) -> None:
    move(pair.a, "clients/Acme", "clients/Acme Studio")
    change(pair.b, "clients/Acme/Dana.md", "---\ntype: person\n---\n")
    sync_in(pair.b)
    assert sync_in(pair.a).conflicts == []
    files = pair.final_files()
    assert files["clients/Acme Studio/Dana.md"] == b"---\ntype: person\n---\n"
    assert not any(name.startswith("clients/Acme/") for name in files)


def test_two_similar_notes_are_not_mistaken_for_a_rename(pair: Pair) -> None:
    first, second = (f'---\ntype: follow-up\nstatus: open\ndue: 2026-11-{day}\nfrom: "[[Call {day}]]"\n---\n' for day in (20, 27))
    change(pair.a, "clients/Acme/follow-ups/Quote.md", first)
    sync_in(pair.a)
    sync_in(pair.b)
    change(pair.a, "clients/Acme/follow-ups/Quote.md", None)
    change(pair.a, "clients/Acme/follow-ups/Invoice.md", second)
    change(pair.b, "clients/Acme/follow-ups/Quote.md", first + "Changed.\n")
    sync_in(pair.b)
    sync_in(pair.a)
    files = pair.final_files()
    assert files["clients/Acme/follow-ups/Invoice.md"].decode() == second
    assert files["clients/Acme/follow-ups/Quote.md"].decode() == first + "Changed.\n"


def test_a_note_renamed_on_both_sides_keeps_our_name_and_gets_their_changes(pair: Pair) -> None:
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
    copy = f"clients/Acme/Ours (conflict 2026-11-16 {merged_commit(pair.a)}).md"
    what = f"{ACME} was renamed on both sides, there to clients/Acme/Theirs.md"
    assert done.conflicts == [FileConflict("clients/Acme/Ours.md", copy, what, (PropertyConflict("rate", "80", "85"),))]
    files = {name: data.decode() for name, data in pair.final_files().items() if name.startswith("clients/Acme/") and "follow" not in name}
    assert files == {
        "clients/Acme/Ours.md": long.replace("60", "80").replace("active", "lead"),
        copy: long.replace("60", "85").replace("active", "lead"),
    }


def test_a_note_renamed_here_to_a_name_that_is_created_there(pair: Pair) -> None:
    """The note is also changed there under its old name, in a property that is changed here too. None of the three versions is lost."""
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
    texts = [data.decode() for name, data in pair.final_files().items() if name.startswith("clients/Acme/New")]
    assert long.replace("60", "80") in texts
    assert long.replace("60", "85") in texts
    assert "Made there.\n" in texts
    assert {conflict.copy for conflict in done.conflicts} <= set(pair.final_files())


@pytest.mark.parametrize("ours_is_file", [True, False])
def test_a_file_where_the_other_has_a_folder(ours_is_file: bool, pair: Pair) -> None:
    sides = (pair.a, pair.b) if ours_is_file else (pair.b, pair.a)
    change(sides[0], "inbox/Thing.md", "A file.\n")
    change(sides[1], "inbox/Thing.md/inside.md", "In a folder.\n")
    sync_in(pair.b)
    done = sync_in(pair.a)
    copy = f"inbox/Thing (conflict 2026-11-16 {git(pair.a, 'rev-parse', '--short=7', 'HEAD^2').strip()}).md"
    assert done.conflicts == [FileConflict("inbox/Thing.md", copy, "a file on one side, a folder on the other")]
    files = pair.final_files()
    assert (files[copy], files["inbox/Thing.md/inside.md"]) == (b"A file.\n", b"In a folder.\n")


def test_symbolic_links_and_modes(pair: Pair) -> None:
    for side, target in ((pair.a, "ours"), (pair.b, "theirs")):
        (side / "link").symlink_to(target)
        (side / "mixed").symlink_to(target) if side == pair.a else change(side, "mixed", "a file\n")
    os.chmod(pair.a / "logo.png", 0o755)
    change(pair.b, "logo.png", b"\0\2")
    sync_in(pair.b)
    done = sync_in(pair.a)
    assert [conflict.path for conflict in done.conflicts] == ["link", "mixed"]
    files = pair.final_files()
    copy = f" (conflict 2026-11-16 {merged_commit(pair.a)})"
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
    assert sync_in(pair.a).conflicts == [FileConflict("inner", None, "added on both sides; ours was kept")]
    assert git(pair.a, "ls-files", "-s", "inner") == f"160000 {'1' * 40} 0\tinner\n"
    assert (pair.a / "new.md").read_bytes() == b"1"
    assert sync_in(pair.a).committed == []


# ------------------------------------------------------------------------------- notes that lose their client


def test_a_talk_with_a_client_that_was_deleted_here_is_told(pair: Pair) -> None:
    log(crm(pair.b), "acme", NewInteraction("Dana rang", channel="call"))
    sync_in(pair.b)
    shutil.rmtree(pair.a / "clients/Acme")
    done = sync_in(pair.a)
    assert done.without_client == ("clients/Acme/interactions/2026-11-16 0930 Dana rang.md",)
    assert (done.conflicts, done.pushed) == ([], 2)
    assert sync_in(pair.b).without_client == done.without_client  # its device lost the client just now
    assert sync_in(pair.a).without_client == ()  # told once, and from then on by check


def test_a_talk_whose_client_was_renamed_here_beyond_recognition_is_told(pair: Pair) -> None:
    log(crm(pair.b), "acme", NewInteraction("Dana rang", channel="call"))
    change(pair.b, "talks/2026-11-15 0900 Elsewhere.md", '---\ntype: interaction\nclient: "[[Acme]]"\n---\n')
    sync_in(pair.b)
    shutil.rmtree(pair.a / "clients/Acme")
    change(pair.a, "clients/Beta/Beta.md", "---\ntype: client\n---\n\nAll of it is new.\n")
    assert sorted(sync_in(pair.a).without_client) == [
        "clients/Acme/interactions/2026-11-16 0930 Dana rang.md",
        "talks/2026-11-15 0900 Elsewhere.md",
    ]


def test_notes_that_had_no_client_before_are_not_told(pair: Pair) -> None:
    change(pair.a, "old.md", "---\ntype: decision\n---\n")
    change(pair.b, "new.md", "1")
    sync_in(pair.b)
    assert sync_in(pair.a).without_client == ()


def test_the_command_lists_notes_that_lost_their_client_and_exits_with_1(pair: Pair) -> None:
    log(crm(pair.b), "acme", NewInteraction("Dana rang", channel="call"))
    sync_in(pair.b)
    shutil.rmtree(pair.a / "clients/Acme")
    said = run(pair.a, "sync", code=1)
    assert "Without a client now\n  clients/Acme/interactions/2026-11-16 0930 Dana rang.md\n" in said
    assert 'Give each its client: vaultcrm set NOTE client="[[CLIENT]]"' in said
