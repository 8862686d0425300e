"""The merge view by keyboard, on a phone and in both colours: what will stand there is seen before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kbwiki import Wiki
from kbwiki.testing import SECOND_WRITER, WRITER, read, save

from .accessibility import violations
from .conftest import Visitor

pytestmark = pytest.mark.browser

BEFORE = "# Hours\n\nThe door opens at eight.\n\nThe shop stays as it is here.\n\nThe gate shuts at six.\n"


def test_each_place_is_chosen_by_keyboard_and_the_result_is_seen_at_once(
    visit: Callable[..., Visitor], wiki: Wiki, artefacts: Path
) -> None:
    save(wiki, "hours", BEFORE)
    page = visit(width=390, touch=True).sign_in(WRITER).page
    page.goto("/wiki/-/edit/hours")
    page.fill("#kb_f_text", BEFORE.replace("eight", "nine").replace("six", "five"))
    save(wiki, "hours", BEFORE.replace("eight", "seven").replace("six", "four"), base=1, by=SECOND_WRITER)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("0 of 2 places are chosen.").wait_for()
    result = page.locator("[data-kb-result]")
    assert result.inner_text().count("(not chosen yet)") == 2

    page.get_by_role("radio", name="Your text").first.focus()
    page.keyboard.press("ArrowDown")  # theirs
    page.get_by_text("1 of 2 places are chosen.").wait_for()
    second = page.get_by_role("group", name="Place 2 of 2")
    second.get_by_text("Write it yourself").focus()
    page.keyboard.press("Enter")
    second.get_by_role("textbox").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("The gate never shuts.")
    page.get_by_text("2 of 2 places are chosen.").wait_for()

    expected = BEFORE.replace("eight", "seven").replace("The gate shuts at six.", "The gate never shuts.")
    assert result.text_content() == expected
    assert "<<<<" not in page.content()
    faults = violations(page)
    page.screenshot(path=artefacts / "merge-390-light.png", full_page=True)
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=artefacts / "merge-390-dark.png", full_page=True)
    faults += violations(page, only="color-contrast")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.screenshot(path=artefacts / "merge-1280-light.png", full_page=True)
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_role("button", name="Save what I chose").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Your change is live").wait_for()
    assert read(wiki, "hours") == expected
