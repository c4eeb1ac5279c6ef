"""The functions with which the brief's template prints: lines of three columns, the last one naming the file."""

from vaultcrm.cli.output import Output
from vaultcrm.cli.terminal import one_line, pad, truncate, width, wrap
from vaultcrm.markdown.wikilinks import without_links

_LABEL_WIDTH, _MAX_LABEL_WIDTH = 11, 20  # columns for when or who: "3 days late"; a longer label moves its line to the right
Source = dict[str, str | int]  # "path" and "line"; empty for a line that comes from no file


class BriefLayout:
    """Prints for a terminal of some width, or whole lines where the output is piped; `folder` is the client's."""

    def __init__(self, out: Output, folder: str) -> None:
        self.out = out
        self.folder = folder
        self.columns = out.columns
        self.source_width = 0 if self.columns is None else max(min(self.columns // 4, 40), 18)

    def title(self, name: str, parts: list[str], day: str) -> str:
        """The client's name and standing on the left, the day on the right."""
        left = " · ".join(one_line(part) for part in (name, *parts) if part)
        space = " " * max((self.columns or 0) - width(left) - width(day), 2)
        head, _, tail = left.partition(" · ")
        return self.out.style(head, "bold") + (f" · {tail}" if tail else "") + space + self.out.style(day, "dim")

    def heading(self, text: str, style: str = "") -> str:
        """The heading of a section."""
        return self.out.style(one_line(text), f"{style} bold".strip())

    def line(self, label: str, parts: list[str], source: Source, style: str = "", handle: str = "") -> str:
        """A label, the parts in as many lines as they need, the handle to act on it, and the file it is from."""
        texts = [one_line(without_links(part)) for part in parts if part]
        source_text = self._source(source, texts[0] if texts else "", len(handle) + 1 if handle else 0)
        right = " ".join(filter(None, (handle, source_text)))
        label = one_line(label) if self.columns is None else truncate(one_line(label), _MAX_LABEL_WIDTH)
        label_width = max(width(label), _LABEL_WIDTH)
        middle = None if self.columns is None else max(self.columns - 2 - label_width - 2 - (self.source_width + 2 if right else 0), 20)
        lines = wrap(" · ".join(texts), middle)
        label = self.out.style(pad(label, _LABEL_WIDTH), style or "dim")
        first = f"  {label}  " + (f"{pad(lines[0], middle or 0)}  {self.out.style(right, 'dim')}" if right else lines[0])
        return "\n".join([first, *(" " * (4 + _LABEL_WIDTH) + line for line in lines[1:])])

    def more(self, number: int, command: str) -> str:
        """How many are left out, and the command that shows them."""
        return " " * (4 + _LABEL_WIDTH) + self.out.style(one_line(f"{number} more: {command}"), "dim")

    def _source(self, source: Source, text: str, taken: int) -> str:
        """A file's path within the client's folder, without .md; only the folder where `text` repeats the title.

        Where that needs more than the column has, less `taken`, the folder is dropped first, then the
        end of the name: date and time are enough to recognise an interaction.
        """
        if not source:
            return ""
        path, line = one_line(str(source["path"]).removeprefix(self.folder + "/").removesuffix(".md")), source["line"]
        folder, slash, name = path.rpartition("/")
        line_number = f":{line}" if line != 1 else ""
        if self.columns is None:
            return path + line_number
        space = self.source_width - taken
        if slash and text.startswith(name):
            return truncate(folder + slash, space)
        whole = path + line_number
        return whole if width(whole) <= space else truncate(name, space - len(line_number)) + line_number
