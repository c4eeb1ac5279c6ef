"""`python -m vaultcrm`."""

from vaultcrm.cli.main import main

main()
