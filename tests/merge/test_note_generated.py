"""What holds of every merge: nothing is lost unsaid, and what comes out can be read."""

import random
import re
import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.markdown.front_matter_strategies import assembled, front_matters
from tests.robustness import merge_rules
from tests.support import EXAMPLES
from vaultcrm.errors import Refused, Unreadable
from vaultcrm.markdown.edit import append_item, remove_property, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import duplicate_keys, key_name, root_node
from vaultcrm.merge.lines import merge_lines
from vaultcrm.merge.note import merge_notes
from vaultcrm.merge.properties import NO_VALUE, annotations, list_items, meaning, meanings

SLOW = settings(max_examples=max(EXAMPLES // 5, 50), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
CHANCE = st.integers(0, 2**32).map(random.Random)


@st.composite
def two_sided(draw: st.DrawFn) -> tuple[merge_rules.Sheet, merge_rules.Sheet, merge_rules.Sheet]:
    """A client, a follow-up or an interaction, and what two devices made of it."""
    chance = draw(CHANCE)
    base = merge_rules.sheet(chance, draw(st.sampled_from(sorted(merge_rules.KEYS))), 1)
    is_hard = draw(st.booleans())
    return base, merge_rules.edited(chance, base, "one", is_hard), merge_rules.edited(chance, base, "two", is_hard)


@SLOW
@given(two_sided())
def test_every_key_and_line_is_as_the_rules_say(sides: tuple[merge_rules.Sheet, merge_rules.Sheet, merge_rules.Sheet]) -> None:
    base, ours, theirs = sides
    made = merge_notes(base.write(), ours.write(), theirs.write())
    wanted, clash = merge_rules.expected(base, ours, theirs)
    assert set(made.keys) == clash
    assert made.is_body_clean or base.body not in (ours.body, theirs.body)
    if made.is_clean:
        assert merge_rules.faults(base, ours, theirs, made.data) == []
    else:
        read = merge_rules.properties(made.data)
        assert read is not None
        assert read.keys() == wanted.keys()


@SLOW
@given(two_sided())
def test_both_ways_round_it_is_the_same_note(sides: tuple[merge_rules.Sheet, merge_rules.Sheet, merge_rules.Sheet]) -> None:
    base, ours, theirs = (side.write() for side in sides)
    one, other = merge_notes(base, ours, theirs), merge_notes(base, theirs, ours)
    assert (set(one.keys), one.is_body_clean) == (set(other.keys), other.is_body_clean)
    if one.is_clean:
        assert sorted_out(one.data) == sorted_out(other.data)
        assert merge_notes(base, one.data, theirs).data == one.data, "a second merge of the same brings nothing new"


def sorted_out(data: bytes) -> tuple[dict[str, merge_rules.Held], list[str]]:
    read = merge_rules.properties(data)
    assert read is not None
    return {key: sorted(value) if isinstance(value, list) else value for key, value in read.items()}, merge_rules.body_of(data)


VALUES = st.sampled_from(["x", "007", "two words", ["a", "b"], ["a"], None, 5, True])


@st.composite
def forks(draw: st.DrawFn) -> tuple[Page, Page, Page]:
    """Front matter of every kind, and what some edits make of it on each side."""
    entries, newline, tail = draw(front_matters())
    base, _ = assembled(entries, newline, tail)
    sides = []
    for _ in range(2):
        page = base
        for _ in range(draw(st.integers(1, 3))):
            key = draw(st.sampled_from([*(entry.name for entry in entries), "new", "more"]))
            how = draw(st.integers(0, 2))
            try:
                if how == 0:
                    page = set_property(page, key, draw(VALUES))
                elif how == 1:
                    page = remove_property(page, key)
                else:
                    page = append_item(page, key, draw(st.sampled_from(["a", "b", "007", "Zoë, 😀"])))
            except (Refused, Unreadable):
                pass
        sides.append(page)
    return base, sides[0], sides[1]


@SLOW
@given(forks(), st.lists(st.sampled_from(["one\n", "two\n", "\n", "three\n"]), max_size=6))
def test_front_matter_of_every_kind_is_merged_by_key_or_said(fork: tuple[Page, Page, Page], lines: list[str]) -> None:
    base, ours, theirs = fork
    tail = "".join(lines).encode()
    made = merge_notes(base.join() + tail, ours.join() + tail, theirs.join() + tail)
    page = split_page(made.data)
    if not made.is_body_clean:  # the bodies are equal: it is no text, or cannot be read
        assert (made.data, made.keys) == (ours.join() + tail, ("",))
        assert b"\0" in made.data or duplicate_keys(base) or b"\x85" in made.data or "\u2028" in page.text
        return
    was, our, their, now = (meanings(side) for side in (base, ours, theirs, page))
    assert not duplicate_keys(page)
    assert page.after[page.body_start :] == split_page(ours.join() + tail).after[ours.body_start :]
    for key in {**was, **our, **their, **now}:
        a, b, c, found = was.get(key), our.get(key), their.get(key), now.get(key)
        if key in made.keys:
            assert found == b or (b in (None, NO_VALUE) and found == c)
        elif b in (a, c) or c == a:
            assert found == (c if b == a else b), key
        elif NO_VALUE in (a, b, c):  # no value is none, however it is written
            assert found in (a, b, c) or items(page, key)
        else:  # both changed it: a list by its items
            for item in items(theirs, key) - items(base, key) | items(ours, key) - items(base, key):
                assert item in items(page, key)
            for item in items(base, key) - items(theirs, key) | items(base, key) - items(ours, key):
                assert item not in items(page, key) or item in items(ours, key) ^ items(theirs, key)
    if made.is_clean:
        for side in (ours, theirs):
            assert not [mark for mark, count in annotations(side).items() if annotations(base)[mark] < count > annotations(page)[mark]]


def items(page: Page, key: str) -> set[object]:
    root, text = root_node(page), page.text
    node = next((value for name, value in (root.pairs if root else ()) if key_name(name, text) == key), None)
    return set(map(meaning, list_items(node, text) or ())) if node is not None else set()


@SLOW
@given(forks())
def test_what_only_they_changed_leaves_all_other_bytes_as_they_are(fork: tuple[Page, Page, Page]) -> None:
    base, _, theirs = fork
    whole = base.join() + b"own line\n"
    made = merge_notes(base.join(), whole, theirs.join())
    if made.is_clean:
        changed = {key for key in {**meanings(base), **meanings(theirs)} if meanings(base).get(key) != meanings(theirs).get(key)}
        left, right = without(base, changed), without(split_page(made.data), changed)
        if left is not None and right is not None:
            assert right == left + b"own line\n"


def without(page: Page, keys: set[str]) -> bytes | None:
    """The page without some properties; None where they cannot be taken out."""
    try:
        for key in keys:
            page = remove_property(page, key)
    except Refused:
        return None
    return page.join()


MORE = ["- x\n", "a: &x 1\n", "c: *x\n", "#c\n"]
ODD = st.one_of(
    st.binary(max_size=40),
    st.lists(
        st.sampled_from(["---\n", "a: 1\n", "a: [\n", "b: 2\r\n", "+++\n", "---", "text\n", "\n", "\ufeff", *MORE]),
        max_size=7,
    ).map(lambda parts: "".join(parts).encode()),
)


@SLOW
@given(st.one_of(st.none(), ODD), ODD, ODD)
def test_whatever_is_merged_never_raises_and_is_told_apart(base: bytes | None, ours: bytes, theirs: bytes) -> None:
    assert merge_notes(base, ours, ours).data == ours
    assert merge_notes(ours, ours, theirs).data == theirs
    assert merge_notes(ours, theirs, ours).data == theirs
    made = merge_notes(base, ours, theirs)
    if made.is_clean and made.data not in (ours, theirs) and split_page(made.data).kind in ("yaml", "unclosed"):
        root_node(split_page(made.data))
    if not made.is_clean and made.keys == ("",) and not made.is_body_clean:
        assert made.data == ours


LINES = st.lists(st.sampled_from(list(string.ascii_lowercase[:12])), max_size=8, unique=True)


@SLOW
@given(LINES, LINES, LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_every_line_that_nobody_took_away_is_there(
    base: list[str], ours: list[str], theirs: list[str], newline: str, other: str, is_ended: bool, is_their_ended: bool
) -> None:
    def text(lines: list[str], end: str, has_end: bool) -> bytes:
        return (end.join(lines) + (end if has_end and lines else "")).encode()

    made, is_clean = merge_lines(text(base, newline, True), text(ours, newline, is_ended), text(theirs, other, is_their_ended))
    found = made.decode().split()
    for line in {*ours, *theirs}:
        kept = line in ours and line in theirs
        if is_clean and (kept or line not in base):
            assert line in found
    for line in ours:
        if not is_clean and line not in base:
            assert line in found


ROWS = [
    "# above", "type: client", "status: lead  # since May", "rate: 80", "email:|  - one@x  # work|  # between|  - two@x", "tags: [p, q]",
    "about: ||  first|  second", "deep:|  a: 1|  b: [2, 3]", "'quoted': \"x: y\"", "link: \"[[Acme]]\"", "empty:", "wide: [a,|  b]",
    "here: &anchor yes|there: *anchor", "tagged: !!str 5",
]  # fmt: skip
BODY = ["", "one", "", "two", "", "three"]
WORD = "ours-{}", "theirs-{}"


@st.composite
def scribbled(draw: st.DrawFn, rows: list[str], word: str) -> str:
    """A note in which somebody has scribbled: each word that is new in it is there once."""
    rows, body = list(rows), list(BODY)
    for i in range(draw(st.integers(1, 3))):
        new = word.format(i)
        rows = rows or ["type: client"]
        at = draw(st.integers(0, len(rows) - 1))
        match draw(st.integers(0, 7)):
            case 0:
                rows[at] += f"  # {new}"
            case 1:
                rows.insert(at, f"{new}: 1")
            case 2:
                rows.insert(at, f"# {new}")
            case 3:
                rows.insert(at, f"  - {new}")
            case 4:
                del rows[at]
            case 5:
                head, colon, _ = rows[at].partition(": ")
                rows[at] = head + colon + new if colon else rows[at].replace("@x", new).replace("first", new)
            case 6:
                rows[at] = rows[at].replace("]", f", {new}]").replace("p, ", "")
            case _:
                body[draw(st.integers(0, len(body) - 1))] = new
    return "\n".join(["---", *rows, "---", *body, ""])


@SLOW
@given(st.data(), st.lists(st.booleans(), min_size=len(ROWS), max_size=len(ROWS)), st.booleans(), st.booleans())
def test_what_somebody_wrote_is_there_or_the_merge_says_so(data: st.DataObject, which: list[bool], is_crlf: bool, has_base: bool) -> None:
    rows = [line for row, is_in in zip(ROWS, which, strict=True) if is_in for line in re.split(r"(?<!: )\|(?!$)", row)]
    base = "\n".join(["---", *rows, "---", *BODY, ""])
    ours, theirs = (data.draw(scribbled(rows, word)) for word in WORD)
    made = merge_notes(base.encode() if has_base else None, ours.replace("\n", "\r\n" if is_crlf else "\n").encode(), theirs.encode())
    if not made.is_clean:
        return
    text = made.data.decode()
    for side in (ours, theirs):
        for word in re.findall(r"(?:ours|theirs)-\d", side):
            assert word in text
    if text.replace("\r\n", "\n") not in (ours, theirs):
        assert not duplicate_keys(split_page(made.data))
        assert ("\r\n" in text) == is_crlf
