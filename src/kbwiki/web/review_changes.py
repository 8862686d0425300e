"""What a review is about, as a moderator sees it: each change, and all of them taken together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from ..answering import descriptions
from ..moderation.queries.review import ReviewView, changes_in
from ..pages.diff import Difference, difference
from ..pages.moved_blocks import with_moves
from ..pages.queries.view import PageView, get_by_id
from ..pages.texts import load_texts
from .differences import other_changes
from .evidence import range_shown
from .histories import look_url, lookers_of
from .review_links import links_added
from .review_pictures import pictures_of
from .visit import Visit
from .words import did, when, who

MOST_DESCRIBED = 20
"""So many changes a plugin is asked to describe on one screen."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change under review."""

    number: int
    author: str
    at: datetime
    when: Markup
    comment: str
    describe: str
    diff_url: str
    exempt: str | None
    look_url: str | None


def what_changed(visit: Visit, view: ReviewView, part: int | None) -> dict[str, Any]:
    """The difference of the range, or of the `part` of it after that state, what changed besides the text, and where
    it leads."""
    if view.page is not None:
        before, after = sides_of(visit, view, view.page, part)
        text = _difference(visit, before, after)
        links = links_added(visit, before, after, text)
        return {"difference": text, "other_changes": other_changes(before, after), "links": links, "pictures": ()}
    shown = view.shown
    subject = visit.wiki.subjects[view.subject_kind]
    sides = subject.sides(visit.connection, view.subject_id, shown.base if part is None else part, shown.head)
    text = difference(*sides) if sides is not None else None
    return {"difference": text, "other_changes": (), "links": None, "pictures": pictures_of(visit, view, part)}


def sides_of(visit: Visit, view: ReviewView, page: PageView, part: int | None) -> tuple[PageView | None, PageView]:
    """The page before (None: it was not there) and after the range, or the `part` of it after that state."""
    base, head = range_shown(visit, view)
    base = base if part is None else part

    def at(number: int) -> PageView:
        return get_by_id(visit.connection, visit.wiki.id, page.id, number, visit.actor)

    return at(base) if base else None, at(head)


def _difference(visit: Visit, before: PageView | None, after: PageView) -> Difference | None:
    """The whole range as one difference; None when a part of it is hidden, for looking at that is an act of its own."""
    if after.hidden or (before is not None and before.hidden):
        return None
    texts = load_texts(visit.connection, [one.text_digest for one in (before, after) if one is not None])
    gone = after.kind == "delete"
    return with_moves(difference(texts[before.text_digest] if before else "", "" if gone else texts[after.text_digest]))


def changes_of(visit: Visit, view: ReviewView) -> tuple[ChangeRow, ...]:
    """Each change of the range, oldest first."""
    path = view.place.path if view.page is not None else ""
    changes = changes_in(visit.connection, view.subject_kind, view.subject_id, *range_shown(visit, view))
    may_be_hidden = view.page is not None and any(one.something_hidden for one in changes)
    own = (
        descriptions(visit.wiki, view.subject_kind, view.subject_id, [one.number for one in changes][:MOST_DESCRIBED])
        if view.page is None
        else {}
    )
    lookers = lookers_of(visit, view.page) if view.page is not None and may_be_hidden else frozenset()
    return tuple(
        ChangeRow(
            one.number,
            who(one.author),
            one.at,
            when(one.at, visit.now),
            own.get(one.number, one.comment),
            did(one.kind),
            visit.url("diff", path=path, a=one.number - 1, b=one.number) if path else "",
            one.exempt,
            look_url(visit, path, one.number, one.hidden_for, lookers) if one.something_hidden else None,
        )
        for one in changes
    )
