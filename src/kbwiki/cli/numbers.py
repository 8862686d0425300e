"""The numbers on the command line, as an administrator sees them."""

from __future__ import annotations

import csv
import re
import sys
from datetime import datetime

import click

from ..actors import SYSTEM, Actor
from ..moderation.numbers.period import Period
from ..moderation.numbers.queries import numbers
from ..moderation.numbers.table import HEAD, Row, rows_of
from ..wiki import Wiki
from ..wording import N_, kb_t
from ..wording.amounts import grouped
from . import spoken

_DAY = click.DateTime(["%Y-%m-%d"])
_BELOW = re.compile(r"below (\d+) hours")
_WHAT = {
    "median": N_("median"),
    "ninetieth": N_("ninetieth"),
    "looked at": N_("looked at"),
    "for the group": N_("for the [group]"),
    "for its author": N_("for its author"),
    "overdue": N_("overdue"),
    "oldest": N_("oldest"),
    "count": N_("count"),
    "longer": N_("longer"),
    "more than one person": N_("more than one person"),
    "decided before": N_("decided before"),
    "left unseen": N_("left unseen"),
    "drawn, not decided yet": N_("drawn, not decided yet"),
    "estimated share": N_("estimated share"),
    "at least": N_("at least"),
    "at most": N_("at most"),
}


@spoken.command(
    "numbers",
    help=N_("Print how the [groups]' work goes: how soon, how much, how well. Of [groups] and [spaces], of no person."),
)
@spoken.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660), help=N_("The last so many days."))
@spoken.option("--from", "first", type=_DAY, metavar="DAY", help=N_("The first day instead, in UTC."))
@spoken.option("--to", "last", type=_DAY, metavar="DAY", help=N_("The last day, with --from. Default: today."))
@spoken.option("--group", help=N_("Of this [group] alone."))
@spoken.option("--space", help=N_("Of the [space] at this path, and those below it."))
@spoken.option("--csv", "as_csv", is_flag=True, help=N_("As comma-separated values, every [group] and [space] too."))
@click.pass_obj
def numbers_(
    wiki: Wiki,
    days: int,
    first: datetime | None,
    last: datetime | None,
    group: str | None,
    space: str | None,
    as_csv: bool,
) -> None:
    now = wiki.clock()
    period = Period.between(first.date(), (last or now).date(), now) if first else Period.last(days, now)
    admin = Actor(SYSTEM.id, SYSTEM.name, frozenset({wiki.settings.admin_group}), SYSTEM.kind)
    with wiki.read() as connection:
        found = numbers(connection, wiki.id, admin, period, now, wiki.settings, group=group, space=space)
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows((row.part, row.name, row.figure, row.what, row.value, row.of) for row in rows_of(found))
        return
    click.echo(
        kb_t("{since} to {until} UTC", since=f"{period.since:%Y-%m-%d %H:%M}", until=f"{period.until:%Y-%m-%d %H:%M}")
    )
    for row in rows_of(found):
        if row.part == "all":
            click.echo(f"{row.figure}\t{row.name or _what(row)}\t{_said(row)}")


def _what(row: Row) -> str:
    """What the number is; in the rows for programs it is the same word in every language."""
    if found := _BELOW.fullmatch(row.what):
        return kb_t("below {n} hour", "below {n} hours", n=int(found[1]))
    return kb_t(_WHAT.get(row.what, row.what))


def _said(row: Row) -> str:
    if row.value is None:
        return kb_t("cannot be told ({of})", of=grouped(row.of)) if row.of is not None else kb_t("cannot be told")
    shown = f"{row.value:.3f}".rstrip("0") if isinstance(row.value, float) else ""
    value = grouped(row.value, len(shown.partition(".")[2]))
    return kb_t("{value} of {of}", value=value, of=grouped(row.of)) if row.of is not None else value
