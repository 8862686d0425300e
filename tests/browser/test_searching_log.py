"""Which result was opened is told by the script; what was not found is closed from the list."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kbwiki import Wiki
from kbwiki.search.log.models import AskedRow
from kbwiki.testing import MODERATOR, WRITER, save

from .conftest import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def entries(wiki: Wiki) -> list[Any]:
    with wiki.read() as connection:
        return [tuple(row) for row in connection.execute(select(AskedRow.typed, AskedRow.rank).order_by(AskedRow.id))]


def test_the_place_of_the_result_that_was_opened_is_told_with_the_keyboard_too(wiki: Wiki, visit: Visit) -> None:
    save(wiki, "parking", "Where to park: parking, parking.", title="Parking")
    save(wiki, "garage", "Ask before parking here, as there is little room.", title="Garage")
    wiki.search.catch_up()
    page = visit().sign_in(WRITER).page
    for text, rank, press in (("park", 2, "click"), ("parking", 1, "Enter")):
        page.goto(f"/wiki/-/search?q={text}")
        result = page.locator(f'[data-kb-rank="{rank}"]')
        result.click() if press == "click" else result.press(press)
        page.wait_for_url(lambda url: "/-/search" not in url)

    expected, deadline = [("park", 2), ("parking", 1)], time.monotonic() + 10
    while entries(wiki) != expected and time.monotonic() < deadline:  # a beacon arrives when it likes
        time.sleep(0.05)
    assert entries(wiki) == expected


def test_what_was_not_found_is_closed_with_the_keyboard_and_put_back(wiki: Wiki, visit: Visit) -> None:
    save(wiki, "home", "Welcome.")
    writer = visit(width=390).sign_in(WRITER).page
    writer.goto("/wiki/")
    writer.locator("#kb_q").fill("Parking")
    writer.locator("#kb_q").press("Enter")
    writer.wait_for_url("**/-/search?**")

    page = visit(width=390).sign_in(MODERATOR).page
    page.goto("/wiki/-/reviews")
    page.get_by_role("link", name="What people did not find").click()
    page.get_by_role("link", name="Parking", exact=True).wait_for()
    page.get_by_role("button", name="Not needed").press("Enter")
    page.get_by_role("heading", name="Everything that people looked for was found").wait_for()
    page.get_by_role("button", name="Undo").press("Enter")
    page.get_by_text("It waits for an answer again.").wait_for()

    page.get_by_role("link", name="Write this page").press("Enter")

    page.wait_for_url("**/-/new?**")
    assert page.locator("#kb_f_title").input_value() == "Parking"
