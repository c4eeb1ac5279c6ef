"""Headers as values: encoded words, addresses, times and IDs, also broken ones."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.importers.mail.headers import MAX_ADDRESSES, addresses, header_text, message_ids, sent_at
from vaultcrm.importers.message import Party


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Offer", "Offer"),
        ("An  offer\r\n\tin two lines", "An offer in two lines"),
        ("=?utf-8?Q?Caf=C3=A9_?= =?utf-8?b?w6Q=?= now", "Café ä now"),
        ("=?iso-8859-1?q?Gr=FC=DFe?= from =?koi8-r?B?8NLJ18XU?=", "Grüße from Привет"),
        ("=?utf-8?Q?=C3?=\r\n =?utf-8?Q?=A9?=", "é"),  # broken in the middle of a character
        ("=?utf-8*en?Q?a?=", "a"),  # with a language (RFC 2231)
        ("=?utf-8?B?w6Q?=", "ä"),  # without padding
        ("=?unknown?Q?a=E9?=", "aé"),
        ("=?unicode_escape?Q?=5Cx1b?=", "\\x1b"),
        ("=?utf-8?Q?one=0D=0ABcc:_two?=", "one Bcc: two"),
        ("=?utf-8?Q?=E2=80=AEevil=00?=", "evil"),
        ("caf\udcc3\udca9 caf\udcc3\udca9", "café café"),  # raw UTF-8
        ("caf\udce9", "café"),  # raw Windows-1252
        ("=?broken", "=?broken"),
    ],
)
def test_a_text(raw: str, text: str) -> None:
    assert header_text(raw) == text


DANA, BO = Party("Dana Roe", "dana@acme.example"), Party("Lee, Bo", "bo@acme.example")


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        ("Dana Roe <Dana@Acme.example>", [DANA]),
        ('"Dana Roe" <dana@acme.example>, "Lee, Bo" <bo@acme.example>', [DANA, BO]),
        ("dana@acme.example (Dana (really) Roe)", [Party("Dana really Roe", "dana@acme.example")]),
        ("=?utf-8?q?J=C3=B6rg=2C?= <j@x.example>", [Party("Jörg,", "j@x.example")]),
        ("Team: Dana Roe <dana@acme.example>, <bo@acme.example>;", [DANA, Party("", "bo@acme.example")]),
        ("undisclosed-recipients:;", []),
        ('"Big Bug"@bug.example', [Party("", '"big bug"@bug.example')]),
        ("a . b @ x . example", [Party("", "a.b@x.example")]),
        ("<@relay.example:dana@acme.example>", [Party("", "dana@acme.example")]),
        ("dana@acme.example bo@acme.example", [Party("", "dana@acme.example"), Party("", "bo@acme.example")]),
        ("boss@bank.example <evil@x.example>", [Party("", "evil@x.example")]),  # the name pretends
        ("dana@acme.example, DANA@acme.example", [Party("", "dana@acme.example")]),
        ("Dana Roe", [Party("Dana Roe")]),
        ("Dana\x1b[2J <dana@acme.example>", [Party("Dana[2J", "dana@acme.example")]),
        ("", []),
        ("<>, (), ,;:", []),
        ("((((", []),
        ('"Dana <dana@acme.example>', [Party('Dana', "dana@acme.example")]),
    ],
)  # fmt: skip
def test_people(raw: str, people: list[Party]) -> None:
    assert list(addresses(raw)) == people


def test_there_is_an_end_to_addresses() -> None:
    assert len(addresses(", ".join(f"a{n}@x.example" for n in range(5000)))) == MAX_ADDRESSES


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("Mon, 2 Nov 2026 09:15:00 +0100", "2026-11-02T09:15:00+01:00"),
        ("2 Nov 26 09:15 GMT", "2026-11-02T09:15:00+00:00"),
        ("Mon, 2 Nov 2026\r\n 09:15:00 -0000 (UTC)", "2026-11-02T09:15:00"),
        ("Mon, 2 Nov 2026 09:15:00 -0000", "2026-11-02T09:15:00+00:00"),
        ("Mon, 2 Nov 2026 09:15:00", "2026-11-02T09:15:00"),
        *(
            (raw, None)
            for raw in ("", "soon", "Mon, 99 Nov 2026 09:15:00", "Mon, 2 Nov 2026 09:15:00 -9999", "Thu, 1 Jan 1970 00:00:00 +0000")
        ),
        ("Mon, 2 Nov 99999999999999999999 09:15:00", None),
    ],
)
def test_a_time(raw: str, at: str | None) -> None:
    assert sent_at(raw) == (datetime.fromisoformat(at) if at else None)


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        ("<1@x> \r\n <2@x>", ["1@x", "2@x"]),
        ("1@x", ["1@x"]),
        ("< 1@x >", ["1@x"]),
        ("hello", []),
        ("a b@x", []),
        ("", []),
        ("<[[a]]@x>", []),
        ("[[a]]@x", []),
    ],
)
def test_ids(raw: str, ids: list[str]) -> None:
    assert message_ids(raw) == ids


@given(st.text(alphabet=st.sampled_from('ab@.<>()[],;:"\\ =?utf8QB\udce9\x00\n'), max_size=60))
def test_nothing_raises(raw: str) -> None:
    for text in (header_text(raw), *(part for person in addresses(raw) for part in person)):
        assert text == " ".join(text.split())
        text.encode()
    sent_at(raw)
    message_ids(raw)


@pytest.mark.parametrize("piece", ["(", '"', "<", ",", "a@", "=?utf-8?Q?a?= ", "=?", "\\", "a:", ";"])
def test_a_hostile_header_takes_no_longer_than_any_other(piece: str) -> None:
    addresses(piece * 50_000)
    header_text(piece * 50_000)
