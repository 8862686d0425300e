"""The order of what was found, by what the wiki knows of pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kbwiki.errors import Invalid
from kbwiki.search.query import parse_query
from kbwiki.search.tree import All, Phrase
from kbwiki.search.weighing import HALF_LIFE, PageFacts, in_a_row, reorder, title_shares
from kbwiki.search.weights import WEIGHTS, merged, standing

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=10_000)
PLAIN = PageFacts(LONG_AGO)


@pytest.mark.parametrize(
    "better",
    [
        PageFacts(NOW),
        PageFacts(LONG_AGO, links=3),
        PageFacts(LONG_AGO, reviewed=True),
        PageFacts(LONG_AGO, title_share=0.5),
        PageFacts(LONG_AGO, in_a_row=True),
    ],
)
def test_each_thing_known_of_a_page_brings_it_forward_and_a_weight_of_nothing_does_not(better: PageFacts) -> None:
    facts = {1: PLAIN, 2: better}

    assert reorder((1, 2), (5.0, 5.0), facts, WEIGHTS, NOW) == [2, 1]
    assert reorder((1, 2), (5.0, 5.0), facts, dict.fromkeys(WEIGHTS, 0.0), NOW) == [1, 2]


def test_fresh_reviewed_and_linked_count_for_little_against_what_the_page_says() -> None:
    facts = {1: PLAIN, 2: PageFacts(NOW, links=7, reviewed=True)}

    assert reorder((1, 2), (2.0, 1.0), facts, WEIGHTS, NOW) == [1, 2]


def test_half_of_being_fresh_is_left_after_half_a_year() -> None:
    weights = {**dict.fromkeys(WEIGHTS, 0.0), "fresh": 1.0}
    facts = {1: PageFacts(NOW - HALF_LIFE), 2: PLAIN}

    assert reorder((1, 2), (1.0, 1.49), facts, weights, NOW) == [1, 2]
    assert reorder((1, 2), (1.0, 1.51), facts, weights, NOW) == [2, 1]


def test_a_change_in_the_future_is_as_fresh_as_one_of_this_moment() -> None:
    facts = {1: PageFacts(NOW + timedelta(days=9)), 2: PageFacts(NOW)}

    assert reorder((2, 1), (1.0, 1.0), facts, WEIGHTS, NOW) == [1, 2]


def test_pages_with_all_words_stay_before_the_others() -> None:
    facts = {1: PLAIN, 2: PageFacts(NOW, links=99, title_share=1.0, in_a_row=True)}

    assert reorder((1, 2), (0.1, 9.0), facts, WEIGHTS, NOW, complete=1) == [1, 2]


def test_pages_one_may_not_read_are_left_out_and_what_is_far_behind_keeps_its_place() -> None:
    facts = dict.fromkeys((1, 3, 4), PLAIN) | {5: PageFacts(NOW, links=50)}

    assert reorder((1, 2, 3, 4, 5), (5.0, 4.0, 3.0, 2.0, 1.9), facts, WEIGHTS, NOW, most=3) == [1, 3, 4, 5]


def test_a_title_counts_as_far_as_it_is_the_question() -> None:
    titles = {1: "SDL_GetWindowSize", 2: "Window sizes", 3: "Doors", 4: ""}

    shares = title_shares(titles, "window size -door title:door")

    assert shares == {1: 0.5, 2: 1.0, 3: 0.0, 4: 0.0}


@pytest.mark.parametrize("text", ["window", '"window size"', "window OR size", "window -size", "tag:kit size", "", "*"])
def test_only_plain_words_can_stand_in_a_row(text: str) -> None:
    assert in_a_row(text, parse_query(text)) is None


def test_of_pages_that_match_those_with_the_words_in_a_row_are_asked_for() -> None:
    row = in_a_row("size of the window in:kit", parse_query("size of the window in:kit"))

    assert row == All((Phrase(((0, ("size",)), (1, ("of",)), (2, ("the",)), (3, ("window",)))),))


def test_weights_are_taken_in_place_of_the_usual_ones() -> None:
    weights = merged({"title": 9.0, "links": 0})

    assert standing(weights).title == 9.0
    assert (weights["links"], weights["in-a-row"]) == (0, WEIGHTS["in-a-row"])


@pytest.mark.parametrize("wrong", [{"titles": 1.0}, {"title": -1.0}, {"title": True}, {"title": float("inf")}])
def test_weights_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Invalid, match="KBWIKI_SEARCH_WEIGHTS"):
        merged(wrong)
