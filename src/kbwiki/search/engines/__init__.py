"""The engines an index can be kept with, behind one protocol."""
