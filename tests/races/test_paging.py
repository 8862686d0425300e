"""A queue is read page by page, in either order, while ten decide: nothing is skipped, nothing comes twice."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from kbwiki import Actor, Settings, Wiki
from kbwiki.moderation.decide import AlreadyDecided, Answer, decide
from kbwiki.moderation.models import Review
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.queue import QueueLine
from kbwiki.moderation.queries.wanted import BEGINNING, Order, View, Wanted
from kbwiki.moderation.queries.worklist import place_of, worklist
from kbwiki.moderation.shown import what_is_shown
from kbwiki.pages.actions import Edit, save_page
from kbwiki.testing import MODERATOR, WRITER

REVIEWS, DECIDERS, PAGE = int(os.environ.get("KBWIKI_RACE_PAGED", "120")), 10, 10
"""Twelve pages are read while ten decide about half of what is on them."""
PATIENT = Settings(lock_timeout_seconds=60.0)


def decide_some(url: str, who: int, ids: list[int]) -> None:
    wiki = Wiki(url, settings=PATIENT)
    actor = Actor(f"moderator-{who}", f"Moderator {who}", frozenset({"moderators"}))
    for review_id in random.Random(who).sample(ids, len(ids) // DECIDERS):
        with wiki.read() as connection:
            shown = what_is_shown(connection, wiki.id, review_id, wiki.subjects)
        try:
            with wiki.begin(actor) as tx:
                decide(tx, Answer(review_id, shown.base, shown.head, shown.digest, Verdict.APPROVE))
        except AlreadyDecided:
            pass
    wiki.close()


def read_all(url: str, order: Order, page: int = PAGE) -> list[QueueLine]:
    wiki = Wiki(url, settings=PATIENT)
    wanted, groups = Wanted(order=order), ["moderators"]
    lines: list[QueueLine] = []
    after = BEGINNING
    while True:
        with wiki.read() as connection:
            some = worklist(
                connection, wiki.id, MODERATOR, groups, wiki.subjects, wanted, wiki.clock(), after=after, count=page
            )
        if not some:
            wiki.close()
            return lines
        lines += some
        after = place_of(some[-1], View.NEEDS_ME)


def give_risks(wiki: Wiki) -> None:
    """A few risks, each of many reviews, so that the order among equals matters too."""
    with wiki.database.write() as connection:
        connection.execute(update(Review).values(risk=Review.id % 5))


@pytest.mark.parametrize("order", Order)
def test_paging_while_ten_decide_skips_and_repeats_nothing(database_url: str, order: Order) -> None:
    wiki = Wiki(database_url, settings=PATIENT)
    for start in range(0, REVIEWS, 40):
        with wiki.begin(WRITER) as tx:
            for number in range(start, start + 40):
                save_page(tx, Edit(f"page-{number}", "One.\n"))
    give_risks(wiki)
    ids = [line.id for line in read_all(database_url, order, page=REVIEWS)]
    assert len(ids) == REVIEWS

    with ThreadPoolExecutor(DECIDERS + 1) as pool:
        deciding = [pool.submit(decide_some, database_url, who, ids) for who in range(DECIDERS)]
        read = pool.submit(read_all, database_url, order).result()
        for one in deciding:
            one.result()

    seen = [line.id for line in read]
    left = [line.id for line in read_all(database_url, order, page=REVIEWS)]
    wiki.close()
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen, key=ids.index)
    assert set(left) <= set(seen)
    assert len(left) < REVIEWS
