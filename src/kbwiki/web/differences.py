"""The difference between any two revisions of a page, side by side or inline, word by word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response
from markupsafe import Markup

from ..errors import NotFound
from ..pages.diff import Difference, difference
from ..pages.moved_blocks import with_moves
from ..pages.queries.authorship import number_at
from ..pages.queries.view import PageView, get_any_page, get_by_id
from ..pages.texts import load_texts
from .forms import day_begins, number
from .histories import view_of
from .visit import Visit
from .words import did, kb_t, when, who


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two revisions compared; number 0 is the time before the page was there."""

    number: int
    author: str
    at: datetime | None
    when: Markup | str
    comment: str
    url: str


def diff(visit: Visit, path: str) -> Response:
    """The difference between revisions `a` and `b` (default: the newest change)."""
    now = get_any_page(visit.connection, visit.wiki.id, path, visit.actor)
    b = visit.request.args.get("b", now.current, type=number)
    a = visit.request.args.get("a", b - 1, type=number)
    if (ends := end_of_day_asked(visit)) is not None:
        a, b = number_at(visit.connection, now.id, ends), now.current
    if a > b:
        a, b = b, a
    mode = "inline" if visit.request.args.get("mode") == "inline" else "side"
    before = _at(visit, now, a)
    after = _at(visit, now, b)
    if after is None:
        raise NotFound("revision", str(b))
    other = "inline" if mode == "side" else "side"
    return visit.show(
        "kbwiki/diff.html",
        title=kb_t("Changes of {title}", title=now.title),
        section="history",
        page=view_of(visit, now),
        before=side(visit, before, path),
        after=side(visit, after, path),
        mode=mode,
        difference=text_difference(visit, before, after),
        other_changes=other_changes(before, after),
        switch_url=visit.url("diff", path=path, a=a, b=b, mode=other),
        older_url=visit.url("diff", path=path, a=a - 1, b=a, mode=mode) if a > 0 else None,
        newer_url=visit.url("diff", path=path, a=b, b=b + 1, mode=mode) if b < now.current else None,
        on=f"{ends.astimezone(visit.zone):%Y-%m-%d}" if ends is not None else "",
        can_write=now.can_write,
    )


def end_of_day_asked(visit: Visit) -> datetime | None:
    """The last moment of the day that the address names as `on`; None for none, and for what is no day."""
    ends = day_begins(visit.request.args.get("on", "")[:10], visit.zone, days=1)
    return ends and ends - timedelta(microseconds=1)


def _at(visit: Visit, page: PageView, number: int) -> PageView | None:
    if number <= 0:
        return None
    return get_by_id(visit.connection, visit.wiki.id, page.id, number, visit.actor)


def text_difference(visit: Visit, before: PageView | None, after: PageView | None) -> Difference:
    """The difference of two revisions' texts. Errors: NotFound when one is hidden; None is an empty text."""
    for one in (before, after):
        if one is not None and one.hidden:
            raise NotFound("difference (revision is hidden)", str(one.number))
    digests = [one.text_digest for one in (before, after) if one is not None]
    texts = load_texts(visit.connection, digests)
    old, new = (texts[one.text_digest] if one is not None else "" for one in (before, after))
    return with_moves(difference(old, new))


def other_changes(before: PageView | None, after: PageView | None) -> tuple[str, ...]:
    """What changed besides the text, in words."""
    if before is None or after is None:
        return ()
    said = []
    if before.title != after.title:
        said.append(kb_t("Title: {old} → {new}", old=before.title, new=after.title))
    if gone := sorted(set(before.tags) - set(after.tags)):
        said.append(kb_t("[Tags] removed: {tags}", tags=", ".join(gone)))
    if new := sorted(set(after.tags) - set(before.tags)):
        said.append(kb_t("[Tags] added: {tags}", tags=", ".join(new)))
    if after.kind in ("move", "delete", "bring-back", "hide", "unhide") and before.number == after.number - 1:
        said.append(kb_t("{author} {did}", author=who(after.author), did=did(after.kind)))
    return tuple(said)


def side(visit: Visit, view: PageView | None, path: str) -> Side:
    """One side's heading."""
    if view is None:
        return Side(0, "", None, "", kb_t("Before the [page] was there"), "")
    return Side(
        view.number,
        who(view.author),
        view.at,
        when(view.at, visit.now),
        view.comment,
        visit.url("revision", number=view.number, path=path),
    )
