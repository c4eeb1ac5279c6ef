"""The people at a client: who was last talked to, and who has no note."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from vaultcrm.model.records import Interaction, Person
from vaultcrm.normalize import fold


class Mention(NamedTuple):
    """Somebody who took part in talks and has no note. `path` is the newest of those talks, `day` its day."""

    name: str
    day: date | None
    path: str


def last_talks(people: Sequence[Person], talks: Sequence[Interaction]) -> dict[str, date]:
    """The day of the last talk with each person, by the path of the person's note. `talks` are newest first."""
    path_by_name = {fold(name): person.path for person in reversed(people) for name in (*person.aliases, person.name)}
    days: dict[str, date] = {}
    for talk in talks:
        for name in talk.people if talk.at else ():
            if (path := path_by_name.get(fold(name))) and talk.at:
                days.setdefault(path, talk.at.date())
    return days


def in_order(people: Sequence[Person], days: dict[str, date], today: date, first: str | None) -> list[Person]:
    """People by the last talk with them, the newest first; the one whose note is `first` before them, those who left after them."""
    return sorted(people, key=lambda person: (person.path != first, person.has_left(today), -days.get(person.path, date.min).toordinal()))


def mentions(people: Sequence[Person], talks: Sequence[Interaction]) -> list[Mention]:
    """Who took part in talks and has no note, the newest talk first. `talks` are newest first."""
    known = {fold(name) for person in people for name in (person.name, *person.aliases)}
    found: dict[str, Mention] = {}
    for talk in talks:
        for name in talk.people:
            if fold(name) not in known:
                found.setdefault(fold(name), Mention(name, talk.at.date() if talk.at else None, talk.path))
    return list(found.values())
