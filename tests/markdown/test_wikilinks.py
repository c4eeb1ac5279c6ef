"""Wikilinks parsed and made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.disk.filenames import file_name
from vaultcrm.markdown.wikilinks import Wikilink, link_title, make_wikilink, parse_wikilink, without_links


@pytest.mark.parametrize(
    ("text", "link", "title"),
    [
        ("[[Acme Studio]]", Wikilink("Acme Studio", "", ""), "Acme Studio"),
        ("  [[ Acme Studio ]]\n", Wikilink("Acme Studio", "", ""), "Acme Studio"),
        ("[[Acme Studio|the studio]]", Wikilink("Acme Studio", "", "the studio"), "Acme Studio"),
        ("[[Acme Studio#Preferences]]", Wikilink("Acme Studio", "#Preferences", ""), "Acme Studio"),
        ("[[Acme#A#B|shown # twice]]", Wikilink("Acme", "#A#B", "shown # twice"), "Acme"),
        ("[[clients/Acme Studio/Acme Studio]]", Wikilink("clients/Acme Studio/Acme Studio", "", ""), "Acme Studio"),
        ("[[Acme Studio.md]]", Wikilink("Acme Studio.md", "", ""), "Acme Studio"),
        ("[[v1.2 plan]]", Wikilink("v1.2 plan", "", ""), "v1.2 plan"),
        ("![[diagram.png]]", Wikilink("diagram.png", "", ""), "diagram.png"),
        ("[[Acme Studio.MD]]", Wikilink("Acme Studio.MD", "", ""), "Acme Studio"),
        ("[[Acme|]]", Wikilink("Acme", "", ""), "Acme"),
        ("[[Zoë 😀]]", Wikilink("Zoë 😀", "", ""), "Zoë 😀"),
    ],
)
def test_a_link_is_parsed(text: str, link: Wikilink, title: str) -> None:
    assert parse_wikilink(text) == link
    assert link.title == link_title(text) == title


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
def test_other_text_is_not_a_link(text: str) -> None:
    assert parse_wikilink(text) is None
    assert link_title(text) == (text or None)


def test_none_has_no_title() -> None:
    assert link_title(None) is None


def test_a_link_to_a_heading_of_its_own_note_has_no_title() -> None:
    assert parse_wikilink("[[#Terms|below]]") == Wikilink("", "#Terms", "below")
    assert link_title("[[#Terms|below]]") == "[[#Terms|below]]"


def test_a_link_is_made() -> None:
    assert make_wikilink("Acme Studio") == "[[Acme Studio]]"
    assert make_wikilink("Acme Studio", "the studio") == "[[Acme Studio|the studio]]"
    assert make_wikilink("Acme Studio", "[the] studio|shop") == "[[Acme Studio| the  studio shop]]"


@given(st.text(max_size=40), st.text(st.characters(exclude_characters="[]|\r\n"), max_size=20).map(str.strip))
def test_a_made_link_parses_to_the_same_parts(text: str, display: str) -> None:
    title = file_name(text)
    assert parse_wikilink(make_wikilink(title, display)) == Wikilink(title, "", display)


def test_links_are_replaced_by_what_they_display() -> None:
    assert without_links("no link") == "no link"
    assert without_links("See [[Acme Studio]] and [[Dana Roe|Dana]].") == "See Acme Studio and Dana."
    assert without_links("[[clients/Acme/Acme#Terms]], ![[x.png]]") == "Acme, x.png"
    assert without_links("a [[half link") == "a [[half link"
    assert without_links("see [[#Terms]] and [[ Acme ]]") == "see [[#Terms]] and Acme"
