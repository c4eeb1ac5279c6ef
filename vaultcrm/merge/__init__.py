"""Two versions of a note merged into one, and the conflicts that Git leaves."""
