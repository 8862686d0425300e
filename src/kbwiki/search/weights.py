"""How much a word counts by where it stands."""

from __future__ import annotations

TITLE_WEIGHT = 5.0
HEADING_WEIGHT = 1.5
TAG_WEIGHT = 2.0
PATH_WEIGHT = 1.0
BODY_WEIGHT = 1.0
