"""The page of results: narrowed, ordered and loosened by links, composed by a form, and kind when there is nothing."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import event

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, answer, look, make_space, open_reviews, save
from kbwiki.web.query_text import composed, loosened, parts_of, taken_apart, with_part, without, without_narrowing

from .conftest import Visitor

INSIDER = Actor("ines", "Ines", frozenset({"insiders"}))


@pytest.fixture
def filled(wiki: Wiki) -> Wiki:
    """Ladders in two spaces by two people, one of them looked at; and something closed."""
    make_space(wiki, "safety", title="Safety first")
    make_space(wiki, "hr", readers=("insiders",), writers=("insiders",), reviewers=("insiders",))
    save(wiki, "safety/ladders", "Each rung of the ladder.\n", title="Ladders", tags=("height",))
    save(wiki, "safety/towers", "A ladder is not a tower.\n", title="Towers", by=SECOND_WRITER, tags=("height", "hire"))
    save(wiki, "stores", "The ladder stands in the store.\n", title="Stores")
    save(wiki, "hr/canary", "canary ladder\n", title="Canary ladder", by=INSIDER, tags=("canary",))
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    return wiki


def links(html: str, name: str) -> dict[str, str]:
    """The values of a facet with their addresses."""
    part = html.split(f'id="kb_facet_{name}"')[1].split("</ul>")[0]
    found = re.findall(r'<a href="([^"]+)"[^>]*><span dir="auto">([^<]+)</span> <span class="kb-tag-count">(\d+)', part)
    return {f"{unescape(words)} {count}": unescape(address) for address, words, count in found}


def test_a_result_says_where_it_is_how_old_and_whether_somebody_looked(visitor: Visitor, filled: Wiki) -> None:
    page = visitor.text("/wiki/-/search?q=rung")

    assert "1 page found" in page
    assert "<bdi>Safety first</bdi>" in page
    assert "<mark>rung</mark>" in page
    assert "nobody has looked yet" not in page
    assert "nobody has looked yet" in visitor.text("/wiki/-/search?q=store")


def test_a_page_of_results_takes_at_most_eight_queries_with_all_that_is_on_it(visitor: Visitor, filled: Wiki) -> None:
    visitor.text("/wiki/-/search?q=ladder+rung")
    asked: list[str] = []

    @event.listens_for(filled.database.engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SELECT set_config")):
            asked.append(statement)

    page = visitor.text("/wiki/-/search?q=ladder+rung")

    assert "<mark>ladder</mark>" in page
    assert links(page, "tag")
    assert len(asked) <= 8, asked


def test_facets_count_narrow_and_are_taken_away_again(visitor: Visitor, filled: Wiki) -> None:
    page = visitor.text("/wiki/-/search?q=ladder")
    assert "3 pages found" in page
    assert set(links(page, "space")) == {"Safety first 2"}
    assert set(links(page, "tag")) == {"height 2", "hire 1"}
    assert set(links(page, "state")) == {"Looked at by somebody 1", "Nobody has looked yet 2"}

    narrowed = visitor.text(links(page, "space")["Safety first 2"])
    assert "2 pages found" in narrowed
    twice = visitor.text(links(narrowed, "tag")["hire 1"])
    assert "1 page found" in twice
    assert "3 pages found" in visitor.text(links(narrowed, "space")["Safety first 2"])


def test_the_last_changed_come_first_when_asked_and_that_stays_so(visitor: Visitor, filled: Wiki) -> None:
    page = visitor.text("/wiki/-/search?q=ladder&order=changed")

    assert page.index(">Stores<") < page.index("Towers") < page.index("/wiki/safety/ladders")
    assert "order=changed" in links(page, "tag")["hire 1"]


def test_results_are_paged_without_gap_or_repetition(visitor: Visitor, filled: Wiki) -> None:
    for number in range(43):
        save(filled, f"many/p{number}", "windmill\n", title=f"Mill {number}")
    seen: list[str] = []
    address = "/wiki/-/search?q=windmill"
    while address:
        page = visitor.text(address)
        seen += re.findall(r'class="kb-whole" href="([^"]+)"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = unescape(following[1]) if following else ""

    assert len(seen) == len(set(seen)) == 43


def test_who_is_behind_the_last_result_is_not_told_that_there_is_none(visitor: Visitor, filled: Wiki) -> None:
    page = visitor.text("/wiki/-/search?q=ladder&start=900")

    assert "Nothing found" not in page
    assert "3 pages found" in page


def test_the_exact_title_is_one_press_away(visitor: Visitor, filled: Wiki) -> None:
    page = visitor.text("/wiki/-/search?q=towers")

    assert re.search(r'class="kb-jump">[^<]*<a href="/wiki/safety/towers"', page)
    assert "kb-jump" not in visitor.text("/wiki/-/search?q=rung")


def test_nothing_found_says_what_was_searched_and_offers_what_may_do(visitor: Visitor, filled: Wiki) -> None:
    page = visitor.text("/wiki/-/search?q=in:stores+towres")
    assert "Nothing found" in page
    assert "in:stores towres" in page
    assert '<a href="/wiki/safety/towers" dir="auto">Towers</a>' in page
    assert "/wiki/-/new?" in page

    assert "Without the narrowing there is 1 page" in visitor.text("/wiki/-/search?q=in:stores+rung")
    assert "Write a page" not in _as(visitor, ANONYMOUS).text("/wiki/-/search?q=qqqq")


def _as(visitor: Visitor, actor: Actor) -> Visitor:
    visitor.actor = actor
    return visitor


def test_the_form_composes_what_one_would_type(visitor: Visitor, filled: Wiki) -> None:
    sent = visitor.client.get("/wiki/-/search?words=ladder&phrase=&none=tower&space=safety&state=reviewed&title=&tag=")

    assert sent.status_code == 303
    page = visitor.text(sent.headers["Location"])
    assert 'name="q" value="ladder -tower in:safety is:reviewed"' in page
    assert "1 page found" in page
    assert '<option value="reviewed" selected>' in page


def test_a_closed_space_is_in_no_count_facet_or_offer(visitor: Visitor, filled: Wiki) -> None:
    for nobody in (READER, ANONYMOUS, MODERATOR):
        _as(visitor, nobody)
        asked = ("canary", "canray", "tag:canary", "in:hr+ladder", "in:stores+canary", "by:Ines+ladder", "canary+qq")
        for query in asked:
            page = visitor.text(f"/wiki/-/search?q={query}")
            shown = page.replace(unescape(query).replace("+", " "), "")
            assert "/wiki/hr" not in page, query
            assert "Canary ladder" not in shown, query
            assert "Without the narrowing" not in page or "ladder" in query, query
    page = _as(visitor, READER).text("/wiki/-/search?q=ladder")
    assert "3 pages found" in page
    assert "Ines" not in page


def test_a_question_is_taken_apart_and_put_together_again() -> None:
    query = 'plan "fire drill" -old title:evac tag:"at height" in:hr/pay by:"Ann Lee" changed:<30d is:reviewed note:x'

    assert taken_apart(query) == {
        "words": "plan note:x", "phrase": "fire drill", "none": "old", "title": "evac", "tag": "at height",
        "space": "hr/pay", "author": "Ann Lee", "changed": "<30d", "state": "reviewed",
    }  # fmt: skip
    assert taken_apart(composed(taken_apart(query))) == taken_apart(query)
    assert without_narrowing(query) == 'plan "fire drill" -old title:evac note:x'
    assert loosened(query) == "plan OR fire OR drill OR evac OR note:x"
    assert with_part("plan changed:<7d", "changed:<30d") == "plan changed:<30d"
    assert with_part("plan tag:a", "tag:b") == "plan tag:a tag:b"


def test_what_is_excluded_in_words_or_typed_on_a_telephone_is_taken_apart_as_it_is_searched() -> None:
    assert without_narrowing("plan NOT tag:old in: hr") == "plan NOT tag:old"
    assert taken_apart("plan NOT old by:“Ann Lee”") == {
        **taken_apart("plan -old"), "author": "Ann Lee",
    }  # fmt: skip
    assert without_narrowing("plan not tag:old") == "plan not"
    assert loosened("note: see below") == "note: OR see OR below"


def test_no_operator_is_left_without_its_word() -> None:
    assert without("tag:a OR tag:b", parts_of("tag:a")[0]) == "tag:b"
    assert without("fire OR tag:a", parts_of("tag:a")[0]) == "fire"
    assert without("fire OR tag:a OR flood", parts_of("tag:a")[0]) == "fire OR flood"
    assert with_part("fire OR", "tag:b") == "fire tag:b"
    assert with_part("fire NOT", "tag:b") == "fire tag:b"


@pytest.mark.parametrize(
    "query",
    [
        *("", '"', 'a"b', "NOT", "NOT NOT x", "tag: ", "OR OR", "-", "in:", 'tag:""', "OR", "\x00 x", "a:b:c"),
        *("−minus", "is:" * 90),
    ],
)
def test_whatever_is_typed_can_be_taken_apart(query: str) -> None:
    assert isinstance(taken_apart(query), dict)
    assert [part.typed for part in parts_of(" ".join(one.typed for one in parts_of(query)))] == [
        part.typed for part in parts_of(query)
    ]


def test_the_same_words_can_be_looked_for_among_files(visitor: Visitor, filled: Wiki) -> None:
    assert "/wiki/-/files?q=ladder+rule" in visitor.text("/wiki/-/search?q=ladder+rule+is:reviewed")
    assert "/wiki/-/files?q=" not in visitor.text("/wiki/-/search")
