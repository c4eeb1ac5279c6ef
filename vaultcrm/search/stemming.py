"""What search knows of the languages of a vault: words of the same stem, and words that say little.

A search for `invoices` finds `invoiced`, and one for `when is the launch` is mostly one for `launch`.
"""

from collections.abc import Callable
from functools import cache

from vaultcrm.errors import InvalidInput
from vaultcrm.quoting import quoted
from vaultcrm.search.tokens import plain
from vaultcrm.search.whoosh_api import aliases, languages, stemmer_for_language, stopwords_for_language

Stemmer = Callable[[str], str]


def language_code(language: str) -> str | None:
    """The two-letter code of a language named by its code, in English or in itself; None if it has no stemmer."""
    name = plain(language.strip())
    codes = {plain(alias): code for alias, code in aliases.items()}
    code = name if name in languages else codes.get(name)
    return code if code != "ar" else None  # Whoosh's Arabic stemmer reduces most words to the same stem


def stemmers(names: tuple[str, ...]) -> list[Stemmer]:
    """One stemmer for each different language. Raises InvalidInput for a language without a stemmer."""
    for name in names:
        if language_code(name) is None:
            known = ", ".join(sorted(alias for alias in aliases if alias.isascii() and len(alias) > 3 and language_code(alias)))
            raise InvalidInput(f"vaultcrm.toml: languages lists {quoted(name)}, which search doesn't support.", f"Choose from: {known}.")
    return [cache(stemmer_for_language(code)) for code in dict.fromkeys(map(language_code, names))]


def function_words(names: tuple[str, ...]) -> set[str]:
    """Words such as "the" and "how" in the languages that have a stemmer."""
    codes = {code for code in map(language_code, names) if code}
    return {plain(word) for code in codes for word in stopwords_for_language(code)}
