"""What to show: the numbers for one actor, and what they can be asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, union

from ...actors import Actor
from ...errors import Forbidden
from ...settings import Settings
from ...spaces.models import Grant, Space
from ...spaces.policy import Right, contains
from ...spaces.queries import readable_spaces
from ...wording import kb_t
from ..models import Tally
from ..queries.state import reviewing_groups
from .counting import Course, Tallying
from .figures import Figures, Numbers
from .lines import Scope, decision_lines, opinion_lines, review_lines
from .period import Period
from .unseen import find_unseen

_ALL_GROUPS = union(
    select(Grant.group)
    .join(Space, Space.id == Grant.space_id)
    .where(Space.wiki_id == bindparam("wiki_id"), Grant.right == Right.REVIEW.value),
    select(Tally.group).where(Tally.wiki_id == bindparam("wiki_id")),
)


def groups_of(connection: Connection, wiki_id: int, actor: Actor, settings: Settings) -> list[str]:
    """The groups whose numbers the actor may see, by name: their own that look after something, for administrators all.

    Errors: Forbidden for somebody in none.
    """
    if settings.admin_group in actor.effective_groups:
        return sorted(connection.execute(_ALL_GROUPS, {"wiki_id": wiki_id}).scalars())
    groups = reviewing_groups(connection, wiki_id, actor)
    if not groups:
        raise Forbidden(kb_t("The numbers are for the [groups] that look after parts of this [wiki]."))
    return groups


def numbers(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    period: Period,
    now: datetime,
    settings: Settings,
    *,
    group: str | None = None,
    space: str | None = None,
) -> Numbers:
    """The numbers of the period as the actor may see them, of one group and of the space at a path with all below it.

    A group or space that is not theirs to see counts as none: nothing is found. Errors: those of `groups_of`.
    """
    groups = groups_of(connection, wiki_id, actor, settings)
    titles = {id_: (path, title) for id_, path, title in readable_spaces(connection, wiki_id, actor)}
    scope = Scope(
        wiki_id,
        actor,
        tuple(groups) if group is None else tuple(one for one in groups if one == group),
        None if not space else tuple(id_ for id_, (path, _) in titles.items() if contains(space, path)),
    )
    cells: dict[tuple[str, int], Tallying] = defaultdict(lambda: Tallying(period, now))
    course = Course(period.points)
    for line in review_lines(connection, scope, period):
        course.review(line)
        cells[line.group, line.space_id].review(line)
    for decision in decision_lines(connection, scope, period):
        cells[decision.group, decision.space_id].decision(decision)
    for opinion in opinion_lines(connection, scope, period):
        cells[opinion.group, opinion.space_id].opinion(opinion)
    paths = {id_: path for id_, (path, _) in titles.items()}
    total = _added_up(("", cell) for cell in cells.values())
    return Numbers(
        period,
        now,
        total[0] if total else Tallying(period, now).figures(""),
        _added_up((name, cell) for (name, _), cell in cells.items()),
        _added_up((paths.get(id_, ""), cell) for (_, id_), cell in cells.items()),
        course.told(),
        find_unseen(connection, scope, period, settings) if group is None else None,
    )


def _added_up(cells: Iterable[tuple[str, Tallying]]) -> tuple[Figures, ...]:
    """The figures of all cells of a name together, by name."""
    found: dict[str, Tallying] = {}
    for name, cell in cells:
        found.setdefault(name, Tallying(cell.period, cell.now)).add(cell)
    return tuple(found[name].figures(name) for name in sorted(found))
