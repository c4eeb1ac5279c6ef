"""Transcripts of calls (WebVTT and SRT, as Zoom, Teams and Meet write them) as one message of all speakers.

Programs keep to neither format: fractions behind a comma or none, no header, no blank line between cues, names in
`<v Name>`, as `Name:` or as a line `(Name)`.
"""

import hashlib
import html
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from vaultcrm.importers.archive import files_of
from vaultcrm.importers.encoding import decode
from vaultcrm.importers.message import Message, Notice, Party, Refused
from vaultcrm.plural import counted

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,]\d{1,3})?"
_TIMING = re.compile(rf"\s*{_TIME}[ \t]*-->[ \t]*{_TIME}", re.ASCII)
_SECTION = re.compile(r"(WEBVTT|NOTE|STYLE|REGION)\b")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]{1,200})>")
_NAMED = re.compile(r"(?:>>\s*)?([^\W\d_][^:<>()\[\]!?\n]{0,49}):[ \t]+(?=\S)")
_NAME_LINE = re.compile(r"\(([^\W\d_][^()\n]{0,49})\)[ \t]*\n(?=.*\S)", re.DOTALL)
_LONG = 800  # characters after which a speaker's next cue begins a new paragraph
_MAX_LINE = 20_000
_FILE_DATE = re.compile(
    r"(GMT)?((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)(?:(?:[T _-]|\sat\s)+([01]\d|2[0-3])[-:._ h]?([0-5]\d)"
    r"(?:[-:._ ]?([0-5]\d))?)?(?!\d)(?:\s*(?:GMT|UTC)([+-]\d{1,2})?)?",
    re.ASCII,
)
# What the programs add to the title of a meeting in the name of its file
_ADDED = re.compile(r"\b(GMT|meeting recording|recording|transcript|captions?|audio[ _]transcript)\b", re.IGNORECASE)


class _Cue(NamedTuple):
    """What one speaker says from a moment on. `seconds` count from the beginning."""

    seconds: int
    speaker: str
    text: str


def read_transcript(source: Path | bytes, name: str, day: date | None = None) -> Iterator[Message | Notice | Refused]:
    """The call of a file, by its path or as bytes. Its date and title are those in the file's name, unless `day` says otherwise."""
    for where, data in files_of(source, name, (".vtt", ".srt")):
        if isinstance(data, Refused):
            yield data
        else:
            yield from _read_file(data, where, day)


def _read_file(data: bytes, name: str, day: date | None) -> Iterator[Message | Notice | Refused]:
    cues, unknown = _cues(decode(data))
    if not cues:
        yield Refused(name, "It contains no cue such as 00:00:01.000 --> 00:00:03.500.")
        return
    paragraphs = list(_paragraphs(cues))
    speakers = dict.fromkeys(cue.speaker for cue in paragraphs if cue.speaker)
    identity = "\0".join(f"{cue.speaker}\0{cue.text}" for cue in paragraphs)
    yield Message(
        source=f"transcript:{hashlib.sha256(identity.encode('utf-8', 'replace')).hexdigest()[:32]}",
        channel="meeting",
        at=datetime.combine(day, time()) if day else moment_of_name(name),
        sender=Party(),
        recipients=tuple(Party(name=speaker) for speaker in speakers),
        subject=_title_of_name(name),
        text="\n".join(f"{_clock(cue.seconds)} {cue.speaker}: {cue.text}" if cue.speaker else cue.text for cue in paragraphs),
    )
    if unknown:
        yield Notice(name, f"{counted(unknown, 'line')} of the transcript couldn't be understood.")


def moment_of_name(name: str) -> datetime | None:
    """The date and time in the name of a recording; its zone is UTC if the name says GMT, as Zoom's do. None without a date."""
    match = _FILE_DATE.search(name)
    if match is None:
        return None
    gmt, year, month, day, hour, minute, second, offset = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    if hour and offset and abs(int(offset)) < 24:
        return moment.replace(tzinfo=timezone(timedelta(hours=int(offset))))
    return moment.replace(tzinfo=UTC) if gmt and hour else moment


def _title_of_name(name: str) -> str:
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or name
    title = _ADDED.sub(" ", _FILE_DATE.sub(" ", stem).replace("_", " "))
    return " ".join(re.sub(r"\(\s*\)", " ", title).split()).strip(" -.,") or "Transcript"


def _cues(text: str) -> tuple[list[_Cue], int]:
    """The cues, and the number of lines that belong to none."""
    raw: list[tuple[int, list[str]]] = []
    unknown = 0
    is_section, is_cue = False, False
    before: list[str] = []  # lines that may be the identifier of the next cue
    for line in text.splitlines():
        line = line[:_MAX_LINE]
        if timing := _TIMING.match(line):
            if is_cue and raw[-1][1] and re.fullmatch(r"\s*\d+\s*", raw[-1][1][-1]):  # an identifier, without a blank line above it
                raw[-1][1].pop()
            raw.append((int(timing[1] or 0) * 3600 + int(timing[2]) * 60 + int(timing[3]), []))
            unknown += max(len(before) - 1, 0)
            before, is_cue, is_section = [], True, False
        elif not line.strip():
            is_cue = is_section = False
        elif is_cue:
            raw[-1][1].append(line)
        elif not is_section and not (is_section := _SECTION.match(line) is not None):
            before.append(line)
    unknown += len(before)
    texts = [(seconds, re.sub(r"\{\\[^}]*\}", "", "\n".join(lines))) for seconds, lines in raw]
    return [cue for seconds, said in _with_speakers(texts) for cue in _voices(seconds, said)], unknown


def _with_speakers(texts: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The cues with each speaker in a voice tag, however the file names them."""
    if any(_VOICE.search(text) for _, text in texts):
        return texts
    names = Counter(match[1].strip() for _, text in texts if (match := _NAMED.match(text)))
    # A sentence may have a colon too: names come back, or most cues have one
    is_usual = sum(names.values()) * 2 > len(texts)
    tagged = []
    for seconds, text in texts:
        match = _NAMED.match(text)
        if match is None or not (is_usual or names[match[1].strip()] > 1):
            match = _NAME_LINE.match(text)
        if match:
            text = f"<v {match[1].strip()}>{text[match.end() :]}"
        tagged.append((seconds, text))
    return tagged


def _voices(seconds: int, text: str) -> Iterator[_Cue]:
    """The parts of a cue, by speaker; without a voice tag, the speaker is unknown."""
    pieces = _VOICE.split(text)
    for speaker, said in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        if plain := _plain(said):
            yield _Cue(seconds, _plain(speaker), plain)


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^<>]{0,200}>", "", text)).split())


def _paragraphs(cues: list[_Cue]) -> Iterator[_Cue]:
    """The cues, joined where one speaker goes on. A cue without a name is the last speaker's: some programs name only who begins."""
    speaker, seconds, said, length = "", 0, list[str](), 0
    for cue in cues:
        cue = cue._replace(speaker=cue.speaker or speaker)
        if said and (cue.speaker != speaker or length > _LONG):
            yield _Cue(seconds, speaker, " ".join(said))
            said, length = [], 0
        if not said:
            speaker, seconds = cue.speaker, cue.seconds
        said.append(cue.text)
        length += len(cue.text)
    if said:
        yield _Cue(seconds, speaker, " ".join(said))


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"
