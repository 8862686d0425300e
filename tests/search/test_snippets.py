"""What is shown of a page that was found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.search.query import parse_query
from kbwiki.search.snippets import ELLIPSIS, MOST_CHARACTERS, Fragment, mark, snippet
from tests.costs import MOST, growth

FILLER = "Nothing of interest happens in this sentence. " * 20


def marked(fragments: tuple[Fragment, ...]) -> str:
    return "".join(f"[{fragment.text}]" if fragment.hit else fragment.text for fragment in fragments)


def excerpt(text: str, query: str, width: int = 220) -> str:
    return marked(snippet(text, parse_query(query).terms, width))


def test_the_words_asked_for_are_marked_in_all_their_forms() -> None:
    assert excerpt("We report. The reports were REPORTED.", "reporting") == (
        "We [report]. The [reports] were [REPORTED]."
    )


def test_words_that_differ_in_accents_are_marked() -> None:
    assert excerpt("Her résumé, his re\u0301sume\u0301", "resume") == "Her [résumé], his [re\u0301sume\u0301]"


def test_an_identifier_is_marked_whole() -> None:
    assert excerpt("See SDL_GetWindowSize() for SDL", "SDL_GetWindowSize") == "See [SDL_GetWindowSize]() for SDL"


def test_the_parts_of_an_identifier_are_marked_where_the_text_does_not_have_it_whole() -> None:
    assert excerpt("To get the size of a window", "GetWindowSize") == "To [get] the [size] of a [window]"


def test_a_part_is_marked_within_an_identifier() -> None:
    assert excerpt("SDL_GetWindowSize", "windows") == "SDL_Get[Window]Size"


def test_words_that_begin_as_asked_are_marked() -> None:
    assert excerpt("Evacuate by the evacuation route", "evac*") == "[Evacuate] by the [evacuation] route"


def test_pairs_of_characters_that_overlap_make_one_mark() -> None:
    assert excerpt("设置窗口大小的方法", "窗口大小") == "设置[窗口大小]的方法"


def test_what_is_excluded_or_not_asked_for_is_not_marked() -> None:
    assert excerpt("fire drill today", "fire -drill") == "[fire] drill today"


def test_a_short_text_is_shown_whole_with_its_white_space_collapsed() -> None:
    assert excerpt("one\n\n  two\tthree", "two") == "one [two] three"


def test_a_text_without_any_of_the_words_shows_its_beginning() -> None:
    shown = excerpt("The very beginning. " + FILLER, "unrelated")

    assert shown.startswith("The very beginning.")
    assert shown.endswith(ELLIPSIS)


def test_the_place_with_most_different_words_is_chosen() -> None:
    text = f"An alarm, an alarm, an alarm. {FILLER} The alarm calls the brigade at once. {FILLER}"

    shown = excerpt(text, "alarm brigade", 100)

    assert "[alarm] calls the [brigade]" in shown
    assert shown.startswith(ELLIPSIS)
    assert shown.endswith(ELLIPSIS)


def test_among_equal_places_the_first_is_chosen() -> None:
    text = f"{FILLER} First alarm rings. {FILLER} Second alarm rings. {FILLER}"

    assert "First [alarm]" in excerpt(text, "alarm", 80)


@pytest.mark.parametrize(
    ("written", "query"),
    [
        ("résumé", "resume"),
        ("RÉSUMÉS", "resume"),
        ("Häuser", "hauser"),
        ("happy", "happiness"),
        ("SDL_GetWindowSize", "windows"),
        ("SDL_GetWindowSize", "sdl_getwindowsize"),
        ("evacuation", "evac*"),
        ("窗口大小", "大小"),
        ("C++", "c++"),
    ],
)
def test_a_word_is_found_far_into_a_text_however_it_is_written(written: str, query: str) -> None:
    shown = excerpt(f"{FILLER * 5} Here stands {written} alone. {FILLER}", query, 100)

    assert "Here stands" in shown
    assert "[" in shown


def test_a_word_written_with_a_hyphen_is_found_where_the_text_has_nothing_else() -> None:
    assert "an [e-mail] to" in excerpt(f"{FILLER} Write an e-mail to us. {FILLER}", "email", 100)


def test_cuts_fall_between_words() -> None:
    text = f"{FILLER} The alarm rings in the whole building. {FILLER}"

    words = excerpt(text, "alarm", 90).replace("[", "").replace("]", "").replace(ELLIPSIS, "").split()

    assert set(words) <= set(text.split())


@pytest.mark.parametrize("width", [40, 120, 220, 400])
def test_about_as_much_is_shown_as_was_wanted(width: int) -> None:
    text = f"{FILLER} The alarm rings. {FILLER}"

    shown = "".join(fragment.text for fragment in snippet(text, parse_query("alarm").terms, width))

    assert width // 3 < len(shown) <= width + 4


def test_a_title_is_marked_and_never_cut() -> None:
    title = "Window sizes " * 50

    assert marked(mark(title, parse_query("size").terms)) == "Window [sizes] " * 50


def test_a_giant_page_takes_no_longer_than_a_long_one() -> None:
    terms = parse_query("alarm brigade").terms

    def text(times: int) -> str:
        return "alarm or nothing " * (MOST_CHARACTERS // 17 * (1 if times == 1 else 100))

    # A hundred times the text, yet less than what four times the work would take.
    assert growth(lambda text: snippet(text, terms), text) <= MOST


@given(
    st.text(st.sampled_from("alarm br\n.é\u0301窗口_A1'-*\ud800"), max_size=600),
    st.text(st.sampled_from('alarm br窗口_A"*-'), max_size=30),
    st.integers(1, 300),
)
def test_any_text_has_a_snippet_made_of_its_own_words(text: str, query: str, width: int) -> None:
    terms = parse_query(query).terms

    shown = "".join(fragment.text for fragment in snippet(text, terms, width)).replace(ELLIPSIS, "")
    whole = "".join(fragment.text for fragment in mark(text, terms))

    assert "".join(shown.split()) in "".join(text.split())
    assert "".join(whole.split()) == "".join(text.split())
