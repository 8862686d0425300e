"""What authors are told."""
