"""Builders and actors for tests: ours, hosts' and plugin authors'. Everything here goes through the real actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ..actors import SYSTEM, Actor, ActorKind
from ..answering import meant, prepared
from ..moderation.decide import Answer, decide
from ..moderation.policy import Verdict
from ..moderation.queries.queue import QueueLine, queue
from ..moderation.queries.review import ReviewView, get_review
from ..moderation.record import Decided
from ..pages.actions import Edit, Saved, save_page
from ..pages.queries.view import get_page, text_of
from ..pages.rendering import preview_html
from ..spaces.policy import SpaceSettings
from ..wiki import Wiki

READER = Actor("reader", "Rosa Reader")
WRITER = Actor("writer", "Wim Writer", frozenset({"staff"}))
SECOND_WRITER = Actor("second", "Sunna Second", frozenset({"staff"}))
MODERATOR = Actor("moderator", "Mona Moderator", frozenset({"moderators"}))
SECOND_MODERATOR = Actor("colleague", "Cai Colleague", frozenset({"moderators"}))
ADMIN = Actor("admin", "Ada Admin", frozenset({"admins"}))
AGENT = Actor("agent", "Scribe", frozenset({"staff"}), ActorKind.AGENT)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class TickingClock:
    """A clock for tests: every look is one second later than the last, unless it is set."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, 9, tzinfo=UTC)) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The next moment."""
        self.now += timedelta(seconds=1)
        return self.now


def save(
    wiki: Wiki,
    path: str,
    text: str,
    *,
    by: Actor = WRITER,
    base: int | None = None,
    title: str | None = None,
    tags: Iterable[str] | None = None,
    comment: str = "",
) -> Saved:
    """Save a page in a transaction of its own."""
    with wiki.begin(by) as tx:
        return save_page(tx, Edit(path, text, title=title, tags=tags, comment=comment, base=base))


def read(wiki: Wiki, path: str, *, by: Actor = READER) -> str:
    """The current text of a page. Errors: NotFound."""
    with wiki.read() as connection:
        return text_of(connection, get_page(connection, wiki.id, path, by))


def make_space(wiki: Wiki, path: str, **settings: tuple[str, ...] | str | None) -> int:
    """Set up a space as kbwiki itself, so that nobody has to look at it; keywords are those of SpaceSettings."""
    with wiki.begin(SYSTEM) as tx:
        return wiki.set_space(tx, path, SpaceSettings(**settings))  # type: ignore[arg-type]


def open_reviews(wiki: Wiki, group: str = "moderators", *, by: Actor | None = None) -> list[QueueLine]:
    """A group's queue as one of its members sees it, in the order of their places."""
    actor = by or Actor("member", "Member", frozenset({group}))
    with wiki.read() as connection:
        return queue(connection, wiki.id, group, actor, wiki.subjects, after=(LONG_AGO, 0), count=1000)


def look(wiki: Wiki, review_id: int, *, by: Actor = MODERATOR) -> ReviewView:
    """What a moderator sees of a review."""
    with wiki.read() as connection:
        return get_review(connection, wiki.id, review_id, by, wiki.subjects)


def answer(
    wiki: Wiki,
    seen: ReviewView,
    verdict: Verdict | str,
    *,
    by: Actor = MODERATOR,
    reason: str = "",
    note: str = "",
) -> Decided:
    """Decide about exactly what was `seen`; `verdict` may be a plugin's, `own.<plugin>.<name>`."""
    shown = seen.shown
    said = Answer(seen.id, shown.base, shown.head, shown.digest, meant(wiki, verdict), reason=reason, note=note)
    said = prepared(wiki, said, verdict)
    with wiki.begin(by) as tx:
        return decide(tx, said)


def shown_as_html(wiki: Wiki, text: str, *, path: str = "page", by: Actor = READER) -> str:
    """A text as HTML, as a preview shows it on a page at `path`: links and everything plugins make of it, too."""

    def address(path: str, section: str | None, missing: bool) -> str:
        return f"/wiki/{path}" + (f"#{section}" if section else "") + ("?new" if missing else "")

    limit, dialect = wiki.settings.max_output_chars, wiki.dialect
    with wiki.read() as connection:
        return preview_html(connection, wiki.id, by, path, text, address, limit, dialect).html
