"""The numbers: how the groups' work goes. Of groups and spaces; nothing here is about one person."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response

from ..errors import Invalid
from ..moderation.numbers.figures import (
    DEFINITIONS,
    FEWEST,
    FEWEST_FOR_NINETIETH,
    Bucket,
    Figures,
    Numbers,
    Share,
    Waits,
)
from ..moderation.numbers.period import DAYS, Period
from ..moderation.numbers.queries import groups_of, numbers
from ..moderation.numbers.table import HEAD, rows_of
from ..spaces.queries import readable_spaces
from .charts import Bar, bars, curve
from .figure_words import moment, per_cent, said, span, too_few
from .forms import number
from .visit import Visit
from .words import N_, VERDICTS, day, kb_t

DEFAULT_DAYS = 30
_NAMES = {7: N_("7 days"), 30: N_("30 days"), 90: N_("90 days"), 365: N_("a year")}
_BELOW = {
    timedelta(hours=1): N_("within an hour"),
    timedelta(hours=4): N_("within 4 hours"),
    timedelta(days=1): N_("within a day"),
    timedelta(days=3): N_("within 3 days"),
    timedelta(days=7): N_("within a week"),
}
_AGES = {
    timedelta(days=1): N_("less than a day"),
    timedelta(days=3): N_("1 to 3 days"),
    timedelta(days=7): N_("3 to 7 days"),
    timedelta(days=30): N_("7 to 30 days"),
    None: N_("more than 30 days"),
}
_TOOK_OUT = frozenset({"revert", "revert-part", "hide", "delete"})


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure at a glance: what it is, how much, and a sentence that says it."""

    name: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of a group or a space, each as it stands in its cell: (name, text)."""

    name: str
    cells: tuple[tuple[str, str], ...]


def numbers_page(visit: Visit) -> Response:
    """The numbers of a period, of one group or space if so asked; as CSV with `?format=csv`."""
    args = visit.request.args
    period, problem = _period(visit)
    group, space = args.get("group") or None, args.get("space") or None
    groups = groups_of(visit.connection, visit.wiki.id, visit.actor, visit.settings)
    found = numbers(
        visit.connection, visit.wiki.id, visit.actor, period, visit.now, visit.settings, group=group, space=space
    )
    if args.get("format") == "csv":
        return _csv(found)
    titles = {path: title for _, path, title in readable_spaces(visit.connection, visit.wiki.id, visit.actor)}
    chosen = {"group": group, "space": space, "days": args.get("days"), "from": args.get("from"), "to": args.get("to")}
    return visit.show(
        "kbwiki/numbers.html",
        title=kb_t("Numbers"),
        section="reviews",
        problem=problem,
        filters={**chosen, "groups": groups, "spaces": tuple((path, titles[path]) for path in titles if path)},
        days_choices=tuple((days, kb_t(_NAMES[days])) for days in DAYS),
        days=period.days,
        since=day(period.since),
        until=day(period.until - timedelta(microseconds=1)),
        csv_url=visit.url("numbers", **{**chosen, "format": "csv"}),
        queue_url=visit.url("queue"),
        definitions={key: kb_t(words) for key, words in DEFINITIONS.items()},
        **_facts(found, titles),
    )


def _period(visit: Visit) -> tuple[Period, str | None]:
    """The period that is asked for, and what was wrong with it; then the usual one is shown."""
    args = visit.request.args
    try:
        if args.get("from"):
            last = _day(args.get("to"), "to") if args.get("to") else visit.here.date()
            return Period.between(_day(args["from"], "from"), last, visit.here), None
    except Invalid as error:
        return Period.last(DEFAULT_DAYS, visit.here), str(error)
    days = args.get("days", type=number)
    return Period.last(days if days in DAYS else DEFAULT_DAYS, visit.here), None


def _day(said: str | None, field: str) -> date:
    try:
        return date.fromisoformat(said or "")
    except ValueError:
        raise Invalid(field, kb_t("“{said}” is no day; please write it as 2026-05-03.", said=said)) from None


def _facts(found: Numbers, titles: Mapping[str, str]) -> dict[str, Any]:
    """What the screen shows of the numbers."""
    total = found.total
    course = curve([point.open for point in found.course])
    return {
        "empty": not (total.first_look.n or total.waiting.total or total.twice.n or total.taken_out.n),
        "tiles": _tiles(found),
        "first_look": _first_look_bars(total.first_look),
        "ages": bars([(kb_t(_AGES[one.below]), one.count, "") for one in total.waiting.buckets]),
        "answers": bars(
            [(kb_t(VERDICTS[key]), n, "kb-took-out" if key in _TOOK_OUT else "") for key, n in total.answers]
        ),
        "waiting": total.waiting,
        "course": course,
        "points": tuple((moment(point.at), point) for point in found.course),
        "shares": _shares(total),
        "unseen": found.unseen,
        "groups": tuple(_line(one.name, one) for one in found.groups),
        "spaces": tuple(_line(titles.get(one.name, one.name), one) for one in found.spaces),
    }


def _tiles(found: Numbers) -> tuple[Tile, ...]:
    total, waiting = found.total, found.total.waiting
    look = total.first_look
    oldest = kb_t("The oldest has waited {span}.", span=span(waiting.oldest)) if waiting.oldest else ""
    late = (
        kb_t("{n} is overdue.", "{n} are overdue.", n=waiting.overdue) if waiting.overdue else kb_t("None is overdue.")
    )
    return (
        Tile(
            kb_t("First look"),
            span(look.median) if look.median is not None else "–",
            _about_looks(look),
        ),
        _share_tile(kb_t("In time"), total.in_time, kb_t("of what was due in this time was decided by then.")),
        Tile(kb_t("Waiting now"), str(waiting.total), f"{oldest} {late}".strip()),
        _share_tile(kb_t("Taken out"), total.taken_out, kb_t("of the [decisions] took something out of [a page].")),
        *_unseen_tile(found),
    )


def _about_looks(look: Waits) -> str:
    if look.median is None:
        return _why_no_median(look)
    half = kb_t("Half of what came in was looked at within this time")
    if look.ninetieth is not None:
        return kb_t("{half}, nine of ten within {span}.", half=half, span=span(look.ninetieth))
    if look.n >= FEWEST_FOR_NINETIETH:
        return kb_t("{half}; more than one in ten still waits.", half=half)
    return f"{half}."


def _why_no_median(look: Waits) -> str:
    if look.n == 0:
        return kb_t("Nothing came in in this time.")
    if look.n >= FEWEST:
        return kb_t(
            "More than half of what came in still waits: {looked} of {n} looked at.", looked=look.looked, n=look.n
        )
    return kb_t("Too few to tell: {n} came in, {looked} looked at.", looked=look.looked, n=look.n)


def _share_tile(name: str, share: Share, words: str) -> Tile:
    if share.share is None:
        return Tile(name, "–", too_few(share))
    return Tile(name, per_cent(share.share), f"{kb_t('{hits} of {n}', hits=share.hits, n=share.n)} {words}")


def _unseen_tile(found: Numbers) -> tuple[Tile, ...]:
    unseen = found.unseen
    if unseen is None or not (unseen.exempted or unseen.undecided or unseen.estimate.looked_at):
        return ()
    left = kb_t("{n} change", "{n} changes", n=sum(unseen.exempted.values()))
    name, guess = kb_t("Left unseen"), unseen.estimate
    if guess.rate is None:
        return (Tile(name, left, kb_t("No sample has been decided yet, so nothing can be said about them.")),)
    words = kb_t(
        "About {rate} of them would have been taken out or mended; very likely {low} to {high}. {n} samples say so.",
        rate=per_cent(guess.rate), low=per_cent(guess.low), high=per_cent(guess.high), n=guess.looked_at,
    )  # fmt: skip
    return (Tile(name, left, words),)


def _first_look_bars(look: Waits) -> tuple[Bar, ...]:
    rows = [(_within(one), one.count, "") for one in look.buckets]
    return bars([*rows, (kb_t("not yet"), look.n - look.looked, "kb-not-yet")])


def _within(bucket: Bucket) -> str:
    return kb_t(_BELOW[bucket.below]) if bucket.below is not None else kb_t("later")


def _shares(one: Figures) -> tuple[tuple[str, str, str], ...]:
    """Key, name and words of each share."""
    twice = said(one.twice)
    if one.twice.hits:
        more = kb_t(
            "{several} took more than one person, {again} had been decided before.",
            several=one.several, again=one.again,
        )  # fmt: skip
        twice = f"{twice}. {more}"
    return (
        ("in-time", kb_t("In time"), said(one.in_time)),
        ("taken-out", kb_t("Taken out"), said(one.taken_out)),
        ("twice", kb_t("Handled twice"), twice),
        ("overturned", kb_t("Overturned after [an appeal]"), said(one.overturned)),
        ("agreement", kb_t("Second looks that agree"), said(one.agreement)),
        ("lapsed", kb_t("Lapsed unreviewed"), said(one.lapsed)),
    )


def _line(name: str, one: Figures) -> Line:
    look = one.first_look
    shares = (
        (kb_t("In time"), one.in_time),
        (kb_t("Taken out"), one.taken_out),
        (kb_t("Handled twice"), one.twice),
        (kb_t("Overturned"), one.overturned),
        (kb_t("Second looks agree"), one.agreement),
        (kb_t("Lapsed"), one.lapsed),
    )
    return Line(
        name,
        (
            (kb_t("Waiting"), str(one.waiting.total)),
            (kb_t("Came in"), str(look.n)),
            (kb_t("First look, half"), span(look.median)),
            (kb_t("nine of ten"), span(look.ninetieth)),
            *((label, _short(share)) for label, share in shares),
        ),
    )


def _short(share: Share) -> str:
    """A share in a cell: where there are too few, the count alone."""
    if share.share is None:
        return kb_t("{hits} of {n}", hits=share.hits, n=share.n) if share.n else "–"
    return said(share)


def _csv(found: Numbers) -> Response:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in rows_of(found):
        # A name that a spreadsheet would take for a formula stays a name.
        name = f"'{row.name}" if row.name[:1] in ("=", "+", "-", "@") else row.name
        writer.writerow((row.part, name, row.figure, row.what, row.value, row.of))
    response = Response(out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    return response
