"""The tests, in folders that mirror the packages of vaultcrm; what tests the program as a whole lies beside them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
