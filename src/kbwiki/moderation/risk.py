"""How much a change deserves a look: a sum of named reasons, each with its weight. Pure.

Nothing is learned: the weights stand in `WEIGHTS`, and a host can set others. Those of the words and of who wrote them
are of a rule written by hand that reached an area under the curve of .83 on labelled encyclopedia edits, and .85 on
another wiki's full history; those of the author's record and of the page's reach were set by hand on one half of the
pages of a public wiki and measured on the other. docs/explanation/risk.md has the figures.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from ..errors import Invalid

NEW_FOR_DAYS = 30
MOST_REASONS = 5
"""More than that nobody reads at a glance."""

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "anonymous": 3.0,
        "new-author": 2.0,
        "automated-or-moderator": -4.0,
        "reverted-before": 2.0,
        "approved-before": -0.1,
        "new-here": 0.5,
        "profanity": 2.0,
        "informal": 1.0,
        "character-run": 1.5,
        "pure-deletion": 1.0,
        "words-removed": 0.15,
        "words-added": -0.1,
        "links-out": 0.5,
        "linked-to": 0.4,
        "reverted-here": 0.5,
    }
)
"""What each reason weighs. What is counted (words, sites, links, decisions) weighs so much for every doubling."""

_WORD = re.compile(r"\w+")
_RUN = re.compile(r"(\S)\1{5,}")
_SITE = re.compile(r"\bhttps?://([^\s/?#<>()\[\]\"'|]+)", re.IGNORECASE)


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.casefold().split())


_PROFANE = _listed(
    "arse arsehole ass asshole bastard bitch bollocks bullshit cock crap cunt damn dick dickhead fag faggot fuck fucked"
    " fucker fucking motherfucker nigger piss prick pussy retard shit shitty slut tits twat wanker whore"
    " arschloch fotze hure hurensohn scheiße scheisse wichser"
)
_INFORMAL = _listed(
    "awesome boring btw bye cool crazy dumb dunno gonna gotta haha hahaha hello hey hi idk idiot lame lmao lol loser"
    " omg plz stupid sucks thx ur wanna wtf yeah yo"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a change is more or less of a risk, and by how much."""

    name: str
    weight: float


@dataclass(frozen=True)
class Words:
    """Which words a change put in and took out, wherever they stand, the lines and the other sites that are new."""

    before: str
    after: str

    @cached_property
    def added(self) -> Counter[str]:
        """Words that are there more often than before."""
        return self._counts[1] - self._counts[0]

    @cached_property
    def removed(self) -> Counter[str]:
        """Words that are there less often than before."""
        return self._counts[0] - self._counts[1]

    @cached_property
    def has_run(self) -> bool:
        """Whether a new line has the same character six times or more (rulers and tables do: those do not count)."""
        new = set(self.after.splitlines()) - set(self.before.splitlines())
        return any(run[1].isalnum() or run[1] in "!?" for line in new for run in _RUN.finditer(line))

    @cached_property
    def sites(self) -> frozenset[str]:
        """Other sites that are named now and were not before."""
        before, after = ({name.casefold() for name in _SITE.findall(text)} for text in (self.before, self.after))
        return frozenset(after - before)

    @property
    def size(self) -> int:
        """Bytes of the words put in and taken out."""
        return sum(len(word.encode()) * count for word, count in (self.added + self.removed).items())

    @cached_property
    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        return Counter(_WORD.findall(self.before)), Counter(_WORD.findall(self.after))


@dataclass(frozen=True, slots=True)
class Author:
    """What is known of somebody who made a change. `days_known` is None when this is their first one here.

    `reverted` and `approved` are how many of their newest reviews ended so; `new_here`: they never changed this page
    before, and somebody else did.
    """

    anonymous: bool
    automated: bool
    moderator: bool
    days_known: float | None
    reverted: int = 0
    approved: int = 0
    new_here: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a page reaches: how many pages link to it, and how often changes of it were taken out lately."""

    linked_from: int = 0
    reverted: int = 0


NOBODY = Author(anonymous=False, automated=False, moderator=False, days_known=math.inf)
"""An author of whom nothing is to be said, such as one who is hidden."""


def merged(weights: Mapping[str, float]) -> Mapping[str, float]:
    """The default weights with these in their places. Errors: Invalid for a name there is not, or no number."""
    for name, weight in weights.items():
        if name not in WEIGHTS:
            known = ", ".join(WEIGHTS)
            raise Invalid("risk_weights", f"KBWIKI_RISK_WEIGHTS: there is no reason {name!r}. There are: {known}.")
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not math.isfinite(weight):
            raise Invalid("risk_weights", f"KBWIKI_RISK_WEIGHTS: {name!r} must weigh a number; it is {weight!r}.")
    return {**WEIGHTS, **weights}


def assess(
    authors: Author | Sequence[Author],
    words: Words | None,
    reach: Reach = Reach(),
    *,
    weights: Mapping[str, float] = WEIGHTS,
    more: Iterable[Reason] = (),
) -> tuple[Reason, ...]:
    """The heaviest reasons that apply, five at the most, heaviest first. The risk is their sum: see `total`.

    A change of several authors is as much of a risk as the least known of them. `words` of None: they are hidden, and
    nothing is said of them. `more` are reasons of plugins.
    """
    each = [authors] if isinstance(authors, Author) else list(authors)
    counts = (_of_author(author) for author in each or [NOBODY])
    about = max((_weighed(found, weights) for found in counts), key=total)
    rest = _weighed({**_of_words(words), **_of_reach(reach)}, weights)
    said = [reason for reason in (*about, *rest, *more) if reason.weight]
    return tuple(sorted(said, key=lambda reason: -abs(reason.weight))[:MOST_REASONS])


def total(reasons: Iterable[Reason]) -> float:
    """The risk: what the reasons weigh together."""
    return math.fsum(reason.weight for reason in reasons)


def _weighed(counts: Mapping[str, float], weights: Mapping[str, float]) -> tuple[Reason, ...]:
    return tuple(Reason(name, weights[name] * count) for name, count in counts.items() if count)


def _of_author(author: Author) -> dict[str, float]:
    """How much of each reason there is in who made the change."""
    young = not author.anonymous and (author.days_known is None or author.days_known < NEW_FOR_DAYS)
    return {
        "anonymous": author.anonymous,
        "new-author": young,
        "automated-or-moderator": author.automated or author.moderator,
        "reverted-before": math.log2(1 + author.reverted),
        "approved-before": math.log2(1 + author.approved),
        "new-here": author.new_here,
    }


def _of_words(words: Words | None) -> dict[str, float]:
    if words is None:
        return {}
    added, removed = words.added.total(), words.removed.total()
    new_words = {word.casefold() for word in words.added}
    return {
        "profanity": not new_words.isdisjoint(_PROFANE),
        "informal": not new_words.isdisjoint(_INFORMAL),
        "character-run": words.has_run,
        "pure-deletion": removed > 0 and added == 0,
        "words-removed": math.log2(removed) if removed else 0.0,
        "words-added": math.log2(added) if added else 0.0,
        "links-out": math.log2(1 + len(words.sites)),
    }


def _of_reach(reach: Reach) -> dict[str, float]:
    return {"linked-to": math.log2(1 + reach.linked_from), "reverted-here": math.log2(1 + reach.reverted)}
