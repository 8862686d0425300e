"""Checks of what a question finds, and in what order."""

from __future__ import annotations

import random

from ...documents import Document
from ...query import parse_query
from ..protocol import EVERYTHING
from .subject import Subject, found, handbook, page, search

ASKED: tuple[tuple[str, set[int]], ...] = (
    ("holes", {2}),
    ("hole", {2}),
    ("fire", {1, 3, 4}),
    ("fire drill", {1}),
    ("reporting", {4}),
    ('"fire brigade"', {3}),
    ('"brigade fire"', set()),
    ('"payroll leave"', {5}),
    ('"gate fire"', set()),
    ("fire -alarm", {1, 4}),
    ('fire -"fire brigade"', {1, 4}),
    ("-fire -drill -window -size -c", {5, 8, 9, 10}),
    ("holes OR gate", {1, 2}),
    ("fire OR holes drill", {1, 2}),
    ("holes OR -fire drill", {2}),
    ("holi*", {5}),
    ("holid* OR ho*", {1, 2, 5}),
    ("title:leave", {5}),
    ("title:house", set()),
    ('title:"fire drill"', {1}),
    ("title:wind*", {6}),
    ("tag:urgent", {1}),
    ('tag:"first aid"', {3}),
    ("tag:first", set()),
    ("tag:r&d", {11}),
    ("urgent", {1}),
    ("in:hr", {4, 5}),
    ("in:HR/Payroll", {4, 5}),
    ("in:hr/payroll/leave", {5}),
    ("in:hr/pay", set()),
    ("in:lang/c++", {11}),
    ("in:safety fire -tag:urgent", {3}),
    ("carrying", {5}),
    ("SDL_GetWindowSize", {6}),
    ("sdl_getwindowsize()", {6}),
    ("GetWindowSize", {6}),
    ("getwindowsize", {6}),
    ("sdl_getw*", {6}),
    ("getwind*", {6}),
    ("getWindow", {6}),
    ("window size", {6, 7}),
    ('"window size"', {6}),
    ('"void SDL_GetWindowSize int"', {6}),
    ('"sdl getwindowsize"', {6}),
    ('"void getwindowsize"', set()),
    ('"getwindowsize int"', set()),
    ("std::vector", {6}),
    ("vector", {6}),
    ("c++", {11}),
    ("c#", {11}),
    ('"c++ is"', {11}),
    ('"not c# and"', {11}),
    ('"not c and"', {11}),
    ("窗口", {8}),
    ("大小", {8}),
    ("窗口方法", set()),
    ("窗口 方法", {8}),
    ("法", {8}),
    ("strasse", {9}),
    ("STRASSE", {9}),
    ("nothingofthekind", set()),
)


def a_question_finds_the_pages_it_asks_for(subject: Subject) -> None:
    index = handbook(subject)
    wrong = {text: hits for text, pages in ASKED if (hits := found(index, text)) != pages}
    assert wrong == {}


def words_are_found_in_every_language_of_the_wiki(subject: Subject) -> None:
    index = subject.index_of(
        [
            page(1, "Die Häuser sind alt", language="de"),
            page(2, "The houses are old", language="en"),
            page(3, "les chevaux nationaux", language="fr"),
        ]
    )
    languages = ("en", "de", "fr")
    asked = {"haus": {1}, "hauser": {1}, '"hauser sind"': {1}, "house": {2}, '"houses are"': {2}, "national": {3}}
    assert {text: set(search(index, text, languages=languages).ids) for text in asked} == asked


def a_title_counts_more_than_a_body(subject: Subject) -> None:
    filler = "word " * 20
    index = subject.index_of([page(1, f"harbour {filler}", title="Else"), page(2, filler, title="Harbour"), *_others()])
    assert search(index, "harbour").ids == (2, 1)


def a_rare_word_counts_more_than_a_common_one(subject: Subject) -> None:
    pages = [page(number, "common") for number in range(1, 40)]
    index = subject.index_of([*pages, page(40, "common other"), page(41, "rare other")])
    assert search(index, "common OR rare").ids[0] == 41


def a_short_page_counts_more_than_a_long_one(subject: Subject) -> None:
    pages = [page(1, "harbour " + "filler " * 2000), page(2, "harbour and little else")]
    index = subject.index_of([*pages, *_others()])
    assert search(index, "harbour").ids == (2, 1)


def pages_with_all_words_come_before_pages_with_some(subject: Subject) -> None:
    index = handbook(subject)
    hits = search(index, "fire brigade holes")
    assert (hits.complete, hits.ids[0]) == (0, 3)
    assert {1, 2, 4} <= set(hits.ids)


def the_more_of_the_words_a_page_has_the_earlier_it_comes(subject: Subject) -> None:
    pages = [page(1, "anchor " * 30), page(2, "anchor buoy of the quay"), page(3, "buoy " * 30)]
    index = subject.index_of([*pages, *_others()])
    assert search(index, "anchor buoy crane").ids[0] == 2


def where_many_pages_have_all_words_those_with_some_are_left_out(subject: Subject) -> None:
    index = subject.index_of([page(n, "fire alarm") for n in range(20)] + [page(99, "fire"), page(98, "alarm")])
    hits = search(index, "fire alarm")
    assert (hits.total, hits.complete) == (20, 20)
    assert not {98, 99} & set(hits.ids)


def what_is_asked_explicitly_is_never_left_out(subject: Subject) -> None:
    index = handbook(subject)
    assert search(index, '"brigade fire" alarm').total == 0
    assert set(search(index, "fire nothingofthekind in:safety").ids) == {1, 3}
    assert set(search(index, "fire nothingofthekind -alarm").ids) == {1, 4}


def a_word_that_stands_nowhere_does_not_hide_a_common_one(subject: Subject) -> None:
    index = subject.index_of([page(1, "anchor"), page(2, "anchor"), page(3, "else")])
    assert set(search(index, "anchor nothingofthekind").ids) == {1, 2}


def an_identifier_nobody_has_finds_pages_with_its_parts(subject: Subject) -> None:
    hits = search(handbook(subject), "SDL_SetWindowSize")
    assert hits.complete == 0
    assert set(hits.ids) == {6, 7}


def scores_stand_in_descending_order_beside_their_pages(subject: Subject) -> None:
    hits = search(handbook(subject), "fire OR drill OR alarm")
    assert len(hits.scores) == len(hits.ids)
    assert list(hits.scores) == sorted(hits.scores, reverse=True)


def the_total_is_that_of_what_matches_however_little_is_shown(subject: Subject) -> None:
    index = subject.index_of([page(number, "fire " * (number % 5 + 1)) for number in range(50)])
    hits = search(index, "fire", limit=3, offset=4)
    assert (hits.total, hits.complete, len(hits.ids), len(hits.matching)) == (50, 50, 3, 50)
    assert set(hits.matching) == set(range(50))


def turning_over_pages_of_results_shows_each_page_once(subject: Subject) -> None:
    index = subject.index_of([page(number, "fire " * (number % 5 + 1)) for number in range(50)])
    shown = [page for offset in range(0, 60, 7) for page in search(index, "fire", limit=7, offset=offset).ids]
    assert shown == list(search(index, "fire").ids)
    assert sorted(shown) == list(range(50))


def equal_pages_stand_in_the_order_of_their_numbers(subject: Subject) -> None:
    index = subject.index_of([page(number, "same text", path="same") for number in (5, 3, 9, 1)])
    assert search(index, "text").ids == (1, 3, 5, 9)


def turning_over_goes_on_from_pages_with_all_words_to_pages_with_some(subject: Subject) -> None:
    index = handbook(subject)
    whole = search(index, "fire alarm").ids
    assert [search(index, "fire alarm", limit=1, offset=at).ids[0] for at in range(len(whole))] == list(whole)
    assert search(index, "fire alarm", limit=1, offset=len(whole)).ids == ()


def odd_limits_and_offsets_are_taken_for_what_they_mean(subject: Subject) -> None:
    index = handbook(subject)
    for limit, offset, shown in ((0, 0, 0), (-1, 0, 0), (10, -5, 3), (10, 1000, 0)):
        hits = search(index, "fire", limit=limit, offset=offset)
        assert (hits.total, len(hits.ids)) == (3, shown)


def whatever_was_typed_is_searched(subject: Subject) -> None:
    index = handbook(subject)
    chance = random.Random(11)
    pieces = ['"', "-", "*", "OR ", "NOT ", "title:", "tag:", "in:", "窗", "\ud800", " ", " ", "'", "''", ")", "\0"]
    pieces += ["fire", "SDL_GetWindowSize", "fi*", "a", "the", "-tag:urgent", "in:safety", "窗口大小", "c++", "NEAR"]
    pieces += ["_", "^", "{a}", "AND "]
    for _ in range(200):
        text = "".join(chance.choices(pieces, k=chance.randrange(1, 20)))
        text += "".join(chr(chance.randrange(0x3000)) for _ in range(chance.randrange(4)))
        root = parse_query(text).root
        if root is not None:
            hits = index.search(root, EVERYTHING, limit=5)
            assert len(set(hits.ids)) == len(hits.ids) <= 5, text
            assert hits.complete <= hits.total <= 11, text


def a_page_is_found_by_its_own_title_whatever_it_is(subject: Subject) -> None:
    chance = random.Random(12)
    titles = ["".join(chance.choices("aB1_.'é窗口 \n+#-:", k=chance.randrange(1, 20))) for _ in range(60)]
    index = subject.index_of([page(number, title=title) for number, title in enumerate(titles)])
    lost = [
        title
        for number, title in enumerate(titles)
        if (root := parse_query(f'"{title}"').root) is not None
        and number not in index.search(root, EVERYTHING, limit=100).ids
    ]
    assert lost == []


def _others() -> list[Document]:
    """Pages that make what is asked for rare."""
    return [page(number, "something else") for number in range(100, 110)]


CHECKS = (
    a_question_finds_the_pages_it_asks_for,
    words_are_found_in_every_language_of_the_wiki,
    a_title_counts_more_than_a_body,
    a_rare_word_counts_more_than_a_common_one,
    a_short_page_counts_more_than_a_long_one,
    pages_with_all_words_come_before_pages_with_some,
    the_more_of_the_words_a_page_has_the_earlier_it_comes,
    where_many_pages_have_all_words_those_with_some_are_left_out,
    what_is_asked_explicitly_is_never_left_out,
    a_word_that_stands_nowhere_does_not_hide_a_common_one,
    an_identifier_nobody_has_finds_pages_with_its_parts,
    scores_stand_in_descending_order_beside_their_pages,
    the_total_is_that_of_what_matches_however_little_is_shown,
    turning_over_pages_of_results_shows_each_page_once,
    equal_pages_stand_in_the_order_of_their_numbers,
    turning_over_goes_on_from_pages_with_all_words_to_pages_with_some,
    odd_limits_and_offsets_are_taken_for_what_they_mean,
    whatever_was_typed_is_searched,
    a_page_is_found_by_its_own_title_whatever_it_is,
)
