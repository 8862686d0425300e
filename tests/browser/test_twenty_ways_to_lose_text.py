"""Twenty ways and more to lose what one has written, tried in a real browser: none of them costs a character."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from kbwiki import Actor, Wiki
from kbwiki.moderation.acts import lock_pages
from kbwiki.pages.actions import delete_page, move_page
from kbwiki.testing import ADMIN, MODERATOR, SECOND_WRITER, WRITER, make_space, read, save
from tests.databases import SqliteTemplate

from .writing_host import MOST, host, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

BEFORE = "One.\n\nTwo.\n\nThree.\n"
WORDS = (
    "One.\n\nZwei Wörter, שלום, 👩‍👩‍👧 e\u0301 \u00a0\u2028\u200d\ufeff \t<b>&amp;</b> {{x}} %20 \\n \"'`\n\n"
    "Three, and blanks at the end:   \n\n\n"
)
"""What somebody writes: none of it may change on its way through forms, scripts, memories and databases."""


class Place:
    """The host, its wiki, and the writer's browser; everything here shares them, and each way has a page of its own."""

    def __init__(self, app: Flask, browser: Browser, port: int) -> None:
        self.app, self.browser, self.port = app, browser, port
        self.wiki: Wiki = app.extensions["kbwiki"]["main"].wiki
        self.address = f"http://127.0.0.1:{port}"
        self.context = self.come(WRITER)
        self.paths = 0

    def come(self, who: Actor, **options: bool) -> BrowserContext:
        """A browser without any memory, somebody signed in."""
        context = self.browser.new_context(base_url=self.address, **options)
        context.set_default_timeout(8000)
        self.sign_in(who, context)
        return context

    def sign_in(self, who: Actor, context: BrowserContext | None = None) -> None:
        """Become somebody."""
        assert (context or self.context).request.get(f"{self.address}/sign-in/{who.id}").ok

    def page_to_edit(self, text: str = BEFORE, *, space: bool = False) -> str:
        """A page nobody else writes about."""
        self.paths += 1
        path = f"way-{self.paths}/page"
        if space:
            make_space(self.wiki, f"way-{self.paths}", reviewers=("moderators",))
        save(self.wiki, path, text, title="A page")
        return path


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, _sqlite_template: SqliteTemplate
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("writing")
    _sqlite_template.copy_to(folder / "kbwiki.db")
    app = host(folder)
    app.extensions["kbwiki"]["main"].make_ready()
    with served(app) as port:
        save(app.extensions["kbwiki"]["main"].wiki, "home", "Welcome.\n")
        found = Place(app, browser, port)
        yield found
        found.context.close()
    found.wiki.close()


@pytest.fixture
def page(place: Place) -> Iterator[Page]:
    """A window of the writer's browser."""
    page = place.context.new_page()
    yield page
    place.context.set_offline(False)
    page.close()
    place.sign_in(WRITER)


def write(page: Page, path: str, words: str = WORDS) -> None:
    """Open the editor and write; nothing has been kept anywhere yet."""
    page.goto(f"/wiki/-/edit/{path}")
    page.fill("#kb_f_text", words)


def kept(page: Page, said: str = "kbBoth") -> None:
    """Have the editor keep its text at once, as it does by itself a moment later, and wait until it says where."""
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator(f"[data-kb-keeping][data-kb-said={said}]").wait_for()


def brought_back(page: Page, path: str) -> str:
    """What the editor offers, after one look at its difference and one press."""
    page.goto(f"/wiki/-/edit/{path}")
    offer = page.locator(".kb-kept:visible")
    assert offer.count() == 1
    offer.get_by_text("Show what differs").click()
    offer.locator(".kb-diff ins").first.wait_for()
    offer.get_by_text("Bring it back").click()
    return brought(page)


def brought(page: Page) -> str:
    """The field's text once what was kept is in it; between the two pages there is neither form nor field."""
    page.wait_for_function("() => document.querySelector('form[data-kb-keep]')?.elements.kept?.value > 0")
    page.wait_for_load_state()
    return page.input_value("#kb_f_text")


def press_save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def arrived(page: Page) -> None:
    """Wait for the page that says it is live."""
    page.locator(".kb-flash", has_text="is live").wait_for()


def test_the_server_is_killed_in_the_middle_of_a_save(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    command = [sys.executable, "-m", "tests.browser.writing_host", place.app.instance_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as dying:
        try:
            assert dying.stdout is not None
            port = int(dying.stdout.readline())
            there = f"http://127.0.0.1:{port}"
            page.goto(f"{there}/wiki/-/edit/{path}")
            page.fill("#kb_f_text", WORDS)
            page.get_by_role("button", name="Save", exact=True).click(no_wait_after=True)
            assert dying.stdout.readline() == "in the middle\n"
        finally:
            dying.kill()
    page = page.context.new_page()  # the first one shows the browser's own error, sooner or later
    assert read(place.wiki, path) == BEFORE

    with served(place.app, port):
        page.goto(f"{there}/wiki/-/edit/{path}")
        page.get_by_role("button", name="Bring it back").click()
        assert page.input_value("#kb_f_text") == WORDS
        press_save(page)
        arrived(page)
    assert read(place.wiki, path) == WORDS


def test_the_session_has_expired(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    place.context.clear_cookies()

    press_save(page)

    assert page.input_value("#kb_kept_text") == WORDS
    page.goto("/wiki/")  # where signing in leads, and where nothing must be taken for arrived
    place.sign_in(WRITER)
    assert brought_back(page, path) == WORDS


def test_the_session_has_expired_and_one_signs_in_in_another_window(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    place.context.clear_cookies()
    press_save(page)

    place.sign_in(WRITER)
    page.get_by_role("button", name="Save it again").click()  # the form was made for nobody in particular
    page.get_by_role("button", name="Save it again").click()

    arrived(page)
    assert read(place.wiki, path) == WORDS


def test_somebody_else_signs_in_and_sees_nothing_of_it(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    kept(page)
    place.sign_in(SECOND_WRITER)

    page.goto(f"/wiki/-/edit/{path}")
    assert page.locator(".kb-kept").count() == 0
    assert "Zwei" not in page.content()
    page.goto("/wiki/-/drafts")
    page.get_by_text("Everything is saved").wait_for()

    place.sign_in(WRITER)
    assert brought_back(page, path) == WORDS


def test_somebody_else_signs_in_and_the_first_saves(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    place.sign_in(SECOND_WRITER)

    press_save(page)

    assert page.input_value("#kb_kept_text") == WORDS
    assert read(place.wiki, path) == BEFORE
    page.goto(f"/wiki/-/edit/{path}")
    assert page.locator(".kb-kept").count() == 0
    place.sign_in(WRITER)
    assert brought_back(page, path) == WORDS


def test_two_windows_write_two_texts(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    kept(page)
    second = place.context.new_page()
    write(second, path, WORDS + "Second.")
    kept(second)
    second.close()

    page.goto(f"/wiki/-/edit/{path}")
    assert page.locator(".kb-kept:visible").count() == 2
    found = set()
    for at in (0, 1):
        page.goto(f"/wiki/-/edit/{path}")
        page.locator(".kb-kept:visible").nth(at).get_by_text("Bring it back").click()
        found.add(brought(page))
        page.goto("/wiki/")
    assert found == {WORDS, WORDS + "Second."}


def test_two_windows_go_on_with_the_same_draft(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    kept(page)
    page.goto(f"/wiki/-/edit/{path}")
    page.get_by_text("Bring it back").click()
    page.wait_for_url("**draft=*")
    second = place.context.new_page()
    second.goto(page.url)
    page.fill("#kb_f_text", WORDS + "First.")
    kept(page)
    second.fill("#kb_f_text", WORDS + "Second.")
    kept(second)
    second.close()

    assert drafts(place, path) == {WORDS + "First.", WORDS + "Second."}


def drafts(place: Place, path: str) -> set[str]:
    """What the writer's list of drafts leads to, for a page."""
    found = set()
    listed = place.context.new_page()
    listed.goto("/wiki/-/drafts")
    lines = listed.locator("li", has_text=path)
    for address in [one.get_attribute("href") for one in lines.get_by_text("What differs").all()]:
        listed.goto(address or "")
        found.add(listed.input_value("#kb_whole_text"))
    listed.close()
    return found


def test_the_network_is_gone(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    place.context.set_offline(True)
    kept(page, "kbNoServer")
    assert "no connection; kept on this device" in page.inner_text("[data-kb-keeping]")
    page.close()
    place.context.set_offline(False)

    assert brought_back(place.context.new_page(), path) == WORDS


FILL = """() => { for (let size = 1 << 20; size; size >>= 1) {
    try { for (;;) localStorage.setItem(`full-${Object.keys(localStorage).length}`, "x".repeat(size)); }
    catch { /* full */ } } }"""
EMPTY = (
    "Object.keys(localStorage).filter((key) => key.startsWith('full-')).forEach((key) => localStorage.removeItem(key))"
)


def test_the_devices_memory_is_full(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    page.evaluate(FILL)
    try:
        kept(page, "kbServer")
        assert "this device has no room" in page.inner_text("[data-kb-keeping]")
        page.reload()
    finally:
        page.evaluate(EMPTY)

    assert brought_back(page, path) == WORDS


def test_the_devices_memory_is_full_and_the_network_gone(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    page.evaluate(FILL)
    place.context.set_offline(True)
    try:
        kept(page, "kbNowhere")
        assert "please leave it open" in page.inner_text("[data-kb-keeping]")
        place.context.set_offline(False)
        kept(page, "kbServer")
    finally:
        page.evaluate(EMPTY)

    assert drafts(place, path) == {WORDS}


def test_more_is_pasted_than_a_page_may_have(place: Place, page: Page) -> None:
    path, huge = place.page_to_edit(), WORDS * (MOST // len(WORDS.encode()) + 1)
    page.goto(f"/wiki/-/edit/{path}")
    page.eval_on_selector(  # typing it would take a browser longer than pasting does
        "#kb_f_text",
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', {bubbles: true})); }",
        huge,
    )
    press_save(page)

    page.locator("[data-kb-said=kbLong]").wait_for()
    assert "at most 50,000 are possible" in page.inner_text("[data-kb-keeping]")
    assert page.input_value("#kb_f_text") == huge
    page.reload()
    page.goto("/wiki/")
    page.goto(f"/wiki/-/edit/{path}")
    page.get_by_text("Bring it back").click()
    assert page.input_value("#kb_f_text") == huge


@pytest.mark.parametrize("status", [500, 503, 413])
def test_the_host_fails_while_it_is_saved(place: Place, page: Page, status: int) -> None:
    path = place.page_to_edit()
    write(page, path)
    place.app.config["FAILS"] = status
    press_save(page)
    place.app.config["FAILS"] = 0

    assert brought_back(page, path) == WORDS


def test_the_back_button(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    page.get_by_role("link", name="Recent changes").click()
    page.get_by_role("heading", name="Recent changes").wait_for()
    page.go_back()

    page.locator("#kb_f_text").wait_for()
    assert page.input_value("#kb_f_text") == WORDS or brought_back(page, path) == WORDS


def test_the_back_button_after_saving(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    press_save(page)
    arrived(page)
    page.go_back()
    page.locator("#kb_f_text").wait_for()
    page.fill("#kb_f_text", WORDS + "More.")
    kept(page)

    press_save(page)
    arrived(page)
    assert read(place.wiki, path) == WORDS + "More."


def test_reloading(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    page.reload()

    assert page.input_value("#kb_f_text") == WORDS or brought_back(page, path) == WORDS


def test_the_window_is_closed(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    page.close()

    assert brought_back(place.context.new_page(), path) == WORDS


def test_the_browser_crashes_and_its_memory_is_lost(place: Place) -> None:
    path = place.page_to_edit()
    lost = place.come(WRITER)
    page = lost.new_page()
    write(page, path)
    kept(page)
    lost.close()

    other_device = place.come(WRITER)
    assert brought_back(other_device.new_page(), path) == WORDS
    other_device.close()


def test_the_page_is_deleted_meanwhile(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    with place.wiki.begin(ADMIN) as tx:
        delete_page(tx, path)

    press_save(page)

    page.get_by_role("heading", name="Bring your text back").wait_for()
    assert page.input_value("#kb_f_text") == WORDS
    page.get_by_role("button", name="Save my text").click()
    arrived(page)
    assert read(place.wiki, path) == WORDS


def test_the_page_is_deleted_while_the_text_waits(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    kept(page)
    with place.wiki.begin(ADMIN) as tx:
        delete_page(tx, path)

    assert brought_back(page, path) == WORDS


def test_the_page_moves_while_the_text_waits(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    kept(page)
    with place.wiki.begin(ADMIN) as tx:
        move_page(tx, path, f"{path}-moved")

    assert brought_back(page, f"{path}-moved") == WORDS
    press_save(page)
    arrived(page)
    assert read(place.wiki, f"{path}-moved") == WORDS


def test_a_colleague_saves_the_same_lines(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    save(place.wiki, path, BEFORE.replace("Two.", "Two, by somebody else."), base=1, by=SECOND_WRITER)

    press_save(page)

    page.get_by_role("radio", name="Your text").check()
    assert page.locator("[data-kb-result]").text_content() == WORDS
    page.get_by_role("button", name="Save what I chose").click()
    arrived(page)
    assert read(place.wiki, path) == WORDS


def test_a_colleague_saves_other_lines_while_the_text_waits(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path, BEFORE.replace("Three.", "Drei."))
    kept(page)
    save(place.wiki, path, BEFORE.replace("One.", "First."), base=1, by=SECOND_WRITER)

    assert brought_back(page, path) == BEFORE.replace("Three.", "Drei.")
    press_save(page)
    arrived(page)
    assert read(place.wiki, path) == "First.\n\nTwo.\n\nDrei.\n"


def test_the_merge_view_is_left(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    save(place.wiki, path, BEFORE.replace("Two.", "Two, by somebody else."), base=1, by=SECOND_WRITER)
    press_save(page)
    page.get_by_text("Write it yourself").click()
    page.get_by_label("Your words for place 1").fill("My own words.")
    kept(page)

    assert "My own words." in brought_back(page, path)
    press_save(page)
    arrived(page)
    assert "My own words." in read(place.wiki, path)


def test_the_form_was_open_for_too_long(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    page.evaluate("document.querySelector('.kb-edit [name=kb_csrf]').value = 'stale'")

    press_save(page)

    assert page.input_value("#kb_kept_text") == WORDS
    page.get_by_role("button", name="Save it again").click()
    arrived(page)
    assert read(place.wiki, path) == WORDS


def test_the_page_is_locked_meanwhile(place: Place, page: Page) -> None:
    path = place.page_to_edit(space=True)
    write(page, path)
    with place.wiki.begin(MODERATOR) as tx:
        until = place.wiki.clock() + timedelta(hours=1)
        lock_pages(tx, path, until=until, group="moderators", reason="wrong")

    press_save(page)

    page.get_by_text("Nothing has been saved yet").wait_for()
    assert page.input_value("#kb_f_text") == WORDS
    page.close()
    assert drafts(place, path) == {WORDS}


def test_the_right_to_write_is_taken_away_meanwhile(place: Place, page: Page) -> None:
    path = place.page_to_edit(space=True)
    write(page, path)
    make_space(place.wiki, path.partition("/")[0], writers=("nobody",), reviewers=("moderators",))

    press_save(page)

    assert page.input_value("#kb_kept_text") == WORDS
    page.close()
    assert drafts(place, path) == {WORDS}


def test_the_right_to_read_is_taken_away_meanwhile(place: Place, page: Page) -> None:
    path = place.page_to_edit(space=True)
    write(page, path)
    make_space(place.wiki, path.partition("/")[0], readers=("nobody",), reviewers=("moderators",))

    press_save(page)

    assert page.input_value("#kb_kept_text") == WORDS
    page.close()
    assert drafts(place, path) == {WORDS}


@contextmanager
def busy(place: Place) -> Iterator[None]:
    """Somebody else holds the database's only lock."""
    with closing(sqlite3.connect(Path(place.app.instance_path) / "kbwiki.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_the_database_is_busy(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    with busy(place):
        press_save(page)
        page.locator("#kb_kept_text").wait_for()

    assert page.input_value("#kb_kept_text") == WORDS
    page.get_by_role("button", name="Save it again").click()
    arrived(page)
    assert read(place.wiki, path) == WORDS


def test_saving_is_pressed_twice(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    statuses = page.evaluate(
        """async () => { const sent = new URLSearchParams(new FormData(document.querySelector('.kb-edit')));
        sent.set('action', 'save');
        const once = () => fetch(location.href, { method: 'POST', body: sent });
        return (await Promise.all([once(), once(), once()])).map((answer) => answer.status); }"""
    )

    assert statuses == [200, 200, 200]
    assert read(place.wiki, path) == WORDS


def test_cancel_is_pressed_by_mistake(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)

    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Go on writing").click()

    assert page.get_by_text("that was never saved").count() == 1
    assert brought_back(page, path) == WORDS


def test_a_draft_is_thrown_away_by_mistake(place: Place, page: Page) -> None:
    path = place.page_to_edit()
    write(page, path)
    kept(page)
    page.goto(f"/wiki/-/edit/{path}")

    page.get_by_role("button", name="Throw it away").click()
    page.get_by_text("It is thrown away").wait_for()
    page.locator("li", has_text="Have it back").first.get_by_role("button").click()

    assert brought_back(page, path) == WORDS


def test_the_other_lines_of_a_page_keep_their_ends(place: Place, page: Page) -> None:
    path = place.page_to_edit("One.\r\nTwo.\nThree.\rFour.\r\n\r\nFive.")
    page.goto(f"/wiki/-/edit/{path}")
    page.fill("#kb_f_text", page.input_value("#kb_f_text").replace("Two.", "Zwei."))
    press_save(page)
    arrived(page)

    assert read(place.wiki, path) == "One.\r\nZwei.\r\nThree.\rFour.\r\n\r\nFive."


def test_a_new_page_is_closed_before_it_has_a_name(place: Place, page: Page) -> None:
    page.goto("/wiki/-/new")
    page.fill("#kb_f_text", WORDS + "Nameless.")
    page.close()
    again = place.context.new_page()
    again.goto("/wiki/-/new")

    again.locator(".kb-kept:visible").get_by_text("Bring it back").click()
    assert brought(again) == WORDS + "Nameless."
    again.close()


def test_without_script_a_preview_keeps_the_text(place: Place) -> None:
    path = place.page_to_edit()
    plain = place.come(WRITER, java_script_enabled=False)
    page = plain.new_page()
    write(page, path)
    page.get_by_role("button", name="Preview").click()
    assert page.input_value("#kb_f_text") == WORDS
    page.goto(f"/wiki/-/edit/{path}")
    page.get_by_role("link", name="Bring it back").click()

    assert page.input_value("#kb_f_text") == WORDS
    press_save(page)
    page.get_by_text("Your change is live").wait_for()
    plain.close()
    assert read(place.wiki, path) == WORDS


def test_these_are_twenty_ways_at_least() -> None:
    assert len(re.findall(r"^def test_", Path(__file__).read_text("utf-8"), re.MULTILINE)) > 20
