"""Search for scripts and for pages of the host: JSON, OpenSearch, and the box, by the same rule as every screen."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.testing import MODERATOR, READER, make_space, save

from .conftest import Visitor

INSIDER = Actor("ines", "Ines", frozenset({"insiders"}))


@pytest.fixture
def filled(wiki: Wiki) -> Wiki:
    """A page for everybody, and one for insiders."""
    make_space(wiki, "hr", readers=("insiders",), writers=("insiders",), reviewers=("insiders",))
    text = "## Before you climb\n\nLook at <b>each</b> rung.\n"
    save(wiki, "ladders", text, title="Ladders & <steps>", tags=("height",))
    save(wiki, "hr/pay", "## Canary heading\n\ncanary\n", title="Canary", tags=("canary",), by=INSIDER)
    return wiki


def said(visitor: Visitor, address: str) -> Any:
    response = visitor.get(address)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return response.get_json(force=True)


def test_results_are_plain_text_with_what_was_found_apart(visitor: Visitor, filled: Wiki) -> None:
    found = said(visitor, "/wiki/-/search.json?q=rung")

    (result,) = found["results"]
    assert found["total"] == 1
    assert (result["title"], result["url"], result["path"]) == ("Ladders & <steps>", "/wiki/ladders", "ladders")
    assert result["snippet"].endswith("Look at <b>each</b> rung.")
    assert {"text": "rung", "hit": True} in result["snippet_fragments"]
    assert found["note"] is None


def test_suggestions_say_what_they_are_and_where_they_lead(visitor: Visitor, filled: Wiki) -> None:
    page, heading = (said(visitor, f"/wiki/-/suggest.json?q={q}")["suggestions"][0] for q in ("ladders+steps", "climb"))
    (tag,) = said(visitor, "/wiki/-/suggest.json?q=height")["suggestions"]

    assert (page["kind"], page["text"], page["url"]) == ("page", "Ladders & <steps>", "/wiki/ladders")
    assert page["exact"]
    assert (heading["kind"], heading["about"]) == ("heading", "Section of Ladders & <steps>")
    assert visitor.text("/wiki/ladders").count(f'id="{heading["url"].partition("#")[2]}"') == 1
    assert (tag["kind"], tag["url"]) == ("tag", "/wiki/-/tags?tag=height")


def test_browsers_get_suggestions_in_their_own_format(visitor: Visitor, filled: Wiki) -> None:
    response = visitor.get("/wiki/-/suggest.json?q=ladd&format=opensearch")

    assert response.mimetype == "application/x-suggestions+json"
    assert response.get_json(force=True) == [
        "ladd", ["Ladders & <steps>"], ["ladders"], ["http://localhost/wiki/ladders"],
    ]  # fmt: skip


def test_the_description_names_addresses_that_answer(visitor: Visitor, filled: Wiki) -> None:
    page = visitor.text("/wiki/ladders")
    response = visitor.get("/wiki/-/opensearch.xml")
    name = "{http://a9.com/-/spec/opensearch/1.1/}"
    root = fromstring(response.get_data())

    assert '<link rel="search" type="application/opensearchdescription+xml"' in page
    assert 'href="/wiki/-/opensearch.xml"' in page
    assert root.tag == f"{name}OpenSearchDescription"
    assert 0 < len(root.findtext(f"{name}ShortName", "")) <= 16
    for url in root.findall(f"{name}Url"):
        address = url.attrib["template"].replace("{searchTerms}", "ladders").removeprefix("http://localhost")
        assert visitor.get(address).mimetype == url.attrib["type"]


def test_a_closed_space_betrays_nothing_to_scripts(visitor: Visitor, filled: Wiki) -> None:
    for nobody in (READER, ANONYMOUS, MODERATOR):
        visitor.actor = nobody
        for q in ("canary", "canry", "canary+heading"):
            assert said(visitor, f"/wiki/-/suggest.json?q={q}")["suggestions"] == []
            found = said(visitor, f"/wiki/-/search.json?q={q}")
            assert (found["total"], found["results"], found["did_you_mean"]) == (0, [], None)
    visitor.actor = INSIDER
    assert said(visitor, "/wiki/-/suggest.json?q=canry")["suggestions"] != []
    assert said(visitor, "/wiki/-/search.json?q=canary")["total"] == 1


def test_sizes_are_bounded_whatever_is_asked(visitor: Visitor, filled: Wiki) -> None:
    for number in range(12):
        save(filled, f"page-{number}", "rung\n", title=f"Page {number}")

    assert len(said(visitor, "/wiki/-/suggest.json?q=page&limit=1000")["suggestions"]) == 10
    assert len(said(visitor, "/wiki/-/search.json?q=rung&limit=-5")["results"]) == 1
    assert len(said(visitor, "/wiki/-/search.json?q=rung&limit=x&start=9999999")["results"]) == 0
    assert said(visitor, "/wiki/-/suggest.json?q=" + "x" * 5000)["suggestions"] == []
    assert said(visitor, "/wiki/-/suggest.json?q=%00%ff")["suggestions"] == []
