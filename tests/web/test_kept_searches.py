"""Kept searches: found again by name, and read as a feed by their owner's rights, with a secret that can be revoked."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.testing import READER, WRITER, make_space, save

from .conftest import Visitor
from .test_feeds import A, fetch, read, titles

PAGE = "/wiki/-/kept-searches"
INSIDER = Actor("ines", "Ines", frozenset({"staff", "insiders"}))


@pytest.fixture
def owner(visitor: Visitor, wiki: Wiki) -> Visitor:
    """Somebody who may read a closed space, and keeps a search."""
    make_space(wiki, "hr", readers=("insiders",), writers=("insiders",), reviewers=("insiders",))
    save(wiki, "ladders", "Each rung.\n", title="Ladders <1>", tags=("height",))
    save(wiki, "hr/rungs", "A secret rung.\n", title="Canary", by=INSIDER)
    save(wiki, "other", "Something else.\n", title="Other")
    visitor.actor = INSIDER
    kept = visitor.post(PAGE, form="/wiki/-/search?q=rung", query="rung", name="My rungs")
    assert "The search is kept." in visitor.text(kept.headers["Location"])
    return visitor


def address_of_feed(owner: Visitor) -> str:
    """Make an address on the screen, and read it there."""
    (change,) = set(re.findall(r'action="(/wiki/-/kept-searches/\d+)"', owner.text(PAGE)))
    page = owner.post(change, form=PAGE, do="feed")
    assert page.headers["Cache-Control"] == "no-store"
    (address,) = re.findall(r'id="kb_f_address" type="text" value="([^"]+)"', page.get_data(as_text=True))
    return unescape(address).removeprefix("http://localhost")


def test_a_kept_search_is_found_again_renamed_removed_and_brought_back(owner: Visitor) -> None:
    page = owner.text(PAGE)
    (change,) = set(re.findall(r'action="(/wiki/-/kept-searches/\d+)"', page))
    assert '<a href="/wiki/-/search?q=rung" dir="auto">My rungs</a>' in page

    owner.post(change, form=PAGE, do="rename", name="Rungs")
    assert ">Rungs</a>" in owner.text(PAGE)
    gone = owner.post(change, form=PAGE, do="remove")
    assert "is removed" in owner.text(gone.headers["Location"])
    owner.post(change, form=gone.headers["Location"], do="back")
    assert ">Rungs</a>" in owner.text(PAGE)


def test_its_feed_lists_the_last_changed_first_as_its_owner_may_read_them_now(
    app: Flask, wiki: Wiki, owner: Visitor
) -> None:
    address = address_of_feed(owner)
    feed = read(app, address)
    assert titles(feed) == ["Canary", "Ladders <1>"]
    entry = feed.findall(f"{A}entry")[1]
    assert (entry.findtext(f"{A}author/{A}name"), "rung" in entry.findtext(f"{A}summary", "")) == (WRITER.name, True)

    save(wiki, "new", "Another rung.\n", title="New")
    assert titles(read(app, address)) == ["New", "Canary", "Ladders <1>"]
    make_space(wiki, "hr", readers=("others",), writers=("others",), reviewers=("others",))
    assert titles(read(app, address)) == ["New", "Ladders <1>"]


def test_it_goes_by_the_groups_the_owner_had_when_last_here(app: Flask, owner: Visitor) -> None:
    address = address_of_feed(owner)

    owner.actor = Actor(INSIDER.id, INSIDER.name, frozenset({"staff"}))
    owner.text("/wiki/other")

    assert titles(read(app, address)) == ["Ladders <1>"]


def test_a_revoked_address_says_so_and_that_of_a_removed_search_too(app: Flask, owner: Visitor) -> None:
    first, second = address_of_feed(owner), address_of_feed(owner)
    (end, _) = re.findall(r'action="(/wiki/-/kept-searches/feeds/\d+/revoke)"', owner.text(PAGE))
    owner.post(end, form=PAGE)
    assert [fetch(app, address).status_code for address in (first, second)] == [410, 200]
    assert fetch(app, second[:-1] + ("A" if second[-1] != "A" else "B")).status_code == 404

    (change,) = set(re.findall(r'action="(/wiki/-/kept-searches/\d+)"', owner.text(PAGE)))
    owner.post(change, form=PAGE, do="remove")
    assert fetch(app, second).status_code == 410


def test_searches_are_ones_own_and_stand_apart_from_filters_of_the_queue(owner: Visitor) -> None:
    (change,) = set(re.findall(r'action="(/wiki/-/kept-searches/\d+)"', owner.text(PAGE)))
    assert "My rungs" not in owner.text("/wiki/-/reviews/filters")
    taken = owner.post("/wiki/-/reviews/filters", form="/wiki/-/reviews", name="My rungs", view="overdue")
    assert taken.status_code == 409

    owner.actor = READER
    assert "My rungs" not in owner.text(PAGE)
    assert owner.post(change, form="/wiki/-/search?q=rung", do="remove").status_code == 404
    owner.actor = ANONYMOUS
    assert owner.get(PAGE).status_code == 403
    assert "Keep this search" not in owner.text("/wiki/-/search?q=rung")
