"""What is in the inbox: which notes wait there, who wrote them, and what a rule about a sender applies to."""

from pathlib import Path

import pytest

from tests.actions.inbox.notes import ACME, SAM, SETTINGS, inbox_crm, parked_by_title, parked_note
from tests.actions.vaults import note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.routing import Router
from vaultcrm.actions.inbox.parked import (
    company_domain,
    find_parked,
    from_same_sender,
    known_by_now,
    likely_clients,
    parked_notes,
    rule_keys,
    sender_in,
)
from vaultcrm.errors import Ambiguous, NotFound, UsageError
from vaultcrm.importers.message import Party


@pytest.mark.parametrize(
    ("text", "party", "key"),
    [
        ("Dana Roe (dana@x.example)", Party("Dana Roe", email="dana@x.example"), "dana@x.example"),
        ("dana@x.example", Party(email="dana@x.example"), "dana@x.example"),
        ("Dana (Acme) (dana@x.example)", Party("Dana (Acme)", email="dana@x.example"), "dana@x.example"),
        ("Dana (+49 (0)170 123 45 67)", Party("Dana", phone="+49 (0)170 123 45 67"), "+49 (0)170 123 45 67"),
        ("+49 170 1234567", Party(phone="+49 170 1234567"), "+49 170 1234567"),
        ("Dana (slack:U123)", Party("Dana", account="slack:U123"), "slack:U123"),
        ("Dana (Acme)", Party("Dana (Acme)"), "Dana (Acme)"),
        ("Dana", Party("Dana"), "Dana"),
    ],
)
def test_who_a_note_names(text: str, party: Party, key: str) -> None:
    sender = sender_in(text)
    assert sender is not None
    assert (sender.party, sender.key) == (party, key)


@pytest.mark.parametrize("text", ["[[Dana Roe]]", "[[Dana Roe|Dana]]", "", " "])
def test_who_is_known_already_is_no_sender(text: str) -> None:
    assert sender_in(text) is None


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return inbox_crm(
        tmp_path / "v",
        {
            "2026-11-10 0900 New site.md": parked_note(SAM, summary="A new site"),
            "2026-11-11 0900 Re.md": parked_note("Nora (nora@x.example)", "Sam (SAM@field.example)"),
            "2026-11-12 0900 Kit.md": parked_note("kit@field.example"),
            "2026-11-13 0900 Private.md": parked_note("Dana (dana@gmail.com)", direction="out"),
            "2026-11-14 0900 Call.md": note("interaction", "date: 2026-11-14T09:00:00", body="Somebody called."),
            "Call back.md": note("follow-up", 'from: "[[2026-11-14 0900 Call]]"'),
            "2026-11-15 0900 Chat.md": parked_note("Pia", source="whatsapp:ab12:2026-11-15:0123456789abcdef"),
            "2026-11-09 0900 Chat.md": parked_note("Kai", source="whatsapp:ab12:2026-11-09:0123456789abcdef"),
            "mine.md": note("interaction", 'client: "[[Acme]]"'),
            "files/read me.md": "# from a zip\n",
        },
    )


def test_what_is_known_by_now(tmp_path: Path) -> None:
    ruled = SETTINGS + '[import.senders]\n"@acme.example" = "Acme"\n"x@y.example" = "ignore"\n'
    others = {"a.md": parked_note(SAM), "b.md": parked_note("Kit (kit@acme.example)"), "c.md": parked_note("x@y.example")}
    crm = inbox_crm(tmp_path / "v", {**others, "d.md": parked_note("Ann"), "./vaultcrm.toml": ruled})
    assert {client.path: [item.path for item in notes] for client, notes in known_by_now(crm).items()} == {ACME: ["inbox/b.md"]}
    (tmp_path / "v/clients/Acme/Sam.md").write_text(note("person", "email: sam@field.example"))
    crm.invalidate_after_write()
    assert [item.path for notes in known_by_now(crm).values() for item in notes] == ["inbox/b.md", "inbox/a.md"]


def test_the_notes_that_wait(crm: Crm) -> None:
    found = [(parked.note.title, parked.subject, parked.sender and parked.sender.key, parked.reason) for parked in parked_notes(crm)]
    why = "It isn't known."
    assert found == [
        ("2026-11-14 0900 Call", "Call", None, ""),
        ("2026-11-15 0900 Chat", "Chat", "Pia", why),
        ("2026-11-13 0900 Private", "Private", "dana@gmail.com", why),
        ("2026-11-12 0900 Kit", "Kit", "kit@field.example", why),
        ("2026-11-11 0900 Re", "Re", "SAM@field.example", why),  # what Nora wrote is to Sam
        ("2026-11-10 0900 New site", "A new site", "sam@field.example", why),
        ("2026-11-09 0900 Chat", "Chat", "Kai", why),
    ]


@pytest.mark.parametrize(
    ("title", "whole_domain", "others"),
    [
        ("2026-11-10 0900 New site", False, ["2026-11-11 0900 Re"]),
        ("2026-11-10 0900 New site", True, ["2026-11-12 0900 Kit", "2026-11-11 0900 Re"]),
        ("2026-11-15 0900 Chat", False, ["2026-11-09 0900 Chat"]),  # another day of the chat
        ("2026-11-14 0900 Call", True, []),
    ],
)
def test_what_follows_a_sender(crm: Crm, title: str, whole_domain: bool, others: list[str]) -> None:
    listed = parked_by_title(crm)
    assert [parked.note.title for parked in from_same_sender(listed[title], listed.values(), whole_domain)] == others


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("new site", "2026-11-10 0900 New site"),
        ("inbox/2026-11-12 0900 Kit.md", "2026-11-12 0900 Kit"),
        ("2026-11-12 0900 Kit", "2026-11-12 0900 Kit"),
        ("call", "2026-11-14 0900 Call"),
    ],
)
def test_a_note_is_found_by_what_people_type(crm: Crm, name: str, title: str) -> None:
    assert find_parked(crm, name).note.title == title
    parked = parked_by_title(crm)[title]
    assert find_parked(crm, parked.id[:5]).path == parked.path


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("nothing", NotFound, "Nothing in the inbox is called 'nothing'."),
        ("chat", Ambiguous, "'chat' matches 2 notes in the inbox: '2026-11-15 0900 Chat', '2026-11-09 0900 Chat'."),
        ("acme", NotFound, "Nothing in the inbox is called 'acme'."),
        ("clients/Acme/Acme.md", UsageError, "clients/Acme/Acme.md isn't waiting in the inbox."),
        ("mine", UsageError, "inbox/mine.md isn't waiting in the inbox."),
        ("call back", UsageError, "inbox/Call back.md goes where inbox/2026-11-14 0900 Call.md goes."),
    ],
)
def test_what_isnt_there_is_told(crm: Crm, name: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as raised:
        find_parked(crm, name)
    assert str(raised.value) == message


def test_a_rule_needs_a_sender_and_a_domain_of_a_company(crm: Crm) -> None:
    listed = parked_by_title(crm)
    site, private, call = (listed[f"2026-11-{title}"] for title in ("10 0900 New site", "13 0900 Private", "14 0900 Call"))
    assert rule_keys(crm, [site, private]) == ["sam@field.example", "dana@gmail.com"]
    assert rule_keys(crm, [site], whole_domain=True) == ["@field.example"]
    assert company_domain(crm, site.sender) == "field.example"
    with pytest.raises(UsageError, match="doesn't say who wrote it"):
        rule_keys(crm, [call])
    with pytest.raises(UsageError, match="is your own or a mail provider's"):
        rule_keys(crm, [private], whole_domain=True)
    with pytest.raises(UsageError, match="Pia has no domain"):
        rule_keys(crm, [listed["2026-11-15 0900 Chat"]], whole_domain=True)


def test_whose_it_may_be_is_found_as_the_vault_is_now(tmp_path: Path) -> None:
    person = "clients/Acme/Dana Roe.md"
    files = {"a.md": parked_note("Dana Roe (dana@private.example)"), person: note("person", "email: dana@acme.example")}
    crm = inbox_crm(tmp_path / "v", files)
    (parked,) = parked_notes(crm)
    assert [client.name for client in likely_clients(Router(crm, (), ()), parked)] == ["Acme"]  # by the name
    assert [client.name for client in likely_clients(Router(crm, (), (("@private.example", "Acme"),)), parked)] == ["Acme"]
