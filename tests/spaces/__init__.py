"""Spaces: what follows for whom, and how pages are filed."""
