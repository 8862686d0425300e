"""Taking a text back by what a revision brought."""

from __future__ import annotations

import pytest

from kbwiki.demo.growth import Mismatch, Step, after, before

TEXT = """Tea is made in the shed.

## How

1. Boil water
2. Wait
   until it sings

   and a little longer
3. Pour

> [!NOTE]
> The kettle is hot.

### With milk

Milk last.

## Who

Ben.
"""


def test_a_section_goes_with_everything_below_it() -> None:
    assert before(TEXT, Step(sections=("How",))) == "Tea is made in the shed.\n\n## Who\n\nBen.\n"


def test_a_subsection_goes_alone() -> None:
    earlier = before(TEXT, Step(sections=("With milk",)))

    assert "Milk" not in earlier
    assert "The kettle is hot.\n\n## Who" in earlier


def test_a_line_takes_the_indented_lines_that_continue_it_along() -> None:
    earlier = before(TEXT, Step(lines=("2. Wait",)))

    assert "1. Boil water\n3. Pour" in earlier


def test_a_block_goes_up_to_the_next_empty_line() -> None:
    earlier = before(TEXT, Step(blocks=("> [!NOTE]",)))

    assert "3. Pour\n\n### With milk" in earlier


def test_words_go_back_to_what_they_were() -> None:
    assert "made in the canteen" in before(TEXT, Step(swaps=(("in the canteen", "in the shed"),)))


def test_going_on_undoes_going_back() -> None:
    swaps = (("in the canteen", "in the shed"), ("Ann", "Ben"))

    assert after(before(TEXT, Step(swaps=swaps)), swaps) == TEXT


@pytest.mark.parametrize(
    "step",
    [
        Step(sections=("Where",)),
        Step(lines=("4. ",)),
        Step(blocks=("##",)),
        Step(swaps=(("a", "e"),)),
        Step(swaps=(("a", "no such words"),)),
    ],
)
def test_a_step_about_words_that_are_not_there_once_is_refused(step: Step) -> None:
    with pytest.raises(Mismatch):
        before(TEXT, step)
