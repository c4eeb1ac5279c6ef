"""Full text over the notes: the language of queries, the Whoosh index, and how it is asked."""

import contextlib
import sys
from types import ModuleType

# Whoosh 2.7.4 imports urllib.request, and with it http and ssl, for a function that it never calls:
# a third of its loading time. While it is imported something else stands there.
if "urllib.request" not in sys.modules:
    _stand_in = ModuleType("urllib.request")
    _stand_in.urlretrieve = None  # type: ignore[attr-defined]  # all that Whoosh wants of it
    sys.modules["urllib.request"] = _stand_in
    try:
        with contextlib.suppress(ImportError):  # its newer forks have no such module, and no such import
            import whoosh.compat  # noqa: F401
    finally:
        del sys.modules["urllib.request"]
