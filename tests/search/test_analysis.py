"""What becomes of words on their way into the index, and back to the places they stand at."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kbwiki.search.words.analysis import analyse, asked, places
from kbwiki.search.words.folding import fold, fold_path
from tests.costs import MOST, growth

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def terms(text: str, language: str = "en") -> list[str]:
    return [token.text for token in analyse(text, language)]


def shown(text: str, term: str, language: str = "en") -> list[str]:
    """What the text has where the term stands."""
    return [text[token.start : token.end] for token in analyse(text, language) if token.text == term]


def test_an_identifier_is_known_whole_and_in_its_parts() -> None:
    assert set(terms("SDL_GetWindowSize")) == {
        "sdl_getwindowsize",
        "sdlgetwindows",
        "getwindows",  # GetWindowSize, stemmed as any word is
        "sdl",
        "get",
        "window",
        "size",
    }


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("snake_case_name", {"snake_case_name", "snakecasenam", "casenam", "snake", "case", "name"}),
        ("camelCase", {"camelcas", "camel", "case"}),
        ("HTTPServer", {"httpserver", "http", "server"}),
        ("os.path.join", {"os.path.join", "os", "path", "join"}),
        ("std::vector", {"std::vector", "std", "vector"}),
        ("opt-in", {"optin", "opt", "in"}),
        ("SDL3", {"sdl3", "sdl", "3"}),
        ("__init__", {"init"}),
        ("C++", {"c++", "c"}),
        ("URLs", {"url"}),
        ("v2.0.14", {"v2.0.14", "v2", "v", "2", "0", "14"}),
    ],
)
def test_each_way_of_joining_words_is_taken_apart(written: str, expected: set[str]) -> None:
    assert set(terms(written)) == expected


def test_forms_of_a_word_share_a_term() -> None:
    assert terms("report reports reported reporting") == ["report"] * 4


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "policies", "policy"),
        ("de", "Häuser", "Haus"),
        ("fr", "mangées", "manger"),
        ("es", "organizaciones", "organización"),
        ("it", "gatti", "gatto"),
        ("pt", "meninos", "menino"),
        ("ru", "книгами", "книга"),
    ],
)
def test_every_language_has_its_own_stems(language: str, one: str, other: str) -> None:
    assert terms(one, language)[0] == terms(other, language)[0]


def test_a_language_without_a_stemmer_is_folded_only() -> None:
    assert terms("Häuser Reports", "xx") == ["hauser", "reports"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("résumé", "resume"),
        ("re\u0301sume\u0301", "résumé"),
        ("ＦＵＬＬＷＩＤＴＨ", "fullwidth"),
        ("Straße", "STRASSE"),
        ("Ærø", "aero"),
        ("soft\u00adhyphen", "softhyphen"),
        ("don’t", "don't"),
        ("e-mail", "email"),
        ("Peter's", "Peter"),
    ],
)
def test_spellings_that_mean_the_same_share_a_term(one: str, other: str) -> None:
    assert set(terms(one)) & set(terms(other))


def test_a_word_typed_without_accents_finds_the_accented_one_where_accents_decide_about_the_stem() -> None:
    indexed = set(terms("gestión organización", "es"))

    assert {asked(word, "es")[0].whole for word in ("gestion", "organizaciones")} <= indexed


def test_french_elision_leaves_the_word() -> None:
    assert terms("l’avion d'été", "fr") == ["avion", "ete"]


def test_signs_of_other_scripts_make_other_words() -> None:
    assert terms("कल कला") == ["कल", "कला"]


def test_scripts_without_spaces_give_pairs_and_the_last_character() -> None:
    assert terms("窗口大小") == ["窗口", "口大", "大小", "小"]


def test_half_width_and_full_width_kana_are_the_same() -> None:
    assert terms("ｶﾞｷﾞ") == terms("ガギ")


def test_tokens_tell_where_their_words_stand() -> None:
    text = "Call SDL_GetWindowSize() now"

    assert shown(text, "sdl_getwindowsize") == ["SDL_GetWindowSize"]
    assert shown(text, "window") == ["Window"]
    assert shown(text, "now") == ["now"]


def test_tokens_of_a_decomposed_text_tell_places_in_the_text_as_it_is() -> None:
    text = unicodedata.normalize("NFD", "zwölf Bücher für Müller")

    assert shown(text, "muller") == [unicodedata.normalize("NFD", "Müller")]


def test_parts_stand_at_successive_places_and_the_whole_at_the_first() -> None:
    found, end = places("the SDL_GetWindowSize function", first=10)

    assert (found["sdl"], found["get"], found["window"], found["size"]) == ([11], [12], [13], [14])
    assert found["sdl_getwindowsize"] == [11]
    assert found["function"] == [15]
    assert end == 16


def test_keys_and_hashes_do_not_flood_the_index() -> None:
    key = "a1b2" * 500

    assert terms(key) == [key[:64]]


@example("0ﾞ", "en")
@given(ANY_TEXT, st.sampled_from(["en", "de", "fr", "es", "it", "pt", "ru", "xx", ""]))
def test_any_text_can_be_analysed_and_its_tokens_lie_within_it(text: str, language: str) -> None:
    for token in analyse(text, language):
        assert 0 <= token.start < token.end <= len(text)
        assert token.text
        token.text.encode()


@given(ANY_TEXT)
def test_pages_and_snippets_see_the_same_terms(text: str) -> None:
    assert set(places(text)[0]) == set(terms(text))


@given(ANY_TEXT)
def test_what_is_asked_in_the_words_of_a_text_is_among_its_terms(text: str) -> None:
    indexed = set(places(text)[0])

    for word in asked(text):
        assert {term for term in (word.whole, *word.parts) if term} <= indexed


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("pattern", ["a_", "a'", "aB", "1a", "e\u0301", "\u0301", "C+", "a::", "\u200d", "एँ", "窗"])
def test_four_times_the_text_takes_about_four_times_as_long(pattern: str) -> None:
    assert growth(analyse, lambda times: pattern * (15_000 * times) + " end") <= MOST


def test_paths_are_folded_step_by_step() -> None:
    assert fold_path("/HR//Lohn & Gehälter/") == "hr/lohn & gehalter"
