"""The record: every decision and every look, filtered, only what one may see, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kbwiki.actors import Actor
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.desk.leases import take_lease
from kbwiki.moderation.desk.next import next_review
from kbwiki.moderation.desk.opinions import ask_opinion, give_opinion
from kbwiki.moderation.looks import look_at_hidden
from kbwiki.moderation.queries.log import RecordFilter, RecordLine, record_lines
from kbwiki.moderation.take_back import take_back
from kbwiki.testing import ADMIN, MODERATOR, READER, SECOND_MODERATOR, SECOND_WRITER, WRITER, make_space, save
from kbwiki.wiki import Wiki

from .conftest import BOTH, PEOPLE, SAFETY, decided, review_of
from .test_hide_parts import hidden


def record(
    wiki: Wiki, to: Actor = ADMIN, /, count: int = 50, before: int = 2**62, **wanted: object
) -> list[RecordLine]:
    with wiki.read() as connection:
        return record_lines(
            connection, wiki.id, to, "admins", RecordFilter(**wanted), count=count, before=before  # type: ignore[arg-type]
        )


def told(lines: list[RecordLine]) -> list[tuple[str, str]]:
    """What each line is about, oldest first."""
    return [(line.verdict or line.kind, line.path) for line in reversed(lines)]


@pytest.fixture
def busy(organised: Wiki) -> Wiki:
    """Decisions of three groups about two authors, one taken back, and a look at what one of them hid."""
    save(organised, "people/plan", "One.\n")
    save(organised, "safety/plan", "One.\n", by=SECOND_WRITER)
    save(organised, "notes", "One.\n")
    decided(organised, "people/plan", "approve", by=PEOPLE, group="people")
    wrong = decided(organised, "safety/plan", "revert", by=SAFETY, group="safety").decision_id
    decided(organised, "notes", "approve")
    with organised.begin(BOTH) as tx:
        take_back(tx, wrong, note="It was right.")
    save(organised, "people/plan", "A secret.\n", base=1)
    hidden(organised, "people/plan", ("words", "author"), by=PEOPLE, group="people")
    with organised.begin(PEOPLE) as tx:
        look_at_hidden(tx, 1, 2)
    organised.seal()
    return organised


EVERYTHING = [
    ("approve", "people/plan"),
    ("revert", "safety/plan"),
    ("approve", "notes"),
    ("take-back", "safety/plan"),
    ("hide", "people/plan"),
    ("look", "people/plan"),
]


def test_the_admin_group_sees_what_all_groups_did_and_others_what_theirs_did(busy: Wiki) -> None:
    assert told(record(busy)) == EVERYTHING
    assert told(record(busy, PEOPLE)) == [one for one in EVERYTHING if one[1] == "people/plan"]
    assert told(record(busy, SAFETY)) == [one for one in EVERYTHING if one[1] == "safety/plan"]
    assert told(record(busy, MODERATOR)) == [("approve", "notes")]
    assert record(busy, WRITER) == []
    assert record(busy, READER) == []


def test_nobody_sees_anything_about_what_they_cannot_read(busy: Wiki) -> None:
    make_space(busy, "people", readers=("people",), reviewers=("people",))
    outsider = Actor("olga", "Olga", frozenset({"safety"}))
    assert told(record(busy, outsider)) == [one for one in EVERYTHING if one[1] == "safety/plan"]
    make_space(busy, "safety", readers=("staff",), reviewers=("people",))
    assert record(busy, outsider) == []


FILTERS: dict[str, tuple[dict[str, object], list[int]]] = {
    "decisions alone": ({"kind": "decide"}, [0, 1, 2, 3, 4]),
    "looks alone": ({"kind": "look"}, [5]),
    "a group": ({"group": "safety"}, [1, 3]),
    "a space": ({"space": "people"}, [0, 4, 5]),
    "the whole wiki": ({"space": ""}, [0, 1, 2, 3, 4, 5]),
    "a moderator": ({"by": BOTH.id}, [3]),
    "an author": ({"author": SECOND_WRITER.id}, [1, 3]),
    "an author whose name is hidden in one": ({"author": WRITER.id}, [0, 2]),
    "a verdict": ({"verdict": "approve"}, [0, 2]),
    "a reason": ({"reason": "wrong"}, [1]),
    "taken back": ({"taken_back": True}, [1]),
    "standing approvals": ({"taken_back": False, "verdict": "approve"}, [0, 2]),
    "nothing": ({"batch": "f" * 32}, []),
}


def test_a_filter_shows_what_it_says(busy: Wiki) -> None:
    shown = {name: told(record(busy, **wanted)) for name, (wanted, _) in FILTERS.items()}
    assert shown == {name: [EVERYTHING[at] for at in expected] for name, (_, expected) in FILTERS.items()}


def test_a_window_of_time_ends_before_its_end(busy: Wiki) -> None:
    lines = record(busy)
    first, last = lines[-1].at, lines[0].at
    assert len(record(busy, since=first, until=last)) == len(lines) - 1
    assert len(record(busy, since=first + timedelta(microseconds=1))) == len(lines) - 1


def test_page_by_page_every_line_comes_once(busy: Wiki) -> None:
    found: list[RecordLine] = []
    while page := record(busy, count=2, before=found[-1].position if found else 2**62):
        found += page
    assert found == record(busy)


def test_every_line_names_its_place_in_the_chain(busy: Wiki) -> None:
    head = busy.verify().head
    assert (record(busy)[0].position, record(busy)[0].chain) == (head.position, head.chain)


def test_a_decision_stays_in_the_record_though_somebody_deletes_its_row(busy: Wiki) -> None:
    with busy.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM kbwiki_decision WHERE verdict = 'take-back'")
    assert ("take-back", "safety/plan") in told(record(busy))


def test_who_took_a_review_up_is_recorded_once(organised: Wiki) -> None:
    save(organised, "notes", "One.\n")
    review = review_of(organised, "notes").id
    for _ in range(2):
        with organised.begin(MODERATOR) as tx:
            given = next_review(tx)
            assert given is not None
    with organised.begin(MODERATOR) as tx:
        take_lease(tx, review)
    with organised.begin(SECOND_MODERATOR) as tx:
        take_lease(tx, review)
        take_lease(tx, review, take_over=True)
    organised.seal()
    lines = record(organised, MODERATOR)
    assert [(line.kind, line.by, line.path, line.review) for line in reversed(lines)] == [
        ("take", MODERATOR.id, "notes", review),
        ("take", SECOND_MODERATOR.id, "notes", review),
    ]


def test_a_second_look_is_recorded_without_what_it_said(organised: Wiki) -> None:
    """Somebody who still owes one may read the record."""
    decided_once = save(organised, "other", "One.\n")
    assert decided_once.number == 1
    decided(organised, "other", "approve", by=SECOND_MODERATOR)
    save(organised, "notes", "One.\n")
    review = review_of(organised, "notes").id
    with organised.begin(MODERATOR) as tx:
        opinion = ask_opinion(tx, review, SECOND_MODERATOR.id, "revert")
    with organised.begin(SECOND_MODERATOR) as tx:
        give_opinion(tx, opinion, "approve")
    organised.seal()
    (line,) = record(organised, MODERATOR, kind="second-look")
    assert (line.by, line.path, line.group, line.verdict, line.note) == (
        SECOND_MODERATOR.id, "notes", "moderators", "", "",
    )  # fmt: skip
    assert organised.verify().intact


def test_taking_an_appeal_up_is_not_told_as_the_decision_it_is_about(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    wrong = decided(wiki, "page", "revert").decision_id
    with wiki.begin(WRITER) as tx:
        review_id = appeal(tx, wrong, "It was right.")
    with wiki.begin(SECOND_MODERATOR) as tx:
        take_lease(tx, review_id)

    (taken,) = record(wiki, kind="take")

    assert (taken.review, taken.decision, taken.past) == (review_id, None, None)
    assert (taken.reason, taken.note) == ("", "")
