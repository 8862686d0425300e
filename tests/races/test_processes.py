"""Races between processes, on both databases: no save lost, one decision for each review, nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kbwiki import Wiki
from kbwiki.moderation.models import Decision, Review
from kbwiki.pages.models import Page, Revision
from kbwiki.pages.texts import load_texts
from kbwiki.testing import open_reviews, save
from tests.databases import PostgresServer

REPOSITORY = Path(__file__).parents[2]
WRITERS = 8
SAVES = int(os.environ.get("KBWIKI_RACE_SAVES", "120"))
MODERATORS = int(os.environ.get("KBWIKI_RACE_MODERATORS", "16"))
REVIEWS = int(os.environ.get("KBWIKI_RACE_REVIEWS", "100"))
CRASHES = int(os.environ.get("KBWIKI_RACE_CRASHES", "50"))


def play(*roles: tuple[str, ...]) -> list[dict[str, Any]]:
    """Run one process for each role at the same time; what they said."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.races.players", *role], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
        )
        for role in roles
    ]
    said = [process.communicate(timeout=600)[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(running)
    return [json.loads(one.splitlines()[-1]) for one in said]


def uncovered(wiki: Wiki) -> list[tuple[int, int, int]]:
    """Page, number and how many reviews are about it, of every revision that is not in exactly one review."""
    with wiki.read() as connection:
        rows = connection.execute(
            select(Revision.page_id, Revision.number, func.count(Review.id))
            .outerjoin(
                Review,
                (Review.subject_id == Revision.page_id)
                & (Review.subject_kind == "page")
                & (Review.base < Revision.number)
                & (Review.head >= Revision.number),
            )
            .group_by(Revision.page_id, Revision.number)
            .having(func.count(Review.id) != 1)
        )
        return [tuple(row) for row in rows]


def texts_by_number(wiki: Wiki, path: str) -> dict[int, str]:
    with wiki.read() as connection:
        rows = connection.execute(
            select(Revision.number, Revision.text_digest)
            .join(Page, Page.id == Revision.page_id)
            .where(Page.path == path)
        ).all()
        texts = load_texts(connection, {row.text_digest for row in rows})
    return {row.number: texts[row.text_digest] for row in rows}


def test_eight_writers_on_one_page_lose_nothing(wiki: Wiki, database_url: str) -> None:
    start = "\n\n".join(f"writer {who} begins." for who in range(WRITERS)) + "\n\nThe end.\n"
    save(wiki, "shared", start)

    said = play(*(("write", database_url, str(who), str(SAVES)) for who in range(WRITERS)))

    texts = texts_by_number(wiki, "shared")
    acknowledged = [(number, line) for one in said for number, line in one["acknowledged"]]
    assert len(acknowledged) == WRITERS * SAVES
    assert [line for number, line in acknowledged if line not in texts[number].split("\n\n")] == []
    assert sorted(texts) == list(range(1, len(texts) + 1))
    assert "<<<<" not in texts[len(texts)]
    assert uncovered(wiki) == []
    assert wiki.verify().intact


def test_many_moderators_make_one_decision_for_each_review(wiki: Wiki, database_url: str) -> None:
    for number in range(REVIEWS):
        save(wiki, f"page{number}", "words")

    said = play(*(("moderate", database_url, str(who)) for who in range(MODERATORS)))

    totals = Counter[str]()
    for one in said:
        totals.update(one)
    with wiki.read() as connection:
        decisions = connection.execute(select(func.count()).select_from(Decision)).scalar_one()
    assert decisions == totals["decided"] == REVIEWS
    assert totals["named"] == totals["lost"] > 0
    assert open_reviews(wiki) == []
    assert wiki.verify().intact


@pytest.fixture(params=["sqlite", "postgresql"])
def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database that writes every commit to disk."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'durable.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("durable_postgresql")
        url = server.create_database().render_as_string(hide_password=False)
    wiki = Wiki(url)
    wiki.upgrade()
    wiki.close()
    return url


def test_a_process_killed_at_any_moment_loses_no_acknowledged_save(durable_url: str, tmp_path: Path) -> None:
    log = tmp_path / "acknowledged"

    play(("crash", durable_url, str(CRASHES), str(log)))

    acknowledged = [line.rsplit(" ", 2) for line in log.read_text().splitlines()]
    wiki = Wiki(durable_url)
    assert len(acknowledged) > CRASHES // 2  # on a busy machine some are killed before their first save
    with wiki.read() as connection:
        rows = connection.execute(
            select(Page.path, Revision.number, Revision.text_digest).join(Page, Page.id == Revision.page_id)
        ).all()
        texts = load_texts(connection, {row.text_digest for row in rows})
    found = {(row.path, row.number): texts[row.text_digest] for row in rows}
    lost = [one for one in acknowledged if found.get((one[0], int(one[1]))) != f"{one[0]} text {one[2]}\n"]
    assert lost == []
    assert uncovered(wiki) == []
    assert wiki.verify().intact
    wiki.close()
