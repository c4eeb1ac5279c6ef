"""The folder of notes: its settings, walking it, writing it, and the journal that undo needs."""
