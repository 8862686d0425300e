"""What people type, and what is understood by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.search.query import LONGEST_QUERY, MOST_TERMS, parse_query
from kbwiki.search.sought import Sought
from kbwiki.search.tree import All, Beginning, Compound, Either, Node, Not, Phrase, Tagged, Within, Word

ANY_TEXT = st.text(st.characters(exclude_categories=()))
SIGNS = ['"', "-", "+", "*", "|", "(", ")", ":", "/", "“", "”", "{", "%s", "\\", "''", "\x00", "\ud800", "\t", " "]
WORDS = ["OR", "NOT", "AND", "title:", "tag:", "in:", "foo:", "窗", "e\u0301", "word", "SDL_Get", "the", "a"]
PIECES = st.sampled_from([*SIGNS, *WORDS])


def nodes(text: str, *languages: str) -> tuple[Node, ...]:
    root = parse_query(text, languages or ("en",)).root
    return root.nodes if root else ()


def notes(text: str) -> list[str]:
    return [str(note) for note in parse_query(text).notes]


def test_words_are_all_asked_for_in_their_stems() -> None:
    assert nodes("Safety Reports") == (Word(("safeti",)), Word(("report",)))


def test_a_phrase_keeps_its_words_together() -> None:
    assert nodes('"safety report"') == (Phrase(((0, ("safeti",)), (1, ("report",)))),)


@pytest.mark.parametrize("text", ["“safety report”", "„safety report“", "«safety report»"])
def test_quotation_marks_of_other_countries_make_phrases_too(text: str) -> None:
    assert nodes(text) == nodes('"safety report"')


def test_a_phrase_keeps_common_words() -> None:
    assert nodes('"to be or not to be"') == (
        Phrase(tuple(enumerate([("to",), ("be",), ("or",), ("not",), ("to",), ("be",)]))),
    )


@pytest.mark.parametrize("text", ["fire -drill", "fire NOT drill", "fire −drill"])
def test_a_word_can_be_excluded(text: str) -> None:
    assert nodes(text) == (Word(("fire",)), Not(Word(("drill",))))


def test_a_hyphen_within_a_word_or_alone_excludes_nothing() -> None:
    assert not any(isinstance(node, Not) for node in nodes("opt-in - --verbose"))


@pytest.mark.parametrize("text", ["fire OR flood OR storm", "fire | flood | storm"])
def test_alternatives_are_joined_however_many(text: str) -> None:
    assert nodes(text) == (Either((Word(("fire",)), Word(("flood",)), Word(("storm",)))),)


def test_an_alternative_binds_its_neighbours_only() -> None:
    assert nodes("alarm fire OR flood exit") == (
        Word(("alarm",)),
        Either((Word(("fire",)), Word(("flood",)))),
        Word(("exit",)),
    )


def test_the_beginning_of_a_word_is_not_stemmed() -> None:
    assert nodes("Evacuations*") == (Beginning("evacuations", ("evacu",)),)


def test_fields_are_title_tag_and_path() -> None:
    assert nodes('title:plan title:"fire drill" tag:Urgent tag:"First Aid" in:/HR/Payroll/') == (
        Word(("plan",), "title"),
        Phrase(((0, ("fire",)), (1, ("drill",))), "title"),
        Tagged("urgent"),
        Tagged("first aid"),
        Within("hr/payroll"),
    )


def test_a_space_after_the_name_of_a_field_is_forgiven() -> None:
    assert nodes("tag: urgent Title: plan") == (Tagged("urgent"), Word(("plan",), "title"))


def test_an_identifier_is_asked_for_whole_or_in_its_parts_together() -> None:
    assert nodes("SDL_GetWindowSize()") == (
        Compound(
            Word(("sdl_getwindowsize",)),
            Phrase(((0, ("sdl",)), (1, ("get",)), (2, ("window",)), (3, ("size",)))),
        ),
    )


def test_an_identifier_in_a_phrase_takes_up_the_places_of_its_parts() -> None:
    assert nodes('"call SDL_Init now"') == (Phrase(((0, ("call",)), (1, ("sdl",)), (2, ("init",)), (3, ("now",)))),)


def test_scripts_without_spaces_are_asked_for_in_pairs() -> None:
    assert nodes("窗口大小") == (Word(("窗口",)), Word(("口大",)), Word(("大小",)))


def test_a_single_character_of_such_a_script_is_looked_for_at_the_beginning_of_pairs() -> None:
    assert nodes("窗") == (Beginning("窗", ("窗",)),)


def test_each_language_of_the_wiki_gives_its_stem() -> None:
    assert nodes("organizaciones", "en", "es") == (Word(("organizacion", "organiz")),)


def test_common_words_are_left_out_beside_others() -> None:
    assert nodes("how do I create a window") == (Word(("creat",)), Word(("window",)))


def test_common_words_count_when_there_is_nothing_else() -> None:
    assert nodes("the who") == (Word(("the",)), Word(("who",)))


def test_an_abbreviation_is_no_common_word() -> None:
    assert nodes("IT rules") == (Word(("it",)), Word(("rule",)))


@pytest.mark.parametrize("text", ["", "   ", '""', "***", "...", "()", "tag:", '" "', "\x00\ud800"])
def test_where_there_is_nothing_to_look_for_there_is_no_root(text: str) -> None:
    assert parse_query(text).root is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a "b c', "quotation mark is missing"),
        ("fire OR", "“OR” needs a word on both sides"),
        ("OR fire", "“OR” needs a word on both sides"),
        ("fire NOT", "“NOT” needs a word after it"),
        ("tag:", "“tag:” needs a word after it"),
        ("author:ann", "There is no field “author:”"),
        ("f*", "“f*” is too short"),
        ("*fire", "only works at the end of a word"),
        ("fi*re", "only works at the end of a word"),
        ("word " * 200, f"first {LONGEST_QUERY} characters"),
        (" ".join(f"w{number}" for number in range(40)), f"first {MOST_TERMS} words"),
    ],
)
def test_what_was_not_understood_is_said(text: str, said: str) -> None:
    assert any(said in note for note in notes(text))


@pytest.mark.parametrize("text", ["https://example.org", "std::vector", "SDL_GetError()", "note: see below", "12:30"])
def test_ordinary_text_with_a_colon_or_parentheses_raises_no_eyebrow(text: str) -> None:
    assert notes(text) == []
    assert nodes(text)


def test_an_unknown_field_is_searched_as_words() -> None:
    assert nodes("author:ann") == (Word(("author",)), Word(("ann",)))


def test_an_unclosed_phrase_is_searched_as_words() -> None:
    assert nodes('"fire drill') == (Word(("fire",)), Word(("drill",)))


def test_what_was_asked_for_is_to_be_highlighted_and_what_was_excluded_is_not() -> None:
    terms = parse_query("how reports -drill fire OR flood evac* tag:x SDL_Init").terms

    assert terms == (
        Sought("report"),
        Sought("fire"),
        Sought("flood"),
        Sought("evac", opening=True),
        Sought("sdl_init", ("sdl", "init")),
    )


@given(ANY_TEXT)
def test_any_text_is_a_query(text: str) -> None:
    parse_query(text, ("en", "de", "fr"))


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_mixture_of_the_language_s_own_signs_is_a_query(text: str) -> None:
    query = parse_query(text)

    assert all(str(note) for note in query.notes)
    assert query.root is None or query.root.nodes


@given(st.lists(PIECES, max_size=200).map(" ".join))
def test_however_much_is_typed_the_number_of_words_looked_for_is_bounded(text: str) -> None:
    assert _count(parse_query(text).root) <= MOST_TERMS * 8


def _count(node: Node | None) -> int:
    match node:
        case All(inner) | Either(inner):
            return sum(map(_count, inner))
        case Not(inner_node):
            return _count(inner_node)
        case Compound(_, apart):
            return 1 + len(apart.words)
        case Phrase(words):
            return len(words)
        case None:
            return 0
        case _:
            return 1
