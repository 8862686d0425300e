"""Sealing: every committed entry gets its place in the chain, once, in order, whatever happened in between."""

from __future__ import annotations

import threading

from sqlalchemy import select, text

from kbwiki.journal.append import count_unsealed
from kbwiki.journal.models import Entry
from kbwiki.pages.actions import Edit, save_page
from kbwiki.testing import SECOND_WRITER, WRITER, read, save
from kbwiki.wiki import Wiki

from .conftest import tamper


def unsealed(wiki: Wiki) -> int:
    with wiki.read() as connection:
        return count_unsealed(connection, wiki.id)


def order(wiki: Wiki) -> list[tuple[int | None, str]]:
    """Position and path of every entry, by position."""
    with wiki.read() as connection:
        rows = connection.execute(select(Entry.position, Entry.payload).order_by(Entry.position))
        return [(row.position, row.payload["path"]) for row in rows]


def test_a_save_is_sealed_when_it_returns(wiki: Wiki) -> None:
    save(wiki, "alpha", "One.\n")
    assert unsealed(wiki) == 0


def test_all_changes_of_one_transaction_are_sealed_in_the_order_they_were_made(wiki: Wiki) -> None:
    with wiki.begin(WRITER) as tx:
        for path in ("one", "two", "three"):
            save_page(tx, Edit(path, f"{path}\n"))
    assert order(wiki) == [(1, "one"), (2, "two"), (3, "three")]


def test_all_changes_of_one_transaction_share_a_batch_and_others_have_another(wiki: Wiki) -> None:
    with wiki.begin(WRITER) as tx:
        save_page(tx, Edit("one", "1\n"))
        save_page(tx, Edit("two", "2\n"))
    save(wiki, "three", "3\n")
    with wiki.read() as connection:
        batches = list(connection.execute(select(Entry.batch).order_by(Entry.id)).scalars())
    assert batches[0] == batches[1] != batches[2]


def test_a_transaction_that_raised_leaves_nothing_in_the_journal(wiki: Wiki) -> None:
    class Interrupted(Exception):
        pass

    try:
        with wiki.begin(WRITER) as tx:
            save_page(tx, Edit("alpha", "One.\n"))
            raise Interrupted
    except Interrupted:
        pass
    assert order(wiki) == []
    assert wiki.verify().entries == 0


def test_what_a_crash_left_unsealed_is_sealed_by_the_next_sealer(storied: Wiki) -> None:
    tamper(storied, "UPDATE kbwiki_entry SET position = NULL, chain = NULL WHERE position > 4")
    assert unsealed(storied) == 2
    assert storied.seal() == 2
    outcome = storied.verify()
    assert outcome.intact
    assert outcome.head.position == 6


def test_what_a_crash_left_unsealed_does_not_hide_from_verification(storied: Wiki) -> None:
    tamper(storied, "UPDATE kbwiki_entry SET position = NULL, chain = NULL WHERE position = 6")
    outcome = storied.verify()
    assert (outcome.intact, outcome.entries) == (True, 6)


def test_what_a_crash_left_unsealed_is_sealed_by_the_next_save(postgresql_wiki: Wiki) -> None:
    save(postgresql_wiki, "alpha", "One.\n")
    save(postgresql_wiki, "beta", "Two.\n")
    tamper(postgresql_wiki, "UPDATE kbwiki_entry SET position = NULL, chain = NULL WHERE position = 2")
    save(postgresql_wiki, "gamma", "Three.\n")
    assert unsealed(postgresql_wiki) == 0
    assert order(postgresql_wiki) == [(1, "alpha"), (2, "beta"), (3, "gamma")]
    assert postgresql_wiki.verify().intact


def test_sealing_when_nothing_waits_does_nothing(storied: Wiki) -> None:
    head = storied.verify().head
    assert storied.seal() == 0
    assert storied.verify().head == head


def test_many_entries_are_sealed_at_once(wiki: Wiki) -> None:
    with wiki.begin(WRITER) as tx:
        for number in range(60):
            save_page(tx, Edit(f"page-{number:03}", f"Text {number}.\n"))
    tamper(wiki, "UPDATE kbwiki_entry SET position = NULL, chain = NULL")
    assert wiki.seal() == 60
    assert [position for position, _ in order(wiki)] == list(range(1, 61))
    assert wiki.verify().intact


def test_an_entry_that_commits_late_comes_after_those_that_committed_first(postgresql_wiki: Wiki) -> None:
    with postgresql_wiki.begin(WRITER) as early:
        save_page(early, Edit("early", "Began first, committed last.\n"))
        save(postgresql_wiki, "late", "Began last, committed first.\n", by=SECOND_WRITER)
        assert order(postgresql_wiki) == [(1, "late")]
    assert order(postgresql_wiki) == [(1, "late"), (2, "early")]
    assert postgresql_wiki.verify().intact


def test_sealers_at_the_same_moment_give_every_entry_one_place(postgresql_wiki: Wiki) -> None:
    with postgresql_wiki.begin(WRITER) as tx:
        for number in range(30):
            save_page(tx, Edit(f"page-{number}", "Text.\n"))
    tamper(postgresql_wiki, "UPDATE kbwiki_entry SET position = NULL, chain = NULL")
    together, sealed = threading.Barrier(4), []

    def run() -> None:
        together.wait()
        sealed.append(postgresql_wiki.seal())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sealed) == [0, 0, 0, 30]
    assert postgresql_wiki.verify().intact


def test_a_save_is_acknowledged_even_when_sealing_fails(postgresql_wiki: Wiki) -> None:
    save(postgresql_wiki, "alpha", "One.\n")
    with postgresql_wiki.database.write() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'the disk of the sealer is full'; END $$"
            )
        )
        connection.execute(
            text("CREATE TRIGGER refuse BEFORE UPDATE ON kbwiki_entry FOR EACH ROW EXECUTE FUNCTION refuse()")
        )
    saved = save(postgresql_wiki, "alpha", "Two.\n", base=1)
    assert saved.number == 2
    assert read(postgresql_wiki, "alpha") == "Two.\n"
    assert unsealed(postgresql_wiki) == 1
    with postgresql_wiki.database.write() as connection:
        connection.execute(text("DROP TRIGGER refuse ON kbwiki_entry"))
    assert postgresql_wiki.seal() == 1
    assert postgresql_wiki.verify().intact
