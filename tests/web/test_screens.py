"""Every screen: answers, changes nothing when read, obeys a strict content security policy, asks few questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from kbwiki import ANONYMOUS, Wiki
from kbwiki.drafts.actions import Written, keep_draft
from kbwiki.files import NewFile, upload_file
from kbwiki.help.answers import note_helped
from kbwiki.help.policy import Binding, Where
from kbwiki.help.screens import Screen as HostScreen
from kbwiki.help.wanted import ask_for_help
from kbwiki.help_subject import bind_help
from kbwiki.journal.models import Entry
from kbwiki.moderation.batches.plan import plan_batch
from kbwiki.moderation.batches.selection import Selection
from kbwiki.moderation.models import BatchItem
from kbwiki.pages.models import Page, Revision
from kbwiki.plugin_subject import switch_plugin
from kbwiki.search.log.recording import Asked, Screen
from kbwiki.search.synonyms.actions import set_synonyms
from kbwiki.several.acts import start
from kbwiki.several.models import PageBatchItem
from kbwiki.several.policy import Act, Order
from kbwiki.several.queries import choosable
from kbwiki.testing import ADMIN, MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, save
from kbwiki.web.routes import SCREENS
from tests.hooks.weather import Weather

from .conftest import Visitor, come, host

READ = {
    "home": "/wiki/",
    "page": "/wiki/a/b/c",
    "new": "/wiki/-/new?path=fresh",
    "edit": "/wiki/-/edit/a/b/c",
    "history": "/wiki/-/history/a/b/c",
    "revision": "/wiki/-/revision/1/a/b/c",
    "diff": "/wiki/-/diff/a/b/c",
    "edition": "/wiki/-/edition?back=a/b/c",
    "blame": "/wiki/-/blame/a/b/c",
    "slider": "/wiki/-/slider/a/b/c",
    "several": "/wiki/-/several?path=a",
    "several_done": "/wiki/-/several/example",
    "undo": "/wiki/-/undo/2/a/b/c",
    "move": "/wiki/-/move/a/b/c",
    "delete": "/wiki/-/delete/a/b/c",
    "backlinks": "/wiki/-/backlinks/a/b/c",
    "helpful": "/wiki/-/helpful/a/b/c?helped=no",
    "document": "/wiki/-/document/a/b/c",
    "for_you": "/wiki/-/for-you",
    "recent": "/wiki/-/recent?kind=edit&days=7&space=a&author=writer",
    "tree": "/wiki/-/tree?path=a",
    "wanted": "/wiki/-/wanted",
    "tags": "/wiki/-/tags",
    "search": "/wiki/-/search?q=words",
    "earlier": "/wiki/-/search/earlier?q=words",
    "queue": "/wiki/-/reviews",
    "filters": "/wiki/-/reviews/filters",
    "review": "/wiki/-/reviews/1",
    "review_pieces": "/wiki/-/reviews/1/pieces",
    "review_mend": "/wiki/-/reviews/1/mend",
    "review_rendered": "/wiki/-/reviews/1/rendered",
    "decisions": "/wiki/-/decisions",
    "lapsed": "/wiki/-/lapsed",
    "escalated": "/wiki/-/escalated",
    "numbers": "/wiki/-/numbers",
    "aside": "/wiki/-/reviews/aside",
    "answer": "/wiki/-/reviews/2/answer",
    "appeal": "/wiki/-/decisions/2/appeal",
    "report": "/wiki/-/report/a/b/c",
    "lock": "/wiki/-/lock?path=a/b/c",
    "restrict": "/wiki/-/restrict?path=a/b/c&author=writer",
    "batches": "/wiki/-/batches",
    "batch_new": "/wiki/-/batches/new?review=1&author=writer",
    "batch": "/wiki/-/batches/example",
    "mine": "/wiki/-/mine",
    "messages": "/wiki/-/messages",
    "kept_searches": "/wiki/-/kept-searches",
    "spaces": "/wiki/-/spaces",
    "space": "/wiki/-/space",
    "reasons": "/wiki/-/reasons?path=/",
    "rules": "/wiki/-/rules",
    "rule": "/wiki/-/rule",
    "synonyms": "/wiki/-/synonyms?set=1",
    "vocabulary": "/wiki/-/vocabulary",
    "searches": "/wiki/-/searches",
    "help": "/wiki/-/help?endpoint=rota",
    "help_settings": "/wiki/-/help/settings/a/b/c",
    "help_coverage": "/wiki/-/help/coverage",
    "plugins": "/wiki/-/plugins",
    "plugin_home": "/wiki/-/x/weather/",
    "plugin": "/wiki/-/x/weather/report/Kiel",
    "plugin_static": "/wiki/-/x/weather/static/kb-x-weather.css",
    "first_steps": "/wiki/-/first-steps",
    "files": "/wiki/-/files",
    "file_new": "/wiki/-/files/new?folder=a",
    "file": "/wiki/-/files/about/a/b/c/1",
    "file_raw": "/wiki/-/files/raw/a/b/c/1",
    "file_report": "/wiki/-/files/report/a/b/c/1",
    "static": "/wiki/-/static/kb.css",
    "drafts": "/wiki/-/drafts",
    "draft": "/wiki/-/drafts/1",
}
POST_ONLY = {"restore", "bring_back", "decide", "show_again", "take_back", "look", "lift", "unknown"}
POST_ONLY |= {"next_review", "lease", "put_aside", "bring_aside_back", "keep_note", "ask_opinion", "give_opinion"}
POST_ONLY |= {"change_filter", "new_feed", "end_feed", "feed"}  # a feed needs a secret: see test_feeds
POST_ONLY |= {"look_again", "record_export"}
POST_ONLY |= {"undo_synonyms", "undo_vocabulary", "close_search", "clicked"}
POST_ONLY |= {"batch_plan", "batch_run", "batch_take_back", "messages_read", "reroute"}
POST_ONLY |= {"change_search", "end_search_feed"}
POST_ONLY |= {"helped", "help_wrong", "help_wanted", "undo_help", "close_wanted", "practice"}
POST_ONLY |= {"file_replace", "file_describe", "file_move", "file_delete", "file_back", "file_restore"}
POST_ONLY |= {"switch_plugin", "undo_switch", "go_on_several", "undo_several"}
POST_ONLY |= {"draft_keep", "draft_compare", "draft_throw", "draft_back"}
POST_ONLY |= {"search_json", "suggest_json", "opensearch"}  # for scripts: see test_search_json
POST_ONLY |= {"complete_json"}  # see test_editing_completion
NEEDS = {
    "queue": MODERATOR,
    "filters": MODERATOR,
    "review": MODERATOR,
    "review_pieces": MODERATOR,
    "review_mend": MODERATOR,
    "review_rendered": MODERATOR,
    "decisions": MODERATOR,
    "lapsed": MODERATOR,
    "escalated": MODERATOR,
    "numbers": MODERATOR,
    "aside": MODERATOR,
    "lock": MODERATOR,
    "restrict": MODERATOR,
    "batches": MODERATOR,
    "batch_new": MODERATOR,
    "batch": MODERATOR,
    "space": ADMIN,
    "reasons": MODERATOR,
    "rules": ADMIN,
    "vocabulary": ADMIN,
    "plugins": ADMIN,
    "rule": ADMIN,
    "synonyms": MODERATOR,
    "help_coverage": ADMIN,
    "searches": MODERATOR,
    "earlier": MODERATOR,
}


@pytest.fixture
def filled(wiki: Wiki) -> Wiki:
    """A few pages with everything a screen may have to show."""
    return fill(wiki)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Somebody in a filled wiki that all tests of this module which only read have in common."""
    folder = tmp_path_factory.mktemp("host")
    template = request.getfixturevalue(f"_{request.param}_template")
    with ExitStack() as stack:
        in_a_file = request.param == "sqlite"
        url = template.copy_to(folder / "wiki.db") if in_a_file else stack.enter_context(template.lend())
        app = host(url, folder / "instance", Weather)
        wiki = fill(app.extensions["kbwiki"]["main"].wiki)
        stack.callback(wiki.close)
        yield come(app)


ANY_DATABASE = pytest.mark.parametrize("reader", ["sqlite"], indirect=True)
"""What is read is the same, whichever database it comes from; that it is read from both is one test's matter."""


@pytest.fixture
def read_only(reader: Visitor) -> Wiki:
    """The wiki that the reader reads."""
    reader.actor = WRITER
    found: Wiki = reader.client.application.extensions["kbwiki"]["main"].wiki
    return found


def fill(wiki: Wiki) -> Wiki:
    """Write what every screen has something to show of."""
    save(wiki, "home", "Welcome to [[a/b/c]] and [[nowhere]].\n", tags=["start"])
    with wiki.begin(WRITER) as tx:
        keep_draft(tx, Written("Begun.\n", "a/b/c", "<i>Title</i>", tab="window"), max_bytes=1000)
    save(wiki, "asked", "Some claim.\n", comment="<b>first</b>", title="<i>Title</i>")
    answer(wiki, look(wiki, 2), "concern", reason="unclear", note="<b>first</b>")
    save(wiki, "a/b/c", "Some words.\n", comment="<b>first</b>", title="<i>Title</i>")
    save(wiki, "a/b/c", "Some other words.\n\n## One\n\n## Two\n\n## Three\n", base=1)
    save(wiki, "out", "Not so.\n", comment="<b>first</b>", title="<i>Title</i>")
    (out,) = [line for line in open_reviews(wiki) if line.path == "out"]
    answer(wiki, look(wiki, out.id), "revert", reason="wrong")
    with wiki.begin(MODERATOR) as tx:
        set_synonyms(tx, ("<i>Title</i>", "<b>first</b>"), comment="<b>first</b>")
    with wiki.begin(WRITER) as tx:
        bind_help(tx, "a/b/c", [Binding("rota"), Binding("gone")], comment="<b>first</b>")
    with wiki.begin(ANONYMOUS) as tx:
        ask_for_help(tx, Where.of("rota", {}, "404"), [HostScreen("rota", ("/rota",), frozenset(), True)])
    wiki.plugins.tables.upgrade()
    with wiki.begin(ADMIN) as tx:
        switch_plugin(tx, "weather", "feeds", on=False, comment="<b>first</b>")
    with wiki.begin(READER) as tx:
        note_helped(tx, "a/b/c", "rota", True)
    content = wiki.files.keep(BytesIO(b"words"))
    with wiki.begin(WRITER) as tx:
        upload_file(tx, NewFile("a/b/c/1", content, alt="<i>Title</i>", comment="<b>first</b>"))
    wiki.search_log.record(Asked("<i>Title</i> <b>first</b>", 0, Screen.PAGE))
    begin_several(wiki)
    plan = plan_batch(wiki, MODERATOR, Selection(), "approve")
    with wiki.database.write() as connection:  # a batch whose address can be written down above
        columns = "wiki_id, actor_id, kind, verdict, reason, note, selection, details, at"
        connection.exec_driver_sql(
            f"INSERT INTO kbwiki_batch (id, {columns}) SELECT 'example', {columns} FROM kbwiki_batch"
        )
        connection.execute(update(BatchItem).where(BatchItem.batch_id == plan.batch_id).values(batch_id="example"))
    return wiki


def begin_several(wiki: Wiki) -> None:
    """Something that the writer wanted done with several pages, at an address that can be written down above."""
    with wiki.begin(WRITER) as tx:
        pages = [(one.id, one.path) for one in choosable(tx.connection, wiki.id, WRITER)]
        begun = start(tx, Order(Act.TAG, "start", "<b>first</b>"), pages)
    with wiki.database.write() as connection:
        columns = "wiki_id, actor_id, act, value, comment, at"
        connection.exec_driver_sql(
            f"INSERT INTO kbwiki_page_batch (id, {columns}) SELECT 'example', {columns} FROM kbwiki_page_batch"
        )
        connection.execute(update(PageBatchItem).where(PageBatchItem.batch_id == begun).values(batch_id="example"))


def test_every_route_is_tried_here() -> None:
    assert {screen.endpoint for screen in SCREENS} == READ.keys() | POST_ONLY


@pytest.mark.parametrize("name", READ)
def test_reading_answers_and_changes_nothing(reader: Visitor, read_only: Wiki, name: str) -> None:
    reader.actor = NEEDS.get(name, WRITER)
    before = _state(read_only)

    answered = reader.get(READ[name])

    assert answered.status_code == 200
    assert _state(read_only) == before


def _state(wiki: Wiki) -> tuple[Any, ...]:
    with wiki.read() as connection:
        return (
            connection.execute(select(func.count()).select_from(Entry)).scalar(),
            connection.execute(select(func.count()).select_from(Revision)).scalar(),
            connection.execute(select(func.sum(Page.number))).scalar(),
        )


@ANY_DATABASE
@pytest.mark.parametrize("screen", [one for one in SCREENS if "POST" not in one.methods], ids=lambda one: one.endpoint)
def test_screens_for_reading_take_no_post(reader: Visitor, read_only: Wiki, screen: Any) -> None:
    address = re.sub(r"<[^>]+>", "1", screen.rule)

    answer = reader.client.post(f"/wiki{address}", data={})

    assert answer.status_code in (400, 405)


class _Inline(HTMLParser):
    """Collects what a strict policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]
        self.found += [str(value) for name, value in attrs if name in ("src", "href") and _is_foreign(value)]


def _is_foreign(value: str | None) -> bool:
    return bool(value) and value.lstrip().lower().startswith(("http:", "https:", "//", "javascript:", "data:"))  # type: ignore[union-attr]


@ANY_DATABASE
@pytest.mark.parametrize("name", [one for one in READ if not one.endswith("static")])
def test_no_screen_has_anything_inline_or_from_elsewhere(reader: Visitor, read_only: Wiki, name: str) -> None:
    reader.actor = NEEDS.get(name, WRITER)
    seen = _Inline()

    seen.feed(reader.text(READ[name]))

    assert seen.found == []


@ANY_DATABASE
@pytest.mark.parametrize("name", [one for one in READ if not one.endswith("static")])
def test_what_people_wrote_is_escaped(reader: Visitor, read_only: Wiki, name: str) -> None:
    reader.actor = NEEDS.get(name, WRITER)

    shown = reader.text(READ[name])

    assert "<i>Title</i>" not in shown
    assert "<b>first</b>" not in shown


@pytest.mark.parametrize("depth", [1, 3, 8])
@pytest.mark.parametrize("actor", [READER, MODERATOR], ids=lambda one: one.id)
def test_a_page_takes_at_most_nine_queries_at_any_depth(visitor: Visitor, wiki: Wiki, depth: int, actor: Any) -> None:
    path = "/".join(f"level{one}" for one in range(depth))
    save(wiki, "a", "target")
    save(wiki, path, "Links to [[/a]], [[/missing]], [[./b]].\n")
    for number in range(5):
        save(wiki, f"{path}/child{number}", "words")
    visitor.actor = actor
    visitor.text(f"/wiki/{path}")
    asked: list[str] = []

    @event.listens_for(wiki.database.engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    visitor.text(f"/wiki/{path}")

    assert len(asked) <= 9, asked


@pytest.mark.parametrize(
    "address",
    [
        "/-/recent?before={}",
        "/-/mine?before={}",
        "/-/decisions?before={}",
        "/-/diff/a?a={0}&b={0}",
        "/-/reviews?saved={}",
        "/-/reviews/filters?removed={}",
        "/-/kept-searches?removed={}",
        "/-/history/a?from=-{}",
        "/-/reviews/{}",
        "/-/revision/{}/a",
        "/-/feeds/{}/abc",
    ],
)
def test_a_number_that_no_database_can_count_to_breaks_no_screen(visitor: Visitor, wiki: Wiki, address: str) -> None:
    save(wiki, "a", "words")
    visitor.actor = MODERATOR

    assert visitor.get("/wiki" + address.format("9" * 25)).status_code in (200, 404)


def test_answers_are_private_to_their_reader(visitor: Visitor, filled: Wiki) -> None:
    answer = visitor.get("/wiki/")

    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


def test_the_state_line_follows_the_reviews(visitor: Visitor, filled: Wiki) -> None:
    assert "New; not looked at yet" in visitor.text("/wiki/a/b/c")

    visitor.actor = MODERATOR
    review = next(one for one in open_reviews(filled) if one.path == "a/b/c")
    visitor.post(f"/wiki/-/reviews/{review.id}/decide", form=f"/wiki/-/reviews/{review.id}", verdict="approve")
    assert "Looked at by moderators" in visitor.text("/wiki/a/b/c")

    save(filled, "a/b/c", "Changed again.\n", base=2)
    shown = visitor.text("/wiki/a/b/c")
    assert "1 change not looked at yet" in shown
    assert "/wiki/-/revision/2/a/b/c" in shown


def test_a_decision_about_a_page_that_moved_on_is_refused_and_shows_what_is_new(visitor: Visitor, filled: Wiki) -> None:
    visitor.actor = MODERATOR
    review = next(one for one in open_reviews(filled) if one.path == "a/b/c")
    form = visitor.text(f"/wiki/-/reviews/{review.id}")
    seen = dict(re.findall(r'name="(base|head|digest|kb_csrf)" value="([^"]*)"', form))
    save(filled, "a/b/c", "Something unseen.\n", base=2)

    answer = visitor.client.post(f"/wiki/-/reviews/{review.id}/decide", data={**seen, "verdict": "approve"})

    assert answer.status_code == 409
    assert "/wiki/-/diff/a/b/c?a=2&amp;b=3" in answer.get_data(as_text=True)
    assert any(one.id == review.id for one in open_reviews(filled))


def test_reviews_are_not_for_everybody(visitor: Visitor, filled: Wiki) -> None:
    assert visitor.get("/wiki/-/reviews").status_code == 403
    assert visitor.get("/wiki/-/reviews/1").status_code == 404


def test_spaces_are_set_by_administrators_only(visitor: Visitor, filled: Wiki) -> None:
    make_space(filled, "hr", readers=("people",))
    assert visitor.get("/wiki/-/space").status_code == 403

    visitor.actor = ADMIN
    fields = {"path": "lab", "title": "Laboratory", "readers_inherited": "1", "writers_inherited": "1"}
    answer = visitor.post("/wiki/-/space", reviewers="chemists, safety", **fields)

    assert answer.status_code == 303
    assert "Laboratory" in visitor.text("/wiki/-/spaces")
