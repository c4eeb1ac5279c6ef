"""Handles: short hexadecimal IDs, derived from a record's path and contents."""

from vaultcrm.disk.blake2 import blake2b


def handle(*parts: str) -> str:
    """A record's handle: 12 hexadecimal digits, always the same for the same parts."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
