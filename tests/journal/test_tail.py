"""Consumers: they read every entry once, in the order of the journal, and two of them never undo each other's work."""

from __future__ import annotations

import threading

from kbwiki.actors import Actor
from kbwiki.journal.tail import cursor_of, entries_after, last_position, move_cursor
from kbwiki.pages.actions import Edit, save_page
from kbwiki.testing import SECOND_WRITER, WRITER, save
from kbwiki.wiki import Wiki


def take(wiki: Wiki, name: str = "reader", most: int = 100) -> list[str]:
    """One step of a consumer: the paths it reads, with its cursor moved behind them."""
    with wiki.database.write() as connection:
        seen = cursor_of(connection, wiki.id, name)
        entries = entries_after(connection, wiki.id, seen, most)
        if entries:
            assert move_cursor(connection, wiki.id, name, seen=seen, to=entries[-1].position)
        return [entry.payload["path"] for entry in entries]


def test_a_consumer_reads_everything_once_and_in_order(storied: Wiki) -> None:
    assert take(storied, most=4) == ["alpha", "alpha", "beta", "alpha"]
    assert take(storied, most=4) == ["gamma", "beta"]
    assert take(storied) == []
    save(storied, "delta", "New.\n")
    assert take(storied) == ["delta"]


def test_consumers_do_not_share_a_cursor(storied: Wiki) -> None:
    assert len(take(storied, "one")) == 6
    assert len(take(storied, "other")) == 6


def test_a_consumer_that_never_read_stands_at_the_beginning(storied: Wiki) -> None:
    with storied.read() as connection:
        assert cursor_of(connection, storied.id, "nobody") == 0
        assert last_position(connection, storied.id) == 6


def test_an_empty_journal_has_no_last_position(wiki: Wiki) -> None:
    with wiki.read() as connection:
        assert last_position(connection, wiki.id) == 0


def test_a_consumer_whose_transaction_fails_reads_the_same_again(storied: Wiki) -> None:
    class PowerCut(Exception):
        pass

    try:
        with storied.database.write() as connection:
            assert move_cursor(connection, storied.id, "reader", seen=0, to=6)
            raise PowerCut
    except PowerCut:
        pass
    assert len(take(storied)) == 6


def test_moving_a_cursor_from_where_it_no_longer_stands_is_refused(storied: Wiki) -> None:
    with storied.database.write() as connection:
        assert move_cursor(connection, storied.id, "reader", seen=0, to=4)
        assert not move_cursor(connection, storied.id, "reader", seen=0, to=6)
        assert cursor_of(connection, storied.id, "reader") == 4


def test_of_two_that_move_a_cursor_at_once_one_is_refused(storied: Wiki) -> None:
    together, moved = threading.Barrier(2), []

    def run() -> None:
        together.wait()
        with storied.database.write() as connection:
            moved.append(move_cursor(connection, storied.id, "reader", seen=0, to=6))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(moved) == [False, True]


def test_a_change_that_commits_late_is_not_skipped(postgresql_wiki: Wiki) -> None:
    with postgresql_wiki.begin(WRITER) as early:
        save_page(early, Edit("early", "Its entry has the smaller id.\n"))
        save(postgresql_wiki, "late", "Its entry has the larger id.\n", by=SECOND_WRITER)
        assert take(postgresql_wiki) == ["late"]
    assert take(postgresql_wiki) == ["early"]


def test_many_changes_that_commit_in_reverse_order_are_all_read(postgresql_wiki: Wiki) -> None:
    begun = []
    for number in range(4):
        block = postgresql_wiki.begin(Actor(f"writer-{number}", "Writer"))
        save_page(block.__enter__(), Edit(f"page-{number}", f"{number}\n"))
        begun.append((number, block))
    read: list[str] = []
    for _, block in reversed(begun):
        block.__exit__(None, None, None)
        read += take(postgresql_wiki)
    assert read == ["page-3", "page-2", "page-1", "page-0"]
    assert postgresql_wiki.verify().intact
