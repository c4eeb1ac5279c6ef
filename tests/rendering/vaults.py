"""Vaults with a template of their own."""

from pathlib import Path


def with_template(root: Path, name: str, text: str | bytes) -> str:
    """The path of the vault `root`, which has this template."""
    (root / "templates").mkdir(exist_ok=True)
    (root / "templates" / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(root)
