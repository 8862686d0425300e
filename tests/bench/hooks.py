"""What plugins cost: a page view and a save with ten plugins on every hook, as a multiple of those with none."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from kbwiki import Actor, KBWiki, Wiki
from kbwiki.testing import save
from tests.hooks.everything import TEXT, everything

from .figures import Figure

_ROUNDS = 15
_REQUESTS = 20
_LOOKS = 200_000
_ANN = Actor("ann", "Ann", frozenset({"staff"}))
_PLUGINS = 10


def measure() -> Iterator[Figure]:
    """Milliseconds of a page view and of a save, by the clock, in turn without plugins and with ten on every hook."""
    logging.getLogger("kbwiki").setLevel(logging.ERROR)
    with TemporaryDirectory() as folder:
        bare, crowded = _app(Path(folder) / "bare", 0), _app(Path(folder) / "crowded", _PLUGINS)
        for name, act in (("hooks_view", _view), ("hooks_view_kept", _kept), ("hooks_save", _save)):
            floor, value = _in_turn(act(bare), act(crowded))
            yield Figure(name, value * 1000, "ms", value / floor, "the same with no plugin")
        yield _unused(_wiki(bare))
        for app in (bare, crowded):
            _wiki(app).close()


def _unused(wiki: Wiki) -> Figure:
    """What it costs to find that nobody implements a hook, against one call of an empty function."""
    uses, empty = wiki.plugins.uses, (lambda _hook: False)
    taken = [(_looks(empty), _looks(uses)) for _ in range(_ROUNDS)]
    floor, value = (statistics.median(one) for one in zip(*taken, strict=True))
    return Figure("hooks_unused", value / _LOOKS * 1e6, "µs", value / floor, "calling an empty function")


def _looks(function: Callable[[str], bool]) -> float:
    started = time.perf_counter()
    for _ in range(_LOOKS):
        function("page_boxes")
    return time.perf_counter() - started


def _app(folder: Path, plugins: int) -> Flask:
    folder.mkdir()
    app = Flask("host", instance_path=str(folder))
    app.secret_key = "bench"
    KBWiki(app, actor=lambda: _ANN, plugins=[everything(f"p{number}") for number in range(plugins)])
    app.test_client().get("/wiki/-/tree")
    save(_wiki(app), "page", TEXT, by=_ANN)
    return app


def _wiki(app: Flask) -> Wiki:
    wiki: Wiki = app.extensions["kbwiki"]["main"].wiki
    return wiki


def _view(app: Flask) -> Callable[[], float]:
    """A page view that is not kept: the address differs each time."""
    client, count = app.test_client(), iter(range(1_000_000))

    def act() -> float:
        started = time.perf_counter()
        for _ in range(_REQUESTS):
            client.get(f"/wiki/page?from=old{next(count)}")
        return (time.perf_counter() - started) / _REQUESTS

    return act


def _kept(app: Flask) -> Callable[[], float]:
    client = app.test_client()

    def act() -> float:
        started = time.perf_counter()
        for _ in range(_REQUESTS):
            client.get("/wiki/page")
        return (time.perf_counter() - started) / _REQUESTS

    return act


def _save(app: Flask) -> Callable[[], float]:
    wiki, count = _wiki(app), iter(range(1_000_000))

    def act() -> float:
        started = time.perf_counter()
        for _ in range(_REQUESTS):
            save(wiki, f"pages/{next(count)}", TEXT, by=_ANN)
        return (time.perf_counter() - started) / _REQUESTS

    return act


def _in_turn(bare: Callable[[], float], crowded: Callable[[], float]) -> tuple[float, float]:
    bare(), crowded()
    taken = [(bare(), crowded()) for _ in range(_ROUNDS)]
    return tuple(statistics.median(one) for one in zip(*taken, strict=True))  # type: ignore[return-value]
