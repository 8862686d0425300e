"""Rolling an author's whole run back: exactly the run, one decision for each page, and all of it reversible."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kbwiki.actors import Actor
from kbwiki.errors import Forbidden
from kbwiki.moderation.batches.plan import plan_rollback
from kbwiki.moderation.batches.run import rollback_run, run_batch, take_back_batch
from kbwiki.moderation.batches.runs import Runs
from kbwiki.moderation.models import Decision, ReviewAuthor
from kbwiki.pages.actions import delete_page
from kbwiki.pages.models import Page
from kbwiki.testing import LONG_AGO, MODERATOR, SECOND_MODERATOR, SECOND_WRITER, WRITER, make_space, read, save
from kbwiki.wiki import Wiki
from tests.moderation.batches.conftest import SPAMMER, decisions, planned
from tests.moderation.conftest import decided, ranges, review_of

ALL = Runs("spam", LONG_AGO)


def test_a_run_is_taken_out_of_every_page_newest_first(wiki: Wiki) -> None:
    for path in ("a", "b"):
        save(wiki, path, "good\n")
        decided(wiki, path, "approve")
        save(wiki, path, "bad\n", by=SPAMMER, base=1)
        save(wiki, path, "worse\n", by=SPAMMER, base=2)
    save(wiki, "created", "spam\n", by=SPAMMER)

    plan, outcome = rollback_run(wiki, MODERATOR, ALL, reason="abuse")

    assert [one.path for one in outcome.items] == ["created", "b", "a"]
    assert (outcome.done, plan.would_be_done) == (3, 3)
    assert (read(wiki, "a"), read(wiki, "b")) == ("good\n", "good\n")
    with wiki.read() as connection:
        assert connection.execute(select(Page.deleted).where(Page.path == "created")).scalar_one()
        made = connection.execute(
            select(Decision.base, Decision.head, Decision.verdict).where(Decision.batch == plan.batch_id)
        ).all()
    assert sorted(map(tuple, made)) == [(0, 1, "revert"), (1, 3, "revert"), (1, 3, "revert")]
    assert ranges(wiki) == {}


def test_changes_of_others_in_the_same_review_stay_and_stay_open(wiki: Wiki) -> None:
    save(wiki, "page", "one\n")
    save(wiki, "page", "one\ntwo\n", by=SECOND_WRITER, base=1)
    save(wiki, "page", "spam\n", by=SPAMMER, base=2)

    plan, outcome = rollback_run(wiki, MODERATOR, ALL, reason="abuse")

    assert outcome.done == 1
    assert read(wiki, "page") == "one\ntwo\n"
    assert ranges(wiki) == {"page": (0, 2)}
    decided(wiki, "page", "approve", by=SECOND_MODERATOR)
    assert decisions(wiki, plan.batch_id) == 1


def test_taking_the_roll_back_back_lets_the_whole_range_wait_again(wiki: Wiki) -> None:
    save(wiki, "page", "one\n")
    save(wiki, "page", "spam\n", by=SPAMMER, base=1)
    plan, _ = rollback_run(wiki, MODERATOR, ALL, reason="abuse")

    outcome = take_back_batch(wiki, MODERATOR, plan.batch_id)

    assert outcome.taken_back == 1, outcome.items
    assert read(wiki, "page") == "spam\n"
    base, head = ranges(wiki)["page"]
    assert base == 0
    assert head >= 2


def test_what_was_approved_by_mistake_is_rolled_back_too(wiki: Wiki) -> None:
    save(wiki, "page", "good\n")
    save(wiki, "page", "spam\n", by=SPAMMER, base=1)
    decided(wiki, "page", "approve", by=SECOND_MODERATOR)

    plan, outcome = rollback_run(wiki, MODERATOR, ALL, reason="abuse")

    assert outcome.done == 1
    assert read(wiki, "page") == "good\n"
    assert ranges(wiki) == {}
    assert take_back_batch(wiki, MODERATOR, plan.batch_id).taken_back == 1
    assert read(wiki, "page") == "spam\n"
    assert ranges(wiki) == {"page": (1, 2)}
    with wiki.read() as connection:
        authors = connection.execute(
            select(ReviewAuthor.review_id).where(ReviewAuthor.review_id == review_of(wiki, "page").id)
        ).all()
    assert authors


def test_a_run_longer_than_the_open_review_is_one_decision(wiki: Wiki) -> None:
    save(wiki, "page", "good\n")
    save(wiki, "page", "spam\n", by=SPAMMER, base=1)
    decided(wiki, "page", "approve", by=SECOND_MODERATOR)
    save(wiki, "page", "more spam\n", by=SPAMMER, base=2)
    assert ranges(wiki) == {"page": (2, 3)}

    plan, _ = rollback_run(wiki, MODERATOR, ALL, reason="abuse")

    assert read(wiki, "page") == "good\n"
    assert decisions(wiki, plan.batch_id) == 1
    assert ranges(wiki) == {}


def test_a_run_that_others_built_on_is_left_out_and_named(wiki: Wiki) -> None:
    save(wiki, "page", "spam\n", by=SPAMMER)
    save(wiki, "page", "spam\nand more\n", base=1)

    plan = plan_rollback(wiki, MODERATOR, ALL, reason="abuse")

    assert plan.items == ()
    assert [(one.path, one.why) for one in plan.left_out] == [
        ("page", "It was changed again after this run, so please look at it by itself.")
    ]


def test_the_window_ends_a_run(wiki: Wiki) -> None:
    save(wiki, "page", "old\n", by=SPAMMER)
    save(wiki, "page", "new\n", by=SPAMMER, base=1)
    with wiki.read() as connection:
        moment = connection.execute(select(Page.updated_at)).scalar_one()

    rollback_run(wiki, MODERATOR, Runs("spam", moment), reason="abuse")
    assert read(wiki, "page") == "old\n"
    assert ranges(wiki) == {"page": (0, 1)}

    assert plan_rollback(wiki, MODERATOR, Runs("spam", LONG_AGO, until=moment), reason="abuse").items == ()


def test_a_deletion_is_rolled_back_by_bringing_the_page_back(wiki: Wiki) -> None:
    save(wiki, "page", "good\n")
    with wiki.begin(SPAMMER) as tx:
        delete_page(tx, "page")

    rollback_run(wiki, MODERATOR, ALL, reason="abuse")

    assert read(wiki, "page") == "good\n"


def test_what_is_deleted_already_needs_no_roll_back(wiki: Wiki) -> None:
    save(wiki, "page", "spam\n", by=SPAMMER)
    with wiki.begin(SPAMMER) as tx:
        delete_page(tx, "page")

    plan = plan_rollback(wiki, MODERATOR, ALL, reason="abuse")

    assert (plan.items, len(plan.left_out)) == ((), 1)


def test_a_change_after_the_plan_refuses_the_page(wiki: Wiki) -> None:
    save(wiki, "page", "good\n")
    save(wiki, "page", "spam\n", by=SPAMMER, base=1)
    plan = plan_rollback(wiki, MODERATOR, ALL, reason="abuse")
    save(wiki, "page", "unseen\n", by=SPAMMER, base=2)

    outcome = run_batch(wiki, MODERATOR, plan.batch_id)

    assert (outcome.refused, outcome.done) == (1, 0)
    assert "Please plan again" in outcome.items[0].why
    assert read(wiki, "page") == "unseen\n"
    assert ranges(wiki) == {"page": (0, 3)}


def test_other_groups_see_the_revert_in_their_own_review(wiki: Wiki) -> None:
    make_space(wiki, "both", reviewers=("people", "safety"))
    hanna = Actor("hanna", "Hanna", frozenset({"people"}))
    save(wiki, "both/page", "good\n")
    save(wiki, "both/page", "spam\n", by=SPAMMER, base=1)

    _, outcome = rollback_run(wiki, hanna, ALL, reason="abuse")

    assert outcome.items[0].group == "people"
    assert read(wiki, "both/page") == "good\n"
    assert ranges(wiki, "people") == {"both/page": (0, 1)}
    assert ranges(wiki, "safety") == {"both/page": (0, 3)}


def test_pages_of_other_groups_and_own_changes_cannot_be_rolled_back(wiki: Wiki) -> None:
    make_space(wiki, "people", reviewers=("people",))
    save(wiki, "people/page", "spam\n", by=SPAMMER)

    plan = plan_rollback(wiki, MODERATOR, ALL, reason="abuse")

    assert plan.items == ()
    assert "Other groups" in plan.left_out[0].why
    with pytest.raises(Forbidden):
        plan_rollback(wiki, SPAMMER, ALL, reason="abuse")
    assert plan_rollback(wiki, MODERATOR, Runs("nobody", LONG_AGO), reason="abuse").items == ()


def test_a_moderator_who_wrote_in_the_review_leaves_it_to_somebody_else(wiki: Wiki) -> None:
    mona = Actor("moderator", "Mona Moderator", frozenset({"moderators", "staff"}))
    save(wiki, "page", "mine\n", by=mona)
    save(wiki, "page", "spam\n", by=SPAMMER, base=1)

    plan = plan_rollback(wiki, mona, ALL, reason="abuse")

    assert "your own" in plan.items[0].forecast
    assert plan_rollback(wiki, SECOND_MODERATOR, ALL, reason="abuse").items[0].forecast == ""


def test_a_space_narrows_and_the_group_can_be_named(wiki: Wiki) -> None:
    make_space(wiki, "hr")
    for path in ("hr/a", "hrx"):
        save(wiki, path, "spam\n", by=SPAMMER)

    plan = plan_rollback(wiki, MODERATOR, Runs("spam", LONG_AGO, space="hr"), reason="abuse")
    assert len(plan.items) == 1
    other = plan_rollback(wiki, MODERATOR, Runs("spam", LONG_AGO, group="people"), reason="abuse")
    assert other.items == ()


def test_a_rolled_back_review_cannot_be_decided_again(wiki: Wiki) -> None:
    save(wiki, "page", "good\n", by=WRITER)
    save(wiki, "page", "spam\n", by=SPAMMER, base=1)
    other = planned(wiki, "approve", by=SECOND_MODERATOR)
    rollback_run(wiki, MODERATOR, ALL, reason="abuse")

    outcome = run_batch(wiki, SECOND_MODERATOR, other.batch_id)

    assert outcome.refused == 1
    assert "Mona Moderator has already decided" in outcome.items[0].why
