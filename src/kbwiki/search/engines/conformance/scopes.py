"""Checks that nothing outside of the scope changes what is found."""

from __future__ import annotations

from ...tree import All, Not, Pages, Word
from ..protocol import EVERYTHING, Scope
from .subject import Subject, handbook, page, search


def only_the_given_spaces_are_searched(subject: Subject) -> None:
    index = handbook(subject)
    assert set(search(index, "fire", spaces=[1]).ids) == {1, 3}
    assert set(search(index, "fire", spaces={1, 3}).ids) == {1, 3, 4}
    assert search(index, "fire", spaces=()).total == 0
    assert search(index, "fire nothingofthekind", spaces={3}).ids == (4,)


def pages_left_out_are_neither_found_nor_counted(subject: Subject) -> None:
    index = handbook(subject)
    hits = search(index, "fire", without={3})
    assert (set(hits.ids), hits.total, set(hits.matching)) == ({1, 4}, 2, {1, 4})
    assert search(index, "fire", spaces={1}, without={1, 3}).total == 0


def only_words_of_the_scope_occur(subject: Subject) -> None:
    index = handbook(subject)
    terms = ["fire", "payrol", "hole", "窗口", "c++", "nothingofthekind"]
    assert index.occurring(terms, EVERYTHING) == {"fire", "payrol", "hole", "窗口", "c++"}
    assert index.occurring(terms, Scope(frozenset({3}))) == {"fire", "payrol"}
    assert index.occurring(terms, Scope(frozenset({3}), frozenset({4, 5}))) == frozenset()
    assert index.occurring([], EVERYTHING) == frozenset()


def an_identifier_outside_does_not_decide_how_it_is_read_inside(subject: Subject) -> None:
    outside = page(1, "see GetWindowSize", space=2)
    inside = page(2, "get window size", space=1)
    index = subject.index_of([outside, inside])
    assert search(index, "GetWindowSize", spaces=[1]).ids == (2,)
    assert search(index, "GetWindowSize", without=[1]).ids == (2,)
    index.update([], delete=[1])
    assert search(index, "GetWindowSize").ids == (2,)


def how_common_a_word_is_outside_does_not_decide_what_is_found(subject: Subject) -> None:
    inside = [page(1, "anchor"), page(2, "buoy"), page(3, "crane"), page(4, "dock"), page(5, "else")]
    outside = [page(number, "anchor", space=2) for number in range(10, 30)]
    index = subject.index_of([*inside, *outside])
    assert set(search(index, "anchor buoy", spaces=[1]).matching) == {1, 2}
    index.update([], delete=range(10, 30))
    assert set(search(index, "anchor buoy", spaces=[1]).matching) == {1, 2}


def how_many_pages_match_outside_does_not_decide_whether_some_words_do(subject: Subject) -> None:
    outside = [page(number, "anchor buoy", space=2) for number in range(10, 40)]
    index = subject.index_of([page(1, "anchor"), page(2, "else"), page(3, "other"), *outside])
    assert search(index, "anchor buoy", spaces=[1]).ids == (1,)


def how_many_words_begin_so_outside_does_not_decide_which_are_found(subject: Subject) -> None:
    words = " ".join(f"prow{first}{second}" for first in "abcdefghijklmno" for second in "abcdefghijklmno")
    outside = [page(number, words, space=2) for number in range(10, 14)]
    index = subject.index_of([page(1, "prowess"), page(2, "prow"), page(3, "other"), *outside])
    assert set(search(index, "prow*", spaces=[1]).matching) == {1, 2}
    assert set(search(index, "prow*").matching) == {1, 2, *range(10, 14)}
    index.update([], delete=range(10, 14))
    assert set(search(index, "prow*").matching) == {1, 2}


def what_the_database_knows_of_pages_narrows_and_excludes(subject: Subject) -> None:
    index = handbook(subject)
    fire = Word(("fire",))

    def ask(*nodes: object) -> set[int]:
        return set(index.search(All(nodes), EVERYTHING, limit=100).matching)  # type: ignore[arg-type]

    assert ask(fire, Pages(frozenset({1, 2, 4}))) == {1, 4}
    assert ask(fire, Not(Pages(frozenset({1})))) == {3, 4}
    assert ask(Pages(frozenset({2, 5, 999}))) == {2, 5}
    assert ask(fire, Pages(frozenset())) == set()
    assert ask(Not(Pages(frozenset(range(1, 10))))) == {10, 11}
    assert ask(All((fire, Pages(frozenset({3})))), Not(Word(("drill",)))) == {3}


def a_great_many_pages_may_be_named(subject: Subject) -> None:
    index = handbook(subject)
    many = frozenset(range(3, 40_000))
    assert set(index.search(All((Word(("fire",)), Pages(many))), EVERYTHING, limit=9).ids) == {3, 4}
    assert search(index, "fire", without=many).ids == (1,)
    assert set(search(index, "fire", spaces=frozenset(range(1, 3_000))).ids) == {1, 3, 4}


CHECKS = (
    only_the_given_spaces_are_searched,
    pages_left_out_are_neither_found_nor_counted,
    only_words_of_the_scope_occur,
    an_identifier_outside_does_not_decide_how_it_is_read_inside,
    how_common_a_word_is_outside_does_not_decide_what_is_found,
    how_many_pages_match_outside_does_not_decide_whether_some_words_do,
    how_many_words_begin_so_outside_does_not_decide_which_are_found,
    what_the_database_knows_of_pages_narrows_and_excludes,
    a_great_many_pages_may_be_named,
)
