"""Contact days and counts of open follow-ups, by client."""

from datetime import date

from tests.catalog.catalogs import CLIENT, Build, follow_up
from vaultcrm.catalog.activity import contact_days, open_follow_ups
from vaultcrm.links.ownership import ClientRef

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
    assert contact_days(catalog, date(2026, 11, 16)) == {ACME.path: acme_days, ZED.path: [date(2026, 11, 3)]}
    assert contact_days(catalog, date(2026, 11, 16), ACME)[ACME.path] == acme_days
    assert contact_days(catalog, date(2026, 11, 16), ZED)[ZED.path] == [date(2026, 11, 3)]
    assert contact_days(catalog, date(2026, 9, 30)) == {ACME.path: [], ZED.path: []}


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
