"""What has been read from the vault so far, cached in SQLite, and how it catches up with the disk."""
