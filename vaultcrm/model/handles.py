"""Handles: short hexadecimal IDs, derived from a record's path and contents."""


def handle(*parts: str) -> str:
    """A record's handle: 12 hexadecimal digits, always the same for the same parts."""
    import hashlib  # late: a command that makes no handle starts faster without it

    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
