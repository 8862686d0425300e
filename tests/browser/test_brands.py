"""Two hosts that look and speak otherwise, one from right to left: photographed wide and narrow, and sound."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from kbwiki.demo.brands import BRANDS, Brand
from kbwiki.demo.rebranded import create_rebranded

from .accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGE = {"helpcentre": "orders/delivery", "oasis": "services/membership"}
WORD = {"helpcentre": "bike", "oasis": "الكتب"}


@pytest.fixture(scope="module", params=BRANDS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Brand, str]]:
    """A brand's host, and where it is served."""
    brand = BRANDS[request.param]
    app = create_rebranded(brand, tmp_path_factory.mktemp(brand.name))
    app.extensions["kbwiki"]["main"].wiki.search.catch_up()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield brand, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["kbwiki"]["main"].wiki.close()


def screens(brand: Brand) -> dict[str, str]:
    base, page = brand.prefix, PAGE[brand.name]
    spelled = "look-overs" if brand.name == "helpcentre" else "reviews"
    edit = "change" if brand.name == "helpcentre" else "edit"
    return {
        "front": "/",
        "home": f"{base}/",
        "page": f"{base}/{page}",
        "editor": f"{base}/-/{edit}/{page}",
        "queue": f"{base}/-/{spelled}",
        "review": f"{base}/-/{spelled}/6",
        "search": f"{base}/-/search?q={WORD[brand.name]}",
        "difference": f"{base}/-/diff/{page}",
    }


@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
def test_every_screen_fits_and_reads_in_its_own_direction(
    served: tuple[Brand, str], browser: Browser, artefacts: Path, width: int
) -> None:
    brand, address = served
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 900}, is_mobile=width < 500)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.goto("/")
    page.select_option("select[name=who]", brand.people[1].id)
    page.click("form.people button")
    faults = {}
    for name, where in screens(brand).items():
        answered = page.goto(where)
        assert answered is not None
        page.screenshot(path=artefacts / f"brand-{brand.name}-{name}-{width}.png", full_page=True)
        found = wrong_with(page, brand) + (violations(page) if width < 500 else [])
        if answered.status != 200:
            found.append(f"status {answered.status}")
        if found:
            faults[name] = found
    context.close()
    assert (faults, said) == ({}, [])


def wrong_with(page: Page, brand: Brand) -> list[str]:
    """What does not fit the window, and what does not begin where the language begins."""
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    found = [f"{overflow} px too wide"] if overflow > 0 else []
    wanted = "rtl" if brand.name == "oasis" else "ltr"
    seen = "[...document.querySelectorAll('html, .kb, .kb h1')].map((one) => getComputedStyle(one).direction)"
    directions = page.evaluate(seen)
    if set(directions) != {wanted}:
        found.append(f"directions {directions}")
    return found
