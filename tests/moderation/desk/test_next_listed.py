"""“Next” in the list one works through: its filters and its order, with the promises of any next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kbwiki import Wiki
from kbwiki.errors import Forbidden
from kbwiki.moderation.desk import next_listed as module
from kbwiki.moderation.desk.aside import skip
from kbwiki.moderation.desk.next import Given
from kbwiki.moderation.desk.next_listed import next_listed
from kbwiki.moderation.queries.wanted import Order, View, Wanted
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, SECOND_WRITER, WRITER, look, open_reviews, save

BY_WRITER = Wanted(author=WRITER.id)


@pytest.fixture
def waiting(wiki: Wiki) -> Wiki:
    """Four pages by one author and three by another, in turn."""
    for number in range(7):
        save(wiki, f"page-{number}", "x\n", by=SECOND_WRITER if number % 2 else WRITER)
    return wiki


def given(wiki: Wiki, wanted: Wanted, by: object = MODERATOR) -> str | None:
    with wiki.begin(by) as tx:  # type: ignore[arg-type]
        found: Given | None = next_listed(tx, wanted, wiki.subjects)
    paths = {line.id: line.path for line in open_reviews(wiki)}
    return paths[found.review_id] if found is not None else None


def test_next_stays_in_the_list_and_ends_with_it(waiting: Wiki) -> None:
    moderators = [replace(MODERATOR, id=f"m{number}", name=f"M {number}") for number in range(5)]
    found = [given(waiting, BY_WRITER, by=one) for one in moderators]
    assert found == ["page-0", "page-2", "page-4", "page-6", None]


def test_next_goes_past_what_is_put_aside_or_with_somebody_across_pages_of_the_list(
    waiting: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    assert given(waiting, BY_WRITER, by=SECOND_MODERATOR) == "page-0"
    second = next(line.id for line in open_reviews(waiting) if line.path == "page-2")
    view = look(waiting, second)
    with waiting.begin(MODERATOR) as tx:
        skip(tx, second, version=view.shown.version, head=view.shown.head)
    assert given(waiting, BY_WRITER) == "page-4"


def test_from_a_list_of_what_waits_for_authors_one_goes_on_to_what_needs_a_decision(waiting: Wiki) -> None:
    assert given(waiting, replace(BY_WRITER, view=View.CONCERN)) == "page-0"
    assert given(waiting, Wanted(view=View.VERIFY)) is None


def test_an_unfiltered_list_is_the_queue_in_its_order(waiting: Wiki) -> None:
    assert given(waiting, Wanted(order=Order.RISK)) in {f"page-{number}" for number in range(7)}
    with pytest.raises(Forbidden):
        given(waiting, Wanted(group="people"))


def test_a_filtered_list_of_a_group_one_is_not_in_is_empty(waiting: Wiki) -> None:
    assert given(waiting, replace(BY_WRITER, group="people")) is None
