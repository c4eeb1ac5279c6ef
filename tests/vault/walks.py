"""What a walk through a vault finds, for the tests of it."""

from vaultcrm.vault.vault import Vault


def notes(vault: Vault, top: str = "", deep: bool = True) -> list[str]:
    return sorted(f"{look.path}/{name}".lstrip("/") for look in vault.walk(top, deep) for name in look.names)


def folders(vault: Vault) -> list[str]:
    return sorted(look.path for look in vault.walk())
