"""Update the search index, rebuild it, or compare it with the notes byte by byte."""

from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.update import Progress
from vaultcrm.disk import files
from vaultcrm.errors import Unreadable
from vaultcrm.search.index import Index


class IndexResult(NamedTuple):
    """The number of notes in the index, and how many of them were indexed now.

    `differing` are the paths of notes that had changed although their size and times had not.
    """

    notes: int
    indexed: int
    differing: list[str]


def index(crm: Crm, rebuild: bool = False, verify: bool = False, progress: Progress | None = None) -> IndexResult:
    """Update the index, or rebuild it. `verify` reads every note again; if any differs from the cache, all are read in again."""
    search_index = Index(crm.vault, crm.catalog)

    def rebuild_catalog() -> None:
        crm.catalog.clear()
        crm.invalidate()
        crm.refresh()

    if rebuild:
        count = search_index.rebuild(rebuild_catalog, progress)
        return IndexResult(count, count, [])
    crm.refresh()
    indexed = search_index.update(progress)
    differing = _find_differing(crm, search_index) if verify else []
    if differing:
        rebuild_catalog()
        indexed += search_index.update(progress)
    return IndexResult(search_index.count(), indexed, differing)


def _find_differing(crm: Crm, search_index: Index) -> list[str]:
    """The paths of the notes whose bytes are not those that the catalogue or the index has read."""
    catalog_digests = crm.catalog.digests()
    index_digests = search_index.documents()
    paths = catalog_digests.keys() | index_digests.keys()
    differing = {path for path in paths if catalog_digests.get(path) != index_digests.get(path)}
    for path in catalog_digests.keys() - differing:
        try:
            if files.digest(crm.vault.read(path).data) != catalog_digests[path]:
                differing.add(path)
        except (FileNotFoundError, Unreadable):
            differing.add(path)
    return sorted(differing)
