"""A change piece by piece: what the pieces are, and that taking some out changes nothing else."""

from __future__ import annotations

import time
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.pages.hunks import Change, Hunk, Standing, hunks, take_out
from kbwiki.pages.merge import Clash
from kbwiki.pages.pieces import MOST
from kbwiki.pages.words import fields, lines
from tests.pages.test_merge_any_texts import Triple, texts, triples

FOX = "The quick brown fox jumps over the lazy dog.\n"


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    return [(hunk.before, hunk.after) for hunk in hunks(before, after, after)]


def without(before: str, after: str, now: str, *chosen: int) -> str:
    return take_out(before, after, now, chosen).text


def standings(before: str, after: str, now: str) -> list[Standing]:
    return [hunk.standing for hunk in hunks(before, after, now)]


# What the pieces are


def test_equal_texts_have_no_pieces() -> None:
    assert hunks(FOX, FOX, "Anything.\n") == ()


def test_one_changed_word_is_a_piece_that_knows_its_place() -> None:
    after = "Above.\n" + FOX.replace("brown", "red")

    (hunk,) = hunks("Above.\n" + FOX, after, after)

    assert (hunk.index, hunk.line, hunk.before, hunk.after) == (0, 2, "brown", "red")
    assert (hunk.left, hunk.right) == ("The quick ", " fox jumps over the lazy dog.")


def test_two_words_well_apart_in_one_line_are_two_pieces() -> None:
    assert pieces(FOX, FOX.replace("brown", "red").replace("lazy", "old")) == [("brown", "red"), ("lazy", "old")]


def test_words_that_touch_are_one_piece() -> None:
    assert pieces(FOX, FOX.replace("quick brown", "slow red")) == [("quick brown", "slow red")]


def test_a_line_of_which_little_is_left_is_one_piece() -> None:
    after = "A quick red cat hops over one small dog.\n"

    assert pieces(FOX, after) == [(FOX, after)]


def test_added_list_items_are_pieces_of_their_own() -> None:
    assert pieces("- a\n- b\n", "- a\n- x\n- y\n- b\n") == [("", "- x\n"), ("", "- y\n")]


def test_added_passages_are_pieces_of_their_own_and_keep_the_blank_line_that_parts_them() -> None:
    before = "One.\n\nEnd.\n"
    after = "One.\n\nTwo,\ntwo.\n\nThree.\n\nEnd.\n"

    assert pieces(before, after) == [("", "Two,\ntwo.\n\n"), ("", "Three.\n\n")]
    assert pieces("One.\n", "One.\n\nTwo.\n\nThree.\n") == [("", "\nTwo.\n"), ("", "\nThree.\n")]


def test_removed_passages_are_pieces_of_their_own() -> None:
    assert pieces("One.\n\nTwo.\n\nThree.\n", "Three.\n") == [("One.\n\n", ""), ("Two.\n\n", "")]


def test_code_stays_together() -> None:
    code = "```yaml\n- one\n\n- two\n```\n"

    assert pieces("Start.\nEnd.\n", f"Start.\n{code}End.\n") == [("", code)]


def test_cells_of_a_table_are_pieces_of_their_own() -> None:
    assert pieces("| a | b | c | d |\n", "| a | x | c | y |\n") == [("b", "x"), ("d", "y")]


def test_a_language_without_spaces_is_cut_where_enough_of_it_stayed() -> None:
    assert pieces("今日は雨です、明日も雨です。\n", "今日は雪です、明日も晴です。\n") == [("雨", "雪"), ("雨", "晴")]


def test_the_end_of_a_text_without_newline_never_runs_into_the_next_line() -> None:
    assert pieces("a", "a\nb") == [("", "\nb")]
    assert pieces("x\na\n- b", "x\na\n") == [("- b", "")]
    assert pieces("one two three four", "One two three Four") == [("one", "One"), ("four", "Four")]


def test_there_are_never_more_pieces_than_somebody_can_pick_from() -> None:
    before = "".join(f"- line {n}\n\n" for n in range(5 * MOST))
    after = before.replace("line", "item")

    assert 1 < len(pieces(before, after)) <= MOST
    assert without(before, after, after, *range(len(pieces(before, after)))) == before


# Taking out


BOTH = FOX.replace("brown", "red").replace("lazy", "old")


def test_one_of_two_words_is_taken_out() -> None:
    assert without(FOX, BOTH, BOTH, 0) == FOX.replace("lazy", "old")
    assert without(FOX, BOTH, BOTH, 1) == FOX.replace("brown", "red")


def test_a_later_change_of_other_words_in_the_line_stays() -> None:
    now = BOTH.replace("jumps", "leaps")

    assert standings(FOX, BOTH, now) == [Standing.CLEAN, Standing.CLEAN]
    assert without(FOX, BOTH, now, 0) == FOX.replace("lazy", "old").replace("jumps", "leaps")


def test_a_later_change_of_the_same_word_is_shown_from_both_sides() -> None:
    now = BOTH.replace("red", "green")

    clash, clean = hunks(FOX, BOTH, now)

    assert (clash.standing, clean.standing) == (Standing.CLASH, Standing.CLEAN)
    assert clash.clashes == (Clash(BOTH, FOX.replace("lazy", "old"), now),)


def test_what_clashes_is_named_and_never_becomes_text() -> None:
    now = BOTH.replace("red", "green") + "Later.\n"

    outcome = take_out(FOX, BOTH, now, [0, 1])

    assert (outcome.clean, outcome.clashing) == (False, (0,))
    with pytest.raises(ValueError):
        _ = outcome.text


def test_of_a_change_that_cannot_be_undone_as_a_whole_the_rest_still_comes_out() -> None:
    before, after = "One.\n\nTwo.\n\nThree.\n", "ONE.\n\nTwo.\n\nTHREE.\n"
    now = "ONE AND ONLY.\n\nTwo.\n\nTHREE.\n"

    assert not take_out(before, after, now, [0, 1]).clean
    assert without(before, after, now, 1) == "ONE AND ONLY.\n\nTwo.\n\nThree.\n"


def test_what_somebody_took_out_already_is_gone() -> None:
    now = BOTH.replace("red", "brown")

    assert standings(FOX, BOTH, now) == [Standing.GONE, Standing.CLEAN]
    assert without(FOX, BOTH, now, 0) == now


def test_pieces_that_touch_are_taken_out_one_after_another() -> None:
    before, after = "Start of it.\n", "- one\n- two\n- three\nStart of this.\n"

    now = after
    for index in (1, 0, 3, 2):
        now = without(before, after, now, index)

    assert now == before
    assert standings(before, after, now) == [Standing.GONE] * 4


def test_an_answer_below_what_is_taken_out_is_not_dropped() -> None:
    outcome = take_out("- a\n- z\n", "- a\n- claim\n- z\n", "- a\n- claim\n- answer\n- z\n", [0])

    assert not outcome.clean or "- answer\n" in outcome.text


@pytest.mark.parametrize("chosen", [[-1], [2], [0, 7]])
def test_a_piece_that_does_not_exist_is_refused(chosen: list[int]) -> None:
    with pytest.raises(ValueError):
        take_out(FOX, BOTH, BOTH, chosen)


def test_choosing_a_piece_twice_is_choosing_it_once() -> None:
    assert without(FOX, BOTH, BOTH, 0, 0) == without(FOX, BOTH, BOTH, 0)


@pytest.mark.parametrize("kept", [0.9, 0.5, 0.1])
def test_a_page_made_to_be_slow_is_cut_coarser_and_not_slower(kept: float) -> None:
    before = "".join(f"The line {n} of a long page with words {n * 7}.\n" for n in range(4000))
    after = before.replace("line", "row").replace("words", "letters")
    now = "".join(line if n % 10 < 10 * kept else f"{line[:-1]} or so\n" for n, line in enumerate(lines(after)))

    started = time.process_time()
    found = hunks(before, after, now)

    assert 0 < len(found) <= MOST
    assert time.process_time() - started < 30


# For any texts


@st.composite
def choices(draw: st.DrawFn) -> tuple[Triple, list[int]]:
    """Three texts, of which the first two differ by pieces, and some of these."""
    after, before, now = draw(triples)
    count = len(Change(before, after, now).pieces)
    chosen = draw(st.lists(st.integers(0, count - 1), unique=True)) if count else []
    return (before, after, now), chosen


def neighbours(text: str) -> set[tuple[str, str]]:
    """What stands next to what; the beginning of the text is the beginning of a line."""
    return set(pairwise(["\n", *fields(text), "\n"]))


def clashes_of(hunk: Hunk) -> bool:
    return hunk.standing is Standing.CLASH


@given(texts, texts)
def test_all_pieces_taken_out_of_the_text_after_are_the_text_before(before: str, after: str) -> None:
    change = Change(before, after, after)

    assert change.take_out(range(len(change.pieces))).text == before


@given(triples)
def test_all_pieces_of_an_edited_text_taken_out_of_it_are_the_text_before(three: Triple) -> None:
    before, after, _ = three
    change = Change(before, after, after)

    assert change.take_out(range(len(change.pieces))).text == before


@given(triples)
def test_nothing_taken_out_leaves_the_page_as_it_is(three: Triple) -> None:
    before, after, now = three

    assert take_out(before, after, after, []).text == after
    assert take_out(before, after, now, []).text == now


@given(triples)
def test_pieces_are_in_order_and_leave_equal_text_between_them(three: Triple) -> None:
    before, after, now = three
    found = Change(before, after, now).pieces

    ends = [(0, 0), *((one.before.stop, one.after.stop) for one in found)]
    starts = [*((one.before.start, one.after.start) for one in found), (len(before), len(after))]
    for (end_before, end_after), (start_before, start_after) in zip(ends, starts, strict=True):
        assert end_before <= start_before
        assert before[end_before:start_before] == after[end_after:start_after]
    assert all(before[one.before] != after[one.after] for one in found)


@given(triples)
def test_the_pieces_do_not_depend_on_what_was_written_later(three: Triple) -> None:
    before, after, now = three

    early, late = hunks(before, after, after), hunks(before, after, now)

    assert [(one.line, one.before, one.after) for one in early] == [(one.line, one.before, one.after) for one in late]
    assert not any(clashes_of(hunk) for hunk in early)
    assert [hunk.index for hunk in late] == list(range(len(late)))


@given(triples)
def test_each_piece_says_what_taking_it_out_does(three: Triple) -> None:
    before, after, now = three

    for hunk in hunks(before, after, now):
        outcome = take_out(before, after, now, [hunk.index])

        assert outcome.clean == (hunk.standing is not Standing.CLASH) == (not hunk.clashes)
        assert outcome.clashing == ((hunk.index,) if hunk.clashes else ())
        if outcome.clean:
            assert (outcome.text == now) == (hunk.standing is Standing.GONE)


@given(choices())
def test_whatever_is_chosen_no_words_stand_together_that_neither_text_had(choice: tuple[Triple, list[int]]) -> None:
    (before, after, _), chosen = choice

    text = take_out(before, after, after, chosen).text

    assert neighbours(text) <= neighbours(before) | neighbours(after)


@given(choices(), st.randoms(use_true_random=False))
def test_taking_out_in_two_steps_ends_as_in_one(choice: tuple[Triple, list[int]], draw: Random) -> None:
    (before, after, _), chosen = choice
    first = [index for index in chosen if draw.random() < 0.5]
    now = take_out(before, after, after, first).text

    outcome = take_out(before, after, now, chosen)

    if outcome.clean:
        assert outcome.text == take_out(before, after, after, chosen).text


@given(choices())
def test_what_was_written_later_stays_whatever_is_chosen(choice: tuple[Triple, list[int]]) -> None:
    (before, after, now), chosen = choice

    outcome = take_out(before, after, now, chosen)

    assert outcome.clean == (not outcome.clashing)
    assert set(outcome.clashing) <= set(chosen)
    shown = "\n".join(
        f"{chunk.mine}\n{chunk.theirs}" if isinstance(chunk, Clash) else chunk.text for chunk in outcome.merge.chunks
    )
    assert set(fields(now)) - set(fields(after)) <= set(fields(shown))
    if outcome.clean:
        brought = set(fields(outcome.text)) - set(fields(now))
        assert brought <= set(fields(before))


@given(choices())
def test_a_page_that_was_only_extended_keeps_its_new_lines_in_full(choice: tuple[Triple, list[int]]) -> None:
    (before, after, _), chosen = choice
    middle = "" if not after or after.endswith("\n") else "\n"
    now = f"{after}{middle}\nStill\nlater.\n"

    outcome = take_out(before, after, now, chosen)

    if outcome.clean:
        assert outcome.text.endswith("Still\nlater.\n")
