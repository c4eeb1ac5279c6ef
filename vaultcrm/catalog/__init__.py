"""The catalogue: an SQLite cache of what the notes say, and the refresh that keeps it in step with the disk."""
