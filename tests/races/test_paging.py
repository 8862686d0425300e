"""A queue is read page by page while ten moderators decide: nothing is skipped, nothing comes twice."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from kbwiki import Actor, Settings, Wiki
from kbwiki.moderation.decide import AlreadyDecided, Answer, decide
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.queue import QueueLine, queue
from kbwiki.moderation.shown import what_is_shown
from kbwiki.pages.actions import Edit, save_page
from kbwiki.testing import LONG_AGO, MODERATOR, WRITER, open_reviews

REVIEWS, DECIDERS, PAGE = 240, 10, 15
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


def read_all(url: str) -> list[QueueLine]:
    wiki = Wiki(url, settings=PATIENT)
    lines: list[QueueLine] = []
    after = (LONG_AGO, 0)
    while True:
        with wiki.read() as connection:
            page = queue(connection, wiki.id, "moderators", MODERATOR, wiki.subjects, after=after, count=PAGE)
        if not page:
            wiki.close()
            return lines
        lines += page
        after = page[-1].queue_at, page[-1].id


def test_paging_while_ten_decide_skips_and_repeats_nothing(database_url: str) -> None:
    wiki = Wiki(database_url, settings=PATIENT)
    for start in range(0, REVIEWS, 40):
        with wiki.begin(WRITER) as tx:
            for number in range(start, start + 40):
                save_page(tx, Edit(f"page-{number}", "One.\n"))
    ids = [line.id for line in open_reviews(wiki)]
    assert len(ids) == REVIEWS

    with ThreadPoolExecutor(DECIDERS + 1) as pool:
        deciding = [pool.submit(decide_some, database_url, who, ids) for who in range(DECIDERS)]
        read = pool.submit(read_all, database_url).result()
        for one in deciding:
            one.result()

    seen = [line.id for line in read]
    left = [line.id for line in open_reviews(wiki)]
    wiki.close()
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen, key=ids.index)
    assert set(left) <= set(seen)
    assert len(left) < REVIEWS
