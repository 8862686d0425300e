"""The wiki's own terms, as administrators keep them in the database: each change stands in a queue, and can be undone."""
