"""Which note a link leads to, which client a note belongs to, and how links are rewritten after a move."""
