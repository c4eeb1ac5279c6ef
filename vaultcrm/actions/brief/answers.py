"""Which talks and files may have answered what clients owe: nothing is closed because of them."""

import contextlib
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.records import FollowUp, Interaction, Person
from vaultcrm.normalize import fold

_MIN_LETTERS = 5  # shorter words say too little
_USUAL_WORDS = frozenset(
    "about after again before could please should still thanks their there these until which would "
    "bitte danke nicht noch nach oder sollte werden wurde avant encore merci notre votre "
    "ainda depois obrigado obrigada antes despues gracias hasta".split()
)


class ReceivedFile(NamedTuple):
    """A file in a client's folder `files/`, and the day that its name begins with, else that of its last change."""

    path: str
    day: date


def received_files(crm: Crm, client: ClientRef) -> list[ReceivedFile]:
    """The files of a client that are no notes, the newest first."""
    folder = f"{client.folder}/files"
    found = []
    with contextlib.suppress(OSError), os.scandir(crm.vault.path(folder)) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".") and not entry.name.lower().endswith(".md"):
                changed = date.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime)
                found.append(ReceivedFile(f"{folder}/{entry.name}", parse_iso_day(entry.name[:10]) or changed))
    return sorted((file for file in found if file.day <= crm.today), key=lambda file: (file.day, file.path), reverse=True)


def possible_answers(
    waiting: Sequence[FollowUp], talks: Sequence[Interaction], people: Sequence[Person], names: str, files: Sequence[ReceivedFile] = ()
) -> dict[str, Interaction | ReceivedFile]:
    """For the handle of each waiting follow-up, the newest later talk that may have answered it; without one, a later file.

    A talk may be an answer if it isn't one that went out, and names a person whom the follow-up names or shares
    a telling word with it; a file, if its name shares one. `names` are words that tell nothing, such as the
    client's name. `talks` and `files` are newest first.
    """
    if not any(item.since for item in waiting):
        return {}
    words_by_talk = {talk.path: _words(f"{talk.title} {talk.summary}") for talk in talks}
    frequency = Counter(word for words in words_by_talk.values() for word in words)
    usual = max(2, len(talks) // 5)
    person_names = {person.path: {fold(name) for name in (person.name, *person.name.split()[:1], *person.aliases)} for person in people}
    plain = _words(" ".join([names, *(name for known in person_names.values() for name in known)]))
    answers: dict[str, Interaction | ReceivedFile] = {}
    for item in waiting:
        if item.since is None:
            continue
        telling = {word for word in _words(item.text) - plain if frequency[word] <= usual}
        asked = _people_in(fold(item.text), person_names)
        later = (talk for talk in talks if talk.at is not None and talk.at.date() > item.since)
        incoming = (talk for talk in later if talk.direction != "out" and talk.channel != "note")
        for talk in incoming:
            if telling & words_by_talk[talk.path] or asked & _people_in(fold(", ".join(talk.people)), person_names):
                answers[item.id] = talk
                break
        else:
            named = (file for file in files if file.day > item.since and telling & _words(_name(file)))
            if (file := next(named, None)) is not None:
                answers[item.id] = file
    return answers


def _name(file: ReceivedFile) -> str:
    """The words of a file's name."""
    return file.path.rpartition("/")[2].replace("_", " ")


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", fold(text)) if len(word) >= _MIN_LETTERS} - _USUAL_WORDS


def _people_in(text: str, names: Mapping[str, set[str]]) -> set[str]:
    words = " " + " ".join(re.findall(r"\w+", text)) + " "
    return {path for path, known in names.items() if any(f" {name} " in words for name in known)}
