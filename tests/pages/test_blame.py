"""Who wrote each sentence: the first who did, however it was moved, taken out and put back; hidden is hidden."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki import Wiki
from kbwiki.pages.actions import undo_change
from kbwiki.pages.blame import blamed, sentences
from kbwiki.pages.diff import difference
from kbwiki.pages.queries.authorship import authorship, number_at
from kbwiki.pages.queries.view import get_page
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, WRITER, answer, look, open_reviews, save
from tests.costs import cost


def steps(*texts: str) -> list[tuple[int, str]]:
    """Which text each passage of the last one came from, counted from 1."""
    found = blamed((number, text.encode(), text) for number, text in enumerate(texts, 1))
    return [(one.step, one.text) for one in found]


def test_what_each_revision_added_is_its_own() -> None:
    assert steps("One. Two.\n", "One. Two. Three.\n") == [(1, "One. Two. "), (2, "Three.\n")]
    assert steps("One.\n", "One.\n\nTwo.\n") == [(1, "One.\n\n"), (2, "Two.\n")]
    assert steps("", "One.\n") == [(2, "One.\n")]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("A a.\nB b.\n", "B b.\n", "A a.\nB b.\n"), {1}),  # undone: the whole text comes back
        (("A a.\nB b.\n", "B b.\n", "B b.\nC c.\n", "A a.\nB b.\nC c.\n"), {1, 3}),  # put back later
        (("A a.\nB b.\nC c.\n", "C c.\nA a.\nB b.\n"), {1}),  # moved
        (("A a.\n", "A a.\nX.\n", "A a.\n", "A a.\nX.\n"), {1, 2}),
    ],
)
def test_text_that_comes_back_is_its_first_authors(texts: tuple[str, ...], expected: set[int]) -> None:
    assert {step for step, _ in steps(*texts)} == expected


@given(
    st.lists(
        st.lists(st.sampled_from(["One. ", "Two! ", "三。", "\n", "- x\n", "end"]), max_size=8), min_size=1, max_size=6
    )
)
def test_the_passages_are_the_text(texts: list[list[str]]) -> None:
    joined = ["".join(one) for one in texts]
    assert "".join(text for _, text in steps(*joined)) == joined[-1]
    assert "".join(sentences(joined[-1])) == joined[-1]


def who_wrote(wiki: Wiki, path: str = "page", most: int = 500) -> list[tuple[str, str, int]]:
    with wiki.read() as connection:
        view = get_page(connection, wiki.id, path, READER)
        found = authorship(connection, view.id, view.number, most)
        return [(one.origin.author, one.text, one.origin.since) for one in found.passages]


def test_the_authors_of_a_page_in_the_database(wiki: Wiki) -> None:
    save(wiki, "page", "Wim was here.\n")
    save(wiki, "page", "Wim was here.\nSunna came too.\n", base=1, by=SECOND_WRITER)
    save(wiki, "page", "Sunna came too.\n", base=2, by=MODERATOR)
    with wiki.begin(MODERATOR) as tx:
        undo_change(tx, "page", 3)
    assert who_wrote(wiki) == [(WRITER.name, "Wim was here.\n", 1), (SECOND_WRITER.name, "Sunna came too.\n", 2)]
    assert who_wrote(wiki, most=1) == [(MODERATOR.name, "Wim was here.\nSunna came too.\n", 4)]
    with wiki.read() as connection:
        view = get_page(connection, wiki.id, "page", READER)
        assert number_at(connection, view.id, view.at) == 4


def test_what_came_in_with_a_hidden_revision_names_nobody(wiki: Wiki) -> None:
    save(wiki, "page", "Fine.\n")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "page", "Fine.\nSecret.\n", base=1, by=SECOND_WRITER)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="private")
    save(wiki, "page", "Fine.\nMore.\n", base=3)
    found = who_wrote(wiki)
    assert all("Secret" not in text for _, text, _ in found)
    assert SECOND_WRITER.name not in {author for author, _, _ in found}


def test_a_long_history_costs_as_much_as_its_comparisons() -> None:
    chance = random.Random(3)
    lines = [" ".join(f"w{chance.randrange(900)}" for _ in range(12)) + ".\n" for _ in range(120)]
    texts = []
    for number in range(300):
        lines[chance.randrange(len(lines))] = f"Changed in {number} by somebody who had to.\n"
        texts.append("".join(lines))
    followed = cost(lambda: blamed((n, text.encode(), text) for n, text in enumerate(texts)))
    compared = cost(lambda: [difference(a, b) for a, b in zip(texts[::10], texts[1::10], strict=False)])
    assert followed < 3 * 10 * compared
