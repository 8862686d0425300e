"""Ends of lines stay as they are wherever nobody changed the line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kbwiki.pages.line_ends import plain_ends, with_ends_of


def test_a_changed_line_has_the_usual_end_and_all_others_their_own() -> None:
    stored = "One.\r\nTwo.\nThree.\rFour.\r\n"

    assert with_ends_of(stored, "One.\nZwei.\nThree.\nFour.\n") == "One.\r\nZwei.\r\nThree.\rFour.\r\n"


@given(st.text(alphabet="ab\r\n"))
def test_what_nobody_changed_stays_byte_for_byte(stored: str) -> None:
    assert with_ends_of(stored, plain_ends(stored)) == stored


@given(st.text(alphabet="ab\r\n"), st.text(alphabet="ab\n"))
def test_no_word_is_changed(stored: str, text: str) -> None:
    assert plain_ends(with_ends_of(stored, text)) == text
