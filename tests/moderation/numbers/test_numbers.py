"""Histories made by hand, whose figures one can work out; the second count has to come to the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kbwiki.actors import Actor, ActorKind
from kbwiki.db import Change
from kbwiki.errors import Forbidden
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.desk.opinions import ask_opinion, give_opinion
from kbwiki.moderation.numbers.figures import DEFINITIONS, Numbers, nearest_rank
from kbwiki.moderation.numbers.period import Period
from kbwiki.moderation.numbers.table import rows_of
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.take_back import take_back
from kbwiki.testing import ADMIN, MODERATOR, SECOND_MODERATOR, WRITER, answer, look, make_space, save
from kbwiki.wiki import Wiki
from kbwiki.wording import kb_t
from tests.conftest import REPOSITORY
from tests.moderation.conftest import PEOPLE, decide_on, decided, review_of, seen
from tests.moderation.numbers.conftest import exported, numbers_of, plain
from tests.moderation.numbers.recount import Recount

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
GROUPS = {"moderators", "people", "admins"}


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, wiki: Wiki) -> None:
        self.now = MONDAY
        wiki.clock = lambda: self.now

    def go(self, by: timedelta) -> None:
        self.now += by


def week(wiki: Wiki, clock: Clock, *, by: Actor = ADMIN, group: str | None = None) -> Numbers:
    """The numbers of the last seven days, with which the second count agrees."""
    period = Period.last(7, clock.now)
    page = numbers_of(wiki, period, clock.now, by=by, group=group)
    again = Recount(exported(wiki))
    if by is ADMIN:
        groups = {group} if group else GROUPS
        assert plain(page.total) == again.figures(period.since, period.until, clock.now, groups=groups)
        course = [(point.at, point.open, point.came, point.closed) for point in page.course]
        assert course == again.course(list(period.points), groups)
    return page


def pages(wiki: Wiki, count: int) -> list[str]:
    """So many new pages by one author."""
    paths = [f"page-{number}" for number in range(count)]
    for path in paths:
        save(wiki, path, "Some words.\n")
    return paths


def test_an_empty_wiki_has_numbers_that_say_nothing(wiki: Wiki) -> None:
    total = week(wiki, Clock(wiki)).total

    assert (total.first_look.n, total.waiting.total, total.taken_out.n) == (0, 0, 0)
    assert (total.first_look.median, total.waiting.oldest, total.in_time.share) == (None, None, None)


def test_one_review_is_too_few_to_tell(wiki: Wiki) -> None:
    clock = Clock(wiki)
    pages(wiki, 1)
    clock.go(HOUR)
    decided(wiki, "page-0", "revert")
    clock.go(HOUR)

    total = week(wiki, clock).total

    assert (total.first_look.n, total.first_look.looked, total.first_look.median) == (1, 1, None)
    assert (total.taken_out.hits, total.taken_out.n, total.taken_out.share) == (1, 1, None)


def test_the_median_is_a_time_that_somebody_really_waited(wiki: Wiki) -> None:
    clock = Clock(wiki)
    for number, path in enumerate(pages(wiki, 12)):
        clock.go(HOUR)
        if number < 10:
            decided(wiki, path, "revert" if number == 9 else "approve")

    page = week(wiki, clock)

    look = page.total.first_look
    assert (look.n, look.looked, look.median, look.ninetieth) == (12, 10, 6 * HOUR, None)
    assert [bucket.count for bucket in look.buckets] == [0, 3, 7, 0, 0, 0]
    assert (page.total.taken_out.hits, page.total.taken_out.n) == (1, 10)
    assert page.total.answers == (("approve", 9), ("revert", 1))
    assert (page.total.waiting.needs_look, page.total.waiting.oldest) == (2, 12 * HOUR)


def test_who_still_waits_counts_as_waiting_longest(wiki: Wiki) -> None:
    clock = Clock(wiki)
    paths = pages(wiki, 20)
    clock.go(HOUR)
    for path in paths[:9]:
        decided(wiki, path, "approve")

    look = week(wiki, clock).total.first_look

    assert (look.n, look.looked, look.median) == (20, 9, None)


def test_a_clock_that_went_back_makes_no_wait_shorter_than_nothing(wiki: Wiki) -> None:
    clock = Clock(wiki)
    paths = pages(wiki, 10)
    clock.go(-HOUR)
    for path in paths:
        decided(wiki, path, "approve")
    clock.go(3 * HOUR)

    page = week(wiki, clock)

    assert page.total.first_look.median == timedelta()
    assert [point.open for point in page.course][-1] == 0


def test_what_is_taken_back_and_decided_anew_was_handled_twice_and_counts_once(wiki: Wiki) -> None:
    clock = Clock(wiki)
    pages(wiki, 2)
    first = decided(wiki, "page-0", "approve")
    decided(wiki, "page-1", "approve")
    clock.go(HOUR)
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, first.decision_id)
    assert week(wiki, clock).total.twice.hits == 0
    decided(wiki, "page-0", "revert", by=SECOND_MODERATOR)
    clock.go(HOUR)

    total = week(wiki, clock).total

    assert (total.twice.hits, total.twice.n, total.again, total.several) == (1, 3, 1, 0)
    assert total.answers == (("approve", 1), ("revert", 1))


def test_a_review_that_took_two_people_was_handled_twice(wiki: Wiki) -> None:
    clock = Clock(wiki)
    pages(wiki, 1)
    decided(wiki, "page-0", "concern")
    shown = seen(wiki, 1)
    clock.go(HOUR)
    decide_on(wiki, shown, "approve", by=SECOND_MODERATOR)
    clock.go(HOUR)

    total = week(wiki, clock).total

    assert (total.twice.hits, total.twice.n, total.several, total.again) == (1, 1, 1, 0)


def test_only_what_was_decided_by_its_due_time_was_in_time(wiki: Wiki) -> None:
    clock = Clock(wiki)
    with wiki.begin(ADMIN) as tx:
        set_rule(tx, "Soon", {"paths": ["page-*"]}, {"due_within": {"hours": 4}})
    paths = pages(wiki, 4)
    clock.go(HOUR)
    decided(wiki, paths[0], "approve")
    decided(wiki, paths[1], "concern")
    clock.go(4 * HOUR)
    decided(wiki, paths[2], "approve")
    assert week(wiki, clock).total.in_time.n == 4
    clock.go(HOUR)

    total = week(wiki, clock).total

    assert (total.in_time.hits, total.in_time.n) == (1, 4)
    assert (total.waiting.needs_look, total.waiting.with_author, total.waiting.overdue) == (1 + 1, 1, 2)


def test_a_review_handed_over_waits_in_one_group_at_a_time_and_keeps_its_age(wiki: Wiki) -> None:
    clock = Clock(wiki)
    make_space(wiki, "people", reviewers=("people",))
    pages(wiki, 1)
    clock.go(timedelta(days=2))
    shown = seen(wiki, 1)
    to_people = Answer(
        shown.review_id, shown.base, shown.head, shown.digest, "hand-over", details={"to": "people"}  # type: ignore[arg-type]
    )  # fmt: skip
    with wiki.begin(MODERATOR) as tx:
        decide(tx, to_people)
    clock.go(timedelta(days=1, hours=1))

    here, there, both = (week(wiki, clock, group=one) for one in ("moderators", "people", None))

    assert [point.open for point in here.course][-4:] == [1, 1, 0, 0]
    assert [point.open for point in there.course][-4:] == [0, 0, 1, 1]
    assert [point.open for point in both.course][-4:] == [1, 1, 1, 1]
    assert there.total.waiting.oldest == timedelta(days=3, hours=1)
    assert (here.total.first_look.looked, there.total.first_look.looked) == (1, 0)
    assert both.total.twice.n == 0


def test_an_objection_counts_for_the_group_that_had_decided(wiki: Wiki) -> None:
    clock = Clock(wiki)
    make_space(wiki, "people", reviewers=("people",))
    saved = [save(wiki, f"people/{number}", "Words.\n") for number in range(2)]
    for number, _ in enumerate(saved):
        made = decided(wiki, f"people/{number}", "revert", by=PEOPLE, group="people")
        with wiki.begin(WRITER) as tx:
            review = appeal(tx, made.decision_id, "It was right.")
        decide_on(wiki, seen(wiki, review), "uphold" if number else "overturn", by=MODERATOR)
    clock.go(HOUR)

    page = week(wiki, clock)

    found = {one.name: (one.overturned.hits, one.overturned.n) for one in page.groups}
    assert found == {"people": (1, 2), "moderators": (0, 0)}
    assert week(wiki, clock, group="people").total.overturned.n == 2


def test_second_looks_agree_where_both_would_do_the_same(wiki: Wiki) -> None:
    clock = Clock(wiki)
    for path, verdict in zip(pages(wiki, 3), ("approve", "revert", None), strict=True):
        with wiki.begin(SECOND_MODERATOR) as tx:
            pass  # so that the wiki knows the colleague
        review = review_of(wiki, path).id
        with wiki.begin(MODERATOR) as tx:
            opinion = ask_opinion(tx, review, SECOND_MODERATOR.id, "approve")
        if verdict:
            with wiki.begin(SECOND_MODERATOR) as tx:
                give_opinion(tx, opinion, verdict)
    clock.go(HOUR)

    total = week(wiki, clock).total

    assert (total.agreement.hits, total.agreement.n) == (1, 2)
    assert total.first_look.looked == 3


def test_taking_a_review_up_is_a_look(wiki: Wiki) -> None:
    clock = Clock(wiki)
    for path in pages(wiki, 2):
        clock.go(HOUR)
        review = review_of(wiki, path).id
        with wiki.begin(MODERATOR) as tx:  # what the desk's record keeps of it
            tx.record(Change("take", "take", review, 1, (), {"review": review, "group": "moderators"}, exempt="look"))
    clock.go(HOUR)

    look = week(wiki, clock).total.first_look

    assert (look.n, look.looked, [bucket.count for bucket in look.buckets][:3]) == (2, 2, [0, 2, 0])


def test_what_a_program_decides_is_no_look_of_a_human(wiki: Wiki) -> None:
    clock = Clock(wiki)
    pages(wiki, 1)
    robot = Actor("robot", "Robot", frozenset({"moderators"}), ActorKind.AGENT)
    answer(wiki, look(wiki, review_of(wiki, "page-0").id, by=robot), "approve", by=robot)
    clock.go(HOUR)

    total = week(wiki, clock).total

    assert (total.first_look.n, total.first_look.looked, total.answers) == (1, 0, (("approve", 1),))


def test_a_moderator_sees_their_own_groups_and_what_they_may_read(sqlite_wiki: Wiki) -> None:
    wiki = sqlite_wiki
    clock = Clock(wiki)
    make_space(wiki, "people", reviewers=("people",))
    make_space(wiki, "vault", readers=("people",), writers=("staff",), reviewers=("moderators", "people"))
    for path in ("open", "people/one", "vault/one"):
        save(wiki, path, "Words.\n")
    make_space(wiki, "vault", readers=("people",), writers=("staff",), reviewers=("people",))
    clock.go(HOUR)

    assert {one.name: one.waiting.total for one in week(wiki, clock).groups} == {"moderators": 1, "people": 2}
    assert {one.name: one.waiting.total for one in week(wiki, clock, by=MODERATOR).groups} == {"moderators": 1}
    assert week(wiki, clock, by=MODERATOR, group="people").total.waiting.total == 0
    with pytest.raises(Forbidden):
        week(wiki, clock, by=WRITER)


def test_nothing_in_the_numbers_names_a_person(sqlite_wiki: Wiki) -> None:
    clock = Clock(sqlite_wiki)
    pages(sqlite_wiki, 3)
    decided(sqlite_wiki, "page-0", "approve")
    clock.go(HOUR)

    told = repr(week(sqlite_wiki, clock)) + repr(list(rows_of(week(sqlite_wiki, clock))))

    assert [one for one in (WRITER, MODERATOR) if one.name in told or f"'{one.id}'" in told] == []


def test_every_definition_stands_in_the_documentation_word_for_word() -> None:
    written = " ".join((REPOSITORY / "docs/explanation/numbers.md").read_text("utf-8").split())

    assert [key for key, words in DEFINITIONS.items() if kb_t(words) not in written] == []


def test_the_nearest_rank_is_one_of_the_values() -> None:
    hours = [HOUR * number for number in range(1, 11)]

    assert (nearest_rank(hours, 5), nearest_rank(hours, 9), nearest_rank(hours[:1], 9)) == (5 * HOUR, 9 * HOUR, HOUR)
