"""The keys that the guide for moderators lists are those of the review page, and each does something there."""

from __future__ import annotations

import re

from kbwiki.web.choosing import ANSWERS
from kbwiki.web.keys import APPEAL, EVERYWHERE, REVIEW, table
from tests.docs.reading import DOCS, REPOSITORY, rows_of, sections_of

TEMPLATES = REPOSITORY / "src/kbwiki/web/templates/kbwiki"
ON_A_REVIEW = ("review.html", "layout.html", "parts/flashes.html", "parts/desk.html", "parts/decide.html")
ON_AN_APPEAL = ("appeal.html", "layout.html", "parts/flashes.html")


def test_the_guide_lists_the_keys_of_a_review_and_no_others() -> None:
    section = sections_of(DOCS / "how-to" / "work-through-a-queue.md")["By keyboard"]

    listed = [(key.strip("`"), words) for key, words in rows_of(section)]

    assert listed == list(table(REVIEW))


def test_every_key_of_a_screen_is_on_something_there_and_nothing_has_another_key() -> None:
    for names, keys in ((ON_A_REVIEW, REVIEW), (ON_AN_APPEAL, APPEAL)):
        known = {one.key for one in keys}

        assert shortcuts(names) == known, names
        assert known.isdisjoint(one.key for one in EVERYWHERE)


def shortcuts(names: tuple[str, ...]) -> set[str]:
    """Every key that the templates give to an element, by itself or through the macro for answers."""
    text = "\n".join((TEMPLATES / name).read_text("utf-8") for name in names)
    given = re.findall(r'aria-keyshortcuts="([a-z ]+)"', text)
    given += re.findall(r"choose\(kb_t, '([a-z])'", text)
    found = {key for keys in given for key in keys.split()}
    if "choose(kb_t, answer.key" in text:
        found |= {one.key for one in ANSWERS}
    if "note.undo.keys" in text:
        found.add("u")
    return found
