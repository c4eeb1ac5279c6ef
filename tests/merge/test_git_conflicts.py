"""The marks that git leaves in a file with a conflict."""

import re

from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.merge.git_conflicts import has_conflict_markers

MARKS = re.compile(rb"^<{7} .*?^={7}\r?$.*?^>{7} ", re.MULTILINE | re.DOTALL)
SOME_LINES = st.lists(st.sampled_from([b"<<<<<<< a", b"=======", b"=======\r", b">>>>>>> b", b"<<<<<<<", b"======= ", b" >>>>>>> b", b"x"]))


@given(SOME_LINES)
def test_the_marks_of_a_conflict_are_known_by_their_order(lines: list[bytes]) -> None:
    assert has_conflict_markers(b"\n".join(lines)) is (MARKS.search(b"\n".join(lines)) is not None)


def test_many_marks_that_nothing_ends_are_read_once() -> None:
    """Whoever looks for the end from each of them anew needs hours for this."""
    assert not has_conflict_markers(b"<<<<<<< a\n=======\n" * 100_000)
