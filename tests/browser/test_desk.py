"""The moderator's desk in a real browser: the countdown runs, and a note is kept while it is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kbwiki import Wiki
from kbwiki.moderation.desk.drafts import draft_of
from kbwiki.testing import MODERATOR, WRITER, open_reviews, save

from .conftest import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_the_countdown_runs_and_a_note_is_kept_while_it_is_written(visit: Visit, wiki: Wiki, artefacts: Path) -> None:
    save(wiki, "travel", "By train.\n", by=WRITER)
    (review,) = open_reviews(wiki)
    page = visit().sign_in(MODERATOR).page
    page.goto("/wiki/-/reviews")

    page.get_by_role("button", name="Next").click()

    countdown = page.locator("kb-countdown")
    page.wait_for_function("() => /^4:5\\d left$/.test(document.querySelector('kb-countdown').textContent)")
    first = countdown.text_content()
    assert page.get_by_text("minutes left").count() == 0
    page.wait_for_function("first => document.querySelector('kb-countdown').textContent !== first", arg=first)
    page.screenshot(path=artefacts / "desk.png", full_page=True)
    with page.expect_response(re.compile("/note$")) as kept:
        page.locator("textarea[name=note]").fill("Which train?")
    assert kept.value.status == 200
    with wiki.read() as connection:
        draft = draft_of(connection, wiki.id, review.id, MODERATOR)
    assert draft is not None
    assert draft.note == "Which train?"

    page.get_by_role("button", name="Skip").click()
    page.get_by_text("Nothing is left for you").wait_for()
    page.get_by_role("link", name="Put aside and asked").click()
    page.screenshot(path=artefacts / "aside.png", full_page=True)
    page.get_by_role("button", name="Bring it back").click()
    assert page.locator("textarea[name=note]").input_value() == "Which train?"


def test_a_phone_shows_the_desk_without_scrolling_sideways(visit: Visit, wiki: Wiki, artefacts: Path) -> None:
    save(wiki, "travel", "By train.\n", by=WRITER)
    page = visit(width=360).sign_in(MODERATOR).page
    page.goto("/wiki/-/reviews")
    page.get_by_role("button", name="Next").click()

    page.screenshot(path=artefacts / "desk-phone.png", full_page=True)

    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
