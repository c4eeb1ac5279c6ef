"""Link resolvers for vaults that exist only as lists of paths."""

from collections.abc import Mapping, Sequence

from vaultcrm.disk.filenames import title_of_path
from vaultcrm.links.resolver import LinkResolver, NoteRow
from vaultcrm.normalize import fold


def make_resolver(
    notes: Sequence[str], clients: Sequence[str] = (), client_names: Mapping[str, list[str]] | None = None, other_files: Sequence[str] = ()
) -> LinkResolver:
    """A resolver for the notes, of which some are `clients`, and for files that are not notes."""
    rows = [NoteRow(path, fold(title_of_path(path)), "client" if path in clients else None) for path in [*notes, *clients]]
    return LinkResolver(rows, client_names or {}, lambda: [*notes, *clients, *other_files])
