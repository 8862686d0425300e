"""An author's whole run: what they did to pages last, uninterrupted, and taking exactly that out again.

A run is the uninterrupted newest changes of one author to a page within a time window (MediaWiki's rollback). Whether
they wait for review, were approved or were exempt is all the same: the run is what a review is made of, and answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from ...actors import Actor
from ...db import Transaction, in_list, table_of
from ...journal.models import ActorRow
from ...pages.models import Page, Revision
from ...spaces.queries import bound, readable, responsible_groups
from ...wording import kb_t
from ..decide import Answer, MovedOn, decide
from ..lifecycle import Duty, ReviewRow, add_author, copy_authors, get_review_row, move_on, take_in
from ..models import IS_LIVE, Review
from ..page_subject import KIND as PAGE
from ..policy import Shown
from ..record import Decided
from ..shown import shown_of
from ..subjects import Subjects, subject_of
from ..transitions import Event
from .items import Item, Order, key_of
from .selection import LeftOut, below


@dataclass(frozen=True, slots=True)
class Runs:
    """Whose runs, and where: an actor's host id, a time window, a place, in the name of one group only."""

    author: str
    since: datetime
    until: datetime | None = None
    space: str | None = None
    group: str | None = None

    def to_json(self) -> dict[str, Any]:
        """What was said, as JSON."""
        said = {"author": self.author, "since": self.since.isoformat(), "space": self.space, "group": self.group}
        said["until"] = self.until.isoformat() if self.until else None
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Found:
    """The runs that the actor may take out, newest pages first, and what is left out of them and why."""

    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    more: bool


def find_runs(
    connection: Connection, wiki_id: int, actor: Actor, runs: Runs, subjects: Subjects, most: int
) -> Found:
    """The author's runs as they are now, `most` pages at most."""
    author_id = connection.execute(
        select(ActorRow.id).where(ActorRow.wiki_id == wiki_id, ActorRow.external_id == runs.author)
    ).scalar()
    if author_id is None:
        return Found((), (), False)
    pages = connection.execute(_touched(wiki_id, author_id, runs).limit(most + 1), bound(actor)).all()
    bases = _bases(connection, [page.id for page in pages], author_id, runs)
    items: list[Item] = []
    left: list[LeftOut] = []
    for page in pages[:most]:
        base = bases.get(page.id, 0)
        group = _group_for(connection, page, actor, runs)
        if why := _why_not(page, base, group):
            left.append(LeftOut(None, page.title, page.path, why))
        elif group is not None:
            live = _live(connection, page.id, group)
            shown = _shown(connection, subjects, page.id, live, base, page.number)
            review_id = live.id if live else None
            items.append(Item(len(items), review_id, group, PAGE, page.id, base, page.number, shown.digest))
    return Found(tuple(items), tuple(left), len(pages) > most)


def _why_not(page: Any, base: int, group: str | None) -> str:
    if base == page.number:
        return kb_t("It was changed again after this run, so please look at it by itself.")
    if base == 0 and page.deleted:
        return kb_t("It is deleted already; nothing of the run is left to take out.")
    return "" if group is not None else kb_t("Other [groups] look after this [page], and you are in none of them.")


def _in_window(author_id: int, runs: Runs) -> ColumnElement[bool]:
    within = and_(Revision.actor_id == author_id, Revision.at >= runs.since)
    return within if runs.until is None else and_(within, Revision.at < runs.until)


def _touched(wiki_id: int, author_id: int, runs: Runs) -> Any:
    newest = func.max(Revision.at)
    statement = (
        select(Page.id, Page.number, Page.path, Page.title, Page.space_id, Page.deleted)
        .join(Revision, Revision.page_id == Page.id)
        .where(Page.wiki_id == wiki_id, readable(Page.space_id), _in_window(author_id, runs))
        .group_by(Page.id, Page.number, Page.path, Page.title, Page.space_id, Page.deleted)
        .order_by(newest.desc(), Page.id.desc())
    )
    return statement.where(below(Page.path, runs.space)) if runs.space else statement


def _bases(connection: Connection, page_ids: list[int], author_id: int, runs: Runs) -> dict[int, int]:
    """For each page the newest revision that is not part of the run; none means that all of it is."""
    outside = [Revision.actor_id != author_id, Revision.at < runs.since]
    if runs.until is not None:
        outside.append(Revision.at >= runs.until)
    rows = connection.execute(
        select(Revision.page_id, func.max(Revision.number))
        .where(in_list(Revision.page_id, "pages"), or_(*outside))
        .group_by(Revision.page_id),
        {"pages": page_ids},
    )
    return {row[0]: row[1] for row in rows}


def _group_for(connection: Connection, page: Any, actor: Actor, runs: Runs) -> str | None:
    """The group in whose name the actor acts: one that has the page in its queue before one that looks after it."""
    waiting: list[str] = list(
        connection.execute(
            select(Review.group)
            .where(Review.subject_id == page.id, Review.subject_kind == PAGE, IS_LIVE)
            .order_by(Review.group)
        ).scalars()
    )
    for group in (*waiting, *responsible_groups(connection, [page.space_id])):
        if group in actor.effective_groups and runs.group in (None, group):
            return group
    return None


def _live(connection: Connection, page_id: int, group: str, *, lock: bool = False) -> ReviewRow | None:
    statement = select(table_of(Review)).where(
        Review.subject_id == page_id, Review.subject_kind == PAGE, Review.group == group, IS_LIVE
    )
    row = connection.execute(statement.with_for_update() if lock else statement).first()
    return ReviewRow(*row) if row is not None else None


def _shown(
    connection: Connection, subjects: Subjects, page_id: int, live: ReviewRow | None, base: int, head: int
) -> Shown:
    """What is shown of a run: its range, and the state of the page and of the group's review around it."""
    subject = subjects[PAGE]
    place = subject.place(connection, page_id)
    return Shown(
        review_id=live.id if live else 0,
        base=base,
        head=head,
        version=live.version if live else 0,
        state=live.state if live else "",
        number=place.number,
        path=place.path,
        deleted=place.deleted,
        facts=subject.facts(connection, page_id, base, head),
    )


def roll_back(tx: Transaction, order: Order, item: Item) -> Decided:
    """Take exactly the run out, as one decision of its own; what else the group had to look at stays open.

    The run is made a review's whole range first: an approved or exempt one is opened again for it, and of a review
    that reaches further back, the older part goes on in a successor. Errors: those of `decide`; MovedOn when page
    or review are not as they were shown.
    """
    subject_of(tx, PAGE).lock(tx, item.subject_id)
    live = _live(tx.connection, item.subject_id, item.group, lock=True)
    shown = _shown(tx.connection, tx.subjects, item.subject_id, live, item.base, item.head)
    if shown.digest != item.digest:
        why = kb_t(
            "The [page] or its [review] changed after this was planned, so nothing was decided. Please plan again."
        )
        raise MovedOn(why, item.head, shown.number)
    review = _review_of_the_run(tx, item, live)
    seen = shown_of(tx.connection, review, tx.subjects)
    answer = Answer(
        review.id,
        review.base,
        review.head,
        seen.digest,
        order.verdict,
        reason=order.reason,
        note=order.note,
        key=key_of(order, item),
        batch=order.batch_id,
        details=order.details,
    )
    decided = decide(tx, answer)
    if live is None or live.base >= item.base:
        return decided
    rest = take_in(tx, replace(live.duty, head=min(live.head, item.base)))
    copy_authors(tx, review.id, rest.id)
    return replace(decided, successor=rest.id)


def _review_of_the_run(tx: Transaction, item: Item, live: ReviewRow | None) -> ReviewRow:
    """The group's live review, made to be about the run and nothing else."""
    review = live
    if review is None or review.base > item.base or review.head < item.head:
        space_id = subject_of(tx, PAGE).place(tx.connection, item.subject_id).space_id
        review = take_in(tx, Duty(item.group, PAGE, item.subject_id, space_id, item.base, item.head))
    author = select(Revision.actor_id).where(
        Revision.page_id == item.subject_id, Revision.number == item.head
    )
    add_author(tx, review.id, tx.connection.execute(author).scalar_one())
    if review.base < item.base:
        move_on(tx, review, Event.CHANGE, base=item.base)
    return get_review_row(tx.connection, tx.wiki_id, review.id, lock=True)
