"""Webhooks: nothing is missed, receivers can check who sent it, and nobody is asked who must not be."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kbwiki import Actor, Settings, Wiki
from kbwiki.hooks import Asking
from kbwiki.testing import TickingClock, save
from kbwiki_webhooks import Webhooks

KEY = b"0123456789abcdef01234567"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Receiver:
    """A program that is told: it keeps what it got, and answers with what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status = outer.answers.pop(0) if outer.answers else 204
                self.send_response(status)
                self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Wiki]]:
    wikis: list[Wiki] = []

    def make(**options: Any) -> Wiki:
        chosen = {"WEBHOOKS_SECRET": SECRET, "WEBHOOKS_ALLOW_PRIVATE": True, **options}
        settings = Settings(plugin_options=chosen, hook_seconds=10.0)
        wiki = Wiki(f"sqlite:///{tmp_path / 'wiki.db'}", plugins=[Webhooks], settings=settings, clock=TickingClock())
        wiki.upgrade()
        wikis.append(wiki)
        return wiki

    yield make
    for wiki in wikis:
        wiki.close()


def plugin_of(wiki: Wiki) -> Webhooks:
    [loaded] = wiki.plugins.loaded
    assert isinstance(loaded.plugin, Webhooks)
    return loaded.plugin


def test_each_fact_arrives_signed_so_that_its_receiver_can_check(made: Callable[..., Wiki], receiver: Receiver) -> None:
    wiki = made(WEBHOOKS_URLS=(receiver.url,))
    wiki.catch_up_consumers()
    save(wiki, "page", "one\n")
    save(wiki, "page", "two\n", base=1)

    wiki.catch_up_consumers()
    plugin_of(wiki).send()

    assert [json.loads(body)["type"] for _, body in receiver.got] == ["kbwiki.create", "kbwiki.edit"]
    headers, body = receiver.got[0]
    assert json.loads(body)["data"]["payload"]["path"] == "page"
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, content, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - datetime(2026, 1, 1, 9, tzinfo=UTC).timestamp()) < 3600
    assert {row["state"] for row in plugin_of(wiki).deliveries.newest()} == {"delivered"}


def test_what_does_not_arrive_is_sent_again_with_the_same_id_until_it_is_given_up(
    made: Callable[..., Wiki], receiver: Receiver
) -> None:
    wiki = made(WEBHOOKS_URLS=(receiver.url,), WEBHOOKS_MOST_ATTEMPTS=3)
    clock: Any = wiki.clock
    wiki.catch_up_consumers()
    save(wiki, "page", "one\n")
    save(wiki, "other", "one\n")
    wiki.catch_up_consumers()
    receiver.answers = [500, 302, 200, 500, 503]  # of two that are sent in turn

    rests = []
    for _ in range(4):
        plugin_of(wiki).send()
        rows = plugin_of(wiki).deliveries.newest()
        rests += [(row["next_at"].replace(tzinfo=UTC) - clock.now).total_seconds() for row in rows if row["said"]][:1]
        clock.now += timedelta(hours=1)

    states = {row["position"]: (row["state"], row["attempts"]) for row in plugin_of(wiki).deliveries.newest()}
    assert states == {1: ("delivered", 2), 2: ("given-up", 3)}
    assert [headers["webhook-id"] for headers, _ in receiver.got] == ["main-1", "main-2", "main-1", "main-2", "main-2"]
    assert rests[1] > rests[0] > 5


def test_facts_that_come_again_are_written_down_once(made: Callable[..., Wiki], receiver: Receiver) -> None:
    wiki = made(WEBHOOKS_URLS=(receiver.url, receiver.url + "/second"))
    wiki.catch_up_consumers()
    save(wiki, "page", "one\n")
    wiki.catch_up_consumers()
    plugin = plugin_of(wiki)
    taken: list[Any] = []
    [consumer] = plugin.consumers()
    assert consumer.name == "facts"

    again = _fact_of(wiki)
    consumer.take([again])
    consumer.take([again])

    assert len(plugin.deliveries.newest()) == 2
    assert taken == []


def _fact_of(wiki: Wiki) -> Any:
    from kbwiki.hooks import Fact

    return Fact("main", 1, "create", "writer", "Wim", wiki.clock(), "page", 1, 1, {"path": "page"})


def test_addresses_inside_the_network_are_not_asked(made: Callable[..., Wiki], receiver: Receiver) -> None:
    wiki = made(WEBHOOKS_URLS=(receiver.url,), WEBHOOKS_ALLOW_PRIVATE=False)
    wiki.catch_up_consumers()
    save(wiki, "page", "one\n")
    wiki.catch_up_consumers()

    plugin_of(wiki).send()

    assert receiver.got == []
    [row] = plugin_of(wiki).deliveries.newest()
    assert row["state"] == "given-up"
    assert "inside the network" in row["said"]


def test_a_receiver_that_says_nothing_costs_a_limited_time(made: Callable[..., Wiki]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        wiki = made(WEBHOOKS_URLS=(f"http://127.0.0.1:{silent.getsockname()[1]}/",), WEBHOOKS_SECONDS=0.1)
        wiki.catch_up_consumers()
        save(wiki, "page", "one\n")
        wiki.catch_up_consumers()
        plugin_of(wiki).send()
    [row] = plugin_of(wiki).deliveries.newest()
    assert (row["state"], row["attempts"]) == ("waiting", 1)


def test_the_log_says_what_came_of_it_and_old_ones_are_forgotten(made: Callable[..., Wiki], receiver: Receiver) -> None:
    wiki = made(WEBHOOKS_URLS=(receiver.url,))
    clock: Any = wiki.clock
    wiki.catch_up_consumers()
    save(wiki, "page", "one\n")
    wiki.catch_up_consumers()
    plugin_of(wiki).send()
    asking = Asking("GET", Actor("ada", "Ada", frozenset({"admins"})), {}, {}, {})

    assert "<td>delivered</td>" in plugin_of(wiki).log(asking).html
    clock.now += timedelta(days=31)
    plugin_of(wiki).forget()
    assert "Nothing has been sent" in plugin_of(wiki).log(asking).html


def test_without_a_secret_nothing_is_sent_and_it_is_said(
    made: Callable[..., Wiki], receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    wiki = made(WEBHOOKS_URLS=(receiver.url,), WEBHOOKS_SECRET="not base64!")

    assert plugin_of(wiki).consumers() == ()
    assert "SECRET" in caplog.text
