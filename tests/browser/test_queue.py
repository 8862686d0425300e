"""Reviews in a real browser: along the list by keys, kept and copied, at every width without scrolling sideways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kbwiki import Wiki
from kbwiki.testing import MODERATOR, WRITER, make_space, open_reviews, save

from .conftest import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_the_list_is_gone_along_chosen_from_and_opened_by_keys(visit: Visit, wiki: Wiki, artefacts: Path) -> None:
    for number in range(3):
        save(wiki, f"page-{number}", "Words.\n", by=WRITER)
    ids = [line.id for line in open_reviews(wiki)]
    page = visit().sign_in(MODERATOR).page
    page.goto("/wiki/-/reviews")
    focused = "() => document.activeElement.textContent"

    for key, title in (("j", "page-0"), ("j", "page-1"), ("j", "page-2"), ("j", "page-2"), ("k", "page-1")):
        page.keyboard.press(key)
        assert page.evaluate(focused) == title
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.screenshot(path=artefacts / "queue.png", full_page=True)
    chosen = page.locator(".kb-pick input:checked")
    assert [chosen.nth(at).get_attribute("value") for at in range(chosen.count())] == [str(ids[0]), str(ids[1])]

    page.keyboard.press("o")
    page.wait_for_url(f"**/reviews/{ids[0]}")
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reviews/*")


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_filters_saved_lists_and_feeds_fit_and_work(
    visit: Visit, wiki: Wiki, artefacts: Path, width: int, dark: bool
) -> None:
    make_space(wiki, "travel", title="Travel", reviewers=("moderators",))
    save(wiki, "travel/by-train", "Words.\n", by=WRITER)
    save(wiki, "lunch", "Words.\n", by=WRITER)
    page = visit(width=width, dark=dark).sign_in(MODERATOR).page
    page.goto("/wiki/-/reviews")

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Space").select_option("Travel")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/reviews?space=travel**")
    assert page.locator(".kb-whole").all_text_contents() == ["by-train"]
    page.get_by_text("Keep this list").click()
    page.get_by_label("Name").fill("On the road")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("link", name="On the road 1").wait_for()
    page.screenshot(path=artefacts / f"queue-filtered-{width}.png", full_page=True)
    fits = "() => document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)

    page.goto("/wiki/-/reviews/filters")
    page.get_by_role("button", name="Make a feed address On the road").click()
    address = page.get_by_label("Your feed address").input_value()
    page.screenshot(path=artefacts / f"queue-feeds-{width}.png", full_page=True)
    assert page.evaluate(fits)
    assert "<title>by-train</title>" in page.request.get(address).text()
