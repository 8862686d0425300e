"""Days and times in the web are those of the organisation: it is tomorrow in Tokyo while it is today in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from kbwiki import KBWiki, Wiki
from kbwiki.testing import MODERATOR, WRITER, TickingClock, answer, look, make_space, open_reviews, save
from kbwiki.web.forms import day_begins

from .conftest import Visitor, come

EVENING = datetime(2026, 5, 3, 16, 30, tzinfo=UTC)
"""It is half past one in the morning of 4 May in Tokyo."""


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = Flask("host", instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=database_url, KBWIKI_TIME_ZONE="Asia/Tokyo", TESTING=True)
    KBWiki(app, actor=lambda: app.config["visitor"].actor)
    wiki = app.extensions["kbwiki"]["main"].wiki
    wiki.clock = TickingClock(EVENING)
    yield app
    wiki.close()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return come(app)


@pytest.fixture
def vans(wiki: Wiki) -> Wiki:
    """`rules/vans`, written on 3 May (an hour before midnight) and changed on 4 May, as Tokyo has it."""
    clock = wiki.clock
    assert isinstance(clock, TickingClock)
    wiki.upgrade()
    clock.now = datetime(2026, 5, 3, 14, tzinfo=UTC)
    make_space(wiki, "rules", title="Rules", reviewers=("moderators",))
    save(wiki, "rules/vans", "The key hangs in the office.\n", title="Vans")
    clock.now = EVENING
    save(wiki, "rules/vans", "The key hangs in the office.\n\nAsk Ida.\n", base=1)
    return wiki


def test_screens_say_the_day_and_the_time_that_people_have(vans: Wiki, visitor: Visitor) -> None:
    changes = visitor.text("/wiki/-/recent")
    assert "4 May 2026" in changes
    assert "3 May 2026, 23:00 JST" in visitor.text("/wiki/-/history/rules/vans")
    assert 'datetime="2026-05-03T14:00' in visitor.text("/wiki/-/history/rules/vans")
    assert "by Wim Writer, 3 May 2026" in visitor.text("/wiki/-/slider/rules/vans?at=1")
    assert "UTC" not in changes


def test_a_day_is_compared_as_it_ended_here(vans: Wiki, visitor: Visitor) -> None:
    assert "Ask Ida." in visitor.text("/wiki/-/diff/rules/vans?on=2026-05-03")
    assert 'value="2026-05-03"' in visitor.text("/wiki/-/diff/rules/vans?on=2026-05-03")
    assert "The text is the same on both sides" in visitor.text("/wiki/-/diff/rules/vans?on=2026-05-04")
    assert "was not there yet" in visitor.text("/wiki/-/diff/rules/vans?on=2026-05-02")


def test_search_counts_in_days_of_here(vans: Wiki, visitor: Visitor) -> None:
    save(vans, "old", "A key.\n", title="Old")
    clock = vans.clock
    assert isinstance(clock, TickingClock)
    clock.now = datetime(2026, 5, 4, 15, 30, tzinfo=UTC)  # 5 May
    save(vans, "new", "A key.\n", title="New")
    address = "/wiki/-/search?q=key+changed:"
    found = {
        when: [one for one in ("Vans", "Old", "New") if f">{one}<" in visitor.text(address + when)]
        for when in ("2026-05-04", "2026-05-05")
    }
    assert found == {
        "2026-05-04": ["Vans", "Old"],
        "2026-05-05": ["New"],
    }


def test_a_lock_until_a_day_ends_with_it(vans: Wiki, visitor: Visitor) -> None:
    visitor.actor = MODERATOR
    form = "/wiki/-/lock?path=rules/vans"
    assert "Please choose for how long." in visitor.post(form, until="", reason="wrong").text
    assert "Please write the day like 2026-05-03." in visitor.post(form, until="date", date="May", reason="wrong").text
    assert visitor.post(form, until="date", date="2026-05-06", reason="wrong").status_code == 303
    visitor.actor = WRITER
    assert "until 7 May 2026, 00:00 JST" in visitor.text("/wiki/rules/vans")


def test_the_record_and_the_numbers_are_of_days_of_here(vans: Wiki, visitor: Visitor) -> None:
    visitor.actor = MODERATOR
    answer(vans, look(vans, open_reviews(vans)[0].id), "approve")
    assert "Vans" in visitor.text("/wiki/-/decisions?since=2026-05-04&until=2026-05-04")
    assert "Vans" not in visitor.text("/wiki/-/decisions?since=2026-05-03&until=2026-05-03")
    assert "3 May 2026" not in visitor.text("/wiki/-/numbers?from=2026-05-04&to=2026-05-04")
    assert visitor.get("/wiki/-/numbers?from=0001-01-01").status_code == 200


def test_many_at_once_are_those_of_days_of_here(vans: Wiki, visitor: Visitor) -> None:
    visitor.actor = MODERATOR
    sent = {"verdict": "roll-back", "author": "writer", "reason": "wrong"}
    planned = {
        day: visitor.post("/wiki/-/batches/plan", form="/wiki/-/batches/new", since=day, until=day, **sent).text
        for day in ("2026-05-03", "2026-05-04")
    }
    assert "1 of 1 would be done" in planned["2026-05-04"]
    assert "It was changed again after this run" in planned["2026-05-03"]


def test_a_template_is_filled_in_with_the_day_of_here(vans: Wiki, visitor: Visitor) -> None:
    save(vans, "rules/templates/report", "Report of {{date}}\n", title="Report")
    assert "Report of 2026-05-04" in visitor.text("/wiki/-/new?path=rules/monday&start=page.rules/templates/report")


@pytest.mark.parametrize("text", ["", "3 May", "2026-02-30", "9999-12-31"])
def test_what_is_no_day_begins_nowhere(text: str) -> None:
    assert day_begins(text, UTC, days=1) is None
