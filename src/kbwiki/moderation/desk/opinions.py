"""A second look: a colleague says what they would do before they are shown what anybody else would.

Blind, because a judgement that knows another one agrees with it too often to be worth asking for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import aliased

from ...actors import Actor
from ...db import Transaction, table_of
from ...errors import Conflict, Invalid, NotFound
from ...journal.models import ActorRow
from ...pages.models import Page
from ...spaces.queries import bound, readable
from ...wording import kb_t
from ..access import require_not_own
from ..models import IS_LIVE, Decision, Opinion, Review, ReviewAuthor
from ..policy import ANSWERS, MAX_NOTE, Verdict
from .access import ME, get_live, ours, who_asks
from .traces import trace

RECENT = 500
"""How many of the newest decisions are looked at for colleagues to propose."""


@dataclass(frozen=True, slots=True)
class OpinionView:
    """A second look as one actor may see it. What is not theirs to see yet is None or empty.

    `to_me` tells that the actor was asked, `by_me` that they asked; `agrees` whether both would do the same.
    """

    id: int
    asked_by: str
    asked: str
    asked_at: datetime
    to_me: bool
    by_me: bool
    own_verdict: str | None
    verdict: str | None
    note: str
    given_at: datetime | None

    @property
    def agrees(self) -> bool | None:
        """Whether asker and asked would do the same; None while that is not known or not to be shown."""
        if self.verdict is None or self.own_verdict is None:
            return None
        return self.verdict == self.own_verdict


def ask_opinion(tx: Transaction, review_id: int, colleague: str, own_verdict: Verdict | str) -> int:
    """Ask the actor with the host's id `colleague` for a second look; what the asker would do is kept, not shown.

    Whether they are in the group is known when they answer, for only the host knows its groups. Errors: NotFound,
    Forbidden for authors of the changes, Invalid for somebody who cannot be asked, Conflict when they were asked.
    """
    leaning = _answer(own_verdict)
    review = get_live(tx, review_id, lock=True)
    require_not_own(tx, review.id)
    asked_id = _colleague(tx, review.id, colleague.strip())
    waiting = select(Opinion.id).where(
        Opinion.review_id == review.id, Opinion.asked_id == asked_id, Opinion.given_at.is_(None)
    )
    if tx.connection.execute(waiting).first() is not None:
        raise Conflict(kb_t("They have been asked already and have not answered yet."))
    created = tx.connection.execute(
        insert(table_of(Opinion)).returning(table_of(Opinion).c.id),
        {
            "review_id": review.id,
            "asked_by": tx.actor_id,
            "asked_id": asked_id,
            "asked_at": tx.now,
            "version": review.version,
            "own_verdict": leaning.value,
            "note": "",
        },
    )
    opinion_id = int(created.scalar_one())
    # What the asker would do stays out of it: the one who is asked may be able to read the journal.
    trace(tx, "ask-second-look", review.id, opinion_id)
    return opinion_id


def _answer(verdict: Verdict | str) -> Verdict:
    if verdict not in {one.value for one in ANSWERS}:
        raise Invalid("verdict", kb_t("Please choose what you would do with these changes."))
    return Verdict(verdict)


def _colleague(tx: Transaction, review_id: int, external_id: str) -> int:
    row = tx.connection.execute(
        select(ActorRow.id).where(ActorRow.wiki_id == tx.wiki_id, ActorRow.external_id == external_id)
    ).first()
    if row is None or not external_id:
        raise Invalid(
            "colleague",
            kb_t(
                "Nobody called “{external_id}” has ever done anything here; please check the name.",
                external_id=external_id,
            ),
        )
    if row.id == tx.actor_id:
        raise Invalid("colleague", kb_t("A second look is somebody else's: please choose a colleague."))
    own = select(ReviewAuthor.actor_id).where(
        ReviewAuthor.review_id == review_id, ReviewAuthor.actor_id == row.id
    )
    if tx.connection.execute(own).first() is not None:
        raise Invalid("colleague", kb_t("One of these changes is theirs; please choose somebody else."))
    return int(row.id)


def give_opinion(tx: Transaction, opinion_id: int, verdict: Verdict | str, note: str = "") -> int:
    """Say what one would do, once; the asker and the others see it from then on. The review's id.

    Errors: NotFound for anybody but the one who was asked, and for one who is not in the group; Forbidden for an
    author of the changes, Invalid, Conflict when it was given already or the review is closed.
    """
    given = _answer(verdict)
    if len(note) > MAX_NOTE:
        raise Invalid(
            "note", kb_t("The note is too long: at most {most} characters are possible.", most=MAX_NOTE)
        )
    asked = tx.connection.execute(
        select(Opinion.review_id, Opinion.own_verdict).where(Opinion.id == opinion_id, Opinion.asked_id == tx.actor_id)
    ).first()
    if asked is None:
        raise NotFound("second look", str(opinion_id))
    review = get_live(tx, asked.review_id, lock=True)
    require_not_own(tx, review.id)
    changed = tx.connection.execute(
        update(table_of(Opinion))
        .where(Opinion.id == opinion_id, Opinion.given_at.is_(None))
        .values(verdict=given.value, note=note.strip(), given_at=tx.now)
    )
    if changed.rowcount != 1:
        raise Conflict(kb_t("You have already said what you would do; it stays as it is."))
    trace(tx, "second-look", review.id, opinion_id, would=given.value, agrees=given.value == asked.own_verdict)
    return review.id


_ASKER, _ASKED = aliased(ActorRow), aliased(ActorRow)
_OF_REVIEW = (
    select(
        Opinion.id,
        _ASKER.name.label("asked_by"),
        _ASKED.name.label("asked"),
        Opinion.asked_at,
        _ASKER.external_id.label("asker_id"),
        _ASKED.external_id.label("asked_id"),
        Opinion.own_verdict,
        Opinion.verdict,
        Opinion.note,
        Opinion.given_at,
        (Opinion.given_at.is_(None) & IS_LIVE).label("owed"),
    )
    .join(Review, Review.id == Opinion.review_id)
    .join(_ASKER, _ASKER.id == Opinion.asked_by)
    .join(_ASKED, _ASKED.id == Opinion.asked_id)
    .order_by(Opinion.id)
)


def opinions_of(connection: Connection, wiki_id: int, review_id: int, actor: Actor) -> list[OpinionView]:
    """The second looks at a review, oldest first, as the actor may see them: nothing for people outside its group.

    Somebody who still owes one sees only that they were asked, and by whom. A closed review owes nobody anything.
    """
    rows = connection.execute(
        _OF_REVIEW.where(
            Opinion.review_id == review_id, Review.wiki_id == wiki_id, ours(actor), readable(Review.space_id)
        ),
        bound(actor),
    ).all()
    mine = [row for row in rows if row.asked_id == actor.id and row.owed]
    return [_view(row, actor, blind=bool(mine)) for row in mine or rows]


def _view(row: Any, actor: Actor, *, blind: bool) -> OpinionView:
    by_me = row.asker_id == actor.id
    shows_all = not blind and row.given_at is not None
    return OpinionView(
        id=row.id,
        asked_by=row.asked_by,
        asked=row.asked,
        asked_at=row.asked_at,
        to_me=row.asked_id == actor.id,
        by_me=by_me,
        own_verdict=row.own_verdict if shows_all or (by_me and not blind) else None,
        verdict=row.verdict if shows_all else None,
        note=row.note if shows_all else "",
        given_at=row.given_at,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A review that waits for the actor's second look."""

    opinion_id: int
    review_id: int
    title: str | None
    asked_by: str
    asked_at: datetime


def asked_of(connection: Connection, wiki_id: int, actor: Actor, *, count: int = 100) -> list[Asked]:
    """Where the actor was asked for a second look and still owes it, the oldest first."""
    rows = connection.execute(
        select(Opinion.id, Review.id, Page.title, _ASKER.name, Opinion.asked_at)
        .join(Review, Review.id == Opinion.review_id)
        .join(_ASKER, _ASKER.id == Opinion.asked_by)
        .outerjoin(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
        .where(
            Opinion.asked_id == ME,
            Opinion.given_at.is_(None),
            Review.wiki_id == wiki_id,
            IS_LIVE,
            ours(actor),
            readable(Review.space_id),
        )
        .order_by(Opinion.id)
        .limit(count),
        {**who_asks(wiki_id, actor), **bound(actor)},
    )
    return [Asked(*row) for row in rows]


def colleagues(connection: Connection, wiki_id: int, group: str, actor: Actor) -> list[tuple[str, str]]:
    """Id and name of people who lately decided for the group, without the actor: whom one may want to ask."""
    newest = (
        select(Decision.actor_id, Decision.group)
        .where(Decision.wiki_id == wiki_id)
        .order_by(Decision.id.desc())
        .limit(RECENT)
        .subquery()
    )
    rows = connection.execute(
        select(ActorRow.external_id, ActorRow.name)
        .join(newest, newest.c.actor_id == ActorRow.id)
        .where(newest.c.group == group, ActorRow.external_id != actor.id)
        .distinct()
        .order_by(ActorRow.name)
    )
    return [(row.external_id, row.name) for row in rows]
