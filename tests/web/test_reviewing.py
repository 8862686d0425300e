"""The review page: everything a decision needs is on it, one press decides, and the next comes by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from kbwiki import Actor, Wiki
from kbwiki.db import table_of
from kbwiki.moderation.acts import lock_pages
from kbwiki.moderation.messages.reasons import ReasonView, set_reasons
from kbwiki.moderation.models import Review
from kbwiki.pages.actions import delete_page
from kbwiki.testing import (
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    make_space,
    open_reviews,
    read,
    save,
)
from kbwiki.web.review_around import due_line
from kbwiki.web.review_links import addresses, host_of

from .conftest import Visitor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What these screens show does not differ between databases; the queries are tested on both in moderation."""
    return sqlite_url


@pytest.fixture
def moderator(visitor: Visitor) -> Visitor:
    """The visitor as a moderator."""
    visitor.actor = MODERATOR
    return visitor


def review_of(wiki: Wiki, path: str) -> int:
    return next(line.id for line in open_reviews(wiki) if line.path == path)


def address_of(wiki: Wiki, path: str) -> str:
    return f"/wiki/-/reviews/{review_of(wiki, path)}"


def decide(visitor: Visitor, address: str, **fields: str) -> str:
    """Answer the review at an address; where that leads."""
    sent = visitor.post(f"{address.partition('?')[0]}/decide", form=address, **fields)
    assert sent.status_code == 303, sent.get_data(as_text=True)
    return sent.headers["Location"]


def test_the_next_of_the_same_list_comes_by_itself_with_the_way_back(moderator: Visitor, wiki: Wiki) -> None:
    for path in ("tea", "coffee"):
        save(wiki, path, "Hot.\n")
    first, second = address_of(wiki, "tea"), address_of(wiki, "coffee")

    went = decide(moderator, f"{first}?order=risk&group=moderators", act="revert:wrong")

    assert went.startswith(f"{second}?order=risk&group=moderators&decided=")
    shown = moderator.text(went)
    assert "You reverted “tea”." in shown
    (undo,) = re.findall(r'action="([^"]+take-back[^"]*)"', shown)
    back = moderator.post(undo.replace("&amp;", "&"), form=went).headers["Location"]
    assert "order=risk" in back
    assert "tea" in moderator.text(back)
    assert read(wiki, "tea") == "Hot.\n"


def test_nothing_left_leads_to_the_list_which_offers_the_way_back_too(moderator: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Hot.\n")

    shown = moderator.text(decide(moderator, address_of(wiki, "tea"), act="approve"))

    assert "Nothing is left for you" in shown
    assert "You approved “tea”." in shown


def test_only_ones_own_last_act_is_named(moderator: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Hot.\n")
    save(wiki, "coffee", "Hot.\n")
    went = decide(moderator, address_of(wiki, "tea"), act="approve")

    moderator.actor = SECOND_MODERATOR

    assert "You approved" not in moderator.text(went)
    assert "You approved" not in moderator.text(f"{address_of(wiki, 'coffee')}?decided=999&id=3&path=x&name=y")


def test_an_answer_sent_twice_is_one_decision_and_leads_on(moderator: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Hot.\n")
    save(wiki, "coffee", "Hot.\n")
    page = moderator.text(address := address_of(wiki, "tea"))
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))

    twice = [moderator.client.post(f"{address}/decide", data={**hidden, "act": "approve"}) for _ in range(2)]

    assert [one.status_code for one in twice] == [303, 303]
    assert twice[0].headers["Location"] == twice[1].headers["Location"]


@pytest.mark.parametrize("act", ["", "nonsense", "revert:nonsense", "revert:", "revert:other"])
def test_what_is_no_answer_is_refused_kindly(moderator: Visitor, wiki: Wiki, act: str) -> None:
    save(wiki, "tea", "Hot.\n")
    address = address_of(wiki, "tea")

    refused = moderator.post(f"{address}/decide", form=address, act=act, note="")

    assert refused.status_code == 422
    assert 'class="kb-error"' in refused.get_data(as_text=True)


def test_the_reasons_are_the_spaces_own_numbered_and_only_where_they_fit(moderator: Visitor, wiki: Wiki) -> None:
    space = make_space(wiki, "hr")
    with wiki.begin(MODERATOR) as tx:
        reasons = [ReasonView("late", "", "It is too late"), ReasonView("names", "hide", "It names somebody")]
        set_reasons(tx, space, reasons)
    save(wiki, "hr/pay", "1 000\n")
    page = moderator.text(address_of(wiki, "hr/pay"))

    assert re.findall(r'value="((?:revert|hide):[^"]+)"[^>]*data-kb-digit="(\d)"', page) == [
        ("revert:late", "1"),
        ("hide:late", "1"),
        ("hide:names", "2"),
    ]
    decide(moderator, address_of(wiki, "hr/pay"), act="hide:names")


def test_locking_reporting_and_many_at_once_offer_the_spaces_reasons_too(moderator: Visitor, wiki: Wiki) -> None:
    space = make_space(wiki, "hr")
    with wiki.begin(MODERATOR) as tx:
        set_reasons(tx, space, [ReasonView("late", "", "It is too late"), ReasonView("calm", "lock", "To calm down")])
    save(wiki, "hr/pay", "1 000\n")

    assert "To calm down" in moderator.text("/wiki/-/lock?path=hr/pay")
    assert "It is too late" in moderator.text("/wiki/-/batches/new?space=hr")
    moderator.actor = READER
    form = moderator.text("/wiki/-/report/hr/pay")
    assert "It is too late" in form
    assert "To calm down" not in form
    assert moderator.post("/wiki/-/report/hr/pay", reason="calm", text="x").status_code == 422
    assert moderator.post("/wiki/-/report/hr/pay", reason="late", text="").status_code == 303
    moderator.actor = MODERATOR
    assert "reported</span>" not in (shown := moderator.text(address_of(wiki, "hr/pay")))
    assert "It is too late" in shown.partition("What was said")[2].partition("</section>")[0]


def test_links_out_and_to_missing_pages_are_listed_as_text(moderator: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "See [[milk]] and https://old.example/x.\n")
    answer(wiki, look(wiki, review_of(wiki, "tea"), by=SECOND_MODERATOR), "approve", by=SECOND_MODERATOR)
    more = "See [[milk]], [[sugar]] and https://old.example/x, [here](https&#58;//new.example/y?a=1).\n"
    save(wiki, "tea", more, base=1)

    page = moderator.text(address_of(wiki, "tea"))
    leads = page.partition("Where it leads")[2].partition("</section>")[0]

    assert re.findall(r"<strong[^>]*>([^<]+)</strong> <code[^>]*>([^<]+)</code>", leads) == [
        ("new.example", "https://new.example/y?a=1")
    ]
    assert "sugar" in leads
    assert "milk" not in leads
    assert "<a" not in leads


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<https://a.example/x_(y)>, (https://b.example).", ["https://a.example/x_(y)", "https://b.example"]),
        (r"[x](https\://a.example)", ["https://a.example"]),
        ("[x](//a.example/y)", ["//a.example/y"]),
        ("[x]: HTTPS://A.example", ["HTTPS://A.example"]),
        ("mailto:a@b.example and www.c.example!", ["mailto:a@b.example", "www.c.example"]),
        ("a // b, x:y, [[page]], 1/2, /path//to", []),
    ],
)
def test_addresses_are_found_as_a_browser_would_read_them(text: str, found: list[str]) -> None:
    assert addresses(text) == found


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://user:pw@A.example:8080/x", "a.example:8080"),
        ("//a.example/y", "a.example"),
        ("www.a.example/y", "www.a.example"),
        ("mailto:x@a.example?subject=b@c", "a.example"),
        ("https:a.example", "a.example"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_the_host_is_where_the_address_leads(address: str, host: str) -> None:
    assert host_of(address) == host


def test_the_page_is_shown_as_readers_see_it_before_and_after(moderator: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Is **green**.\n")
    answer(wiki, look(wiki, review_of(wiki, "tea"), by=SECOND_MODERATOR), "approve", by=SECOND_MODERATOR)
    save(wiki, "tea", "Is **black**. <script>alert(1)</script>\n", base=1)
    address = f"{address_of(wiki, 'tea')}/rendered"

    after = moderator.text(f"{address}?fragment=1")

    assert after.lstrip().startswith("<nav")
    assert "<strong>black</strong>" in after
    assert "<script>" not in after
    assert "<strong>green</strong>" in moderator.text(f"{address}?side=before")
    assert "<h1" in moderator.text(address)
    moderator.actor = WRITER
    assert moderator.get(address).status_code == 404


def test_what_was_not_there_is_deleted_or_is_hidden_is_said_and_not_shown(moderator: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Private.\n")
    made = f"{address_of(wiki, 'tea')}/rendered"
    assert "was not there before" in moderator.text(f"{made}?side=before")
    hidden = look(wiki, review_of(wiki, "tea"), by=SECOND_MODERATOR)
    answer(wiki, hidden, "hide", by=SECOND_MODERATOR, reason="private")
    assert "Private" not in moderator.text(made)
    save(wiki, "coffee", "Black.\n")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "coffee")
    assert "The page is deleted" in moderator.text(f"{address_of(wiki, 'coffee')}/rendered")


def test_history_due_time_risk_and_onlookers_are_on_the_page(moderator: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.\n", comment="the first")
    answer(wiki, look(wiki, review_of(wiki, "tea"), by=SECOND_MODERATOR), "approve", by=SECOND_MODERATOR)
    save(wiki, "tea", "Black.\n", base=1)
    review = review_of(wiki, "tea")
    reasons = [["new-author", 2.0], ["words-added", -0.5], *([f"small-{n}", 0.1] for n in range(5))]
    with wiki.database.write() as connection:
        due = datetime.now(UTC) - timedelta(hours=3)
        values = {"risk": 1.5, "risk_reasons": reasons, "due_at": due}
        connection.execute(update(table_of(Review)).where(Review.id == review).values(**values))

    page = moderator.text(f"/wiki/-/reviews/{review}")

    around = page.partition("The history around it")[2].partition("</details>")[0]
    assert "the first" in around
    assert around.count("in this review") == 1
    assert "Was due" in page
    assert "3 hours ago" in page
    risk = page.partition("Risk 1.5")[2].partition("</ul>")[0]
    assert risk.count("raises it:") == 4
    assert risk.count("lowers it:") == 1
    lately = page.partition("Also looked lately")[2].partition("</ul>")[0]
    assert "Cai Colleague" in lately
    assert "Mona Moderator" not in lately


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(seconds=20), "Due in 1 minute"),
        (timedelta(minutes=50), "Due in 50 minutes"),
        (timedelta(hours=1, minutes=59), "Due in 1 hour"),
        (timedelta(days=3, hours=2), "Due in 3 days"),
        (timedelta(days=9), "Due on 10 March 2026"),
    ],
)
def test_the_due_time_is_said_in_words(left: timedelta, said: str) -> None:
    line = due_line(NOW + left, NOW)

    assert line is not None
    assert line.text == said
    assert line.soon == (left < timedelta(days=1))


def test_a_review_without_due_time_says_nothing_of_it() -> None:
    assert due_line(None, NOW) is None


def test_the_number_of_queries_does_not_grow_with_what_is_shown(moderator: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.\n")
    save(wiki, "coffee", "Black.\n")
    for number in range(1, 25):
        if number % 6 == 0:
            answer(wiki, look(wiki, review_of(wiki, "tea"), by=SECOND_MODERATOR), "approve", by=SECOND_MODERATOR)
        save(wiki, "tea", f"Green {number}. [[page{number}]] https://x{number}.example\n", base=number)
    asked: list[str] = []

    @event.listens_for(wiki.database.engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    moderator.text(address_of(wiki, "coffee"))
    little = len(asked)
    asked.clear()
    moderator.text(address_of(wiki, "tea"))

    assert len(asked) <= little + 3, "an earlier decision, a text before, pages linked to"
    assert little < 50


def test_a_mended_text_that_is_not_saved_comes_back(moderator: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.\n")
    address = address_of(wiki, "tea")
    form = f"{address}/mend"
    fields = {"verdict": "edit", "text": "My long mended text.\n"}

    refused = moderator.post(f"{address}/decide", form=form, reason="nonsense", **fields)
    stale = moderator.post(f"{address}/decide", form=form, digest="00" * 32, **fields)

    assert refused.status_code == 422
    assert stale.status_code == 409
    assert "My long mended text." in refused.get_data(as_text=True)
    assert "My long mended text." in stale.get_data(as_text=True)


@pytest.mark.parametrize("screen", ["move", "delete"])
def test_a_locked_page_says_so_before_anything_is_filled_in(visitor: Visitor, wiki: Wiki, screen: str) -> None:
    save(wiki, "tea", "Green.\n")
    with wiki.begin(MODERATOR) as tx:
        lock_pages(tx, "tea", until=tx.now + timedelta(hours=1), group="moderators", reason="wrong")

    locked = visitor.text(f"/wiki/-/{screen}/tea")
    visitor.actor = Actor("both", "Bo Both", frozenset({"moderators", "staff"}))
    free = visitor.text(f"/wiki/-/{screen}/tea")

    assert "nothing is offered to send" in locked
    assert 'name="comment"' not in locked
    assert 'name="comment"' in free
    assert "Locked until" in free


def test_a_refused_undo_leads_a_moderator_to_the_pieces(app: Flask, visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "One.\n", by=SECOND_WRITER)
    answer(wiki, look(wiki, review_of(wiki, "tea")), "approve")
    save(wiki, "tea", "Two.\n", base=1)
    save(wiki, "tea", "Three.\n", base=2, by=SECOND_WRITER)

    assert "/pieces" not in visitor.text("/wiki/-/undo/2/tea")
    visitor.actor = MODERATOR
    (link,) = re.findall(r'href="([^"]+/pieces)"', visitor.text("/wiki/-/undo/2/tea"))
    assert "Take out pieces of tea" in visitor.text(link)
