"""Help beside the work: by keyboard, in the panel, the host's page untouched; also on pages that are scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from kbwiki import KBWiki, Wiki
from kbwiki.help.policy import Binding
from kbwiki.help.wanted import wanted
from kbwiki.help_subject import bind_help
from kbwiki.testing import READER, WRITER, open_reviews, save

from .accessibility import violations
from .conftest import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]

ORDER = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Order</title><main><h1>Order 5</h1><label>Note <input id="note"></label>{{ kb_help(label="Help", **how) }}</main>
"""
ADVICE = "Press **Save**. See [[stock]].\n\n## Later\n\nWait.\n"


@pytest.fixture
def orders(app: Flask, wiki: Wiki) -> Wiki:
    """A host with three screens, one of them without help."""
    app.context_processor(app_wiki(app).for_templates)
    for address, name in (("/orders/<id>", "orders.edit"), ("/empty", "empty")):
        app.add_url_rule(address, name, lambda id="": render_template_string(ORDER, how={}))
    save(wiki, "advice", ADVICE, title="How to order")
    save(wiki, "more", "More.\n", title="More about orders")
    save(wiki, "stock", "Count twice.\n", title="Stock")
    with wiki.begin(WRITER) as tx:
        bind_help(tx, "advice", [Binding("orders.edit")])
        bind_help(tx, "more", [Binding("orders.*")])
    return wiki


def app_wiki(app: Flask) -> KBWiki:
    """The extension once more: it is but a name for what is mounted."""
    return KBWiki(name=app.extensions["kbwiki"]["main"].name)


def test_help_opens_by_keyboard_beside_the_work_and_gives_it_back(orders: Wiki, visit: Visit, artefacts: Path) -> None:
    page = visit().sign_in(READER).page
    page.goto("/orders/5")
    page.fill("#note", "half a sentence")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="Help")
    panel.get_by_text("Press Save.").wait_for()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.textContent") == "Help"
    assert violations(page, reads_sheets=False) == []
    page.screenshot(path=artefacts / "help-panel.png")

    panel.get_by_role("link", name="Stock").press("Enter")
    panel.get_by_text("Count twice.").wait_for()
    panel.get_by_role("link", name="Help for this screen").press("Enter")
    panel.get_by_text("Press Save.").wait_for()
    panel.get_by_role("searchbox").fill("count")
    panel.get_by_role("searchbox").press("Enter")
    panel.get_by_role("link", name="Stock").wait_for()
    page.keyboard.press("Escape")

    assert panel.is_hidden()
    assert page.evaluate("document.activeElement.textContent") == "Help"
    assert page.input_value("#note") == "half a sentence"
    page.wait_for_url("**/orders/5")


def test_what_people_say_in_the_panel_arrives(orders: Wiki, visit: Visit) -> None:
    page = visit(width=390, dark=True).sign_in(READER).page
    page.goto("/orders/5")
    page.get_by_role("button", name="Help").click()
    panel = page.get_by_role("complementary", name="Help")
    panel.get_by_role("button", name="No").first.click()
    panel.get_by_text("Thank you. If you say what is missing").wait_for()
    panel.get_by_text("Something is wrong here").first.click()
    panel.get_by_label("What is wrong?").first.fill("There is no such button.")
    panel.get_by_role("button", name="Send").first.click()
    panel.get_by_text("Your report has arrived").wait_for()
    assert violations(page, reads_sheets=False) == []
    assert "advice" in [line.path for line in open_reviews(orders) if line.subject_kind == "page"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.goto("/empty")
    page.get_by_role("button", name="Help").click()
    panel.get_by_role("button", name="Ask for help here").click()
    panel.get_by_text("Nobody is told who asked").wait_for()
    with orders.read() as connection:
        assert [str(one) for one in wanted(connection, orders.id)] == ["empty"]


def test_a_page_that_is_a_script_says_where_it_is_and_one_without_has_a_link(orders: Wiki, visit: Visit) -> None:
    page = visit().sign_in(READER).page
    page.goto("/empty")
    page.get_by_role("button", name="Help").click()
    panel = page.get_by_role("complementary", name="Help")
    panel.get_by_text("Nobody has written help").wait_for()
    page.focus("#note")

    page.evaluate("document.querySelector('kb-help').setAttribute('endpoint', 'orders.edit')")

    panel.get_by_text("Press Save.").wait_for()
    assert page.evaluate("document.activeElement.id") == "note"
    page.evaluate("document.querySelector('kb-help').remove()")
    assert panel.is_hidden()

    # Without the script the button is a link to the same help.
    page.route("**/kb-help.js*", lambda route: route.abort())
    page.goto("/orders/5")
    page.get_by_role("link", name="Help").click()
    page.get_by_text("Press Save.").wait_for()
    page.get_by_role("link", name="Back to where you were").click()
    page.wait_for_url("**/orders/5")
