"""How much a change deserves a look: a sum of named reasons, each with its weight. Pure.

The weights are those of a rule written by hand that reached an area under the curve of .83 on labelled encyclopedia
edits, and .85 on another wiki's full history (../shared/FACTS.md, "Moderation").
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

NEW_FOR_DAYS = 30

_WORD = re.compile(r"\w+")
_RUN = re.compile(r"(\S)\1{5,}")


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
    """Which words a change put in and took out, wherever they stand, and the lines that are new."""

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

    @property
    def size(self) -> int:
        """Bytes of the words put in and taken out."""
        return sum(len(word.encode()) * count for word, count in (self.added + self.removed).items())

    @cached_property
    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        return Counter(_WORD.findall(self.before)), Counter(_WORD.findall(self.after))


@dataclass(frozen=True, slots=True)
class Author:
    """What is known of who made the change. `days_known` is None when this is their first change."""

    anonymous: bool
    automated: bool
    moderator: bool
    days_known: float | None


def assess(author: Author, words: Words) -> tuple[Reason, ...]:
    """Every reason that applies, in a fixed order. The risk is the sum of their weights: see `total`."""
    added, removed = words.added.total(), words.removed.total()
    new_words = {word.casefold() for word in words.added}
    young = not author.anonymous and (author.days_known is None or author.days_known < NEW_FOR_DAYS)
    said = (
        Reason("anonymous", 3.0 * author.anonymous),
        Reason("new-author", 2.0 * young),
        Reason("automated-or-moderator", -4.0 * (author.automated or author.moderator)),
        Reason("profanity", 2.0 * (not new_words.isdisjoint(_PROFANE))),
        Reason("informal", 1.0 * (not new_words.isdisjoint(_INFORMAL))),
        Reason("character-run", 1.5 * words.has_run),
        Reason("pure-deletion", 1.0 * (removed > 0 and added == 0)),
        Reason("words-removed", 0.15 * math.log2(removed) if removed else 0.0),
        Reason("words-added", -0.1 * math.log2(added) if added else 0.0),
    )
    return tuple(reason for reason in said if reason.weight)


def total(reasons: tuple[Reason, ...]) -> float:
    """The risk: what the reasons weigh together."""
    return math.fsum(reason.weight for reason in reasons)
