"""Selecting reviews: everything said must hold, and what is left out is named with the reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kbwiki.actors import Actor
from kbwiki.errors import Invalid
from kbwiki.moderation.batches.selection import Selected, Selection, select_reviews
from kbwiki.testing import ADMIN, MODERATOR, SECOND_WRITER, WRITER, make_space, open_reviews, save
from kbwiki.wiki import Wiki
from tests.moderation.batches.conftest import SPAMMER, pages
from tests.moderation.conftest import decided, review_of


def selected(wiki: Wiki, selection: Selection, *, by: Actor = MODERATOR, most: int = 1000) -> Selected:
    with wiki.read() as connection:
        return select_reviews(connection, wiki.id, by, selection, most)


def paths(wiki: Wiki, found: Selected) -> list[str]:
    lines = {line.id: line.path for line in open_reviews(wiki)}
    return [lines[one] for one in found.review_ids]


def test_without_a_word_everything_is_meant_in_the_order_of_the_queue(wiki: Wiki) -> None:
    expected = pages(wiki, 5)

    assert paths(wiki, selected(wiki, Selection())) == expected


def test_reviews_of_other_groups_are_not_there(wiki: Wiki) -> None:
    make_space(wiki, "people", reviewers=("people",))
    save(wiki, "people/pay", "x")
    review_id = review_of(wiki, "people/pay", "people").id

    found = selected(wiki, Selection(review_ids=(review_id,)))

    assert found.review_ids == ()
    assert f"no review {review_id}" in found.left_out[0].why
    assert (found.left_out[0].title, found.left_out[0].path) == ("", "")


def test_an_author_is_selected_with_their_changes_alone(wiki: Wiki) -> None:
    save(wiki, "a", "one", by=SPAMMER)
    save(wiki, "b", "one", by=WRITER)
    save(wiki, "c", "one", by=WRITER)
    save(wiki, "c", "two", by=SPAMMER, base=1)

    found = selected(wiki, Selection(author="spam"))

    assert paths(wiki, found) == ["a"]
    assert [(one.path, one.why) for one in found.left_out] == [
        ("c", "It holds changes by others too, so please look at it by itself.")
    ]


def test_own_closed_and_waiting_reviews_are_left_out_with_the_reason(wiki: Wiki) -> None:
    for path in ("closed", "waiting"):
        save(wiki, path, "x")
    save(wiki, "own", "x", by=Actor("moderator", "Mona Moderator", frozenset({"moderators", "staff"})))
    ids = tuple(review_of(wiki, path).id for path in ("closed", "waiting", "own"))
    decided(wiki, "closed", "approve")
    decided(wiki, "waiting", "concern")

    found = selected(wiki, Selection(review_ids=ids))

    assert found.review_ids == ()
    whys = {one.path: one.why for one in found.left_out}
    assert whys["closed"] == "It is not open any more."
    assert whys["waiting"] == "It waits for its author's answer."
    assert "your own" in whys["own"]


def test_place_words_kinds_pages_and_window_narrow(wiki: Wiki) -> None:
    make_space(wiki, "hr")
    save(wiki, "hr/Pay", "x", title="Salaries 100%")
    save(wiki, "hrx", "x")
    save(wiki, "hr/leave", "x")
    line = review_of(wiki, "hr/leave")
    decided(wiki, "hr/leave", "approve")
    save(wiki, "hr/leave", "y", by=SECOND_WRITER, base=1)
    edited = review_of(wiki, "hr/leave")

    assert paths(wiki, selected(wiki, Selection(space="hr"))) == ["hr/Pay", "hr/leave"]
    assert paths(wiki, selected(wiki, Selection(words="SALARIES pay"))) == ["hr/Pay"]
    assert paths(wiki, selected(wiki, Selection(words="100%"))) == ["hr/Pay"]
    assert paths(wiki, selected(wiki, Selection(words="1%0"))) == []
    assert paths(wiki, selected(wiki, Selection(kinds=("edit",)))) == ["hr/leave"]
    assert paths(wiki, selected(wiki, Selection(pages=()))) == []
    assert paths(wiki, selected(wiki, Selection(since=edited.opened_at))) == ["hr/leave"]
    assert paths(wiki, selected(wiki, Selection(until=edited.opened_at))) == ["hr/Pay", "hrx"]
    assert line.id != edited.id


def test_no_more_than_asked_for_and_says_that_there_are_more(wiki: Wiki) -> None:
    pages(wiki, 4)

    found = selected(wiki, Selection(), most=3)

    assert (len(found.review_ids), found.more) == (3, True)
    assert selected(wiki, Selection(), most=4).more is False


def test_a_selection_survives_json() -> None:
    said = Selection(
        review_ids=(1, 2), author="a", since=datetime(2026, 1, 1, tzinfo=UTC), kinds=("edit",), words="x", pages=()
    )

    assert Selection.from_json(said.to_json()) == said
    with pytest.raises(Invalid):
        Selection.from_json({"everything": True})


def test_who_reads_everything_but_is_in_no_group_selects_nothing(wiki: Wiki) -> None:
    pages(wiki, 1)

    assert selected(wiki, Selection(), by=ADMIN).review_ids == ()
