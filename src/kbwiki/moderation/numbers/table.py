"""The numbers as rows: what is downloaded, and what the command line prints. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from .figures import Bucket, Figures, Numbers, Share

HEAD = ("part", "name", "figure", "what", "value", "of")


@dataclass(frozen=True, slots=True)
class Row:
    """One number. Times are seconds; `of` is how many it rests on or is a part of; a value of None: it cannot be told.

    `part` is all, group, space or course; `name` the group, the space's path, or the moment.
    """

    part: str
    name: str
    figure: str
    what: str
    value: float | None
    of: int | None = None


def rows_of(numbers: Numbers) -> Iterator[Row]:
    """Every number, the whole first."""
    yield from _figures("all", numbers.total)
    for one in numbers.groups:
        yield from _figures("group", one)
    for one in numbers.spaces:
        yield from _figures("space", one)
    for point in numbers.course:
        at = point.at.isoformat(timespec="seconds")
        yield Row("course", at, "course", "open", point.open)
        yield Row("course", at, "course", "came in", point.came)
        yield Row("course", at, "course", "closed", point.closed)
    yield from _unseen(numbers)


def _figures(part: str, one: Figures) -> Iterator[Row]:
    name, look, waiting = one.name, one.first_look, one.waiting
    yield Row(part, name, "first-look", "median", _seconds(look.median), look.n)
    yield Row(part, name, "first-look", "ninetieth", _seconds(look.ninetieth), look.n)
    yield Row(part, name, "first-look", "looked at", look.looked, look.n)
    yield from _buckets(part, name, "first-look", look.buckets, look.n)
    yield _share(part, name, one.in_time)
    yield Row(part, name, "waiting", "for the group", waiting.needs_look, waiting.total)
    yield Row(part, name, "waiting", "for its author", waiting.with_author, waiting.total)
    yield Row(part, name, "waiting", "overdue", waiting.overdue, waiting.total)
    yield Row(part, name, "waiting", "oldest", _seconds(waiting.oldest), waiting.total)
    yield from _buckets(part, name, "waiting", waiting.buckets, waiting.total)
    yield _share(part, name, one.taken_out)
    for verdict, count in one.answers:
        yield Row(part, name, "answers", verdict, count, one.taken_out.n)
    yield _share(part, name, one.lapsed)
    yield _share(part, name, one.twice)
    yield Row(part, name, "twice", "more than one person", one.several, one.twice.n)
    yield Row(part, name, "twice", "decided before", one.again, one.twice.n)
    yield _share(part, name, one.overturned)
    yield _share(part, name, one.agreement)


def _share(part: str, name: str, share: Share) -> Row:
    return Row(part, name, share.key, "count", share.hits, share.n)


def _buckets(part: str, name: str, figure: str, buckets: tuple[Bucket, ...], of: int) -> Iterator[Row]:
    for one in buckets:
        what = "longer" if one.below is None else f"below {one.below // timedelta(hours=1)} hours"
        yield Row(part, name, figure, what, one.count, of)


def _unseen(numbers: Numbers) -> Iterator[Row]:
    found = numbers.unseen
    if found is None:
        return
    for rule, count in found.exempted.items():
        yield Row("all", rule, "unseen", "left unseen", count)
    yield Row("all", "", "unseen", "drawn, not decided yet", found.undecided)
    yield Row("all", "", "unseen", "estimated share", found.estimate.rate, found.estimate.looked_at)
    yield Row("all", "", "unseen", "at least", found.estimate.low, found.estimate.looked_at)
    yield Row("all", "", "unseen", "at most", found.estimate.high, found.estimate.looked_at)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
