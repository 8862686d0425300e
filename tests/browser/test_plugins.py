"""The page about plugins with something on it, and a plugin's own screen: they fit, and axe-core is content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kbwiki import Wiki
from kbwiki.plugin_subject import switch_plugin
from kbwiki.testing import ADMIN, save

from .accessibility import violations
from .conftest import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def settings() -> dict[str, Any]:
    """A plugin that works, and one that does not."""
    return {"KBWIKI_PLUGINS": ("tests.hooks.weather:Weather", "nowhere"), "KBWIKI_HOOK_SECONDS": 5.0}


def test_plugins_can_be_looked_after_on_a_telephone_and_by_keyboard(visit: Callable[..., Visitor], wiki: Wiki) -> None:
    save(wiki, "home", "Hello.\n")
    wiki.plugins.switches.turn_off("weather", "feeds", why="raised ValueError: " + "no wind " * 20)
    with wiki.begin(ADMIN) as tx:
        switch_plugin(tx, "weather", "commands", on=False, comment="Nobody needs them")
    visitor = visit(width=390).sign_in(ADMIN)
    faults = {}
    for where in ("/wiki/-/plugins", "/wiki/-/x/weather/", "/wiki/-/x/weather/report/Kiel", "/wiki/"):
        visitor.page.goto(where)
        overflow = visitor.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found = violations(visitor.page) + ([f"{overflow} px too wide"] if overflow > 0 else [])
        if found and not where.endswith("Kiel"):  # whose form is a test's, without labels
            faults[where] = found
    assert faults == {}

    visitor.page.goto("/wiki/-/plugins")
    visitor.page.get_by_role("button", name="Switch on weather (feeds)").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("button", name="Switch off weather (feeds)").wait_for()
    assert visitor.complaints == []
