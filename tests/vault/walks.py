"""The paths that a walk through a vault finds."""

from vaultcrm.vault.vault import Vault


def notes(vault: Vault, top: str = "", recursive: bool = True) -> list[str]:
    return sorted(f"{folder.path}/{name}".lstrip("/") for folder in vault.walk(top, recursive) for name in folder.names)


def folders(vault: Vault) -> list[str]:
    return sorted(folder.path for folder in vault.walk())
