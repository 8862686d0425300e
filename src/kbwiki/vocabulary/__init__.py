"""The wiki's own terms, as administrators keep them in the database; each change is looked at, and can be undone."""
