"""The door to Whoosh: everything that vaultcrm uses of it is imported here, and nowhere else.

Whoosh 2.7.4 imports urllib.request, and with it http and ssl, for a function that it never calls: a
third of its loading time. An empty module takes the place of urllib.request while Whoosh loads.
"""

import contextlib
import sys
import warnings
from types import ModuleType


def _import_without_urllib() -> None:
    if "urllib.request" in sys.modules:
        return
    stand_in = ModuleType("urllib.request")
    stand_in.urlretrieve = None  # type: ignore[attr-defined]  # the one name that Whoosh imports from it
    sys.modules["urllib.request"] = stand_in
    try:
        with contextlib.suppress(ImportError):  # newer forks have no such module, and no such import
            import whoosh.compat  # noqa: F401
    finally:
        del sys.modules["urllib.request"]


_import_without_urllib()
with warnings.catch_warnings():  # Python 3.12 and newer warn about a few string escapes when they compile Whoosh 2.7.4
    warnings.simplefilter("ignore")
    from whoosh import columns, fields, formats
    from whoosh.codec.whoosh3 import W3Codec
    from whoosh.filedb.filestore import FileStorage
    from whoosh.lang import aliases, languages, stemmer_for_language
    from whoosh.reading import SegmentReader, TermNotFound
    from whoosh.writing import SegmentWriter

__all__ = [
    "FileStorage", "SegmentReader", "SegmentWriter", "TermNotFound", "W3Codec", "aliases", "columns", "fields", "formats", "languages",
    "stemmer_for_language",
]  # fmt: skip
