"""The text of a mail without quotes and signatures: what is cut, and what stays because it might have been said anew."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.importers.mail.quote_phrases import PHRASES
from vaultcrm.importers.mail.reply_text import reply_text

OWN = "Option B, please.\n\nDana"
CUT = {
    "a quote": f"{OWN}\n\nOn Mon, Nov 2, 2026 at 9:15 AM, Nora <nora@x.example> wrote:\n\n> Which one?\n>\n> Nora\n",
    "an introduction of several lines": f"{OWN}\n\nOn Dec 16, 2025, at 12:47 PM, Bo Li\n<bo@x.example>\nwrote:\n\n\n\n> Which?\n",
    "one within the quote": f"{OWN}\n> On 22 Aug 2025, at 19:21, Nora <nora@x.example> wrote:\n> \n> Which?\n",
    "a header within the quote": f"{OWN}\n\n> Subject: Options\n> From: nora@x.example\n> To: dana@x.example\n> \n> Which?\n",
    "German": f"{OWN}\n\nAm 02.11.2026 um 09:15 schrieb Nora Lind:\n> Welche?\n",
    "French": f"{OWN}\n\nLe lun. 2 nov. 2026 à 09:15, Nora <nora@x.example> a écrit :\n> Laquelle ?\n",
    "Russian": f"{OWN}\n\n02.11.2026 09:15 пользователь Nora <\nnora@x.example> написал:\n\n> Какой?\n",
    "Japanese": f"{OWN}\n\n2026年11月2日(月) 9:15 Nora <nora@x.example>:\n> どちら?\n",
    "Chinese": f"{OWN}\n\nNora 于2026年11月2日周一 09:15写道：\n> 哪个?\n",
    "bars": f"{OWN}\n\nNora Lind wrote on 2 Nov:\n| Which one?\n| Nora\n",
    "Outlook": f"{OWN}\n\n________________________________\nFrom: Nora <nora@x.example>\nSent: Monday, 2 November 2026 09:15\nTo: Dana\n"
    "Subject: Options\n\nWhich one?\n\nNora\n",
    "Outlook in German": f"{OWN}\n\nVon: Nora\nGesendet: Montag, 2. November 2026\nAn: Dana\nBetreff: Optionen\n\nWelche?\n",
    "Outlook from HTML": f"{OWN}\n\n---\n\n**From:** Nora\n**Date:** Monday, 2 November\n**Subject:** Options\n\nWhich one?\n",
    "an original message": f"{OWN}\n\n-----Original Message-----\nWhich one?\nNora\n",
    "a signature": f"{OWN}\n\n-- \nDana Roe, Acme Studio\n+44 20 7946 0000\n",
    "a signature above the quote": f"{OWN}\n-- \nAcme\n\nOn 2 Nov 2026, Nora wrote:\n> Which?\n",
    "a phone": f"{OWN}\n\nSent from my iPhone\n",
    "a phone above the quote": f"{OWN}\n\nVon meinem iPhone gesendet\n\nAm 2. November schrieb Nora <n@x.example>:\n\n> Welche?\n",
    "the footer of a list": f"{OWN}\n\n_______________________________________________\nacme mailing list\nhttps://lists.x.example/acme\n",
    "a quote above the answer": f"On 2 Nov 2026, Nora wrote:\n> Which one?\n> Nora\n\n{OWN}\n",
}
KEPT = {
    "answers between quotes": "On 2 Nov 2026, Nora wrote:\n> Which one?\n\nB.\n\n> And when?\n\nOn Friday.",
    "an answer in the middle, introduced": "A remark on this:\n\nOn 2 Nov 2026, Nora wrote:\n> We launch on Friday.\n\nThat's too early.",
    "what a program printed": "I get this:\n> npm start\n> error 17",
    "a message passed on": "FYI\n\n---------- Forwarded message ---------\nFrom: Bo\nDate: 2 Nov 2026\nTo: Dana\nSubject: Hi\n\nThe offer.",
    "only a quote": "On 2 Nov 2026, Nora wrote:\n> Which one?",
    "a repeated header with nothing above it": "From: Nora\nSent: Monday\nTo: Dana\nSubject: Options\n\nWhich one?",
    "answers that are said to be below": "My answers inline below.\n\nFrom: Nora\nSent: Monday\nTo: Dana\n\nWhich one?\nB",
    "answers below a repeated header": "Hi,\n\nFrom: Nora\nSent: Monday\nTo: Dana\n\n> One?\nYes.\nSure.\nOf course.\n> Two?\nNo.",
    "dashes in a sentence": "Here is a fix -- this is no signature.\n\n-- FOUR licences\n-- EIGHT seats\n\nBye",
    "a table": "| a | b |\n| - | - |\n| 1 | 2 |",
    "a long text below a line of dashes": "Part one\n--\n" + "word\n" * 30 + "end",
    "a sentence with a colon above a list": "On Friday 6 we need:\n- logo",
    "nothing": "",
}


@pytest.mark.parametrize("text", CUT.values(), ids=CUT.keys())
def test_what_only_repeats_is_cut(text: str) -> None:
    kept, cut = reply_text(text)
    assert kept == OWN
    assert cut == sum(map(bool, map(str.strip, text.split("\n")))) - 2


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_in_doubt_everything_is_kept(text: str) -> None:
    assert reply_text(text) == (text, 0)


def test_only_the_quote_after_the_last_answer_is_cut() -> None:
    between = "Nora wrote on 2 Nov:\n> One?\nYes.\n> Two?\nNo."
    assert reply_text(f"{between}\n> Three?\n> Four?\n") == (between, 2)


@pytest.mark.parametrize("language", PHRASES)
def test_every_language_has_its_phrases(language: str) -> None:
    first = {name: re.sub(r"\((?:\?:)?|\)\??|\\|.\?", "", value).split("|")[0] for name, value in PHRASES[language]._asdict().items()}
    header = f"{first['sender']}: Nora <nora@x.example>\n{first['sent']}: 2 Nov 2026\n{first['to']}: Dana\n{first['subject']}: Options"
    assert reply_text(f"{OWN}\n\n{header}\n\nWhich one?") == (OWN, 5)


LINES = st.sampled_from(
    "Yes.|word|||> quoted|>> deeper|On 2 Nov 2026, Nora wrote:|-- |--|Sent from my iPhone|________________________|---"
    "|From: Nora|Sent: Monday|To: Dana|Subject: x|-----Original Message-----|Von: x|https://x.example|Dana <d@x.example>:".split("|")
)


@given(st.lists(LINES, max_size=25))
def test_nothing_is_added_and_the_text_never_vanishes(lines: list[str]) -> None:
    text = "\n".join(lines)
    kept, cut = reply_text(text)
    words = [line for line in lines if line.strip()]
    kept_words = [line for line in kept.split("\n") if line.strip()]
    remaining = iter(words)
    assert all(line in remaining for line in kept_words), "in order"
    assert cut == len(words) - len(kept_words)
    assert kept_words or not words


@given(st.lists(st.sampled_from(["Yes.", "No, on Friday.", "> Which one?", "> And when?", ""]), max_size=15))
def test_what_stands_above_the_last_quote_stays(lines: list[str]) -> None:
    text = "\n".join(["On 2 Nov 2026, Nora wrote:", "> Hi", *lines])
    last = max(i for i, line in enumerate(text.split("\n")) if line.startswith(">"))
    own = [line for line in text.split("\n")[1:last] if line and not line.startswith(">")]
    kept = [line for line in reply_text(text)[0].split("\n") if line and not line.startswith((">", "On"))]
    assert kept[: len(own)] == own


@pytest.mark.parametrize(
    "piece", [">", "> \n", "On 1\n> x\n", "x\n> y\n", "From: a\n", "-", "_" * 30 + "\n", "wrote: ", "a@b>:\n", " ", "\n", "|\n", "-- \n"]
)
def test_a_hostile_text_takes_no_longer_than_any_other(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    assert reply_text(text)[0]
