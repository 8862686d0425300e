"""Texts that were begun and not saved yet: kept for their authors, and for nobody else."""
