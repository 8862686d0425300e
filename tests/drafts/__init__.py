"""Texts that were begun and not saved yet."""
