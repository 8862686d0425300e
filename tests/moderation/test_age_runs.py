"""Nobody looks: another group is asked once, a policy may close it, and what lapsed is never forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kbwiki.actors import SYSTEM, Actor, ActorKind
from kbwiki.errors import Conflict, Forbidden
from kbwiki.journal.models import Entry
from kbwiki.moderation.age_runs import look_again
from kbwiki.moderation.ageing import AgeState, age_of
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.desk.aside import skip, snooze
from kbwiki.moderation.desk.drafts import keep_draft
from kbwiki.moderation.desk.leases import take_lease
from kbwiki.moderation.desk.opinions import ask_opinion
from kbwiki.moderation.evidence import report
from kbwiki.moderation.lifecycle import ReviewRow, get_review_row
from kbwiki.moderation.models import Review
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.ageing import DUE_SOON, OVERDUE, age_bound
from kbwiki.moderation.queries.escalations import escalations
from kbwiki.moderation.queries.lapses import LapsedLine, LapseFilter, lapse_counts, lapses
from kbwiki.moderation.queries.review import get_review
from kbwiki.moderation.queries.state import looked_at
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.rules.queries import why
from kbwiki.moderation.take_back import take_back
from kbwiki.pages.actions import move_page
from kbwiki.testing import (
    ADMIN,
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    WRITER,
    TickingClock,
    answer,
    look,
    make_space,
    open_reviews,
    save,
)
from kbwiki.wiki import Wiki

from .conftest import decided, review_of

CHIEF = Actor("chief", "Chief", frozenset({"chiefs", "staff"}))
LATE = {"escalate_after": {"hours": 8, "working": False}, "escalate_to": "chiefs"}
ALL = LapseFilter()
QUIET = {"lapse_after": {"hours": 100, "working": False}, "lapse_policy": "quiet pages"}


@pytest.fixture
def clock(wiki: Wiki) -> TickingClock:
    wiki.clock = clock = TickingClock()
    return clock


def rule(wiki: Wiki, name: str, effect: dict[str, Any], **match: Any) -> None:
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, name, match, effect)


def wait(clock: TickingClock, **spans: float) -> None:
    clock.now += timedelta(**spans)


def row(wiki: Wiki, review_id: int) -> ReviewRow:
    with wiki.read() as connection:
        return get_review_row(connection, wiki.id, review_id)


def entries(wiki: Wiki, kind: str) -> list[dict[str, Any]]:
    with wiki.read() as connection:
        return list(connection.execute(select(Entry.payload).where(Entry.kind == kind).order_by(Entry.id)).scalars())


def listed(wiki: Wiki, wanted: LapseFilter = ALL, *, by: Actor = MODERATOR) -> list[LapsedLine]:
    """The lapses somebody sees, read page by page; their number is what is counted."""
    found: list[LapsedLine] = []
    with wiki.read() as connection:
        page = lapses(connection, wiki.id, by, wiki.subjects, wanted, count=2)
        while page:
            found += page
            place = (page[-1].lapsed_at, page[-1].id)
            page = lapses(connection, wiki.id, by, wiki.subjects, wanted, before=place, count=2)
        counted = sum(one.count for one in lapse_counts(connection, wiki.id, by, wanted))
    assert counted == len(found) == len({one.id for one in found})
    return found


def waiting(wiki: Wiki, page_id: int) -> tuple[int, int]:
    """How many changes of the page nobody looked at, and how many of them lapsed."""
    with wiki.read() as connection:
        state = looked_at(connection, page_id)
    assert state is not None
    return state.waiting, state.lapsed


def test_a_late_group_keeps_its_review_and_another_one_gets_the_same_range_once(
    wiki: Wiki, clock: TickingClock
) -> None:
    rule(wiki, "Late", {"due_within": {"hours": 2, "working": False}, **LATE})
    save(wiki, "page", "1\n")
    save(wiki, "page", "2\n", base=1)
    before = review_of(wiki, "page")
    wait(clock, hours=9)
    assert wiki.age_reviews().escalated == 0, "due after two hours, and late eight hours after that"
    wait(clock, hours=2)

    done = [wiki.age_reviews() for _ in range(3)]

    given = review_of(wiki, "page", "chiefs")
    assert [one.escalated for one in done] == [1, 0, 0]
    assert (given.base, given.head, given.authors) == (0, 2, before.authors)
    assert given.due_at is not None
    assert given.due_at > clock.now
    assert row(wiki, before.id).version == 2, "nothing that the moderators judge has changed"
    (entry,) = entries(wiki, "escalate")
    assert (entry["group"], entry["to"], entry["review"]) == ("moderators", "chiefs", given.id)
    with wiki.read() as connection:
        (told,) = escalations(connection, wiki.id, MODERATOR, wiki.subjects)
        reasons = why(connection, wiki.id, get_review_row(connection, wiki.id, given.id))
    assert (told.group, told.to, told.state) == ("moderators", "chiefs", "open")
    assert {one.late for one in reasons} == {"moderators"}
    with pytest.raises(Forbidden):
        answer(wiki, look(wiki, given.id, by=CHIEF), "approve", by=Actor("writer", "Wim", frozenset({"chiefs"})))


def test_the_helping_group_gets_what_comes_later_too_until_the_first_review_is_closed(
    wiki: Wiki, clock: TickingClock
) -> None:
    rule(wiki, "Late", LATE)
    save(wiki, "page", "1\n")
    wait(clock, hours=9)
    wiki.age_reviews()
    answer(wiki, look(wiki, review_of(wiki, "page", "chiefs").id, by=CHIEF), "approve", by=CHIEF)

    save(wiki, "page", "2\n", base=1)

    helping = review_of(wiki, "page", "chiefs")
    assert (helping.base, helping.head) == (1, 2)
    decided(wiki, "page", "approve")
    answer(wiki, look(wiki, helping.id, by=CHIEF), "approve", by=CHIEF)
    save(wiki, "page", "3\n", base=2)
    assert open_reviews(wiki, "chiefs") == []


def test_a_change_never_escalates_later_than_the_first_that_waits(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Late", LATE)
    rule(wiki, "Later", {"escalate_after": {"hours": 800, "working": False}, "escalate_to": "others"}, kinds=["edit"])
    save(wiki, "page", "1\n")
    wait(clock, hours=4)
    save(wiki, "page", "2\n", base=1)
    wait(clock, hours=5)

    assert wiki.age_reviews().escalated == 1
    assert [line.path for line in open_reviews(wiki, "chiefs")] == ["page"]


def test_nobody_is_asked_for_what_they_have_answered(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Both", {"add_groups": ["chiefs"]})
    rule(wiki, "Late", LATE)
    save(wiki, "page", "1\n")
    answer(wiki, look(wiki, review_of(wiki, "page", "chiefs").id, by=CHIEF), "approve", by=CHIEF)
    wait(clock, hours=9)

    assert wiki.age_reviews().escalated == 1

    assert open_reviews(wiki, "chiefs") == []
    assert [entry["review"] for entry in entries(wiki, "escalate")] == [None]


def test_administrators_are_asked_where_the_named_group_can_no_longer_read(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Late", LATE)
    make_space(wiki, "vault", readers=("vault",), writers=("vault",), reviewers=("vault",))
    save(wiki, "page", "1\n")
    with wiki.begin(ADMIN) as tx:
        move_page(tx, "page", "vault/page")
    wait(clock, hours=9)

    wiki.age_reviews()

    assert open_reviews(wiki, "chiefs") == []
    assert [line.path for line in open_reviews(wiki, "admins")] == ["vault/page"]


def test_what_waits_for_its_author_is_not_late(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Late", {**LATE, **QUIET})
    save(wiki, "page", "1\n")
    decided(wiki, "page", "concern")
    wait(clock, hours=1000)

    done = wiki.age_reviews()

    assert (done.escalated, done.lapsed) == (0, 0)


def test_a_lapse_closes_under_its_policy_and_counts_as_not_looked_at_for_ever(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Quiet", QUIET)
    page_id = save(wiki, "page", "1\n").page_id
    save(wiki, "page", "2\n", base=1)
    review = review_of(wiki, "page")
    wait(clock, hours=101)

    done = [wiki.age_reviews() for _ in range(2)]

    assert [one.lapsed for one in done] == [1, 0]
    assert (row(wiki, review.id).state, row(wiki, review.id).closed_as) == ("lapsed", "quiet pages")
    assert [entry["policy"] for entry in entries(wiki, "lapse")] == ["quiet pages"]
    assert open_reviews(wiki) == []
    assert waiting(wiki, page_id) == (2, 2)
    save(wiki, "page", "3\n", base=2)
    assert waiting(wiki, page_id) == (3, 2)
    decided(wiki, "page", "approve")
    assert waiting(wiki, page_id) == (2, 2)
    assert [(one.id, one.looked_at) for one in listed(wiki)] == [(review.id, None)]


def test_nothing_lapses_unless_every_change_in_the_range_fell_under_a_policy(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Quiet", QUIET, kinds=["create"])
    save(wiki, "page", "1\n")
    save(wiki, "page", "2\n", base=1)
    save(wiki, "other", "1\n")
    wait(clock, hours=5000)

    assert wiki.age_reviews().lapsed == 1
    assert [line.path for line in open_reviews(wiki)] == ["page"]


def test_the_latest_lapse_counts_with_its_name(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Quiet", QUIET, kinds=["create"])
    rule(wiki, "Slow", {"lapse_after": {"hours": 300, "working": False}, "lapse_policy": "slow"}, kinds=["edit"])
    save(wiki, "page", "1\n")
    save(wiki, "page", "2\n", base=1)
    wait(clock, hours=299)
    assert wiki.age_reviews().lapsed == 0
    wait(clock, hours=2)

    assert wiki.age_reviews().lapsed == 1
    assert [one.policy for one in listed(wiki)] == ["slow"]


def test_what_somebody_reported_never_lapses_whatever_comes_after(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Quiet", QUIET)
    save(wiki, "page", "1\n")
    with wiki.begin(READER) as tx:
        report(tx, "page", "wrong", "This is not so.")
    save(wiki, "page", "2\n", base=1)
    wait(clock, hours=5000)

    assert wiki.age_reviews().lapsed == 0
    assert [line.head for line in open_reviews(wiki)] == [2]


def test_what_somebody_took_up_does_not_lapse(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Quiet", QUIET)
    for path in ("quiet", "held", "given", "begun", "skipped", "snoozed", "asked", "questioned"):
        save(wiki, path, "1\n")
    reviews = {line.path: line.id for line in open_reviews(wiki)}
    with wiki.begin(SECOND_MODERATOR) as tx:
        keep_draft(tx, reviews["begun"], note="Half an hour of work.")
        skip(tx, reviews["skipped"])
        snooze(tx, reviews["snoozed"], tx.now + timedelta(days=2))
        take_lease(tx, reviews["given"])
    with wiki.begin(MODERATOR) as tx:
        ask_opinion(tx, reviews["asked"], SECOND_MODERATOR.id, "approve")
    question = decided(wiki, "questioned", "concern").decision_id
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, question)
    wait(clock, hours=101)
    with wiki.begin(MODERATOR) as tx:
        take_lease(tx, reviews["held"])

    assert wiki.age_reviews().lapsed == 1
    wait(clock, hours=5000)

    assert wiki.age_reviews().lapsed == 0
    assert {line.path for line in open_reviews(wiki)} == reviews.keys() - {"quiet"}


def test_an_emptied_note_keeps_nothing_from_lapsing(sqlite_wiki: Wiki) -> None:
    wiki = sqlite_wiki
    wiki.clock = clock = TickingClock()
    rule(wiki, "Quiet", QUIET)
    save(wiki, "page", "1\n")
    with wiki.begin(MODERATOR) as tx:
        keep_draft(tx, review_of(wiki, "page").id, note="Begun.")
        keep_draft(tx, review_of(wiki, "page").id)
    wait(clock, hours=101)

    assert wiki.age_reviews().lapsed == 1


def test_what_was_handed_over_or_waits_again_does_not_lapse(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Quiet", QUIET)
    save(wiki, "given", "1\n")
    save(wiki, "again", "1\n")
    seen = look(wiki, review_of(wiki, "given").id)
    shown, to = seen.shown, {"to": "chiefs"}
    with wiki.begin(MODERATOR) as tx:
        decide(tx, Answer(seen.id, shown.base, shown.head, shown.digest, Verdict.HAND_OVER, note="Yours", details=to))
    approved = decided(wiki, "again", "approve").decision_id
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, approved)
    wait(clock, hours=5000)

    assert wiki.age_reviews().lapsed == 0


def test_somebody_can_look_at_what_lapsed_and_it_stays_in_the_list(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Quiet", QUIET)
    page_id = save(wiki, "page", "1\n").page_id
    lapsed = review_of(wiki, "page").id
    wait(clock, hours=101)
    wiki.age_reviews()

    with wiki.begin(MODERATOR) as tx:
        again = look_again(tx, lapsed)
    with wiki.begin(MODERATOR) as tx:
        assert look_again(tx, lapsed) == again
    wait(clock, hours=5000)
    assert wiki.age_reviews().lapsed == 0, "what somebody asked to look at stays until it is decided"
    decision = answer(wiki, look(wiki, again), "approve").decision_id

    assert [(one.id, one.looked_by) for one in listed(wiki)] == [(lapsed, "moderators")]
    assert waiting(wiki, page_id) == (0, 0)
    with pytest.raises(Conflict), wiki.begin(MODERATOR) as tx:
        look_again(tx, lapsed)
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, decision)
    assert [one.looked_at for one in listed(wiki)] == [None]
    with pytest.raises(Forbidden), wiki.begin(WRITER) as tx:
        look_again(tx, lapsed)


def test_what_another_group_saw_before_is_no_look_after_all(sqlite_wiki: Wiki) -> None:
    wiki = sqlite_wiki
    wiki.clock = clock = TickingClock()
    make_space(wiki, "both", reviewers=("moderators", "chiefs"))
    rule(wiki, "Quiet", QUIET)
    save(wiki, "both/page", "1\n")
    answer(wiki, look(wiki, review_of(wiki, "both/page", "chiefs").id, by=CHIEF), "approve", by=CHIEF)
    lapsed = review_of(wiki, "both/page").id
    wait(clock, hours=101)
    wiki.age_reviews()

    assert [(one.group, one.looked_at) for one in listed(wiki)] == [("moderators", None)]
    with wiki.begin(MODERATOR) as tx:
        again = look_again(tx, lapsed)
    decision = answer(wiki, look(wiki, again), "approve").decision_id
    assert [one.looked_by for one in listed(wiki)] == ["moderators"]

    with wiki.begin(MODERATOR) as tx:
        take_back(tx, decision)
    assert [one.looked_at for one in listed(wiki)] == [None]


def test_what_a_program_decided_is_no_look_at_what_lapsed(sqlite_wiki: Wiki) -> None:
    wiki = sqlite_wiki
    wiki.clock = clock = TickingClock()
    program = Actor("bot", "Bot", frozenset({"moderators"}), ActorKind.AGENT)
    rule(wiki, "Quiet", QUIET)
    page_id = save(wiki, "page", "1\n").page_id
    lapsed = review_of(wiki, "page").id
    wait(clock, hours=101)
    wiki.age_reviews()
    with wiki.begin(MODERATOR) as tx:
        again = look_again(tx, lapsed)

    answer(wiki, look(wiki, again, by=program), "approve", by=program)

    assert [one.looked_at for one in listed(wiki)] == [None]
    assert waiting(wiki, page_id) == (1, 1)
    with wiki.begin(MODERATOR) as tx:
        third = look_again(tx, lapsed)
    answer(wiki, look(wiki, third), "approve")
    assert [one.looked_by for one in listed(wiki)] == ["moderators"]
    assert waiting(wiki, page_id) == (0, 0)


def test_a_lapsed_review_says_so_to_whoever_opens_it(wiki: Wiki, clock: TickingClock) -> None:
    rule(wiki, "Quiet", QUIET)
    save(wiki, "page", "1\n")
    lapsed = review_of(wiki, "page").id
    wait(clock, hours=101)
    wiki.age_reviews()

    with wiki.read() as connection:
        view = get_review(connection, wiki.id, lapsed, MODERATOR, wiki.subjects)

    assert "has lapsed" in view.why_not
    with pytest.raises(Conflict):
        answer(wiki, view, "approve")


def test_lapses_are_counted_and_listed_by_policy_space_and_group_as_far_as_one_may_read(
    wiki: Wiki, clock: TickingClock
) -> None:
    make_space(wiki, "vault", readers=("vault",), writers=("vault", "staff"), reviewers=("vault",))
    rule(wiki, "Quiet", QUIET)
    rule(wiki, "Slow", {"lapse_after": {"hours": 300, "working": False}, "lapse_policy": "slow"}, paths=["b*"])
    insider = Actor("insider", "Ina", frozenset({"vault"}))
    for path in ("a1", "a2", "a3", "b1"):
        save(wiki, path, "1\n")
    save(wiki, "vault/x", "1\n", by=insider)
    save(wiki, "moved", "1\n")
    wait(clock, hours=400)
    wiki.age_reviews()
    with wiki.begin(ADMIN) as tx:
        move_page(tx, "moved", "vault/moved")

    assert {one.path for one in listed(wiki)} == {"a1", "a2", "a3", "b1"}
    assert {one.path for one in listed(wiki, by=insider)} == {"a1", "a2", "a3", "b1", "vault/x", "vault/moved"}
    assert {one.path for one in listed(wiki, LapseFilter(policy="slow"))} == {"b1"}
    assert {one.path for one in listed(wiki, LapseFilter(space="vault"), by=insider)} == {"vault/x", "vault/moved"}
    assert {one.path for one in listed(wiki, LapseFilter(group="vault"), by=insider)} == {"vault/x"}
    assert listed(wiki, LapseFilter(space="vault")) == []


def test_overdue_and_due_soon_are_the_same_in_lists_and_for_one_review(wiki: Wiki, clock: TickingClock) -> None:
    for hours in (1, 3, 30, 300):
        rule(wiki, f"Due {hours}", {"due_within": {"hours": hours, "working": False}}, paths=[f"d{hours}"])
        save(wiki, f"d{hours}", "1\n")
    save(wiki, "never", "1\n")
    wait(clock, hours=2)

    with wiki.read() as connection:
        rows = connection.execute(
            select(Review.due_at, OVERDUE.label("overdue"), DUE_SOON.label("soon")), age_bound(clock.now, wiki.settings)
        ).all()

    states = [age_of(one.due_at, clock.now, wiki.settings).state for one in rows]
    assert {AgeState.NONE, AgeState.OVERDUE, AgeState.DUE_SOON, AgeState.IN_TIME} == set(states)
    assert [bool(one.overdue) for one in rows] == [state is AgeState.OVERDUE for state in states]
    assert [bool(one.soon) for one in rows] == [state is AgeState.DUE_SOON for state in states]
