"""Files in a real browser: what is hostile does not run, and what is dropped, pasted or chosen stands in the text."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Error, Page

from kbwiki import Wiki
from kbwiki.testing import SECOND_WRITER, read, save
from tests.files.conftest import add, picture
from tests.files.hostile import UPLOADS

from .conftest import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
DOZEN = (
    "page.html", "picture.png", "notes.txt", "report.pdf", "movie.mp4", "page.xhtml", "data.xml", "drawing.svg",
    "marked.html", "wide.html", "png-and-page.html", "pdf.html", "script.js", "message.mht",
)  # fmt: skip


def wait_for(page: Page, part: str) -> str:
    """The text of the editor, once it has `part` in it."""
    for _ in range(200):
        text = page.input_value("textarea[name=text]")
        if part in text:
            return text
        page.wait_for_timeout(50)
    raise AssertionError(f"{part!r} did not come into the text: {text!r}")


def test_nothing_hostile_runs_even_where_the_host_replaces_our_policy(visit: Visit, wiki: Wiki) -> None:
    uploads = dict(UPLOADS)
    for name in DOZEN:
        add(wiki, f"h/{name}", uploads[name], again=True)
    save(wiki, "h", "".join(f"![{name}](h/{name}) [{name}](h/{name})\n\n" for name in DOZEN))
    visitor = visit().sign_in(SECOND_WRITER)
    page, asked = visitor.page, []
    visitor.context.on("request", lambda request: asked.append(request.url))

    page.goto("/wiki/h")
    for name in DOZEN:
        for address in (f"/wiki/-/files/about/h/{name}", f"/wiki/-/files/raw/h/{quote(name)}"):
            try:
                page.goto(address)
                page.wait_for_timeout(30)
                assert page.evaluate("window.ran === undefined && document.title !== 'ran'"), address
            except Error as error:  # a download is no page
                assert "Download" in str(error) or "ERR_ABORTED" in str(error), address
    page.goto("/wiki/h")
    for name in ("script.js", "page.html", "gif.gif"):  # were markup ever let in, it would still be no script
        if name == "gif.gif":
            add(wiki, f"h/{name}", uploads[name], again=True)
        page.evaluate(
            "src => { const one = document.createElement('script'); one.src = src; document.head.append(one); }",
            f"/wiki/-/files/raw/h/{name}",
        )
        page.wait_for_timeout(200)
    assert page.evaluate("window.ran === undefined")
    assert [one for one in asked if one.endswith("/ran")] == []
    visitor.complaints.clear()  # the browser says what it refused


@pytest.mark.parametrize("width", [1280, 390])
def test_files_chosen_and_pasted_in_the_editor_stand_in_the_text(visit: Visit, wiki: Wiki, width: int) -> None:
    save(wiki, "hr/leave", "Our plan:\n")
    add(wiki, "hr/leave/list.txt", b"there already")
    page = visit(width=width).sign_in(SECOND_WRITER).page
    page.goto("/wiki/-/edit/hr/leave")
    page.locator("textarea[name=text]").press("Control+End")

    with page.expect_file_chooser() as chooser:
        page.click(".kb-files button")
    chooser.value.set_files(
        [{"name": "plan 1.png", "mimeType": "image/png", "buffer": picture(30, 20)},
         {"name": "list.txt", "mimeType": "text/plain", "buffer": b"another"}]
    )  # fmt: skip
    page.fill("dialog[open] input", "The plan")
    page.keyboard.press("Enter")
    page.click("dialog[open] button[value=keep-both]")
    text = wait_for(page, "list-2.txt")
    page.evaluate(
        """async text => {
            const data = new DataTransfer();
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = 5;
            const blob = await new Promise(done => canvas.toBlob(done));
            data.items.add(new File([blob], "image.png", { type: "image/png" }));
            const field = document.querySelector("textarea[name=text]");
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    page.click("dialog[open] button[value=none]")
    pasted = wait_for(page, "![](leave/20")
    page.click("button[value=save]")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.kb-text img')].filter(one => one.naturalWidth > 0).length === 2"
    )

    assert "![The plan](leave/plan%201.png)" in text
    assert "[list-2.txt](leave/list-2.txt)" in text
    assert read(wiki, "hr/leave") == pasted.replace("\r", "")
    assert page.locator(".kb-text img").count() == 2
