"""Which terms a text uses."""

from __future__ import annotations

import pytest

from kbwiki_glossary.words import key_of, used_in

KEYS = {"api", "bill of materials", "materials", "c++", "on-call", "łódź"}


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("The API, an api.", ["api"]),
        ("A bill of\nMaterials", ["bill of materials", "materials"]),
        ("capital apis", []),
        ("C++ on-call in ŁÓDŹ", ["c++", "on-call", "łódź"]),
        ("", []),
    ],
)
def test_terms_are_found_as_words_whatever_their_case(text: str, used: list[str]) -> None:
    assert used_in(text, KEYS) == used


def test_a_term_has_one_key_however_it_is_written() -> None:
    assert key_of("  Bill of\tMaterials! ") == "bill of materials"
    assert key_of("…") == ""
