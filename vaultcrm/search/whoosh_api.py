"""The one door to Whoosh: every name of it that vaultcrm uses is imported here and nowhere else.

Whoosh 2.7.4 imports urllib.request, and with it http and ssl, for a function that it never calls. That
takes a third of its loading time, so a stub takes the place of urllib.request while Whoosh loads.
"""

import contextlib
import sys
import warnings
from types import ModuleType


def _load_compat_without_urllib() -> None:
    """Load whoosh.compat, the module that imports urllib.request; leaves sys.modules as if nothing had been replaced."""
    if "urllib.request" in sys.modules:
        return
    stub = ModuleType("urllib.request")
    stub.urlretrieve = None  # type: ignore[attr-defined]  # the one name that Whoosh imports from it
    sys.modules["urllib.request"] = stub
    try:
        with contextlib.suppress(ImportError):  # newer forks have neither this module nor this import
            import whoosh.compat  # noqa: F401
    finally:
        del sys.modules["urllib.request"]


_load_compat_without_urllib()
# Python warns when it compiles Whoosh 2.7.4: about an `is` with a literal, and from 3.12 on about invalid string escapes.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import columns, fields, formats
    from whoosh.codec.whoosh3 import W3Codec
    from whoosh.filedb.filestore import FileStorage
    from whoosh.lang import aliases, languages, stemmer_for_language, stopwords_for_language
    from whoosh.reading import SegmentReader, TermNotFound
    from whoosh.writing import SegmentWriter

__all__ = [
    "FileStorage", "SegmentReader", "SegmentWriter", "TermNotFound", "W3Codec", "aliases", "columns", "fields", "formats", "languages",
    "stemmer_for_language", "stopwords_for_language",
]  # fmt: skip
