"""What axe-core finds wrong with the screen a browser shows: WCAG 2.2 A and AA, and axe's own best practices."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from .watching import come_to_rest

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()


def violations(page: Page, *, reads_sheets: bool = True, only: str | None = None) -> list[str]:
    """One line for each rule that the screen breaks, with the first places where it does; empty when it breaks none.

    The engine is evaluated, not added as a script: a content security policy refuses those. To read the stylesheets of
    a shadow tree it makes a style of its own there, which is refused, too: say `reads_sheets=False` where there is one.
    `only` names a single rule.
    """
    come_to_rest(page)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    options: dict[str, object] = {"resultTypes": ["violations"], "preload": reads_sheets}
    if only is not None:
        options["runOnly"] = {"type": "rule", "values": [only]}
    broken = page.evaluate("(options) => axe.run(document, options).then((found) => found.violations)", options)
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: "
        + " | ".join(place["html"][:160] for place in rule["nodes"][:3])
        for rule in broken
    ]
