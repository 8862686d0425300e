"""Full-text search: analysis of text, the query language, the index, snippets."""
