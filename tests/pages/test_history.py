"""History and recent changes: what happened, in order, page by page of a list, without the words of hidden texts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kbwiki.actors import Actor
from kbwiki.pages.actions import delete_page, move_page
from kbwiki.pages.queries.history import RecentFilter, RevisionLine, changes_by, history, recent_changes
from kbwiki.testing import (
    AGENT,
    READER,
    SECOND_WRITER,
    WRITER,
    TickingClock,
    answer,
    look,
    make_space,
    open_reviews,
    save,
)
from kbwiki.wiki import Wiki

INSIDER = Actor("insider", "Ines Insider", frozenset({"insiders"}))


def recent(wiki: Wiki, by: Actor = READER, **wanted: object) -> list[RevisionLine]:
    with wiki.read() as connection:
        return recent_changes(connection, wiki.id, by, wanted=RecentFilter(**wanted))  # type: ignore[arg-type]


def lines_of(wiki: Wiki, page_id: int, newest: int, count: int) -> list[RevisionLine]:
    with wiki.read() as connection:
        return history(connection, page_id, newest, count)


@pytest.fixture
def busy(wiki: Wiki) -> Wiki:
    """Three pages, two authors and a program, five changes, one second apart."""
    wiki.clock = TickingClock()
    save(wiki, "a/one", "1\n", comment="first")
    save(wiki, "a/two", "22\n", by=SECOND_WRITER)
    save(wiki, "a/one", "1111\n", base=1, by=AGENT, comment="more")
    save(wiki, "a-b", "b\n")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "a/two")
    return wiki


def test_a_history_lists_its_revisions_newest_first_with_sizes_and_authors(busy: Wiki) -> None:
    lines = lines_of(busy, 1, 2, 10)
    assert [(line.number, line.kind, line.author, line.author_kind, line.comment) for line in lines] == [
        (2, "edit", "Scribe", "agent", "more"),
        (1, "create", WRITER.name, "human", "first"),
    ]
    assert [(line.size, line.delta) for line in lines] == [(5, 3), (2, 2)]


def test_a_history_is_read_in_pages_without_gap_or_overlap(wiki: Wiki) -> None:
    for number in range(7):
        save(wiki, "page", f"{number}\n", base=number or None)
    read: list[int] = []
    newest = 7
    while lines := lines_of(wiki, 1, newest, 3):
        read += [line.number for line in lines]
        newest = read[-1] - 1
    assert read == [7, 6, 5, 4, 3, 2, 1]


def test_a_history_shows_changes_of_size_across_its_pages(wiki: Wiki) -> None:
    save(wiki, "page", "four\n")
    save(wiki, "page", "four, five\n", base=1)
    (line,) = lines_of(wiki, 1, 2, 1)
    assert line.delta == 6


def test_recent_changes_are_those_of_the_whole_wiki_newest_first(busy: Wiki) -> None:
    assert [(line.path, line.kind) for line in recent(busy)] == [
        ("a/two", "delete"),
        ("a-b", "create"),
        ("a/one", "edit"),
        ("a/two", "create"),
        ("a/one", "create"),
    ]


def test_recent_changes_below_a_path_are_those_of_the_page_and_what_lies_below(busy: Wiki) -> None:
    save(busy, "a", "the page itself\n")
    assert [line.path for line in recent(busy, below="a")] == ["a", "a/two", "a/one", "a/two", "a/one"]
    assert [line.path for line in recent(busy, below="a/one")] == ["a/one", "a/one"]


def test_recent_changes_can_be_asked_for_by_author_kind_and_time(busy: Wiki) -> None:
    assert [line.path for line in recent(busy, author=AGENT.id)] == ["a/one"]
    assert [line.path for line in recent(busy, kind="create")] == ["a-b", "a/two", "a/one"]
    third = recent(busy)[2]
    assert [line.path for line in recent(busy, since=third.at)] == ["a/two", "a-b", "a/one"]
    assert len(recent(busy, since=third.at + timedelta(microseconds=1))) == 2
    assert [line.path for line in recent(busy, author=WRITER.id, kind="create", below="a")] == ["a/one"]
    assert recent(busy, author="nobody") == []


def test_recent_changes_are_read_in_pages_while_new_ones_arrive(busy: Wiki) -> None:
    with busy.read() as connection:
        first = recent_changes(connection, busy.id, READER, count=2)
    save(busy, "new", "x\n")
    with busy.read() as connection:
        second = recent_changes(connection, busy.id, READER, before=first[-1].id, count=10)
    assert [line.path for line in [*first, *second]] == ["a/two", "a-b", "a/one", "a/two", "a/one"]


def test_recent_changes_say_where_a_page_is_now(busy: Wiki) -> None:
    with busy.begin(WRITER) as tx:
        move_page(tx, "a/one", "moved")
    assert [line.path for line in recent(busy, author=AGENT.id)] == ["moved"]


def test_the_words_of_a_hidden_change_are_in_no_list(wiki: Wiki) -> None:
    save(wiki, "page", "Clean.\n", title="Page")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "page", "Secret.\n", title="Secret title", comment="secret comment", base=1)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="private")
    with wiki.read() as connection:
        lists = [
            history(connection, 1, 9, 9),
            recent_changes(connection, wiki.id, READER),
            changes_by(connection, wiki.id, WRITER, before=99, count=9),
        ]
    for lines in lists:
        assert [line.number for line in lines if line.hidden] == [2]
        assert "ecret" not in repr(lines)


def test_changes_by_an_author_are_theirs_on_pages_they_may_still_read(busy: Wiki) -> None:
    make_space(busy, "hr", readers=("staff",), writers=("staff",))
    save(busy, "hr/page", "x\n")
    with busy.read() as connection:
        mine = changes_by(connection, busy.id, WRITER, before=99, count=9)
    assert [line.path for line in mine] == ["hr/page", "a/two", "a-b", "a/one"]
    make_space(busy, "hr", readers=("insiders",), writers=("insiders",))
    with busy.read() as connection:
        mine = changes_by(connection, busy.id, WRITER, before=99, count=9)
    assert [line.path for line in mine] == ["a/two", "a-b", "a/one"]


def test_a_clock_that_steps_back_does_not_change_the_order(wiki: Wiki) -> None:
    clock = TickingClock()
    wiki.clock = clock
    save(wiki, "page", "1\n")
    clock.now -= timedelta(days=1)
    save(wiki, "page", "2\n", base=1)
    assert [line.number for line in lines_of(wiki, 1, 2, 9)] == [2, 1]
    assert [line.number for line in recent(wiki)] == [2, 1]
    assert wiki.verify().intact
