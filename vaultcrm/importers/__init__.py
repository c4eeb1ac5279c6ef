"""Readers of other programs' exports: bytes or paths in, messages, meetings and contacts out.

They write nothing, never ask the clock, and only `importers.mail.imap` uses the network. What they return comes
from strangers and is not yet safe to write: `importers.inert` makes it so. Imported by `actions` only.
"""
