"""Wikilinks taken apart and put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.disk.filenames import file_name
from vaultcrm.markdown.wikilinks import Link, parse, title_of, to, unlinked


@pytest.mark.parametrize(
    ("text", "link", "title"),
    [
        ("[[Acme Studio]]", Link("Acme Studio", "", ""), "Acme Studio"),
        ("  [[ Acme Studio ]]\n", Link("Acme Studio", "", ""), "Acme Studio"),
        ("[[Acme Studio|the studio]]", Link("Acme Studio", "", "the studio"), "Acme Studio"),
        ("[[Acme Studio#Preferences]]", Link("Acme Studio", "#Preferences", ""), "Acme Studio"),
        ("[[Acme#A#B|shown # twice]]", Link("Acme", "#A#B", "shown # twice"), "Acme"),
        ("[[clients/Acme Studio/Acme Studio]]", Link("clients/Acme Studio/Acme Studio", "", ""), "Acme Studio"),
        ("[[Acme Studio.md]]", Link("Acme Studio.md", "", ""), "Acme Studio"),
        ("[[v1.2 plan]]", Link("v1.2 plan", "", ""), "v1.2 plan"),
        ("![[diagram.png]]", Link("diagram.png", "", ""), "diagram.png"),
        ("[[Acme|]]", Link("Acme", "", ""), "Acme"),
        ("[[Zoë 😀]]", Link("Zoë 😀", "", ""), "Zoë 😀"),
    ],
)
def test_a_link_is_taken_apart(text: str, link: Link, title: str) -> None:
    assert parse(text) == link
    assert link.title == title_of(text) == title


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Acme",
        "[[]]",
        "[[ ]]",
        "[[|shown]]",
        "[Acme]",
        "[[Acme]",
        "[[Acme]] and more",
        "see [[Acme]]",
        "[[a]] [[b]]",
        "[[a[b]]",
        "[[[Acme]]]",
    ],
)
def test_what_is_no_link_is_ordinary_text(text: str) -> None:
    assert parse(text) is None
    assert title_of(text) == (text or None)


def test_nothing_has_no_title() -> None:
    assert title_of(None) is None


def test_a_link_is_put_together() -> None:
    assert to("Acme Studio") == "[[Acme Studio]]"
    assert to("Acme Studio", "the studio") == "[[Acme Studio|the studio]]"


@given(st.text(max_size=40), st.text(st.characters(exclude_characters="[]|"), max_size=20).map(str.strip))
def test_what_is_put_together_is_taken_apart_into_the_same(text: str, shown: str) -> None:
    title = file_name(text)
    assert parse(to(title, shown)) == Link(title, "", shown)


def test_a_text_is_read_aloud_without_its_brackets() -> None:
    assert unlinked("no link") == "no link"
    assert unlinked("See [[Acme Studio]] and [[Dana Roe|Dana]].") == "See Acme Studio and Dana."
    assert unlinked("[[clients/Acme/Acme#Terms]], ![[x.png]]") == "Acme, x.png"
    assert unlinked("a [[half link") == "a [[half link"
    assert unlinked("see [[#Terms]] and [[ Acme ]]") == "see [[#Terms]] and Acme"
