"""The editor in a real browser, wide and on a phone: by keyboard, undoable, never in the way of typing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from flask import Flask, Response
from werkzeug.serving import make_server

from kbwiki import Actor, KBWiki
from kbwiki.testing import SECOND_WRITER, WRITER, read, save
from kbwiki.web.identity.adapter import FromCallable
from tests.databases import SqliteTemplate

from .accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

    from kbwiki import Wiki

pytestmark = pytest.mark.browser

SIZES = {"wide": 1280, "phone": 390}
TEXT = "# Rota\n\nWords about it.\n\n## Monday\n\nAnn.\n\n## Tuesday\n\nBob, see [[travel]].\n"


class Known(FromCallable):
    """Everybody is the writer, and there is a directory."""

    def search(self, text: str, limit: int = 20) -> list[Actor]:
        return [one for one in (WRITER, SECOND_WRITER) if one.name.lower().startswith(text.lower())]


class Desk(NamedTuple):
    """A served wiki, and a window."""

    wiki: Wiki
    page: Page

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.page.locator("#kb_f_text").input_value()

    def write(self, text: str, start: int | None = None, end: int | None = None) -> None:
        """Put a text into the field, as one step, and the caret (default: at its end) or a selection into that."""
        start = len(text) if start is None else start
        self.page.evaluate(
            """([text, start, end]) => {
                const area = document.getElementById("kb_f_text");
                area.focus(); area.select(); document.execCommand("insertText", false, text) || (area.value = text);
                area.setSelectionRange(start, end);
            }""",
            [text, start, start if end is None else end],
        )

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def paste(self, **flavours: str) -> None:
        """Paste what the clipboard holds in these flavours: html, plain."""
        self.page.evaluate(
            """(flavours) => {
                const data = new DataTransfer();
                for (const [name, value] of Object.entries(flavours)) data.setData(`text/${name}`, value);
                const area = document.getElementById("kb_f_text");
                const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
                if (area.dispatchEvent(event)) document.execCommand("insertText", false, flavours.plain || "");
            }""",
            flavours,
        )

    def previewed(self, words: str) -> None:
        """Wait until the preview has these words."""
        self.page.locator(".kb-live .kb-text", has_text=words).wait_for()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: SqliteTemplate) -> Iterator[tuple[Wiki, str]]:
    folder = tmp_path_factory.mktemp("editing")
    app = Flask("host", instance_path=str(folder))
    app.config.update(SECRET_KEY="test", KBWIKI_NAME="Wiki")
    KBWiki(app, actor=Known(lambda: WRITER))

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    _sqlite_template.copy_to(Path(app.instance_path) / "kbwiki.db")
    mount = app.extensions["kbwiki"]["main"]
    mount.make_ready()
    save(mount.wiki, "rota", TEXT, title="Rota")
    save(mount.wiki, "travel", "# By train\n\n## Second class\n", title="Travel rules", tags=["travel", "train"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield mount.wiki, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    mount.wiki.close()


def faulty(said: ConsoleMessage) -> bool:
    """Whether it complains of something but a request that a test let fail."""
    return said.type == "error" and "Failed to load resource" not in said.text


@pytest.fixture(scope="module")
def windows(browser: Browser, served: tuple[Wiki, str]) -> Iterator[dict[str, Desk]]:
    """One window of each size for all tests; errors in their consoles fail the last."""
    wiki, address = served
    complaints: list[str] = []
    desks = {}
    for name, width in SIZES.items():
        touch = name == "phone"
        page = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, has_touch=touch, is_mobile=touch
        ).new_page()
        page.on("console", lambda said: complaints.append(said.text) if faulty(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        desks[name] = Desk(wiki, page)
    yield desks
    for desk in desks.values():
        desk.page.context.close()
    assert complaints == []


def opened(desk: Desk) -> Desk:
    """The editor, opened anew where a test left it, with the preview on."""
    if "/-/edit/rota" not in desk.page.url or "section" in desk.page.url:
        desk.page.goto("/wiki/-/edit/rota")
        desk.previewed("Words about it.")
    return desk


@pytest.fixture
def wide(windows: dict[str, Desk]) -> Desk:
    """The editor in a wide window."""
    return opened(windows["wide"])


@pytest.fixture(params=list(SIZES))
def desk(request: pytest.FixtureRequest, windows: dict[str, Desk]) -> Desk:
    """The editor in each of the windows."""
    return opened(windows[request.param])


def test_the_preview_follows_the_typing_and_scrolls_along(desk: Desk) -> None:
    desk.write(TEXT + "\nA **new** line.\n")
    desk.page.locator(".kb-live strong", has_text="new").wait_for()
    desk.page.evaluate("document.querySelector('.kb-live h1').kept = 'kept'")
    parts = "".join(f"## Part {n}\n\n{'Words. ' * 60}\n\n" for n in range(30))
    desk.write(f"{TEXT}\nA **newer** line.\n\n{parts}")
    desk.previewed("Part 29")
    assert desk.page.evaluate("document.querySelector('.kb-live h1').kept") == "kept"  # what is equal is left alone

    pane = desk.page.locator(".kb-live")
    pane.evaluate("(pane) => { pane.scrollTop = 0; }")
    desk.page.locator("#kb_f_text").evaluate("(area) => { area.scrollTop = area.scrollHeight / 2; }")
    desk.page.wait_for_function("() => document.querySelector('.kb-live').scrollTop > 500")
    seen = desk.page.evaluate("""() => {
        const area = document.getElementById("kb_f_text"), pane = document.querySelector(".kb-live");
        const top = pane.getBoundingClientRect().top + 40;
        const above = [...pane.querySelectorAll("h2")].filter((one) => one.getBoundingClientRect().top <= top).pop();
        const line = area.value.slice(0, area.value.length / 2).split("\\n## Part").length - 2;
        return [Number(above.textContent.replace("Part ", "")), line];
    }""")
    assert abs(seen[0] - seen[1]) <= 1, seen  # half of the text is above in both


def test_a_preview_that_fails_says_so_and_comes_back(wide: Desk) -> None:
    wide.page.route("**/wiki/-/edit/rota*", lambda route: route.abort())
    wide.write("Kept words")
    wide.page.get_by_text("The preview cannot be shown just now").wait_for()
    assert wide.text == "Kept words"

    wide.page.unroute("**/wiki/-/edit/rota*")
    wide.page.get_by_role("button", name="Preview", exact=True).click()

    wide.previewed("Kept words")
    assert wide.page.get_by_text("The preview cannot be shown just now").is_hidden()
    assert wide.page.evaluate("document.activeElement.className") == "kb-live"


def test_where_the_script_does_not_arrive_the_field_has_the_room(wide: Desk) -> None:
    page = wide.page
    page.route("**/kb-edit.js*", lambda route: route.abort())
    page.goto("/wiki/-/edit/rota?")
    page.locator(".kb-live").wait_for(state="hidden")
    page.wait_for_load_state()
    form, field = page.locator("form.kb-edit").bounding_box(), page.locator("#kb_f_text").bounding_box()
    toolbar = page.locator(".kb-toolbar").bounding_box()
    page.unroute("**/kb-edit.js*")
    page.goto("/wiki/")  # so that the next test opens it anew

    assert form is not None
    assert field is not None
    assert field["width"] == form["width"]
    assert toolbar is None


def test_the_preview_can_be_switched_off_and_stays_off(wide: Desk) -> None:
    page = wide.page
    page.get_by_role("button", name="Preview while writing").click()
    page.goto("/wiki/-/edit/rota?")
    page.locator(".kb-toolbar").wait_for()
    assert page.locator(".kb-live").is_hidden()

    page.get_by_role("button", name="Preview while writing").click()

    wide.previewed("Words about it.")


@pytest.mark.parametrize(
    ("before", "selected", "key", "after"),
    [
        ("words", (0, 5), "Control+b", "**words**"),
        ("**words**", (2, 7), "Control+b", "words"),
        ("**words**", (2, 7), "Control+i", "***words***"),
        ("words", (0, 5), "Control+k", "[words](https://)"),
        ("https://a.example", (0, 17), "Control+k", "[words](https://a.example)"),
        ("one\ntwo", (0, 7), "Control+Shift+Digit8", "- one\n- two"),
        ("- one\n- two", (0, 11), "Control+Shift+Digit7", "1. one\n2. two"),
        ("1. one\n2. two", (0, 13), "Control+Shift+Digit7", "one\ntwo"),
        ("one", (1, 1), "Control+Shift+Digit9", "- [ ] one"),
        ("- one", (5, 5), "Enter", "- one\n- "),
        ("  3. one", (8, 8), "Enter", "  3. one\n  4. "),
        ("- [x] one", (9, 9), "Enter", "- [x] one\n- [ ] "),
        ("- one\n- ", (8, 8), "Enter", "- one\n\n"),
        ("- one\n  - ", (10, 10), "Enter", "- one\n- "),
        ("> said\n> ", (9, 9), "Enter", "> said\n\n"),
        ("> said", (6, 6), "Enter", "> said\n> "),
        ("> - one", (7, 7), "Enter", "> - one\n> - "),
        ("```\n- one", (9, 9), "Enter", "```\n- one\n"),
        ("- one\n- two", (6, 11), "Tab", "- one\n  - two"),
        ("- one\n  - two", (8, 8), "Shift+Tab", "- one\n- two"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", (2, 2), "Tab", "| a   | b   |\n| --- | --- |\n| 1   | 2   |"),
        ("| a | b |\n|---|--:|\n| 1 | 22 |", (28, 28), "Tab", None),
    ],
)
def test_keys_write_markdown_and_undo_takes_it_back(
    wide: Desk, before: str, selected: tuple[int, int], key: str, after: str | None
) -> None:
    wide.write(before, *selected)

    wide.press(key)

    assert wide.text == (after or "| a   |   b |\n| --- | --: |\n| 1   |  22 |\n|     |     |")
    wide.press("Control+z")
    assert wide.text == before


def test_the_toolbar_is_one_stop_and_works_by_arrows(wide: Desk) -> None:
    wide.write("words", 0, 5)
    stops = wide.page.locator(".kb-toolbar button[tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    wide.press("Home", "ArrowRight", "Enter")

    assert wide.text == "**words**"
    wide.press("Shift+Tab")  # the field has the focus again
    assert wide.page.evaluate("document.activeElement.dataset.kbDoes") == "bold"


def test_tab_leaves_the_field_and_escape_makes_it_leave_a_list(wide: Desk) -> None:
    wide.write("words")
    wide.press("Tab")
    assert wide.page.evaluate("document.activeElement.id") != "kb_f_text"

    wide.write("- one", 0)
    wide.press("Escape", "Tab")
    assert wide.page.evaluate("document.activeElement.id") != "kb_f_text"
    assert wide.text == "- one"


@pytest.mark.parametrize(
    ("typed", "shown", "after"),
    [
        ("See [[trav", "Travel rules", "See [[travel|Travel rules]]"),
        ("[[travel#sec", "Second class", "[[travel#Second class]]"),
        ("[[#wed", "Wednesday", "[[#Wednesday]]"),
        (f"Ask @{WRITER.name[:3]}", WRITER.name, f"Ask @{WRITER.name}"),
        ("/smaller", "Smaller heading", "### Heading"),
        ("/rule nothing", "", "/rule nothing"),
        ("an address/path [x", "", "an address/path [x"),
    ],
)
def test_suggestions_are_chosen_by_keyboard(desk: Desk, typed: str, shown: str, after: str) -> None:
    if typed.startswith("[[#"):  # headings of what is not saved are known from the preview
        desk.write("## Wednesday\n")
        desk.previewed("Wednesday")
    desk.write("")
    desk.page.keyboard.type(typed)
    if shown:
        option = desk.page.get_by_role("option", name=shown).first
        option.wait_for()
        assert desk.page.locator("#kb_f_text").get_attribute("aria-activedescendant") == "kb_suggested_0"
        top = option.evaluate("(option) => option.getBoundingClientRect().y")  # the list is made anew at each answer
        foot = desk.page.locator(".kb-save").bounding_box()
        assert foot is not None
        assert 0 <= top < (foot["y"] if desk.page.viewport_size["width"] > 1000 else 900)  # type: ignore[index]
        desk.press("Enter")
    assert desk.text == after
    assert desk.page.locator(".kb-suggested").is_hidden()


def test_escape_closes_suggestions_and_leaves_what_was_typed(wide: Desk) -> None:
    wide.write("")
    wide.page.keyboard.type("/")
    wide.page.get_by_role("option").first.wait_for()
    wide.press("ArrowDown", "ArrowUp", "Escape")

    assert wide.page.locator(".kb-suggested").is_hidden()
    assert wide.text == "/"
    assert wide.page.evaluate("document.activeElement.id") == "kb_f_text"


SHEET = "<table><tr><td>Who</td><td>How|many</td></tr><tr><td>Ann</td><td>2<br>3</td></tr></table>"
RICH = """<meta charset="utf-8"><style>p { color: red }</style><h2>Rules</h2>
<p style="color:red">By <b>train</b>, <i>not</i> by <a href="https://a.example/x">car</a>*.</p><ul><li>one<ul><li>two</li></ul></li><li><code>x</code></li></ul>
<img src="https://elsewhere.example/spy.png"><img src="/wiki/-/files/raw/a.png" alt="A"><script>alert(1)</script>
<p onclick="alert(1)"><a href="javascript:alert(1)">no</a> <a href="/wiki/hr/leave">leave</a></p>"""
MARKDOWN = """## Rules

By **train**, *not* by [car](https://a.example/x)\\*.

- one
  - two
- `x`

![A](/wiki/-/files/raw/a.png)

no [[hr/leave|leave]]"""


@pytest.mark.parametrize(
    ("flavours", "after"),
    [
        ({"html": SHEET, "plain": "x"}, "| Who | How\\|many |\n| --- | --------- |\n| Ann | 2 3       |"),
        ({"plain": "a\tb\nc\td"}, "| a   | b   |\n| --- | --- |\n| c   | d   |"),
        ({"html": RICH, "plain": "Rules"}, MARKDOWN),
        ({"html": "<div style='color:red'>x = 1</div><div>y</div>", "plain": "x = 1\ny"}, "x = 1\ny"),
        ({"plain": "\tif x:\n\t\tpass"}, "\tif x:\n\t\tpass"),
    ],
)
def test_what_is_pasted_becomes_markdown_and_undo_gives_the_plain_text(
    wide: Desk, flavours: dict[str, str], after: str
) -> None:
    wide.write("")

    wide.paste(**flavours)

    assert wide.text == after
    wide.press("Control+z")
    assert wide.text == (flavours["plain"] if after != flavours["plain"] else "")


def test_an_address_pasted_over_words_becomes_a_link(wide: Desk) -> None:
    wide.write("see here", 4, 8)

    wide.paste(plain="https://a.example/x")

    assert wide.text == "see [here](https://a.example/x)"


def test_a_table_grows_and_shrinks_and_gets_its_columns_in_line_when_left(wide: Desk) -> None:
    page = wide.page
    wide.write("| a | b |\n|---|---|\n| 1 | 2 |\n\nend", 22)
    page.get_by_role("button", name="Row below").click()
    page.get_by_role("button", name="Column beside").click()
    assert wide.text.startswith("| a   |     | b   |\n| --- | --- | --- |\n| 1   |     | 2   |\n|     |     |     |")
    page.get_by_role("button", name="Remove the column").click()
    page.get_by_role("button", name="Remove the row").click()
    assert wide.text == "| a   | b   |\n| --- | --- |\n| 1   | 2   |\n\nend"

    page.locator("#kb_f_text").evaluate("(area) => area.setSelectionRange(30, 30)")
    page.keyboard.type("long")
    page.wait_for_function("() => !document.querySelector('[data-kb-in-table]').hidden")
    wide.press("Control+End")
    page.wait_for_function("() => document.getElementById('kb_f_text').value.includes('| -----')")
    page.wait_for_function("() => document.querySelector('[data-kb-in-table]').hidden")
    page.keyboard.type("!")
    assert wide.text.endswith("\n\nend!")


def test_advice_leads_to_its_line_and_stops_nobody(wide: Desk) -> None:
    wide.write("# One\n\n" + "Words.\n\n" * 80 + "See [[nowhere]].\n")
    wide.page.get_by_text("1 hint about the text").click()
    wide.page.get_by_role("button", name="This link leads nowhere yet: nowhere").click()

    chosen = wide.page.evaluate("""() => { const area = document.getElementById("kb_f_text");
        return [area.value.slice(area.selectionStart, area.selectionEnd), area.scrollTop > 100]; }""")
    assert chosen == ["See [[nowhere]].", True]
    assert wide.page.locator("[data-kb-amount]").inner_text() == "83 words · about 1 minute to read"


def test_full_screen_has_everything_and_escape_leaves_it(desk: Desk) -> None:
    desk.write(TEXT)
    desk.page.get_by_role("button", name="Full screen").click()
    box = desk.page.locator(".kb-field-text").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, desk.page.viewport_size["width"])  # type: ignore[index]
    assert desk.page.locator("#kb_f_title").evaluate("(field) => field.closest('[inert]') !== null")

    desk.press("Escape")

    assert desk.page.locator("[inert]").count() == 0
    assert desk.page.evaluate("document.activeElement.id") == "kb_f_text"


def test_the_editor_fits_and_breaks_no_rule_of_accessibility(desk: Desk, artefacts: Path) -> None:
    width = desk.page.viewport_size["width"]  # type: ignore[index]
    desk.write(TEXT + "\n| a | b |\n|---|---|\n| 1 | 2 |", len(TEXT) + 25)
    desk.previewed("Tuesday")
    desk.page.wait_for_function("() => !document.querySelector('[data-kb-in-table]').hidden")
    faults = {}
    for name in ("preview", "suggestions", "dark"):
        if name == "suggestions":
            desk.press("Control+End", "Enter", "Enter")
            desk.page.keyboard.type("[[tr")
            desk.page.get_by_role("option").first.wait_for()
        if name == "dark":
            desk.page.emulate_media(color_scheme="dark")
        desk.page.screenshot(path=artefacts / f"editing-{name}-{width}.png")
        overflow = desk.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found = violations(desk.page) + ([f"{overflow} px too wide"] if overflow > 0 else [])
        if found:
            faults[name] = found
    desk.page.emulate_media(color_scheme="light")
    desk.press("Escape")
    assert faults == {}


def test_one_section_is_edited_from_its_heading(desk: Desk) -> None:
    page = desk.page
    page.goto("/wiki/rota")
    page.locator("h2", has_text="Monday").get_by_role("link", name="Edit this section").click()
    page.get_by_role("heading", name="Edit “Monday” in Rota").wait_for()
    assert desk.text == "## Monday\n\nAnn."
    desk.previewed("Ann.")
    days = f"## Monday\n\nAnn and {page.viewport_size['width']}."  # type: ignore[index]
    desk.write(days)

    page.get_by_role("button", name="Save").click()

    page.wait_for_url("**/wiki/rota?*done=saved#kb-h-monday")
    saved = read(desk.wiki, "rota")
    assert saved == TEXT.replace("## Monday\n\nAnn.", days)
    save(desk.wiki, "rota", TEXT, base=_number(desk.wiki))


def _number(wiki: Wiki) -> int:
    from kbwiki.pages.queries.view import find_page

    with wiki.read() as connection:
        view = find_page(connection, wiki.id, "rota", WRITER)
    assert view is not None
    return view.number


def test_a_key_costs_little_more_than_in_a_bare_field(wide: Desk) -> None:
    """200 KB: the main thread's work for some keys, beside a field of the same kind and text with no script at all."""
    page = wide.page
    text = ("Words and more words, as they stand in a long page of rules. " * 8 + "\n\n") * 410
    assert len(text) > 200_000
    wide.write("")
    page.evaluate(
        """(text) => {
            const area = document.getElementById("kb_f_text"), bare = area.cloneNode();
            bare.id = "bare"; bare.removeAttribute("name"); area.value = text; bare.value = text;
            document.body.append(bare);
            for (const one of [area, bare]) one.setSelectionRange(1000, 1000);
        }""",
        text,
    )
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def work(field: str) -> float:
        page.locator(field).focus()
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        before = _spent(session)
        for _ in range(20):
            page.keyboard.press("x")
        return _spent(session) - before

    ratio = min(work("#kb_f_text") / max(work("#bare"), 0.001) for _ in range(4))
    page.evaluate("document.getElementById('bare').remove()")
    wide.write(TEXT)

    print(f"work per key, of that in a bare field: {ratio:.2f}")
    assert ratio < 1.3, ratio


def _spent(session: object) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]  # type: ignore[attr-defined]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))
