"""What counts as a word: one analysis of text for pages, questions and snippets, whichever engine keeps the index."""
