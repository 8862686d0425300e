"""Which reviews: by hand, author, time window, place, words or kind, and why some are left out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from ...actors import Actor
from ...db import in_list
from ...errors import Invalid
from ...journal.models import ActorRow
from ...pages.models import Page, Revision
from ...spaces.models import Space
from ...spaces.queries import bound, readable
from ...wording import kb_t
from ..models import IS_LIVE, Review, ReviewAuthor
from ..transitions import State

MOST = 1000
"""How many reviews one batch takes at most."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which reviews are meant. What is not said does not narrow; all that is said must hold.

    `author` is an actor's id as the host knows it: reviews of this author's changes alone. `since` and `until` are a
    window in which all their changes must lie. `space` is a path; `words` must stand in title or path; `kinds` are the
    only kinds of change in the range. `pages` are ids of pages, for instance what a search has found. `review_ids` are
    reviews chosen by hand.
    """

    review_ids: tuple[int, ...] = ()
    group: str | None = None
    author: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    space: str | None = None
    words: str | None = None
    kinds: tuple[str, ...] = ()
    pages: tuple[int, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """What was said, as JSON."""
        said = {
            name: value
            for name, value in asdict(self).items()
            if value is not None and (value != () or name == "pages")  # no page at all narrows, too
        }
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in said.items()}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """The selection that `to_json` wrote. Errors: Invalid for anything else."""
        known = {field.name for field in fields(cls)}
        if unknown := set(said) - known:
            raise Invalid("selection", kb_t("A selection does not know about “{name}”.", name=min(unknown)))
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
        }
        for name in ("since", "until"):
            if name in values:
                values[name] = datetime.fromisoformat(values[name])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was meant but will not be touched, and why. `title` is '' where the actor may not read."""

    review_id: int | None
    title: str
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Selected:
    """The reviews the actor may decide, in the order of the queue; `more` says that there are others beyond them."""

    review_ids: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    more: bool


def select_reviews(
    connection: Connection, wiki_id: int, actor: Actor, selection: Selection, most: int = MOST
) -> Selected:
    """The reviews that are meant and that the actor may decide, `most` at most, and what is left out of them and why.

    What the actor cannot see at all is left out like what does not exist.
    """
    rows = connection.execute(_meant(wiki_id, selection).limit(most + 1), _parameters(actor, selection)).all()
    authors = _authors(connection, [row.id for row in rows[:most]])
    taken: list[int] = []
    left: list[LeftOut] = []
    for row in rows[:most]:
        why = _why_not(row, authors[row.id], actor, selection)
        if why:
            left.append(LeftOut(row.id, row.title or "", row.path or "", why))
        else:
            taken.append(row.id)
    found = {row.id for row in rows}
    if len(rows) <= most:
        left.extend(
            LeftOut(
                one,
                "",
                "",
                kb_t("There is no [review] {one} that you can see, or it does not match the rest.", one=one),
            )
            for one in selection.review_ids
            if one not in found
        )
    return Selected(tuple(taken), tuple(left), len(rows) > most)


def _meant(wiki_id: int, selection: Selection) -> Any:
    statement = (
        select(Review.id, Review.state, Review.group, Page.title, Page.path)
        .join(Space, Space.id == Review.space_id)
        .outerjoin(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
        .where(
            Review.wiki_id == wiki_id,
            in_list(Review.group, "actor_groups"),
            readable(Review.space_id),
            *_narrowed(selection),
        )
        .order_by(Review.queue_at, Review.id)
    )
    # Whoever names reviews one by one is told about those that are closed; a search is about what waits.
    return statement if selection.review_ids else statement.where(IS_LIVE)


def _narrowed(selection: Selection) -> list[ColumnElement[bool]]:
    said: list[ColumnElement[bool]] = []
    if selection.review_ids:
        said.append(in_list(Review.id, "review_ids"))
    if selection.group is not None:
        said.append(Review.group == selection.group)
    if selection.author is not None:
        said.append(_by(selection.author))
    if selection.since is not None:
        said.append(Review.opened_at >= selection.since)
    if selection.until is not None:
        said.append(Review.updated_at < selection.until)
    if selection.space:
        said.append(below(func.coalesce(Page.path, Space.path), selection.space))
    said.extend(_says(word) for word in (selection.words or "").split())
    if selection.kinds:
        said.append(_only_of_kinds(selection.kinds))
    if selection.pages is not None:
        said.append(and_(Review.subject_kind == "page", in_list(Review.subject_id, "pages")))
    return said


def below(column: Any, path: str) -> ColumnElement[bool]:
    """SQL: the path in `column` is `path` or lies below it."""
    inside: ColumnElement[bool] = or_(column == path, and_(column >= f"{path}/", column < f"{path}0"))
    return inside


def _by(author: str) -> ColumnElement[bool]:
    return exists().where(
        ReviewAuthor.review_id == Review.id,
        ReviewAuthor.actor_id == ActorRow.id,
        ActorRow.wiki_id == Review.wiki_id,
        ActorRow.external_id == author,
    )


def _says(word: str) -> ColumnElement[bool]:
    folded = word.lower()
    return or_(
        func.lower(func.coalesce(Page.title, Space.title)).contains(folded, autoescape=True),
        func.lower(func.coalesce(Page.path, Space.path)).contains(folded, autoescape=True),
    )


def _only_of_kinds(kinds: tuple[str, ...]) -> ColumnElement[bool]:
    other = exists().where(
        Revision.page_id == Review.subject_id,
        Revision.number > Review.base,
        Revision.number <= Review.head,
        Revision.kind.not_in(kinds),
    )
    return or_(
        and_(Review.subject_kind == "page", Review.base < Review.head, ~other),
        and_(Review.subject_kind != "page", Review.subject_kind.in_(kinds)),
    )


def _parameters(actor: Actor, selection: Selection) -> dict[str, Any]:
    said: dict[str, Any] = bound(actor)
    if selection.review_ids:
        said["review_ids"] = list(selection.review_ids)
    if selection.pages is not None:
        said["pages"] = list(selection.pages)
    return said


def _authors(connection: Connection, ids: list[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = connection.execute(
        select(ReviewAuthor.review_id, ActorRow.external_id)
        .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
        .where(in_list(ReviewAuthor.review_id, "ids")),
        {"ids": ids},
    )
    for review_id, external_id in rows:
        found[review_id].add(external_id)
    return found


def _why_not(row: Any, authors: set[str], actor: Actor, selection: Selection) -> str:
    if row.state == State.CONCERN:
        return kb_t("It waits for its author's answer.")
    if row.state not in (State.OPEN, State.VERIFY):
        return kb_t("It is not open any more.")
    if actor.id in authors:
        return kb_t("One of its changes is your own, so somebody else in the [group] decides about them.")
    if selection.author is not None and authors != {selection.author}:
        return kb_t("It holds changes by others too, so please look at it by itself.")
    return ""
