"""Planning and running: the dry run equals the result, each item is whole, and all of it can be taken back."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import select, update

from kbwiki.actors import Actor
from kbwiki.db import Change
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.moderation.batches.plan import plan_batch
from kbwiki.moderation.batches.report import report_of
from kbwiki.moderation.batches.run import run_batch, take_back_batch
from kbwiki.moderation.batches.selection import Selection
from kbwiki.moderation.models import BatchItem, Decision, Tally
from kbwiki.moderation.subjects import ChangeKind, Place
from kbwiki.moderation.take_back import take_back
from kbwiki.pages.actions import move_page
from kbwiki.spaces.queries import find_space
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
from tests.moderation.batches.conftest import SPAMMER, decisions, pages, planned
from tests.moderation.conftest import decided, ranges, review_of


def test_a_plan_changes_nothing(wiki: Wiki) -> None:
    pages(wiki, 3)
    before = ranges(wiki)

    plan = planned(wiki, "revert")

    assert (plan.would_be_done, len(plan.items)) == (3, 3)
    assert ranges(wiki) == before
    assert decisions(wiki) == 0
    assert read(wiki, "p/0000") == "Text of p/0000\n"
    with wiki.read() as connection:
        assert connection.execute(select(Tally.count).where(Tally.state == "open")).scalar() == 3


def test_running_decides_each_once_with_the_batch_in_every_decision(wiki: Wiki) -> None:
    pages(wiki, 3)
    plan = planned(wiki, "approve")
    told: list[tuple[int, int]] = []

    outcome = run_batch(wiki, MODERATOR, plan.batch_id, progress=lambda done, of: told.append((done, of)))

    assert (outcome.done, outcome.planned, outcome.refused) == (3, 0, 0)
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert open_reviews(wiki) == []
    assert decisions(wiki, plan.batch_id) == 3
    assert run_batch(wiki, MODERATOR, plan.batch_id).done == 3
    assert decisions(wiki) == 3


def test_the_dry_run_equals_the_result_whatever_is_among_them(wiki: Wiki) -> None:
    make_space(wiki, "both", reviewers=("people", "safety"))
    both = Actor("bea", "Bea", frozenset({"people", "safety", "moderators", "staff"}))
    save(wiki, "fine", "x")
    save(wiki, "both/page", "x")  # two reviews of it: the second is not as it was shown once the first is reverted
    save(wiki, "clash", "one\n")
    decided(wiki, "clash", "approve")
    save(wiki, "clash", "two\n", base=1)
    save(wiki, "moves", "x")
    decided(wiki, "moves", "approve")
    with wiki.begin(WRITER) as tx:
        move_page(tx, "moves", "moved")
    save(wiki, "moves", "in the old place")  # whoever moves back first finds the place taken
    save(wiki, "own", "x", by=both)
    plan = planned(wiki, "revert", by=both)

    outcome = run_batch(wiki, both, plan.batch_id)

    said = {one.item.place: one.forecast for one in plan.items}
    assert {one.place: one.why for one in outcome.items} == said
    assert {one.place for one in outcome.items if one.outcome == "done"} == {
        place for place, forecast in said.items() if not forecast
    }
    assert outcome.done >= 3
    assert outcome.refused >= 2
    assert [one.path for one in plan.left_out] == ["own"]


def test_what_moved_on_since_is_refused_and_stays_open(wiki: Wiki) -> None:
    pages(wiki, 3)
    plan = planned(wiki, "approve")
    save(wiki, "p/0001", "something new", by=SECOND_WRITER, base=1)
    decided(wiki, "p/0002", "approve", by=SECOND_MODERATOR)

    outcome = run_batch(wiki, MODERATOR, plan.batch_id)

    assert [one.outcome for one in outcome.items] == ["done", "refused", "refused"]
    assert "changed while you were looking" in outcome.items[1].why
    assert "Cai Colleague has already decided" in outcome.items[2].why
    assert ranges(wiki) == {"p/0001": (0, 2)}
    assert decisions(wiki, plan.batch_id) == 1


def test_losing_membership_refuses_what_is_left(wiki: Wiki) -> None:
    pages(wiki, 2)
    plan = planned(wiki, "approve")

    outcome = run_batch(wiki, Actor("moderator", "Mona Moderator"), plan.batch_id)

    assert outcome.refused == 2
    assert decisions(wiki) == 0


def test_only_who_planned_it_may_run_it_or_see_it(wiki: Wiki) -> None:
    pages(wiki, 1)
    plan = planned(wiki, "approve")

    with pytest.raises(Forbidden):
        run_batch(wiki, SECOND_MODERATOR, plan.batch_id)
    with pytest.raises(Forbidden):
        take_back_batch(wiki, SECOND_MODERATOR, plan.batch_id)
    with wiki.read() as connection, pytest.raises(NotFound):
        report_of(connection, wiki.id, SECOND_MODERATOR, plan.batch_id, wiki.subjects)
    with pytest.raises(NotFound):
        run_batch(wiki, MODERATOR, "0" * 32)


@pytest.mark.parametrize("verdict", ["edit", "restore", "take-back", "nonsense"])
def test_verdicts_that_need_a_look_at_each_text_cannot_be_given_to_many(wiki: Wiki, verdict: str) -> None:
    with pytest.raises(Invalid):
        plan_batch(wiki, MODERATOR, Selection(), verdict)


def test_a_missing_reason_is_said_before_anything_is_planned(wiki: Wiki) -> None:
    pages(wiki, 2)

    with pytest.raises(Invalid, match="reason"):
        plan_batch(wiki, MODERATOR, Selection(), "revert")


@pytest.mark.parametrize("verdict", ["approve", "revert", "hide", "delete"])
def test_one_call_takes_all_of_it_back(wiki: Wiki, verdict: str) -> None:
    pages(wiki, 3)
    plan = planned(wiki, verdict)
    run_batch(wiki, MODERATOR, plan.batch_id)

    outcome = take_back_batch(wiki, MODERATOR, plan.batch_id)

    assert (outcome.taken_back, outcome.done) == (3, 0), [one.why for one in outcome.items]
    assert set(ranges(wiki)) == {"p/0000", "p/0001", "p/0002"}
    assert read(wiki, "p/0001") == "Text of p/0001\n"
    assert take_back_batch(wiki, MODERATOR, plan.batch_id).taken_back == 3
    assert decisions(wiki) == 6


def test_taking_back_goes_on_where_it_was_and_calls_off_what_has_not_run(wiki: Wiki) -> None:
    pages(wiki, 5)
    plan = planned(wiki, "approve")
    run_batch(wiki, MODERATOR, plan.batch_id, most=3)

    first = take_back_batch(wiki, MODERATOR, plan.batch_id, most=1)
    assert (first.taken_back, first.done, first.refused, first.planned) == (1, 2, 2, 0)
    assert run_batch(wiki, MODERATOR, plan.batch_id).done == 2
    last = take_back_batch(wiki, MODERATOR, plan.batch_id)

    assert (last.taken_back, last.done) == (3, 0)
    assert len(open_reviews(wiki)) == 5


def test_what_cannot_be_taken_back_stays_done_with_the_reason_and_the_rest_goes_on(wiki: Wiki) -> None:
    for path in ("a", "b"):
        save(wiki, path, "one\ntwo\n", by=WRITER)
        decided(wiki, path, "approve")
        save(wiki, path, "one\nbad\n", by=SPAMMER, base=1)
    plan = planned(wiki, "revert")
    run_batch(wiki, MODERATOR, plan.batch_id)
    save(wiki, "a", "one\nthree\n", by=WRITER, base=3)

    outcome = take_back_batch(wiki, MODERATOR, plan.batch_id)

    assert [one.outcome for one in outcome.items] == ["done", "taken-back"]
    assert "same words" in outcome.items[0].why
    assert read(wiki, "a") == "one\nthree\n"
    assert read(wiki, "b") == "one\nbad\n"


def test_an_item_that_somebody_else_took_back_counts_as_taken_back(wiki: Wiki) -> None:
    pages(wiki, 1)
    plan = planned(wiki, "approve")
    done = run_batch(wiki, MODERATOR, plan.batch_id)
    with wiki.begin(SECOND_MODERATOR) as tx:
        take_back(tx, done.items[0].decision_id or 0)

    outcome = take_back_batch(wiki, MODERATOR, plan.batch_id)

    assert (outcome.taken_back, outcome.items[0].why) == (1, "Somebody had taken it back already.")


def test_a_crash_between_decision_and_outcome_leaves_neither(wiki: Wiki) -> None:
    pages(wiki, 2)
    plan = planned(wiki, "approve")
    with pytest.raises(ZeroDivisionError):
        run_batch(wiki, MODERATOR, plan.batch_id, progress=lambda done, of: 1 // (1 - done))

    assert decisions(wiki, plan.batch_id) == 1
    assert run_batch(wiki, MODERATOR, plan.batch_id).done == 2
    assert decisions(wiki, plan.batch_id) == 2


def test_an_item_planned_anew_by_mistake_is_still_decided_once(wiki: Wiki) -> None:
    pages(wiki, 1)
    plan = planned(wiki, "approve")
    run_batch(wiki, MODERATOR, plan.batch_id)
    with wiki.database.write() as connection:
        connection.execute(update(BatchItem).values(outcome="planned", decision_id=None))

    outcome = run_batch(wiki, MODERATOR, plan.batch_id)

    assert outcome.done == 1
    assert decisions(wiki) == 1


def test_two_runners_at_once_decide_each_item_once(wiki: Wiki) -> None:
    pages(wiki, 30)
    plan = planned(wiki, "revert")
    errors: list[BaseException] = []

    def run() -> None:
        try:
            run_batch(wiki, MODERATOR, plan.batch_id)
        except BaseException as error:
            errors.append(error)

    runners = [threading.Thread(target=run) for _ in range(3)]
    for one in runners:
        one.start()
    for one in runners:
        one.join()

    assert errors == []
    with wiki.read() as connection:
        outcome = report_of(connection, wiki.id, MODERATOR, plan.batch_id, wiki.subjects)
        keys = connection.execute(select(Decision.key)).scalars().all()
    assert outcome.done == 30
    assert len(keys) == len(set(keys)) == 30


def test_handing_over_many_takes_the_group_from_the_details(wiki: Wiki) -> None:
    pages(wiki, 2)
    review_of(wiki, "p/0000")
    plan = plan_batch(wiki, MODERATOR, Selection(), "hand-over", details={"to": "people"})

    assert run_batch(wiki, MODERATOR, plan.batch_id).done == 2
    assert len(open_reviews(wiki, "people")) == 2
    assert take_back_batch(wiki, MODERATOR, plan.batch_id).taken_back == 2
    assert len(open_reviews(wiki)) == 2


def test_things_of_other_kinds_are_decided_like_pages_and_refused_what_they_cannot(wiki: Wiki) -> None:
    with wiki.read() as connection:
        root = find_space(connection, wiki.id, "")
    wiki.subjects["post"] = ChangeKind(
        "post", lambda connection, one: Place(f"Post {one}", "", root, 1), lambda connection, one, base, head: ("", "x")
    )
    for number in (1, 2):
        with wiki.begin(WRITER) as tx:
            tx.record(Change("publish", "post", number, 1, (root,), {}))

    refused = planned(wiki, "revert")
    approved = planned(wiki, "approve", Selection(kinds=("post",)))

    assert [one.forecast for one in refused.items] == ["Changes of “post” cannot be taken out by a decision."] * 2
    outcome = run_batch(wiki, MODERATOR, approved.batch_id)
    assert [(one.title, one.outcome) for one in outcome.items] == [("Post 1", "done"), ("Post 2", "done")]


def test_a_batch_and_single_decisions_at_once_decide_each_review_once(wiki: Wiki) -> None:
    pages(wiki, 20)
    plan = planned(wiki, "approve")
    seen = [look(wiki, line.id, by=SECOND_MODERATOR) for line in open_reviews(wiki)]
    lost: list[Conflict] = []

    def by_hand() -> None:
        for view in reversed(seen):
            try:
                answer(wiki, view, "approve", by=SECOND_MODERATOR)
            except Conflict as error:
                lost.append(error)

    other = threading.Thread(target=by_hand)
    other.start()
    outcome = run_batch(wiki, MODERATOR, plan.batch_id)
    other.join()

    assert decisions(wiki) == 20
    assert outcome.done == len(lost)
    assert outcome.refused == 20 - len(lost)
    assert all("has already decided" in str(error) for error in lost)
    assert all("Cai Colleague has already decided" in one.why for one in outcome.items if one.outcome == "refused")


def test_people_can_save_while_a_batch_is_planned_and_run(wiki: Wiki) -> None:
    pages(wiki, 60)
    over = threading.Event()
    saved: list[float] = []

    def write() -> None:
        while not over.is_set():
            begun = time.monotonic()
            save(wiki, f"new/{len(saved)}", "x")
            saved.append(time.monotonic() - begun)
            over.wait(0.02)  # people take a moment between two saves

    writer = threading.Thread(target=write)
    writer.start()
    try:
        plan = planned(wiki, "revert", Selection(space="p"))
        outcome = run_batch(wiki, MODERATOR, plan.batch_id)
    finally:
        over.set()
        writer.join()

    assert outcome.done == 60
    assert saved
    assert max(saved) < wiki.settings.lock_timeout_seconds
