"""Figures as people say them: shares, times, and that there are too few to tell."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..moderation.numbers.figures import Share
from .words import day_and_time, kb_t
from .words import per_cent as in_per_cent


def too_few(share: Share) -> str:
    """That there are too few to tell, with how many there are."""
    if share.n == 0:
        return kb_t("There was none in this time.")
    return kb_t("Too few to tell: {hits} of {n}.", hits=share.hits, n=share.n)


def said(share: Share) -> str:
    """A share in words: 12 % (6 of 50), or that there are too few."""
    if share.share is None:
        return too_few(share).rstrip(".")
    return kb_t("{rate} ({hits} of {n})", rate=per_cent(share.share), hits=share.hits, n=share.n)


def per_cent(share: float) -> str:
    """A share as people read it: 94 %, and with one place where it is below ten."""
    return in_per_cent(share, 1 if 0 < share < 0.1 else 0)


def span(time: timedelta | None) -> str:
    """A time as people say it: 40 minutes, 3 hours, 2 days."""
    if time is None:
        return "–"
    if time >= timedelta(days=2):
        return kb_t("{n} day", "{n} days", n=round(time / timedelta(days=1)))
    if time >= timedelta(hours=2):
        return kb_t("{n} hour", "{n} hours", n=round(time / timedelta(hours=1)))
    return kb_t("{n} minute", "{n} minutes", n=round(time / timedelta(minutes=1)))


def moment(at: datetime) -> str:
    """A moment in a table."""
    return day_and_time(at)
