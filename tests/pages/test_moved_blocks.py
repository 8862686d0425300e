"""What was only moved is shown as moved, with the words that changed on the way."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from kbwiki.pages.diff import Difference, Row, difference
from kbwiki.pages.moved_blocks import with_moves

FIRST = "## Keys\n\nThe key to the van hangs in the office beside the door.\n"
SECOND = "## Fuel\n\nFill the tank when it is half empty, and keep the receipt for Ida.\n"
THIRD = "## Cleaning\n\nSweep the van out every Friday before you go home, please.\n"


def moved(before: str, after: str, *, context: int | None = 3) -> tuple[Difference, list[Row]]:
    found = with_moves(difference(before, after, context=context))
    return found, [row for hunk in found.hunks for row in hunk.rows if row.moved]


def test_a_section_that_moved_is_one_move_with_its_heading() -> None:
    found, rows = moved(f"{FIRST}\n{SECOND}\n{THIRD}", f"{SECOND}\n{THIRD}\n{FIRST}")
    assert (found.moved, found.added_words, found.removed_words) == (1, 0, 0)
    leading = [
        (row.kind, row.before_no or row.after_no, row.moved and row.moved.line) for row in rows if row.moved.leads
    ]
    assert leading == [("removed", 1, 9), ("added", 9, 1)]
    assert "The key" in "".join(run.text for row in rows if row.kind == "added" for run in row.after or ())


def test_words_that_changed_on_the_way_stay_marked() -> None:
    changed = FIRST.replace("beside the door", "behind the door")
    found, rows = moved(f"{FIRST}\n{SECOND}\n{THIRD}", f"{SECOND}\n{THIRD}\n{changed}")
    assert (found.moved, found.added_words, found.removed_words) == (1, 1, 1)
    assert [run.text for row in rows for run in row.after or () if run.kind == "added"] == ["behind"]


def test_items_of_a_list_move_one_by_one() -> None:
    items = [f"- the {name} thing to do\n" for name in ("first", "second", "third", "fourth")]
    found, rows = moved("".join(items), "".join([*items[1:], items[0]]))
    assert found.moved == 1
    assert {row.before_no for row in rows} - {None} == {1}


def test_little_is_no_move() -> None:
    for before, after in (("One\n\nx y\n\nw\n", "w\n\nx y\n\nOne\n"), ("a b c d\n", "e f g h\n"), ("", "new\n")):
        assert moved(before, after)[0].moved == 0, before


def test_most_of_a_paragraph_that_is_new_is_no_move() -> None:
    other = "The office beside the river sells tea, cake and other things on Sundays.\n"
    assert moved(f"{FIRST}\n{SECOND}", f"{SECOND}\n{other}")[0].moved == 0


TEXTS = st.lists(
    st.sampled_from([*FIRST.splitlines(True), *SECOND.splitlines(True), "\n", "- a b c\n", "end"]), max_size=9
)


@given(TEXTS, TEXTS)
def test_both_texts_are_still_there_to_the_last_character(one: list[str], other: list[str]) -> None:
    before, after = "".join(one), "".join(other)
    found, rows = moved(before, after, context=None)
    every = [row for hunk in found.hunks for row in hunk.rows]
    assert "".join(run.text for row in every for run in row.before or ()) == before
    assert "".join(run.text for row in every for run in row.after or ()) == after
    assert found.identical is (before == after)
    assert len([row for row in rows if row.kind == "removed"]) >= found.moved


def test_shuffling_a_long_page_stays_quick_and_finds_all() -> None:
    chance = random.Random(7)
    words = [f"word{n}" for n in range(3000)]
    paragraphs = [" ".join(chance.sample(words, 25)) + "\n" for _ in range(400)]
    shuffled = paragraphs[:]
    chance.shuffle(shuffled)
    plain = difference("\n".join(paragraphs), "\n".join(shuffled))
    found = with_moves(plain)
    assert (found.added_words, found.removed_words) == (0, 0)
    assert found.moved > 300
