"""A wiki whose clock is set by hand, and shorthands for deciding and reading messages at a moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kbwiki.actors import Actor
from kbwiki.moderation.messages.inbox import Inbox, MessageView, count_unread, messages_for
from kbwiki.moderation.record import Decided
from kbwiki.testing import MODERATOR, WRITER, TickingClock, answer, look, open_reviews, save
from kbwiki.wiki import Wiki


@pytest.fixture
def clock(wiki: Wiki) -> TickingClock:
    """The wiki's clock: one second with every look, and as far as a test sets it on."""
    wiki.clock = TickingClock()
    return wiki.clock


def later(wiki: Wiki, minutes: float) -> None:
    """Let time pass."""
    assert isinstance(wiki.clock, TickingClock)
    wiki.clock.now += timedelta(minutes=minutes)


def changed(wiki: Wiki, path: str, *, by: Actor = WRITER) -> None:
    """A page that was approved, and then changed by somebody."""
    save(wiki, path, "All is well.\n", by=by, title=f"Page {path}")
    answer(wiki, look(wiki, review_id(wiki, path)), "approve")
    save(wiki, path, "All is well.\n\nOr is it?\n", base=1, by=by)


def review_id(wiki: Wiki, path: str) -> int:
    """The open review of the page."""
    return next(line.id for line in open_reviews(wiki) if line.path == path)


def take_out(wiki: Wiki, path: str, *, reason: str = "wrong", note: str = "", by: Actor = MODERATOR) -> Decided:
    """Revert the last change of the page."""
    return answer(wiki, look(wiki, review_id(wiki, path), by=by), "revert", reason=reason, note=note, by=by)


def inbox(wiki: Wiki, actor: Actor = WRITER) -> Inbox:
    """The inbox of the actor, now."""
    return Inbox(wiki.id, actor, wiki.settings, wiki.subjects, wiki.clock())


def messages(wiki: Wiki, actor: Actor = WRITER) -> list[MessageView]:
    """What the actor finds in their inbox."""
    with wiki.read() as connection:
        return messages_for(connection, inbox(wiki, actor))


def unread(wiki: Wiki, actor: Actor = WRITER) -> int:
    """How many messages are new to the actor."""
    with wiki.read() as connection:
        return count_unread(connection, inbox(wiki, actor))
