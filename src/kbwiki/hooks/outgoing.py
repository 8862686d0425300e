"""Requests to other sites, for plugins: never to addresses inside the network, unless that is allowed.

What is checked is the very address that is connected to, so a name that means something else a moment later (DNS
rebinding) reaches nothing. Redirects are not followed, proxies not used, and the whole request has a time limit.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

MOST_BYTES = 65_536
"""So much of an answer is read."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """The address is none that may be asked: another scheme, no host, or inside the network."""


class Unreachable(Exception):
    """No answer came: there is no such host, it refuses, it took too long, or what it said was no HTTP."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `body` is the beginning of it. Header names are in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def request(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = 10.0,
    allow_private: bool = False,
) -> Reply:
    """Send one request and give back what came, whatever its status. Waits `seconds` at most (name look-up aside).

    Errors: NotAllowed, Unreachable.
    """
    parts = checked(url)
    connection = _connection(parts, seconds, allow_private)
    limit = threading.Timer(seconds, _cut_off, (connection,))
    limit.daemon = True
    limit.start()
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request(method, target, body=body or None, headers=dict(headers or {}))
        answer = connection.getresponse()
        said = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, said, answer.read(MOST_BYTES) if method != "HEAD" else b"")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error
    finally:
        limit.cancel()
        connection.close()


def checked(url: str) -> SplitResult:
    """The parts of an address that may be asked, as far as its words tell. Errors: NotAllowed."""
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in url) or not url.isascii():
        raise NotAllowed("An address has neither spaces nor letters beyond ASCII in it.")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise NotAllowed(f"This is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise NotAllowed("Only addresses that begin with http:// or https:// and name a host are asked.")
    if parts.username is not None or parts.password is not None:
        raise NotAllowed("An address with a user's name or password in it is not asked.")
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open network: not private, loopback, link-local, shared or reserved.

    IPv6 addresses that stand for an IPv4 address are as public as that.
    """
    found: Any = ipaddress.ip_address(address.partition("%")[0])
    inner = _inner(found)
    if inner is not None:
        return is_public(str(inner))
    inside = (
        found.is_private or found.is_loopback or found.is_link_local or found.is_multicast or found.is_reserved
        or found.is_unspecified or getattr(found, "is_site_local", False)
    )  # fmt: skip
    return bool(found.is_global) and not inside


def _inner(found: Any) -> Any:
    """The IPv4 address that an IPv6 address stands for: mapped, 6to4, Teredo's client, NAT64."""
    if found.version != 6:
        return None
    teredo = found.teredo
    nat64 = ipaddress.ip_address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None
    return found.ipv4_mapped or found.sixtofour or (teredo[1] if teredo else None) or nat64


def _connection(parts: SplitResult, seconds: float, allow_private: bool) -> http.client.HTTPConnection:
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.sock = _connected(parts, host, port, seconds, allow_private)
    # As browsers and receivers expect it: without the port where it is the scheme's own.
    connection.default_port = 443 if parts.scheme == "https" else 80
    return connection


def _connected(parts: SplitResult, host: str, port: int, seconds: float, allow_private: bool) -> socket.socket:
    """A connection to an address of the host that was checked, encrypted where the scheme says so."""
    last: Exception = Unreachable(f"There is no host {host!r}.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no host {host!r}: {error}") from error
    for family, kind, protocol, _, address in found:
        if not (allow_private or is_public(str(address[0]))):
            last = NotAllowed(f"{host} is {address[0]}, an address inside the network, so it is not asked.")
            continue
        plain = socket.socket(family, kind, protocol)
        try:
            plain.settimeout(seconds)
            plain.connect(address)
            if parts.scheme == "http":
                return plain
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except (OSError, ValueError) as error:
            plain.close()
            last = Unreachable(f"{type(error).__name__}: {error}"[:300])
    raise last


def _cut_off(connection: http.client.HTTPConnection) -> None:
    """End a request that takes too long, whoever drips bytes into it."""
    try:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
