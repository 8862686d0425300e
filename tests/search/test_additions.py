"""Words and operators that plugins add to search, and what becomes of a search whose plugin fails."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from kbwiki import Actor, Settings, Wiki
from kbwiki.hooks import PageText, Plugin, QueryOperator, SearchField, hookimpl
from kbwiki.testing import READER, make_space, save

ENGINES = [
    ("sqlite", "whoosh"),
    ("sqlite", "fts5"),
    ("postgresql", "postgresql"),
]


class Nicknames(Plugin):
    """What people call a page; one nickname of a page of two cannot be said."""

    name = "nicknames"
    version = "1"
    asked: ClassVar[list[PageText]] = []

    @hookimpl
    def search_fields(self) -> SearchField:
        """Nicknames count three times."""

        def words(page: PageText) -> str:
            self.asked.append(page)
            if page.path == "broken":
                raise ValueError("no")
            return "bigfoot yeti" if page.path == "snowman" else ""

        return SearchField("nickname", words, boost=3)

    @hookimpl
    def query_operators(self) -> list[QueryOperator]:
        """Pages by the first letter, one that fails, and one of a name that is taken."""

        def by_letter(value: str, actor: Actor) -> Collection[int]:
            rows = self.asked
            return {page.id for page in rows if page.path.startswith(value)} | {10**30, -1}

        def failing(value: str, actor: Actor) -> Collection[int]:
            raise ValueError("no")

        return [
            QueryOperator("letter", by_letter, "pages that begin so"),
            QueryOperator("broken", failing),
            QueryOperator("title", by_letter),
        ]


@pytest.fixture(params=ENGINES, ids=lambda one: one[1])
def open_wiki(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    database, engine = request.param
    url = request.getfixturevalue(f"{database}_url")
    opened: list[Wiki] = []

    def opens(*plugins: type[Plugin]) -> Wiki:
        settings = Settings(search_engine=engine, hook_seconds=5)
        wiki = Wiki(url, plugins=plugins, settings=settings, index=tmp_path / "index")
        wiki.set_up()
        opened.append(wiki)
        return wiki

    yield opens
    for wiki in opened:
        wiki.close()


def paths(wiki: Wiki, text: str, by: Actor = READER) -> list[str]:
    return [one.path for one in wiki.search(by, text).results]


def test_pages_are_found_by_words_of_plugins_and_by_their_operators(open_wiki: Any) -> None:
    plain = open_wiki()
    make_space(plain, "hr", readers=("hr",))
    save(plain, "snowman", "A man of snow.\n")
    save(plain, "broken", "A man of glass.\n")
    save(plain, "legends", "Nobody has seen a yeti.\n")
    save(plain, "hr/snow", "A man of snow in pay.\n", by=Actor("ann", "Ann", frozenset({"hr"})))
    plain.search.catch_up()
    assert paths(plain, "bigfoot") == []

    wiki = open_wiki(Nicknames)
    wiki.search.catch_up()  # the index was made without the plugin: it is made anew

    assert paths(wiki, "bigfoot") == ["snowman"]
    assert paths(wiki, "yeti")[0] == "snowman"  # three times as much as once in the text
    assert paths(wiki, "glass") == ["broken"]  # without its field, which failed
    assert set(paths(wiki, "man letter:s")) == {"snowman"}
    assert set(paths(wiki, "man -letter:s")) == {"broken"}
    assert paths(wiki, "letter:h") == []  # there is one, not for this reader
    failed = wiki.search(READER, "man broken:x")
    assert {one.path for one in failed.results} == {"snowman", "broken"}
    assert "“broken:”" in (failed.note or "")
    unknown = wiki.search(READER, "colour:red man")
    assert "broken:, letter:" in (unknown.note or "")
    assert paths(wiki, "title:snowman") == ["snowman"]  # not the plugin's

    wiki.search.catch_up()
    asked = len(Nicknames.asked)
    save(wiki, "snowman", "A man of snow, melted.\n", base=1)
    wiki.search.catch_up()
    assert paths(wiki, "bigfoot melted") == ["snowman"]
    assert [page.text for page in Nicknames.asked[asked:]] == ["A man of snow, melted.\n"]


def test_without_plugins_an_index_is_what_it_was(open_wiki: Any) -> None:
    assert open_wiki().search_place.making.fingerprint.count(";") == 2
    assert "nicknames=1" in open_wiki(Nicknames).search_place.making.fingerprint
