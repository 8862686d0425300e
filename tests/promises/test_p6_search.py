"""P6: search answers outsiders the same whether there is something they may not read or not, on every engine.

Each test asks two wikis that differ only in what is closed, hidden or deleted. Not only a result would betray that:
a total, a facet, a note, what was put right, what follows where little is found, and what is suggested would, too. The
order of results may differ, for how rare a word is counts the whole index; nothing else may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from kbwiki import Actor
from kbwiki.moderation.desk.feeds import make_feed
from kbwiki.moderation.desk.saved_filters import save_search

from .search_worlds import (
    CANARY,
    GOING,
    INSIDER,
    NOW,
    OUTSIDERS,
    QUESTIONS,
    ROOT_MODERATOR,
    TYPED,
    WARDEN,
    WITHDRAWN,
    Ask,
    World,
    about_to_go,
    address,
    assert_alike,
    fill_openly,
    fill_secretly,
    found,
    questions_about,
    sorted_json,
    sorted_results,
    suggested,
    timeless,
    worlds_of,
)

ENGINES = ("whoosh", "fts5", "tantivy", "postgresql")
ON_BOTH_DATABASES = ("whoosh", "postgresql")
"""Engines for what no engine has a part in."""

KEPT = (CANARY, "amber", "kanar*", "by:ingo", "prow*")


@contextmanager
def pair(request: pytest.FixtureRequest, folder: Path) -> Iterator[list[World]]:
    """Two wikis without pages on the engine that the test is for."""
    engine: str = request.param
    if engine == "tantivy" and find_spec("kbwiki_tantivy") is None:
        pytest.skip("kbwiki-tantivy is not installed")
    template = request.getfixturevalue("_postgresql_template" if engine == "postgresql" else "_sqlite_template")
    with ExitStack() as stack:
        if engine == "postgresql":
            urls = [stack.enter_context(template.lend()) for _ in range(2)]
        else:
            urls = [template.copy_to(folder / f"{number}.db") for number in range(2)]
        yield stack.enter_context(worlds_of(engine, urls, folder))


@pytest.fixture(scope="module")
def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[World]]:
    """A wiki, and the same with secrets."""
    with pair(request, tmp_path_factory.mktemp("secret")) as two:
        for world in two:
            fill_openly(world)
        fill_secretly(two[1])
        for world in two:
            world.wiki.search.catch_up()
        yield two


@pytest.mark.parametrize("worlds", ENGINES, indirect=True, scope="module")
class TestWhatWasNeverOpen:
    """A closed space, a page that was deleted, and one that was moved away."""

    def test_those_who_may_read_it_find_it(self, worlds: list[World]) -> None:
        assert [world.wiki.search(INSIDER, f"title:{CANARY}").total for world in worlds] == [0, 13]

    def test_a_search_finds_counts_and_says_the_same(self, worlds: list[World]) -> None:
        assert_alike(worlds, [(text, found(WARDEN, text)) for text in QUESTIONS])
        assert_alike(worlds, [(text, found(WARDEN, text, "changed")) for text in QUESTIONS[::6]])
        for actor in OUTSIDERS.values():
            assert_alike(worlds, [(text, found(actor, text)) for text in QUESTIONS[1::8]])

    def test_screens_are_the_same(self, worlds: list[World]) -> None:
        def best(text: str) -> Ask:
            return lambda world: sorted_results(world.gets(WARDEN, address("search", text)))

        def last_changed(text: str) -> Ask:
            return lambda world: world.gets(WARDEN, address("search", text, order="changed"))

        def as_json(text: str) -> Ask:
            return lambda world: sorted_json(world.gets(WARDEN, address("search.json", text, limit="50")))

        for at, kind in enumerate((best, last_changed, as_json)):
            assert_alike(worlds, [(f"{kind.__name__} {text}", kind(text)) for text in QUESTIONS[at::8]])

    def test_feeds_of_kept_searches_are_the_same(self, worlds: list[World]) -> None:
        def kept(text: str) -> Ask:
            def read(world: World) -> str:
                with world.wiki.begin(WARDEN, at=NOW) as tx:
                    feed = make_feed(tx, filter_id=save_search(tx, "kept", text))
                return world.gets(WARDEN, f"/wiki/-/feeds/{feed.id}/{feed.secret}").replace(feed.secret, "")

            return read

        assert_alike(worlds, [(text, kept(text)) for text in KEPT])

    def test_nobody_is_told_that_the_index_waits_for_what_they_may_not_read(self, worlds: list[World]) -> None:
        with worlds[1].index_held():
            worlds[1].save(f"hr/{CANARY}/new", f"amber {CANARY}", by=INSIDER, days=0)
            assert_alike(worlds, [(text, found(WARDEN, text)) for text in (CANARY, "amber")])
            assert "newest changes" in (worlds[1].wiki.search(INSIDER, CANARY).note or "")

    def test_the_database_answers_the_same_while_there_is_no_index(self, worlds: list[World]) -> None:
        with worlds[0].index_held(removed=True), worlds[1].index_held(removed=True):
            assert_alike(worlds, [(text, found(WARDEN, text)) for text in QUESTIONS[::4]])
            assert "titles" in (worlds[1].wiki.search(WARDEN, CANARY).note or "")


@pytest.mark.parametrize("worlds", ON_BOTH_DATABASES, indirect=True, scope="module")
class TestWhatNoEngineKnows:
    """Suggestions, earlier revisions, and the list of what was not found come from the database."""

    def test_suggestions_are_the_same(self, worlds: list[World]) -> None:
        assert_alike(worlds, [(text, suggested(WARDEN, text)) for text in TYPED + QUESTIONS[::3]])
        for actor in OUTSIDERS.values():
            assert_alike(worlds, [(text, suggested(actor, text)) for text in TYPED[::4]])

    @pytest.mark.parametrize("form", ["json", "opensearch"])
    def test_suggestions_for_scripts_and_browsers_are_the_same(self, worlds: list[World], form: str) -> None:
        def sent(text: str) -> Ask:
            return lambda world: world.gets(WARDEN, address("suggest.json", text, format=form))

        assert_alike(worlds, [(text, sent(text)) for text in TYPED[::3]])

    def test_earlier_revisions_are_the_same_for_who_looks_after_another_space(self, worlds: list[World]) -> None:
        def earlier(text: str) -> Ask:
            return lambda world: world.gets(WARDEN, address("search/earlier", text))

        assert_alike(worlds, [(text, earlier(text)) for text in (CANARY, "amber", "kanar", "insider", "prow", "")])

    def test_what_insiders_find_is_in_no_list_of_other_moderators(self, worlds: list[World]) -> None:
        def listed(actor: Actor, world: World) -> list[str]:
            world.wiki.clock = lambda: NOW + timedelta(hours=1)  # when nobody opens a result any more
            views = ("", "failed", "abandoned", "closed")
            pages = [timeless(world.gets(actor, f"/wiki/-/searches?view={view}")) for view in views]
            world.wiki.clock = lambda: NOW
            return pages

        for world in worlds:
            for text in (CANARY, "nowhere", "amber"):
                world.gets(WARDEN, address("search", text, **{"from": "safety/ladders"}))
        assert_alike(worlds, [("searches", lambda world: listed(WARDEN, world))])
        secret = worlds[1]
        before = [listed(moderator, secret) for moderator in (WARDEN, ROOT_MODERATOR)]
        assert "nowhere" in before[0][0]

        for place in ("safety/ladders", "quay-a", ""):
            secret.gets(INSIDER, address("search", f'"{CANARY} sings"', **{"from": place}))
            page = secret.raw(INSIDER, address("search", CANARY, **{"from": place}))
            (token,) = set(re.findall(r'name="view" value="([^"]+)"', page))
            assert secret.wiki.search_log.clicked(token, 1) is not None

        assert [listed(moderator, secret) for moderator in (WARDEN, ROOT_MODERATOR)] == before
        assert f"{CANARY} sings" in listed(INSIDER, secret)[0]


@pytest.mark.parametrize("worlds", ENGINES, indirect=True, scope="module")
@pytest.mark.parametrize("how", WITHDRAWN)
def test_what_was_open_a_moment_ago_is_as_if_it_had_said_something_else(worlds: list[World], how: str) -> None:
    word = GOING[how][0]
    for world, has in zip(worlds, GOING[how], strict=True):
        about_to_go(world, how, has)
        assert world.wiki.search(WARDEN, has).total == 1
    with worlds[0].index_held(), worlds[1].index_held():
        for world in worlds:
            WITHDRAWN[how](world)
        typed = (word[:4], word, f"quay {word[:3]}", "shar", f"{word} h")
        with worlds[0].wiki.database.write(), worlds[1].wiki.database.write():
            assert_alike(worlds, [(text, suggested(WARDEN, text)) for text in typed])
        questions = questions_about(word)
        assert_alike(worlds, [(text, found(WARDEN, text)) for text in questions])
        assert_alike(worlds, [(text, found(WARDEN, text, "changed")) for text in questions[::8]])
        assert_alike(worlds, [(text, suggested(WARDEN, text)) for text in typed])
        screen = address("search", word)
        assert_alike(worlds, [(screen, lambda world: sorted_results(world.gets(WARDEN, screen)))])

    assert_alike(worlds, [(text, found(WARDEN, text)) for text in questions[::6]])
    for world in worlds:
        corrected = world.wiki.search(WARDEN, word).correction
        assert corrected is not None
        assert corrected.pairs == ((word, f"{word[:-1]}a"),)
