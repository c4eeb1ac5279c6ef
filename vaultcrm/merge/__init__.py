"""Merging two versions of a note, and resolving the conflicts that Git leaves."""
