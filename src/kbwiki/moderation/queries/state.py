"""How far a page has been looked at, and how much waits for an actor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, case, exists, func, literal_column, or_, select, union
from sqlalchemy.orm import aliased

from ...actors import EVERYONE, SIGNED_IN, Actor, ActorKind
from ...db import in_list
from ...journal.models import ActorRow, Cursor, Entry
from ...pages.links import CONSUMER as LINKS
from ...pages.models import Page
from ...settings import Settings
from ...spaces.models import Grant, Space
from ...spaces.policy import Right
from ...spaces.queries import bound, granted, readable
from ...spaces.restraints import Restraint
from ..ageing import together
from ..desk.access import ME, who_asks
from ..desk.feeds import FEEDS_BEHIND, who_is_here
from ..models import IS_CONCERN, IS_LIVE, Decision, Review, ReviewAuthor, Tally
from ..policy import Verdict
from ..transitions import LIVE, State
from .lapses import never_seen

_Lapsed = aliased(Review)
NEEDS_LOOK = (State.OPEN.value, State.VERIFY.value)
"""States in which the group has something to do; a concern waits for its author."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How far people have looked at a page. A program's decisions are no looks.

    `waiting` is how many changes nobody has looked at yet; `base` the last revision before them (0: none, the page is
    new). `lapsed` of them wait no more: they lapsed, and count as not looked at until somebody looks after all.
    `group`, `at` and `verdict` speak of the newest decision, None when there never was one. `seen` says for each group
    that ever looked up to which revision it did; `waits_for` are the groups that have something to look at.
    """

    waiting: int
    base: int
    group: str | None
    at: datetime | None
    verdict: str | None
    seen: tuple[tuple[str, int], ...] = ()
    lapsed: int = 0
    waits_for: tuple[str, ...] = ()


_HAS_LAPSED = exists(
    select(_Lapsed.id).where(
        _Lapsed.subject_id == bindparam("page_id"),
        _Lapsed.subject_kind == "page",
        _Lapsed.state == literal_column("'lapsed'"),
    )
).label("has_lapsed")
_OF_PAGE = (Review.subject_kind == "page", Review.subject_id == bindparam("page_id"))
_NEWEST = select(Review.id).where(*_OF_PAGE).order_by(Review.id.desc()).limit(20).subquery()
# However long ago it was opened, what is live counts; of what is closed the newest tell how far each group has looked.
_TOLD = union(select(Review.id).where(*_OF_PAGE, IS_LIVE), select(_NEWEST.c.id)).subquery()
_REVIEWS = (
    select(Review.state, Review.group, Review.base, Review.head, Decision.at, Decision.verdict, _HAS_LAPSED)
    .outerjoin(
        Decision,
        (Decision.review_id == Review.id)
        & Decision.final
        & (Decision.verdict != Verdict.HAND_OVER.value)
        & Decision.id.not_in(select(Decision.takes_back).where(Decision.takes_back.is_not(None)))
        # A program may decide, but what it did is no look.
        & exists().where(ActorRow.id == Decision.actor_id, ActorRow.kind == ActorKind.HUMAN.value),
    )
    .where(Review.id.in_(select(_TOLD.c.id)))
)
_LOOKS = exists().where(Tally.wiki_id == bindparam("wiki_id"), in_list(Tally.group, "actor_groups"))
# One's own changes are for others to look at. Asked only of those who look after something.
_OWN = (
    select(func.count())
    .where(
        Review.id.in_(select(ReviewAuthor.review_id).where(ReviewAuthor.actor_id == ME)),
        Review.wiki_id == bindparam("wiki_id"),
        in_list(Review.group, "actor_groups"),
        IS_LIVE,
        Review.state.in_(NEEDS_LOOK),
        readable(Review.space_id),
    )
    .scalar_subquery()
)
# Starts from the concerns of the wiki, which are few, and never from all that the actor wrote: hence the "+ 0".
_ASKED = (
    select(func.count())
    .select_from(Review)
    .join(ReviewAuthor, ReviewAuthor.review_id == Review.id)
    .where(
        Review.wiki_id == bindparam("wiki_id"),
        IS_CONCERN,
        readable(Review.space_id),
        ReviewAuthor.actor_id + 0
        == select(ActorRow.id)
        .where(ActorRow.wiki_id == bindparam("wiki_id"), ActorRow.external_id == bindparam("actor_id"))
        .scalar_subquery(),
    )
    .scalar_subquery()
)
_STANDING = select(
    select(func.max(Entry.position)).where(Entry.wiki_id == bindparam("wiki_id")).scalar_subquery().label("position"),
    exists().where(Entry.wiki_id == bindparam("wiki_id"), Entry.position.is_(None)).label("unsealed"),
    select(func.coalesce(func.sum(Tally.count), 0))
    .where(
        Tally.wiki_id == bindparam("wiki_id"),
        in_list(Tally.group, "actor_groups"),
        Tally.state.in_(NEEDS_LOOK),
        readable(Tally.space_id),
    )
    .scalar_subquery()
    .label("waiting"),
    case((_LOOKS, _OWN), else_=0).label("own"),
    FEEDS_BEHIND.label("feeds_behind"),
    or_(
        exists().where(
            Grant.right == Right.REVIEW.value,
            in_list(Grant.group, "actor_groups"),
            Space.id == Grant.space_id,
            Space.wiki_id == bindparam("wiki_id"),
        ),
        _LOOKS,
    ).label("reviews"),
    exists()
    .where(Restraint.wiki_id == bindparam("wiki_id"), Restraint.until > bindparam("now"), Restraint.lifted_at.is_(None))
    .label("restrained"),
    _ASKED.label("asked"),
    select(Cursor.position)
    .where(Cursor.wiki_id == bindparam("wiki_id"), Cursor.name == LINKS)
    .scalar_subquery()
    .label("links"),
    exists()
    .where(Space.wiki_id == bindparam("wiki_id"), Space.path == "", granted(Right.WRITE, Space.id))
    .label("writes"),
    exists().where(Space.wiki_id == bindparam("wiki_id"), Space.shows_reviewed).label("editions"),
)
# A group is responsible through a space, or because a rule once gave it something to look at.
_REVIEWING = union(
    select(Grant.group)
    .join(Space, Space.id == Grant.space_id)
    .where(
        Space.wiki_id == bindparam("wiki_id"),
        Grant.right == Right.REVIEW.value,
        in_list(Grant.group, "actor_groups"),
    ),
    select(Tally.group).where(Tally.wiki_id == bindparam("wiki_id"), in_list(Tally.group, "actor_groups")),
)


def looked_at(connection: Connection, page_id: int) -> LookedAt | None:
    """How far people have looked at the page; None when no change of it ever was up for review (an import)."""
    rows = connection.execute(_REVIEWS, {"page_id": page_id}).all()
    if not rows:
        return None
    open_ones = [row for row in rows if State(row.state) in LIVE]
    decided = max((row for row in rows if row.at is not None), key=lambda row: row.at, default=None)
    unseen = never_seen(connection, page_id) if rows[0].has_lapsed else []
    base = min((row.base for row in open_ones), default=0)
    head = max((row.head for row in open_ones), default=0)
    waiting = together([(base, head), *unseen])
    seen: dict[str, int] = {}
    for row in rows:
        if row.at is not None:
            seen[row.group] = max(seen.get(row.group, 0), row.head)
    return LookedAt(
        seen=tuple(sorted(seen.items())),
        waiting=waiting,
        lapsed=waiting - (head - base),
        base=min([base] * bool(open_ones) + [start for start, _ in unseen], default=0),
        group=decided.group if decided else None,
        at=decided.at if decided else None,
        verdict=decided.verdict if decided else None,
        waits_for=tuple(sorted({row.group for row in open_ones if row.state in NEEDS_LOOK})),
    )


def was_ever_reviewed(connection: Connection, wiki_id: int, path: str) -> bool:
    """Whether a group has, or had, to look at the live page at `path`."""
    found = (
        select(Review.id)
        .join(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
        .where(Page.wiki_id == wiki_id, Page.path == path, ~Page.deleted)
    )
    return connection.execute(found.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the wiki stands, for one actor.

    `position` is that of the last journal entry; None while some entry has no position yet, so that nothing can be said
    to be unchanged. `queued` is how many reviews wait for the actor, as the view “needs me” lists them; None when none
    of their groups is responsible for anything. `restrained` says that some lock or restriction stands somewhere in
    the wiki, `feeds_behind` that the actor's feeds have to be told who is here (`desk.feeds.note_visit`). `asked` is
    how many concerns wait for the actor's answer; `writes` whether they may write at the top of the wiki;
    `editions` whether readers of some space see its reviewed edition first. `links` is the position up to which the
    links between pages are known.
    """

    position: int | None
    queued: int | None
    restrained: bool = False
    feeds_behind: bool = False
    asked: int = 0
    writes: bool = False
    editions: bool = False
    links: int = 0


def standing(connection: Connection, wiki_id: int, actor: Actor, now: datetime | None = None) -> Standing:
    """Where the wiki stands `now`; one query, asked for every screen."""
    now = now or datetime.now(UTC)
    key = {**who_asks(wiki_id, actor), **who_is_here(actor, now), **bound(actor), "actor_id": actor.id, "now": now}
    row = connection.execute(_STANDING, key).one()
    return Standing(
        None if row.unsealed else row.position or 0,
        int(row.waiting) - int(row.own) if row.reviews else None,
        bool(row.restrained),
        bool(row.feeds_behind),
        int(row.asked),
        bool(row.writes),
        bool(row.editions),
        row.links or 0,
    )


_LOOKING = (
    select(Grant.group)
    .join(Space, Space.id == Grant.space_id)
    .where(Space.wiki_id == bindparam("wiki_id"), Grant.right == Right.REVIEW.value)
    .distinct()
    .order_by(Grant.group)
)
_READING = select(Grant.group).where(Grant.space_id == bindparam("space_id"), Grant.right == Right.READ.value)


def groups_that_look(connection: Connection, wiki_id: int, space_id: int) -> list[str]:
    """The groups that look after some part of the wiki and may read in this space, by name."""
    readers = set(connection.execute(_READING, {"space_id": space_id}).scalars())
    groups = connection.execute(_LOOKING, {"wiki_id": wiki_id}).scalars()
    return [group for group in groups if group in readers or readers & {EVERYONE, SIGNED_IN}]


def groups_that_are_known(connection: Connection, wiki_id: int, settings: Settings) -> list[str]:
    """The groups that look after some part of the wiki, or that a setting names, by name."""
    looking = connection.execute(_LOOKING, {"wiki_id": wiki_id}).scalars()
    named = {settings.fallback_group, settings.appeals_group, settings.admin_group} - {""}
    return sorted({*looking, *named})


def reviewing_groups(connection: Connection, wiki_id: int, actor: Actor) -> list[str]:
    """The actor's groups that are responsible for something, by name."""
    return sorted(connection.execute(_REVIEWING, {"wiki_id": wiki_id, **bound(actor)}).scalars())
