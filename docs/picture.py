"""Draw the pictures of the documentation: what commands print on the example vault, as SVG.

    python docs/picture.py [FOLDER]

Runs each command of PICTURES on a fresh copy of the example vault, at the example's own day, and
writes one SVG per command into FOLDER (default: this folder). `tests/test_pictures.py` fails when
a picture no longer shows what the command prints; `pytest --accept` draws it again.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from vaultcrm.cli.commands.demo import DAY, example_vault
from vaultcrm.cli.terminal import width as columns_of


class Picture(NamedTuple):
    """One command, the width of its terminal in columns, and what the picture shows, for a screen reader."""

    command: str
    columns: int
    title: str


PICTURES = {
    "due.svg": Picture("vaultcrm due", 94, "vaultcrm due: what is late, due today and due soon, and what clients owe you"),
    "brief.svg": Picture("vaultcrm brief acme", 98, "vaultcrm brief acme: everything to know about a client, on one screen"),
}

# Pixels. LETTER is the width of a character in the fonts below at this size.
SIZE, LETTER, LINE = 14, 8.4, 19
MARGIN, TOP = 20, 34
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
# A dark window with a border of its own, so that it looks the same on a light and on a dark page.
BACKGROUND, BORDER, TEXT, DIM = "#15191f", "#3d444d", "#d7dde4", "#868e99"
BUTTONS = ("#ff5f57", "#febc2e", "#28c840")
COLORS = {31: "#ff6b6b", 32: "#7ee787", 33: "#e8c468", 34: "#79b8ff", 35: "#d79bff", 36: "#6bc7e0"}  # by ANSI code


class Style(NamedTuple):
    """How the terminal shows the characters that follow."""

    color: int | None = None
    bold: bool = False
    dim: bool = False


class Span(NamedTuple):
    """Some characters of one style, and the column where they begin."""

    column: int
    text: str
    style: Style


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    folder: Path = parser.parse_args().folder
    for name, picture in PICTURES.items():
        (folder / name).write_text(draw(picture, run(picture)), "utf-8")


def run(picture: Picture) -> str:
    """What the command prints on both streams, with colours, on a copy of the example vault."""
    with tempfile.TemporaryDirectory(prefix="vaultcrm-picture-") as home:
        vault = Path(home) / "vault"
        shutil.copytree(example_vault(), vault)
        environment = {
            "HOME": home,
            "PATH": os.environ["PATH"],
            "VAULTCRM_TODAY": DAY,
            "FORCE_COLOR": "1",
            "COLUMNS": str(picture.columns),
            "LANG": "C.UTF-8",
            "TZ": "Europe/London",
        }
        words = picture.command.removeprefix("vaultcrm ").split()
        done = subprocess.run(
            [sys.executable, "-P", "-m", "vaultcrm", *words],
            cwd=vault,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout


def draw(picture: Picture, output: str) -> str:
    """A picture of a terminal in which the command was typed and has printed `output`."""
    lines = [f"\x1b[2m$\x1b[0m \x1b[1m{picture.command}\x1b[0m", "", *output.rstrip("\n").split("\n")]
    width, height = round(2 * MARGIN + picture.columns * LETTER), TOP + len(lines) * LINE + MARGIN
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"',
        f'  font-family="{FONT}" font-size="{SIZE}" fill="{TEXT}">',
        f"<title>{escape(picture.title)}</title>",
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" fill="{BACKGROUND}" stroke="{BORDER}"/>',
        *(f'<circle cx="{MARGIN + 18 * number}" cy="20" r="5.5" fill="{color}"/>' for number, color in enumerate(BUTTONS)),
    ]
    style = Style()
    for number, line in enumerate(lines, 1):
        spans, style = parse(line, style)
        if spans:
            svg.append(f'<text y="{TOP + number * LINE}" xml:space="preserve">{"".join(map(element, spans))}</text>')
    return "\n".join([*svg, "</svg>"]) + "\n"


def parse(line: str, style: Style) -> tuple[list[Span], Style]:
    """The visible characters of a line, and the style in which the next line begins."""
    spans, column = [], 0
    for number, part in enumerate(re.split(r"\x1b\[([0-9;]*)m", line)):
        if number % 2:
            style = changed(style, part)
            continue
        assert "\x1b" not in part, f"an escape sequence that is not a colour: {line!r}"
        # each word group gets its own position, so that columns stay straight in any font
        spans += [Span(column + at, text, style) for at, text in groups(part)]
        column += columns_of(part)
    return spans, style


def changed(style: Style, codes: str) -> Style:
    for code in map(int, codes.split(";")):
        if code == 0:
            style = Style()
        elif code == 1:
            style = style._replace(bold=True)
        elif code == 2:
            style = style._replace(dim=True)
        else:
            assert code in COLORS, f"ANSI code {code} has no colour here"
            style = style._replace(color=code)
    return style


def groups(text: str) -> Iterator[tuple[int, str]]:
    """Words with single blanks between them, each with its column; wider gaps end a group."""
    for found in re.finditer(r"\S+(?: \S+)*", text):
        yield found.start(), found[0]


def element(span: Span) -> str:
    color = COLORS[span.style.color] if span.style.color else DIM if span.style.dim else None
    fill = f' fill="{color}"' if color else ""
    weight = ' font-weight="bold"' if span.style.bold else ""
    x, length = MARGIN + span.column * LETTER, columns_of(span.text) * LETTER
    return f'<tspan x="{x:.1f}" textLength="{length:.1f}"{fill}{weight}>{escape(span.text)}</tspan>'


if __name__ == "__main__":
    main()
