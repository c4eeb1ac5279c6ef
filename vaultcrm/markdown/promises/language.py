"""What a language says for a promise, and for what is done: one table for each language, in the modules beside this one.

The phrases are without case and accents (`normalize.fold`). What they find becomes part of the catalogue: whoever changes
them raises `catalog.schema.SCHEMA`.
"""

from typing import NamedTuple


class Language(NamedTuple):
    """`marks` are texts of which one is in nearly every text of the language, `hints` those of which one is in every promise that
    `promise` finds: both are faster to look for than the patterns.

    In `promise` and `others`, a group `what…` begins where the promise does; `others` finds what somebody else is said to do. `done`
    finds what says that something is done, or comes with the text.
    """

    marks: tuple[str, ...]
    hints: tuple[str, ...]
    promise: str
    done: str
    others: str = r"(?!)"
