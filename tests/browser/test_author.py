"""The author's side and a reader's report in a real browser: by keyboard, on a phone, in both colours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kbwiki import Wiki
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.evidence import report
from kbwiki.testing import (
    MODERATOR,
    READER,
    SECOND_WRITER,
    WRITER,
    TickingClock,
    answer,
    look,
    open_reviews,
    read,
    save,
)

from .conftest import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def decided(wiki: Wiki, path: str, verdict: str, note: str = "") -> int:
    """Decide about what waits of the page."""
    (line,) = [line for line in open_reviews(wiki) if line.path == path]
    reason = "" if verdict == "approve" else "wrong"
    return answer(wiki, look(wiki, line.id), verdict, reason=reason, note=note).decision_id


@pytest.fixture
def busy(wiki: Wiki) -> Wiki:
    """A wiki in which the writer has something of every kind to read."""
    wiki.clock = TickingClock()
    for path in ("travel", "tea", "milk", "bread"):
        save(wiki, path, "First.\n", by=SECOND_WRITER, title=path.capitalize())
        decided(wiki, path, "approve")
        save(wiki, path, "First.\n\nSecond.\n", base=1, comment="A second line")
    decided(wiki, "travel", "revert", "The rule is about trains.")
    decided(wiki, "milk", "concern", "Where is this from?")
    objected_to = decided(wiki, "bread", "revert")
    with wiki.begin(WRITER) as tx:
        appeal(tx, objected_to, "There is bread.")
    with wiki.begin(WRITER) as tx:
        report(tx, "travel", "wrong", "It was by train in May already.")
    wiki.clock.now += timedelta(days=4)
    return wiki


def test_an_author_answers_a_question_and_objects_by_keyboard_alone(visit: Visit, busy: Wiki) -> None:
    page = visit().sign_in(WRITER).page
    page.goto("/wiki/-/mine")
    assert page.locator(".kb-nav .kb-count").first.inner_text() == "1"

    page.get_by_label("Your answer").focus()
    page.keyboard.type("From my grandmother.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**/mine?done=answered")
    page.get_by_text("The group that asked has your answer").wait_for()
    page.get_by_text("you answered, and moderators looks at it again").wait_for()
    assert page.locator(".kb-nav .kb-count[title*=question]").count() == 0

    page.get_by_role("link", name="Object").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Why was the decision not right?").focus()
    page.keyboard.type("It is about all of us.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**/mine?done=objected")
    assert page.get_by_text("somebody else will answer").count() == 2


def test_messages_are_read_and_lead_on(visit: Visit, busy: Wiki) -> None:
    page = visit().sign_in(WRITER).page
    page.goto("/wiki/-/messages")
    page.get_by_text("new", exact=True).wait_for()

    page.get_by_role("button", name="Mark all as read").click()

    page.get_by_text("new", exact=True).first.wait_for(state="detached")
    page.get_by_role("link", name="What it was about").first.click()
    page.locator(".kb-diff").wait_for()


def test_a_reader_reports_from_the_page_on_a_phone(visit: Visit, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.\n", title="Tea")
    page = visit(width=390).sign_in(READER).page
    page.goto("/wiki/tea")

    page.locator("summary", has_text="More").focus()
    page.keyboard.press("Enter")
    page.locator(".kb-more").get_by_role("link", name="Something is wrong here").click()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("This was not sent yet.").wait_for()
    page.get_by_label("What is wrong?").fill("It is black.")
    page.get_by_role("button", name="Send").click()

    page.get_by_text("Your report has arrived").wait_for()
    assert read(wiki, "tea") == "Green.\n"
    moderator = visit().sign_in(MODERATOR).page
    moderator.goto("/wiki/-/reviews")
    moderator.get_by_role("link", name="Tea").first.click()
    moderator.get_by_text("It is black.").wait_for()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_every_screen_of_an_author_fits_the_window(
    visit: Visit, busy: Wiki, artefacts: Path, width: int, dark: bool
) -> None:
    page = visit(width=width, dark=dark).sign_in(WRITER).page
    page.goto("/wiki/-/mine")
    answering = page.locator("form[action$='/answer']").first.get_attribute("action")
    objecting = page.get_by_role("link", name="Object").first.get_attribute("href")
    assert answering
    assert objecting
    screens = {
        "mine": "/wiki/-/mine",
        "mine-filtered": "/wiki/-/mine?state=lapsed",
        "messages": "/wiki/-/messages",
        "answer": answering,
        "object": objecting,
        "report": "/wiki/-/report/tea",
    }
    wide = {}
    for name, where in screens.items():
        page.goto(where)
        page.screenshot(path=artefacts / f"author-{name}-{width}-{'dark' if dark else 'light'}.png", full_page=True)
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if overflow > 0:
            wide[name] = overflow

    assert wide == {}
