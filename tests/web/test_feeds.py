"""Feeds: valid Atom, for the owner's eyes, with a secret that can be revoked, by the groups the owner is in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kbwiki import Actor, Wiki
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.models import FeedSecret
from kbwiki.moderation.policy import Verdict
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, WRITER, answer, look, make_space, open_reviews, save

from .conftest import Visitor

A = "{http://www.w3.org/2005/Atom}"
PAGE = "/wiki/-/reviews/filters"
BOTH = Actor("bea", "Bea", frozenset({"moderators", "safety"}))


@pytest.fixture
def owner(visitor: Visitor, wiki: Wiki) -> Visitor:
    """A member of two groups, one of which looks after a closed space."""
    make_space(wiki, "safety", readers=("safety",), writers=("staff", "safety"), reviewers=("safety",))
    visitor.actor = BOTH
    return visitor


def made(owner: Visitor, **what: str) -> str:
    """Make an address on the screen, and read it there."""
    page = owner.post("/wiki/-/reviews/feeds", form=PAGE, **what)
    assert page.status_code == 200, page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"
    (address,) = re.findall(r'id="kb_f_address" type="text" value="([^"]+)"', page.get_data(as_text=True))
    return unescape(address).removeprefix("http://localhost")


def kept(owner: Visitor, name: str, **wanted: str) -> str:
    """Keep a list under a name; the id of the filter."""
    answered = owner.post(PAGE, form="/wiki/-/reviews", name=name, **wanted)
    assert answered.status_code == 303
    return answered.headers["Location"].rpartition("=")[2]


def fetch(app: Flask, address: str, **headers: str) -> TestResponse:
    """What a feed reader gets, which has no cookie and is nobody to the host."""
    before, app.config["visitor"] = app.config["visitor"], None
    try:
        return app.test_client().get(address, headers=headers)
    finally:
        app.config["visitor"] = before


def read(app: Flask, address: str) -> Element:
    response = fetch(app, address)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.mimetype == "application/atom+xml"
    return fromstring(response.get_data())


def titles(feed: Element) -> list[str]:
    return [entry.findtext(f"{A}title", "") for entry in feed.iter(f"{A}entry")]


def test_a_feed_is_atom_with_everything_that_has_to_be_there(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    save(wiki, "one", "x\n", title="One <b>&amp; only</b>", comment="why \ufffe & <what>")
    save(wiki, "two", "x\n", title="Two")

    feed = read(app, made(owner, group="moderators"))

    assert feed.tag == f"{A}feed"
    for parent in (feed, *feed.iter(f"{A}entry")):
        for tag in ("id", "title", "updated"):
            assert len(parent.findall(f"{A}{tag}")) == 1, tag
            assert parent.findtext(f"{A}{tag}"), tag
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", parent.findtext(f"{A}updated", ""))
        assert re.fullmatch(r"tag:localhost,2026:kbwiki/main/(feed|review)/\d+", parent.findtext(f"{A}id", ""))
        assert parent.find(f"{A}author/{A}name") is not None
        (alternate,) = parent.findall(f"{A}link[@rel='alternate']")
        assert alternate.get("href", "").startswith("http://localhost/wiki/-/reviews")
    assert len(feed.findall(f"{A}link[@rel='self']")) == 1
    assert titles(feed) == ["Two", "One <b>&amp; only</b>"]
    assert "“why \N{REPLACEMENT CHARACTER} & <what>”" in feed.findall(f"{A}entry/{A}summary")[1].text  # type: ignore[operator]
    ids = [entry.findtext(f"{A}id") for entry in feed.iter(f"{A}entry")]
    assert len(set(ids)) == len(ids)


def test_a_feed_of_a_filter_lists_what_the_filter_lists(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    save(wiki, "page", "x\n", title="Page")
    save(wiki, "safety/page", "x\n", title="Closed")
    save(wiki, "mine", "x\n", title="My own", by=replace(BOTH, groups=BOTH.groups | {"staff"}))
    everything = made(owner, filter=kept(owner, "everything"))
    closed = made(owner, filter=kept(owner, "closed", space="safety"))

    assert titles(read(app, everything)) == ["Closed", "Page"]
    assert titles(read(app, closed)) == ["Closed"]
    assert read(app, closed).findtext(f"{A}title") == "Wiki: closed"


def test_a_reader_asks_again_for_nothing_until_there_is_something_new(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    save(wiki, "page", "x\n")
    address = made(owner, group="moderators")
    first = fetch(app, address)

    again = fetch(app, address, If_None_Match=first.headers["ETag"])
    save(wiki, "page", "y\n", base=1)
    changed = fetch(app, address, If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.get_data()) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]
    assert "private" in first.headers["Cache-Control"]
    assert "Set-Cookie" not in first.headers


def test_a_revoked_address_says_so_and_only_to_whoever_had_it(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    address = made(owner, group="moderators")
    other = made(owner, group="moderators")
    (end, _) = re.findall(r'action="(/wiki/-/reviews/feeds/\d+/revoke)"', owner.text(PAGE))

    assert owner.post(end, form=PAGE).status_code == 303

    gone = fetch(app, address)
    assert (gone.status_code, "revoked" in gone.get_data(as_text=True)) == (410, True)
    assert fetch(app, other).status_code == 200
    guess = fetch(app, address[:-1] + ("A" if address[-1] != "A" else "B"))
    unknown = fetch(app, re.sub(r"/feeds/\d+/", "/feeds/999/", address))
    assert (guess.status_code, unknown.status_code) == (404, 404)
    assert owner.post(end, form=PAGE).status_code == 404


def test_only_the_digest_of_the_secret_is_kept(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    secret = made(owner, group="moderators").rpartition("/")[2]

    assert secret not in owner.text(PAGE)
    with wiki.read() as connection:
        assert secret not in repr(connection.execute(select(FeedSecret)).all())


def test_losing_a_group_narrows_the_feed_with_the_next_visit_and_getting_it_back_widens_it(
    app: Flask, wiki: Wiki, owner: Visitor
) -> None:
    save(wiki, "page", "x\n", title="Page")
    save(wiki, "safety/page", "x\n", title="Closed")
    of_group = made(owner, group="safety")
    address = made(owner, filter=kept(owner, "everything"))
    assert titles(read(app, address)) == ["Closed", "Page"]

    owner.actor = replace(BOTH, groups=frozenset({"moderators"}))
    owner.text("/wiki/page")

    assert titles(read(app, address)) == ["Page"]
    assert titles(read(app, of_group)) == []
    assert "in none of the groups" in read(app, of_group).findtext(f"{A}subtitle", "")
    owner.actor = BOTH
    owner.text("/wiki/page")
    assert titles(read(app, address)) == ["Closed", "Page"]


def test_access_taken_from_the_space_counts_at_once(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    save(wiki, "safety/page", "x\n", title="Closed")
    address = made(owner, group="safety")
    assert titles(read(app, address)) == ["Closed"]

    make_space(wiki, "safety", readers=("people",), writers=("people",), reviewers=("people",))

    assert titles(read(app, address)) == []


def test_a_feed_stops_when_its_owner_stays_away_and_goes_on_when_they_come_back(
    app: Flask, wiki: Wiki, owner: Visitor
) -> None:
    address = made(owner, group="moderators")
    now = wiki.clock()

    wiki.clock = lambda: now + timedelta(days=31)
    stopped = fetch(app, address)
    owner.text("/wiki/-/reviews")

    assert (stopped.status_code, "has not been" in stopped.get_data(as_text=True)) == (403, True)
    assert fetch(app, address).status_code == 200


def test_the_feed_of_a_removed_filter_stops_until_the_filter_is_back(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    filter_id = kept(owner, "everything")
    address = made(owner, filter=filter_id)

    removed = owner.post(f"{PAGE}/{filter_id}", form=PAGE, do="remove")
    gone = fetch(app, address).status_code
    assert "Bring it back" in owner.text(removed.headers["Location"])
    owner.post(f"{PAGE}/{filter_id}", form=PAGE, do="back")

    assert gone == 410
    assert fetch(app, address).status_code == 200


def test_nobody_makes_a_feed_of_what_is_not_theirs(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    theirs = kept(owner, "everything")
    owner.actor = SECOND_MODERATOR

    assert owner.post("/wiki/-/reviews/feeds", form=PAGE, filter=theirs).status_code == 404
    assert owner.post("/wiki/-/reviews/feeds", form=PAGE, group="safety").status_code == 403
    assert owner.post("/wiki/-/reviews/feeds", form=PAGE).status_code == 403
    owner.actor = WRITER
    assert owner.get(PAGE).status_code == 403


def test_what_is_hidden_is_in_no_feed(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    make_space(wiki, "both", reviewers=("moderators", "safety"))
    save(wiki, "both/page", "Clean.\n", title="Page")
    save(wiki, "both/page", "Textcanary.\n", title="Titlecanary", comment="commentcanary", base=1)
    address = made(owner, group="safety")
    assert "commentcanary" in fetch(app, address).get_data(as_text=True)
    (line,) = [line for line in open_reviews(wiki) if line.path == "both/page"]
    shown = look(wiki, line.id, by=MODERATOR).shown
    parts = {"parts": ("words", "comment", "author")}

    with wiki.begin(MODERATOR) as tx:
        decide(tx, Answer(line.id, shown.base, shown.head, shown.digest, Verdict.HIDE, reason="private", details=parts))

    feed = fetch(app, address).get_data(as_text=True)
    assert "both/page" in feed
    for word in ("Textcanary", "Titlecanary", "commentcanary", WRITER.name):
        assert word not in feed


def test_a_decision_takes_the_review_out_of_the_feed(app: Flask, wiki: Wiki, owner: Visitor) -> None:
    save(wiki, "page", "x\n", title="Page")
    address = made(owner, group="moderators")
    assert titles(read(app, address)) == ["Page"]

    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")

    assert titles(read(app, address)) == []
