"""Checkbox lines in the format of the Obsidian Tasks plugin: reading, editing, and the dates of the next occurrence."""
