"""Handles: derived from a record's path and contents."""

from vaultcrm.model.handles import handle


def test_a_handle_is_twelve_hexadecimal_digits_derived_from_its_parts() -> None:
    assert handle("a.md") == handle("a.md")
    assert handle("a.md", "next") == "8649a3d4ab38"
    assert set(handle("a.md", "😀", "\ud800")) <= set("0123456789abcdef")
    assert len({handle("a.md"), handle("b.md"), handle("a.md", "x"), handle("a.mdx"), handle("a", ".md"), handle("a.md", "")}) == 6
