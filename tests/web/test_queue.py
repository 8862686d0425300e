"""The home of a moderator: tabs with counts, filters in the address, both orders, saved filters."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update

from kbwiki import Wiki
from kbwiki.db import table_of
from kbwiki.moderation.models import Review
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, make_space, open_reviews, save

from .conftest import Visitor

QUEUE = "/wiki/-/reviews"


@pytest.fixture
def moderator(visitor: Visitor, wiki: Wiki) -> Visitor:
    """A moderator of a wiki with a space, three changes by two people, and one of their own."""
    make_space(wiki, "travel", reviewers=("moderators",), title="Travel")
    save(wiki, "travel/train", "x\n", title="By train")
    save(wiki, "travel/plane", "x\n", title="By plane", by=SECOND_WRITER)
    save(wiki, "lunch", "x\n", title="Lunch", by=SECOND_WRITER)
    save(wiki, "own", "x\n", title="My own page", by=MODERATOR)
    visitor.actor = MODERATOR
    return visitor


def titles(html: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'<a class="kb-whole"[^>]*>([^<]+)</a>', html)]


def tabs(html: str) -> dict[str, str]:
    """The label of every tab and pill, with its count."""
    label = r"<a href=[^>]*>(?:<span[^>]*>)?([^<]+?)(?:</span>|</a>)?"
    found = re.findall(label + r' <span class="kb-count"[^>]*>(\S+)</span>', html)
    return {unescape(label): count for label, count in found}


def links(html: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="(/wiki/-/reviews\?[^"]+)"', html)]


def test_the_counts_on_the_tabs_and_in_the_bar_are_those_of_the_lists(moderator: Visitor) -> None:
    html = moderator.text(QUEUE)

    assert titles(html) == ["By train", "By plane", "Lunch"]
    assert tabs(html) == {
        "Reviews": "3", "Needs me": "3", "Overdue": "0", "Waiting on verification": "0", "Waiting on author": "0",
        "Mine": "0", "My own changes": "1",
    }  # fmt: skip
    own = moderator.text(f"{QUEUE}?view=own")
    assert titles(own) == ["My own page"]
    assert "your own change" in own


def test_filters_are_in_the_address_shown_as_chips_and_taken_off_one_by_one(moderator: Visitor) -> None:
    html = moderator.text(f"{QUEUE}?space=travel&author=sunna+second")

    assert titles(html) == ["By plane"]
    assert tabs(html)["Needs me"] == "1"
    chips = dict(re.findall(r'<a class="kb-chip" href="([^"]+)"[^>]*><span dir="auto">([^<]+)</span>', html))
    assert {unescape(url): words for url, words in chips.items()} == {
        f"{QUEUE}?author=sunna+second": "in Travel",
        f"{QUEUE}?space=travel": "by sunna second",
    }
    assert titles(moderator.text(f"{QUEUE}?space=travel")) == ["By train", "By plane"]


def test_an_empty_list_says_which_filter_hides_what_there_is(moderator: Visitor) -> None:
    html = moderator.text(f"{QUEUE}?space=travel&author=nobody")

    assert titles(html) == []
    assert "Without “by nobody” there are 2" in html
    assert "Without “in Travel”" not in html


def test_the_order_is_switched_and_stays_while_filters_change(moderator: Visitor, wiki: Wiki) -> None:
    wiki.catch_up_risk()  # so that nothing is left to be assessed anew
    with wiki.database.write() as connection:
        reasons = [["new-author", 2.0], ["words-added", -0.5], ["pure-deletion", 1.0], ["informal", 0.5]]
        lunch = next(line.id for line in open_reviews(wiki) if line.path == "lunch")
        connection.execute(
            update(table_of(Review)).where(Review.id == lunch).values(risk=3.0, risk_reasons=reasons)
        )
    (by_risk,) = [link for link in links(moderator.text(QUEUE)) if link.endswith("?order=risk")]

    html = moderator.text(by_risk)

    assert titles(html) == ["Lunch", "By train", "By plane"]
    assert "worth a look: a new author, only took words out" in html
    assert '<input type="hidden" name="order" value="risk">' in html
    assert all("order=risk" in link for link in links(html) if "view=" in link)


def test_a_list_is_read_page_by_page_in_both_orders(moderator: Visitor, wiki: Wiki) -> None:
    for number in range(60):
        save(wiki, f"page-{number}", "x\n")
    wiki.catch_up_risk()  # on a busy machine a screen does not wait for it, and the order would change between pages
    for order in ("", "?order=risk"):
        first = moderator.text(QUEUE + order)
        (further,) = [link for link in links(first) if "after=" in link]
        second = moderator.text(further)

        assert (len(titles(first)), len(titles(second))) == (50, 13)
        assert not set(titles(first)) & set(titles(second))
        assert tabs(first)["Needs me"] == tabs(second)["Needs me"] == "63"


def test_what_is_overdue_and_due_soon_says_so(moderator: Visitor, wiki: Wiki) -> None:
    now = wiki.clock()
    ids = {line.path: line.id for line in open_reviews(wiki)}
    with wiki.database.write() as connection:
        for path, due in (("lunch", now - timedelta(days=2)), ("travel/train", now + timedelta(minutes=30))):
            statement = update(table_of(Review)).where(Review.id == ids[path])
            connection.execute(statement.values(due_at=due, queue_at=due))

    html = moderator.text(QUEUE)

    assert titles(html) == ["Lunch", "By train", "By plane"]
    assert re.search(r"was due <time [^>]+>2 days ago</time>", html)
    assert "due in 30 minutes" in html or "due in 29 minutes" in html
    assert titles(moderator.text(f"{QUEUE}?view=overdue")) == ["Lunch"]


def test_a_list_is_kept_under_a_name_and_is_a_tab_with_its_count(moderator: Visitor) -> None:
    sent = moderator.post(
        "/wiki/-/reviews/filters", form=f"{QUEUE}?space=travel&order=risk", name="Travel & such"
    )
    assert sent.status_code == 303

    html = moderator.text(sent.headers["Location"])

    assert titles(html) == ["By train", "By plane"]
    assert tabs(html)["Travel & such"] == "2"
    assert '<strong>riskiest first</strong>' in html
    assert tabs(moderator.text(QUEUE))["Travel & such"] == "2"


def test_filters_are_renamed_removed_and_brought_back_on_their_page(moderator: Visitor) -> None:
    page = "/wiki/-/reviews/filters"
    saved = moderator.post(page, form=f"{QUEUE}?space=travel", name="Travel").headers["Location"].rpartition("=")[2]

    moderator.post(f"{page}/{saved}", form=page, do="rename", name="Journeys")
    assert tabs(moderator.text(page))["Journeys"] == "2"
    removed = moderator.post(f"{page}/{saved}", form=page, do="remove").headers["Location"]
    assert "“Journeys” is removed" in moderator.text(removed)
    assert "Journeys" not in tabs(moderator.text(QUEUE))
    moderator.post(f"{page}/{saved}", form=removed, do="back")

    assert tabs(moderator.text(page))["Journeys"] == "2"


@pytest.mark.parametrize(
    "nonsense",
    ["?view=x", "?group=other", "?order=x", "?risk=nan", "?days=-1", "?after=x,y,z", "?saved=999", "?after=1,2026,9"],
)
def test_what_makes_no_sense_in_an_address_is_as_if_not_said(moderator: Visitor, nonsense: str) -> None:
    assert titles(moderator.text(QUEUE + nonsense)) == ["By train", "By plane", "Lunch"]


def test_lists_filters_and_feeds_are_for_moderators(moderator: Visitor) -> None:
    moderator.actor = READER

    for address in (QUEUE, f"{QUEUE}?view=mine", "/wiki/-/reviews/filters"):
        assert moderator.get(address).status_code == 403
