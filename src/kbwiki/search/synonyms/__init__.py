"""Words that mean the same: which, who says so, and what a question becomes by them."""
