"""Bringing pages in from elsewhere, and taking everything out again."""
