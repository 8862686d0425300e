"""What somebody is shown because they were away: since when that was."""

from .visits import note_visit, since_last_visit

__all__ = ["note_visit", "since_last_visit"]
