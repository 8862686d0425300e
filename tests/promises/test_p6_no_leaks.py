"""P6: a word in a closed space shows up for no outsider, on no screen and in no list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.actors import SYSTEM
from kbwiki.clock import utc_now
from kbwiki.help.policy import Binding
from kbwiki.help_subject import bind_help
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.pages.actions import move_page
from kbwiki.testing import WRITER, make_space, open_reviews, save

CANARY = "kanarienvogel"
INSIDER = Actor("insider", "Ingo Insider", frozenset({"people", "staff"}))
OUTSIDERS = {
    "somebody": WRITER,
    "not signed in": ANONYMOUS,
    "moderator elsewhere": Actor("mona", "Mona", frozenset({"moderators", "staff"})),
}


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=database_url, KBWIKI_SEARCH_CATCH_UP_SECONDS=30.0)
    app.config["who"] = ANONYMOUS
    KBWiki(app, actor=lambda: app.config["who"])
    wiki: Wiki = app.extensions["kbwiki"]["main"].wiki
    make_space(wiki, "hr", title=CANARY, readers=("people",), writers=("people",), reviewers=("people",))
    save(wiki, f"hr/{CANARY}", f"{CANARY} text", by=INSIDER, title=CANARY, tags=[CANARY], comment=CANARY)
    save(wiki, f"hr/{CANARY}/below", f"[[/open]] {CANARY}", by=INSIDER, comment=CANARY)
    save(wiki, f"{CANARY}-was-here", "moved into the closed space", by=INSIDER)
    with wiki.begin(INSIDER) as tx:
        move_page(tx, f"{CANARY}-was-here", "hr/moved")
    save(wiki, "open", "nothing special", by=INSIDER)
    _let_one_lapse(wiki)
    with wiki.begin(INSIDER) as tx:
        bind_help(tx, f"hr/{CANARY}", [Binding("orders.edit")])
    yield app
    wiki.close()


def _let_one_lapse(wiki: Wiki) -> None:
    """What lapsed and what was escalated in the closed space is listed for insiders only."""
    policy = {"lapse_after": {"hours": 2}, "lapse_policy": "quiet"}
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, "Quiet", {}, {**policy, "escalate_after": {"hours": 1}, "escalate_to": "admins"})
    save(wiki, f"hr/{CANARY}-lapsed", f"{CANARY} text", by=INSIDER, title=CANARY)
    clock, wiki.clock = wiki.clock, lambda: utc_now() + timedelta(days=30)
    done = wiki.age_reviews()
    wiki.clock = clock
    assert (done.escalated, done.lapsed) == (1, 1)


ADDRESSES = [
    "/wiki/", "/wiki/open", "/wiki/-/history/open", "/wiki/-/diff/open", "/wiki/-/backlinks/open", "/wiki/-/recent",
    "/wiki/-/tree", "/wiki/-/tree?path=hr", "/wiki/-/wanted", "/wiki/-/tags", "/wiki/-/spaces", "/wiki/-/reviews",
    "/wiki/-/reviews?view=own&space=hr", "/wiki/-/reviews/filters", "/wiki/-/messages", "/wiki/-/reasons?path=hr",
    "/wiki/-/mine", "/wiki/-/move/open", "/wiki/-/delete/open", "/wiki/-/new?path=fresh", "/wiki/-/search?q=special",
    "/wiki/-/lapsed", "/wiki/-/lapsed?group=people", "/wiki/-/lapsed?space=hr", "/wiki/-/escalated",
    "/wiki/-/reviews/1", "/wiki/-/reviews/2", "/wiki/-/reviews/3", "/wiki/hr/moved", "/wiki/-/history/hr/moved",
    "/wiki/-/help?endpoint=orders.edit", "/wiki/-/help?endpoint=orders.edit&part=panel", "/wiki/-/help?q=special",
    "/wiki/-/help?page=hr/moved", "/wiki/-/help/settings/hr/moved", "/wiki/-/help/coverage",
]  # fmt: skip


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_screen_betrays_the_word(app: Flask, who: str) -> None:
    app.config["who"] = OUTSIDERS[who]
    client = app.test_client()

    betrayed = [
        address
        for address in ADDRESSES
        if CANARY in client.get(address, follow_redirects=True).get_data(as_text=True)
    ]

    assert betrayed == []


@pytest.mark.parametrize("who", OUTSIDERS)
def test_asking_for_it_is_answered_as_if_it_were_not_there(app: Flask, who: str) -> None:
    app.config["who"] = OUTSIDERS[who]
    client = app.test_client()
    wiki: Wiki = app.extensions["kbwiki"]["main"].wiki

    for kind in ("", "-/history/", "-/diff/", "-/backlinks/", "-/revision/1/"):
        there = client.get(f"/wiki/{kind}hr/{quote(CANARY)}")
        not_there = client.get(f"/wiki/{kind}hr/{'x' * len(CANARY)}")
        assert there.status_code == not_there.status_code == 404
        assert there.get_data(as_text=True).replace(CANARY, "x" * len(CANARY)) == not_there.get_data(as_text=True)
    found = wiki.search.find(OUTSIDERS[who], CANARY)
    assert (found.results, found.total) == ((), 0)


def test_those_who_belong_there_do_see_it(app: Flask) -> None:
    app.config["who"] = INSIDER
    client = app.test_client()
    wiki: Wiki = app.extensions["kbwiki"]["main"].wiki

    lists = ("/wiki/-/recent", "/wiki/-/tags", "/wiki/-/backlinks/open", "/wiki/-/spaces", "/wiki/-/lapsed")
    for address in (f"/wiki/hr/{CANARY}", *lists, "/wiki/-/escalated", "/wiki/-/help?endpoint=orders.edit"):
        assert CANARY in client.get(address).get_data(as_text=True), address
    assert wiki.search.find(INSIDER, CANARY).total == 3
    assert open_reviews(wiki, "people")
