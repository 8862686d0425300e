"""What moderators and authors are shown: queues, reviews, how far a page was looked at, what became of a change."""

from __future__ import annotations

import pytest

from kbwiki.actors import ANONYMOUS, Actor, ActorKind
from kbwiki.errors import NotFound
from kbwiki.moderation.queries.outcomes import Outcome, outcome_of, outcomes
from kbwiki.moderation.queries.queue import QueueLine, queue, queue_counts
from kbwiki.moderation.queries.review import changes_in
from kbwiki.moderation.queries.state import LookedAt, looked_at, reviewing_groups, standing
from kbwiki.pages.actions import move_page, undo_change
from kbwiki.testing import (
    AGENT,
    LONG_AGO,
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    TickingClock,
    look,
    make_space,
    open_reviews,
    save,
)
from kbwiki.wiki import Wiki

from .conftest import PEOPLE, SAFETY, decided, review_of


@pytest.fixture
def timed(wiki: Wiki) -> Wiki:
    wiki.clock = TickingClock()
    return wiki


def state_of(wiki: Wiki, page_id: int) -> LookedAt | None:
    with wiki.read() as connection:
        return looked_at(connection, page_id)


def queued(wiki: Wiki, actor: Actor) -> int | None:
    with wiki.read() as connection:
        return standing(connection, wiki.id, actor).queued


def test_a_queue_is_in_the_order_of_opening_and_another_change_costs_no_place(timed: Wiki) -> None:
    for path in ("one", "two", "three"):
        save(timed, path, "x\n")
    save(timed, "one", "y\n", base=1)
    assert [line.path for line in open_reviews(timed)] == ["one", "two", "three"]


def test_a_queue_is_read_in_pages_while_it_shrinks(timed: Wiki) -> None:
    for number in range(7):
        save(timed, f"page-{number}", "x\n")
    read: list[QueueLine] = []
    after = (LONG_AGO, 0)
    while True:
        with timed.read() as connection:
            lines = queue(connection, timed.id, "moderators", MODERATOR, timed.subjects, after=after, count=2)
        if not lines:
            break
        read += lines
        after = (lines[-1].queue_at, lines[-1].id)
        decided(timed, lines[0].path, "approve")
    assert [line.path for line in read] == [f"page-{number}" for number in range(7)]


def test_reviews_of_the_same_moment_are_not_skipped_between_pages(wiki: Wiki) -> None:
    moment = TickingClock().now
    wiki.clock = lambda: moment
    for number in range(5):
        save(wiki, f"page-{number}", "x\n")
    read: list[str] = []
    after = (LONG_AGO, 0)
    while True:
        with wiki.read() as connection:
            lines = queue(connection, wiki.id, "moderators", MODERATOR, wiki.subjects, after=after, count=2)
        if not lines:
            break
        read += [line.path for line in lines]
        after = (lines[-1].queue_at, lines[-1].id)
    assert read == [f"page-{number}" for number in range(5)]


def test_a_line_of_the_queue_says_what_waits(timed: Wiki) -> None:
    save(timed, "page", "1234\n", title="Page")
    decided(timed, "page", "approve")
    save(timed, "page", "123456\n", base=1, comment="longer")
    with timed.begin(SECOND_WRITER) as tx:
        move_page(tx, "page", "moved")
    line = review_of(timed, "moved")
    assert (line.title, line.base, line.head, line.delta, line.deleted) == ("Page", 1, 3, 2, False)
    assert line.kinds == ("edit", "move")
    assert line.authors == (SECOND_WRITER.name, WRITER.name)
    assert line.comment == "longer"
    assert line.space == "Wiki"


def test_a_member_sees_which_reviews_hold_a_change_of_their_own(wiki: Wiki) -> None:
    save(wiki, "mine", "x\n", by=MODERATOR)
    save(wiki, "theirs", "x\n")
    assert {line.path: line.own for line in open_reviews(wiki, by=MODERATOR)} == {"mine": True, "theirs": False}


def test_the_comment_of_a_hidden_change_is_in_no_queue(organised: Wiki) -> None:
    save(organised, "both/page", "x\n", comment="secret words")
    decided(organised, "both/page", "hide", by=PEOPLE, group="people", reason="private")
    line = review_of(organised, "both/page", "safety")
    assert "secret" not in repr(line)
    with organised.read() as connection:
        changes = changes_in(connection, "page", 1, 0, 2)
    assert (changes[0].number, changes[0].hidden, changes[0].comment) == (1, True, "")
    assert "secret" not in repr(look(organised, line.id, by=SAFETY))


def test_queues_are_counted_by_group(organised: Wiki) -> None:
    for path in ("people/1", "people/2", "both/1", "page"):
        save(organised, path, "x\n")
    with organised.read() as connection:
        counts = queue_counts(connection, organised.id, ["people", "safety", "nobody"], PEOPLE)
        assert counts == {"people": 3, "safety": 1}
        assert queue_counts(connection, organised.id, [], PEOPLE) == {}
    assert (queued(organised, PEOPLE), queued(organised, SAFETY), queued(organised, MODERATOR)) == (3, 1, 1)


def test_somebody_responsible_for_nothing_has_no_queue_and_somebody_who_is_done_has_an_empty_one(wiki: Wiki) -> None:
    assert queued(wiki, MODERATOR) == 0
    assert queued(wiki, WRITER) is None
    assert queued(wiki, ANONYMOUS) is None


def test_the_groups_of_an_actor_that_are_responsible_for_something(organised: Wiki) -> None:
    actor = Actor("x", "X", frozenset({"safety", "staff", "people"}))
    with organised.read() as connection:
        assert reviewing_groups(connection, organised.id, actor) == ["people", "safety"]
        assert reviewing_groups(connection, organised.id, WRITER) == []


def test_a_group_that_is_responsible_in_another_wiki_of_the_database_is_not_so_here(wiki: Wiki) -> None:
    second = Wiki(wiki.database.engine.url.render_as_string(hide_password=False), name="second")
    second.upgrade()
    make_space(second, "a", reviewers=("second-moderators",))
    save(second, "a/page", "x\n")
    assert queued(second, Actor("x", "X", frozenset({"second-moderators"}))) == 1
    assert queued(wiki, Actor("x", "X", frozenset({"second-moderators"}))) is None
    second.close()


def test_a_review_shows_the_page_the_range_and_who_else_looks(organised: Wiki) -> None:
    save(organised, "both/page", "1\n", title="Page")
    view = look(organised, review_of(organised, "both/page", "people").id, by=PEOPLE)
    assert (view.group, view.state, view.page.path, view.page.title) == ("people", "open", "both/page", "Page")
    assert (view.shown.base, view.shown.head, view.shown.number) == (0, 1, 1)
    assert view.others == (("safety", "open"),)
    assert view.decision is None
    assert view.why_not == ""


def test_a_review_is_for_members_of_its_group_who_may_read_the_page(organised: Wiki) -> None:
    save(organised, "people/page", "1\n")
    review_id = review_of(organised, "people/page", "people").id
    for actor in (WRITER, MODERATOR, SAFETY, ANONYMOUS):
        with pytest.raises(NotFound):
            look(organised, review_id, by=actor)
    with pytest.raises(NotFound):
        look(organised, 4711, by=PEOPLE)


def test_a_review_shows_the_record_of_each_author(wiki: Wiki) -> None:
    for number in range(3):
        save(wiki, f"page-{number}", "x\n")
    decided(wiki, "page-0", "approve")
    decided(wiki, "page-1", "revert")
    save(wiki, "page-2", "y\n", base=1, by=AGENT)
    view = look(wiki, review_of(wiki, "page-2").id)
    records = {record.name: (record.kind, record.changes, record.verdicts) for record in view.authors}
    assert records == {"Scribe": ("agent", 1, {}), WRITER.name: ("human", 3, {"approve": 1, "revert": 1})}
    assert all(record.first_seen is not None for record in view.authors)


def test_the_record_of_an_author_counts_only_what_the_moderator_may_read(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("staff",), writers=("staff",), reviewers=("closed-moderators",))
    keeper = Actor("k", "Keeper", frozenset({"closed-moderators"}))
    for number in range(3):
        save(wiki, f"closed/page-{number}", "x\n")
    decided(wiki, "closed/page-0", "revert", by=keeper, group="closed-moderators")
    save(wiki, "page", "x\n")
    (record,) = look(wiki, review_of(wiki, "page").id).authors
    assert (record.changes, record.verdicts) == (1, {})


def test_the_changes_of_a_range_are_listed_oldest_first(wiki: Wiki) -> None:
    save(wiki, "page", "1\n", comment="a")
    decided(wiki, "page", "approve")
    save(wiki, "page", "2\n", comment="b", base=1)
    with wiki.begin(SECOND_WRITER) as tx:
        undo_change(tx, "page", 2)
    with wiki.read() as connection:
        changes = changes_in(connection, "page", 1, 1, 3)
    assert [(one.number, one.kind, one.author, one.comment, one.exempt) for one in changes] == [
        (2, "edit", WRITER.name, "b", None),
        (3, "undo", SECOND_WRITER.name, "", None),
    ]


def test_a_page_says_how_far_it_was_looked_at(timed: Wiki) -> None:
    saved = save(timed, "page", "1\n")
    assert state_of(timed, saved.page_id) == LookedAt(1, 0, None, None, None, waits_for=("moderators",))
    save(timed, "page", "2\n", base=1)
    assert state_of(timed, saved.page_id) == LookedAt(2, 0, None, None, None, waits_for=("moderators",))
    decided(timed, "page", "approve")
    state = state_of(timed, saved.page_id)
    assert state is not None
    assert (state.waiting, state.group, state.verdict) == (0, "moderators", "approve")
    save(timed, "page", "3\n", base=2)
    state = state_of(timed, saved.page_id)
    assert state is not None
    assert (state.waiting, state.base, state.group) == (1, 2, "moderators")


def test_a_page_says_how_far_people_looked_and_not_how_far_programs_decided(wiki: Wiki) -> None:
    program = Actor("bot", "Bot", frozenset({"moderators"}), ActorKind.AGENT)
    saved = save(wiki, "page", "1\n")
    decided(wiki, "page", "approve", by=program)
    assert state_of(wiki, saved.page_id) == LookedAt(0, 0, None, None, None)
    save(wiki, "page", "2\n", base=1)
    decided(wiki, "page", "approve")
    save(wiki, "page", "3\n", base=2)
    decided(wiki, "page", "approve", by=program)
    state = state_of(wiki, saved.page_id)
    assert state is not None
    assert state.seen == (("moderators", 2),)


def test_a_page_of_two_groups_waits_for_the_one_that_has_not_looked(organised: Wiki) -> None:
    saved = save(organised, "both/page", "1\n")
    decided(organised, "both/page", "approve", by=PEOPLE, group="people")
    state = state_of(organised, saved.page_id)
    assert state is not None
    assert (state.waiting, state.base, state.group) == (1, 0, "people")


def test_a_page_waits_for_a_group_however_often_another_has_looked_since(organised: Wiki) -> None:
    saved = save(organised, "both/page", "0\n")
    decided(organised, "both/page", "approve", by=PEOPLE, group="people")
    for number in range(1, 22):
        save(organised, "both/page", f"{number}\n", base=number)
        decided(organised, "both/page", "approve", by=PEOPLE, group="people")
    state = state_of(organised, saved.page_id)
    assert state is not None
    assert (state.waiting, state.base, state.seen) == (22, 0, (("people", 22),))


def test_a_page_that_never_was_up_for_review_says_nothing(wiki: Wiki) -> None:
    assert state_of(wiki, 4711) is None


def test_an_author_sees_what_became_of_each_change(wiki: Wiki) -> None:
    saved = save(wiki, "page", "1\n")
    decided(wiki, "page", "approve")
    save(wiki, "page", "2\n", base=1)
    decided(wiki, "page", "revert", by=SECOND_MODERATOR)
    save(wiki, "page", "3\n", base=3)
    with wiki.read() as connection:
        found = outcomes(connection, [saved.page_id])[saved.page_id]
        assert outcomes(connection, []) == {}
        assert outcomes(connection, [4711]) == {}

    def told(number: int) -> Outcome:
        outcome = outcome_of(found, number)
        assert outcome is not None
        return outcome

    assert (told(1).verdict, told(1).by) == ("approve", MODERATOR.name)
    assert (told(2).verdict, told(2).by, told(2).reason) == ("revert", SECOND_MODERATOR.name, "wrong")
    assert outcome_of(found, 3) is None
    assert (told(4).verdict, told(4).group) == (None, "moderators")


def test_what_one_group_decided_is_told_before_what_another_has_not(organised: Wiki) -> None:
    saved = save(organised, "both/page", "1\n")
    decided(organised, "both/page", "approve", by=SAFETY, group="safety")
    with organised.read() as connection:
        found = outcomes(connection, [saved.page_id])[saved.page_id]
    outcome = outcome_of(found, 1)
    assert outcome is not None
    assert (outcome.verdict, outcome.group) == ("approve", "safety")


def test_a_reader_has_no_queue_to_look_into(organised: Wiki) -> None:
    save(organised, "people/page", "1\n")
    make_space(organised, "people", readers=("people",), writers=("people",), reviewers=("people",))
    assert open_reviews(organised, "people", by=READER) == []
    with organised.read() as connection:
        assert queue_counts(connection, organised.id, ["people"], READER) == {}


def test_a_page_says_how_far_each_group_has_looked(organised: Wiki) -> None:
    saved = save(organised, "both/page", "1\n")
    decided(organised, "both/page", "approve", by=PEOPLE, group="people")
    save(organised, "both/page", "2\n", base=1)
    decided(organised, "both/page", "approve", by=SAFETY, group="safety")
    state = state_of(organised, saved.page_id)
    assert state is not None
    assert state.seen == (("people", 1), ("safety", 2))
    assert (state.waiting, state.base) == (1, 1)
