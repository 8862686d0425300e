"""What plugins add, as people meet it: buttons and reasons of their own, and people from directories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask

from kbwiki import Actor, KBWiki, Wiki
from kbwiki.hooks import Directory, Plugin, hookimpl
from kbwiki.testing import MODERATOR, look, open_reviews, save
from tests.web.conftest import Visitor

from .test_moderating import Own, Words, metadata

ZOE = Actor("zoe", "Zoe", frozenset({"staff"}))


class People(Plugin):
    """Knows Zoe."""

    name = "people"

    @hookimpl
    def directories(self) -> Directory:
        """One."""
        return Directory(
            lambda id: ZOE if id == "zoe" else None,
            lambda text: [ZOE] if text in "zoe" else [],
            lambda group: [ZOE] if group == "staff" else [],
        )


class Broken(Plugin):
    """Knows nobody, and says so badly."""

    name = "broken"

    @hookimpl
    def directories(self) -> Directory:
        """One that raises, one that gives nonsense."""

        def raises(id: str) -> Actor | None:
            raise ValueError("no")

        def nonsense(text: str) -> Sequence[Actor]:
            return ["Zoe"]  # type: ignore[list-item]

        return Directory(raises, nonsense, nonsense)


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = Flask("host", instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=sqlite_url, TESTING=True, KBWIKI_HOOK_SECONDS=10.0)
    KBWiki(app, actor=lambda: app.config["visitor"].actor, plugins=[Own, Words, Broken, People])
    app.config["visitor"] = Visitor(app.test_client())
    metadata.create_all(app.extensions["kbwiki"]["main"].wiki.database.engine)
    yield app
    app.extensions["kbwiki"]["main"].wiki.close()


def test_buttons_of_plugins_decide_and_history_says_their_words(app: Flask) -> None:
    wiki: Wiki = app.extensions["kbwiki"]["main"].wiki
    visitor: Visitor = app.config["visitor"]
    visitor.actor = MODERATOR
    save(wiki, "page", "words\n")
    [line] = open_reviews(wiki)
    address = f"/wiki/-/reviews/{line.id}"

    page = visitor.text(address)
    assert 'value="own.own.fine"' in page
    assert 'value="own.own.away:wrong"' in page
    assert 'value="own.own.away:x-own-law"' in page
    assert 'value="revert:x-own-law"' in page
    assert "Against the law" in page
    answered = visitor.post(f"{address}/decide", form=address, act="own.own.away:x-own-law")

    assert answered.status_code in (302, 303), answered.get_data(as_text=True)[:500]
    decision = look(wiki, line.id).decision
    assert decision is not None
    assert (decision.verdict, decision.label) == ("revert", "Not lawful")
    assert "“Not lawful” (reverted)" in visitor.text(address)
    assert "“Not lawful” (reverted)" in visitor.text("/wiki/-/decisions")
    assert "Done" not in visitor.post(f"{address}/decide", form=address, act="own.own.gone").get_data(as_text=True)


def test_a_plugins_change_is_shown_with_its_own_line_and_taken_out_with_one_press(app: Flask) -> None:
    wiki: Wiki = app.extensions["kbwiki"]["main"].wiki
    visitor: Visitor = app.config["visitor"]
    visitor.actor = MODERATOR
    plugin = next(one.plugin for one in wiki.plugins.loaded if one.name == "words")
    assert isinstance(plugin, Words)
    plugin.put(1, "leaf")
    [line] = open_reviews(wiki)
    address = f"/wiki/-/reviews/{line.id}"

    assert "Word: leaf" in visitor.text(address)
    answered = visitor.post(f"{address}/decide", form=address, act="revert:wrong")

    assert answered.status_code in (302, 303)
    assert plugin.site.rows(metadata.tables["kbwiki_x_words"].select()) == []


def test_people_are_found_in_directories_too_and_a_broken_one_costs_nothing(app: Flask) -> None:
    identity = app.extensions["kbwiki"]["main"].identity

    assert identity.find("zoe") == ZOE
    assert identity.find("nobody") is None
    assert list(identity.members("staff")) == [ZOE]
    assert list(identity.search("zo")) == [ZOE]
    assert list(identity.search("zo", 0)) == []
