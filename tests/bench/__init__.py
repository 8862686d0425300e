"""Measurements: `make bench`, or `make bench ONLY=name`. Each prints one JSON line per figure, with the floor it is measured by."""
