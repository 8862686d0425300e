"""What is searched is written down without who asked, and what was not found is a list for those who own the space."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from kbwiki import ANONYMOUS, Wiki
from kbwiki.search.log.models import AskedRow
from kbwiki.search.log.recording import Asked, Screen
from kbwiki.testing import ADMIN, MODERATOR, READER, WRITER, make_space, save

from .conftest import Visitor

SEARCHES, SEARCH = "/wiki/-/searches", "/wiki/-/search"


def entries(wiki: Wiki) -> list[Any]:
    with wiki.read() as connection:
        return list(connection.execute(select(AskedRow).order_by(AskedRow.id)))


def ask(wiki: Wiki, text: str, path: str = "") -> None:
    wiki.search_log.record(Asked(text, 0, Screen.PAGE, path))


def test_a_search_is_written_down_with_where_it_was_asked(wiki: Wiki, visitor: Visitor) -> None:
    space = make_space(wiki, "hr")
    save(wiki, "hr/pay", "Payroll.")

    visitor.client.get(f"{SEARCH}?q=Payroll", headers={"Referer": "http://localhost/wiki/hr/pay"})

    (row,) = entries(wiki)
    assert (row.typed, row.folded, row.found, row.space_id, row.screen) == ("Payroll", "payroll", 1, space, "page")


def test_the_space_stays_known_from_one_search_to_the_next(wiki: Wiki, visitor: Visitor) -> None:
    space = make_space(wiki, "hr")
    page = visitor.client.get(f"{SEARCH}?q=one", headers={"Referer": "http://localhost/wiki/hr/pay"}).text
    assert '<input type="hidden" name="from" value="hr/pay">' in page

    visitor.get(f"{SEARCH}?q=two&from=hr/pay")

    assert [row.space_id for row in entries(wiki)] == [space, space]


@pytest.mark.parametrize(
    "address", [SEARCH, f"{SEARCH}?q=+", f"{SEARCH}?q=payroll&start=20", f"{SEARCH}?q=payroll&quiet=1"]
)
def test_what_is_no_new_question_is_not_written_down(wiki: Wiki, visitor: Visitor, address: str) -> None:
    visitor.get(address)

    assert entries(wiki) == []


def test_pages_elsewhere_say_nothing_about_where_it_was_asked(wiki: Wiki, visitor: Visitor) -> None:
    make_space(wiki, "hr")
    for came_from in (
        "http://elsewhere/wiki/hr/pay",
        "http://localhost/hr/pay",
        "no address",
        "http://localhost/wiki/-/x",
    ):
        visitor.client.get(f"{SEARCH}?q=payroll", headers={"Referer": came_from})

    assert len({row.space_id for row in entries(wiki)}) == 1


@pytest.mark.parametrize("actor", [WRITER, ANONYMOUS], ids=lambda one: one.id or "anonymous")
def test_a_click_is_told_with_the_form_of_the_results(wiki: Wiki, visitor: Visitor, actor: Any) -> None:
    save(wiki, "pay", "Payroll.")
    visitor.actor = actor
    page = visitor.text(f"{SEARCH}?q=payroll")
    assert 'data-kb-rank="1"' in page
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))

    answer = visitor.client.post(f"{SEARCH}/clicked", data={k: unescape(v) for k, v in hidden.items()} | {"rank": "1"})

    assert answer.status_code == 204
    assert [row.rank for row in entries(wiki)] == [1]


def test_a_click_that_no_form_of_ours_sent_is_refused(wiki: Wiki, visitor: Visitor) -> None:
    assert visitor.client.post(f"{SEARCH}/clicked", data={"view": "x" * 16, "rank": "1"}).status_code == 400


def test_a_search_is_answered_while_the_database_is_busy(wiki: Wiki, visitor: Visitor) -> None:
    save(wiki, "pay", "Payroll.")
    wiki.search.catch_up()
    with wiki.database.write() as connection:
        if not wiki.database.has_single_writer:
            connection.exec_driver_sql("LOCK TABLE kbwiki_asked IN ACCESS EXCLUSIVE MODE")
        assert "1 page found" in visitor.text(f"{SEARCH}?q=payroll")

    assert wiki.search_log.dropped == 1


def test_the_list_is_for_those_who_own_a_space(wiki: Wiki, visitor: Visitor) -> None:
    make_space(wiki, "hr", reviewers=("stewards",))
    ask(wiki, "Severance pay", "hr/x")
    ask(wiki, "Parking")
    for actor, status in ((READER, 403), (WRITER, 403), (ANONYMOUS, 403), (MODERATOR, 200), (ADMIN, 200)):
        visitor.actor = actor
        assert visitor.get(SEARCHES).status_code == status
    assert "Severance pay" in visitor.text(SEARCHES)
    visitor.actor = MODERATOR
    shown = visitor.text(SEARCHES)
    assert "Parking" in shown
    assert "Severance" not in shown


def test_a_question_leads_to_the_form_for_its_page(wiki: Wiki, visitor: Visitor) -> None:
    make_space(wiki, "hr", reviewers=("moderators",))
    ask(wiki, "where to park?", "hr/x")
    visitor.actor = MODERATOR

    (address,) = re.findall(r'href="(/wiki/-/new\?title=[^"]+)"', visitor.text(SEARCHES))

    form = visitor.text(unescape(address))
    assert 'value="Where to park?"' in form
    assert 'value="hr/where-to-park"' in form


def test_what_needs_no_page_is_closed_and_put_back(wiki: Wiki, visitor: Visitor) -> None:
    ask(wiki, "Lottery")
    visitor.actor = MODERATOR

    closed = visitor.post(f"{SEARCHES}/close", form=SEARCHES)

    shown = visitor.text(closed.location)
    assert "“lottery” needs no page." in shown
    assert "Everything that people looked for was found" in shown
    assert "Lottery" in visitor.text(f"{SEARCHES}?view=closed")

    back = visitor.post(f"{SEARCHES}/close", form=closed.location, do="back")
    assert "Lottery" in visitor.text(back.location)


def test_the_list_has_pages(wiki: Wiki, visitor: Visitor) -> None:
    for n in range(40):
        ask(wiki, f"question {n:02}")
    visitor.actor = MODERATOR
    first = visitor.text(SEARCHES)
    (further,) = re.findall(r'href="([^"]+)" rel="next"', first)

    second = visitor.text(unescape(further))

    texts = re.findall(r">(question \d\d)</a>", first + second)
    assert texts == [f"question {n:02}" for n in range(40)]


@pytest.mark.parametrize("after", ["x", "1", "1,\x00", "-3,a", "99999999999999999999,a", ","])
def test_an_address_that_was_made_up_shows_the_list(wiki: Wiki, visitor: Visitor, after: str) -> None:
    visitor.actor = MODERATOR
    for view in ("", "failed", "abandoned", "closed", "nonsense"):
        assert visitor.client.get(SEARCHES, query_string={"after": after, "view": view}).status_code == 200


def test_moderators_find_the_way(wiki: Wiki, visitor: Visitor) -> None:
    visitor.actor = MODERATOR
    assert f'href="{SEARCHES}"' in visitor.text("/wiki/-/reviews")
    visitor.actor = WRITER
    assert f'href="{SEARCHES}"' not in visitor.text("/wiki/-/recent")
