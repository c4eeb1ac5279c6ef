"""The vault as a folder: its settings, finding and reading its files, the only writer, and the journal for undo."""
