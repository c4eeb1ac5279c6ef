"""Stemmers: what makes `invoices` find `invoiced`."""

from collections.abc import Callable
from functools import cache

from vaultcrm.errors import InvalidInput
from vaultcrm.search.tokens import plain
from vaultcrm.search.whoosh_api import aliases, languages, stemmer_for_language

Stemmer = Callable[[str], str]


def language_code(language: str) -> str | None:
    """The two-letter code of a language that there is a stemmer for; it may be named in English or in itself."""
    name = plain(language.strip())
    named = {plain(known): code for known, code in aliases.items()}
    code = name if name in languages else named.get(name)
    return code if code != "ar" else None  # its stemmer makes most words the same


def stemmers(names: tuple[str, ...]) -> list[Stemmer]:
    """A stemmer for each language; the languages of a vault are one or two. Raises NotUnderstood for one that is not known."""
    for name in names:
        if language_code(name) is None:
            known = ", ".join(sorted(name for name in aliases if name.isascii() and len(name) > 3 and language_code(name)))
            raise InvalidInput(f"vaultcrm.toml: languages names {name!r}, which search does not know.", f"It knows: {known}.")
    return [cache(stemmer_for_language(code)) for code in dict.fromkeys(map(language_code, names))]
