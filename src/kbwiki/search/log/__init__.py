"""What was asked of the search, without who asked: written aside, kept for a time, read by those who own the space."""
