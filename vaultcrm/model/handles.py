"""Handles: short hexadecimal IDs derived from what a record is and where it is."""


def handle(*parts: str) -> str:
    """The handle of a record, derived from where and what it is: 12 hexadecimal digits."""
    import hashlib  # late: notes have no handle of their own until one is asked for

    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
