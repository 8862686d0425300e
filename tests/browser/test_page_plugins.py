"""What plugins add to pages and to writing, in a browser, at two widths, and what axe says of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from kbwiki import KBWiki, Wiki
from kbwiki.testing import WRITER, save
from tests.browser.accessibility import violations
from tests.web.test_page_plugins import Useful

if TYPE_CHECKING:
    from kbwiki.hooks import Plugin

pytestmark = pytest.mark.browser

FRONT = "---\ntype: meeting\ndate: 2026-11-26\nroom: Blue\n---\n\n"
TEXT = f"{FRONT}## One\n\nWords.\n\n## Two\n\nMore.\n\n## Three\n\nEnd!!\n"


@pytest.fixture
def plugins() -> list[type[Plugin]]:
    return [Useful]


@pytest.fixture(autouse=True)
def with_plugins(monkeypatch: pytest.MonkeyPatch, plugins: list[type[Plugin]]) -> Iterator[None]:
    """The host of these tests has plugins."""
    made = KBWiki.__init__

    def make(self: KBWiki, app: Flask, **more: Any) -> None:
        app.config.setdefault("KBWIKI_HOOK_SECONDS", 10.0)  # a machine with other tests on it may be slow
        made(self, app, plugins=plugins, **more)

    monkeypatch.setattr(KBWiki, "__init__", make)
    return


def looks(page: Any, artefacts: Path, name: str) -> None:
    if os.environ.get("KBWIKI_TEST_LOOK"):
        page.screenshot(path=artefacts / f"plugins-{name}.png", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_and_forms_with_plugins_are_in_order(visit: Any, wiki: Wiki, artefacts: Path, width: int) -> None:
    save(wiki, "plan", TEXT, title="The plan of the year", tags=("a",))
    page = visit(width=width).sign_in(WRITER).page

    page.goto("/wiki/plan")
    looks(page, artefacts, f"page-{width}")
    box, text = page.locator(".kb-boxes").bounding_box(), page.locator(".kb-reading > .kb-text").bounding_box()
    assert box["x"] > text["x"] + 300 if width == 1280 else box["y"] > text["y"] + text["height"] - 1
    page.locator(".kb-more summary").click()
    page.get_by_text("Print it nicely").wait_for()

    page.goto("/wiki/-/new?title=Next")
    looks(page, artefacts, f"starts-{width}")
    page.get_by_role("link", name="Meeting").click()
    page.get_by_label("When").wait_for()
    assert page.get_by_label("Title").input_value() == "Next"

    page.goto("/wiki/-/edit/plan")
    page.get_by_label("Room").select_option("Red")
    area = page.get_by_label("Text", exact=True)
    area.evaluate("(area) => area.setSelectionRange(0, 6)")
    page.get_by_role("button", name="Key").click()
    assert area.input_value().startswith("<kbd>## One</kbd>")
    page.keyboard.press("Control+z")
    assert area.input_value().startswith("## One")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("Say it calmly.").wait_for()
    assert page.get_by_label("Room").input_value() == "Red"
    looks(page, artefacts, f"typed-{width}")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/plan?*done=saved")
    assert page.get_by_text("Saved; one hint: Line 11: Say it calmly.").is_visible()
