"""The numbers agree with a second count that reads nothing but the journal, over histories as they come."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from kbwiki.actors import Actor
from kbwiki.journal.models import ActorRow
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.desk.opinions import ask_opinion, give_opinion
from kbwiki.moderation.lifecycle import get_review_row, move_on
from kbwiki.moderation.models import IS_LIVE, Decision, Opinion, Review, ReviewAuthor
from kbwiki.moderation.numbers.period import Period
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.shown import what_is_shown
from kbwiki.moderation.transitions import Event
from kbwiki.spaces.queries import readable_spaces
from kbwiki.testing import ADMIN
from kbwiki.wiki import Wiki
from tests.moderation.numbers.conftest import exported, numbers_of, plain
from tests.moderation.numbers.recount import Recount, exact_interval
from tests.promises.histories import GROUPS, PEOPLE, REFUSALS, Town, examples, found

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
EVERY_GROUP = {"admins", "moderators", "people", "safety"}
VAULT_OUTSIDER = Actor("mona", "Mona", frozenset({"moderators", "staff"}))


class Wandering:
    """A clock that goes on by minutes and hours, and now and then steps back, as clocks that are set right do."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.now = START

    def __call__(self) -> datetime:
        step = self.chance.expovariate(1 / 40)
        self.now += timedelta(minutes=-5 * step if self.chance.random() < 0.05 else step)
        return self.now


def rule(town: Town, name: str, match: dict[str, Any], **effect: Any) -> None:
    with town.wiki.begin(ADMIN) as tx:
        set_rule(tx, name, match, effect)


def _somebody(town: Town, group: str) -> list[Actor]:
    """The members of a group, in any order."""
    members = [one for one in PEOPLE if group in one.groups]
    return town.chance.sample(members, len(members))


def _objects(town: Town, actor: Actor) -> None:
    """An author objects to one of the last decisions that took something out."""
    wanted = (Decision.wiki_id == town.wiki.id, Decision.verdict.in_(("revert", "hide", "delete", "edit")))
    statement = (
        select(Decision.id, ActorRow.external_id)
        .join(ReviewAuthor, ReviewAuthor.review_id == Decision.review_id)
        .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
        .where(*wanted)
        .order_by(Decision.id.desc(), ActorRow.id)
        .limit(8)
    )
    with town.wiki.read() as connection:
        found = connection.execute(statement).all()
    if found:
        row = town.chance.choice(found)
        author = next(one for one in PEOPLE if one.id == row.external_id)
        town.act(author, lambda tx: appeal(tx, row.id, "No."))


def _live(town: Town, *more: Any) -> list[Any]:
    with town.wiki.read() as connection:
        where = (Review.wiki_id == town.wiki.id, IS_LIVE, *more)
        return list(connection.execute(select(Review.id, Review.group).where(*where).order_by(Review.id)))


def _answers_an_objection(town: Town, actor: Actor) -> None:
    for row in _live(town, Review.subject_kind == "decision"):
        with town.wiki.read() as connection:
            shown = what_is_shown(connection, town.wiki.id, row.id, town.wiki.subjects)
        verdict = Verdict(town.chance.choice(["uphold", "overturn"]))
        said = Answer(shown.review_id, shown.base, shown.head, shown.digest, verdict)
        for member in _somebody(town, row.group):
            with suppress(*REFUSALS):
                town.act(member, lambda tx, said=said: decide(tx, said))  # type: ignore[misc]


def _asks_for_a_second_look(town: Town, actor: Actor) -> None:
    """One asks another; half of the time the answer comes at once, else perhaps later or never."""
    if waiting := _live(town, Review.group.in_(GROUPS)):
        row = town.chance.choice(waiting)
        asker, asked = _somebody(town, row.group)[:2]
        theirs, other = (town.chance.choice(["approve", "approve", "revert"]) for _ in range(2))
        town.act(asker, lambda tx: ask_opinion(tx, row.id, asked.id, theirs))
        with town.wiki.read() as connection:
            (newest,) = connection.execute(select(func.max(Opinion.id))).one()
        if town.chance.random() < 0.7:
            town.act(asked, lambda tx: give_opinion(tx, newest, other))


def _lets_one_lapse(town: Town, actor: Actor) -> None:
    """What a lapsing policy does to a review, whatever else it writes."""
    if waiting := _live(town):
        review = town.chance.choice(waiting).id
        town.act(
            ADMIN,
            lambda tx: move_on(tx, get_review_row(tx.connection, tx.wiki_id, review), Event.LAPSE, closed_as="old"),
        )


MORE: tuple[Callable[[Town, Actor], None], ...] = (
    *[_objects] * 4,
    *[_answers_an_objection] * 4,
    *[_asks_for_a_second_look] * 5,
    _lets_one_lapse,
)


def a_history(wiki: Wiki, seed: int, steps: int) -> Town:
    """Some weeks of a town with due times, samples, objections, second looks and lapses, under a clock that wanders."""
    town = found(wiki, seed)
    town.wiki.clock = Wandering(town.chance)
    town.wiki.chance = town.chance.random
    rule(town, "Soon", {"paths": ["a/**", "people/**"]}, due_within={"hours": 6})
    rule(town, "Trusted", {"paths": ["a", "home"]}, exempt_probability=0.5, trust={"groups": ["safety", "people"]})
    for _ in range(steps):
        town.live(4)
        with suppress(*REFUSALS):
            town.chance.choice(MORE)(town, town.chance.choice(PEOPLE))
    return town


def periods(now: datetime) -> list[Period]:
    """The whole, the end, and a piece from the middle."""
    span = now - START
    return [Period.last(365, now), Period.last(1, now), Period(START + span / 4, now - span / 4)]


@given(seed=st.integers(0, 2**32))
@examples(2)
def test_every_figure_agrees_with_the_journal(wiki: Wiki, seed: int) -> None:
    town = a_history(wiki, seed, 60)
    second = Recount(exported(town.wiki))
    now = town.wiki.clock()
    for period in periods(now):
        span = (period.since, period.until, now)
        page = numbers_of(town.wiki, period, now)

        assert plain(page.total) == second.figures(*span, groups=EVERY_GROUP)
        for one in page.groups:
            assert plain(one) == second.figures(*span, groups={one.name}), one.name
        course = [(point.at, point.open, point.came, point.closed) for point in page.course]
        assert course == second.course(list(period.points), EVERY_GROUP)
        assert page.unseen is not None
        told = page.unseen.estimate
        unseen = second.unseen(period.since, period.until)
        assert (page.unseen.exempted, page.unseen.undecided) == (unseen["exempted"], unseen["undecided"])
        assert (told.looked_at, told.rate) == (unseen["looked_at"], pytest.approx(unseen["rate"]))
        if told.rate is not None:
            low, high = exact_interval(round(told.rate * told.looked_at), told.looked_at)
            assert (told.low, told.high) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))
    town.wiki.close()


@given(seed=st.integers(0, 2**32))
@examples(1)
def test_so_do_those_of_every_space_and_of_somebody_who_may_not_see_all(wiki: Wiki, seed: int) -> None:
    town = a_history(wiki, seed, 50)
    second = Recount(exported(town.wiki))
    now = town.wiki.clock()
    with town.wiki.read() as connection:
        ids = {path: id_ for id_, path, _ in readable_spaces(connection, town.wiki.id, ADMIN)}
    period = Period.last(365, now)
    span = (period.since, period.until, now)

    page = numbers_of(town.wiki, period, now)
    assert {one.name for one in page.spaces} <= set(ids)
    for one in page.spaces:
        assert plain(one) == second.figures(*span, groups=EVERY_GROUP, spaces={ids[one.name]}), one.name
    below = numbers_of(town.wiki, period, now, space="people", group="people")
    assert plain(below.total) == second.figures(*span, groups={"people"}, spaces={ids["people"]})
    outside = set(ids.values()) - {ids["vault"]}
    seen = numbers_of(town.wiki, period, now, by=VAULT_OUTSIDER)
    assert plain(seen.total) == second.figures(*span, groups={"moderators"}, spaces=outside)
    town.wiki.close()
