"""The search page where a question was put right: it says so, and what was typed is one click away."""

from __future__ import annotations

import re
from html import unescape

from kbwiki import Wiki
from kbwiki.testing import save

from .conftest import Visitor


def test_what_was_put_right_is_said_and_can_be_searched_for_as_typed(wiki: Wiki, visitor: Visitor) -> None:
    save(wiki, "rooms", "Open the window.\n")
    save(wiki, "pensions", "A widow may claim a pension.\n")
    wiki.search.catch_up()

    page = unescape(visitor.text("/wiki/-/search?q=windwo"))
    assert "Nothing has “windwo”; these are for “window”." in page
    assert "/wiki/rooms" in page
    typed = re.search(r'Look for exactly what you typed: <a href="([^"]+)" dir="auto">"windwo"</a>', page)
    assert typed is not None
    assert "Nothing found" in visitor.text(typed.group(1))

    page = unescape(visitor.text("/wiki/-/search?q=pension+window"))
    offered = re.search(r'Did you mean: <a href="([^"]+)" dir="auto">pension widow</a>', page)
    assert offered is not None
    assert "/wiki/pensions" in visitor.text(offered.group(1))
