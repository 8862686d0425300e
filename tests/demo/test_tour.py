"""The minute that the front page promises, as a visitor lives it, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SETTLED = 450  # milliseconds: a review takes no decision before somebody can have seen it
OLD_PLACE = "Test hall, behind the tunnel door"
NEW_PLACE = "Test hall, on the wall beside the kettle"
WARNING = "Prove dead every single time"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the intranet is served, with threads, as the demo does it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A browser's window at the front page, signed in; nothing on the way may break the host's policy."""
    complaints: list[str] = []
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/")
    page.get_by_role("button", name="Sign in as Priya").click()
    yield page
    context.close()
    assert complaints == []


def shows(page: Page, words: str) -> bool:
    """Whether the words stand on the page, as soon as it is there; a page that never shows them times out."""
    found = page.get_by_text(words).first
    found.wait_for(state="visible")
    return found.is_visible()


def to_the_front(page: Page) -> None:
    page.get_by_role("link", name="Today", exact=True).click()


def move_the_first_aid_box(page: Page) -> None:
    page.get_by_role("button", name="Edit as Priya").click()
    field = page.locator("textarea[name=text]")
    field.fill(field.input_value().replace(OLD_PLACE, NEW_PLACE))
    page.locator("input[name=comment]").fill("Moved, see Greg's notice")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url("**/handbook/safety/first-aid*")


def test_a_visitor_edits_sees_it_live_and_undoes_something_within_the_tour(page: Page) -> None:
    move_the_first_aid_box(page)
    to_the_front(page)

    page.get_by_role("button", name="Read as Tom").click()
    assert shows(page, NEW_PLACE)
    assert page.get_by_role("link", name="Edit", exact=True).count() == 0

    to_the_front(page)
    page.get_by_role("button", name="Open the queue as Moira").click()
    page.get_by_role("link", name="First aid").first.click()
    page.wait_for_url("**/-/reviews/*")
    page.wait_for_timeout(SETTLED)
    with page.expect_navigation():
        page.locator("button[value=approve]").click()

    page.goto("/handbook/-/reviews")
    page.get_by_role("link", name="Isolating a supply").first.click()
    page.wait_for_url("**/-/reviews/*")
    page.wait_for_timeout(SETTLED)
    page.locator("summary", has_text="Revert").click()
    with page.expect_navigation():
        page.get_by_role("button", name="It could put somebody in danger").first.click()

    page.goto("/handbook/safety/isolation")
    assert shows(page, WARNING)


def test_the_author_of_an_old_mistake_reads_kindly_why_it_was_taken_out(page: Page) -> None:
    page.get_by_role("button", name="Look as Jack").click()

    assert shows(page, "It could put somebody in danger")
    assert shows(page, "Come on Thursday at 08:30")


def test_changing_who_one_is_keeps_the_page_one_is_on(page: Page) -> None:
    page.goto("/handbook/field/masts/bolt-torques")

    page.locator(".fh-me summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Tom Ashdown").click()

    assert page.url.endswith("/handbook/field/masts/bolt-torques")
    assert page.locator(".fh-me-name").inner_text() == "Tom Ashdown"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_front_pages_fit_the_window(
    browser: Browser, address: str, artefacts: Path, width: int, scheme: str
) -> None:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    widths = {}
    page.goto("/sign-in")
    for name, button in (("sign-in", "Sign in as Moira"), ("today", ""), ("people", ""), ("handbook", "")):
        if name != "sign-in":
            page.goto({"today": "/", "people": "/people", "handbook": "/handbook/"}[name])
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
        page.screenshot(path=artefacts / f"demo-{name}-{width}-{scheme}.png", full_page=True)
        if button:
            page.get_by_role("button", name=button).click()
    context.close()

    assert widths == dict.fromkeys(widths, width)
