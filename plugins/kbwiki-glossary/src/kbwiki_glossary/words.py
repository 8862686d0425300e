"""Which terms a text uses. Pure: nothing here knows kbwiki, so it can be tried by itself."""

from __future__ import annotations

import re
from collections.abc import Collection

LONGEST_TERM = 6
"""Words that a term may have."""

_WORD = re.compile(r"[\w+#]+(?:[-'’][\w+#]+)*")


def key_of(term: str) -> str:
    """What a term is known by: "Bill of  Materials" and "bill of materials" are the same."""
    return " ".join(_WORD.findall(term.casefold()))


def used_in(text: str, keys: Collection[str]) -> list[str]:
    """Those of the keys whose words stand next to each other in the text, in the order of their first use.

    Every stretch of one to six words is looked up, so it takes as long for a thousand terms as for ten.
    """
    words = _WORD.findall(text.casefold())
    found: dict[str, None] = {}
    for at in range(len(words)):
        for end in range(at + 1, min(at + LONGEST_TERM, len(words)) + 1):
            stretch = " ".join(words[at:end])
            if stretch in keys:
                found[stretch] = None
    return list(found)
