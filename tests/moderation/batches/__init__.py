"""Many decisions at once, on both databases."""
