"""A Crm in the past: every action that reads answers from it as it would have then, and none can write."""

from datetime import date, datetime, time
from typing import NoReturn

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.errors import Refused
from vaultcrm.vault.vault import Vault


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

    def writing(self) -> NoReturn:
        """The past can't be written. Raises Refused."""
        raise Refused(f"This is the vault as it was on {self.today}, which can't be changed.", "Leave out --as-of to change it now.")
