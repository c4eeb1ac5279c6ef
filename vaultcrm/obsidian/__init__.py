"""The files that Obsidian keeps beside the notes (property types, views, templates), and obsidian:// links."""
