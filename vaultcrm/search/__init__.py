"""Full text over the notes: the language of queries, the Whoosh index, and how it is asked."""
