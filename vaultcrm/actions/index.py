"""The index brought up to date, made anew, or compared with the notes byte by byte."""

from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.update import Progress
from vaultcrm.disk import files
from vaultcrm.errors import Unreadable
from vaultcrm.search.index import Index


class IndexResult(NamedTuple):
    """`notes` are in the index, `indexed` of them were put there now; `differing` are paths that a stamp had hidden."""

    notes: int
    indexed: int
    differing: list[str]


def index(crm: Crm, rebuild: bool = False, verify: bool = False, progress: Progress | None = None) -> IndexResult:
    """Catch up, and let the index follow. `verify` reads every note again, whatever its times say."""
    found = Index(crm.vault, crm.catalog)

    def refill() -> None:
        crm.catalog.clear()
        crm.invalidate()
        crm.refresh()

    if rebuild:
        done = found.rebuild(refill, progress)
        return IndexResult(done, done, [])
    crm.refresh()
    done = found.update(progress)
    differing = _differing(crm, found) if verify else []
    if differing:
        refill()
        done += found.update(progress)
    return IndexResult(found.count(), done, differing)


def _differing(crm: Crm, index: Index) -> list[str]:
    """The notes whose bytes are not those that the catalogue or the index has read."""
    known = crm.catalog.digests()
    indexed = index.documents()
    wrong = {path for path in known.keys() | indexed.keys() if known.get(path) != indexed.get(path)}
    for path in known.keys() - wrong:
        try:
            if files.digest(crm.vault.read(path).data) != known[path]:
                wrong.add(path)
        except (FileNotFoundError, Unreadable):
            wrong.add(path)
    return sorted(wrong)
