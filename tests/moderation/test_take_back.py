"""Taking decisions back: what they did is undone, once, and what they answered waits again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kbwiki.actors import Actor
from kbwiki.errors import Conflict, Forbidden, NotFound
from kbwiki.moderation.acts import lock_pages
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.models import Decision, Review
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.log import record_lines
from kbwiki.moderation.record import Decided
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.subjects import ChangeKind, Place
from kbwiki.moderation.take_back import TAKEN_BACK, restore_hidden, take_back
from kbwiki.pages.actions import EditConflict, move_page
from kbwiki.spaces.policy import SpaceSettings
from kbwiki.testing import (
    ADMIN,
    MODERATOR,
    READER,
    SECOND_MODERATOR,
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

from .conftest import PEOPLE, SAFETY, decide_on, decided, ranges, review_of, seen, state_of

OLD = "One.\n\nTwo.\n\nThree.\n"
NEW = "One.\n\nTWO and more.\n\nThree.\n"


@pytest.fixture
def changed(wiki: Wiki) -> Wiki:
    """A page that was approved, and changed by its author since."""
    save(wiki, "page", OLD)
    decided(wiki, "page", "approve")
    save(wiki, "page", NEW, base=1)
    return wiki


def back(wiki: Wiki, decision: Decided, *, by: Actor = MODERATOR, key: str | None = None) -> Decided:
    with wiki.begin(by) as tx:
        return take_back(tx, decision.decision_id, key=key)


def answer_with(wiki: Wiki, verdict: Verdict, *, path: str = "page", by: Actor = MODERATOR, **details: Any) -> Decided:
    shown = look(wiki, review_of(wiki, path).id, by=by).shown
    with wiki.begin(by) as tx:
        given = Answer(
            shown.review_id, shown.base, shown.head, shown.digest, verdict, reason="wrong", details=details
        )
        return decide(tx, given)


@pytest.mark.parametrize("verdict", ["approve", "revert", "hide", "delete"])
def test_what_a_decision_did_is_undone_and_what_it_answered_waits_again(changed: Wiki, verdict: str) -> None:
    decision = decided(changed, "page", verdict)
    assert ranges(changed) == {}
    back(changed, decision)
    assert read(changed, "page") == NEW
    assert ranges(changed) == {"page": (1, 2)}
    assert faults(changed) == []


def test_a_mended_page_is_as_it_was_before_mending(changed: Wiki) -> None:
    decision = answer_with(changed, Verdict.EDIT, text=NEW.replace("more", "better"))
    assert read(changed, "page") == NEW.replace("more", "better")
    back(changed, decision)
    assert read(changed, "page") == NEW
    assert ranges(changed) == {"page": (1, 2)}
    assert faults(changed) == []


def test_pieces_that_were_taken_out_come_back(changed: Wiki) -> None:
    save(changed, "page", NEW.replace("Three", "THREE"), base=2)
    decision = answer_with(changed, Verdict.REVERT_PART, hunks=[0])
    assert read(changed, "page") != NEW.replace("Three", "THREE")
    assert "THREE" in read(changed, "page")
    back(changed, decision)
    assert read(changed, "page") == NEW.replace("Three", "THREE")
    assert faults(changed) == []


def test_what_others_wrote_meanwhile_stays(changed: Wiki) -> None:
    decision = decided(changed, "page", "revert")
    save(changed, "page", OLD.replace("One.", "One, twice."), base=3, by=PEOPLE_WRITER)
    back(changed, decision)
    assert read(changed, "page") == NEW.replace("One.", "One, twice.")
    assert ranges(changed) == {"page": (1, 4)}
    assert faults(changed) == []


PEOPLE_WRITER = Actor("other", "Olga Other", frozenset({"staff"}))


def test_a_decision_that_later_changes_build_on_stays_and_nothing_happens(changed: Wiki) -> None:
    decision = decided(changed, "page", "revert")
    save(changed, "page", OLD.replace("Two.", "Quite another second part."), base=3, by=PEOPLE_WRITER)
    before = read(changed, "page")
    with pytest.raises(EditConflict):
        back(changed, decision)
    assert read(changed, "page") == before
    assert ranges(changed) == {"page": (3, 4)}
    assert faults(changed) == []


def test_a_decision_is_taken_back_once(changed: Wiki) -> None:
    decision = decided(changed, "page", "revert")
    back(changed, decision)
    with pytest.raises(Conflict, match="already taken this back"):
        back(changed, decision, by=SECOND_MODERATOR)
    assert read(changed, "page") == NEW


def test_asking_twice_with_one_key_takes_back_once(changed: Wiki) -> None:
    decision = decided(changed, "page", "approve")
    first, second = back(changed, decision, key="k"), back(changed, decision, key="k")
    assert (first.decision_id, first.repeated, second.repeated) == (second.decision_id, False, True)


def test_a_taking_back_is_not_taken_back_itself_but_decided_anew(changed: Wiki) -> None:
    again = back(changed, decided(changed, "page", "approve"))
    with pytest.raises(Conflict):
        back(changed, again)
    assert Verdict.TAKE_BACK not in TAKEN_BACK


def test_only_the_group_takes_back_and_never_an_author(wiki: Wiki) -> None:
    make_space(wiki, "people", reviewers=("people",))
    author = Actor("hugo", "Hugo", frozenset({"people", "staff"}))
    save(wiki, "people/page", OLD, by=author)
    decision = decided(wiki, "people/page", "approve", by=PEOPLE, group="people")
    for actor in (SAFETY, WRITER, READER, author):
        with pytest.raises(Forbidden):
            back(wiki, decision, by=actor)
    with pytest.raises(NotFound), wiki.begin(PEOPLE) as tx:
        take_back(tx, 999)


def test_a_concern_that_is_taken_back_lets_the_review_be_open_again(changed: Wiki) -> None:
    decision = decided(changed, "page", "concern")
    assert ranges(changed) == {}
    back(changed, decision)
    assert ranges(changed) == {"page": (1, 2)}
    assert faults(changed) == []


def test_what_was_handed_over_comes_back_while_the_others_have_not_touched_it(changed: Wiki) -> None:
    make_space(changed, "safety", reviewers=("safety",))
    decision = answer_with(changed, Verdict.HAND_OVER, to="safety")
    assert (ranges(changed), ranges(changed, "safety")) == ({}, {"page": (1, 2)})
    back(changed, decision)
    assert (ranges(changed), ranges(changed, "safety")) == ({"page": (1, 2)}, {})
    assert faults(changed) == []


def test_the_log_tells_what_was_taken_back(changed: Wiki) -> None:
    decision = decided(changed, "page", "revert")
    back(changed, decision)
    with changed.read() as connection:
        lines = record_lines(connection, changed.id, MODERATOR, "admins")
        assert record_lines(connection, changed.id, WRITER, "admins") == []
    told = [(line.verdict, line.taken_back, line.path) for line in lines]
    assert told == [("take-back", False, "page"), ("revert", True, "page"), ("approve", False, "page")]


def test_decisions_are_only_added(changed: Wiki) -> None:
    decision = decided(changed, "page", "revert")
    with changed.read() as connection:
        before = connection.execute(select(Decision).order_by(Decision.id)).all()
    back(changed, decision)
    with changed.read() as connection:
        after = connection.execute(select(Decision).order_by(Decision.id)).all()
        states = connection.execute(select(Review.state).order_by(Review.id)).scalars().all()
    assert after[: len(before)] == before
    assert states == ["decided", "decided", "open"]


BOARD = Actor("bo", "Bo Board", frozenset({"board"}))
PEOPLE_AND_BOARD = Actor("both", "Bodil", frozenset({"board", "people"}))


def locked_away(wiki: Wiki, verdict: str = "approve") -> Decided:
    """A decision of the people's about a page that lies in the closed space of the board since."""
    make_space(wiki, "people", reviewers=("people",))
    make_space(wiki, "secret", readers=("board",), writers=("board",), reviewers=("board",))
    save(wiki, "people/page", OLD)
    decided(wiki, "people/page", "approve", by=PEOPLE, group="people")
    save(wiki, "people/page", NEW, base=1)
    decision = decided(wiki, "people/page", verdict, by=PEOPLE, group="people")
    with wiki.begin(PEOPLE_AND_BOARD) as tx:
        move_page(tx, "people/page", "secret/plan")
    return decision


def test_what_waits_again_waits_where_the_page_is_now_and_for_those_who_can_read_it(wiki: Wiki) -> None:
    decision = locked_away(wiki)
    back(wiki, decision, by=PEOPLE_AND_BOARD)
    assert ranges(wiki, "people") == {}
    assert ranges(wiki, "board") == {"secret/plan": (1, 3)}
    assert {line.space for line in open_reviews(wiki, "board")} == {"secret"}
    assert faults(wiki) == []


def test_what_waits_again_waits_for_the_same_group_in_another_space_that_it_can_read(wiki: Wiki) -> None:
    make_space(wiki, "safety", reviewers=("safety",))
    save(wiki, "page", OLD)
    decision = decided(wiki, "page", "approve")
    with wiki.begin(WRITER) as tx:
        move_page(tx, "page", "safety/page")
    back(wiki, decision)
    assert {(line.path, line.space) for line in open_reviews(wiki)} == {("safety/page", "safety")}
    assert faults(wiki) == []


@pytest.mark.parametrize("verdict", ["approve", "revert", "hide"])
def test_nobody_takes_back_what_is_about_a_page_they_cannot_read_any_more(sqlite_wiki: Wiki, verdict: str) -> None:
    decision = locked_away(sqlite_wiki, verdict)
    with pytest.raises(NotFound):
        back(sqlite_wiki, decision, by=PEOPLE)
    assert ranges(sqlite_wiki, "people") == {}
    back(sqlite_wiki, decision, by=PEOPLE_AND_BOARD)
    assert faults(sqlite_wiki) == []


def test_nobody_shows_again_what_is_hidden_in_a_page_they_cannot_read_any_more(sqlite_wiki: Wiki) -> None:
    decision = locked_away(sqlite_wiki, "hide")
    with pytest.raises(NotFound), sqlite_wiki.begin(PEOPLE) as tx:
        restore_hidden(tx, decision.decision_id)
    with sqlite_wiki.begin(PEOPLE_AND_BOARD) as tx:
        restore_hidden(tx, decision.decision_id)
    assert faults(sqlite_wiki) == []


def test_nobody_lifts_a_lock_of_a_page_they_cannot_read_any_more(sqlite_wiki: Wiki) -> None:
    locked_away(sqlite_wiki)
    with sqlite_wiki.begin(BOARD) as tx:
        lock = lock_pages(tx, "secret/plan", until=tx.now + timedelta(days=1), group="board", reason="wrong")
    make_space(sqlite_wiki, "secret", readers=("chiefs",), writers=("chiefs",), reviewers=("chiefs",))
    with pytest.raises(NotFound):
        back(sqlite_wiki, lock, by=BOARD)
    back(sqlite_wiki, lock, by=Actor("boss", "Boss", frozenset({"board", "chiefs"})))


def test_what_the_host_moved_is_taken_back_by_those_who_read_its_place_now(sqlite_wiki: Wiki) -> None:
    spaces = {name: make_space(sqlite_wiki, name) for name in ("open", "moved")}
    home = {"of the post": spaces["open"]}
    sqlite_wiki.register_change_kind(
        ChangeKind("post", lambda *_: Place("A post", "", home["of the post"], 1), lambda *_: ("", "x"))
    )
    with sqlite_wiki.begin(WRITER) as tx:
        sqlite_wiki.submit_change(tx, "post", 7, 1, space="open")
    (line,) = open_reviews(sqlite_wiki)
    decision = answer(sqlite_wiki, look(sqlite_wiki, line.id), "approve")
    make_space(sqlite_wiki, "moved", readers=("board",), writers=("board",), reviewers=("board",))
    home["of the post"] = spaces["moved"]

    with pytest.raises(NotFound):
        back(sqlite_wiki, decision)

    back(sqlite_wiki, decision, by=Actor("both", "Bodil", frozenset({"board", "moderators"})))
    assert open_reviews(sqlite_wiki) == []
    assert [one.title for one in open_reviews(sqlite_wiki, "board")] == ["A post"]


@pytest.mark.parametrize("kind", ["rule", "space"])
def test_administrators_take_back_what_they_decided_about_rules_and_spaces(sqlite_wiki: Wiki, kind: str) -> None:
    with sqlite_wiki.begin(ADMIN) as tx:
        if kind == "rule":
            set_rule(tx, "legal", {}, {"add_groups": ["legal"]})
        else:
            sqlite_wiki.set_space(tx, "new", SpaceSettings("New"))
    (line,) = open_reviews(sqlite_wiki, "admins")
    colleague = Actor("second", "Adam", frozenset({"admins"}))
    approved = answer(sqlite_wiki, look(sqlite_wiki, line.id, by=colleague), "approve", by=colleague)
    back(sqlite_wiki, approved, by=colleague)
    assert [one.subject_kind for one in open_reviews(sqlite_wiki, "admins")] == [kind]


def test_nobody_overturns_a_decision_about_what_they_cannot_read_any_more(sqlite_wiki: Wiki) -> None:
    spaces = {name: make_space(sqlite_wiki, name, reviewers=("people",)) for name in ("open", "moved")}
    home, undone = {"of the post": spaces["open"]}, []
    sqlite_wiki.register_change_kind(
        ChangeKind(
            "post",
            lambda *_: Place("A post", "", home["of the post"], 1),
            lambda *_: ("", "x"),
            lambda *_: undone.append("once") or len(undone),
        )
    )
    with sqlite_wiki.begin(WRITER) as tx:
        sqlite_wiki.submit_change(tx, "post", 7, 1, space="open")
    (line,) = open_reviews(sqlite_wiki, "people")
    decision = answer(sqlite_wiki, look(sqlite_wiki, line.id, by=PEOPLE), "revert", by=PEOPLE, reason="wrong")
    with sqlite_wiki.begin(WRITER) as tx:
        review_id = appeal(tx, decision.decision_id, "It was right.")
    make_space(sqlite_wiki, "moved", readers=("board",), writers=("board",), reviewers=("board",))
    home["of the post"] = spaces["moved"]

    with pytest.raises(NotFound):
        decide_on(sqlite_wiki, seen(sqlite_wiki, review_id), "overturn", by=MODERATOR)

    assert state_of(sqlite_wiki, review_id) == "open"
    both = Actor("both", "Bodil", frozenset({"board", "moderators"}))
    decide_on(sqlite_wiki, seen(sqlite_wiki, review_id), "overturn", by=both)
