"""Address books: vCards and tables of contacts."""
