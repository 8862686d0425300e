"""When a browser paints a page first, as a multiple of the same HTML served as a file to the same browser."""

from __future__ import annotations

import logging
import os
import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask, Response
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from kbwiki import Actor, KBWiki
from kbwiki.testing import save

from .figures import Figure

_ANN = Actor("ann", "Ann", frozenset({"staff"}))
_ROUNDS = 25
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_SHIFTED = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value })
    .observe({type: 'layout-shift', buffered: true})
  setTimeout(() => done(sum), 300)
})"""


def measure() -> Iterator[Figure]:
    """Milliseconds to the first contentful paint, medians of loads in turn; and how much the layout shifts."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with TemporaryDirectory() as folder, _served(_app(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox", "--disable-gpu"])
        both = (f"{address}/static-page", f"{address}/wiki/rota")
        taken = [[_painted(browser, one) for one in both] for _ in range(_ROUNDS)]
        floor, value = (statistics.median(one) for one in zip(*taken[1:], strict=True))
        yield Figure("first_paint", value, "ms", value / floor, "the same HTML as a file")
        yield Figure("first_paint.shift", _painted(browser, f"{address}/wiki/rota", _SHIFTED), "layout shift")
        browser.close()


def _chromium() -> str:
    found = os.environ.get("KBWIKI_TEST_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise SystemExit("There is no Chromium here; install it, or name it in KBWIKI_TEST_CHROMIUM.")
    return found


def _app(folder: str) -> Flask:
    app = Flask("host", instance_path=folder)
    app.secret_key = "bench"
    KBWiki(app, actor=lambda: _ANN)
    kept: list[bytes] = []
    app.add_url_rule("/static-page", "static_page", lambda: Response(kept[0], mimetype="text/html"))
    client = app.test_client()
    client.get("/wiki/-/tree")
    wiki = app.extensions["kbwiki"]["main"].wiki
    paragraphs = "\n\n".join(f"## Part {number}\n\n{'Words about shifts. ' * 40}" for number in range(20))
    save(wiki, "rota", f"See [[shifts]].\n\n{paragraphs}\n", by=_ANN)
    kept.append(client.get("/wiki/rota").data)
    return app


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["kbwiki"]["main"].wiki.close()


def _painted(browser: Browser, address: str, script: str = _PAINTED) -> float:
    """What the script says of the page, in a window of its own with nothing kept."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address, wait_until="load")
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
    said: Any = page.evaluate(script)
    context.close()
    return float(said)
