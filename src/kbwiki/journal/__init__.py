"""The journal: every change and decision as an entry in one append-only, hash-chained record."""
