"""The first line of a message as phones of many languages write it, and the order of day and month."""

from datetime import date, datetime

import pytest

from vaultcrm.importers.chat.whatsapp_header import Header, parse_header, possible_orders


@pytest.mark.parametrize(
    ("line", "date", "time", "rest"),
    [
        ("[31/12/2022 11:40:26] John Doe: Hi", (31, 12, 2022), (11, 40, 26), "John Doe: Hi"),
        ("[07.03.26, 21:22:39] Chris: Hey", (7, 3, 26), (21, 22, 39), "Chris: Hey"),
        ("28/3/2025, 9:29 p. m. - user1: x", (28, 3, 2025), (21, 29, 0), "user1: x"),
        ("2023-12-20, 5:46 p.m. - Farid: x", (2023, 12, 20), (17, 46, 0), "Farid: x"),
        ("2023/12/20, 5:46 pm - Farid: x", (2023, 12, 20), (17, 46, 0), "Farid: x"),
        ("03.08.21, 12:30 - Max: x", (3, 8, 21), (12, 30, 0), "Max: x"),
        ("[14/10/2021, 3:34:09\u202fPM] Ann: hi", (14, 10, 2021), (15, 34, 9), "Ann: hi"),
        ("02.05.18 à 18:00 - Michel: x", (2, 5, 18), (18, 0, 0), "Michel: x"),
        ("[01-29-2018, 23:33:00] Alice: x", (1, 29, 2018), (23, 33, 0), "Alice: x"),
        ("20/6/2017 8:28 p.\u00a0m. - Michelle: x", (20, 6, 2017), (20, 28, 0), "Michelle: x"),
        ("09/12/2012 17:03:48: Sender Name: x", (9, 12, 2012), (17, 3, 48), "Sender Name: x"),
        ("03-06-2018, 01.55 PM - a: m", (3, 6, 2018), (13, 55, 0), "a: m"),
        ("03/02/17, 18:42 - Luke: ", (3, 2, 17), (18, 42, 0), "Luke: "),
        ("\u200e[3/5/25, 10:14:33\u202fAM] Bob: \u200eimage omitted", (3, 5, 25), (10, 14, 33), "Bob: \u200eimage omitted"),
        ("30.3.2025. 14:05 - Ivo: bok", (30, 3, 2025), (14, 5, 0), "Ivo: bok"),
        ("06/30/2020, 00:08 a. m. - Dana: x", (6, 30, 2020), (0, 8, 0), "Dana: x"),
        ("5/6/24, 12:01 AM - a: b", (5, 6, 24), (0, 1, 0), "a: b"),
        ("5/6/24, 12:01 PM - a: b", (5, 6, 24), (12, 1, 0), "a: b"),
        ("2018/2/26 下午3:41 - a: x", (2018, 2, 26), (15, 41, 0), "a: x"),
        ("2018年2月26日 上午12:41 - a: x", (2018, 2, 26), (0, 41, 0), "a: x"),
        ("2018년 2월 26일 오후 3:41 - 이름: a", (2018, 2, 26), (15, 41, 0), "이름: a"),
        ("2018. 05. 02. 18:00 - a: x", (2018, 5, 2), (18, 0, 0), "a: x"),
        ("2.5.2018 klo 18.00 - a: x", (2, 5, 2018), (18, 0, 0), "a: x"),
        ("02/05/18 kl. 18.00 - a: x", (2, 5, 18), (18, 0, 0), "a: x"),
        ("2.05.18 г., 18:00 - a: x", (2, 5, 18), (18, 0, 0), "a: x"),
        ("18:00, 02/05/2018 - a: x", (2, 5, 2018), (18, 0, 0), "a: x"),
        ("20/6/2017, 8:28 μ.μ. - a: x", (20, 6, 2017), (20, 28, 0), "a: x"),
        ("\u200f٢٠\u200f/٦\u200f/٢٠١٧، ٨:٢٨ م - a: \u200fx", (20, 6, 2017), (20, 28, 0), "a: \u200fx"),
    ],
)
def test_headers(line: str, date: tuple[int, int, int], time: tuple[int, int, int], rest: str) -> None:
    header = parse_header(line)
    assert header is not None
    assert (header.date, (header.hour, header.minute, header.second), header.rest) == (date, time, rest)


@pytest.mark.parametrize(
    "line",
    [
        "second line of a message", "2016-04-29 10:30:00", "12/12/2012 12:12 is the date", "[1] a footnote", "[link](x)", "",
        "18:00 - a: x", "1/1/20, 25:00 - a: x", "1/1/20, 10:61 - a: x", "[1/1/20, 10:00 - a: x", "1/1/20, 10:00] a: x", "\u200e",
    ],
)  # fmt: skip
def test_other_lines(line: str) -> None:
    assert parse_header(line) is None


def test_a_korean_year_is_first() -> None:
    header = parse_header("26. 2. 25. 오후 3:41 - a: x")
    assert header is not None
    assert possible_orders([header]) == ["ymd"]


def headers(*lines: str) -> list[Header]:
    found = [parse_header(f"{line}, 10:00 - a: x") for line in lines]
    return [header for header in found if header]


@pytest.mark.parametrize(
    ("dates", "orders"),
    [
        (["20/01/19", "30/01/19"], ["dmy"]),
        (["01/20/19", "01/30/19"], ["mdy"]),
        (["2019/01/30"], ["ymd"]),
        (["2019/01/02"], ["ymd"]),
        (["03/02/17"], ["dmy", "mdy"]),
        (["01/02/2017", "02/02/2017", "01/03/2017"], ["dmy"]),  # else the second is older than the first
        (["02/01/2017", "02/02/2017", "03/01/2017"], ["mdy"]),
        (["03.02.17"], ["dmy"]),  # dots: the day is first
        (["05/05/17"], ["dmy"]),  # the same day either way
        (["12/10/11"], ["dmy", "mdy"]),
        (["12-10-11"], ["dmy", "mdy", "ymd"]),  # as in Canada
        (["12/10/08"], ["ymd"]),  # WhatsApp began in 2009
        (["20/01/19", "01/20/19", "21/01/19"], ["dmy"]),  # one of them is quoted
    ],
)
def test_the_order_of_day_and_month(dates: list[str], orders: list[str]) -> None:
    assert possible_orders(headers(*dates)) == orders


def test_the_names_of_media_tell_the_order() -> None:
    found = headers("03/02/17", "04/02/17")
    assert possible_orders(found, [(found[0], date(2017, 2, 3))]) == ["dmy"]
    assert possible_orders(found, [(found[1], date(2017, 4, 2))]) == ["mdy"]


def test_a_moment_needs_an_order() -> None:
    (header,) = headers("03/02/17")
    assert [header.moment(order) for order in ("dmy", "mdy", "ymd")] == [
        datetime(2017, 2, 3, 10),
        datetime(2017, 3, 2, 10),
        datetime(2003, 2, 17, 10),
    ]
    (header,) = headers("31/02/17")
    assert header.moment("dmy") is None
