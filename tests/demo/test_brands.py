"""The re-branded hosts: each in its own words, one in another language, and served by the demo's command."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kbwiki.demo.brands import BRANDS, HELP_CENTRE, OASIS
from kbwiki.demo.rebranded import create_rebranded
from kbwiki.wording.catalogue import Untranslated
from tests.demo.test_serving import serving

OASIS_SCREENS = (
    "/", "/dalil/", "/dalil/services/membership", "/dalil/-/edit/services/membership", "/dalil/-/reviews",
    "/dalil/-/reviews/6", "/dalil/-/search?q=الكتب", "/dalil/-/search?q=zzz", "/dalil/-/recent", "/dalil/-/tree",
    "/dalil/-/history/services/membership", "/dalil/-/diff/services/membership", "/dalil/none", "/dalil/-/mine",
)  # fmt: skip


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Flask]]:
    made = {name: create_rebranded(brand, tmp_path_factory.mktemp(name)) for name, brand in BRANDS.items()}
    yield made
    for app in made.values():
        app.extensions["kbwiki"]["main"].wiki.close()


def read(app: Flask, address: str, who: str = "") -> str:
    client = app.test_client()
    if who:
        client.post("/be", data={"who": who}, headers={"Sec-Fetch-Site": "same-origin"})
    return client.get(address).get_data(as_text=True)


def test_everybody_sees_every_text_of_the_library_in_its_language(hosts: dict[str, Flask]) -> None:
    app = hosts["oasis"]
    for who in ("", *(one.id for one in OASIS.people)):
        for address in OASIS_SCREENS:
            assert '<html lang="ar" dir="rtl">' in read(app, address, who)

    voice = app.extensions["kbwiki"]["main"].wiki.voice
    wording = voice.wording("ar")
    said = [text for text, _ in wording._said if text]
    assert len(said) > 100
    assert [text for text in said if isinstance(wording.catalogue.gettext(text), Untranslated) and text.isascii()] == []


def test_the_help_centre_has_its_own_words_in_texts_and_addresses(hosts: dict[str, Flask]) -> None:
    page = read(hosts["helpcentre"], "/help/orders/delivery", "marek")

    assert "New answer" in page
    assert 'href="/help/-/look-overs"' in page
    assert 'href="/help/-/change/orders/delivery"' in page
    assert "Larkspur Bikes" in page
    assert "Marek Holub" in page
    assert " page" not in page.partition("<main>")[2].lower().replace('aria-current="page"', "")


@pytest.mark.parametrize("brand", [HELP_CENTRE, OASIS], ids=lambda brand: brand.name)
def test_the_front_page_shows_parts_of_the_wiki_to_those_who_may_see_them(
    hosts: dict[str, Flask], brand: object
) -> None:
    host = HELP_CENTRE if brand is HELP_CENTRE else OASIS
    stranger, reviewer = (read(hosts[host.name], "/", who) for who in ("", host.people[1].id))

    assert f'href="{host.prefix}/' in stranger
    assert "kb-fragment-recent" in stranger
    assert "kb-fragment-queue" not in stranger
    assert "kb-fragment-queue" in reviewer


def test_the_command_serves_a_brand_in_a_folder_of_its_own(tmp_path: Path) -> None:
    with serving(tmp_path, "--brand", "oasis") as (_, address), urllib.request.urlopen(address + "dalil/") as response:
        page = response.read().decode()

    assert "دليل المكتبة" in page
    assert (tmp_path / "oasis" / "kbwiki.db").exists()
