"""The markers that Git leaves in a file with a conflict."""

import re

from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.merge.lines import has_conflict_markers

CONFLICT = re.compile(rb"^<{7} .*?^={7}\r?$.*?^>{7} ", re.MULTILINE | re.DOTALL)
SOME_LINES = st.lists(st.sampled_from([b"<<<<<<< a", b"=======", b"=======\r", b">>>>>>> b", b"<<<<<<<", b"======= ", b" >>>>>>> b", b"x"]))


@given(SOME_LINES)
def test_a_conflict_is_three_markers_in_order(lines: list[bytes]) -> None:
    assert has_conflict_markers(b"\n".join(lines)) is (CONFLICT.search(b"\n".join(lines)) is not None)


def test_many_unclosed_markers_are_read_in_linear_time() -> None:
    """A search for the end from each marker would take hours."""
    assert not has_conflict_markers(b"<<<<<<< a\n=======\n" * 100_000)
