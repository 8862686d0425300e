"""Two people's work on one text: put together where it is safe, shown side by side where it is not."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from kbwiki.pages.merge import Agreed, Choice, Clash, Merge, merge, merge_lines, resolve, together
from tests.costs import MOST, growth


def clashes(outcome: Merge) -> list[Clash]:
    return [chunk for chunk in outcome.chunks if isinstance(chunk, Clash)]


# Lines


def test_changes_in_different_lines_are_both_made() -> None:
    outcome = merge("one\ntwo\nthree\n", "ONE\ntwo\nthree\n", "one\ntwo\nTHREE\n")

    assert (outcome.text, outcome.by_words) == ("ONE\ntwo\nTHREE\n", False)


def test_changes_of_neighbouring_lines_clash_line_by_line() -> None:
    outcome = merge_lines("one\ntwo\n", "ONE\ntwo\n", "one\nTWO\n")

    assert outcome.chunks == (Clash("one\ntwo\n", "ONE\ntwo\n", "one\nTWO\n"),)


def test_two_additions_at_one_place_clash() -> None:
    outcome = merge("top\n", "top\nmine\n", "top\ntheirs\n")

    assert outcome.chunks == (Agreed("top\n"), Clash("", "mine\n", "theirs\n"))


def test_a_line_that_one_side_deleted_and_the_other_changed_clashes() -> None:
    outcome = merge("a\nthe pump needs oil\nb\n", "a\nb\n", "a\nthe pump needs fresh oil\nb\n")

    assert clashes(outcome) == [Clash("the pump needs oil\n", "", "the pump needs fresh oil\n")]


def test_a_long_change_clashes_once_with_all_the_small_ones_in_it() -> None:
    base = [f"line {n}\n" for n in range(12)]
    theirs = [line.upper() if n in (3, 7, 11) else line for n, line in enumerate(base)]

    outcome = merge_lines("".join(base), "".join(base[:1] + base[10:]), "".join(theirs))

    assert clashes(outcome) == [Clash("".join(base[1:10]), "", "".join(theirs[1:10]))]
    assert resolve(outcome, ["mine"]) == "line 0\nline 10\nLINE 11\n"


def test_what_both_sides_agree_on_is_taken_off_a_clash() -> None:
    outcome = merge("old\n", "same start\nmine\nsame end\n", "same start\ntheirs\nsame end\n")

    assert outcome.chunks == (
        Agreed("same start\n"),
        Clash("old\n", "mine\n", "theirs\n"),
        Agreed("same end\n"),
    )


# Words


def test_changes_of_words_apart_in_one_line_are_both_made() -> None:
    base = "The pump in hall three needs fresh oil every week.\n"

    outcome = merge(base, base.replace("three", "four"), base.replace("every week", "every month"))

    assert outcome.text == "The pump in hall four needs fresh oil every month.\n"
    assert outcome.by_words


def test_changes_of_neighbouring_words_clash() -> None:
    base = "The big dog sleeps in the yard.\n"

    outcome = merge(base, base.replace("big", "small"), base.replace("dog", "cat"))

    assert clashes(outcome) == [Clash(base, base.replace("big", "small"), base.replace("dog", "cat"))]


def test_one_word_between_the_changes_is_enough() -> None:
    base = "The big black dog sleeps in the yard.\n"

    outcome = merge(base, base.replace("big", "small"), base.replace("dog", "cat"))

    assert outcome.text == "The small black cat sleeps in the yard.\n"


def test_an_address_is_never_put_together_from_two() -> None:
    base = "See https://example.org/old/page/one for all the details about it.\n"

    outcome = merge(base, base.replace("old", "new"), base.replace("one", "two"))

    assert not outcome.clean


def test_a_number_is_never_put_together_from_two() -> None:
    base = "The valve opens at 3.14 bar and closes by itself.\n"

    assert not merge(base, base.replace("3.14", "4.14"), base.replace("3.14", "3.15")).clean


def test_a_link_and_the_words_around_it_may_change_together() -> None:
    base = "Ask [the stewards](stewards/north) of the hall before you start.\n"

    outcome = merge(base, base.replace("north", "south"), base.replace("start", "begin"))

    assert outcome.text == "Ask [the stewards](stewards/south) of the hall before you begin.\n"


def test_neighbouring_lines_changed_by_one_side_each_are_merged_by_words() -> None:
    base = "- oil the pump\n- check the belt\n"

    outcome = merge(base, "- oil the big pump\n- check the belt\n", "- oil the pump\n- check the fan belt\n")

    assert outcome.text == "- oil the big pump\n- check the fan belt\n"


def test_cells_of_one_table_row_are_apart_and_words_around_a_bar_elsewhere_are_not() -> None:
    row = "| pump | oil | weekly |\n"
    prose = "Set READ | WRITE in the options of the driver.\n"

    assert merge(row, row.replace("oil", "fat"), row.replace("weekly", "daily")).text == "| pump | fat | daily |\n"
    assert not merge(prose, prose.replace("READ", "SEEK"), prose.replace("WRITE", "TELL")).clean


def test_signs_without_spaces_need_three_between_the_changes() -> None:
    base = "今天我们一起去学校上课\n"

    near = merge(base, base.replace("今", "明"), base.replace("我", "他"))
    far = merge(base, base.replace("今", "明"), base.replace("上课", "开会"))

    assert not near.clean
    assert far.text == "明天我们一起去学校开会\n"


def test_nothing_is_put_into_a_line_that_the_other_side_rewrote() -> None:
    base = "The pump needs fresh oil every single week of the year.\n"
    rewritten = "Nobody may touch any part of this machine, not one of the year.\n"

    assert merge(base, rewritten, base).clean
    assert not merge(base, rewritten, base.replace("year", "decade")).clean


def test_nothing_is_put_into_words_that_survived_by_chance_in_a_rewritten_sentence() -> None:
    end = "and everything that follows here stays exactly as it has been for twenty years or so in the past.\n"
    base = "one two three four five six the very big seven eight nine ten eleven twelve " + end
    mine = "eins zwei drei vier fünf sechs the very big sieben acht neun zehn elf zwölf " + end

    assert not merge(base, mine, base.replace("very", "quite")).clean


def test_what_both_sides_deleted_does_not_count_as_rewritten() -> None:
    kept = "Oil the pump each single week.\n"
    base = "Nobody reads this long and winding introduction anyway, so why keep it? " + kept

    outcome = merge(base, kept.replace("each", "every"), kept.replace("week", "month"))

    assert outcome.text == "Oil the pump every single month.\n"


def test_a_clash_in_one_line_does_not_take_its_neighbours_along() -> None:
    base = "alpha beta gamma delta\nfirst second third fourth\n"

    outcome = merge(
        base,
        "alpha MINE gamma delta\nfirst second third fourth\n",
        "alpha THEIRS gamma delta\nfirst second third LAST\n",
    )

    assert outcome.chunks == (
        Clash("alpha beta gamma delta\n", "alpha MINE gamma delta\n", "alpha THEIRS gamma delta\n"),
        Agreed("first second third LAST\n"),
    )


# Deciding


def test_choosing_mine_keeps_their_changes_elsewhere() -> None:
    base = "intro\n\nold\n\noutro\n"
    outcome = merge(base, base.replace("old", "mine"), "INTRO\n\ntheirs\n\noutro\n")

    assert resolve(outcome, ["mine"]) == "INTRO\n\nmine\n\noutro\n"
    assert resolve(outcome, ["theirs"]) == "INTRO\n\ntheirs\n\noutro\n"
    assert resolve(outcome, ["both"]) == "INTRO\n\nmine\ntheirs\n\noutro\n"


def test_each_clash_has_its_own_choice() -> None:
    outcome = merge("a\n\nb\n", "a1\n\nb1\n", "a2\n\nb2\n")

    assert resolve(outcome, ["theirs", "mine"]) == "a2\n\nb1\n"


def test_both_texts_of_a_last_line_without_newline_stay_apart() -> None:
    assert resolve(merge("", "mine", "theirs"), ["both"]) == "mine\ntheirs"


def test_a_merge_with_clashes_has_no_text() -> None:
    with pytest.raises(ValueError, match="1 clashes"):
        _ = merge("a", "b", "c").text


@pytest.mark.parametrize("choices", [[], ["mine", "mine"], ["ours"]])
def test_a_missing_a_spare_and_an_unknown_choice_are_refused(choices: list[Choice]) -> None:
    with pytest.raises(ValueError, match="choice"):
        resolve(merge("a", "b", "c"), choices)


# Time


def prose(seed: int, size: int) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(f"w{draw.randrange(300)}" for _ in range(10)) for _ in range(size)]


def every_line_changed_by_both(size: int) -> tuple[str, str, str]:
    base = prose(1, size)
    mine = ["MINE" + line[line.index(" ") :] for line in base]
    theirs = [line[: line.rindex(" ")] + " THEIRS" for line in base]
    return "\n".join(base), "\n".join(mine), "\n".join(theirs)


def all_rewritten(size: int) -> tuple[str, str, str]:
    return "\n".join(prose(1, size)), "\n".join(prose(2, size)), "\n".join(prose(3, size))


def equal_lines(size: int) -> tuple[str, str, str]:
    base = "the same\n" * size * 9
    return base, base + "mine\n" + base, "theirs\n" + base


@pytest.mark.parametrize("make", [every_line_changed_by_both, all_rewritten, equal_lines])
def test_four_times_the_text_takes_about_four_times_as_long(make: Callable[[int], tuple[str, str, str]]) -> None:
    assert growth(lambda texts: merge(*texts), lambda times: make(250 * times)) <= MOST


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("a b c d\n", "a B c d\n", "a b C d\n", "a B C d\n"),
        ("a b c d\n", "a B c d\n", "a b c D\n", "a B c D\n"),
        ("a b c d\n", "a x b c d\n", "a b c\n", "a x b c\n"),
        ("a b c d\n", "a B c d\n", "a X c d\n", None),
        ("a b c d\n", "a B c d\n", "a b c d\n", None),
        ("", "mine\n", "theirs\n", None),
    ],
)
def test_what_touches_other_words_can_stand_together(base: str, mine: str, theirs: str, both: str | None) -> None:
    assert together(Clash(base, mine, theirs)) == both
