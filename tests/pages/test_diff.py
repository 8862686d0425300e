"""The difference of two texts as people see it: exact, readable, and never slow."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.pages.diff import Difference, Row, Run, difference
from tests.costs import MOST, growth

short_lines = st.lists(st.sampled_from(["", "a b c", "a b d", "x", "a  b c", "|a|b|", "x\r"]), max_size=15)
texts = st.text(max_size=80) | st.builds("\n".join, short_lines) | st.text("ab \n", max_size=60)


def rows(outcome: Difference) -> list[Row]:
    return [row for hunk in outcome.hunks for row in hunk.rows]


def before_of(row: Row) -> str:
    return "".join(run.text for run in row.before or ())


def after_of(row: Row) -> str:
    return "".join(run.text for run in row.after or ())


def marked(runs: tuple[Run, ...] | None) -> list[str]:
    return [run.text for run in runs or () if run.kind != "same"]


@given(texts, texts)
def test_the_whole_difference_holds_both_texts_to_the_last_character(before: str, after: str) -> None:
    outcome = difference(before, after, context=None)

    assert "".join(map(before_of, rows(outcome))) == before
    assert "".join(map(after_of, rows(outcome))) == after


@given(texts, texts)
def test_what_is_called_the_same_is_the_same_on_both_sides(before: str, after: str) -> None:
    for row in rows(difference(before, after, context=None)):
        same_before = [run.text for run in row.before or () if run.kind == "same"]
        same_after = [run.text for run in row.after or () if run.kind == "same"]
        assert same_before == same_after


@given(texts, texts)
def test_a_row_has_the_sides_and_the_runs_that_its_kind_says(before: str, after: str) -> None:
    for row in rows(difference(before, after)):
        assert (row.before is None) == (row.before_no is None) == (row.kind == "added")
        assert (row.after is None) == (row.after_no is None) == (row.kind == "removed")
        assert {run.kind for run in row.before or ()} <= {"same", "removed"}
        assert {run.kind for run in row.after or ()} <= {"same", "added"}
        assert (row.kind == "same") == (before_of(row) == after_of(row))
        assert all(run.text for run in (row.before or ()) + (row.after or ()))


@given(texts, texts, st.integers(0, 4))
def test_hunks_number_their_lines_as_the_texts_do(before: str, after: str, context: int) -> None:
    old, new = before.split("\n"), after.split("\n")
    for hunk in difference(before, after, context=context).hunks:
        numbers_before = [row.before_no for row in hunk.rows if row.before_no is not None]
        numbers_after = [row.after_no for row in hunk.rows if row.after_no is not None]
        assert numbers_before == list(range(hunk.before_start, hunk.before_start + len(numbers_before)))
        assert numbers_after == list(range(hunk.after_start, hunk.after_start + len(numbers_after)))
        for row in hunk.rows:
            assert row.before_no is None or before_of(row).rstrip("\n") == old[row.before_no - 1]
            assert row.after_no is None or after_of(row).rstrip("\n") == new[row.after_no - 1]


@given(texts, texts, st.integers(0, 4))
def test_a_context_hides_unchanged_lines_only(before: str, after: str, context: int) -> None:
    whole = difference(before, after, context=None)
    cut = difference(before, after, context=context)

    assert [row for row in rows(cut) if row.kind != "same"] == [r for r in rows(whole) if r.kind != "same"]
    assert (cut.added_words, cut.removed_words) == (whole.added_words, whole.removed_words)


@given(texts, texts)
def test_identical_is_said_of_equal_texts_only(before: str, after: str) -> None:
    assert difference(before, after).identical == (before == after)
    assert difference(before, after, context=None).identical == (before == after)
    assert difference(before, before).hunks == ()


def test_a_changed_word_is_marked_inside_its_line() -> None:
    outcome = difference("Wear a helmet.\nAlways.\n", "Wear a hard hat.\nAlways.\n")

    assert rows(outcome)[0] == Row(
        "changed",
        1,
        1,
        (Run("same", "Wear a "), Run("removed", "helmet"), Run("same", ".\n")),
        (Run("same", "Wear a "), Run("added", "hard hat"), Run("same", ".\n")),
    )
    assert (outcome.added_words, outcome.removed_words) == (2, 1)


def test_lines_that_have_nothing_in_common_are_removed_and_added() -> None:
    outcome = difference("Call the guard first.\n", "Emergency exits: see map\n")

    assert [row.kind for row in rows(outcome)] == ["removed", "added"]


def test_similar_lines_find_each_other_when_others_were_put_between_them() -> None:
    before = "The pump needs oil every week.\nThe fan needs a new belt.\n"
    after = "The pump needs oil every month.\nA wholly different remark\nThe fan needs two new belts.\n"

    found = [(row.kind, row.before_no, row.after_no) for row in rows(difference(before, after))]

    assert found == [("changed", 1, 1), ("added", None, 2), ("changed", 2, 3)]


def test_in_a_long_rewritten_list_each_line_finds_its_new_self() -> None:
    before = "".join(f"Valve {n} closes at {n * 7} bar\n" for n in range(300))
    after = "A new first line\n" + "".join(f"Valve {n} closes at {n * 7} kPa\n" for n in range(300))

    changed = [row for row in rows(difference(before, after)) if row.kind == "changed"]

    assert [(row.before_no, row.after_no) for row in changed] == [(n, n + 1) for n in range(1, 301)]
    assert all(marked(row.after) == ["kPa"] for row in changed)


def test_a_lost_last_newline_is_shown() -> None:
    [row] = rows(difference("end\n", "end"))

    assert (row.kind, marked(row.before), marked(row.after)) == ("changed", ["\n"], [])


def test_a_changed_line_end_is_shown() -> None:
    [row] = rows(difference("end\r\n", "end\n"))

    assert (row.kind, marked(row.before), marked(row.after)) == ("changed", ["\r\n"], ["\n"])


def test_a_line_that_only_grew_is_one_changed_row() -> None:
    added = " If there is no answer within one day, go on as you think best and leave a note behind."

    [row] = rows(difference("Ask the steward.", "Ask the steward." + added))

    assert row.kind == "changed"
    assert marked(row.before) == []


def test_characters_without_spaces_between_them_are_compared_one_by_one() -> None:
    [row] = rows(difference("我们今天去学校上课", "我们明天去学校上课"))

    assert (marked(row.before), marked(row.after)) == (["今"], ["明"])


def test_a_word_that_survived_by_chance_is_marked_with_its_surroundings() -> None:
    before = "Shared line here. One two three the four five six."
    after = "Shared line here. Uno dos tres the cuatro cinco seis."

    [row] = rows(difference(before, after))

    assert marked(row.before) == ["One two three the four five six"]


def test_a_new_page_is_all_added_and_an_emptied_one_all_removed() -> None:
    assert [row.kind for row in rows(difference("", "one\ntwo"))] == ["added", "added"]
    assert [row.kind for row in rows(difference("one\ntwo", ""))] == ["removed", "removed"]


def test_two_empty_texts_have_no_hunk() -> None:
    assert difference("", "", context=None).hunks == ()


def test_distant_changes_are_in_hunks_of_their_own_and_near_ones_share_one() -> None:
    old = [f"line {n}" for n in range(40)]
    new = ["LINE" if n in (5, 12, 30) else line for n, line in enumerate(old)]

    hunks = difference("\n".join(old), "\n".join(new)).hunks

    assert [(hunk.before_start, hunk.after_start, len(hunk.rows)) for hunk in hunks] == [
        (3, 3, 16),
        (28, 28, 8),
    ]


def test_a_negative_context_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        difference("a", "b", context=-1)


def sentence(draw: random.Random, words: int) -> str:
    return " ".join(f"w{draw.randrange(400)}" for _ in range(words))


def altered(text: str, every: int) -> str:
    return " ".join("new" if n % every == 0 else word for n, word in enumerate(text.split(" ")))


def one_word_changed_in_each_line(size: int) -> tuple[str, str]:
    draw = random.Random(1)
    old = [sentence(draw, 10) for _ in range(size)]
    return "\n".join(old), "\n".join(altered(line, 10) for line in old)


def rewritten(size: int) -> tuple[str, str]:
    draw = random.Random(2)
    return tuple("\n".join(sentence(draw, 10) for _ in range(size)) for _ in range(2))  # type: ignore[return-value]


def one_long_line(size: int) -> tuple[str, str]:
    text = sentence(random.Random(3), 10 * size)
    return text, altered(text, 30)


def one_long_line_of_two_words(size: int) -> tuple[str, str]:
    draw = random.Random(4)
    return tuple(" ".join(draw.choices("ab", k=10 * size)) for _ in range(2))  # type: ignore[return-value]


def equal_lines(size: int) -> tuple[str, str]:
    return "the same\n" * size * 2, "the same\n" * size + "another\n" + "the same\n" * size * 2


def similar_lines(size: int) -> tuple[str, str]:
    return "".join(f"{n % 7} of the rows\n" for n in range(size)), "".join(
        f"{n % 5} of our rows\n" for n in range(size + size // 9)
    )


@pytest.mark.parametrize(
    "make",
    [
        one_word_changed_in_each_line,
        rewritten,
        one_long_line,
        one_long_line_of_two_words,
        equal_lines,
        similar_lines,
    ],
)
def test_four_times_the_text_takes_about_four_times_as_long(make: Callable[[int], tuple[str, str]]) -> None:
    assert growth(lambda texts: difference(*texts), lambda times: make(500 * times)) <= MOST
