"""Properties of every merge: nothing is lost silently, and the result can be read."""

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

SLOW = settings(max_examples=max(25, EXAMPLES // 5), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
RANDOM = st.integers(0, 2**32).map(random.Random)


@st.composite
def two_sided(draw: st.DrawFn) -> tuple[merge_rules.ModelNote, merge_rules.ModelNote, merge_rules.ModelNote]:
    """A client, a follow-up or an interaction, and two versions of it edited on two devices."""
    rng = draw(RANDOM)
    base = merge_rules.random_note(rng, draw(st.sampled_from(sorted(merge_rules.KEYS))), 1)
    properties_only = draw(st.booleans())
    return base, merge_rules.edit_randomly(rng, base, "one", properties_only), merge_rules.edit_randomly(rng, base, "two", properties_only)


@SLOW
@given(two_sided())
def test_every_key_and_line_follows_the_rules(sides: tuple[merge_rules.ModelNote, merge_rules.ModelNote, merge_rules.ModelNote]) -> None:
    base, ours, theirs = sides
    result = merge_notes(base.to_bytes(), ours.to_bytes(), theirs.to_bytes())
    expected, conflicts = merge_rules.expected(base, ours, theirs)
    assert set(result.keys) == conflicts
    assert result.is_body_clean or base.body not in (ours.body, theirs.body)
    if result.is_clean:
        assert merge_rules.merge_faults(base, ours, theirs, result.data) == []
    else:
        read = merge_rules.read_properties(result.data)
        assert read is not None
        assert read.keys() == expected.keys()


@SLOW
@given(two_sided())
def test_a_merge_is_symmetric(sides: tuple[merge_rules.ModelNote, merge_rules.ModelNote, merge_rules.ModelNote]) -> None:
    base, ours, theirs = (side.to_bytes() for side in sides)
    one, other = merge_notes(base, ours, theirs), merge_notes(base, theirs, ours)
    assert (set(one.keys), one.is_body_clean) == (set(other.keys), other.is_body_clean)
    if one.is_clean:
        assert sorted_contents(one.data) == sorted_contents(other.data)
        assert merge_notes(base, one.data, theirs).data == one.data, "a second merge of the same version changes nothing"


def sorted_contents(data: bytes) -> tuple[dict[str, merge_rules.PropertyValue], list[str]]:
    read = merge_rules.read_properties(data)
    assert read is not None
    return {key: sorted(value) if isinstance(value, list) else value for key, value in read.items()}, merge_rules.body_lines(data)


VALUES = st.sampled_from(["x", "007", "two words", ["a", "b"], ["a"], None, 5, True])


@st.composite
def forks(draw: st.DrawFn) -> tuple[Page, Page, Page]:
    """Front matter of every kind, and the result of random edits of it on each side."""
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
def test_front_matter_of_every_kind_is_merged_by_key_or_reported(fork: tuple[Page, Page, Page], lines: list[str]) -> None:
    base, ours, theirs = fork
    tail = "".join(lines).encode()
    result = merge_notes(base.join() + tail, ours.join() + tail, theirs.join() + tail)
    page = split_page(result.data)
    if not result.is_body_clean:  # the bodies are equal, so the note isn't text or can't be read
        assert (result.data, result.keys) == (ours.join() + tail, ("",))
        assert b"\0" in result.data or duplicate_keys(base) or b"\x85" in result.data or "\u2028" in page.text
        return
    was, our, their, now = (meanings(side) for side in (base, ours, theirs, page))
    assert not duplicate_keys(page)
    assert page.after[page.body_start :] == split_page(ours.join() + tail).after[ours.body_start :]
    for key in {**was, **our, **their, **now}:
        a, b, c, found = was.get(key), our.get(key), their.get(key), now.get(key)
        if key in result.keys:
            assert found == b or (b in (None, NO_VALUE) and found == c)
        elif b in (a, c) or c == a:
            assert found == (c if b == a else b), key
        elif NO_VALUE in (a, b, c):  # an empty value counts as missing
            assert found in (a, b, c) or items(page, key)
        else:  # both sides changed it: a list is merged by its items
            for item in items(theirs, key) - items(base, key) | items(ours, key) - items(base, key):
                assert item in items(page, key)
            for item in items(base, key) - items(theirs, key) | items(base, key) - items(ours, key):
                assert item not in items(page, key) or item in items(ours, key) ^ items(theirs, key)
    if result.is_clean:
        for side in (ours, theirs):
            assert not [mark for mark, count in annotations(side).items() if annotations(base)[mark] < count > annotations(page)[mark]]


def items(page: Page, key: str) -> set[object]:
    root, text = root_node(page), page.text
    node = next((value for name, value in (root.pairs if root else ()) if key_name(name, text) == key), None)
    return set(map(meaning, list_items(node, text) or ())) if node is not None else set()


@SLOW
@given(forks())
def test_changes_of_theirs_alone_leave_all_other_bytes_as_they_are(fork: tuple[Page, Page, Page]) -> None:
    base, _, theirs = fork
    ours = base.join() + b"own line\n"
    result = merge_notes(base.join(), ours, theirs.join())
    if result.is_clean:
        changed = {key for key in {**meanings(base), **meanings(theirs)} if meanings(base).get(key) != meanings(theirs).get(key)}
        before, after = without(base, changed), without(split_page(result.data), changed)
        if before is not None and after is not None:
            assert after == before + b"own line\n"


def without(page: Page, keys: set[str]) -> bytes | None:
    """The page without some properties; None if they can't be removed."""
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
def test_a_merge_of_any_bytes_never_raises(base: bytes | None, ours: bytes, theirs: bytes) -> None:
    assert merge_notes(base, ours, ours).data == ours
    assert merge_notes(ours, ours, theirs).data == theirs
    assert merge_notes(ours, theirs, ours).data == theirs
    result = merge_notes(base, ours, theirs)
    if result.is_clean and result.data not in (ours, theirs) and split_page(result.data).kind in ("yaml", "unclosed"):
        root_node(split_page(result.data))
    if not result.is_clean and result.keys == ("",) and not result.is_body_clean:
        assert result.data == ours


LINES = st.lists(st.sampled_from(list(string.ascii_lowercase[:12])), max_size=8, unique=True)


@SLOW
@given(LINES, LINES, LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_every_line_that_nobody_removed_is_kept(
    base: list[str], ours: list[str], theirs: list[str], newline: str, other: str, is_ended: bool, is_their_ended: bool
) -> None:
    def text(lines: list[str], end: str, has_end: bool) -> bytes:
        return (end.join(lines) + (end if has_end and lines else "")).encode()

    result, is_clean = merge_lines(text(base, newline, True), text(ours, newline, is_ended), text(theirs, other, is_their_ended))
    found = result.decode().split()
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
def edited_note(draw: st.DrawFn, rows: list[str], word: str) -> str:
    """A note with random edits, each of which adds a word that occurs only once."""
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
def test_a_clean_merge_contains_every_word_that_somebody_wrote(
    data: st.DataObject, which: list[bool], is_crlf: bool, has_base: bool
) -> None:
    rows = [line for row, is_in in zip(ROWS, which, strict=True) if is_in for line in re.split(r"(?<!: )\|(?!$)", row)]
    base = "\n".join(["---", *rows, "---", *BODY, ""])
    ours, theirs = (data.draw(edited_note(rows, word)) for word in WORD)
    result = merge_notes(base.encode() if has_base else None, ours.replace("\n", "\r\n" if is_crlf else "\n").encode(), theirs.encode())
    if not result.is_clean:
        return
    text = result.data.decode()
    for side in (ours, theirs):
        for word in re.findall(r"(?:ours|theirs)-\d", side):
            assert word in text
    if text.replace("\r\n", "\n") not in (ours, theirs):
        assert not duplicate_keys(split_page(result.data))
        assert ("\r\n" in text) == is_crlf
