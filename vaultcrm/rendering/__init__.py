"""Templates, and the text of new notes."""
