"""The past in a browser: the reviewed edition, what moved, the slider, who wrote what; several pages at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kbwiki import Wiki
from kbwiki.spaces.policy import Edition
from kbwiki.testing import SECOND_WRITER, WRITER, answer, look, make_space, open_reviews, save

from .accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

KEYS = "## Keys\n\nThe key to the van hangs in the office beside the door.\n"
FUEL = "## Fuel\n\nFill the tank when it is half empty, and keep the receipt for Ida.\n"
SCREENS = {
    "edition": "/wiki/rules/vans",
    "edition-none": "/wiki/rules/new",
    "edition-choose": "/wiki/-/edition?back=rules/vans",
    "search": "/wiki/-/search?q=van",
    "diff-side": "/wiki/-/diff/rules/vans?a=2&b=3",
    "diff-inline": "/wiki/-/diff/rules/vans?a=2&b=3&mode=inline",
    "slider": "/wiki/-/slider/rules/vans",
    "slider-changes": "/wiki/-/slider/rules/vans?show=changes",
    "blame": "/wiki/-/blame/rules/vans",
    "several": "/wiki/-/several?path=rules",
}
WIDE = {"diff-side", "slider-changes", "blame", "several"}
"""Those that are tried in a wide window and in the dark, too: on them is more than a text and a form."""


@pytest.fixture
def vans(wiki: Wiki) -> Wiki:
    """`rules` shows its reviewed edition; `rules/vans` has a reviewed text, and two newer ones by two people."""
    make_space(wiki, "rules", title="Rules", edition=Edition.REVIEWED)
    save(wiki, "rules/vans", f"# Vans\n\n{KEYS}\n{FUEL}", title="Vans")
    for line in open_reviews(wiki):
        answer(wiki, look(wiki, line.id), "approve")
    save(wiki, "rules/vans", f"# Vans\n\n{KEYS}\n{FUEL}\nAsk Ida.\n", base=1, comment="who to ask")
    save(wiki, "rules/vans", f"# Vans\n\n{FUEL}\nAsk Ida.\n\n{KEYS}", base=2, by=WRITER, comment="the keys come last")
    save(wiki, "rules/new", "The van for the Alps.\n", title="Alps")
    save(wiki, "home", "See [[rules/vans]].\n")
    return wiki


@pytest.mark.parametrize("width", [1280, 390])
def test_each_screen_of_the_past_breaks_no_rule_of_accessibility(
    visit: object, vans: Wiki, artefacts: Path, width: int
) -> None:
    page: Page = visit(width=width).sign_in(SECOND_WRITER).page  # type: ignore[operator]
    faults = {}
    for name, where in SCREENS.items():
        if width > 390 and name not in WIDE:
            continue
        page.goto(where)
        page.screenshot(path=artefacts / f"past-{name}-{width}.png", full_page=True)
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found = violations(page) + ([f"{overflow} px too wide"] if overflow > 0 else [])
        if width == 390 and name in WIDE:
            page.emulate_media(color_scheme="dark")
            page.screenshot(path=artefacts / f"past-{name}-{width}-dark.png", full_page=True)
            found += violations(page, only="color-contrast")
            page.emulate_media(color_scheme="light")
        if found:
            faults[name] = found
    assert faults == {}


def test_the_slider_goes_through_time_by_keyboard(visit: object, vans: Wiki) -> None:
    page: Page = visit(width=390).sign_in(SECOND_WRITER).page  # type: ignore[operator]
    page.goto("/wiki/-/slider/rules/vans")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.locator('.kb-moment[data-kb-at="2"]').wait_for()
    assert "who to ask" in page.locator("#kb_moment").inner_text()
    assert slider.get_attribute("aria-valuetext").startswith("revision 2, by Wim Writer")  # type: ignore[union-attr]
    assert page.url.endswith("at=2")
    page.keyboard.press("Home")
    page.locator('.kb-moment[data-kb-at="1"]').wait_for()
    page.get_by_role("link", name="Show what changed").click()
    page.locator(".kb-diff").wait_for()
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    page.locator('.kb-moment[data-kb-at="3"] .kb-moved').first.wait_for()


def test_the_slider_moved_before_its_script_came_shows_where_it_stands(visit: object, vans: Wiki) -> None:
    page: Page = visit().sign_in(SECOND_WRITER).page  # type: ignore[operator]
    held: list[Route] = []
    page.route("**/kb-past.js*", lambda route: held.append(route))
    page.goto("/wiki/-/slider/rules/vans", wait_until="commit")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    assert page.locator(".kb-moment").get_attribute("data-kb-at") == "3"
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.locator('.kb-moment[data-kb-at="1"]').wait_for()
    assert slider.input_value() == "1"


def test_one_reads_the_edition_and_the_newest_and_chooses(visit: object, vans: Wiki) -> None:
    page: Page = visit(width=390).sign_in(SECOND_WRITER).page  # type: ignore[operator]
    page.goto("/wiki/home")
    page.get_by_role("link", name="rules/vans").click()
    label = page.locator(".kb-edition")
    assert "looked at by moderators" in label.inner_text()
    page.get_by_role("link", name="Show the newest text").click()
    page.get_by_text("Ask Ida.").wait_for()
    page.get_by_role("link", name="Choose what you read").click()
    page.get_by_role("radio", name="Always the newest text").check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/wiki/rules/vans")
    assert "Ask Ida." in page.locator(".kb-text").inner_text()


def test_several_pages_move_and_all_of_it_is_undone(visit: object, vans: Wiki, artefacts: Path) -> None:
    page: Page = visit(width=390).sign_in(SECOND_WRITER).page  # type: ignore[operator]
    page.goto("/wiki/-/tree?path=rules")
    page.get_by_role("link", name="Move or delete several of these").click()
    page.get_by_role("checkbox").first.wait_for()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("radio", name="Move into a folder").check()
    page.get_by_label("Folder or tag").fill("archive")
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_text("goes to archive/vans").wait_for()
    faults = violations(page)
    page.screenshot(path=artefacts / "past-several-preview-390.png", full_page=True)
    page.get_by_role("button", name="Do it").click()
    page.wait_for_url("**/-/several/*")
    page.screenshot(path=artefacts / "past-several-done-390.png", full_page=True)
    faults += violations(page)
    assert "2 done, 0 not done" in page.locator("main").inner_text()
    page.get_by_role("button", name="Undo all of it").click()
    page.get_by_text("2 undone").wait_for()
    page.goto("/wiki/rules/vans?edition=live")
    assert "Ask Ida." in page.locator(".kb-text").inner_text()
    assert faults == []
