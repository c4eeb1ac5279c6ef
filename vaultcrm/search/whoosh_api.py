"""The one door to Whoosh: every name of it that vaultcrm uses is imported here and nowhere else.

Whoosh 2.7.4 imports urllib.request, and with it http and ssl, and html, for functions that are never called, and
hashlib, which loads OpenSSL, for MD5, which Python has itself. That takes a third of its loading time, so stubs take
the place of these modules while Whoosh loads.
"""

import contextlib
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType


@contextlib.contextmanager
def _stub(name: str, **contents: object) -> Iterator[None]:
    """Let a module have only these contents, unless it is loaded already; leaves sys.modules as if nothing had been replaced."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = ModuleType(name)
    vars(sys.modules[name]).update(contents)
    try:
        yield
    finally:
        del sys.modules[name]


# Python warns when it compiles Whoosh 2.7.4: about an `is` with a literal, and from 3.12 on about invalid string escapes.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    # newer forks have neither this module nor these imports
    with contextlib.suppress(ImportError), _stub("urllib.request", urlretrieve=None), _stub("html", escape=None):
        import whoosh.compat
    with contextlib.suppress(ImportError):  # a Python for FIPS has no MD5 of its own
        md5 = import_module("_md5").md5
        with _stub("hashlib", md5=md5):
            import whoosh.filedb.filetables  # noqa: F401
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
