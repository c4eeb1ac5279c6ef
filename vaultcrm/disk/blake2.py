"""The hash BLAKE2b, without loading OpenSSL."""

try:
    # where hashlib has it from; importing hashlib itself loads OpenSSL too, a tenth of a minimal program
    from _blake2 import blake2b
except ImportError:  # another Python than CPython
    from hashlib import blake2b

__all__ = ["blake2b"]
