"""What the tests of batches share: many pages, and looking at what became of them."""

from __future__ import annotations

from sqlalchemy import func, select

from kbwiki.actors import Actor
from kbwiki.moderation.batches.plan import BatchPlan, plan_batch
from kbwiki.moderation.batches.selection import Selection
from kbwiki.moderation.models import Decision
from kbwiki.testing import MODERATOR, WRITER, save
from kbwiki.wiki import Wiki

SPAMMER = Actor("spam", "Sam Spam", frozenset({"staff"}))


def pages(wiki: Wiki, count: int, *, by: Actor = WRITER, folder: str = "p") -> list[str]:
    """That many new pages, each waiting in the moderators' queue; their paths."""
    paths = [f"{folder}/{number:04}" for number in range(count)]
    for path in paths:
        save(wiki, path, f"Text of {path}\n", by=by)
    return paths


def planned(wiki: Wiki, verdict: str, selection: Selection | None = None, *, by: Actor = MODERATOR) -> BatchPlan:
    """A batch over everything that waits, or over the selection."""
    reason = "" if verdict == "approve" else "wrong"
    return plan_batch(wiki, by, selection or Selection(), verdict, reason=reason)


def decisions(wiki: Wiki, batch_id: str | None = None) -> int:
    """How many decisions there are, or how many the batch has made."""
    statement = select(func.count()).select_from(Decision)
    if batch_id is not None:
        statement = statement.where(Decision.batch == batch_id)
    with wiki.read() as connection:
        return connection.execute(statement).scalar_one()
