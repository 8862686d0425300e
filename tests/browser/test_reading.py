"""Reading in a browser: what can be seen, heard, printed and reached by the keyboard, on a desk and on a phone."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask, redirect, request, session
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from kbwiki import KBWiki, Wiki
from kbwiki.files import NewFile, upload_file
from kbwiki.help.answers import helped_least
from kbwiki.testing import ADMIN, SECOND_WRITER, WRITER, save
from tests.databases import SqliteTemplate
from tests.files.conftest import picture

from .accessibility import violations
from .conftest import current_actor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

LONG = "The quick brown fox jumps over the lazy dog, and then it sits down to write about what it saw there. " * 8
WIDE = "| " + " | ".join(f"Column number {one}" for one in range(12)) + " |\n|" + "---|" * 12 + "\n"
WIDE += "| " + " | ".join(f"value{one}" for one in range(12)) + " |\n"
TEXT = f"""{LONG}

See [[beside]], [a site](https://example.org/there) and a note.[^1]

## First part

```python
print("Hello")
print("again")
```

{WIDE}

{LONG}

## Second part

> Somebody said this.

Term
: What it means.

- One
    1. Inside
- Two

![A plan of the way](rota/plan.png)

{LONG}

## Third part

| Day | Who |
|---|---|
| Monday | Ann |

{LONG}

{LONG}

[^1]: The note.
"""


@dataclass(frozen=True)
class World:
    """A wiki, and where it is served."""

    wiki: Wiki
    address: str


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: SqliteTemplate) -> Iterator[World]:
    """One wiki for all tests of this module, under a strict content security policy; a second one is empty."""
    folder = tmp_path_factory.mktemp("reading")
    app = Flask("host", instance_path=str(folder))
    app.config.update(SECRET_KEY="test", KBWIKI_NAME="Wiki", KBWIKI_EMPTY_NAME="New wiki")
    KBWiki(app, actor=current_actor)
    KBWiki(app, url_prefix="/empty", actor=current_actor, name="empty")

    @app.get("/sign-in/<who>")
    def sign_in(who: str) -> Response:
        session["who"] = who
        return redirect(request.args.get("next", "/wiki/"))

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    _sqlite_template.copy_to(folder / "kbwiki.db")
    mount = app.extensions["kbwiki"]["main"]
    mount.make_ready()
    fill(mount.wiki)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield World(mount.wiki, f"http://127.0.0.1:{server.port}")
    server.shutdown()
    thread.join()
    server.server_close()
    for one in app.extensions["kbwiki"].values():
        one.wiki.close()


def fill(wiki: Wiki) -> None:
    """A page with everything in it, pages around it, and a first page."""
    save(wiki, "home", "Welcome to [[rota]] and [[unwritten]].", by=SECOND_WRITER, title="Welcome")
    save(wiki, "rota", TEXT, title="The rota", tags=["work"])
    save(wiki, "beside", "See [[rota]].", title="Beside", tags=["work"])
    save(wiki, "elsewhere", "words", title="Elsewhere", tags=["work"])
    save(wiki, "rota/below", "## Part\n\nBack to [[/rota]].", title="Below")
    content = wiki.files.keep(BytesIO(picture(1600, 900, 120)))
    with wiki.begin(WRITER) as tx:
        upload_file(tx, NewFile("rota/plan.png", content))


@pytest.fixture(scope="module")
def window(browser: Browser, world: World) -> Iterator[Page]:
    """A writer's window, in which no error is ever told of; tests set its size themselves."""
    granted = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(base_url=world.address, permissions=granted, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"/sign-in/{WRITER.id}")
    yield page
    context.close()
    assert [one for one in faults if "Failed to load resource" not in one] == []


@pytest.fixture
def page(window: Page) -> Page:
    """The same window, on a desk, with the page that has everything."""
    window.set_viewport_size({"width": 1280, "height": 900})
    window.goto("/wiki/rota")
    return window


def too_wide(page: Page) -> int:
    """By how many pixels one would have to scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def answered(page: Page) -> None:
    page.goto("/wiki/beside")
    page.get_by_role("link", name="No", exact=True).click()
    page.get_by_label("One sentence").wait_for()


def enlarged(page: Page) -> None:
    page.goto("/wiki/rota")
    page.get_by_alt_text("A plan of the way").scroll_into_view_if_needed()  # it is fetched when it comes near
    page.get_by_role("button", name="Enlarge: A plan of the way").click()


def unfolded(page: Page) -> None:
    page.goto("/wiki/")
    page.locator("[data-kb-news]", has_text=re.compile("new")).wait_for()
    page.locator(".kb-for-you > summary").click()
    page.get_by_role("heading", name="Asked for, and not written yet").wait_for()


def empty(page: Page) -> None:
    page.goto(f"/sign-in/{ADMIN.id}?next=/empty/")


STATES = {
    "page": lambda page: page.goto("/wiki/rota"),
    "answered": answered,
    "enlarged": enlarged,
    "home": unfolded,
    "empty": empty,
}


@pytest.mark.parametrize("width", [1280, 320])
def test_every_state_breaks_no_rule_of_accessibility_and_fits(window: Page, artefacts: Path, width: int) -> None:
    window.set_viewport_size({"width": width, "height": 800})
    found = {}
    for name, come in STATES.items():
        come(window)
        window.screenshot(path=artefacts / f"reading-{name}-{width}.png", full_page=name != "enlarged")
        faults = violations(window) + ([f"{too_wide(window)} px too wide"] if too_wide(window) > 0 else [])
        if width == 320:
            window.emulate_media(color_scheme="dark", contrast="more")
            faults += violations(window, only="color-contrast")
            window.emulate_media(color_scheme="light", contrast="no-preference")
        if faults:
            found[name] = faults
    window.goto(f"/sign-in/{WRITER.id}")
    assert found == {}


def test_a_line_has_room_for_about_sixty_six_letters(page: Page) -> None:
    lines = page.evaluate(
        """() => {
          const text = document.querySelector('.kb-text > p').firstChild, range = document.createRange(), lines = []
          for (let at = 0, top = null; at < text.length - 1; at++) {
            range.setStart(text, at); range.setEnd(text, at + 1)
            const box = range.getBoundingClientRect()
            if (top === null || Math.abs(box.top - top) > 5) { lines.push(0); top = box.top }
            lines[lines.length - 1]++
          }
          return lines.slice(0, -1)
        }"""
    )
    assert 55 <= sum(lines) / len(lines) <= 75, lines


def test_the_contents_say_which_part_is_read(page: Page) -> None:
    current = page.locator(".kb-outline a[aria-current]")
    assert current.count() == 0, "what stands before the first part is in none"

    page.get_by_role("link", name="Third part").click()

    page.locator(".kb-outline a[aria-current]", has_text="Third part").wait_for()
    assert current.count() == 1


def test_code_is_copied_by_one_press(page: Page) -> None:
    copy = page.locator(".kb-copy").first
    copy.focus()
    page.keyboard.press("Enter")

    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == 'print("Hello")\nprint("again")'


def test_a_wide_table_says_that_there_is_more_and_a_narrow_one_keeps_its_heads(page: Page) -> None:
    wide, fits = page.locator(".kb-text .kb-table").all()
    page.wait_for_selector(".kb-table[data-kb-more=after]")
    wide.evaluate("(table) => table.scrollTo(table.scrollWidth, 0)")
    page.wait_for_selector(".kb-table[data-kb-more=before]")

    assert fits.evaluate("(table) => getComputedStyle(table.querySelector('th')).position") == "sticky"


def test_a_picture_enlarges_and_goes_back_by_the_keyboard(page: Page) -> None:
    button = page.get_by_role("button", name="Enlarge: A plan of the way")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="A plan of the way")
    assert dialog.get_by_role("img").evaluate("(img) => img.clientWidth") > button.evaluate("(one) => one.clientWidth")

    page.keyboard.press("Escape")

    assert page.locator("dialog[open]").count() == 0
    assert button.evaluate("(one) => one === document.activeElement")


def test_whether_it_helped_is_answered_in_place_by_the_keyboard(page: Page, world: World) -> None:
    page.goto("/wiki/rota/below")
    page.get_by_role("link", name="No", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator(".kb-thanks:focus").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("The second line is an old one.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_text("Those who look after this page will read it.").wait_for()
    assert page.url.endswith("/wiki/rota/below")
    with world.wiki.read() as connection:
        counted = helped_least(connection, world.wiki.id, ADMIN)
    assert [(one.helped, one.did_not) for one in counted if one.path == "rota/below"] == [(0, 1)]


def test_everything_is_there_without_script(browser: Browser, world: World) -> None:
    context = browser.new_context(base_url=world.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/sign-in/{WRITER.id}?next=/wiki/")
    page.locator(".kb-for-you > summary").click()
    page.get_by_role("link", name="What is new, and what waits for you").click()
    page.get_by_role("heading", name="Asked for, and not written yet").wait_for()
    page.goto("/wiki/beside")
    page.get_by_role("link", name="Yes", exact=True).click()
    page.get_by_label("Yes").wait_for()
    assert page.get_by_label("Yes").is_checked()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you. It is counted").wait_for()
    context.close()


ORDER = {
    "/wiki/rota": [
        'link "Skip to the text"', "banner", 'navigation "Main"', 'heading "The rota" [level=1]', 'link "Edit"',
        'navigation "On this page"', 'heading "First part', 'heading "Second part', 'heading "Third part',
        'heading "Pages below this one" [level=2]', 'heading "Belongs with it" [level=2]',
        'heading "Pages that link here" [level=2]', "Written by", "Was this page helpful?", 'link "Yes"', 'link "No"',
        'link "Something is wrong here"', "contentinfo",
    ],
    "/wiki/": [
        'link "Skip to the text"', 'heading "Welcome" [level=1]', "For you", "Welcome to", "Was this page helpful?",
        "contentinfo",
    ],
    "/wiki/-/document/rota": [
        'link "Skip to the text"', 'heading "The rota" [level=1]', 'navigation "Contents"', 'heading "First part',
        'heading "Third part', 'heading "Below" [level=2]', 'heading "Part', "contentinfo",
    ],
}  # fmt: skip


def test_a_screen_reader_is_told_everything_in_the_order_it_stands_in(window: Page) -> None:
    window.set_viewport_size({"width": 390, "height": 800})
    lost = {}
    for where, order in ORDER.items():
        window.goto(where)
        tree, at = window.locator("body").aria_snapshot(), 0
        for one in order:
            found = tree.find(one, at)
            if found < 0:
                lost[where] = f"{one} after {tree[max(at - 60, 0) : at]!r}"
                break
            at = found + len(one)
    assert lost == {}


def test_the_keyboard_reaches_everything_in_order_and_it_is_seen_where_one_is(page: Page) -> None:
    page.evaluate("window.scrollTo(0, 0)")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, summary, input, textarea, select, [tabindex="0"]')]
          .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0)
          .map((one, at) => { one.dataset.kbWalk = at; return String(at) })"""
    )
    walked, unseen = [], []
    for _ in wanted:
        page.keyboard.press("Tab")
        at, seen = page.evaluate(
            """() => { const one = document.activeElement, style = getComputedStyle(one)
              return [one.dataset.kbWalk ?? one.outerHTML.slice(0, 80), style.outlineStyle !== 'none']}"""
        )
        walked.append(at)
        unseen += [] if seen else [at]
    assert walked == wanted
    assert unseen == []


def test_paper_gets_the_text_its_addresses_and_who_wrote_it(page: Page) -> None:
    page.emulate_media(media="print")
    shown = page.evaluate(
        """() => Object.fromEntries(['.kb-bar', '.kb-side', '.kb-actions', '.kb-outline', '.kb-say', '.kb-foot',
          '.kb-copy', '.kb-text', '.kb-by-whom', '.kb-head h1'].map((one) => {
            const found = document.querySelector(one); return [one, !!found && found.checkVisibility()]}))"""
    )
    address = page.evaluate("getComputedStyle(document.querySelector('.kb-text a.kb-external'), '::after').content")
    wide = page.evaluate("getComputedStyle(document.querySelector('.kb-text .kb-table')).overflowX")
    page.emulate_media(media="screen")

    assert {one for one, is_shown in shown.items() if is_shown} == {".kb-text", ".kb-by-whom", ".kb-head h1"}
    assert "https://example.org/there" in address
    assert wide == "visible"


_LATER = re.compile(r"/-/static/kb-.*\.js|/-/for-you|/-/files/raw/")
_READ_AND_SHOWN = """() => new Promise((done) => {
  const frame = () => done(performance.now())
  const shown = () => requestAnimationFrame(() => requestAnimationFrame(frame))
  if (document.readyState !== 'loading') shown()
  else document.addEventListener('readystatechange', shown, { once: true }) })"""
_MOVED = """(since) => new Promise((done) => { const moved = []
  new PerformanceObserver((list) => moved.push(...list.getEntries().filter((one) => one.startTime > since)))
    .observe({ type: 'layout-shift', buffered: true })
  const frame = () => setTimeout(() => done(moved.map((one) => one.value)), 50)
  requestAnimationFrame(() => requestAnimationFrame(frame)) })"""


@pytest.mark.parametrize(
    ("where", "width"), [("", 390), ("", 1280), ("rota", 1280), ("-/edit/rota", 1280), ("-/edit/rota", 390)]
)
def test_nothing_moves_while_scripts_pictures_and_news_arrive(window: Page, where: str, width: int) -> None:
    """Each of them is kept back until the page has been read to its end and shown: the worst that a slow line does."""
    kept_back: list[Route] = []
    shown: list[float] = []
    window.set_viewport_size({"width": width, "height": 900})
    window.route(_LATER, lambda route: route.continue_() if shown else kept_back.append(route))
    window.goto(f"/wiki/{where}", wait_until="commit")
    shown.append(window.evaluate(_READ_AND_SHOWN))
    for one in kept_back:
        one.continue_()
    window.wait_for_load_state()
    if not where:
        window.locator("[data-kb-news]", has_text=re.compile("new")).wait_for()
    if "edit" in where:
        window.locator(".kb-live .kb-text > *").first.wait_for()
    assert len(kept_back) > 1
    assert window.evaluate(_MOVED, shown[0]) == []
