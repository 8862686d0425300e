"""Questions are written down without who asked; what cannot be written at once is dropped, and nobody waits."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import pytest
from search_log_builders import ask, entries, with_clock
from sqlalchemy import create_engine, inspect, text

from kbwiki.search.log.models import AskedRow
from kbwiki.search.log.recording import PATIENCE, Asked, Screen, new_token
from kbwiki.settings import Settings
from kbwiki.testing import make_space
from kbwiki.wiki import Wiki
from tests.races import players
from tests.races.playing import play


def test_a_question_is_written_down_as_typed_and_folded(wiki: Wiki) -> None:
    space = make_space(wiki, "hr")

    wiki.search_log.record(Asked("  Où est\tla  CANTINE?\x00 ", 3, Screen.BOX, "hr/food"))

    (row,) = entries(wiki)
    assert (row.typed, row.folded) == ("Où est la CANTINE?", "ou est la cantine?")
    assert (row.found, row.rank, row.screen, row.space_id) == (3, None, "box", space)


def test_nothing_in_the_log_leads_to_a_person(sqlite_wiki: Wiki) -> None:
    assert set(AskedRow.__table__.columns.keys()) == {
        "id", "wiki_id", "space_id", "folded", "typed", "found", "rank", "screen", "token", "at",
    }  # fmt: skip


def test_what_is_typed_in_one_view_is_one_question(wiki: Wiki) -> None:
    clock, view = with_clock(wiki), new_token()
    for typed in ("p", "pay", "payr", "payroll"):
        ask(wiki, typed, 1, token=view)
        clock.pass_by(seconds=10)

    assert [row.typed for row in entries(wiki)] == ["payroll"]


def test_who_is_still_typing_has_not_asked_yet(wiki: Wiki) -> None:
    with_clock(wiki)
    view = new_token()
    for typed in ("payrol", "payrolk", "payrol", "payroll"):
        ask(wiki, typed, token=view)

    assert [row.typed for row in entries(wiki)] == ["payroll"]


def test_another_question_in_the_same_view_is_another_entry(wiki: Wiki) -> None:
    clock, view = with_clock(wiki), new_token()
    ask(wiki, "payroll", token=view)
    clock.pass_by(minutes=1)
    ask(wiki, "salary", token=view)
    clock.pass_by(minutes=1)
    ask(wiki, "salary slip", 2, token=view)

    assert [(row.typed, row.found, row.token) for row in entries(wiki)] == [
        ("payroll", 0, None),
        ("salary slip", 2, view),
    ]


def test_views_are_apart(wiki: Wiki) -> None:
    with_clock(wiki)
    ask(wiki, "pay", token=new_token())
    ask(wiki, "payroll", token=new_token())
    ask(wiki, "payroll")

    assert len(entries(wiki)) == 3


def test_the_first_click_of_a_view_is_noted_and_what_comes_then_is_another_question(wiki: Wiki) -> None:
    view = new_token()
    ask(wiki, "payroll", 9, token=view)

    assert wiki.search_log.clicked(view, 3) is not None
    assert wiki.search_log.clicked(view, 1) is None
    ask(wiki, "payroll form", 1, token=view)

    assert [(row.typed, row.rank) for row in entries(wiki)] == [("payroll", 3), ("payroll form", None)]


@pytest.mark.parametrize(("token", "rank"), [("unknown-view", 1), ("", 1), ("x" * 40, 1), ("a'b;--xxxx", 1)])
def test_a_click_that_belongs_to_no_question_changes_nothing(sqlite_wiki: Wiki, token: str, rank: int) -> None:
    ask(sqlite_wiki, "payroll", 1, token=new_token())

    assert sqlite_wiki.search_log.clicked(token, rank) is None
    assert [row.rank for row in entries(sqlite_wiki)] == [None]


def test_with_zero_days_nothing_is_written_down(sqlite_url: str) -> None:
    wiki = Wiki(sqlite_url, settings=Settings(search_log_days=0))

    assert ask(wiki, "payroll") is None
    assert entries(wiki) == []
    wiki.close()


def test_questions_of_any_kind_can_be_written_down(wiki: Wiki) -> None:
    for typed in ("\ud800x", "﷽" * 300, "休暇", "'; DROP TABLE", "%", "a" * 5000):
        assert ask(wiki, typed) is not None, typed
    for nothing in ("", "   ", "\x00"):
        assert ask(wiki, nothing) is None


def test_while_somebody_else_writes_the_question_is_dropped_and_counted(sqlite_wiki: Wiki) -> None:
    with sqlite_wiki.database.write():
        before = time.perf_counter()
        assert ask(sqlite_wiki, "payroll") is None
        waited = time.perf_counter() - before

    assert sqlite_wiki.search_log.dropped == 1
    assert waited < sqlite_wiki.settings.lock_timeout_seconds / 2 > PATIENCE
    assert ask(sqlite_wiki, "payroll") is not None


def test_on_postgresql_a_locked_table_costs_a_moment(postgresql_url: str) -> None:
    wiki = Wiki(postgresql_url)
    with wiki.database.write() as connection:
        connection.execute(text("LOCK TABLE kbwiki_asked IN ACCESS EXCLUSIVE MODE"))
        assert ask(wiki, "payroll") is None

    assert wiki.search_log.dropped == 1
    assert ask(wiki, "payroll") is not None
    wiki.close()


def test_a_log_that_is_not_there_is_no_error(sqlite_wiki: Wiki) -> None:
    with sqlite_wiki.database.write() as connection:
        connection.execute(text("DROP TABLE kbwiki_asked"))

    assert ask(sqlite_wiki, "payroll") is None
    assert sqlite_wiki.search_log.dropped == 1


def test_writing_aside_leaves_connections_as_they_were(wiki: Wiki) -> None:
    setting = "PRAGMA synchronous" if wiki.database.has_single_writer else "SHOW synchronous_commit"
    timeout = "PRAGMA busy_timeout" if wiki.database.has_single_writer else "SHOW statement_timeout"

    def now() -> list[Any]:
        with wiki.read() as connection:
            return [connection.execute(text(one)).scalar() for one in (setting, timeout)]

    before = now()
    ask(wiki, "payroll")

    assert now() == before


def test_two_processes_write_one_log(database_url: str) -> None:
    words, view = [f"word {n}" for n in range(20)], new_token()
    play(players.ask, [(database_url, words, view)] * 2)

    wiki = Wiki(database_url)
    rows = entries(wiki)
    assert [row.token for row in rows if row.token] == [view]
    assert Counter(row.typed for row in rows if not row.token) >= Counter(words * 2)
    wiki.close()


def test_two_answers_of_one_view_at_once_make_one_entry(wiki: Wiki) -> None:
    view, together = new_token(), threading.Barrier(4)

    def type_at_once(typed: str) -> None:
        together.wait()
        for _ in range(200):
            if ask(wiki, typed, token=view) is not None:
                return

    threads = [threading.Thread(target=type_at_once, args=(typed,)) for typed in ("p", "pa", "pay", "payr")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(entries(wiki)) == 1


def test_old_questions_go_and_views_are_untied(wiki: Wiki) -> None:
    clock = with_clock(wiki)
    ask(wiki, "long ago", token=new_token())
    clock.pass_by(days=89)
    ask(wiki, "lately", token=new_token())
    assert wiki.search_log.prune() == 0
    clock.pass_by(days=2)
    ask(wiki, "just now", token=new_token())

    assert wiki.search_log.prune() == 1
    assert [(row.typed, row.token is None) for row in entries(wiki)] == [("lately", True), ("just now", False)]
    assert wiki.search_log.prune() == 0


def test_with_zero_days_what_there_is_goes(sqlite_url: str) -> None:
    wiki = Wiki(sqlite_url)
    ask(wiki, "payroll")
    wiki.close()
    without = Wiki(sqlite_url, settings=Settings(search_log_days=0))

    assert without.search_log.prune() == 1
    assert entries(without) == []
    without.close()


def test_a_token_stands_for_one_question_in_the_database_itself(wiki: Wiki) -> None:
    engine = create_engine(wiki.database.engine.url)
    unique = {index["name"] for index in inspect(engine).get_indexes("kbwiki_asked") if index["unique"]}
    engine.dispose()

    assert unique == {"uq_kbwiki_asked_token"}
