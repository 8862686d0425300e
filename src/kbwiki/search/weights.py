"""What makes a page stand before others, and how much. docs/explanation/search.md has what each is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..errors import Invalid

TITLE_WEIGHT = 5.0
HEADING_WEIGHT = 1.5
TAG_WEIGHT = 2.0
PATH_WEIGHT = 1.0
BODY_WEIGHT = 1.0

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "title": TITLE_WEIGHT,
        "headings": HEADING_WEIGHT,
        "tags": TAG_WEIGHT,
        "path": PATH_WEIGHT,
        "body": BODY_WEIGHT,
        "whole-title": 1.0,
        "in-a-row": 2.0,
        "links": 0.05,
        "fresh": 0.05,
        "reviewed": 0.05,
    }
)
"""The first five are of a word by where it stands, and part of the index; the others are of a page, and see `weighing`.

Tuned on one half of a public wiki's pages, but for ``fresh`` and ``reviewed``, of which that wiki cannot tell anything.
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How much a word counts by where it stands. An index made with other numbers is out of date."""

    title: float = TITLE_WEIGHT
    headings: float = HEADING_WEIGHT
    tags: float = TAG_WEIGHT
    path: float = PATH_WEIGHT
    body: float = BODY_WEIGHT


USUAL = Standing()


def merged(weights: Mapping[str, float]) -> Mapping[str, float]:
    """The default weights with these in their places. Errors: Invalid for a name there is not, or no number."""
    for name, weight in weights.items():
        if name not in WEIGHTS:
            known = ", ".join(WEIGHTS)
            raise Invalid("search_weights", f"KBWIKI_SEARCH_WEIGHTS: there is no weight {name!r}. There are: {known}.")
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not math.isfinite(weight) or weight < 0:
            raise Invalid(
                "search_weights", f"KBWIKI_SEARCH_WEIGHTS: {name!r} must be a number from 0 up; it is {weight!r}."
            )
    return {**WEIGHTS, **weights}


def standing(weights: Mapping[str, float]) -> Standing:
    """Of merged weights those that an engine needs to know."""
    return Standing(*(weights[name] for name in ("title", "headings", "tags", "path", "body")))
