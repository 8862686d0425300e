"""What the tests of the numbers share: a journal as it is exported, and figures in the form of the second count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from kbwiki.actors import Actor
from kbwiki.journal.models import ActorRow, Entry
from kbwiki.moderation.numbers.figures import Figures, Numbers, Share
from kbwiki.moderation.numbers.period import Period
from kbwiki.moderation.numbers.queries import numbers
from kbwiki.testing import ADMIN
from kbwiki.wiki import Wiki


def exported(wiki: Wiki) -> list[dict[str, Any]]:
    """The whole journal, in the order of the chain."""
    wiki.seal()
    columns = (
        Entry.position, Entry.kind, Entry.at, Entry.subject_kind, Entry.subject_id, Entry.number, Entry.exempt,
        Entry.payload, ActorRow.external_id.label("actor"),
    )  # fmt: skip
    statement = select(*columns).join(ActorRow, ActorRow.id == Entry.actor_id).where(Entry.wiki_id == wiki.id)
    with wiki.read() as connection:
        return [dict(row._mapping) for row in connection.execute(statement.order_by(Entry.position))]


def numbers_of(
    wiki: Wiki,
    period: Period,
    now: datetime,
    *,
    by: Actor = ADMIN,
    group: str | None = None,
    space: str | None = None,
) -> Numbers:
    """The numbers as somebody sees them."""
    with wiki.read() as connection:
        return numbers(connection, wiki.id, by, period, now, wiki.settings, group=group, space=space)


def plain(one: Figures) -> dict[str, Any]:
    """Figures as the second count gives them."""
    return {
        "first-look": (one.first_look.n, one.first_look.looked),
        "median": one.first_look.median,
        "ninetieth": one.first_look.ninetieth,
        "first-look-buckets": [bucket.count for bucket in one.first_look.buckets],
        "waiting": (one.waiting.needs_look, one.waiting.with_author),
        "overdue": one.waiting.overdue,
        "oldest": one.waiting.oldest,
        "ages": [bucket.count for bucket in one.waiting.buckets],
        "in-time": _pair(one.in_time),
        "lapsed": _pair(one.lapsed),
        "taken-out": _pair(one.taken_out),
        "answers": dict(one.answers),
        "twice": (*_pair(one.twice), one.several, one.again),
        "overturned": _pair(one.overturned),
        "agreement": _pair(one.agreement),
    }


def _pair(share: Share) -> tuple[int, int]:
    return share.hits, share.n
