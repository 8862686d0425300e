"""The host: its own pages, who may see them, and what it asks of every response."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from flask import Flask

from kbwiki.demo import create_app
from kbwiki.demo.people import STAFF
from tests.demo.conftest import Visitor

PAGES = ("/", "/people", "/sign-in")
INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


def test_strangers_are_shown_the_cards_and_reach_their_page_afterwards(visitor: Visitor) -> None:
    turned_away = visitor.client.get("/people")

    arrived = visitor.post(turned_away.location, person="priya", next="/people")

    assert turned_away.location == "/sign-in?next=/people"
    assert arrived.location == "/people"
    assert "Staff" in visitor.read("/people") or "Field service" in visitor.read("/people")


def test_the_sign_in_page_has_a_button_for_everybody(visitor: Visitor) -> None:
    page = visitor.read("/sign-in")

    assert set(re.findall(r'name="person" value="(\w+)"', page)) == set(STAFF)


def test_nobody_is_signed_in_by_a_link(visitor: Visitor) -> None:
    visitor.client.get("/sign-in?person=priya&next=/")

    assert visitor.client.get("/").status_code == 303


def test_nobody_is_signed_out_by_a_link(visitor: Visitor) -> None:
    visitor.sign_in("priya")

    assert visitor.client.get("/sign-out").status_code == 405
    assert visitor.client.get("/").status_code == 200


def test_signing_in_as_somebody_else_changes_who_one_is(visitor: Visitor) -> None:
    visitor.sign_in("priya").sign_in("moira")

    assert "Moira Kell" in re.findall(r'class="fh-me-name">([^<]*)<', visitor.read("/"))


def test_signing_out_makes_one_a_stranger(visitor: Visitor) -> None:
    visitor.sign_in("priya").post("/sign-out")

    assert visitor.client.get("/").location == "/sign-in?next=/"


def test_a_form_sent_by_another_site_is_refused_even_without_flask_wtf(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "flask_wtf", None)
    client = create_app(instance).test_client()

    by_browser = client.post("/sign-in", data={"person": "owen"}, headers={"Sec-Fetch-Site": "cross-site"})
    by_origin = client.post("/sign-in", data={"person": "owen"}, headers={"Origin": "https://evil.example"})

    assert (by_browser.status_code, by_origin.status_code) == (403, 403)
    assert client.get("/").status_code == 303


def test_the_intranet_works_without_flask_wtf(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flask_wtf", None)
    visitor = Visitor(create_app(instance).test_client())

    assert visitor.token() == {}
    assert "Priya" in visitor.sign_in("priya").read("/")


def test_with_flask_wtf_a_form_without_its_token_is_refused(visitor: Visitor) -> None:
    pytest.importorskip("flask_wtf")

    assert visitor.client.post("/sign-in", data={"person": "priya"}).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "evil",
        "/\n/evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(visitor: Visitor, address: str) -> None:
    assert visitor.post("/sign-in", person="priya", next=address).location == "/"


def test_an_unknown_person_is_not_let_in(visitor: Visitor) -> None:
    assert visitor.post("/sign-in", person="nobody").status_code == 422
    assert visitor.client.get("/").status_code == 303


@pytest.mark.parametrize("person", ["", "priya", "moira", "tom"])
def test_every_response_carries_the_strict_policy(app: Flask, person: str) -> None:
    visitor = Visitor(app.test_client())
    if person:
        visitor.sign_in(person)
    addresses = [rule.rule for rule in app.url_map.iter_rules() if not rule.arguments]
    addresses += ["/static/intranet.css", "/handbook/safety", "/handbook/people/casework", "/nothing/here"]
    addresses += ["/handbook/-/history/safety", "/handbook/-/edit/safety", "/handbook/no-such-page"]

    policies = {visitor.client.get(address).headers.get("Content-Security-Policy") for address in addresses}

    assert len(addresses) > 15
    assert all(policy is not None and policy.startswith("default-src 'self'") for policy in policies)


@pytest.mark.parametrize("address", PAGES)
def test_the_intranets_pages_need_nothing_that_the_policy_forbids(visitor: Visitor, address: str) -> None:
    page = visitor.sign_in("priya").read(address)

    assert INLINE.findall(page) == []


def test_the_tour_can_be_closed_and_brought_back(visitor: Visitor) -> None:
    visitor.sign_in("priya")
    assert "One minute with the handbook" in visitor.read("/")

    visitor.post("/tour")
    closed = visitor.read("/")
    visitor.post("/tour", show="1")

    assert 'id="tour"' not in closed
    assert 'id="tour"' in visitor.read("/")


@pytest.mark.parametrize("person", ["priya", "tom", "moira", "jack"])
def test_the_front_page_names_only_handbook_changes_that_its_reader_may_see(
    visitor: Visitor, person: str
) -> None:
    page = visitor.sign_in(person).read("/")

    changed = re.findall(r'fh-lately">(.*?)</ul>', page, re.DOTALL)[0]
    for address in re.findall(r'href="([^"]+)"', changed):
        assert visitor.client.get(address).status_code == 200, address


def test_a_moderator_sees_on_the_front_page_how_much_waits(visitor: Visitor) -> None:
    assert "pages wait" in visitor.sign_in("moira").read("/")
    assert "pages wait" not in visitor.sign_in("priya").read("/")


def test_the_intranet_has_a_friendly_page_for_wrong_addresses(visitor: Visitor) -> None:
    response = visitor.sign_in("priya").client.get("/nothing/here")

    assert response.status_code == 404
    assert "Back to today" in response.get_data(as_text=True)
