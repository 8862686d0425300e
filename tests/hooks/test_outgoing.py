"""Requests of plugins to other sites: what is checked is what is connected to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from kbwiki.hooks.outgoing import NotAllowed, Unreachable, is_public, request


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/drip":
                for _ in range(200):
                    self.wfile.write(b"H")
                    time.sleep(0.05)
                return
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header("Location", "http://127.0.0.1/secret")
            self.end_headers()
            self.wfile.write(f"{self.headers['Host']} {self.path}".encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


PRIVATE = (
    *("127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_inside_the_network_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_network_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "http://", "http:///path", "//example.org", "http://a b/",
        "http://user:pass@example.org/", "http://exa\nmple.org/", "http://example.org:99999/", "http://ex\u00e4mple.org/",
        "http://[::1/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_site_is_not_asked(url: str) -> None:
    with pytest.raises(NotAllowed):
        request("GET", url, allow_private=True)


def test_an_answer_comes_back_with_status_and_words(port: int) -> None:
    reply = request("GET", f"http://127.0.0.1:{port}/page?x=1", allow_private=True)

    assert (reply.status, reply.body.decode()) == (200, f"127.0.0.1:{port} /page?x=1")


def test_redirects_are_told_and_not_followed(port: int) -> None:
    reply = request("GET", f"http://127.0.0.1:{port}/away", allow_private=True)

    assert (reply.status, reply.headers["location"]) == (302, "http://127.0.0.1/secret")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_the_own_network_is_not_asked_however_it_is_written(host: str, port: int) -> None:
    with pytest.raises((NotAllowed, Unreachable)) as refused:
        request("GET", f"http://{host}:{port}/")

    assert refused.type is NotAllowed or "no host" in str(refused.value)


def test_a_name_that_changes_its_meaning_reaches_nothing(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """The name is looked up once, and where it leads is both checked and connected to."""
    answers = [["8.8.8.8"], ["127.0.0.1"]]
    connected: list[Any] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers.pop(0)]

    def connect(self: socket.socket, address: Any) -> None:
        connected.append(address)
        raise OSError("no way there from here")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)

    with pytest.raises(Unreachable):
        request("GET", f"http://rebind.example:{port}/")
    with pytest.raises(NotAllowed):
        request("GET", f"http://rebind.example:{port}/")
    assert connected == [("8.8.8.8", port)]


def test_who_drips_bytes_is_cut_off(port: int) -> None:
    begun = time.monotonic()

    with pytest.raises(Unreachable):
        request("GET", f"http://127.0.0.1:{port}/drip", allow_private=True, seconds=0.3)

    assert time.monotonic() - begun < 5
