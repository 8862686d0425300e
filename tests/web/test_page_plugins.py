"""What plugins add to pages and to writing them, and what a reader and an author see when they fail."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from flask import Flask

from kbwiki import ANONYMOUS, KBWiki, Wiki
from kbwiki.hooks import (
    Action,
    Advice,
    Badge,
    Box,
    Draft,
    Field,
    PageFacts,
    PageTemplate,
    PageType,
    Plugin,
    ToolbarButton,
    hookimpl,
)
from kbwiki.testing import MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, read, save

from .conftest import Visitor, come

RELEASED = threading.Event()
FIELDS = (
    Field("date", "When", "date"),
    Field("room", "Room", "choice", ("Blue", "Red")),
    Field("seats", "Seats", "number"),
    Field("open", "Open to all", "yesno", help="Anybody may come"),
    Field("lead", "Led by"),
)


class Useful(Plugin):
    """Something for every hook of a page."""

    name = "useful"
    told: ClassVar[list[str]] = []

    @hookimpl
    def page_badges(self, page: PageFacts) -> list[Badge]:
        """Who reads, and one that is too long."""
        self.told.append(page.path)
        return [Badge(f"Read by {page.actor.name}", "Told <kindly>", "/wiki/home"), Badge("x" * 200)]

    @hookimpl
    def page_boxes(self, page: PageFacts) -> list[Box]:
        """HTML with a script in it."""
        html = f'<p onclick="x()">Tagged {",".join(page.tags)}<script>alert(1)</script></p><ul><li>one</li></ul>'
        return [Box("Beside & below", html), Box("Too long", "y" * 60_000)]

    @hookimpl
    def page_actions(self, page: PageFacts) -> Action:
        """One."""
        return Action("Print it nicely", f"/print/{page.path}")

    @hookimpl
    def toolbar_buttons(self) -> ToolbarButton:
        """One."""
        return ToolbarButton("Key", "<kbd>", "</kbd>", "Ctrl")

    @hookimpl
    def page_templates(self) -> list[PageTemplate]:
        """One everywhere, one in a space."""
        return [
            PageTemplate("how", "How-to", "## Before you begin\n", "For one task"),
            PageTemplate("case", "Case", "## Facts\n", spaces=("hr",)),
        ]

    @hookimpl
    def page_types(self) -> list[PageType]:
        """One, and one of no name."""
        return [PageType("meeting", "Meeting", FIELDS, "## Minutes\n"), PageType("No Name", "No", ())]

    @hookimpl
    def advise(self, draft: Draft) -> Iterator[Advice]:
        """A line that shouts, and a text that makes the plugin fail or hang."""
        if "HANG" in draft.text:
            RELEASED.wait(20)
        if "FAIL" in draft.text:
            raise ValueError("no")
        for number, line in enumerate(draft.text.split("\n"), 1):
            if "!!" in line:
                yield Advice("Say it calmly.", number)
        if draft.fields.get("lead") == "me":
            yield Advice("Who is that?")


@pytest.fixture(scope="module")
def host(_sqlite_template: Any) -> Iterator[Flask]:
    with TemporaryDirectory(dir=_sqlite_template.path.parent) as folder:
        app = Flask("host", instance_path=folder)
        app.config.update(
            SECRET_KEY="test", TESTING=True, KBWIKI_DATABASE_URI=_sqlite_template.copy_to(Path(folder) / "wiki.db"),
            KBWIKI_HOOK_SECONDS=2.0, KBWIKI_HOOK_FAILURES=1000,
        )  # fmt: skip
        app.config["visitor"] = None
        KBWiki(
            app, actor=lambda: app.config["visitor"].actor if app.config["visitor"] else ANONYMOUS, plugins=[Useful]
        )
        wiki = app.extensions["kbwiki"]["main"].wiki
        wiki.set_up()
        make_space(wiki, "hr")
        save(wiki, "notes", "Some notes.\n", tags=("a", "b"))
        save(wiki, "secret", "Hidden words.\n")
        hidden = next(one for one in open_reviews(wiki) if one.path == "secret")
        answer(wiki, look(wiki, hidden.id), "hide", reason="wrong", note="Not for all.")
        yield app
        RELEASED.set()
        wiki.close()


@pytest.fixture
def wiki(host: Flask) -> Wiki:
    found: Wiki = host.extensions["kbwiki"]["main"].wiki
    return found


@pytest.fixture
def visitor(host: Flask) -> Visitor:
    return come(host)


def test_badges_boxes_and_actions_are_shown_to_everybody_as_their_own(visitor: Visitor) -> None:
    for actor in (READER, WRITER, READER):
        visitor.actor = actor
        page = visitor.text("/wiki/notes")
        badge = f'<a class="kb-badge" href="/wiki/home" title="Told &lt;kindly&gt;" dir="auto">Read by {actor.name}'
        assert badge in page
        assert "xxxxx" not in page
        assert '<h2 id="kb_box_1" dir="auto">Beside &amp; below</h2>' in page
        assert "<p>Tagged a,b</p><ul><li>one</li></ul>" in page
        assert "alert(1)" not in page
        assert "yyyyy" not in page
        assert '<li><a href="/print/notes" dir="auto">Print it nicely</a></li>' in page


def test_of_hidden_pages_plugins_are_told_nothing(visitor: Visitor) -> None:
    visitor.actor = MODERATOR

    told = len(Useful.told)

    page = visitor.get("/wiki/secret").get_data(as_text=True)

    assert "kb-badges" not in page
    assert "kb-boxes" not in page
    assert Useful.told[told:] == []


def test_a_new_page_is_started_from_what_is_offered_there(visitor: Visitor) -> None:
    offered = visitor.text("/wiki/-/new?title=Plan")
    assert re.findall(r'<strong dir="auto">([^<]+)', offered) == ["Meeting", "How-to"]
    assert "Case" in visitor.text("/wiki/-/new?path=hr/one")
    link = unescape(re.search(r'href="([^"]+start=template[^"]+)"', offered)[1])  # type: ignore[index]

    chosen = visitor.text(link)

    assert "\n## Before you begin\n</textarea>" in chosen
    assert 'value="Plan"' in chosen
    assert "</textarea>" in visitor.text("/wiki/-/new?start=template.useful.nothing")


def test_a_page_of_a_type_is_written_in_fields_and_is_text_like_any_other(visitor: Visitor, wiki: Wiki) -> None:
    form = visitor.text("/wiki/-/new?start=type.meeting&path=m1")
    assert "<legend>Meeting</legend>" in form
    assert "\n## Minutes\n</textarea>" in form

    visitor.post(
        "/wiki/-/new?start=type.meeting&path=m1",
        title="First", path="m1", text="## Minutes\n\nDone.\n", action="save",
        **{"field-date": "2026-11-26", "field-room": "Blue", "field-seats": "", "field-open": "yes"},
        **{"field-lead": "[[notes]]"},
    )

    assert read(wiki, "m1") == (
        "---\ntype: meeting\ndate: 2026-11-26\nroom: Blue\nseats:\nopen: yes\nlead: [[notes]]\n---\n\n"
        "## Minutes\n\nDone.\n"
    )
    page = visitor.text("/wiki/m1")
    assert '<th scope="row">When</th><td>2026-11-26</td>' in page
    assert '<th scope="row">Led by</th><td><a href="/wiki/notes"' in page


def test_lines_that_nobody_touched_stay_byte_for_byte(visitor: Visitor, wiki: Wiki) -> None:
    text = "---\r\nextra: mine\r\ntype:  meeting\r\nroom:   Attic\r\ndate: soon\r\n---\r\n\r\n\r\nText.\r\n"
    save(wiki, "m2", text)
    form = visitor.text("/wiki/-/edit/m2")
    assert 'type="text" name="field-date" value="soon"' in form  # no date: shown as it is, so that it is kept
    assert 'name="field-room" value="Attic"' in form
    sent = {"field-date": "soon", "field-room": "Attic", "field-seats": "", "field-open": "", "field-lead": ""}
    body = unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL)[1])  # type: ignore[index]

    body = body.replace("\r\n", "\n")  # as a browser reads it; it sends what it has with line ends of its own
    visitor.post("/wiki/-/edit/m2", title="m2", text=body.replace("\n", "\r\n"), action="save", **sent)
    assert read(wiki, "m2") == text

    visitor.post("/wiki/-/edit/m2", title="m2", text=body, action="save", **{**sent, "field-seats": "12"})
    assert read(wiki, "m2") == text.replace("soon\r\n", "soon\r\nseats: 12\r\n")


def test_as_text_all_of_it_can_be_written_by_hand(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "m3", "---\ntype: meeting\n---\n\nText.\n")

    form = visitor.text("/wiki/-/edit/m3?as=text")

    assert "<legend>" not in form
    assert "\n---\ntype: meeting\n---\n\nText.\n</textarea>" in form


def test_a_form_that_is_refused_gives_everything_back(visitor: Visitor) -> None:
    block = "---\ntype: meeting\nroom:\n---\n\n"

    refused = visitor.client.post(
        "/wiki/-/edit/notes",
        data={"title": "n", "text": "Text.", "front": block, "field-room": "Blue", "action": "save"},
    )

    assert refused.status_code in (400, 403, 409, 422)
    assert "type: meeting\nroom: Blue\n---\n\nText." in refused.get_data(as_text=True)


def test_hints_come_with_a_preview_when_asked_for_and_after_saving(visitor: Visitor, wiki: Wiki) -> None:
    text = "---\ntype: meeting\ndate: soon\nlead: me\n---\n\nStop!!\n"
    save(wiki, "m4", text)
    form = "/wiki/-/edit/m4"
    sent = {"title": "m4", "field-date": "soon", "field-lead": "me", "text": "Stop!!\n"}

    for action in ("preview", "check"):
        shown = visitor.post(form, action=action, **sent).get_data(as_text=True)
        assert "3 hints; you can save as it is." in shown
        assert "“soon” is not what “When” expects." in shown
        assert "<strong>Line 1:</strong> Say it calmly." in shown
        assert "Who is that?" in shown

    saved = visitor.post(form, action="save", **{**sent, "text": "Stop it!!\n"})
    assert saved.status_code == 303
    page = visitor.text(saved.headers["Location"])
    assert "Your change is live." in page
    assert "Saved; 3 hints: “soon” is not what “When” expects. · Line 1: Say it calmly. · Who is that?" in page
    visitor.actor = READER
    assert "hints:" not in visitor.text(saved.headers["Location"])


@pytest.mark.parametrize("word", ["FAIL", "HANG"])
def test_no_plugin_keeps_anybody_from_saving(visitor: Visitor, wiki: Wiki, word: str) -> None:
    address = f"free-{word.lower()}"

    saved = visitor.post("/wiki/-/new", title="Free", path=address, text=f"{word}\n", action="save")

    assert saved.status_code == 303
    assert read(wiki, address) == f"{word}\n"
    assert "Saved;" not in visitor.text(saved.headers["Location"])
    checked = visitor.post(f"/wiki/-/edit/{address}", title="Free", text=f"{word} again\n", action="check")
    assert checked.status_code == 200
    assert "There is nothing to point out." in checked.get_data(as_text=True)


def test_buttons_wait_for_the_script(visitor: Visitor) -> None:
    form = visitor.text("/wiki/-/edit/notes")

    assert re.search(r'<div class="kb-field [^>]* data-kb-waits ', form)
    assert re.search(r'<noscript><link rel="stylesheet" href="[^"]*kb-edit-plain.css', form)
    assert 'data-kb-before="&lt;kbd&gt;" data-kb-after="&lt;/kbd&gt;" data-kb-placeholder="Ctrl"' in form
