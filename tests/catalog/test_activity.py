"""Contact days and counts of open follow-ups, by client."""

from datetime import date, datetime

from tests.catalog.catalogs import CLIENT, Build, follow_up
from vaultcrm.catalog.activity import contact_days, dated_notes, open_follow_ups
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.convert import to_interaction

ACME, ZED = ClientRef("c/Acme/Acme.md", "Acme"), ClientRef("c/Zed/Zed.md", "Zed")
TWO_CLIENTS = {ACME.path: CLIENT, ZED.path: CLIENT}


def interaction(properties: str = "") -> str:
    return f"---\ntype: interaction\n{properties}---\n"


def test_contact_days_are_those_of_interactions_until_a_day(catalog_of: Build) -> None:
    catalog = catalog_of(
        **TWO_CLIENTS,
        **{
            "c/Acme/2026-11-02 Call.md": interaction("channel: call\ndate: last tuesday\n"),  # the day in its title
            "c/Acme/Same day.md": interaction("date: 2026-11-02T09:00:00\n"),
            "c/Acme/deep/er/Earlier.md": interaction("date: 2026-10-01\n"),
            "c/Acme/Own note.md": interaction("date: 2026-11-10\nchannel: note\n"),
            "c/Acme/Own note 2.md": interaction("date: 2026-11-10\nchannel: ' Note'\n"),
            "c/Acme/On the day.md": interaction("date: 2026-11-16\n"),
            "c/Acme/Later.md": interaction("date: 2026-11-17\n"),
            "c/Acme/Undated.md": interaction(),
            "c/Acme/Unreadable date.md": interaction("date: soon\n"),
            "c/Acme/Follow-up.md": follow_up("date: 2026-11-11\n"),
            "inbox/Named.md": interaction('date: 2026-11-05\nclient: "[[Acme]]"\n'),
            "inbox/Unowned.md": interaction("date: 2026-11-06\n"),
            "c/Zed/Zed's.md": interaction("date: 2026-11-03\n"),
            "c/Zed/Named.md": interaction("date: 2026-11-04\nclient: Acme\n"),
        },
    )
    acme_days = [date(2026, 10, 1), date(2026, 11, 2), date(2026, 11, 4), date(2026, 11, 5), date(2026, 11, 16)]
    assert contact_days(catalog, datetime(2026, 11, 16, 12)) == {ACME.path: acme_days, ZED.path: [date(2026, 11, 3)]}
    assert contact_days(catalog, datetime(2026, 11, 16, 12), ACME)[ACME.path] == acme_days
    assert contact_days(catalog, datetime(2026, 11, 16, 12), ZED)[ZED.path] == [date(2026, 11, 3)]
    assert contact_days(catalog, datetime(2026, 9, 30, 12)) == {}


def test_dated_notes_without_a_type_are_conversations_of_their_client(catalog_of: Build) -> None:
    talks = {
        "c/Acme/2026-11-02 Call.md": "Dana called.\n",
        "c/Acme/projects/Web/2026-11-03.md": "# Talk\n",
        "c/Acme/notes/Dated.md": "---\ndate: 2026-11-04T10:00:00\n---\nText.\n",
        "c/Acme/2026-11-05.md": "---\nsummary: Short\n---\n",
        "c/Acme/2026-11-06 Zoom.md": "---\ntype: meeting\n---\nText.\n",
        "daily/2026-11-07.md": "---\nclient: Acme\n---\nText.\n",
    }
    own = {"c/Acme/2026-11-08.md": "---\nchannel: note\n---\nMy own thoughts.\n"}
    others = {
        "c/Acme/2026-11-09 Empty.md": "\n", "c/Acme/Undated.md": "Text.\n", "c/Acme/files/2026-11-10 Scan.md": "Text.\n",
        "c/Acme/2026-11-11 Typed.md": "---\ntype: invoice\n---\nText.\n", "c/Acme/2026-11-12 Task.md": follow_up(),
        "c/Acme/2026-11-13 Person.md": "---\ntype: person\n---\nText.\n", "daily/2026-11-14.md": "[[Acme]] called.\n",
        "c/Acme/2026-11-02 Call (conflict 2026-11-16 ab12cd3).md": "Dana called.\n", "c/Acme/2026-13-15 No day.md": "Text.\n",
    }  # fmt: skip
    catalog = catalog_of(**TWO_CLIENTS, **talks, **own, **others)
    days = [date(2026, 11, n) for n in range(2, 8)]
    assert contact_days(catalog, datetime(2026, 11, 16, 12)) == {ACME.path: days}
    assert contact_days(catalog, datetime(2026, 11, 16, 12), ACME) == {ACME.path: days}
    assert [note.path for note in catalog.client_notes("interaction", ACME)] == dated_notes(catalog) == sorted(talks | own)
    found = [to_interaction(note, "Acme") for note in catalog.client_notes("interaction", ACME)]
    assert [(talk.title, talk.channel, str(talk.at)) for talk in found] == [
        ("Call", "note", "2026-11-02 00:00:00"), ("2026-11-05", "note", "2026-11-05 00:00:00"), ("Zoom", "meeting", "2026-11-06 00:00:00"),
        ("2026-11-08", "note", "2026-11-08 00:00:00"), ("Dated", "note", "2026-11-04 10:00:00"),
        ("2026-11-03", "note", "2026-11-03 00:00:00"), ("2026-11-07", "note", "2026-11-07 00:00:00"),
    ]  # fmt: skip


def test_a_client_at_the_root_has_only_the_dated_notes_that_name_it(catalog_of: Build) -> None:
    named, fox = "---\nclient: Fox\n---\nText.\n", ClientRef("Fox.md", "Fox")
    catalog = catalog_of(**{"Fox.md": CLIENT, "daily/2026-11-02.md": "Text.\n", "daily/2026-11-03.md": named})
    assert [note.path for note in catalog.client_notes("interaction", fox)] == dated_notes(catalog) == ["daily/2026-11-03.md"]
    assert contact_days(catalog, datetime(2026, 11, 16, 12), fox) == {"Fox.md": [date(2026, 11, 3)]}


def test_open_follow_ups_are_counted_by_client_and_status(catalog_of: Build) -> None:
    catalog = catalog_of(
        **TWO_CLIENTS,
        **{
            "c/Acme/a.md": follow_up("due: 2026-11-09\n"),
            "c/Acme/b.md": follow_up("due: 2026-11-02\n"),
            "c/Acme/c.md": follow_up("status: waiting\n"),
            "c/Acme/d.md": follow_up("status: done\n"),
            "c/Zed/e.md": follow_up('due: 2026-10-05\nclient: "[[Acme]]"\n'),
            "c/Zed/f.md": follow_up(),
            "unowned.md": follow_up(),
        },
    )
    of_acme = [
        (ACME.path, "open", date(2026, 10, 5), 1),
        (ACME.path, "open", date(2026, 11, 2), 2),
        (ACME.path, "waiting", None, 1),
    ]
    assert sorted(open_follow_ups(catalog), key=repr) == [*of_acme, (ZED.path, "open", None, 1)]
    assert sorted((item for item in open_follow_ups(catalog, ACME) if item[0] == ACME.path), key=repr) == of_acme
    assert [item for item in open_follow_ups(catalog, ZED) if item[0] == ZED.path] == [(ZED.path, "open", None, 1)]
