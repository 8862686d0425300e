"""Spaces: subtrees of paths with their readers, writers and responsible groups."""
