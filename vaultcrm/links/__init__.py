"""Which note a link points to, which client a note belongs to, and how links change when files are moved."""
