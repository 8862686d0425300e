"""Very many items: none half done, whatever kills the process, and each exactly once.

Of a thousand, which KBWIKI_BATCH_ITEMS=1000 gives, a run is killed at the same two places as of these.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from kbwiki.moderation.batches.report import BatchReport, report_of
from kbwiki.moderation.batches.run import run_batch, take_back_batch
from kbwiki.moderation.models import BatchItem, Decision, Review
from kbwiki.pages.models import Page
from kbwiki.testing import MODERATOR, open_reviews
from kbwiki.wiki import Wiki
from tests.moderation.batches.conftest import SPAMMER, decisions, pages, planned

REPOSITORY = Path(__file__).parents[3]
RUNNER = """
import sys
from kbwiki.moderation.batches.run import run_batch
from kbwiki.testing import MODERATOR
from kbwiki.wiki import Wiki

run_batch(Wiki(sys.argv[1]), MODERATOR, sys.argv[2])
"""


MANY = int(os.environ.get("KBWIKI_BATCH_ITEMS", "40"))


def start(url: str, batch_id: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RUNNER, url, batch_id], cwd=REPOSITORY)


def wait_for(wiki: Wiki, count: int) -> None:
    deadline = time.monotonic() + 300  # a busy machine takes a minute to start a process
    while decisions(wiki) < count:
        assert time.monotonic() < deadline, "the runner does not get on"
        time.sleep(0.02)


def reported(wiki: Wiki, batch_id: str) -> BatchReport:
    with wiki.read() as connection:
        return report_of(connection, wiki.id, MODERATOR, batch_id, wiki.subjects)


def require_whole(wiki: Wiki, batch_id: str) -> int:
    """Every item is done with its decision, its review closed and its page reverted, or nothing of it; how many are."""
    with wiki.read() as connection:
        rows = connection.execute(
            select(BatchItem.outcome, Decision.id, Review.state, Page.deleted, Page.number)
            .join(Review, Review.id == BatchItem.review_id)
            .join(Page, Page.id == BatchItem.subject_id)
            .outerjoin(Decision, Decision.review_id == BatchItem.review_id)
            .where(BatchItem.batch_id == batch_id)
        ).all()
        assert connection.execute(select(func.count()).select_from(Decision)).scalar_one() == sum(
            row.id is not None for row in rows
        )
    for row in rows:
        done = row.outcome == "done"
        assert (row.id is not None, row.state, row.deleted, row.number) == (
            (True, "decided", True, 2) if done else (False, "open", False, 1)
        )
    return sum(row.outcome == "done" for row in rows)


def test_killed_in_the_middle_it_goes_on_and_every_item_is_decided_once(wiki: Wiki, database_url: str) -> None:
    pages(wiki, MANY, by=SPAMMER)
    plan = planned(wiki, "revert")
    assert plan.would_be_done == MANY
    for share in (10, 3):
        runner = start(database_url, plan.batch_id)
        wait_for(wiki, MANY // share)
        os.kill(runner.pid, signal.SIGKILL)
        runner.wait()
        assert 0 < require_whole(wiki, plan.batch_id) < MANY

    runners = [start(database_url, plan.batch_id) for _ in range(2)]
    assert [one.wait(timeout=300) for one in runners] == [0, 0]

    assert require_whole(wiki, plan.batch_id) == MANY
    assert open_reviews(wiki) == []
    assert wiki.verify().intact


def test_hundreds_are_taken_back_in_one_call(wiki: Wiki) -> None:
    many = MANY // 2
    pages(wiki, many, by=SPAMMER)
    plan = planned(wiki, "approve")
    assert run_batch(wiki, MODERATOR, plan.batch_id).done == many

    assert take_back_batch(wiki, MODERATOR, plan.batch_id).taken_back == many

    assert len(open_reviews(wiki)) == many
    assert reported(wiki, plan.batch_id).taken_back == many
