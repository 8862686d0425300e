"""Every address of the wiki, and how each kind of people is answered there; a new address needs a row of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kbwiki.web.routes import SCREENS
from tests.embedding.everybody import ACTORS, World, fill

ADDRESSES = {
    "home": "/",
    "page": "/a/page",
    "new": "/-/new?path=a/fresh",
    "edit": "/-/edit/a/page",
    "history": "/-/history/a/page",
    "revision": "/-/revision/1/a/page",
    "diff": "/-/diff/a/page",
    "undo": "/-/undo/2/a/page",
    "edition": "/-/edition?back=a/page",
    "blame": "/-/blame/a/page",
    "slider": "/-/slider/a/page",
    "several": "/-/several?path=a",
    "several_done": "/-/several/example",
    "go_on_several": "/-/several/example/go-on",
    "undo_several": "/-/several/example/undo",
    "restore": "/-/restore/1/a/page",
    "move": "/-/move/a/page",
    "delete": "/-/delete/a/page",
    "bring_back": "/-/bring-back/a/gone",
    "backlinks": "/-/backlinks/a/page",
    "helpful": "/-/helpful/a/page",
    "document": "/-/document/a/page",
    "for_you": "/-/for-you",
    "recent": "/-/recent",
    "tree": "/-/tree",
    "wanted": "/-/wanted",
    "tags": "/-/tags",
    "search": "/-/search?q=two",
    "earlier": "/-/search/earlier?q=two",
    "search_json": "/-/search.json?q=two",
    "suggest_json": "/-/suggest.json?q=tw",
    "complete_json": "/-/complete.json?kind=page&q=tw",
    "opensearch": "/-/opensearch.xml",
    "kept_searches": "/-/kept-searches",
    "change_search": "/-/kept-searches/2",
    "end_search_feed": "/-/kept-searches/feeds/2/revoke",
    "queue": "/-/reviews",
    "review": "/-/reviews/2",
    "next_review": "/-/reviews/next",
    "aside": "/-/reviews/aside",
    "filters": "/-/reviews/filters",
    "change_filter": "/-/reviews/filters/1",
    "new_feed": "/-/reviews/feeds",
    "end_feed": "/-/reviews/feeds/1/revoke",
    "feed": "{feed}",
    "lease": "/-/reviews/2/lease",
    "put_aside": "/-/reviews/2/aside",
    "bring_aside_back": "/-/reviews/2/back",
    "keep_note": "/-/reviews/2/note",
    "ask_opinion": "/-/reviews/2/second-look",
    "give_opinion": "/-/second-looks/1",
    "decide": "/-/reviews/2/decide",
    "review_rendered": "/-/reviews/2/rendered",
    "review_pieces": "/-/reviews/2/pieces",
    "review_mend": "/-/reviews/2/mend",
    "decisions": "/-/decisions",
    "record_export": "/-/decisions/export",
    "lapsed": "/-/lapsed",
    "look_again": "/-/lapsed/2/look",
    "escalated": "/-/escalated",
    "show_again": "/-/decisions/2/show-again",
    "take_back": "/-/decisions/2/take-back",
    "numbers": "/-/numbers",
    "look": "/-/look/1/a/out",
    "answer": "/-/reviews/4/answer",
    "appeal": "/-/decisions/2/appeal",
    "report": "/-/report/a/page",
    "lock": "/-/lock?path=a/page",
    "restrict": "/-/restrict?path=a/page&author=writer",
    "lift": "/-/restraints/1/lift",
    "mine": "/-/mine",
    "messages": "/-/messages",
    "messages_read": "/-/messages/read",
    "batches": "/-/batches",
    "batch_new": "/-/batches/new",
    "batch_plan": "/-/batches/plan",
    "batch": "/-/batches/example",
    "batch_run": "/-/batches/example/run",
    "batch_take_back": "/-/batches/example/take-back",
    "spaces": "/-/spaces",
    "space": "/-/space?path=a",
    "reasons": "/-/reasons?path=a",
    "rules": "/-/rules",
    "reroute": "/-/rules/reroute",
    "rule": "/-/rule",
    "synonyms": "/-/synonyms",
    "undo_synonyms": "/-/synonyms/1/undo/1",
    "searches": "/-/searches",
    "close_search": "/-/searches/close",
    "clicked": "/-/search/clicked",
    "vocabulary": "/-/vocabulary",
    "undo_vocabulary": "/-/vocabulary/undo/1",
    "help": "/-/help?endpoint=orders",
    "helped": "/-/help/helped",
    "help_wrong": "/-/help/wrong",
    "help_wanted": "/-/help/wanted",
    "help_settings": "/-/help/settings/a/page",
    "undo_help": "/-/help/undo/1/a/page",
    "help_coverage": "/-/help/coverage",
    "close_wanted": "/-/help/coverage/1/close",
    "plugins": "/-/plugins",
    "switch_plugin": "/-/plugins/switch",
    "undo_switch": "/-/plugins/undo/1",
    "plugin_home": "/-/x/open/",
    "plugin": "/-/x/open/door",
    "plugin_static": "/-/x/open/static/sun.svg",
    "first_steps": "/-/first-steps",
    "practice": "/-/first-steps/practice",
    "files": "/-/files?path=a",
    "file_new": "/-/files/new?folder=a",
    "file": "/-/files/about/a/form.txt",
    "file_raw": "/-/files/raw/a/form.txt",
    "file_replace": "/-/files/replace/a/form.txt",
    "file_describe": "/-/files/describe/a/form.txt",
    "file_move": "/-/files/move/a/form.txt",
    "file_delete": "/-/files/delete/a/form.txt",
    "file_back": "/-/files/bring-back/a/gone.txt",
    "file_restore": "/-/files/restore/1/a/form.txt",
    "file_report": "/-/files/report/a/form.txt",
    "drafts": "/-/drafts",
    "draft_keep": "/-/drafts/keep",
    "draft_compare": "/-/drafts/compare",
    "draft": "/-/drafts/1",
    "draft_throw": "/-/drafts/1/throw",
    "draft_back": "/-/drafts/1/back",
    "static": "/-/static/kb.css",
    "unknown": "/-/nothing",
}
"""Where each screen is asked for: about a page, a review, a decision in A's space, and what mod-a or writer made."""

FIELDS = {
    "new": {"path": "a/fresh", "title": "Fresh", "text": "Words.", "action": "save"},
    "change_search": {"do": "remove"},
    "change_filter": {"do": "remove"},
    "new_feed": {"group": "alpha"},
    "kept_searches": {"query": "shoes"},
    "filters": {"name": "Mine"},
    "ask_opinion": {"colleague": "mod-c", "own_verdict": "approve"},
    "give_opinion": {"verdict": "approve"},
    "close_search": {"folded": "nowhere"},
    "helped": {"endpoint": "orders", "path": "a/page", "helped": "yes"},
    "help_wrong": {"endpoint": "orders", "path": "a/page", "text": "It is wrong."},
    "help_wanted": {"endpoint": "orders"},
    "helpful": {"helped": "no", "text": "It is wrong."},
    "help_settings": {"endpoint": "orders"},
    "file_new": {"folder": "a"},
    "file_describe": {"alt": "A form"},
    "file_move": {"path": "a/other.txt"},
    "switch_plugin": {"plugin": "open", "do": "on"},
}
"""What a form carries where without it nothing would be asked but whether it is filled in."""

#       endpoint          method    anonymous reader writer mod-a mod-b admin agent other
TABLE = """
home              GET  404 200 200 200 200 200 200 404
page              GET  404 200 200 200 200 200 200 404
new               GET  403 403 200 200 403 200 200 403
new               POST 404 403 303 303 403 303 303 404
edit              GET  303 403 200 200 403 200 200 303
edit              POST 404 403 409 409 403 409 409 404
history           GET  404 200 200 200 200 200 200 404
revision          GET  404 200 200 200 200 200 200 404
diff              GET  404 200 200 200 200 200 200 404
edition           GET  200 200 200 200 200 200 200 200
edition           POST 303 303 303 303 303 303 303 303
blame             GET  404 200 200 200 200 200 200 404
slider            GET  404 200 200 200 200 200 200 404
several           GET  403 200 200 200 200 200 200 200
several           POST 403 422 422 422 422 422 422 422
several_done      GET  404 404 200 404 404 404 404 404
go_on_several     POST 404 404 303 404 404 404 404 404
undo_several      POST 404 404 303 404 404 404 404 404
undo              GET  404 200 200 200 200 200 200 404
undo              POST 404 403 303 303 403 303 303 404
restore           POST 404 403 303 303 403 303 303 404
move              GET  404 200 200 200 200 200 200 404
move              POST 404 403 422 422 403 422 422 404
delete            GET  404 200 200 200 200 200 200 404
delete            POST 404 403 303 303 403 303 303 404
bring_back        POST 404 403 303 303 403 303 303 404
backlinks         GET  404 200 200 200 200 200 200 404
helpful           GET  404 200 200 200 200 200 200 404
helpful           POST 404 303 303 303 303 303 303 404
document          GET  404 200 200 200 200 200 200 404
for_you           GET  403 200 200 200 200 200 200 200
recent            GET  200 200 200 200 200 200 200 200
tree              GET  200 200 200 200 200 200 200 200
wanted            GET  200 200 200 200 200 200 200 200
tags              GET  200 200 200 200 200 200 200 200
search            GET  200 200 200 200 200 200 200 200
earlier           GET  403 403 403 200 200 403 403 403
search_json       GET  200 200 200 200 200 200 200 200
suggest_json      GET  200 200 200 200 200 200 200 200
complete_json     GET  200 200 200 200 200 200 200 200
opensearch        GET  200 200 200 200 200 200 200 200
kept_searches     GET  403 200 200 200 200 200 200 200
kept_searches     POST 403 303 303 303 303 303 303 303
change_search     POST 404 404 303 404 404 404 404 404
end_search_feed   POST 404 404 303 404 404 404 404 404
queue             GET  403 403 403 200 200 403 403 403
review            GET  404 404 404 200 404 404 404 404
next_review       POST 303 303 303 303 303 303 303 303
aside             GET  403 403 403 200 200 403 403 403
filters           GET  403 403 403 200 200 403 403 403
filters           POST 403 303 303 303 303 303 303 303
change_filter     POST 404 404 404 303 404 404 404 404
new_feed          POST 403 403 403 200 403 403 403 403
end_feed          POST 404 404 404 303 404 404 404 404
feed              GET  200 200 200 200 200 200 200 200
lease             POST 404 404 404 303 404 404 404 404
put_aside         POST 404 404 404 303 404 404 404 404
bring_aside_back  POST 404 404 404 303 404 404 404 404
keep_note         POST 404 404 404 303 404 404 404 404
ask_opinion       POST 404 404 404 303 404 404 404 404
give_opinion      POST 404 404 404 303 404 404 404 404
decide            POST 404 404 404 422 404 404 404 404
review_rendered   GET  404 404 404 200 404 404 404 404
review_pieces     GET  404 404 404 200 404 404 404 404
review_mend       GET  404 404 404 200 404 404 404 404
decisions         GET  403 403 403 200 200 200 403 403
record_export     POST 403 403 403 200 200 200 403 403
lapsed            GET  403 403 403 200 200 403 403 403
look_again        POST 404 403 403 303 403 403 403 404
escalated         GET  403 403 403 200 200 403 403 403
show_again        POST 403 403 403 303 403 403 403 403
take_back         POST 403 403 403 303 403 403 403 403
numbers           GET  403 403 403 200 200 200 403 403
look              POST 404 403 403 200 403 403 403 404
answer            GET  403 404 200 404 404 404 404 404
answer            POST 403 403 422 403 403 403 403 404
appeal            GET  403 404 200 404 404 404 404 404
appeal            POST 403 404 422 404 404 404 404 404
report            GET  404 200 200 200 200 200 200 404
report            POST 404 422 422 422 422 422 422 404
lock              GET  403 403 403 200 403 403 403 403
lock              POST 403 403 403 422 403 403 403 403
restrict          GET  403 403 403 200 403 403 403 403
restrict          POST 403 403 403 422 403 403 403 403
lift              POST 403 403 403 303 403 403 403 403
mine              GET  403 200 200 200 200 200 200 200
messages          GET  403 200 200 200 200 200 200 200
messages_read     POST 303 303 303 303 303 303 303 303
batches           GET  200 200 200 200 200 200 200 200
batch_new         GET  403 403 403 200 200 403 403 403
batch_plan        POST 403 403 403 422 422 403 403 403
batch             GET  404 404 404 200 404 404 404 404
batch_run         POST 403 403 403 303 403 403 403 403
batch_take_back   POST 403 403 403 303 403 403 403 403
spaces            GET  200 200 200 200 200 200 200 200
space             GET  403 403 403 403 403 200 403 403
space             POST 403 403 403 403 403 422 403 403
reasons           GET  404 403 403 200 403 200 403 404
reasons           POST 404 403 403 303 403 303 403 404
rules             GET  403 403 403 403 403 200 403 403
reroute           POST 403 403 403 403 403 303 403 403
rule              GET  403 403 403 403 403 200 403 403
rule              POST 403 403 403 403 403 422 403 403
synonyms          GET  403 403 403 200 200 200 403 403
synonyms          POST 403 403 403 422 422 422 403 403
undo_synonyms     POST 403 403 403 303 303 303 403 403
searches          GET  403 403 403 200 200 200 403 403
close_search      POST 404 404 404 404 404 303 404 404
clicked           POST 204 204 204 204 204 204 204 204
vocabulary        GET  403 403 403 403 403 200 403 403
vocabulary        POST 403 403 403 403 403 200 403 403
undo_vocabulary   POST 403 403 403 403 403 409 403 403
help              GET  200 200 200 200 200 200 200 200
helped            POST 404 404 404 404 404 404 404 404
help_wrong        POST 404 404 404 404 404 404 404 404
help_wanted       POST 422 422 422 422 422 422 422 422
help_settings     GET  404 403 200 200 403 200 200 404
help_settings     POST 404 403 303 303 403 303 303 404
undo_help         POST 404 403 409 409 403 409 409 404
help_coverage     GET  403 403 403 403 403 200 403 403
close_wanted      POST 403 403 403 403 403 404 403 403
plugins           GET  403 403 403 403 403 200 403 403
switch_plugin     POST 403 403 403 403 403 303 403 403
undo_switch       POST 403 403 403 403 403 409 403 403
plugin_home       GET  404 200 200 200 200 200 200 404
plugin_home       POST 404 200 200 200 200 200 200 404
plugin            GET  404 403 403 200 403 200 403 404
plugin            POST 404 403 403 200 403 200 403 404
plugin_static     GET  200 200 200 200 200 200 200 200
first_steps       GET  200 200 200 200 200 200 200 200
practice          POST 403 403 303 403 403 303 303 404
files             GET  200 200 200 200 200 200 200 200
file_new          GET  403 403 200 200 403 200 200 403
file_new          POST 403 403 422 422 403 422 422 403
file              GET  404 200 200 200 200 200 200 404
file_raw          GET  404 200 200 200 200 200 200 404
file_replace      POST 404 422 422 422 422 422 422 404
file_describe     POST 404 403 303 303 403 303 303 404
file_move         POST 404 403 303 303 403 303 303 404
file_delete       POST 404 403 303 303 403 303 303 404
file_back         POST 404 403 303 303 403 303 303 404
file_restore      POST 404 403 303 303 403 303 303 404
file_report       GET  404 200 200 200 200 200 200 404
file_report       POST 404 422 422 422 422 422 422 404
drafts            GET  403 200 200 200 200 200 200 200
draft_keep        POST 403 200 200 200 200 200 200 200
draft_compare     POST 200 200 200 200 200 200 200 200
draft             GET  403 404 200 404 404 404 404 404
draft_throw       POST 404 404 303 404 404 404 404 404
draft_back        POST 404 404 404 404 404 404 404 404
static            GET  200 200 200 200 200 200 200 200
unknown           GET  404 404 404 404 404 404 404 404
"""
ROWS = {(row[0], row[1]): [int(cell) for cell in row[2:]] for row in map(str.split, TABLE.strip().splitlines())}


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The filled wiki."""
    template = request.getfixturevalue("_sqlite_template")
    folder: Path = tmp_path_factory.mktemp("everybody")
    database = template.path.parent / "everybody.db"  # in memory, where there is room
    world = World(template.copy_to(database), folder)
    with closing(world.wiki):
        yield fill(world)


def test_every_address_has_a_row_and_no_other() -> None:
    assert ROWS.keys() == {(screen.endpoint, method) for screen in SCREENS for method in screen.methods}
    assert all(len(row) == len(ACTORS) for row in ROWS.values())


def test_every_rule_of_the_app_is_in_the_table(world: World) -> None:
    rules = {rule.endpoint for rule in world.app.url_map.iter_rules() if rule.endpoint.startswith("kbwiki.")}

    assert rules == {f"kbwiki.{name}" for name in ADDRESSES}


@pytest.mark.parametrize(("endpoint", "method"), ROWS, ids=lambda one: one)
def test_everybody_is_answered_as_the_table_says(world: World, endpoint: str, method: str) -> None:
    answered = []
    for who in ACTORS:
        if method == "POST":
            world.as_kept()
        address = ADDRESSES[endpoint].format(**world.secrets)
        answered.append(world.ask(who, method, address, FIELDS.get(endpoint, {})))

    assert dict(zip(ACTORS, answered, strict=True)) == dict(zip(ACTORS, ROWS[endpoint, method], strict=True))


def test_who_sees_nothing_is_told_nothing(world: World) -> None:
    """What somebody may not read is answered as what is not there."""
    for who in ("anonymous", "other"):
        about_a_page = ("page", "history", "revision", "diff", "backlinks", "helpful", "document", "move", "delete")
        for name in (*about_a_page, "report"):
            there = ADDRESSES[name]
            nowhere = there.replace("a/page", "a/nowhere")
            assert world.ask(who, "GET", there, {}) == world.ask(who, "GET", nowhere, {}), (who, name)
        for name in ("file", "file_raw", "file_report"):
            there = ADDRESSES[name]
            nowhere = there.replace("form.txt", "none.txt")
            assert world.ask(who, "GET", there, {}) == world.ask(who, "GET", nowhere, {}), (who, name)
