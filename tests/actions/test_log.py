"""A conversation is logged: its note, the follow-ups that come out of it, and its title."""

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from tests.support import contents
from vaultcrm.actions.add import NewFollowUp
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.log import NewInteraction, log, short_title
from vaultcrm.errors import InvalidInput, NotFound
from vaultcrm.model.records import Interaction

FILES = {
    "clients/Acme/Acme.md": CLIENT, "clients/Acme/Dana Roe.md": note("person"), "clients/Acme/Dana Li.md": note("person"),
    "clients/Acme/Site.md": note("project"), "Fox.md": CLIENT, "Gnu.md": CLIENT,
}  # fmt: skip


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


def new_files(crm: Crm) -> dict[str, str]:
    """The files that were added to the vault, with their contents."""
    return {path: data.decode() for path, data in contents(Path(crm.vault.root)).items() if path not in FILES}


def test_a_conversation_with_everything(crm: Crm) -> None:
    steps = [NewFollowUp("Send the quote", date(2026, 11, 20)), NewFollowUp("Get: the texts", waiting=True)]
    new = NewInteraction(
        "Dana wants two options.\nBlue ones.", datetime(2026, 11, 15, 14, 30, 7, 9), "call", "in", "site", ["dana roe", "Zoë"],
        "Two options", ["Fixed price"], ["Nice colours"], steps, ["web"], ["Calls, not mail"], ["Who signs?", "When?"],
    )  # fmt: skip
    result = log(crm, "acme", new)
    path = "clients/Acme/interactions/2026-11-15 1430 Two options.md"
    assert result.record.interaction == Interaction(
        "Two options", path, "Acme", datetime(2026, 11, 15, 14, 30, 7), "call", "in", ("Dana Roe", "Zoë"), "Site", "Two options", ("web",)
    )
    assert [(item.text, item.client, item.project, item.status) for item in result.record.follow_ups] == [
        ("Send the quote", "Acme", "Site", "open"), ("Get: the texts", "Acme", "Site", "waiting"),
    ]  # fmt: skip
    assert [(decision.text, decision.kind) for decision in result.record.decisions] == [("Fixed price", "interaction")]
    assert result.record.unknown_people == ["Zoë"]
    origin = 'project: "[[Site]]"\nfrom: "[[2026-11-15 1430 Two options]]"\ndateCreated: 2026-11-16T09:30:00\n---\n'
    files = {
        path: '---\ntype: interaction\ndate: 2026-11-15T14:30:07\nchannel: call\ndirection: in\npeople:\n  - "[[Dana Roe]]"\n  - Zoë\n'
        'project: "[[Site]]"\nsummary: Two options\ndecisions:\n  - Fixed price\nfeedback:\n  - Nice colours\ntags:\n  - web\n---\n\n'
        "Dana wants two options.\nBlue ones.\n\n> [!preference] Calls, not mail\n\n> [!question] Who signs?\n\n> [!question] When?\n",
        "clients/Acme/follow-ups/Send the quote.md": f"---\ntype: follow-up\nstatus: open\ndue: 2026-11-20\n{origin}",
        "clients/Acme/follow-ups/Get - the texts.md": f'---\ntype: follow-up\ntitle: "Get: the texts"\nstatus: waiting\n{origin}',
    }
    assert new_files(crm) == files
    assert result.created == list(files)


def test_a_conversation_without_a_client_goes_to_the_inbox(crm: Crm) -> None:
    result = log(crm, None, NewInteraction("Somebody rang", people=["dana roe"], project="site", next_steps=[NewFollowUp("Ring back")]))
    assert result.created == ["inbox/2026-11-16 0930 Somebody rang.md", "inbox/Ring back.md"]
    assert result.record.interaction.client is None
    assert [item.client for item in result.record.follow_ups] == [None]
    assert (result.record.interaction.people, result.record.interaction.project) == (("Dana Roe",), "Site")


def test_a_conversation_without_anything_happens_now(crm: Crm) -> None:
    assert log(crm, "acme", NewInteraction()).created == ["clients/Acme/interactions/2026-11-16 0930 Note.md"]
    assert new_files(crm) == {
        "clients/Acme/interactions/2026-11-16 0930 Note.md": "---\ntype: interaction\ndate: 2026-11-16T09:30:00\n---\n"
    }


def test_notes_of_a_client_without_a_folder_of_its_own_name_the_client(crm: Crm) -> None:
    log(crm, "fox", NewInteraction("Hello", next_steps=[NewFollowUp("Call")]))
    assert {path: text.splitlines()[2] for path, text in new_files(crm).items()} == {
        "Fox/interactions/2026-11-16 0930 Hello.md": 'client: "[[Fox]]"', "Fox/follow-ups/Call.md": 'client: "[[Fox]]"',
    }  # fmt: skip


def test_a_name_of_several_people_is_refused_and_nothing_is_written(crm: Crm) -> None:
    with pytest.raises(InvalidInput, match="'dana' matches 2 people of Acme: 'Dana Li', 'Dana Roe'"):
        log(crm, "acme", NewInteraction("Hello", people=["dana"]))
    with pytest.raises(NotFound, match="No project of Acme is called 'nope'"):
        log(crm, "acme", NewInteraction("Hello", project="nope"))
    assert new_files(crm) == {}


@pytest.mark.parametrize(
    ("new", "title"),
    [
        (NewInteraction("Dana wants two options"), "Dana wants two options"),
        (NewInteraction("text", summary="The summary"), "The summary"),
        (NewInteraction("\n \n# A heading\nmore"), "A heading"),
        (NewInteraction(decisions=["Fixed price"]), "Fixed price"),
        (NewInteraction(" ", questions=["Who signs?"]), "Who signs"),
        (NewInteraction("- [x] a"), "a"),
        (NewInteraction("Dear Nora,\n\nwe take option B, but in two parts.\n\nBest,\nDana"), "We take option B, but in two parts"),
        (NewInteraction("From: Dana\nSubject: Re: The quote\n\nHi Nora,\n\nyes."), "The quote"),
        (NewInteraction("Dear Nora,", decisions=["Fixed price"]), "Fixed price"),
        (NewInteraction("> * quoted"), "quoted"),
        (NewInteraction("One sentence. Another one."), "One sentence"),
        (NewInteraction("Really? Yes! Fine; good"), "Really"),
        (NewInteraction("Version 1.5 is out..."), "Version 1.5 is out"),
        (NewInteraction("Met Mr. Roe and Dr. Lind. All well."), "Met Mr. Roe and Dr. Lind"),
        (NewInteraction("Other days, e.g. Tuesday. Or later."), "Other days, e.g. Tuesday"),
        (NewInteraction("Ask J. Smith (vs. Acme). Soon."), "Ask J. Smith (vs. Acme)"),
        (NewInteraction("Wants St. Gallen, z. B. im Mai! Danach Zürich."), "Wants St. Gallen, z. B. im Mai"),
        (NewInteraction("Plan B! Plan C."), "Plan B"),
        (NewInteraction(""), "Note"),
        (NewInteraction("***", channel="call"), "Call"),
        (NewInteraction("word " * 12 + "x" * 60), ("word " * 12).strip()),
        (NewInteraction("a" * 29 + " " + "b" * 30), "a" * 29 + " " + "b" * 30),
        (NewInteraction("a" * 29 + " " + "b" * 30 + " c"), "a" * 29 + " " + "b" * 30),  # 60 characters
        (NewInteraction("a" * 29 + " " + "b" * 31 + " c"), "a" * 29),
        (NewInteraction("x" * 70), "x" * 60),
    ],
)
def test_the_title_is_short(new: NewInteraction, title: str) -> None:
    assert short_title(new) == title
