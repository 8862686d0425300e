"""Several pages at once: moved, tagged, untagged or deleted, each by a change of its own, and all undone at once."""
