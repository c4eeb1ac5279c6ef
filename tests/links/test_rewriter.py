"""The text of a file after other files, or the file itself, have been moved."""

import json
from functools import partial

import pytest

from tests.links.vaults import make_resolver
from vaultcrm.disk.moves import Move, path_after
from vaultcrm.links.rewriter import LinkRewriter, RewrittenFile, SkippedLink

NOTES = ["a.md", "Old.md", "x/Twin.md", "y/Twin.md", "x/deep/Note.md", "c/Acme/Plan.md"]
FILES = ["files/photo.jpg", "files/my photo.jpg"]


def rewrite(text: str | bytes, *moves: tuple[str, str], path: str = "a.md", notes: list[str] = NOTES) -> RewrittenFile:
    """The file at `path`, with this text, after the moves."""
    made = [Move(old, new) for old, new in moves]
    before = make_resolver(notes, ["c/Acme/Acme.md"], {"c/Acme/Acme.md": ["acme", "the acme company"]}, FILES)
    after = before.after_moves(made, {path_after("c/Acme/Acme.md", made): ["acme", "the acme company"]})
    rewriter = LinkRewriter(before, after, partial(path_after, moves=made))
    return rewriter.rewrite(path, text if isinstance(text, bytes) else text.encode())


# ------------------------------------------------------------------------------- links in a body


@pytest.mark.parametrize(
    ("text", "moves", "expected"),
    [
        ("[[Old]] [[old|shown]] ![[Old#Part]]", [("Old.md", "New.md")], "[[New]] [[New|shown]] ![[New#Part]]"),
        ("[[Old]]", [("Old.md", "x/Old.md")], "[[Old]]"),
        ("[[Old]] [[old]]", [("Old.md", "OLD.md")], "[[OLD]] [[old]]"),
        ("[[Old.md]]", [("Old.md", "New.md")], "[[New.md]]"),
        ("[[x/deep/Note]]", [("x", "z")], "[[z/deep/Note]]"),
        ("[[deep/Note]]", [("x", "z")], "[[deep/Note]]"),
        ("[[deep/Note]]", [("x/deep", "z/low")], "[[low/Note]]"),
        ("[[/x/deep/Note]]", [("x", "z")], "[[/z/deep/Note]]"),
        ("[[./x/deep/Note]]", [("x", "z")], "[[./z/deep/Note]]"),
        ("[shown](Old.md)", [("Old.md", "x/New.md")], "[shown](x/New.md)"),
        ("[shown](./Old.md#Part)", [("Old.md", "x/New.md")], "[shown](./x/New.md#Part)"),
        ("[shown](/Old.md)", [("Old.md", "x/New.md")], "[shown](/x/New.md)"),
        ("[shown](Old)", [("Old.md", "x/New.md")], "[shown](x/New)"),
        ("![p](files/photo.jpg)", [("files", "media")], "![p](media/photo.jpg)"),
        ("![[photo.jpg]]", [("files/photo.jpg", "media/photo.jpg")], "![[photo.jpg]]"),
        ("![[photo.jpg]]", [("files/photo.jpg", "files/dog.jpg")], "![[dog.jpg]]"),
        ("[[Old]] `[[Old]]` %%[[Old]]%%", [("Old.md", "New.md")], "[[New]] `[[Old]]` %%[[Old]]%%"),
        ("[[Old|quote [1]]] [[Old|a [b] c]]", [("Old.md", "New.md")], "[[New|quote [1]]] [[New|a [b] c]]"),
        ("[s](\nOld.md\n) [s](Old.md?q#h)", [("Old.md", "New.md")], "[s](\nNew.md\n) [s](New.md?q#h)"),
        ("[r]:Old.md\n- [s]: Old.md\n[t]:\n  Old.md", [("Old.md", "New.md")], "[r]:New.md\n- [s]: New.md\n[t]:\n  New.md"),
        ("text\n[r]: Old.md", [("Old.md", "New.md")], "text\n[r]: Old.md"),
        ("[s](O&#108;d.md) [s](&#x4F;ld.md)", [("Old.md", "New.md")], "[s](New.md) [s](New.md)"),
        ("[s](X/DEEP/note.md)", [("x/deep/Note.md", "x/deep/Memo.md")], "[s](x/deep/Memo.md)"),
        ("[[Nobody]] [[Other]]", [("Old.md", "Other.md")], "[[Nobody]] [[Other]]"),
        ("[[Old]]\r\n[[Old]]\r\n", [("Old.md", "New.md")], "[[New]]\r\n[[New]]\r\n"),
    ],
)
def test_a_link_follows_the_file_it_points_to_in_its_own_style(text: str, moves: list[tuple[str, str]], expected: str) -> None:
    assert rewrite(text, *moves).data.decode() == expected


@pytest.mark.parametrize(
    ("text", "path", "new_path", "expected"),
    [
        ("[s](Old.md) [s](../Old.md)", "x/b.md", "b.md", "[s](Old.md) [s](Old.md)"),
        ("[s](../Old.md)", "x/b.md", "x/deep/b.md", "[s](../../Old.md)"),
        ("[s](deep/Note.md)", "x/b.md", "b.md", "[s](x/deep/Note.md)"),
        ("[[../Old]] [[Old]]", "x/b.md", "x/deep/b.md", "[[../../Old]] [[Old]]"),
        ("[s](TWIN.md)", "x/b.md", "x/deep/b.md", "[s](../Twin.md)"),
        ("[[Twin]]", "x/b.md", "x/deep/b.md", "[[x/Twin]]"),
        ("[[Twin]]", "x/b.md", "y/b.md", "[[x/Twin]]"),
    ],
)
def test_a_note_that_is_moved_keeps_pointing_to_the_same_files(text: str, path: str, new_path: str, expected: str) -> None:
    assert rewrite(text, (path, new_path), path=path, notes=[*NOTES, path]).data.decode() == expected


def test_a_link_names_the_folder_once_its_title_is_no_longer_unique() -> None:
    assert rewrite("[[Old]]", ("Old.md", "z/Twin.md")).data == b"[[z/Twin]]"


def test_a_link_becomes_a_path_where_obsidian_would_choose_another_file() -> None:
    notes = ["x/Old.md", "y/New.md", "y/c.md"]
    assert rewrite("[[New]]", ("x/Old.md", "x/New.md"), path="y/c.md", notes=notes).data == b"[[y/New]]"


def test_a_title_that_is_not_unique_is_written_as_a_path_even_where_the_folder_decides() -> None:
    notes = ["y/Old.md", "x/deep/New.md", "y/c.md"]
    assert rewrite("[[Old]]", ("y/Old.md", "y/New.md"), path="y/c.md", notes=notes).data == b"[[y/New]]"


def test_a_link_to_a_file_in_the_root_gets_a_slash_where_its_title_alone_is_ambiguous() -> None:
    assert rewrite("[[deep/Note]]", ("x/deep/Note.md", "Twin.md"), path="x/b.md").data == b"[[/Twin]]"


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ("[s](Old.md)", "New one.md", "[s](New%20one.md)"),
        ("[s](<Old.md>)", "New one.md", "[s](<New one.md>)"),
        ("[s](<Old.md>)", "a<b>.md", "[s](<a%3Cb%3E.md>)"),
        ("[s](Old.md)", "One (two).md", "[s](One%20(two).md)"),
        ("[s](Old.md)", "One (two.md", "[s](One%20%28two.md)"),
        ("[s](Old.md)", "100%.md", "[s](100%25.md)"),
        ("[s](Old.md)", "50% deposit.md", "[s](50%25%20deposit.md)"),
        ("[s](<Old.md>)", "50% deposit.md", "[s](<50%25 deposit.md>)"),
        ("[s](Old.md)", "%41.md", "[s](%2541.md)"),
        ("[s](Old.md)", "a#b?.md", "[s](a%23b%3F.md)"),
        ("[s](Old.md)", "a&b.md", "[s](a&b.md)"),
        ("[s](Old.md)", "a&amp;b.md", "[s](a%26amp;b.md)"),
        ("[s](Old.md)", "a&#38;b.md", "[s](a%26#38;b.md)".replace("#", "%23")),
        ("[s](Old.md)", "Zoë.md", "[s](Zoë.md)"),
        ("[s](Old.md)", "a\u200bb.md", "[s](a%E2%80%8Bb.md)"),
    ],
)
def test_a_path_is_encoded_as_its_place_requires(text: str, new: str, expected: str) -> None:
    assert rewrite(text, ("Old.md", new)).data.decode() == expected


def test_a_path_encodes_what_the_old_one_encoded() -> None:
    notes = ["a.md", "Größe (1).md"]
    assert rewrite("[s](Gr%C3%B6%C3%9Fe%20%281%29.md)", ("Größe (1).md", "Maß (1).md"), notes=notes).data == b"[s](Ma%C3%9F%20%281%29.md)"
    assert rewrite("[s](<Größe%20(1).md>)", ("Größe (1).md", "Maß (1).md"), notes=notes).data.decode() == "[s](<Maß%20(1).md>)"


# -------------------------------------------------------------------------- links in properties


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ('---\nup: "[[Old]]"  # note\n---\n', "New.md", '---\nup: "[[New]]"  # note\n---\n'),
        ("---\nup: '[[Old]]'\n---\n", "It's.md", "---\nup: '[[It''s]]'\n---\n"),
        ('---\nup: "[[Old]]"\n---\n', 'Say "x".md', '---\nup: "[[Say \\"x\\"]]"\n---\n'),
        ('---\nup: "[[Old]]"\n---\n', "a\\b.md", '---\nup: "[[a\\\\b]]"\n---\n'),
        ("---\nup:\n  - a [[Old]] b\n---\n", "New.md", "---\nup:\n  - a [[New]] b\n---\n"),
        ('---\nup: "[[Old]] and [[Old|x]]"\n---\n[[Old]]\n', "New.md", '---\nup: "[[New]] and [[New|x]]"\n---\n[[New]]\n'),
        ("---\nup: [[Old]]\n---\n", "New.md", "---\nup: [[New]]\n---\n"),
    ],
)
def test_a_link_in_a_property_follows_within_its_quotes(text: str, new: str, expected: str) -> None:
    assert rewrite(text, ("Old.md", new)).data.decode() == expected


def test_a_client_property_follows_its_client_and_keeps_an_alias_that_still_fits() -> None:
    text = '---\nclient: "[[Acme]]"\n---\n'
    assert rewrite(text, ("c/Acme/Acme.md", "c/Acme/Zed.md")).data.decode() == '---\nclient: "[[Zed]]"\n---\n'
    alias = '---\nclient: "[[The Acme Company]]"\n---\n'
    assert rewrite(alias, ("c/Acme/Acme.md", "c/Acme/Zed.md")).data.decode() == alias


# ------------------------------------------------------------------------------ what is reported


def test_what_was_changed_is_reported_with_its_line() -> None:
    rewritten = rewrite('---\nup: "[[Old]]"\n---\n\n[[Old|shown]] [s](Old.md)\n', ("Old.md", "New.md"))
    assert rewritten.changed == ((2, "[[Old]]", "[[New]]"), (5, "[[Old|shown]]", "[[New|shown]]"), (5, "[s](Old.md)", "[s](New.md)"))
    assert rewritten.skipped == ()
    assert rewrite("[[Old]]") == RewrittenFile(b"[[Old]]")


def skipped(rewritten: RewrittenFile) -> list[tuple[str, int, str, str]]:
    return [(link.path, link.line, link.link, link.why) for link in rewritten.skipped]


def test_an_ambiguous_link_is_left_and_reported_with_its_candidates() -> None:
    rewritten = rewrite("\n[[Twin]]", ("y/Twin.md", "y/Other.md"))
    assert rewritten.data == b"\n[[Twin]]"
    assert skipped(rewritten) == [("a.md", 2, "[[Twin]]", "it could mean x/Twin.md or y/Twin.md")]
    assert skipped(rewrite("[[Twin]]", ("Old.md", "New.md"))) == []
    assert skipped(rewrite("[[Twin]]", ("x", "z"))) == [("a.md", 1, "[[Twin]]", "it could mean x/Twin.md or y/Twin.md")]
    assert skipped(rewrite("[[Twin]]", ("Old.md", "z/Twin.md"))) == [("a.md", 1, "[[Twin]]", "it could mean x/Twin.md or y/Twin.md")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (b"\n[[Old]] \xff", 2, "the note can't be read"),
        ("---\na: [\n---\n[[Old]]", 4, "the note can't be read"),
        ("+++\na = 1\n+++\n[[Old]]", 4, "the front matter is not YAML, and such notes are not edited"),
        ("[[Old]]", 1, "sub/N#w.md can't be written there"),
    ],
)
def test_a_link_that_cannot_be_rewritten_is_left_and_reported(text: str | bytes, line: int, reason: str) -> None:
    rewritten = rewrite(text, ("Old.md", "sub/N#w.md"), ("a.md", "b.md"))
    assert rewritten.data == (text if isinstance(text, bytes) else text.encode())
    assert rewritten.changed == ()
    assert skipped(rewritten) == [("b.md", line, "[[Old]]", reason)]


def test_a_path_that_leads_nowhere_is_reported_if_obsidian_finds_the_file_by_its_name() -> None:
    rewritten = rewrite("[s](Note.md) [s](Nobody.md)", ("x/deep/Note.md", "x/Memo.md"))
    assert rewritten.data == b"[s](Note.md) [s](Nobody.md)"
    assert skipped(rewritten) == [("a.md", 1, "[s](Note.md)", "no file is at that path")]
    assert skipped(rewrite("[s](Note.md)", ("x/deep/Note.md", "y/Note.md"))) == []


def test_a_path_in_another_case_keeps_its_folder() -> None:
    rewritten = rewrite("[s](note.md)", ("x/deep/Note.md", "x/deep/Memo.md"), path="x/deep/b.md", notes=[*NOTES, "x/deep/b.md"])
    assert rewritten.data == b"[s](Memo.md)"


def test_one_link_that_cannot_be_verified_does_not_hold_up_the_others() -> None:
    text = "---\nup: [[Old]]\nother: '[[Old]]'\n---\n[[Old]]\n"
    rewritten = rewrite(text, ("Old.md", "N - {a}.md"))
    assert rewritten.data.decode() == "---\nup: [[Old]]\nother: '[[N - {a}]]'\n---\n[[N - {a}]]\n"
    assert rewritten.changed == ((3, "[[Old]]", "[[N - {a}]]"), (5, "[[Old]]", "[[N - {a}]]"))
    assert rewritten.skipped == (SkippedLink("a.md", 2, "[[Old]]", "the change could not be verified"),)


def test_a_link_in_the_body_that_cannot_be_verified_is_left_and_the_others_follow() -> None:
    rewritten = rewrite("[[Old]]\n\n[[Old]] and `code`\n", ("Old.md", "a`b.md"))
    assert rewritten.data == b"[[a`b]]\n\n[[Old]] and `code`\n"
    assert rewritten.changed == ((1, "[[Old]]", "[[a`b]]"),)
    assert rewritten.skipped == (SkippedLink("a.md", 3, "[[Old]]", "the change could not be verified"),)


# -------------------------------------------------------------------------------------- canvases


def test_a_canvas_follows_by_path_and_its_text_cards_are_reported() -> None:
    canvas = '{"nodes": [\n {"type": "file", "file": "Old.md"},\n {"type": "file" , "file" : "files/photo.jpg"},\n {"text": "\\n[[Old]]"}]}'
    rewritten = rewrite(canvas, ("Old.md", "Zoë.md"), path="Map.canvas")
    assert rewritten.data.decode() == canvas.replace('"Old.md"', '"Zoë.md"')
    assert rewritten.changed == ((2, '"Old.md"', '"Zoë.md"'),)
    assert skipped(rewritten) == [("Map.canvas", 1, "[[Old]]", "it is in a text card of the canvas")]


def test_the_background_of_a_group_follows() -> None:
    canvas = '{"nodes": [{"type": "group", "label": "files/photo.jpg", "background": "files/photo.jpg", "backgroundStyle": "cover"}]}'
    rewritten = rewrite(canvas, ("files", "media"), path="Map.canvas")
    assert rewritten.data.decode() == canvas.replace('background": "files', 'background": "media')
    assert rewritten.changed == ((1, '"files/photo.jpg"', '"media/photo.jpg"'),)


def test_a_moved_file_on_a_canvas_that_cannot_be_read_is_reported() -> None:
    canvas = '{"nodes": [\n{"file": "x/Twin.md"},\n{"file": "Ol\\u0064.md", "\\x"},,'
    rewritten = rewrite(canvas, ("Old.md", "New.md"), path="Map.canvas")
    assert rewritten.data.decode() == canvas
    assert skipped(rewritten) == [("Map.canvas", 3, '"Ol\\u0064.md"', "the canvas can't be read")]


def test_a_canvas_that_spells_out_characters_keeps_doing_so() -> None:
    notes = ["Größe.md"]
    canvas = json.dumps({"nodes": [{"file": "Größe.md"}]})
    assert rewrite(canvas, ("Größe.md", "Maß.md"), path="Map.canvas", notes=notes).data.decode() == json.dumps(
        {"nodes": [{"file": "Maß.md"}]}
    )


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'{"nodes": 1}', b'{"nodes": [1]}', b"[" * 100_000])
def test_a_canvas_that_cannot_be_read_is_left(data: bytes) -> None:
    assert rewrite(data, ("Old.md", "New.md"), path="Map.canvas") == RewrittenFile(data)


def test_a_canvas_whose_text_only_looks_like_a_file_is_left_and_reported() -> None:
    canvas = b'{"nodes": [{"file": "Old.md"}], "other": {"file": "Old.md"}}'
    rewritten = rewrite(canvas, ("Old.md", "New.md"), path="Map.canvas")
    assert rewritten == RewrittenFile(canvas, skipped=(SkippedLink("Map.canvas", 1, "Map.canvas", "the change could not be verified"),))
