"""What counts as a line and as a word, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.pages.words import fields, is_word, lines, tokens


@given(st.text())
def test_lines_words_and_fields_joined_are_the_text(text: str) -> None:
    assert "".join(lines(text)) == text
    assert "".join(tokens(text)) == text
    assert "".join(fields(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n", ["\n"]),
        ("one", ["one"]),
        ("one\ntwo\n", ["one\n", "two\n"]),
        ("one\n\ntwo", ["one\n", "\n", "two"]),
        ("page\x0cbreak\u2028and\x85more\r\n", ["page\x0cbreak\u2028and\x85more\r\n"]),
    ],
)
def test_a_line_ends_at_a_newline_and_nowhere_else(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It isn't, is it?", ["It", " ", "isn't", ",", " ", "is", " ", "it", "?"]),
        ("SDL_Log(3.5)", ["SDL_Log", "(", "3", ".", "5", ")"]),
        ("a  \tb \r\n", ["a", "  \t", "b", " ", "\r\n"]),
        ("'quoted'", ["'", "quoted", "'"]),
        ("Grüße", ["Grüße"]),
        ("nai\u0308ve", ["nai\u0308ve"]),
        ("हिन्दी भाषा।", ["हिन्दी", " ", "भाषा", "।"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("한국어 문서", ["한국어", " ", "문서"]),
    ],
)
def test_a_word_keeps_its_marks_and_apostrophes(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("安全第一", ["安", "全", "第", "一"]),
        ("SDL函数", ["SDL", "函", "数"]),
        ("か\u3099く", ["か\u3099", "く"]),
        ("วันนี้", ["วั", "น", "นี้"]),
    ],
)
def test_scripts_without_spaces_go_character_by_character(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize("emoji", ["👩\u200d👩\u200d👧", "👍🏽", "❤\ufe0f", "🇩🇪"])
def test_an_emoji_is_never_taken_apart(emoji: str) -> None:
    assert tokens(f"ok{emoji}.") == ["ok", emoji, "."]


def test_an_address_is_one_field_and_brackets_stand_alone() -> None:
    assert fields("[see](https://example.org/a?b=c, or)") == [
        "[", "see", "]", "(", "https://example.org/a?b=c,", " ", "or", ")",
    ]  # fmt: skip


@pytest.mark.parametrize("token", ["word", "7", "語", "_private", "**bold"])
def test_what_has_a_letter_or_digit_is_a_word(token: str) -> None:
    assert is_word(token)


@pytest.mark.parametrize("token", [" ", "\n", "—", "---", "_", "👍"])
def test_blanks_and_signs_are_no_words(token: str) -> None:
    assert not is_word(token)
