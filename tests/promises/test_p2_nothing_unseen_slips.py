"""P2: every change is up for review by each responsible group, or is exempt by a rule that is on record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kbwiki.actors import SYSTEM, Actor
from kbwiki.db import Change
from kbwiki.errors import SchemaBehind
from kbwiki.journal.models import Entry
from kbwiki.moderation.models import Review
from kbwiki.moderation.queries.lapses import lapse_counts, lapses
from kbwiki.pages.actions import Edit, move_page, save_page
from kbwiki.testing import ADMIN, WRITER, answer, look, make_space, open_reviews, save
from kbwiki.wiki import Wiki

from .histories import GROUPS, examples, found, let_age
from .invariants import faults

EXEMPT = {"rule": "escalation", "probability": 1}


@given(seed=st.integers(), steps=st.integers(5, 60))
@examples(12)
def test_no_history_leaves_a_change_that_nobody_has_to_look_at(wiki: Wiki, seed: int, steps: int) -> None:
    town = found(wiki, seed)
    town.live(steps)
    assert faults(town.wiki) == []
    town.wiki.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_long_history_keeps_every_promise_that_can_be_read_off_the_database(wiki: Wiki, seed: int) -> None:
    town = found(wiki, seed)
    town.live(150)
    assert town.done > 60
    assert faults(town.wiki) == []
    town.wiki.close()


@given(seed=st.integers())
@examples(4)
def test_whatever_the_clock_does_nothing_unseen_slips_and_what_lapsed_stays_listed(wiki: Wiki, seed: int) -> None:
    town = let_age(found(wiki, seed))
    everybody = Actor("all", "All", frozenset((*GROUPS, "staff")))
    known: set[int] = set()
    for _ in range(3):
        town.live(20)
        assert faults(town.wiki) == []
        with town.wiki.read() as connection:
            lines = lapses(connection, town.wiki.id, everybody, town.wiki.subjects, count=1000)
            counted = sum(one.count for one in lapse_counts(connection, town.wiki.id, everybody))
        listed = {one.id for one in lines}
        assert counted == len(lines) == len(listed)
        assert known <= listed
        known = listed
    town.wiki.close()


def test_the_tests_notice_what_was_escalated_twice_and_what_lapsed_without_a_policy(wiki: Wiki) -> None:
    save(wiki, "page", "1\n")
    with wiki.database.write() as connection:
        connection.exec_driver_sql("UPDATE kbwiki_review SET state = 'lapsed', closed_as = 'invented'")
        connection.exec_driver_sql("DELETE FROM kbwiki_tally")
    with wiki.begin(SYSTEM) as tx:
        for _ in range(2):
            tx.record(Change("escalate", "review", 1, 1, (), {"to": "x", "exempt": EXEMPT}, exempt="escalation"))
    said = " ".join(faults(wiki))
    assert "escalated was what is not marked so" in said
    assert "what lapsed is not what the journal says" in said
    assert "lapsed with change 1, which falls under no policy" in said


def test_the_tests_notice_a_change_without_a_review(wiki: Wiki) -> None:
    save(wiki, "page", "1\n")
    save(wiki, "page", "2\n", base=1)
    with wiki.database.write() as connection:
        connection.exec_driver_sql("UPDATE kbwiki_review SET head = 1")
    assert any("nobody has to look at page 1, number 2" in fault for fault in faults(wiki))


def test_the_tests_notice_a_change_in_two_reviews_of_one_group(wiki: Wiki) -> None:
    save(wiki, "page", "1\n")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "page", "2\n", base=1)
    with wiki.database.write() as connection:
        connection.exec_driver_sql("UPDATE kbwiki_review SET base = 0 WHERE state = 'open'")
    assert any("overlap" in fault for fault in faults(wiki))


def test_an_action_cannot_forget_its_review(wiki: Wiki) -> None:
    """Whatever is recorded is routed by leaving the transaction; the action does nothing for it."""
    with wiki.begin(WRITER) as tx:
        tx.record(Change("invented", "gadget", 1, 1, (1,), {}))
    with wiki.read() as connection:
        assert connection.execute(select(Review.group, Review.state)).all() == [("moderators", "open")]


def test_a_change_and_its_review_are_committed_together_or_not_at_all(wiki: Wiki) -> None:
    with wiki.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE kbwiki_review RENAME TO hidden_review")
    with pytest.raises(SchemaBehind):
        save(wiki, "page", "1\n")
    with wiki.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE hidden_review RENAME TO kbwiki_review")
    assert faults(wiki) == []
    with wiki.read() as connection:
        assert connection.execute(select(Entry.id)).all() == []
    save(wiki, "page", "1\n")
    assert [line.head for line in open_reviews(wiki)] == [1]


def test_a_space_whose_group_is_taken_away_falls_back_to_the_moderators(wiki: Wiki) -> None:
    make_space(wiki, "a", reviewers=("people",))
    make_space(wiki, "a", reviewers=())
    save(wiki, "a/page", "1\n")
    assert [line.path for line in open_reviews(wiki)] == ["a/page"]
    assert faults(wiki) == []


def test_a_group_with_no_members_keeps_what_waits_for_it(wiki: Wiki) -> None:
    make_space(wiki, "a", reviewers=("nobody-is-in-this-group",))
    save(wiki, "a/page", "1\n")
    assert [line.path for line in open_reviews(wiki, "nobody-is-in-this-group")] == ["a/page"]


@pytest.mark.parametrize("settings_of_space", [{}, {"readers": ("b",), "writers": ("b",)}])
def test_what_waits_stays_in_somebodys_queue_when_spaces_change(
    wiki: Wiki, settings_of_space: dict[str, tuple[str, ...]]
) -> None:
    make_space(wiki, "a", reviewers=("group-a",))
    save(wiki, "a/page", "1\n")
    make_space(wiki, "a", reviewers=("group-b",), **settings_of_space)
    queued = [line.path for group in ("group-a", "group-b") for line in open_reviews(wiki, group)]
    assert queued == ["a/page"]


def test_what_waits_stays_in_somebodys_queue_when_its_page_moves(wiki: Wiki) -> None:
    make_space(wiki, "a", reviewers=("group-a",))
    make_space(wiki, "b", readers=("b",), writers=("b",), reviewers=("group-b",))
    save(wiki, "a/page", "1\n")
    with wiki.begin(ADMIN) as tx:
        move_page(tx, "a/page", "b/page")
    (line,) = open_reviews(wiki, "group-b")
    assert (line.path, line.base, line.head) == ("b/page", 0, 2)
    assert open_reviews(wiki, "group-a") == []
    assert faults(wiki) == []


def test_many_changes_at_once_are_all_up_for_review(wiki: Wiki) -> None:
    with wiki.begin(WRITER) as tx:
        for number in range(120):
            save_page(tx, Edit(f"a/{number}", f"[[{number + 1}]]\n"))
        move_page(tx, "a/7", "a/seven")
    assert len(open_reviews(wiki)) == 120
    assert faults(wiki) == []


def test_what_was_never_looked_at_can_always_be_told(wiki: Wiki) -> None:
    """What has no human looked at? Open reviews, and entries exempt by another rule than a decision."""
    save(wiki, "seen", "1\n")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "unseen", "1\n")
    with wiki.begin(WRITER) as tx:
        tx.record(Change("note", "note", 1, 1, (), {}, exempt="trusted"))
    with wiki.read() as connection:
        unreviewed = connection.execute(
            select(Entry.kind, Entry.payload).where(Entry.exempt.is_not(None), Entry.exempt != "decision")
        ).all()
    assert [line.path for line in open_reviews(wiki)] == ["unseen"]
    assert [(row.kind, row.payload["exempt"]["rule"]) for row in unreviewed] == [("note", "trusted")]
