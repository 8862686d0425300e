"""The people around a review: its authors with their records, and the colleagues who looked lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from ..moderation.queries.around import onlookers
from ..moderation.queries.records import AuthorRecord
from ..moderation.queries.review import ReviewView
from .visit import Visit
from .words import when, who


@dataclass(frozen=True, slots=True)
class Record:
    """An author's record here."""

    changes: int
    approved: int
    reverted: int
    hidden: int
    first_seen: datetime | None
    first_seen_when: Markup | str


@dataclass(frozen=True, slots=True)
class AuthorLine:
    """An author of the changes under review."""

    name: str
    kind: str
    record: Record


@dataclass(frozen=True, slots=True)
class OnlookerLine:
    """A colleague who looked lately."""

    name: str
    when: Markup


def author_lines(visit: Visit, view: ReviewView) -> tuple[AuthorLine, ...]:
    """The authors of the review, with what is known of them."""
    return tuple(_author(visit, one) for one in view.authors)


def _author(visit: Visit, one: AuthorRecord) -> AuthorLine:
    verdicts = one.verdicts
    return AuthorLine(
        who(one.name),
        one.kind,
        Record(
            one.changes,
            verdicts.get("approve", 0),
            verdicts.get("revert", 0),
            verdicts.get("hide", 0),
            one.first_seen,
            when(one.first_seen, visit.now) if one.first_seen else "",
        ),
    )


def onlooker_lines(visit: Visit, view: ReviewView, *, but: str) -> tuple[OnlookerLine, ...]:
    """Who else looked at this lately, `but` whoever has it now; nobody for a review that is closed."""
    if view.why_not:
        return ()
    found = onlookers(
        visit.connection,
        visit.wiki.id,
        view.id,
        group=view.group,
        subject=(view.subject_kind, view.subject_id),
        me=visit.actor,
        now=visit.now,
    )
    return tuple(OnlookerLine(one.name, when(one.at, visit.now)) for one in found if one.name != but)
