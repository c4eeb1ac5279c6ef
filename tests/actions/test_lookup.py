"""From what the user types to the client, note, follow-up or decision: what matches, and what the errors suggest."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from tests.support import write_files
from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.name_matching import best_matches
from vaultcrm.errors import Ambiguous, InvalidInput, NotFound, Refused
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.handles import handle

ACME = ClientRef.at("clients/Acme Labs/Acme Labs.md")
FILES = {
    "clients/Acme Labs/Acme Labs.md": note("client", "aliases: [ALI, The Lab]"),
    "clients/Labs & Co/Labs & Co.md": CLIENT,
    "clients/Zoë Größe/Zoë Größe.md": CLIENT,
    "clients/Acme Labs/Dana Roe.md": note("person", "aliases: [Didi]"),
    "clients/Labs & Co/Dana Li.md": note("person"),
    "clients/Acme Labs/projects/Website.md": note("project"),
    "clients/Acme Labs/follow-ups/Send the quote.md": note("follow-up"),
    "clients/Acme Labs/decisions/Fixed price.md": note("decision"),
    "clients/Acme Labs/decisions/Fixed scope.md": note("decision"),
    "a/Notes.md": "", "b/Notes.md": "", "c/Zoë.md": "",
}  # fmt: skip
QUOTE = "clients/Acme Labs/follow-ups/Send the quote.md"


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


@pytest.mark.parametrize(
    "name", ["acme", "ACME LABS", "ali", "the lab", "cme", "clients/Acme Labs", "clients/acme labs/", ACME.path, "[[Acme Labs]]"]
)
def test_a_client_by_name_alias_part_or_path(name: str, crm: Crm) -> None:
    assert lookup.client(crm, name) == ACME


def test_case_and_accents_do_not_matter(crm: Crm) -> None:
    assert lookup.client(crm, "zoe grosse").name == "Zoë Größe"


def test_the_start_of_a_name_is_no_better_than_the_start_of_a_word(crm: Crm) -> None:
    with pytest.raises(InvalidInput) as raised:
        lookup.client(crm, "labs")
    assert raised.value.message == "'labs' matches 2 clients: 'Labs & Co', 'Acme Labs'."
    assert raised.value.hint == "Type more of the name."


def test_an_unknown_client_with_similar_names_and_without(crm: Crm) -> None:
    with pytest.raises(NotFound) as raised:
        lookup.client(crm, "Acne")
    assert (raised.value.message, raised.value.hint) == ("No client is called 'Acne'.", "Did you mean 'Acme Labs'?")
    with pytest.raises(NotFound) as raised:
        lookup.client(crm, "Blue Whale")
    assert raised.value.hint == 'Add a client with: vaultcrm client add "NAME"'
    with pytest.raises(NotFound):
        lookup.client(crm, "")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Fax", "Did you mean 'Fox and Sons'?"), ("Shops", "Did you mean 'Ab Shop' or 'Fox and Sons'?"),
        ("abc", 'Add a client with: vaultcrm client add "NAME"'),  # words of two letters are not suggested
    ],
)  # fmt: skip
def test_words_of_three_letters_and_more_are_suggested(name: str, hint: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {f"clients/{title}/{title}.md": CLIENT for title in ("Fox and Sons", "Ab Shop")})
    with pytest.raises(NotFound) as raised:
        lookup.client(crm, name)
    assert raised.value.hint == hint


def test_a_client_in_a_new_folder_is_found(crm: Crm, tmp_path: Path) -> None:
    lookup.client(crm, "acme")
    (tmp_path / "v/elsewhere").mkdir()
    (tmp_path / "v/elsewhere/Fox.md").write_text(CLIENT)
    crm.invalidate()
    assert lookup.client(crm, "fox") == ClientRef.at("elsewhere/Fox.md")


def test_the_client_with_exactly_the_name_is_meant_however_it_came(crm: Crm, tmp_path: Path) -> None:
    assert lookup.client(crm, "acme").name == "Acme Labs"
    for path in ("prospects/Acme/Acme.md", "a/Notes.md"):
        write_files(tmp_path / "v", {path: CLIENT})  # the second one is edited in place, and no client before
        crm.invalidate()
        assert lookup.client(crm, path.rpartition("/")[2].removesuffix(".md")).path == path


def test_the_project_with_exactly_the_name_is_meant_however_it_came(crm: Crm, tmp_path: Path) -> None:
    projects = tmp_path / "v/clients/Acme Labs/projects"
    assert lookup.link(crm, "project", "web", ACME) == "[[Website]]"
    (projects / "Web.md").write_text(note("project"))
    crm.invalidate()
    assert lookup.link(crm, "project", "web", ACME) == "[[Web]]"
    (projects / "Web.md").rename(projects / "Net.md")
    (projects / "Website.md").unlink()
    crm.invalidate()
    with pytest.raises(NotFound):
        lookup.link(crm, "project", "web", ACME)
    (projects / "Net.md").write_text(note("project", "aliases: [The web]"))  # in place
    crm.invalidate()
    assert lookup.link(crm, "project", "the web", ACME) == "[[Net]]"


def test_a_person_of_one_client_or_of_all(crm: Crm) -> None:
    assert lookup.client_note(crm, "person", "dana", ACME).path == "clients/Acme Labs/Dana Roe.md"
    assert lookup.client_note(crm, "person", "didi").title == "Dana Roe"
    with pytest.raises(InvalidInput) as raised:
        lookup.client_note(crm, "person", "dana")
    assert raised.value.message == "'dana' matches 2 people: 'Dana Roe', 'Dana Li'."


@pytest.mark.parametrize(
    ("client", "message", "hint"),
    [
        (ACME, "No project of Acme Labs is called 'Poster'.", 'Add one with: vaultcrm project add "Acme Labs" "Poster"'),
        (None, "No project is called 'Poster'.", 'Add one with: vaultcrm project add CLIENT "Poster"'),
    ],
)
def test_an_unknown_project(client: ClientRef | None, message: str, hint: str, crm: Crm) -> None:
    with pytest.raises(NotFound) as raised:
        lookup.client_note(crm, "project", "Poster", client)
    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_a_link_to_a_project(crm: Crm) -> None:
    assert lookup.link(crm, "project", "web", ACME) == "[[Website]]"
    assert lookup.link(crm, "project", None, ACME) is None


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("acme", ACME.path), ("ali", ACME.path), ("a/Notes.md", "a/Notes.md"), ("./a/Notes", "a/Notes.md"), ("b\\Notes", "b/Notes.md"),
        ("website", "clients/Acme Labs/projects/Website.md"), ("[[b/Notes]]", "b/Notes.md"), ("send the", QUOTE),
        (handle(QUOTE)[:5], QUOTE), (handle(QUOTE)[:4].upper(), QUOTE),
        ("zoë", "clients/Zoë Größe/Zoë Größe.md"),  # the client comes before the note that is called just so
    ],
)  # fmt: skip
def test_a_note_by_path_link_handle_or_name(name: str, path: str, crm: Crm) -> None:
    assert lookup.note(crm, name) == path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("/clients/Acme Labs/Dana Roe.md", "clients/Acme Labs/Dana Roe.md"), ("/clients/../a/Notes", "a/Notes.md"),
        ("./Acme Labs/Dana Roe.md", "clients/Acme Labs/Dana Roe.md"), ("Labs & Co/Dana Li", "clients/Labs & Co/Dana Li.md"),
        ("../a/Notes.md", "a/Notes.md"), ("a/Notes.md", "a/Notes.md"), ("../c/../b/Notes", "b/Notes.md"),
        ("a/Broken", "a/Broken.md"), ("./../a/Broken.md", "a/Broken.md"),
    ],
)  # fmt: skip
def test_a_note_by_its_path_in_the_shell(name: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crm = crm_with(tmp_path / "v", FILES | {"a/Broken.md": "---\n"})
    (tmp_path / "link").symlink_to("v")
    monkeypatch.chdir(tmp_path / "link/clients")
    for root in ("v", "link"):
        assert lookup.place(crm, f"{tmp_path / root}{name}" if name.startswith("/") else name) == (path, None)


def test_a_path_outside_of_the_vault_is_no_note(tmp_path: Path, crm: Crm) -> None:
    (tmp_path / "Notes.md").write_text("")
    for name in (f"{tmp_path}/Notes.md", f"{tmp_path}/other/Notes.md", "../Notes.md", "/", "a\0b"):
        with pytest.raises(NotFound):
            lookup.note(crm, name)


def test_a_note_that_could_never_be_read_is_found_by_its_name(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", FILES | {"a/Broken.md": "---\n"})
    assert lookup.note(crm, "broken") == "a/Broken.md"


ITEMS = "clients/Acme Labs/interactions/2026-11-02 Call.md"
CALL = note(
    "interaction", "decisions: [Two rounds]", "feedback: Fine", "next_step: Ask Dana",
    body="- [ ] Call Bob\n\n> [!decision] Fixed price\n\n> [!question] Why?\n",
)  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "message", "hint"),
    [
        (
            ("task", "Call Bob", "1"), "is a checkbox line in {path}:7, not a note: Call Bob",
            "vaultcrm set {id} due=DAY or vaultcrm edit {id}",
        ),
        (("next",), "is part of the properties in {path}:5, not a note: Ask Dana", "vaultcrm set {id} due=DAY or vaultcrm edit {id}"),
        (
            ("decision", "Two rounds"), "is part of the properties in {path}:3, not a note: Two rounds",
            'vaultcrm edit {id} or vaultcrm decide "Acme Labs" TEXT --supersedes {id}',
        ),
        (
            ("decision", "Fixed price"), "is a callout in {path}:9, not a note: Fixed price",
            'vaultcrm edit {id} or vaultcrm decide "Acme Labs" TEXT --supersedes {id}',
        ),
        (("question", "Why?"), "is a callout in {path}:11, not a note: Why?", "vaultcrm edit {id}"),
        (("feedback", "Fine"), "is part of the properties in {path}:4, not a note: Fine", "vaultcrm edit {id}"),
    ],
)  # fmt: skip
def test_the_handle_of_something_inside_a_note_is_no_note(parts: tuple[str, ...], message: str, hint: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", FILES | {ITEMS: CALL})
    key = handle(ITEMS, *parts)
    with pytest.raises(Refused) as raised:
        lookup.note(crm, key[:8])
    assert raised.value.message == f"{key[:6]} {message.format(path=ITEMS)}"
    assert raised.value.hint == f"Change it with: {hint.format(id=key[:6])}. For the whole note, give its path."
    path, item = lookup.place(crm, key)
    assert (path, item and item.id) == (ITEMS, key)


def test_notes_of_the_same_name_are_told_apart_by_their_paths(crm: Crm) -> None:
    with pytest.raises(InvalidInput) as raised:
        lookup.note(crm, "notes")
    assert (raised.value.message, raised.value.hint) == ("'notes' matches 2 notes: 'a/Notes.md', 'b/Notes.md'.", "Use the path.")


def test_at_most_five_names_are_listed(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {f"Plan {number}.md": "" for number in range(1, 8)})
    with pytest.raises(InvalidInput) as raised:
        lookup.note(crm, "plan")
    assert raised.value.message == "'plan' matches 7 notes: 'Plan 1', 'Plan 2', 'Plan 3', 'Plan 4', 'Plan 5' and 2 more."


def test_a_short_or_unknown_handle_is_no_note(crm: Crm) -> None:
    for name in (handle(QUOTE)[:3], "0000", "zzzz"):
        with pytest.raises(NotFound) as raised:
            lookup.note(crm, name)
        assert raised.value.hint == "A path within the vault works too."


def test_a_follow_up_by_a_prefix_of_its_handle(crm: Crm) -> None:
    crm.refresh()
    assert lookup.follow_up(crm, handle(QUOTE)[:2]).path == QUOTE
    for text in ("", "zz", "00000"):
        with pytest.raises(NotFound) as raised:
            lookup.follow_up(crm, text)
        assert raised.value.message == f"No follow-up matches {text!r}."


def test_a_prefix_of_several_handles(tmp_path: Path) -> None:
    files = {f"{number}.md": note("follow-up") for number in range(17)}  # two of them begin with the same digit
    crm = crm_with(tmp_path / "v", files)
    crm.refresh()
    handles = sorted(handle(path) for path in files)
    digit = next(first[0] for first, second in pairwise(handles) if first[0] == second[0])
    with pytest.raises(Ambiguous, match=f"'{digit}' matches 2 follow-ups: ") as raised:
        lookup.follow_up(crm, digit)
    assert raised.value.hint == "Type more of the handle or of the text."
    assert {choice for choice, _ in raised.value.choices} == {found for found in handles if found[0] == digit}


WORDS = {
    "clients/Acme/Acme.md": note("client"),
    "clients/Acme/follow-ups/Send mock.md": note("follow-up", "due: 2026-11-20"),
    "clients/Acme/follow-ups/Send the mock-up of page two.md": note("follow-up"),
    "clients/Acme/follow-ups/Send invoice.md": note("follow-up"),
    "clients/Acme/follow-ups/Send mock early.md": note("follow-up", "status: done"),
    "clients/Acme/Tasks.md": "- [ ] Feed the [[Bed|bed]]\n",
}


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        (["invoice"], ["Send invoice"]),
        (["INVOICE", "send"], ["Send invoice"]),  # one text, because it matches as a whole
        (["invoice", "two"], ["Send invoice", "Send the mock-up of page two"]),
        (["page two"], ["Send the mock-up of page two"]),
        (["bed"], ["Feed the [[Bed|bed]]"]),  # also hexadecimal, but no handle
        (["early", "invoice"], None),  # only open ones are found by words
    ],
)
def test_follow_ups_by_words(words: list[str], titles: list[str] | None, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", WORDS)
    if titles is None:
        with pytest.raises(NotFound):
            lookup.follow_ups(crm, words)
    else:
        assert [item.text for item in lookup.follow_ups(crm, words)] == titles


def test_several_matches_are_a_choice(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", WORDS)
    with pytest.raises(Ambiguous) as raised:
        lookup.follow_ups(crm, ["send", "mock"])
    ids = [handle(f"clients/Acme/follow-ups/{title}.md") for title in ("Send mock", "Send the mock-up of page two")]
    assert raised.value.choices == [
        (ids[0], f"{ids[0][:6]} Send mock, due 2026-11-20 (Acme)"), (ids[1], f"{ids[1][:6]} Send the mock-up of page two (Acme)"),
    ]  # fmt: skip
    crm.choose = lambda error: error.choices[1][0]
    assert [item.id for item in lookup.follow_ups(crm, ["send mock"])] == [ids[1]]


NAMES = {
    "clients/Hannover/Hannover.md": note("client"),
    "clients/Ann Co/Ann Co.md": note("client"),
    "clients/Hannover/Ann Ohm.md": note("person"),
    "clients/Hannover/Zed.md": note("person"),
    "clients/Hannover/projects/Zed site.md": note("project"),
    "clients/Hannover/projects/Logo.md": note("project"),
    "clients/Hannover/interactions/2026-11-01 Logo with Ann and Zed.md": note("interaction"),
    "Ann.md": "plain",
}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ann", "clients/Ann Co/Ann Co.md"),
        ("ann o", "clients/Hannover/Ann Ohm.md"),
        ("nno", "clients/Hannover/Hannover.md"),
        ("zed", "clients/Hannover/Zed.md"),
        ("zed s", "clients/Hannover/projects/Zed site.md"),
        ("logo", "clients/Hannover/projects/Logo.md"),
        ("ann and", "clients/Hannover/interactions/2026-11-01 Logo with Ann and Zed.md"),
    ],
)
def test_clients_come_before_people_projects_and_the_rest(name: str, path: str, tmp_path: Path) -> None:
    assert lookup.note(crm_with(tmp_path / "v", NAMES), name) == path


def test_a_follow_up_that_has_just_been_added_is_found_by_its_handle(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", FILES)
    crm.refresh()
    new = "clients/Acme Labs/follow-ups/Ring Dana.md"
    write_files(tmp_path / "v", {new: note("follow-up")})
    assert lookup.follow_up(Crm(crm.vault.root, crm.now, ["test"]), handle(new)[:4]).path == new


def test_a_decision_by_handle_or_by_its_words(crm: Crm) -> None:
    path = "clients/Acme Labs/decisions/Fixed price.md"
    assert lookup.decision(crm, "PRICE", ACME).path == path
    assert lookup.decision(crm, handle(path)[:6].upper(), ACME).path == path
    with pytest.raises(InvalidInput) as raised:
        lookup.decision(crm, "fixed", ACME)
    shown = "; ".join(f"{handle(f'clients/Acme Labs/decisions/{title}.md')[:6]} {title}" for title in ("Fixed scope", "Fixed price"))
    assert (raised.value.message, raised.value.hint) == (f"'fixed' matches several decisions: {shown}.", "Use the handle.")


def test_an_unknown_decision(crm: Crm) -> None:
    with pytest.raises(NotFound) as raised:
        lookup.decision(crm, "nothing", ACME)
    assert raised.value.message == "Acme Labs has no decision 'nothing'."
    assert raised.value.hint == 'List them with: vaultcrm decisions "Acme Labs" --all'


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("acme", ["A.md"]),  # the whole name, and not the start of another
        ("acm", ["A.md", "B.md", "C.md"]),  # the start of a name or of a word
        ("cme", ["A.md", "B.md", "C.md", "D.md"]),  # a part
        ("d", ["D.md"]), ("D.md", ["D.md"]), ("x/e", ["x/E/n.md"]), ("x/e/", ["x/E/n.md"]), ("[[Acme|A]]", ["A.md"]), ("", []), ("zz", []),
    ],
)  # fmt: skip
def test_the_best_matches(text: str, paths: list[str]) -> None:
    names = {"A.md": ["acme"], "B.md": ["acme two"], "C.md": ["the acme"], "D.md": ["pacme"], "x/E/n.md": ["n"]}
    assert best_matches(text, names) == paths


def test_a_note_that_cannot_be_read_is_not_passed_over_for_a_part_of_another_name(tmp_path: Path) -> None:
    files = {
        "clients/Acme Labs/Acme Labs.md": CLIENT, "clients/Acme/Acme.md": "---\n", "clients/Acme Labs/projects/Website.md": note("project"),
        "clients/Acme Labs/projects/Web.md": "---\n",
    }  # fmt: skip
    crm = crm_with(tmp_path / "v", files)
    with pytest.raises(NotFound) as raised:
        lookup.client(crm, "acme")
    assert raised.value.message == "clients/Acme/Acme.md can't be read, so 'acme' can't be used yet."
    assert raised.value.hint == 'Fix it with: vaultcrm edit "clients/Acme/Acme.md"'
    with pytest.raises(NotFound, match=r"Web\.md can't be read"):
        lookup.link(crm, "project", "web", ACME)
    assert lookup.client(crm, "acme labs") == ACME


@pytest.mark.parametrize(
    ("name", "channel"),
    [("call", "call"), ("Mail", "email"), ("Jitsi", "meeting"), ("slack", "message"), ("pigeon", "pigeon")],  # the settings come first
)
def test_a_channel_as_the_vault_or_people_call_it(name: str, channel: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"vaultcrm.toml": '[channels]\njitsi = "meeting"\nSlack = "message"\n'})
    assert lookup.channel(crm, name) == channel
