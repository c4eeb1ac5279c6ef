"""When two names are of the same person or organisation, and what somebody without a name is called."""

import re

from vaultcrm.importers.message import Contact
from vaultcrm.normalize import fold

_TITLES = frozenset("dr frau herr ing jr mag miss mr mrs ms mx prof sr".split())
_LEGAL_FORMS = frozenset(
    """ab ag and aps as asbl bv co company corp corporation cv ek eg eu ev gbr gmbh gmbhco inc incorporated kft kg lda limited llc llp lp
    ltd mbh nv ohg oy oyj plc pty pvt sa sarl sas sasu sl slu snc spa sprl srl sro ug und""".split()
)


def organisation_key(name: str) -> str:
    """An organisation's name for comparison, without its legal form: "Acme Ltd." and "ACME" are one."""
    words = re.findall(r"\w+", re.sub(r"[.']", "", fold(name)))
    while len(words) > 1 and words[-1] in _LEGAL_FORMS and words[:-1] != ["the"]:
        words.pop()
    return " ".join(words) or fold(name)


def begin_alike(one: str, other: str) -> bool:
    """Whether two organisations' names have the same first word: "Acme Ltd." and "Acme Studio"."""
    return organisation_key(one).partition(" ")[0] == organisation_key(other).partition(" ")[0]


def are_same_person(one: str, other: str) -> bool:
    """Whether two spellings may be one person's name: part of it, in another order, or with initials: "D. Roe", "Roe, Dana"."""
    shorter, longer = sorted((_name_words(one), _name_words(other)), key=len)
    if not shorter:
        return False
    remaining = [*longer]
    for word in shorter:
        match = next((found for found in remaining if found == word or (1 in (len(found), len(word)) and found[0] == word[0])), None)
        if match is None:
            return False
        remaining.remove(match)
    return any(len(word) > 1 and word in longer for word in shorter)


def _name_words(name: str) -> list[str]:
    words = re.findall(r"\w+", fold(name.partition("@")[0]))
    return [word for word in words if word not in _TITLES] or words


def shown_name(contact: Contact) -> str:
    """What a card's note is called: its name, else an address, a number or its organisation; "" if none has a letter or digit."""
    names = (contact.name, *contact.nicknames[:1], *contact.emails[:1], *contact.phones[:1], contact.organisation)
    return next((name for name in names if any(char.isalnum() for char in name)), "")
