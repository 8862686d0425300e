"""Finds browser tests that a slow machine would fail: answers come late and in parts, the page's processor is slowed.

`make test ARGS="-p tests.browser.slow tests/browser"`; about three times as long as without. What fails then asked for
something a moment too early, or the page forgot what somebody did before its scripts came.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import werkzeug.serving
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from playwright.sync_api import BrowserContext, Page

SLOWER = 4
"""Times that a page's own work takes."""
LATE = 0.3
"""Seconds that an answer waits at most; files of the look wait a third of it."""

_make_server = werkzeug.serving.make_server


def _in_parts(body: Iterable[bytes]) -> Iterator[bytes]:
    whole = b"".join(body)
    size = max(1, len(whole) // 4)
    for at in range(0, len(whole), size):
        time.sleep(LATE / 3)
        yield whole[at : at + size]


def _slow(app: WSGIApplication) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        is_look = "/-/static/" in environ["PATH_INFO"]
        time.sleep(random.uniform(0, LATE / 3 if is_look else LATE))
        body = app(environ, start)
        return body if is_look else ClosingIterator(_in_parts(body), getattr(body, "close", None))

    return answer


def _make_slow_server(host: str, port: int, app: WSGIApplication, **options: Any) -> werkzeug.serving.BaseWSGIServer:
    return _make_server(host, port, _slow(app), **options)


def pytest_configure() -> None:
    """Before any test module takes `make_server`, or opens a page."""
    from playwright.sync_api import BrowserContext

    new_page = BrowserContext.new_page

    def slowed(context: BrowserContext) -> Page:
        page = new_page(context)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return page

    werkzeug.serving.make_server = _make_slow_server  # type: ignore[assignment]
    BrowserContext.new_page = slowed  # type: ignore[method-assign]
