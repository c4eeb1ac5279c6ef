"""Which talks may have answered what clients owe: nothing is closed because of them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from vaultcrm.model.records import FollowUp, Interaction, Person
from vaultcrm.normalize import fold

_MIN_LETTERS = 5  # shorter words say too little
_USUAL_WORDS = frozenset(
    "about after again before could please should still thanks their there these until which would "
    "bitte danke nicht noch nach oder sollte werden wurde avant encore merci notre votre "
    "ainda depois obrigado obrigada antes despues gracias hasta".split()
)


def possible_answers(
    waiting: Sequence[FollowUp], talks: Sequence[Interaction], people: Sequence[Person], names: str
) -> dict[str, Interaction]:
    """For the handle of each waiting follow-up, the newest later talk that may have answered it.

    A talk may be an answer if it isn't one that went out, and names a person whom the follow-up names or shares
    a telling word with it. `names` are words that tell nothing, such as the client's name. `talks` are newest first.
    """
    if not any(item.since for item in waiting):
        return {}
    words_by_talk = {talk.path: _words(f"{talk.title} {talk.summary}") for talk in talks}
    frequency = Counter(word for words in words_by_talk.values() for word in words)
    usual = max(2, len(talks) // 5)
    person_names = {person.path: {fold(name) for name in (person.name, person.name.split()[0], *person.aliases)} for person in people}
    plain = _words(" ".join([names, *(name for known in person_names.values() for name in known)]))
    answers = {}
    for item in waiting:
        telling = {word for word in _words(item.text) - plain if frequency[word] <= usual}
        asked = _people_in(fold(item.text), person_names)
        for talk in talks:
            if talk.at is None or item.since is None or talk.at.date() <= item.since:
                continue
            is_incoming = talk.direction != "out" and talk.channel != "note"
            if is_incoming and (telling & words_by_talk[talk.path] or asked & _people_in(fold(", ".join(talk.people)), person_names)):
                answers[item.id] = talk
                break
    return answers


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", fold(text)) if len(word) >= _MIN_LETTERS} - _USUAL_WORDS


def _people_in(text: str, names: Mapping[str, set[str]]) -> set[str]:
    words = " " + " ".join(re.findall(r"\w+", text)) + " "
    return {path for path, known in names.items() if any(f" {name} " in words for name in known)}
