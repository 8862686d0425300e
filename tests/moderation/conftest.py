"""What the tests of moderation share: spaces of two groups, their people, and shorthands for deciding."""

from __future__ import annotations

import pytest

from kbwiki.actors import Actor
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.lifecycle import get_review_row
from kbwiki.moderation.policy import Shown, Verdict
from kbwiki.moderation.queries.queue import QueueLine
from kbwiki.moderation.record import Decided
from kbwiki.moderation.shown import what_is_shown
from kbwiki.testing import MODERATOR, answer, look, make_space, open_reviews
from kbwiki.wiki import Wiki

PEOPLE = Actor("hanna", "Hanna", frozenset({"people"}))
PEOPLE_TOO = Actor("henrik", "Henrik", frozenset({"people"}))
SAFETY = Actor("sami", "Sami", frozenset({"safety"}))
BOTH = Actor("bea", "Bea", frozenset({"people", "safety"}))


@pytest.fixture
def organised(wiki: Wiki) -> Wiki:
    """`people/` belongs to one group, `safety/` to another, `both/` to both, anything else to the moderators."""
    make_space(wiki, "people", reviewers=("people",))
    make_space(wiki, "safety", reviewers=("safety",))
    make_space(wiki, "both", reviewers=("people", "safety"))
    return wiki


def review_of(wiki: Wiki, path: str, group: str = "moderators") -> QueueLine:
    """The open review the group has of the page."""
    (line,) = [line for line in open_reviews(wiki, group) if line.path == path]
    return line


def ranges(wiki: Wiki, group: str = "moderators") -> dict[str, tuple[int, int]]:
    """Base and head of every open review of the group, by path."""
    return {line.path: (line.base, line.head) for line in open_reviews(wiki, group)}


def decided(
    wiki: Wiki, path: str, verdict: str, *, by: Actor = MODERATOR, group: str = "moderators", reason: str = "wrong"
) -> Decided:
    """Decide about the page as it is now, with a reason where one is needed."""
    seen = look(wiki, review_of(wiki, path, group).id, by=by)
    return answer(wiki, seen, verdict, by=by, reason="" if verdict == "approve" else reason)


def seen(wiki: Wiki, review_id: int) -> Shown:
    """What a decision on this review would speak about now, whatever kind of subject it has."""
    with wiki.read() as connection:
        return what_is_shown(connection, wiki.id, review_id, wiki.subjects)


def decide_on(
    wiki: Wiki, shown: Shown, verdict: str, *, by: Actor, reason: str = "", note: str = "", partial: bool = False
) -> Decided:
    """Answer about exactly what was shown."""
    with wiki.begin(by) as tx:
        return decide(
            tx,
            Answer(
                shown.review_id,
                shown.base,
                shown.head,
                shown.digest,
                Verdict(verdict),
                reason=reason,
                note=note,
                partial=partial,
                seen=shown.seen,
            ),
        )


def state_of(wiki: Wiki, review_id: int) -> str:
    """Where a review stands."""
    with wiki.read() as connection:
        return get_review_row(connection, wiki.id, review_id).state
