"""HTML as Markdown, and the plain text of what the library doesn't read."""

import pytest

from vaultcrm.importers.mail.html_text import html_text, plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hi <b>Nora</b>,<br>see <a href='https://x.example'>this</a>.</p>", "Hi **Nora**,\nsee [this](https://x.example)."),
        ("<h1>Offer</h1><ul><li>one<li>two</ul>", "**Offer**\n\n- one\n- two"),
        ("<head><title>T</title><meta name=a content=b><style>p{}</style></head><p>Hi", "Hi"),
        ("<p>Hi</p><img src='https://x.example/pixel.gif'><div style='display:none'>hidden</div><script>x()</script>", "Hi"),
        ("<p>B.</p><div>On 2 Nov, Nora wrote:<blockquote>Which?</blockquote></div>", "B.\n\nOn 2 Nov, Nora wrote:\n\n> Which?"),
        ("<table><tr><td>Price</td><td>1</td></tr></table>", "| Price | 1 |\n| ----- | --- |"),
        ("", ""),
        ("no HTML", "no HTML"),
    ],
)
def test_markdown(html: str, text: str) -> None:
    assert html_text(html) == text


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "ul><li", "blockquote", "span", "font><center"])
def test_html_that_is_nested_too_deeply_gives_its_text(tag: str) -> None:
    assert html_text(f"<{tag}>" * 200 + "Hi <b>Nora</b>") == "Hi Nora"


def test_a_table_that_grows_without_end_gives_its_text() -> None:
    wide = "<table><tr>" + "<td>x" * 300 + "<tr><td>y" * 3_000 + "</table>"
    assert html_text(wide) == plain_text(wide)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<head><title>T</title><body><p>Hi&nbsp;<b>No</b>ra</p><p>Bye &amp; <br>thanks", "Hi Nora\n\nBye &\nthanks"),
        ("<style>p{}</style><script>x</script>Hi", "Hi"),
        ("< a <!-- x --> &#x1f44d; &bogus;", "< a 👍 &bogus;"),
        ("a <!-- b <script> c", "a <!-- b c"),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize("piece", ["<!--", "<script>", "<", "&", "<a ", "<![CDATA[", "<div>", "<p \n"])
def test_hostile_html_takes_no_longer_than_any_other(piece: str) -> None:
    assert html_text(piece * 30_000) is not None
    assert plain_text(piece * 30_000) is not None
