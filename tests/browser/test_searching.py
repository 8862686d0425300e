"""Searching in a real browser: by keyboard alone, at every width, and in each state an index can be in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from kbwiki import Wiki
from kbwiki.testing import READER, SECOND_WRITER, WRITER, answer, look, make_space, open_reviews, save

from .accessibility import violations
from .conftest import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
SEARCHES = "() => Object.keys(localStorage).filter((key) => key.startsWith('kb-searches')).length"
FOCUSED = "() => document.activeElement.id || document.activeElement.textContent"


@pytest.fixture
def settings() -> dict[str, Any]:
    """An index that is late is not waited for."""
    return {"KBWIKI_SEARCH_CATCH_UP_SECONDS": 0.5}


@pytest.fixture
def library(wiki: Wiki) -> Wiki:
    """Pages about ladders, in two spaces and by two people."""
    make_space(wiki, "safety", title="Safety")
    save(wiki, "safety/ladders", "## Before you climb\n\nEach rung of a ladder.\n", title="Ladders", tags=("height",))
    save(wiki, "safety/towers", "A ladder is no tower.\n", title="Towers", by=SECOND_WRITER, tags=("height", "hire"))
    save(wiki, "stores", "The ladder stands in the store.\n", title="Stores")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    wiki.search.catch_up()
    return wiki


def opened(page: Page) -> None:
    """Wait for the suggestions."""
    page.locator("kb-found [role=option]").first.wait_for()


def test_a_page_is_found_from_anywhere_by_keyboard_alone(visit: Visit, library: Wiki) -> None:
    page = visit().sign_in(READER).page
    page.goto("/wiki/stores")
    field = page.get_by_role("combobox", name="Search in Wiki")

    page.keyboard.press("/")
    assert page.evaluate(FOCUSED) == "kb_q"
    page.keyboard.type("ladders")
    opened(page)
    assert field.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("option").first.text_content() == "Ladderssafety/ladders"
    page.keyboard.press("ArrowDown")
    current = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{current}").get_attribute("aria-selected") == "true"
    assert page.evaluate(FOCUSED) == "kb_q"
    page.keyboard.press("Enter")

    page.wait_for_url("**/wiki/safety/ladders")


def test_a_heading_leads_to_its_place_and_a_slip_does_not_matter(visit: Visit, library: Wiki) -> None:
    page = visit().page
    page.goto("/wiki/stores")

    page.keyboard.press("/")
    page.keyboard.type("befroe")
    opened(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url("**/wiki/safety/ladders#*before-you-climb")


def test_escape_closes_the_suggestions_first_and_leaves_the_field_then(visit: Visit, library: Wiki) -> None:
    page = visit().page
    page.goto("/wiki/stores")
    page.keyboard.press("/")
    page.keyboard.type("ladd")
    opened(page)

    page.keyboard.press("Escape")
    page.locator("kb-found").wait_for(state="hidden")
    assert page.evaluate(FOCUSED) == "kb_q"
    page.keyboard.press("ArrowDown")
    opened(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    assert page.locator("#kb_q").get_attribute("aria-activedescendant") is None
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/search?q=ladd")


def test_ones_own_searches_come_back_for_oneself_alone_until_they_are_forgotten(visit: Visit, library: Wiki) -> None:
    visitor = visit().sign_in(READER)
    page = visitor.page
    page.goto("/wiki/stores")
    page.keyboard.press("/")
    page.keyboard.type("rung")
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/search?q=rung")

    visitor.sign_in(WRITER)
    page.goto("/wiki/stores")
    page.keyboard.press("/")
    assert page.locator("kb-found [role=option]").count() == 0
    visitor.sign_in(READER)
    page.goto("/wiki/stores")
    page.keyboard.press("/")
    opened(page)
    assert page.get_by_role("option").all_text_contents() == ["rung"]
    page.get_by_role("button", name="Forget your searches").focus()
    page.keyboard.press("Enter")

    page.locator("kb-found").wait_for(state="hidden")
    assert page.evaluate(SEARCHES) == 0


def test_results_are_narrowed_and_widened_by_keyboard(visit: Visit, library: Wiki) -> None:
    page = visit().sign_in(READER).page
    page.goto("/wiki/-/search?q=ladder")

    page.get_by_role("navigation", name="Narrow down").get_by_role("link", name="hire").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**tag%3Ahire**")
    assert page.locator(".kb-results .kb-whole").all_text_contents() == ["Towers"]
    page.get_by_role("list", name="Narrowed to").get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/search?q=ladder")
    assert page.locator(".kb-results .kb-whole").count() == 3


def test_the_form_needs_no_operators(visit: Visit, library: Wiki) -> None:
    page = visit().sign_in(READER).page
    page.goto("/wiki/-/search?q=ladder")

    page.get_by_text("More precise", exact=True).click()
    page.get_by_label("None of these words").fill("tower")
    page.get_by_label("In the space").select_option("Safety")
    page.get_by_role("button", name="Search so").click()

    page.wait_for_url("**/-/search?q=ladder+-tower+in%3Asafety")
    assert page.locator(".kb-results .kb-whole").all_text_contents() == ["Ladders"]


def test_the_keys_of_every_screen_are_listed_there(visit: Visit, library: Wiki) -> None:
    page = visit().page
    page.goto("/wiki/stores")

    page.keyboard.press("?")

    page.get_by_role("dialog").wait_for()
    assert "Search" in (page.get_by_role("dialog").text_content() or "")


@contextmanager
def somebody_indexes(wiki: Wiki) -> Iterator[None]:
    """Somebody else holds the index and gets nowhere, as a process would that is very slow."""
    done, held = Event(), Event()

    def hold() -> None:
        assert wiki.search.sync is not None
        with wiki.search.sync.engine.writer_lock():
            held.set()
            done.wait()

    thread = Thread(target=hold)
    thread.start()
    held.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


def late(wiki: Wiki, stack: ExitStack) -> None:
    """The index has what there was, and does not get the newest."""
    stack.enter_context(somebody_indexes(wiki))
    save(wiki, "newest", "Another ladder.\n", title="Newest")


def fill(wiki: Wiki, stack: ExitStack) -> None:
    """Many spaces, tags and authors, and titles that never end; all in the index."""
    for number in range(12):
        make_space(wiki, f"space-{number}", title=f"Department of things number {number}")
        save(
            wiki,
            f"space-{number}/{'very-long-' * 12}{number}",
            "A ladder.\n",
            title="Ladder" + "WithoutAnEndToItsName" * 9 + str(number),
            tags=tuple(f"a tag of some length {number} {other}" for other in range(3)),
        )
    wiki.search.catch_up()


STATES: dict[str, tuple[str, Callable[[Wiki, ExitStack], None] | None, str]] = {
    "results": ("/wiki/-/search?q=ladder", None, "3 pages found"),
    "narrowed": ("/wiki/-/search?q=ladder+tag:height+in:safety", None, "2 pages found"),
    "exact": ("/wiki/-/search?q=towers", None, "Straight to the page"),
    "empty": ("/wiki/-/search", None, "All words you type"),
    "nothing": ("/wiki/-/search?q=zzzz+in:stores", None, "Nothing found"),
    "late": ("/wiki/-/search?q=ladder", late, "newest changes"),
    "many": ("/wiki/-/search?q=ladder", fill, "16 pages found"),
}


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)], ids=["phone", "desktop"])
def test_every_state_fits_and_can_be_used_by_everybody(
    visit: Visit, library: Wiki, artefacts: Path, width: int, dark: bool
) -> None:
    page = visit(width=width, dark=dark, touch=width < 500).sign_in(WRITER).page
    for name, (address, prepare, said) in STATES.items():
        with ExitStack() as stack:
            if prepare is not None:
                prepare(library, stack)
            page.goto(address)
            page.get_by_text(said).first.wait_for()
        check(page, artefacts / f"search-{name}-{width}.png")
    page.goto("/wiki/-/search?q=ladder")
    for fold in ("More precise", "Narrow down", "Keep this search"):
        summary = page.locator("summary", has_text=fold)
        if summary.is_visible():
            summary.click()
    check(page, artefacts / f"search-open-{width}.png")
    page.locator("#kb_q").click()
    page.locator("#kb_q").fill("ladd")
    opened(page)
    check(page, artefacts / f"search-suggestions-{width}.png", whole=False)


@pytest.mark.parametrize(("width", "beside"), [(390, False), (1280, True)], ids=["phone", "desktop"])
def test_narrowing_down_stands_below_the_heading_or_beside_the_results(
    visit: Visit, library: Wiki, width: int, beside: bool
) -> None:
    page = visit(width=width).sign_in(WRITER).page
    page.goto("/wiki/-/search?q=ladder")

    boxes = [page.locator(one).first.bounding_box() for one in ("h1", ".kb-facets", ".kb-results")]
    heading, narrowing, results = (box for box in boxes if box is not None)

    if beside:
        assert narrowing["x"] + narrowing["width"] <= min(heading["x"], results["x"])
    else:
        assert heading["y"] < narrowing["y"] < results["y"]


@pytest.mark.parametrize("width", [390, 1280])
def test_an_index_that_is_not_there_is_said_quietly_and_titles_are_found(
    visit: Visit, wiki: Wiki, artefacts: Path, width: int
) -> None:
    save(wiki, "ladders", "Rung.\n", title="Ladders")
    page = visit(width=width).sign_in(READER).page
    with somebody_indexes(wiki):
        page.goto("/wiki/-/search?q=ladders")
        page.get_by_text("only titles were looked through").wait_for()
        assert page.locator(".kb-results .kb-whole").all_text_contents() == ["Ladders"]
        check(page, artefacts / f"search-broken-{width}.png")


def check(page: Page, picture: Path, *, whole: bool = True) -> None:
    """A picture to look at, nothing sideways, and nothing that axe-core minds."""
    page.screenshot(path=picture, full_page=whole)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), picture.name
    assert violations(page) == [], picture.name
