"""Looking at a screen as axe-core does, and keeping a picture of it."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import missing

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE_VARIABLE = "KBWIKI_TEST_AXE"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_AT_THEIR_END = """() => {
  for (const one of document.getAnimations())
    if (Number.isFinite(one.effect.getComputedTiming().endTime)) one.finish();
}"""


def come_to_rest(page: Page) -> None:
    """Ends every transition: half way between two colours a text may be pale for a moment."""
    page.evaluate(_AT_THEIR_END)


@cache
def _axe() -> str:
    """The source of axe-core: the file that KBWIKI_TEST_AXE names, or the one that comes with the tests' tools."""
    named = os.environ.get(AXE_VARIABLE)
    if named:
        return Path(named).read_text("utf-8")
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        missing(f"axe-core is not there: axe-playwright-python is not installed and {AXE_VARIABLE} names no file")
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


class Watcher:
    """Photographs states of a page into a folder, and collects what axe-core finds wrong with them."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.faults: dict[str, list[str]] = {}

    def look(self, name: str, *, full: bool = True) -> None:
        """Keep the state as it is now in both colours, and what is wrong with it."""
        for colours in ("light", "dark"):
            self.page.emulate_media(color_scheme="light" if colours == "light" else "dark")
            picture = self.folder / f"review-{name}-{colours}.png"
            self.page.screenshot(path=picture, full_page=full and colours == "light")
            # Colours apart, both are the same document.
            rules = {"type": "tag", "values": _RULES} if colours == "light" else ["color-contrast"]
            found = self._violations(rules)
            if found:
                self.faults[f"{name}, {colours}"] = found
                print(f"axe-core: {name}, {colours}: {found}")
        self.page.emulate_media(color_scheme="light")

    def _violations(self, rules: object) -> list[str]:
        come_to_rest(self.page)
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_axe())
        found = self.page.evaluate(
            "(runOnly) => axe.run(document, { runOnly, resultTypes: ['violations'] }).then((all) => all.violations)",
            rules,
        )
        return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]

    @property
    def is_wide(self) -> bool:
        """Whether one has to scroll sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))
