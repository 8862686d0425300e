"""Sign-in in front of the app: a web server that sets REMOTE_USER, or a proxy that sets headers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from flask import request
from werkzeug.http import parse_list_header

from ...actors import ANONYMOUS, Actor
from ...errors import Invalid
from ...wording import N_
from .adapter import Identity

log = logging.getLogger("kbwiki.web")

LOCAL_SOCKET = "unix"
"""Among trusted peers: whoever comes by a Unix socket, which has no address."""

UNKNOWN = "?"
"""The peer where it cannot be known; never a trusted one."""

GroupsOf = Callable[[str], Iterable[str]]


class RemoteUser(Identity):
    """Believes the web server that the app runs in: REMOTE_USER in the WSGI environment, which no client can set."""

    label = "REMOTE_USER"

    def __init__(self, groups: GroupsOf | None, name: Callable[[str], str] | None, separator: str) -> None:
        self._groups = groups
        self._name = name
        self._separator = separator

    def current(self) -> Actor:
        """Whom the server signed in."""
        user = _decoded(request.environ.get("REMOTE_USER") or "")
        if not user:
            return ANONYMOUS
        said = _decoded(request.environ.get("REMOTE_GROUPS") or "")
        groups = self._groups(user) if self._groups else _parted(said, self._separator)
        return Actor(user, self._name(user) if self._name else user, frozenset(groups))


class ProxyHeaders(Identity):
    """Believes headers, and those only when the peer is a proxy that is trusted: anybody else could send them too.

    The peer is who opened the connection to the app, also where ProxyFix has put the visitor's address in its place.
    """

    label = N_("headers of a trusted proxy")

    def __init__(self, trusted: Sequence[str], user: str, name: str | None, groups: str | None, separator: str) -> None:
        self.trusted = tuple(trusted)
        self._networks = _networks(trusted)
        self._user, self._name, self._groups, self._separator = user, name, groups, separator

    def current(self) -> Actor:
        """Whom the proxy signed in; nobody where the peer is not trusted."""
        user = _decoded(request.headers.get(self._user, "")).strip()
        if not user:
            return ANONYMOUS
        if not self._is_trusted(peer(request.environ)):
            log.warning("%s came from %r, which is no trusted proxy: not believed.", self._user, peer(request.environ))
            return ANONYMOUS
        name = _decoded(request.headers.get(self._name, "")).strip() if self._name else ""
        groups = _decoded(request.headers.get(self._groups, "")) if self._groups else ""
        return Actor(user, name or user, frozenset(_parted(groups, self._separator)))

    def _is_trusted(self, address: str) -> bool:
        if address in ("", LOCAL_SOCKET):
            return LOCAL_SOCKET in self.trusted
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        return any((mapped or found) in network for network in self._networks)


def remote_user_actor(
    *, groups: GroupsOf | None = None, name: Callable[[str], str] | None = None, separator: str = ","
) -> RemoteUser:
    """An adapter for REMOTE_USER, as web servers set it that sign people in themselves.

    `groups(user)` gives the names of a user's groups (default: what stands in REMOTE_GROUPS of the environment,
    between `separator`s), `name(user)` what others see (default: the user's name).
    """
    return RemoteUser(groups, name, separator)


def proxy_header_actor(
    *,
    trusted: Sequence[str],
    user: str = "X-Remote-User",
    name: str | None = "X-Remote-Name",
    groups: str | None = "X-Remote-Groups",
    separator: str = ",",
) -> ProxyHeaders:
    """An adapter for a proxy that signs people in and says in headers who they are.

    `trusted` are the addresses or networks of the proxies (`"10.0.0.0/8"`; `"unix"` for a Unix socket): from anybody
    else the headers are not believed. The proxy has to replace these headers, whatever a visitor sends.
    Errors: Invalid.
    """
    return ProxyHeaders(trusted, user, name, groups, separator)


def from_settings(config: Mapping[str, Any], prefix: str) -> ProxyHeaders | None:
    """The adapter that `<prefix>USER_HEADER` and its neighbours describe; None: they are not set. Errors: Invalid."""
    user = config.get(f"{prefix}USER_HEADER")
    if not user:
        return None
    trusted = config.get(f"{prefix}TRUSTED_PROXIES") or ()
    if isinstance(trusted, str) or not trusted:
        raise Invalid(
            f"{prefix}TRUSTED_PROXIES",
            f"{prefix}USER_HEADER is believed from trusted proxies only: please list them as {prefix}TRUSTED_PROXIES, "
            'for example ["10.0.0.0/8"].',
        )
    return ProxyHeaders(
        trusted,
        user,
        config.get(f"{prefix}NAME_HEADER"),
        config.get(f"{prefix}GROUPS_HEADER"),
        config.get(f"{prefix}GROUPS_SEPARATOR", ","),
    )


def peer(environ: Mapping[str, Any]) -> str:
    """The address of who opened the connection, before ProxyFix put another in its place; empty on a Unix socket.

    A second ProxyFix overwrites what the first one put aside, with an address that any stranger can write into
    X-Forwarded-For. So an address that also stands there is nobody's: better to believe too little.
    """
    original = environ.get("werkzeug.proxy_fix.orig")
    address = str((original or environ).get("REMOTE_ADDR") or "")
    return UNKNOWN if original and address and address in _forwarded(environ) else address


def _forwarded(environ: Mapping[str, Any]) -> set[str]:
    """The addresses in X-Forwarded-For, read as ProxyFix reads them, quoted ones too."""
    said = str(environ.get("HTTP_X_FORWARDED_FOR") or "")
    return {part.strip() for part in (*said.split(","), *parse_list_header(said))}


def _networks(trusted: Sequence[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    found = []
    for one in trusted:
        if one == LOCAL_SOCKET:
            continue
        try:
            found.append(ip_network(one, strict=False))
        except ValueError as error:
            raise Invalid("trusted", f"{one!r} is no address and no network of a trusted proxy ({error}).") from error
    return tuple(found)


def _decoded(said: str) -> str:
    """What a header says in UTF-8; WSGI hands its bytes over as Latin-1."""
    try:
        return said.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return said


def _parted(said: str, separator: str) -> list[str]:
    return [part.strip() for part in said.split(separator) if part.strip()]
