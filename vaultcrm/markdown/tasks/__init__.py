"""Checkbox lines as the Obsidian plug-in Tasks has them: read, changed, and going on to their next day."""
