"""Several pages at once."""
