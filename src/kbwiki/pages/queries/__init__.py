"""What to show of pages. Every list uses `readable`; each module is one group of screens."""
