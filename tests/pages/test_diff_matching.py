"""The matcher under difference and merge: right for any two sequences, and never slow."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.pages.matching import Opcode, opcodes, rising, without_islands

few_letters = st.text("abc", max_size=40)
any_numbers = st.lists(st.integers(0, 30), max_size=60)


def rebuilt(a: Sequence[Hashable], b: Sequence[Hashable], pieces: Sequence[Opcode]) -> list[Hashable]:
    """Apply the pieces to `a`, taking from `b` only what they call new."""
    result: list[Hashable] = []
    for tag, i1, i2, j1, j2 in pieces:
        result += a[i1:i2] if tag == "equal" else b[j1:j2]
    return result


@given(few_letters | any_numbers, few_letters | any_numbers)
def test_the_pieces_turn_the_first_sequence_into_the_second(a: Sequence[Hashable], b: Sequence[Hashable]) -> None:
    assert rebuilt(a, b, opcodes(a, b)) == list(b)


@given(few_letters, few_letters)
def test_the_pieces_cover_both_sequences_and_alternate_between_equal_and_changed(a: str, b: str) -> None:
    pieces = opcodes(a, b)

    assert "".join(a[i1:i2] for _, i1, i2, _, _ in pieces) == a
    assert "".join(b[j1:j2] for _, _, _, j1, j2 in pieces) == b
    assert all((left[0] == "equal") != (right[0] == "equal") for left, right in pairwise(pieces))


@given(few_letters, few_letters)
def test_each_tag_says_what_it_means(a: str, b: str) -> None:
    for tag, i1, i2, j1, j2 in opcodes(a, b):
        empty = (i1 == i2, j1 == j2)
        assert empty == {"insert": (True, False), "delete": (False, True)}.get(tag, (False, False))


@given(few_letters)
def test_equal_sequences_are_one_equal_piece(a: str) -> None:
    assert opcodes(a, a) == ([("equal", 0, len(a), 0, len(a))] if a else [])


def test_a_short_sequence_is_changed_as_little_as_possible() -> None:
    pieces = opcodes("abcabba", "cbabac")

    kept = sum(i2 - i1 for tag, i1, i2, _, _ in pieces if tag == "equal")
    assert kept == 4


def test_an_insertion_that_fits_in_several_places_stands_in_the_last() -> None:
    assert opcodes(["A", "", "C"], ["A", "", "B", "", "C"])[1] == ("insert", 2, 2, 2, 4)


def test_a_deletion_that_fits_in_several_places_stands_in_the_last() -> None:
    assert opcodes("xaaay", "xay")[1] == ("delete", 2, 4, 2, 2)


def test_a_change_sinks_past_what_the_cut_off_end_would_hold_back() -> None:
    assert opcodes("xaa", "-xa")[-1] == ("delete", 2, 3, 3, 3)
    assert opcodes("-xa", "xaa")[-1] == ("insert", 3, 3, 2, 3)


def test_a_moved_unique_line_does_not_tear_its_neighbours_apart() -> None:
    pieces = opcodes(["}", "", "one", "two", "}", ""], ["}", "", "new", "", "one", "two", "}", ""])

    assert [piece[0] for piece in pieces] == ["equal", "insert", "equal"]


@given(st.lists(st.integers(0, 20), max_size=30))
def test_the_rising_chain_rises_and_is_as_long_as_any(numbers: list[int]) -> None:
    chain = rising(list(enumerate(numbers)))

    assert all(left < right for left, right in pairwise(number for _, number in chain))
    longest = [0] * len(numbers)
    for index, number in enumerate(numbers):
        longest[index] = 1 + max((longest[k] for k in range(index) if numbers[k] < number), default=0)
    assert len(chain) == max(longest, default=0)


def test_a_word_that_survived_by_chance_is_joined_to_the_changes_around_it() -> None:
    pieces = opcodes("ABxCD", "EFxGH")

    assert without_islands(pieces, [1] * 5) == [("replace", 0, 5, 0, 5)]


def test_a_passage_as_long_as_the_changes_around_it_is_kept() -> None:
    pieces = opcodes("AxyB", "CxyD")

    assert without_islands(pieces, [1] * 4) == pieces


def test_what_weighs_nothing_between_two_changes_is_joined_to_them() -> None:
    pieces = opcodes("A B", "C D")

    assert without_islands(pieces, [1, 0, 1]) == [("replace", 0, 3, 0, 3)]


class Counted:
    """An element that counts how often any of its kind is compared or hashed."""

    touched = 0

    def __init__(self, value: int) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        Counted.touched += 1
        return isinstance(other, Counted) and self.value == other.value

    def __hash__(self) -> int:
        Counted.touched += 1
        return hash(self.value)


def work(make: Callable[[int], tuple[list[int], list[int]]], size: int) -> int:
    a, b = make(size)
    Counted.touched = 0
    opcodes([Counted(value) for value in a], [Counted(value) for value in b])
    return Counted.touched


def drawn(values: int, size: int, seed: int) -> list[int]:
    return random.Random(seed).choices(range(values), k=size)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda n: ([1] * n, [1] * (n // 2) + [2] + [1] * n), id="equal lines"),
        pytest.param(lambda n: ([1] * n + [3] + [1] * n, [1] * (n // 2) + [2] + [1] * n), id="equal halves"),
        pytest.param(lambda n: ([1, 2] * n, [2, 1, 3] * n), id="repeated pattern"),
        pytest.param(lambda n: (drawn(2, n, 1), drawn(2, n, 2)), id="two values at random"),
        pytest.param(lambda n: (drawn(40, n, 1), drawn(40, n, 2)), id="forty values at random"),
        pytest.param(lambda n: (drawn(n, n, 1), drawn(n, n, 2)), id="many values at random"),
        pytest.param(lambda n: (list(range(n)), list(range(n))[::-1]), id="reversed"),
        pytest.param(lambda n: (list(range(n)), list(range(n, 2 * n))), id="nothing in common"),
        pytest.param(lambda n: (list(range(n)) * 2, [v for v in [*range(n)] * 2 if v % 50]), id="all twice"),
    ],
)
def test_twice_the_input_is_about_twice_the_work(make: Callable[[int], tuple[list[int], list[int]]]) -> None:
    assert work(make, 8000) <= 2.6 * work(make, 4000)


def test_rows_of_words_anchor_a_text_in_which_every_word_occurs_often() -> None:
    before = drawn(500, 20_000, 3)
    after = [value + 1000 if place % 5 == 0 else value for place, value in enumerate(before)]

    kept = sum(i2 - i1 for tag, i1, i2, _, _ in opcodes(before, after) if tag == "equal")

    assert kept == 20_000 - 4_000
