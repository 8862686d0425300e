"""The list of what a moderator has put aside, and of the second looks they owe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden
from ..moderation.desk.aside import put_aside
from ..moderation.desk.opinions import asked_of
from ..moderation.queries.state import reviewing_groups
from .visit import Visit
from .words import day_and_time, kb_t, when


@dataclass(frozen=True, slots=True)
class AsideRow:
    """A review that the moderator has put aside."""

    id: int
    url: str
    title: str
    path: str
    group: str
    when: Markup
    until: str


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A review whose second look the moderator owes."""

    url: str
    title: str
    asked_by: str
    when: Markup


def aside_page(visit: Visit) -> Response:
    """What the moderator has put aside, and what they were asked to look at."""
    if not reviewing_groups(visit.connection, visit.wiki.id, visit.actor):
        raise Forbidden(
            kb_t("[Reviews] are for the [groups] that look after parts of this [wiki]; you are in none of them.")
        )
    lines = put_aside(visit.connection, visit.wiki.id, visit.actor, visit.wiki.subjects, visit.now)
    return visit.show(
        "kbwiki/aside.html",
        title=kb_t("Put aside"),
        section="reviews",
        asked=tuple(
            AskedRow(
                visit.url("review", id=one.review_id), one.title or "", one.asked_by, when(one.asked_at, visit.now)
            )
            for one in asked_of(visit.connection, visit.wiki.id, visit.actor)
        ),
        reviews=tuple(
            AsideRow(
                one.review_id,
                visit.url("review", id=one.review_id),
                one.title,
                one.path,
                one.group,
                when(one.at, visit.now),
                _until(one.until),
            )
            for one in lines
        ),
        queue_url=visit.url("queue"),
    )


def _until(moment: datetime | None) -> str:
    if moment is None:
        return kb_t("until something new comes")
    return kb_t("until {moment}", moment=day_and_time(moment))
