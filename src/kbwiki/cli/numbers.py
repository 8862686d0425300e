"""The numbers on the command line, as an administrator sees them."""

from __future__ import annotations

import csv
import sys
from datetime import datetime

import click

from ..actors import SYSTEM, Actor
from ..moderation.numbers.period import Period
from ..moderation.numbers.queries import numbers
from ..moderation.numbers.table import HEAD, Row, rows_of
from ..wiki import Wiki

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("numbers")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660), help="The last so many days.")
@click.option("--from", "first", type=_DAY, metavar="DAY", help="The first day instead, in UTC.")
@click.option("--to", "last", type=_DAY, metavar="DAY", help="The last day, with --from. Default: today.")
@click.option("--group", help="Of this group alone.")
@click.option("--space", help="Of the space at this path, and those below it.")
@click.option("--csv", "as_csv", is_flag=True, help="As comma-separated values, every group and space too.")
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
    """Print how the groups' work goes: how soon, how much, how well. Of groups and spaces, of no person."""
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
    click.echo(f"{period.since:%Y-%m-%d %H:%M} to {period.until:%Y-%m-%d %H:%M} UTC")
    for row in rows_of(found):
        if row.part == "all":
            click.echo(f"{row.figure}\t{row.name or row.what}\t{_said(row)}")


def _said(row: Row) -> str:
    if row.value is None:
        return f"cannot be told ({row.of})" if row.of is not None else "cannot be told"
    value = f"{row.value:.3f}".rstrip("0").rstrip(".") if isinstance(row.value, float) else str(row.value)
    return f"{value} of {row.of}" if row.of is not None else value
