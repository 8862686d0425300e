"""`reviews age` and `reviews lapsed`: what happens to reviews nobody looks at, and the list of what lapsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import click
from sqlalchemy import Connection

from ..moderation.queries.ageing import Aging, due_to_escalate, due_to_lapse
from ..moderation.queries.lapses import NEWEST, LapsedLine, LapseFilter, lapse_counts, lapses
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken
from .acting import acting, actor_of

_Find = Callable[[Connection, int, datetime, tuple[datetime, int], int], list[Aging]]
_AT_A_TIME = 200
_BEFORE_ALL = (datetime(1970, 1, 1, tzinfo=UTC), 0)


@spoken.command(
    "age", help=N_("Escalate [reviews] whose [group] is late, and let lapse what a policy lets. `work` does it, too.")
)
@spoken.option("--dry-run", is_flag=True, help=N_("Say what would happen, and do nothing."))
@click.pass_obj
def age(wiki: Wiki, dry_run: bool) -> None:
    if dry_run:
        _say_what_would_happen(wiki)
        return
    done = wiki.age_reviews()
    click.echo(kb_t("{escalated} escalated, {lapsed} lapsed.", escalated=done.escalated, lapsed=done.lapsed))
    if done.failed:
        raise click.ClickException(
            kb_t("{failed} could not be aged; the log says why. The next run tries again.", failed=done.failed)
        )


def _say_what_would_happen(wiki: Wiki) -> None:
    counts = []
    with wiki.read() as connection:
        for find, what in ((due_to_escalate, "escalate"), (due_to_lapse, "lapse")):
            found = list(_all(connection, wiki, find))
            counts.append(len(found))
            for one in found:
                place = wiki.subjects[one.subject_kind].place(connection, one.subject_id)
                span, where = f"{one.base}..{one.head}", place.path or place.title
                click.echo("\t".join((what, str(one.id), one.group, span, where, one.to)))
    click.echo(
        kb_t(
            "A dry run: {escalated} would be escalated, {lapsed} would lapse. Nothing was changed.",
            escalated=counts[0],
            lapsed=counts[1],
        )
    )


def _all(connection: Connection, wiki: Wiki, find: _Find) -> Iterator[Aging]:
    now, after = wiki.clock(), _BEFORE_ALL
    while found := find(connection, wiki.id, now, after, _AT_A_TIME):
        yield from found
        after = (found[-1].at, found[-1].id)


@spoken.command("lapsed", help=N_("List what lapsed, newest first, and count it by policy, [space] and [group]."))
@spoken.option("--policy", help=N_("Under this policy only."))
@spoken.option("--space", metavar="PATH", help=N_("In this [space] only."))
@spoken.option("--group", help=N_("Of this [group] only."))
@spoken.option(
    "--count", default=50, show_default=True, help=N_("How many of the newest to list; the counts are of all.")
)
@acting
@click.pass_obj
def lapsed(
    wiki: Wiki,
    policy: str | None,
    space: str | None,
    group: str | None,
    count: int,
    actor_id: str,
    actor_name: str | None,
    groups: tuple[str, ...],
) -> None:
    actor, wanted = actor_of(wiki, actor_id, actor_name, groups), LapseFilter(policy, space, group)
    with wiki.read() as connection:
        lines = lapses(connection, wiki.id, actor, wiki.subjects, wanted, before=NEWEST, count=count)
        counts = lapse_counts(connection, wiki.id, actor, wanted)
    for line in lines:
        click.echo("\t".join(_told(line)))
    for one in counts:
        click.echo(f"{one.policy}, {one.space or '/'}, {one.group}: {one.count}")
    total = sum(one.count for one in counts)
    if total > count:
        click.echo(kb_t("{total} in all. Listed are the newest {count}.", total=total, count=count))
    else:
        click.echo(kb_t("{total} in all.", total=total))


def _told(line: LapsedLine) -> tuple[str, ...]:
    late = (
        kb_t(
            "looked at by {looked_by} on {looked_at}", looked_by=line.looked_by, looked_at=f"{line.looked_at:%Y-%m-%d}"
        )
        if line.looked_at
        else kb_t("not looked at")
    )
    return (
        str(line.id),
        line.policy,
        line.space or "/",
        line.group,
        f"{line.base}..{line.head}",
        line.path or line.title,
        f"{line.lapsed_at:%Y-%m-%d %H:%M}",
        late,
    )
