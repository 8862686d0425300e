"""kbwiki inside hosts of different make."""
