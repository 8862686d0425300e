"""Sign in, create, edit, see it live as another person, review it, undo it, search it: in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kbwiki import Wiki
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, WRITER, save

from .conftest import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
SETTLED = 450
"""Milliseconds after which a review takes a decision: not before somebody can have seen it."""

TEXT = """Our **travel rules**, short.

| Who | How |
| --- | --- |
| Everybody | By train, second class |

> [!NOTE]
> Ask [[finance]] for anything else.
"""


def write_a_page(author: Visitor, title: str, text: str) -> None:
    page = author.page
    page.get_by_role("link", name="New page").first.click()
    page.locator("input[name=title]").fill(title)
    page.locator("textarea[name=text]").fill(text)
    page.locator("input[name=comment]").fill("A first version")
    page.locator("button[value=save]").first.click()


def test_a_page_goes_all_the_way(visit: Visit) -> None:
    author = visit().sign_in(WRITER)
    write_a_page(author, "Travel rules", TEXT)
    author.page.get_by_text("Your page is live").wait_for()
    author.page.locator("table").get_by_text("second class").wait_for()

    reader = visit(width=390).sign_in(READER)
    reader.page.goto("/wiki/travel-rules")
    reader.page.get_by_text("By train, second class").wait_for()
    assert reader.page.locator("a.kb-missing", has_text="finance").count() == 1

    author.page.get_by_role("link", name="Edit", exact=True).click()
    author.page.locator("textarea[name=text]").fill(TEXT.replace("second class", "first class"))
    author.page.locator("button[value=save]").first.click()
    reader.page.reload()
    reader.page.get_by_text("By train, first class").wait_for()

    moderator = visit().sign_in(MODERATOR)
    moderator.page.get_by_role("link", name="Reviews").click()
    moderator.page.get_by_role("link", name="Travel rules").first.click()
    moderator.page.wait_for_url("**/-/reviews/*")
    moderator.page.get_by_text("A first version").first.wait_for()
    moderator.page.wait_for_timeout(SETTLED)
    moderator.page.locator("button[value=approve]").click()
    moderator.page.get_by_text("You approved “Travel rules”.").wait_for()

    author.page.goto("/wiki/-/edit/travel-rules")
    author.page.locator("textarea[name=text]").fill("Buy a car.")
    author.page.locator("button[value=save]").first.click()
    moderator.page.goto("/wiki/-/reviews")
    moderator.page.get_by_role("link", name="Travel rules").first.click()
    moderator.page.wait_for_url("**/-/reviews/*")
    moderator.page.locator("textarea[name=note]").fill("The rule is about trains.")
    moderator.page.wait_for_timeout(SETTLED)
    moderator.page.locator("summary", has_text="Revert").click()
    moderator.page.get_by_role("button", name="It is not correct").click()
    moderator.page.get_by_text("You reverted “Travel rules”.").wait_for()
    reader.page.reload()
    reader.page.get_by_text("By train, first class").wait_for()

    author.page.goto("/wiki/-/mine")
    author.page.get_by_text("The rule is about trains.").wait_for()

    reader.page.goto("/wiki/-/search?q=travelling+by+train")
    reader.page.locator("mark").first.wait_for()
    reader.page.get_by_role("link", name="Travel rules").first.click()
    reader.page.get_by_role("heading", name="Travel rules").wait_for()


def test_the_author_undoes_at_once_what_was_just_saved(visit: Visit, wiki: Wiki) -> None:
    save(wiki, "notes", "One.\n\nTwo.\n")
    author = visit().sign_in(WRITER)
    author.page.goto("/wiki/-/edit/notes")
    author.page.locator("textarea[name=text]").fill("One.\n\nTwo, by mistake.\n")
    author.page.locator("button[value=save]").first.click()

    author.page.get_by_role("button", name="Undo").click()

    author.page.get_by_text("Two.", exact=True).wait_for()


def test_two_authors_of_the_same_words_choose_from_both(visit: Visit, wiki: Wiki) -> None:
    save(wiki, "notes", "The door opens at eight.\n\nThe last line.\n")
    first, second = visit().sign_in(WRITER), visit().sign_in(SECOND_WRITER)
    for one in (first, second):
        one.page.goto("/wiki/-/edit/notes")
    first.page.locator("textarea[name=text]").fill("The door opens at seven.\n\nThe last line.\n")
    first.page.locator("button[value=save]").first.click()
    second.page.locator("textarea[name=text]").fill("The door opens at nine.\n\nThe last line.\n")
    second.page.locator("button[value=save]").first.click()

    second.page.get_by_text("Wim Writer").first.wait_for()
    second.page.locator("input[name=choice-0][value=both]").check()
    second.page.locator("button[value=merge]").click()

    text = second.page.locator(".kb-text").inner_text()
    assert "nine" in text
    assert "seven" in text
    assert "<<<" not in text
