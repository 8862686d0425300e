"""What the documentation says is so: its examples run, and its reference is complete."""
