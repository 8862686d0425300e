"""What plugins are told, and how it holds."""
