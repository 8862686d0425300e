"""Deciding: exactly once, by somebody else, about exactly what was shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from kbwiki.actors import Actor
from kbwiki.errors import Forbidden, Invalid, NotFound
from kbwiki.moderation.decide import AlreadyDecided, Answer, MovedOn, decide
from kbwiki.moderation.models import Decision
from kbwiki.moderation.policy import MAX_NOTE, REASONS, Verdict
from kbwiki.moderation.queries.review import ReviewView
from kbwiki.moderation.record import Decided
from kbwiki.moderation.take_back import restore_hidden
from kbwiki.pages.actions import EditConflict, delete_page, move_page
from kbwiki.pages.queries.view import find_page, get_any_page
from kbwiki.testing import (
    ADMIN,
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    make_space,
    read,
    save,
)
from kbwiki.wiki import Wiki
from tests.promises.invariants import faults

from .conftest import BOTH, PEOPLE, PEOPLE_TOO, SAFETY, decided, ranges, review_of

FOUR = "One.\n\nTwo.\n\nThree.\n\nFour.\n"


@pytest.fixture
def approved(wiki: Wiki) -> Wiki:
    """A page whose first revision was approved."""
    save(wiki, "page", FOUR)
    decided(wiki, "page", "approve")
    return wiki


def seen(wiki: Wiki, path: str = "page", by: Actor = MODERATOR, group: str = "moderators") -> ReviewView:
    return look(wiki, review_of(wiki, path, group).id, by=by)


def answered(wiki: Wiki, given: Answer, by: Actor = MODERATOR) -> Decided:
    with wiki.begin(by) as tx:
        return decide(tx, given)


def answer_to(view: ReviewView, verdict: Verdict = Verdict.APPROVE, reason: str = "", note: str = "") -> Answer:
    return Answer(view.id, view.shown.base, view.shown.head, view.shown.digest, verdict, reason, note)


def decisions(wiki: Wiki) -> int:
    with wiki.read() as connection:
        return connection.execute(select(func.count()).select_from(Decision)).scalar_one()


def test_an_approval_closes_the_review_and_leaves_the_page(approved: Wiki) -> None:
    save(approved, "page", FOUR.replace("One", "ONE"), base=1)
    outcome = answered(approved, answer_to(seen(approved), note="Well done."))
    assert outcome.number == 2
    assert ranges(approved) == {}
    assert read(approved, "page") == FOUR.replace("One", "ONE")
    assert faults(approved) == []


def test_a_decision_is_kept_with_all_it_said(approved: Wiki) -> None:
    save(approved, "page", FOUR.replace("One", "ONE"), base=1)
    view = seen(approved)
    outcome = answered(approved, answer_to(view, Verdict.REVERT, "wrong", "  It is two.  "))
    after = look(approved, view.id)
    assert after.state == "decided"
    assert after.decision is not None
    assert (after.decision.id, after.decision.verdict, after.decision.actor) == (
        outcome.decision_id,
        "revert",
        MODERATOR.name,
    )
    assert (after.decision.reason, after.decision.note) == ("wrong", "It is two.")
    assert (after.decision.base, after.decision.head) == (1, 2)
    assert after.why_not == "This review has been decided."


def test_a_revert_takes_out_all_changes_of_the_range(approved: Wiki) -> None:
    save(approved, "page", FOUR.replace("One", "ONE"), base=1)
    save(approved, "page", FOUR.replace("One", "ONE").replace("Two", "TWO"), title="New", tags=("x",), base=2)
    outcome = decided(approved, "page", "revert")
    assert outcome.number == 4
    assert read(approved, "page") == FOUR
    with approved.read() as connection:
        page = find_page(connection, approved.id, "page", READER)
        assert page is not None
        assert (page.title, page.tags, page.kind, page.author) == ("page", (), "revert", MODERATOR.name)
        assert page.comment == REASONS["wrong"]
    assert faults(approved) == []


def test_a_revert_of_a_creation_deletes_the_page(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    decided(wiki, "page", "revert")
    with wiki.read() as connection:
        assert find_page(connection, wiki.id, "page", READER) is None
    assert faults(wiki) == []


def test_a_revert_of_a_move_moves_the_page_back(approved: Wiki) -> None:
    with approved.begin(WRITER) as tx:
        move_page(tx, "page", "elsewhere")
    decided(approved, "elsewhere", "revert")
    assert read(approved, "page") == FOUR
    assert faults(approved) == []


def test_a_revert_of_a_deletion_brings_the_page_back(approved: Wiki) -> None:
    with approved.begin(WRITER) as tx:
        delete_page(tx, "page")
    decided(approved, "page", "revert")
    assert read(approved, "page") == FOUR


def test_a_revert_keeps_what_came_after_the_range(wiki: Wiki) -> None:
    make_space(wiki, "people", reviewers=("people",))
    make_space(wiki, "safety", reviewers=("safety",))
    save(wiki, "people/page", FOUR)
    decided(wiki, "people/page", "approve", by=PEOPLE, group="people")
    save(wiki, "people/page", FOUR.replace("One", "ONE"), base=1)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "people/page", "safety/page")
    save(wiki, "safety/page", FOUR.replace("One", "ONE").replace("Four", "FOUR"), base=3, by=SECOND_WRITER)
    decided(wiki, "safety/page", "revert", by=PEOPLE, group="people")
    assert read(wiki, "people/page") == FOUR.replace("Four", "FOUR")
    assert faults(wiki) == []


def test_a_revert_that_later_changes_stand_on_is_refused_with_both_texts(wiki: Wiki) -> None:
    make_space(wiki, "people", reviewers=("people",))
    make_space(wiki, "safety", reviewers=("safety",))
    save(wiki, "people/page", "The quick fox.\n")
    decided(wiki, "people/page", "approve", by=PEOPLE, group="people")
    save(wiki, "people/page", "The slow fox.\n", base=1)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "people/page", "safety/page")
    save(wiki, "safety/page", "The lazy fox.\n", base=3)
    with pytest.raises(EditConflict):
        decided(wiki, "safety/page", "revert", by=PEOPLE, group="people")
    assert ranges(wiki, "people") == {"safety/page": (1, 3)}
    assert read(wiki, "safety/page") == "The lazy fox.\n"


def test_reverting_what_was_undone_already_changes_nothing_and_is_a_decision(approved: Wiki) -> None:
    save(approved, "page", FOUR.replace("One", "ONE"), base=1)
    save(approved, "page", FOUR, base=2, by=SECOND_WRITER)
    outcome = decided(approved, "page", "revert")
    assert outcome.number == 3
    assert ranges(approved) == {}
    assert faults(approved) == []


def test_a_wrong_digest_is_refused(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    given = answer_to(seen(wiki))
    for digest in (b"", b"x" * 32, given.digest[:-1] + b"\0", given.digest.hex().encode()):
        with pytest.raises(MovedOn) as raised:
            answered(wiki, replace(given, digest=digest))
        assert raised.value.status == 409
    assert decisions(wiki) == 0


@pytest.mark.parametrize(("base", "head"), [(1, 2), (0, 1), (0, 3), (-1, 2), (2, 2)])
def test_a_wrong_range_is_refused(wiki: Wiki, base: int, head: int) -> None:
    save(wiki, "page", FOUR)
    save(wiki, "page", FOUR.replace("One", "ONE"), base=1)
    with pytest.raises(MovedOn) as raised:
        answered(wiki, replace(answer_to(seen(wiki)), base=base, head=head))
    assert (raised.value.seen, raised.value.head) == (head, 2)
    assert decisions(wiki) == 0


def test_a_page_that_was_changed_since_is_refused_and_says_how_far_it_is(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    view = seen(wiki)
    save(wiki, "page", FOUR.replace("One", "ONE"), base=1)
    for verdict, reason in ((Verdict.APPROVE, ""), (Verdict.REVERT, "wrong"), (Verdict.HIDE, "abuse")):
        with pytest.raises(MovedOn) as raised:
            answered(wiki, answer_to(view, verdict, reason))
        assert (raised.value.seen, raised.value.head) == (1, 2)
    assert ranges(wiki) == {"page": (0, 2)}
    assert read(wiki, "page") == FOUR.replace("One", "ONE")


def test_a_page_that_was_moved_or_deleted_since_is_refused(organised: Wiki) -> None:
    save(organised, "people/page", FOUR)
    view = seen(organised, "people/page", PEOPLE, "people")
    with organised.begin(WRITER) as tx:
        move_page(tx, "people/page", "people/elsewhere")
    with pytest.raises(MovedOn):
        answered(organised, answer_to(view), PEOPLE)


def test_a_page_that_changed_beyond_the_range_of_the_review_is_refused(organised: Wiki) -> None:
    save(organised, "people/page", FOUR)
    with organised.begin(WRITER) as tx:
        move_page(tx, "people/page", "safety/page")
    view = seen(organised, "safety/page", PEOPLE, "people")
    save(organised, "safety/page", FOUR.replace("One", "ONE"), base=2)
    with pytest.raises(MovedOn) as raised:
        answered(organised, answer_to(view), PEOPLE)
    assert "not as it was shown" in str(raised.value)
    answered(organised, answer_to(seen(organised, "safety/page", PEOPLE, "people")), PEOPLE)


def test_a_page_whose_text_was_hidden_since_is_refused(organised: Wiki) -> None:
    save(organised, "both/page", FOUR)
    view = seen(organised, "both/page", PEOPLE, "people")
    decided(organised, "both/page", "hide", by=SAFETY, group="safety", reason="private")
    with pytest.raises(MovedOn):
        answered(organised, answer_to(view), PEOPLE)


def test_a_second_decision_is_refused_and_names_the_first(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    view = seen(wiki)
    answered(wiki, answer_to(view))
    for verdict, reason in ((Verdict.APPROVE, ""), (Verdict.REVERT, "wrong"), (Verdict.HIDE, "abuse")):
        with pytest.raises(AlreadyDecided) as raised:
            answered(wiki, answer_to(view, verdict, reason), SECOND_MODERATOR)
        assert (raised.value.by, raised.value.verdict, raised.value.status) == (MODERATOR.name, "approve", 409)
        assert MODERATOR.name in str(raised.value)
    assert decisions(wiki) == 1
    assert read(wiki, "page") == FOUR


def test_a_second_decision_is_refused_even_when_the_page_has_changes_again(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    view = seen(wiki)
    answered(wiki, answer_to(view))
    save(wiki, "page", FOUR.replace("One", "ONE"), base=1)
    with pytest.raises(AlreadyDecided):
        answered(wiki, answer_to(view, Verdict.REVERT, "wrong"), SECOND_MODERATOR)
    assert ranges(wiki) == {"page": (1, 2)}


def test_nobody_decides_on_their_own_change(wiki: Wiki) -> None:
    save(wiki, "page", FOUR, by=MODERATOR)
    view = seen(wiki)
    assert "your own" in view.why_not
    for verdict in (Verdict.APPROVE, Verdict.REVERT, Verdict.HIDE):
        with pytest.raises(Forbidden):
            answered(wiki, answer_to(view, verdict, "wrong"))
    answered(wiki, answer_to(view), SECOND_MODERATOR)


def test_nobody_decides_on_a_range_with_a_change_of_their_own_among_others(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    save(wiki, "page", FOUR.replace("One", "ONE"), base=1, by=MODERATOR)
    save(wiki, "page", FOUR, base=2)
    with pytest.raises(Forbidden):
        answered(wiki, answer_to(seen(wiki)))
    assert decisions(wiki) == 0


def test_a_new_name_does_not_make_an_author_somebody_else(wiki: Wiki) -> None:
    save(wiki, "page", FOUR, by=MODERATOR)
    renamed = Actor(MODERATOR.id, "Somebody Else", frozenset({"moderators", "more"}))
    with pytest.raises(Forbidden):
        answered(wiki, answer_to(seen(wiki)), renamed)


def test_a_moderator_who_moved_another_page_does_not_decide_on_the_links_that_followed(wiki: Wiki) -> None:
    save(wiki, "old", "x\n")
    save(wiki, "linking", "[[old]]\n")
    with wiki.begin(MODERATOR) as tx:
        move_page(tx, "old", "new")
    with pytest.raises(Forbidden):
        answered(wiki, answer_to(seen(wiki, "linking")))


def test_a_decision_does_not_make_its_moderator_an_author_for_their_own_group(organised: Wiki) -> None:
    save(organised, "page", FOUR)
    decided(organised, "page", "approve")
    save(organised, "page", FOUR.replace("One", "ONE"), base=1)
    decided(organised, "page", "revert")
    save(organised, "page", FOUR.replace("One", "Uno"), base=3)
    decided(organised, "page", "revert")
    assert faults(organised) == []


def test_somebody_in_both_groups_does_not_decide_for_the_second_on_their_own_revert(organised: Wiki) -> None:
    save(organised, "both/page", FOUR)
    decided(organised, "both/page", "revert", by=BOTH, group="people")
    with pytest.raises(Forbidden):
        decided(organised, "both/page", "approve", by=BOTH, group="safety")
    decided(organised, "both/page", "approve", by=SAFETY, group="safety")


@pytest.mark.parametrize("actor", [WRITER, ADMIN, PEOPLE, READER], ids=lambda actor: actor.id)
def test_only_members_of_the_group_decide(wiki: Wiki, actor: Actor) -> None:
    save(wiki, "page", FOUR, by=SECOND_WRITER)
    given = answer_to(seen(wiki))
    with pytest.raises(Forbidden):
        answered(wiki, given, actor)
    with pytest.raises(NotFound):
        look(wiki, given.review_id, by=actor)
    assert decisions(wiki) == 0


def test_a_group_of_all_who_are_signed_in_can_review(wiki: Wiki) -> None:
    make_space(wiki, "open", reviewers=("signed-in",))
    save(wiki, "open/page", FOUR)
    outcome = decided(wiki, "open/page", "approve", by=READER, group="signed-in")
    assert outcome.number == 1
    save(wiki, "open/page", "More.\n", base=1)
    with pytest.raises(Forbidden):
        decided(wiki, "open/page", "approve", by=WRITER, group="signed-in")


def test_a_review_that_never_was_cannot_be_decided(wiki: Wiki) -> None:
    with pytest.raises(NotFound):
        answered(wiki, Answer(4711, 0, 1, b"", Verdict.APPROVE))


def test_a_review_of_another_wiki_cannot_be_decided(wiki: Wiki) -> None:
    second = Wiki(wiki.database.engine.url.render_as_string(hide_password=False), name="second")
    second.upgrade()
    save(wiki, "page", FOUR)
    given = answer_to(seen(wiki))
    with pytest.raises(NotFound):
        answered(second, given)
    second.close()


@pytest.mark.parametrize("verdict", [Verdict.REVERT, Verdict.HIDE])
def test_taking_something_away_needs_a_reason(wiki: Wiki, verdict: Verdict) -> None:
    save(wiki, "page", FOUR)
    with pytest.raises(Invalid) as raised:
        answered(wiki, answer_to(seen(wiki), verdict))
    assert raised.value.field == "reason"
    assert ranges(wiki) == {"page": (0, 1)}
    assert read(wiki, "page") == FOUR


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [
        ("because", "", "reason"),
        ("other", "", "note"),
        ("other", "  \n", "note"),
        ("wrong", "x" * (MAX_NOTE + 1), "note"),
    ],
)
def test_grounds_that_tell_an_author_nothing_are_refused(wiki: Wiki, reason: str, note: str, field: str) -> None:
    save(wiki, "page", FOUR)
    with pytest.raises(Invalid) as raised:
        answered(wiki, answer_to(seen(wiki), Verdict.REVERT, reason, note))
    assert raised.value.field == field
    assert decisions(wiki) == 0


def test_showing_again_is_no_answer_to_a_review(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    with pytest.raises(Invalid):
        answered(wiki, answer_to(seen(wiki), Verdict.RESTORE))
    assert decisions(wiki) == 0


def test_hiding_and_showing_again_are_two_decisions_of_the_same_group(organised: Wiki) -> None:
    save(organised, "people/page", FOUR)
    hidden = decided(organised, "people/page", "hide", by=PEOPLE, group="people", reason="private")
    with pytest.raises(Forbidden), organised.begin(SAFETY) as tx:
        restore_hidden(tx, hidden.decision_id)
    with organised.begin(PEOPLE_TOO) as tx:
        shown = restore_hidden(tx, hidden.decision_id, note="It was public all along.")
    view = look(organised, shown.review_id, by=PEOPLE)
    assert view.decision is not None
    assert (view.decision.verdict, view.decision.actor, view.decision.group) == ("hide", PEOPLE.name, "people")
    assert [(one.verdict, one.actor) for one in view.decisions] == [("restore", PEOPLE_TOO.name)]
    assert read(organised, "people/page") == FOUR
    assert faults(organised) == []


def test_a_decision_about_a_deleted_page_is_possible(approved: Wiki) -> None:
    save(approved, "page", FOUR.replace("One", "ONE"), base=1)
    with approved.begin(SECOND_WRITER) as tx:
        delete_page(tx, "page")
    decided(approved, "page", "approve")
    with approved.read() as connection:
        assert get_any_page(connection, approved.id, "page", READER).deleted


def test_a_failed_decision_leaves_no_trace(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    head = wiki.verify().head
    view = seen(wiki)
    for given, by in (
        (answer_to(view, Verdict.REVERT), MODERATOR),
        (replace(answer_to(view), digest=b"x"), MODERATOR),
        (answer_to(view), WRITER),
    ):
        with pytest.raises((Invalid, MovedOn, Forbidden)):
            answered(wiki, given, by)
    assert wiki.verify().head == head
    assert answer(wiki, view, "approve").number == 1
