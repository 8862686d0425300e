"""Next in the order of risk: the riskiest first, with the same leases, and nothing left out."""

from __future__ import annotations

from collections import Counter

import pytest

from kbwiki import Actor, Wiki
from kbwiki.moderation.desk.aside import skip
from kbwiki.moderation.desk.next import FIRST_BATCH, Order, next_review
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, answer, look, make_space, open_reviews, save
from tests.moderation.desk import players
from tests.races.playing import play

from .conftest import in_order

REVIEWS = 60


def next_id(wiki: Wiki, by: Actor, groups: list[str] | None = None) -> int | None:
    with wiki.begin(by) as tx:
        given = next_review(tx, groups, order="risk")
    return given.review_id if given else None


@pytest.fixture
def risky(wiki: Wiki) -> Wiki:
    """Four reviews: the third is the riskiest, then the fourth; the first two are alike."""
    for number, words in enumerate(("words", "other", "shit lol", "lol")):
        save(wiki, f"page{number}", f"{words}\n")
    wiki.catch_up_risk()
    return wiki


def test_the_riskiest_comes_first_and_of_the_same_risk_what_is_due_first(risky: Wiki) -> None:
    first, second, third, fourth = in_order(risky)
    given = []

    while (review := next_id(risky, MODERATOR)) is not None:
        given.append(review)
        answer(risky, look(risky, review), "approve")

    assert given == [third, fourth, first, second]


def test_two_moderators_are_given_two_reviews_and_a_skipped_one_stays_away(risky: Wiki) -> None:
    first, _, third, fourth = in_order(risky)

    assert next_id(risky, MODERATOR) == next_id(risky, MODERATOR) == third
    assert next_id(risky, SECOND_MODERATOR) == fourth
    with risky.begin(MODERATOR) as tx:
        skip(tx, third)
    assert next_id(risky, MODERATOR) == first


def test_what_was_not_assessed_yet_is_given_too(risky: Wiki) -> None:
    save(risky, "new", "shit\n")
    everything = set(in_order(risky))

    given = set()
    while (review := next_id(risky, MODERATOR)) is not None:
        given.add(review)
        answer(risky, look(risky, review), "approve")

    assert given == everything


def test_it_goes_on_behind_all_that_is_put_aside(sqlite_wiki: Wiki) -> None:
    for number in range(FIRST_BATCH * 3):
        save(sqlite_wiki, f"page{number}", ["words\n", "lol\n", "shit\n"][number % 3])
    sqlite_wiki.catch_up_risk()
    with sqlite_wiki.begin(MODERATOR) as tx:
        for review in in_order(sqlite_wiki)[1:]:
            skip(tx, review)

    assert next_id(sqlite_wiki, MODERATOR) == in_order(sqlite_wiki)[0]


def test_several_groups_are_one_queue(risky: Wiki) -> None:
    make_space(risky, "safety", reviewers=("safety",))
    save(risky, "safety/calm", "words\n")
    save(risky, "safety/rude", "shit lol yeah nooooooo\n")
    risky.catch_up_risk()
    both = Actor("bea", "Bea", frozenset({"moderators", "safety"}))
    (calm, rude) = in_order_of(risky, "safety")

    assert next_id(risky, both) == rude
    answer(risky, look(risky, rude, by=both), "approve", by=both)
    assert next_id(risky, both) == in_order(risky)[2]
    assert next_id(risky, both, ["safety"]) == calm


def in_order_of(wiki: Wiki, group: str) -> list[int]:
    return [line.id for line in open_reviews(wiki, group)]


def test_an_order_there_is_not_is_refused(sqlite_wiki: Wiki) -> None:
    with sqlite_wiki.begin(MODERATOR) as tx, pytest.raises(ValueError, match="chance"):
        next_review(tx, order="chance")
    assert list(Order) == ["due", "risk"]


def test_three_who_work_at_once_look_at_nothing_twice(wiki: Wiki, database_url: str) -> None:
    for number in range(REVIEWS):
        save(wiki, f"page{number}", ["words\n", "lol\n", "shit\n"][number % 3])
    wiki.catch_up_risk()

    looked = play(players.work, [(database_url, who, "risk") for who in range(3)])

    times = Counter(review for one in looked for review in one)
    assert len(times) == REVIEWS
    assert sum(times.values()) == REVIEWS
