"""Races between processes, on both databases: no save lost, one decision for each review, nothing half-written.

How long a race is, is said by KBWIKI_RACE_SAVES (of each writer), KBWIKI_RACE_MODERATORS, KBWIKI_RACE_REVIEWS and
KBWIKI_RACE_CRASHES. What is written here is enough to lose hundreds of races in every run; 120, 16, 200 and 200 are for
a change of how is written or decided.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kbwiki import Wiki
from kbwiki.moderation.models import Decision, Review
from kbwiki.pages.models import Page, Revision
from kbwiki.pages.texts import load_texts
from kbwiki.testing import open_reviews, save
from tests.databases import PostgresServer
from tests.races import players
from tests.races.playing import play

WRITERS = 8
SAVES = int(os.environ.get("KBWIKI_RACE_SAVES", "25"))
MODERATORS = int(os.environ.get("KBWIKI_RACE_MODERATORS", "10"))
REVIEWS = int(os.environ.get("KBWIKI_RACE_REVIEWS", "20"))
CRASHES = int(os.environ.get("KBWIKI_RACE_CRASHES", "10"))


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

    said = play(players.write, [(database_url, who, SAVES) for who in range(WRITERS)])

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

    said = play(players.moderate, [(database_url, who) for who in range(MODERATORS)])

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

    play(players.crash, [(durable_url, CRASHES, str(log))])

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
