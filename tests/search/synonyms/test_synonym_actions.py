"""Words that mean the same are set by those who look after something, and looked at like every other change."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event

from kbwiki.actors import ANONYMOUS, SYSTEM, Actor
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.search.synonyms.actions import remove_synonyms, set_synonyms, take_back_synonyms
from kbwiki.search.synonyms.expansion import SynonymWords
from kbwiki.search.synonyms.queries import get_synonyms, list_synonyms, read_synonyms, states
from kbwiki.testing import ADMIN, MODERATOR, SECOND_MODERATOR, WRITER, answer, look, make_space, open_reviews
from kbwiki.wiki import Wiki

STEWARD = Actor("steward", "Stella Steward", frozenset({"stewards"}))


def put(wiki: Wiki, *words: str, by: Actor = MODERATOR, one_way: bool = False) -> int:
    with wiki.begin(by) as tx:
        return set_synonyms(tx, words, one_way=one_way)


def known(wiki: Wiki) -> tuple[SynonymWords, ...]:
    with wiki.read() as connection:
        return read_synonyms(connection, wiki.id).sets


def test_those_who_look_after_something_set_words(wiki: Wiki) -> None:
    make_space(wiki, "hr", reviewers=("stewards",))

    for actor in (MODERATOR, STEWARD, ADMIN, SYSTEM):
        put(wiki, "holiday", f"leave {actor.id}", by=actor)

    for actor in (WRITER, ANONYMOUS):
        with pytest.raises(Forbidden):
            put(wiki, "holiday", "prank", by=actor)
    assert len(known(wiki)) == 4


def test_a_change_lands_in_the_queue_with_its_difference(wiki: Wiki) -> None:
    set_id = put(wiki, "holiday", "vacation")
    with wiki.begin(MODERATOR) as tx:
        set_synonyms(tx, ("holiday", "vacation", "annual leave"), set_id=set_id, number=1)

    (line,) = open_reviews(wiki)
    sides = wiki.subjects["synonyms"]
    with wiki.read() as connection:
        assert sides.sides(connection, set_id, 1, 2) == (
            "Each finds the others:\nholiday\nvacation\n",
            "Each finds the others:\nholiday\nvacation\nannual leave\n",
        )
    assert line.title == "holiday = vacation = annual leave"


def test_a_moderator_reverts_it_and_searches_are_as_before(wiki: Wiki) -> None:
    set_id = put(wiki, "holiday", "vacation")
    (line,) = open_reviews(wiki)

    answer(wiki, look(wiki, line.id, by=SECOND_MODERATOR), "revert", by=SECOND_MODERATOR, reason="wrong")

    assert known(wiki) == ()
    assert open_reviews(wiki) == []
    with wiki.read() as connection:
        assert [one.removed for one in states(connection, set_id, 1, 9)] == [False, True]


def test_who_set_words_takes_it_back(wiki: Wiki) -> None:
    set_id = put(wiki, "holiday", "vacation")
    with wiki.begin(MODERATOR) as tx:
        removed = remove_synonyms(tx, set_id, number=1)
    assert known(wiki) == ()

    with wiki.begin(MODERATOR) as tx:
        take_back_synonyms(tx, set_id, removed)

    assert known(wiki) == (SynonymWords(("holiday", "vacation")),)


def test_what_was_changed_since_is_not_overwritten(wiki: Wiki) -> None:
    set_id = put(wiki, "holiday", "vacation")
    with wiki.begin(SECOND_MODERATOR) as tx:
        set_synonyms(tx, ("holiday", "feast"), set_id=set_id, number=1)

    with pytest.raises(Conflict), wiki.begin(MODERATOR) as tx:
        set_synonyms(tx, ("holiday", "day off"), set_id=set_id, number=1)
    with pytest.raises(Conflict), wiki.begin(MODERATOR) as tx:
        remove_synonyms(tx, set_id, number=1)
    with pytest.raises(Conflict), wiki.begin(MODERATOR) as tx:
        take_back_synonyms(tx, set_id, 1)

    assert known(wiki) == (SynonymWords(("holiday", "feast")),)


def test_of_two_at_once_one_learns_that_another_was_first(wiki: Wiki) -> None:
    set_id = put(wiki, "holiday", "vacation")
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def change(word: str) -> None:
        together.wait()
        try:
            with wiki.begin(MODERATOR) as tx:
                set_synonyms(tx, ("holiday", word), set_id=set_id, number=1)
            outcomes.append(word)
        except Conflict:
            outcomes.append("too late")

    threads = [threading.Thread(target=change, args=(word,)) for word in ("feast", "leave")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("too late") == 1
    with wiki.read() as connection:
        assert get_synonyms(connection, wiki.id, set_id).number == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("holiday",), "at least two"),
        (("holiday", "Holiday", " "), "at least two"),
        (("holiday", "…"), "nothing that can be looked for"),
        (("holiday", "leave OR absence"), "nothing that can be looked for"),
        (("holiday", "tag:leave"), "nothing that can be looked for"),
        (("holiday", "x" * 101), "too long"),
        (("holiday", "one two three four five six seven eight nine"), "too many words"),
        (tuple(f"w{n}" for n in range(21)), "at most 20"),
    ],
)
def test_what_cannot_be_a_set_is_refused_in_words(sqlite_wiki: Wiki, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        put(sqlite_wiki, *words)


def test_the_same_words_are_no_second_set(sqlite_wiki: Wiki) -> None:
    put(sqlite_wiki, "holiday", "vacation")

    with pytest.raises(Invalid, match="already"):
        put(sqlite_wiki, "Vacation", "holiday")
    put(sqlite_wiki, "vacation", "holiday", one_way=True)


def test_sets_are_read_once_for_each_state_of_them(wiki: Wiki) -> None:
    put(wiki, "holiday", "vacation")
    with wiki.read() as connection:
        first = read_synonyms(connection, wiki.id)
        assert read_synonyms(connection, wiki.id) is first

    put(wiki, "PTO", "holiday", one_way=True)

    assert known(wiki) == (SynonymWords(("holiday", "vacation")), SynonymWords(("PTO", "holiday"), one_way=True))


def test_while_the_journal_stands_still_sets_are_not_asked_for(sqlite_wiki: Wiki) -> None:
    put(sqlite_wiki, "holiday", "vacation")
    statements: list[str] = []
    engine = sqlite_wiki.database.engine
    event.listen(engine, "before_cursor_execute", lambda _, __, said, *___: statements.append(said))
    with sqlite_wiki.read() as connection:
        first = read_synonyms(connection, sqlite_wiki.id, 1)
        asked = len(statements)
        assert read_synonyms(connection, sqlite_wiki.id, 1) is first
        assert len(statements) == asked

    put(sqlite_wiki, "PTO", "leave")

    with sqlite_wiki.read() as connection:
        assert len(read_synonyms(connection, sqlite_wiki.id, 2).sets) == 2


def test_saving_the_same_words_again_is_no_change(sqlite_wiki: Wiki) -> None:
    set_id = put(sqlite_wiki, "holiday", "vacation")
    with sqlite_wiki.begin(MODERATOR) as tx:
        set_synonyms(tx, ("holiday", "vacation"), set_id=set_id)

    with sqlite_wiki.read() as connection:
        assert [line.number for line in list_synonyms(connection, sqlite_wiki.id)] == [1]


def test_a_set_that_is_not_there_is_not_found(sqlite_wiki: Wiki) -> None:
    for action in (remove_synonyms, lambda tx, set_id: set_synonyms(tx, ("a", "b"), set_id=set_id)):
        with pytest.raises(NotFound), sqlite_wiki.begin(MODERATOR) as tx:
            action(tx, 99)
