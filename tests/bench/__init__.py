"""Measurements: `make bench`, or `make bench ONLY=name`. One JSON line per figure, with the floor it is measured by."""
