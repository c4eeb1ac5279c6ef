"""Full-text search: the query language, the Whoosh index, ranking and snippets. The index follows the catalogue."""
