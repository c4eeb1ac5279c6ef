"""Files on disk: read with a stamp, created, replaced, moved and locked. Imports only errors and normalize."""
