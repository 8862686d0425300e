"""A question becomes a question for all words that mean the same; what is meant as typed stays as typed."""

from __future__ import annotations

import pytest

from kbwiki.search.query import parse_query
from kbwiki.search.sought import Sought
from kbwiki.search.synonyms.expansion import NO_SYNONYMS, Synonyms, SynonymWords, expanded, with_synonyms
from kbwiki.search.tree import All, Either, Node, Phrase, Word

HOLIDAY = Word(("holiday",))
VACATION = Word(("vacat",))
ANNUAL_LEAVE = Phrase(((0, ("annual",)), (1, ("leav",))))
LEAVE = SynonymWords(("holiday", "annual leave", "vacation"))


def understood(text: str, *sets: SynonymWords, languages: tuple[str, ...] = ("en",)) -> tuple[Node, ...]:
    query = with_synonyms(parse_query(text, languages), Synonyms(sets), languages)
    assert query.root is not None
    return query.root.nodes


def test_a_word_becomes_every_word_of_its_set() -> None:
    assert understood("holidays policy", LEAVE) == (
        Either((HOLIDAY, ANNUAL_LEAVE, VACATION), loose=True),
        Word(("polici",)),
    )


def test_a_phrase_is_known_by_all_of_its_words_in_a_row() -> None:
    assert understood("annual leave", LEAVE) == (
        Either((All((Word(("annual",)), Word(("leav",)))), HOLIDAY, VACATION), loose=True),
    )
    assert understood("annual report", LEAVE) == (Word(("annual",)), Word(("report",)))
    assert understood("leave annual", LEAVE) == (Word(("leav",)), Word(("annual",)))


@pytest.mark.parametrize("text", ['"holiday"', '"annual leave"', "-holiday", "NOT holiday", "holid*", "tag:holiday"])
def test_what_is_meant_as_typed_stays_as_typed(text: str) -> None:
    query = parse_query(text)

    assert with_synonyms(query, Synonyms((LEAVE,))) is query


def test_one_way_the_others_do_not_find_the_first() -> None:
    one_way = SynonymWords(("PTO", "annual leave"), one_way=True)

    assert understood("pto", one_way) == (Either((Word(("pto",)), ANNUAL_LEAVE), loose=True),)
    assert understood("annual leave", one_way) == (Word(("annual",)), Word(("leav",)))


def test_very_common_words_tell_a_phrase_from_its_first_word() -> None:
    sign_in = SynonymWords(("sign in", "log in"))

    assert understood("sign", sign_in) == (Word(("sign",)),)
    assert understood("sign in page", sign_in) == (
        Either((Word(("sign",)), Phrase(((0, ("log",)), (1, ("in",))))), loose=True),
        Word(("page",)),
    )
    assert understood("the holiday", LEAVE) == (Either((HOLIDAY, ANNUAL_LEAVE, VACATION), loose=True),)


def test_the_longest_stretch_counts() -> None:
    short = SynonymWords(("leave", "absence"))

    assert understood("annual leave", short, LEAVE)[0] == Either(
        (All((Word(("annual",)), Word(("leav",)))), HOLIDAY, VACATION), loose=True
    )


def test_a_word_in_two_sets_has_the_others_of_both_and_no_further() -> None:
    sets = (SynonymWords(("holiday", "vacation")), SynonymWords(("holiday", "feast")), SynonymWords(("feast", "meal")))

    assert understood("holiday", *sets) == (Either((HOLIDAY, VACATION, Word(("feast",))), loose=True),)


def test_a_field_holds_for_the_synonyms_too() -> None:
    assert understood("title:holiday", LEAVE) == (
        Either(
            (Word(("holiday",), "title"), Phrase(ANNUAL_LEAVE.words, "title"), Word(("vacat",), "title")), loose=True
        ),
    )


def test_words_in_a_choice_have_theirs_in_it() -> None:
    assert understood("vacation OR strike", LEAVE) == (
        Either((VACATION, Word(("strike",)), HOLIDAY, ANNUAL_LEAVE)),
    )


def test_identifiers_and_scripts_without_spaces_have_synonyms() -> None:
    mail = SynonymWords(("e-mail", "休暇届"))

    assert Phrase(((0, ("休暇",)), (1, ("暇届",)))) in understood("email", mail)[0].nodes  # type: ignore[union-attr]
    assert isinstance(understood("休暇届", mail)[0], Either)


def test_words_are_the_same_in_any_language_of_the_wiki() -> None:
    assert isinstance(understood("holidays", LEAVE, languages=("de", "en"))[0], Either)


def test_what_a_synonym_finds_is_highlighted() -> None:
    query = with_synonyms(parse_query("holiday"), Synonyms((LEAVE,)))

    assert query.terms == (Sought("holiday"), Sought("annual"), Sought("leav"), Sought("vacat"))


def test_without_sets_the_question_is_the_very_same() -> None:
    query = parse_query("holiday")
    assert query.root is not None

    assert expanded(query.root, NO_SYNONYMS) is query.root
    assert expanded(query.root, Synonyms((SynonymWords(("a", "b")),))) is query.root
