"""Filling the handbook: once, whole, and the same for whoever comes second."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kbwiki import Actor, Wiki
from kbwiki.demo.people import STAFF
from kbwiki.demo.seeding import DATABASE, SETTINGS, fill_once, start_over, write_handbook
from kbwiki.moderation.models import IS_LIVE, Review
from kbwiki.moderation.queries.ageing import OVERDUE, age_bound
from kbwiki.moderation.queries.escalations import escalations
from kbwiki.moderation.queries.queue import queue_counts
from kbwiki.moderation.queries.state import standing
from kbwiki.pages.queries.history import recent_changes
from kbwiki.pages.queries.view import find_page

FILL = """
import pathlib, sys
from kbwiki.demo.seeding import fill_once
print(fill_once(pathlib.Path(sys.argv[1])))
"""


def opened(folder: Path) -> Wiki:
    return Wiki(f"sqlite:///{folder / DATABASE}", settings=SETTINGS)


def somebody(person_id: str) -> Actor:
    person = STAFF[person_id]
    return Actor(person.id, person.name, person.groups)


def count_changes(folder: Path) -> int:
    with closing(opened(folder)) as wiki, wiki.read() as connection:
        return len(recent_changes(connection, wiki.id, somebody("owen"), count=10_000))


def start_filling(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", FILL, str(folder)], stdout=subprocess.PIPE, text=True)


def test_a_second_start_finds_the_handbook_and_leaves_it_alone(instance: Path) -> None:
    changes = count_changes(instance)

    filled = fill_once(instance)

    assert not filled
    assert count_changes(instance) == changes > 300


def test_the_story_can_be_told_on_a_saturday(tmp_path: Path) -> None:
    write_handbook(tmp_path / DATABASE, datetime(2026, 11, 28, 0, 30, tzinfo=UTC))

    assert count_changes(tmp_path) > 300


def test_of_two_processes_that_start_together_one_fills_the_handbook(tmp_path: Path) -> None:
    both = [start_filling(tmp_path), start_filling(tmp_path)]
    answers = [process.communicate()[0].strip() for process in both]

    assert sorted(answers) == ["False", "True"]
    assert [file.name for file in tmp_path.iterdir()] == [DATABASE]


def test_a_start_that_is_killed_leaves_no_half_handbook(tmp_path: Path) -> None:
    process = start_filling(tmp_path)
    while process.poll() is None and not any(tmp_path.iterdir()):
        time.sleep(0.02)

    process.send_signal(signal.SIGKILL)
    process.communicate()

    assert not (tmp_path / DATABASE).exists()
    assert fill_once(tmp_path)
    assert count_changes(tmp_path) > 300


def test_starting_over_throws_away_what_visitors_did(instance: Path) -> None:
    (instance / "kbwiki-main-index").mkdir(exist_ok=True)

    start_over(instance)

    # So a start finds what it found when two started together, and fills the handbook.
    assert [file.name for file in instance.iterdir() if file.name.startswith("kbwiki")] == []


def test_the_journal_of_the_filled_handbook_verifies(instance: Path) -> None:
    with closing(opened(instance)) as wiki:
        verification = wiki.verify()

    assert verification.intact
    assert verification.entries > 600


def test_work_waits_in_every_queue_and_none_of_it_is_old(instance: Path) -> None:
    groups = {"Safety", "People", "Field service", "Workshop", "Service desk", "Office", "Stewards"}
    with closing(opened(instance)) as wiki, wiki.read() as connection:
        counts = queue_counts(connection, wiki.id, sorted(groups), somebody("owen"))

    assert counts.keys() == groups
    assert all(2 <= count <= 8 for count in counts.values())


def test_something_is_overdue_and_somebody_else_was_asked_to_help(instance: Path) -> None:
    with closing(opened(instance)) as wiki, wiki.read() as connection:
        overdue = select(func.count()).select_from(Review).where(OVERDUE, IS_LIVE)
        late = connection.execute(overdue, age_bound(wiki.clock(), wiki.settings)).scalar_one()
        told = escalations(connection, wiki.id, somebody("owen"), wiki.subjects)

    assert late > 0
    assert {(one.group, one.to) for one in told} == {("Safety", "Administrators")}


@pytest.mark.parametrize(
    ("person", "moderates"), [("moira", True), ("bethan", True), ("priya", False), ("tom", False)]
)
def test_moderators_have_a_queue_and_others_have_none(instance: Path, person: str, moderates: bool) -> None:
    with closing(opened(instance)) as wiki, wiki.read() as connection:
        waiting = standing(connection, wiki.id, somebody(person)).queued

    assert (waiting is not None) == moderates


@pytest.mark.parametrize(
    ("person", "path", "reads"),
    [
        ("tom", "home", True),
        ("tom", "safety/lone-working", True),
        ("tom", "field/masts/bolt-torques", True),
        ("tom", "people/annual-leave", False),
        ("tom", "office/rooms", False),
        ("priya", "people/annual-leave", True),
        ("priya", "people/casework", False),
        ("priya", "people/casework/pay-review-2027", False),
        ("moira", "people/casework", False),
        ("bethan", "people/casework/pay-review-2027", True),
        ("pipit", "support/pipit", True),
    ],
)
def test_people_read_what_is_theirs_to_read(instance: Path, person: str, path: str, reads: bool) -> None:
    with closing(opened(instance)) as wiki, wiki.read() as connection:
        page = find_page(connection, wiki.id, path, somebody(person))

    assert (page is not None) == reads
