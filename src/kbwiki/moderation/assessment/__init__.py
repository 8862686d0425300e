"""Assessing the risk of live reviews, after the changes are in: by a consumer of the journal, never by a save."""
