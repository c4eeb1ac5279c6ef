"""Full-text search: the query language, the Whoosh index, and how it answers. Follows the catalogue."""
