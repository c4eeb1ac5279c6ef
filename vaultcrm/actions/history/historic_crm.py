"""A Crm in the past: every action that reads answers from it as it would have then, and none can write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import TYPE_CHECKING, NoReturn

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.errors import Refused
from vaultcrm.vault.vault import Vault

if TYPE_CHECKING:
    from vaultcrm.vault.writer import Writer


class HistoricCrm(Crm):
    """A vault at the end of a day, on a catalogue in memory. Close the catalogue after use."""

    def __init__(self, crm: Crm, vault: Vault, catalog: Catalog, day: date) -> None:
        """`crm` is the one of the vault as it is now; `vault` and `catalog` are those of the day."""
        self.vault = vault
        self.catalog = catalog
        self.now = datetime.combine(day, time(23, 59))
        self.words = crm.words
        self.progress = None
        self.after_writing = None
        self.choose = crm.choose
        self.notices = []
        self._is_complete = self._knows_names = True  # the past doesn't change, so there is nothing to refresh

    def invalidate(self) -> None:
        """Nothing can become out of date."""

    @contextmanager
    def writing(self) -> "Iterator[Writer]":
        """The past can't be written. Raises Refused."""
        yield self._refuse()

    def _refuse(self) -> NoReturn:
        raise Refused(f"This is the vault as it was on {self.today}, which can't be changed.", "Leave out --as-of to change it now.")
