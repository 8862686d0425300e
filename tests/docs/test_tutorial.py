"""The tutorial tells the truth: its app is built from its blocks, and its story is lived through, word by word."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.docs.reading import DOCS, blocks_of

TUTORIAL = DOCS / "tutorial" / "first-wiki.md"
STORY = " ".join(TUTORIAL.read_text("utf-8").split())
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Visitor:
    """Somebody with a browser who follows the tutorial; `page` is what is on the screen."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = ""

    def open(self, address: str) -> Visitor:
        return self._see(self.client.get(address))

    def be(self, who: str) -> Visitor:
        return self._see(self.client.post(f"/sign-in/{who}", follow_redirects=True))

    def send(self, address: str, **filled: str) -> Visitor:
        """Fill in the form on the screen and press its button."""
        hidden = dict(_HIDDEN.findall(self.page))
        return self._see(self.client.post(address, data={**hidden, **filled}, follow_redirects=True))

    def press(self, words: str) -> Visitor:
        """Follow the link with these words."""
        shown = rf"(?:<svg.*?</svg>)?(?:<[a-z ]+>)?{re.escape(words)}\b"
        found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{shown}', self.page)
        assert found, f"no link “{words}” here"
        return self.open(unescape(found[1]))

    def reads(self, words: str) -> None:
        """The words are on the screen, and the tutorial says that they are."""
        assert words in STORY, f"the tutorial does not say: {words}"
        assert words in self.text, f"not on the screen: {words}\n{self.text}"

    @property
    def text(self) -> str:
        """The words on the screen."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page)).split())

    def _see(self, response: TestResponse) -> Visitor:
        self.page = response.text
        return self


@pytest.fixture
def visitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A visitor to the app of the tutorial, started in an empty folder."""
    source = "\n\n".join(block.text for block in blocks_of(TUTORIAL, "python"))
    (tmp_path / "lesson.py").write_text(source, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "lesson", raising=False)
    return Visitor(__import__("lesson").app.test_client())


def write_the_first_page(visitor: Visitor) -> None:
    """Ada writes what the tutorial tells her to."""
    text = "We measure **rain**. New here? Read [[first-week]]."
    assert f"`{text}`" in STORY
    visitor.be("ada").press("Write the first page")
    visitor.send("/wiki/-/new", path="home", title="Welcome", text=text)


def edit_it(visitor: Visitor, text: str, comment: str = "") -> None:
    """Ada changes the text of the first page."""
    visitor.be("ada").open("/wiki/-/edit/home").send("/wiki/-/edit/home", title="Welcome", text=text, comment=comment)


def decide(visitor: Visitor, verdict: str, reason: str = "") -> None:
    """Mo opens the only review and answers it."""
    visitor.be("mo").press("Reviews").press("Welcome")
    address = re.search(r'action="(/wiki/-/reviews/\d+/decide)"', visitor.page)
    assert address
    visitor.send(address[1], verdict=verdict, reason=reason)


def test_the_wiki_is_there_after_two_lines_and_has_made_its_tables(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("/wiki/")

    visitor.reads("The first page is still empty")
    assert "Write the first page" not in visitor.text
    assert (tmp_path / "instance" / "kbwiki.db").exists()


def test_the_first_page_is_live_at_once_and_says_that_nobody_has_looked_yet(visitor: Visitor) -> None:
    write_the_first_page(visitor)

    visitor.reads("Your page is live. Visible at once; moderators will look at it afterwards.")
    visitor.open("/wiki/").reads("New; not looked at yet")
    assert "We measure <strong>rain</strong>" in visitor.page
    visitor.press("first-week")
    assert 'name="path" value="first-week"' in visitor.page


def test_an_edit_stands_in_the_history_beside_the_first_revision(visitor: Visitor) -> None:
    write_the_first_page(visitor)
    edit_it(visitor, blocks_of(TUTORIAL, "markdown")[0].text, "more of what we do")

    visitor.open("/wiki/").press("History")

    visitor.reads("more of what we do")
    assert visitor.page.count('href="/wiki/-/revision/') >= 2


def test_two_changes_of_one_page_are_one_review_that_the_moderator_approves(visitor: Visitor) -> None:
    write_the_first_page(visitor)
    edit_it(visitor, blocks_of(TUTORIAL, "markdown")[0].text, "more of what we do")
    visitor.be("ada")
    assert "Reviews" not in visitor.text

    assert "Reviews 1" in visitor.be("mo").text
    decide(visitor, "approve")

    today = datetime.now(UTC)
    visitor.open("/wiki/").reads("Looked at by moderators on")
    assert f"on {today.day} {today:%B %Y}" in visitor.text
    assert "Reviews 1" not in visitor.text


def test_a_reverted_change_is_gone_from_the_page_and_its_author_reads_why(visitor: Visitor) -> None:
    write_the_first_page(visitor)
    decide(visitor, "approve")
    edit_it(visitor, "We measure **everything**.")

    decide(visitor, "revert", reason="wrong")

    assert "everything" not in visitor.open("/wiki/").text
    visitor.be("ada").press("My changes")
    visitor.reads("It is not correct")
    visitor.reads("reverted")
    assert "Reverted by the group moderators" in visitor.text
    visitor.open("/wiki/-/revision/2/home")
    assert "<strong>everything</strong>" in visitor.page


def test_who_wrote_something_cannot_approve_it(visitor: Visitor) -> None:
    write_the_first_page(visitor)
    decide(visitor, "approve")
    visitor.be("mo").open("/wiki/-/edit/home")
    visitor.send("/wiki/-/edit/home", title="Welcome", text="Mo was here.")

    visitor.open("/wiki/-/reviews").press("My own changes").press("Welcome")

    assert "somebody else in the group decides" in visitor.text
    assert 'value="approve"' not in visitor.page
