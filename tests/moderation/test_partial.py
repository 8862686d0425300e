"""Deciding about what was seen while more came, keys, reviews that end by themselves, hosts' own kinds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kbwiki.actors import Actor
from kbwiki.errors import Forbidden, Invalid
from kbwiki.moderation.decide import AlreadyDecided, Answer, MovedOn, decide
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.review import ReviewView
from kbwiki.moderation.record import Decided
from kbwiki.moderation.subjects import ChangeKind, Place
from kbwiki.pages.actions import restore_revision
from kbwiki.testing import (
    MODERATOR,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    make_space,
    open_reviews,
    read,
    save,
)
from kbwiki.wiki import Wiki
from tests.promises.invariants import faults

from .conftest import decided, ranges, review_of


def answer_to(
    view: ReviewView, verdict: Verdict = Verdict.APPROVE, *, reason: str = "", key: str | None = None
) -> Answer:
    shown = view.shown
    return Answer(
        view.id, shown.base, shown.head, shown.digest, verdict, reason, partial=True, seen=shown.seen, key=key
    )


def give(wiki: Wiki, given: Answer, by: Actor = MODERATOR) -> Decided:
    with wiki.begin(by) as tx:
        return decide(tx, given)


def seen(wiki: Wiki, path: str = "page") -> ReviewView:
    return look(wiki, review_of(wiki, path).id)


@pytest.fixture
def page(wiki: Wiki) -> Wiki:
    """A page with an approved first revision and a change that waits."""
    save(wiki, "page", "One.\n\nTwo.\n\nThree.\n")
    decided(wiki, "page", "approve")
    save(wiki, "page", "ONE.\n\nTwo.\n\nThree.\n", base=1)
    return wiki


def test_approving_what_was_seen_leaves_the_rest_open_as_the_successor(page: Wiki) -> None:
    view = seen(page)
    save(page, "page", "ONE.\n\nTwo.\n\nTHREE.\n", base=2, by=SECOND_WRITER)
    decision = give(page, answer_to(view))
    assert ranges(page) == {"page": (2, 3)}
    assert decision.successor == review_of(page, "page").id
    assert faults(page) == []


def test_reverting_what_was_seen_keeps_what_came_after_it(page: Wiki) -> None:
    view = seen(page)
    save(page, "page", "ONE.\n\nTwo.\n\nTHREE.\n", base=2, by=SECOND_WRITER)
    give(page, answer_to(view, Verdict.REVERT, reason="wrong"))
    assert read(page, "page") == "One.\n\nTwo.\n\nTHREE.\n"
    assert ranges(page) == {"page": (2, 3)}
    assert faults(page) == []


def test_the_authors_of_the_part_may_not_decide_the_rest_either(page: Wiki) -> None:
    colleague = Actor("m2", "Moderating writer", frozenset({"moderators", "staff"}))
    save(page, "page", "ONE!\n\nTwo.\n\nThree.\n", base=2, by=colleague)
    view = seen(page)
    save(page, "page", "ONE!\n\nTwo.\n\nTHREE.\n", base=3, by=SECOND_WRITER)
    give(page, answer_to(view))
    with pytest.raises(Forbidden):
        answer(page, look(page, review_of(page, "page").id, by=colleague), "approve", by=colleague)


def test_a_part_that_was_itself_changed_since_is_not_approved(page: Wiki) -> None:
    view = seen(page)
    forged = replace(answer_to(view), seen=bytes(32))
    save(page, "page", "ONE.\n\nTwo.\n\nTHREE.\n", base=2, by=SECOND_WRITER)
    with pytest.raises(MovedOn):
        give(page, forged)
    assert ranges(page) == {"page": (1, 3)}


def test_without_asking_for_the_part_a_page_that_moved_on_is_refused(page: Wiki) -> None:
    view = seen(page)
    save(page, "page", "ONE.\n\nTwo.\n\nTHREE.\n", base=2, by=SECOND_WRITER)
    with pytest.raises(MovedOn) as raised:
        give(page, replace(answer_to(view), partial=False))
    assert (raised.value.seen, raised.value.head) == (2, 3)


@pytest.mark.parametrize("verdict", [Verdict.CONCERN, Verdict.HAND_OVER])
def test_what_is_no_decision_cannot_speak_of_a_part(page: Wiki, verdict: Verdict) -> None:
    make_space(page, "safety", reviewers=("safety",))
    view = seen(page)
    save(page, "page", "ONE.\n\nTwo.\n\nTHREE.\n", base=2, by=SECOND_WRITER)
    with pytest.raises(Invalid):
        give(page, replace(answer_to(view, verdict, reason="wrong"), details={"to": "safety"}))
    assert ranges(page) == {"page": (1, 3)}


def test_a_key_makes_a_decision_happen_once(page: Wiki) -> None:
    given = answer_to(seen(page), Verdict.REVERT, reason="wrong", key="abc")
    first, second = give(page, given), give(page, given)
    assert (first.decision_id, first.number) == (second.decision_id, second.number)
    assert (first.repeated, second.repeated) == (False, True)
    assert faults(page) == []


def test_somebody_else_s_key_is_not_theirs(page: Wiki) -> None:
    given = answer_to(seen(page), key="abc")
    give(page, given)
    with pytest.raises((Forbidden, AlreadyDecided)):
        give(page, given, by=SECOND_MODERATOR)


def test_an_author_who_restores_what_was_looked_at_last_closes_the_review(page: Wiki) -> None:
    with page.begin(WRITER) as tx:
        restore_revision(tx, "page", 1)
    assert ranges(page) == {}
    assert faults(page) == []


def test_somebody_else_who_restores_it_does_not(page: Wiki) -> None:
    with page.begin(SECOND_WRITER) as tx:
        restore_revision(tx, "page", 1)
    assert ranges(page) == {"page": (1, 3)}


def test_an_author_s_next_change_answers_a_concern_and_another_s_opens_the_review_again(page: Wiki) -> None:
    decided(page, "page", "concern")
    assert ranges(page) == {}
    save(page, "page", "One, and why.\n\nTwo.\n\nThree.\n", base=2)
    assert [(line.path, line.state) for line in open_reviews(page)] == [("page", "verify")]
    decided(page, "page", "concern")
    save(page, "page", "One, and why.\n\nTwo.\n\nTHREE.\n", base=3, by=SECOND_WRITER)
    assert [(line.path, line.state) for line in open_reviews(page)] == [("page", "open")]
    decided(page, "page", "approve")
    assert ranges(page) == {}
    assert faults(page) == []


def test_handing_over_needs_a_group_that_can_read(page: Wiki) -> None:
    make_space(page, "closed", readers=("safety",), writers=("safety",), reviewers=("safety",))
    save(page, "closed/page", "x\n", by=Actor("s", "S", frozenset({"safety"})))
    view = look(page, review_of(page, "closed/page", "safety").id, by=SAFE)
    for to in ("", "safety", "strangers"):
        with pytest.raises(Invalid):
            give(page, replace(answer_to(view, Verdict.HAND_OVER), details={"to": to}), by=SAFE)


SAFE = Actor("sami", "Sami", frozenset({"safety"}))


def test_a_host_s_own_objects_stand_in_the_same_queues_and_are_undone_by_the_host(wiki: Wiki) -> None:
    posts = {7: ["", "First.\n", "Second.\n"]}

    def undo(tx: object, subject: int, base: int, head: int) -> int:
        posts[subject].append(posts[subject][base])
        return len(posts[subject]) - 1

    wiki.register_change_kind(
        ChangeKind(
            "post",
            lambda connection, subject: Place("A post", "", 0, len(posts[subject]) - 1),
            lambda connection, subject, base, head: (posts[subject][base], posts[subject][head]),
            undo,
        )
    )
    for number in (1, 2):
        with wiki.begin(WRITER) as tx:
            wiki.submit_change(tx, "post", 7, number)
    (line,) = open_reviews(wiki)
    assert (line.title, line.base, line.head, line.kinds) == ("A post", 0, 2, ("post",))
    answer(wiki, look(wiki, line.id), "revert", reason="wrong")
    assert posts[7] == ["", "First.\n", "Second.\n", ""]
    with pytest.raises(ValueError, match="already"):
        wiki.register_change_kind(ChangeKind("post", lambda *_: Place("", "", 0, 0), lambda *_: ("", "")))
    with pytest.raises(Invalid), wiki.begin(WRITER) as tx:
        wiki.submit_change(tx, "unknown", 1, 1)
