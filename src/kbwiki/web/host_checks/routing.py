"""Addresses: whether each of the wiki's is answered by the wiki, and by nobody else's rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule
from werkzeug.test import EnvironBuilder

from ...cli.finding import Finding
from ...wording import kb_t
from ...wording.amounts import grouped

if TYPE_CHECKING:
    from ..mount import Mount

_SAMPLES = {"int": "7", "path": "some/page", "": "some"}


def _own(mount: Mount) -> list[Rule]:
    return [one for one in mount.app.url_map.iter_rules() if one.endpoint.startswith(f"{mount.blueprint_name}.")]


def _places(mount: Mount) -> set[tuple[str, str | None, str | None]]:
    return {(one.rule, one.subdomain, one.host) for one in _own(mount)}


def rules(mount: Mount) -> Iterator[Finding]:
    """Two equal rules raise nothing: the first one added answers, and the other is never heard of."""
    app = mount.app
    others: dict[str, list[str]] = {}
    for rule in _own(mount):
        if rule.arguments - set(_placeholders(rule.rule)) or app.url_map.host_matching or rule.subdomain:
            continue
        address = re.sub(r"<(?:(\w+)[^:>]*:)?(\w+)>", lambda one: _SAMPLES.get(one[1] or "", "some"), rule.rule)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        adapter = app.url_map.bind(app.config.get("SERVER_NAME") or "localhost")
        try:
            endpoint, _ = adapter.match(address, method=method)
        except RequestRedirect as redirect:
            endpoint = kb_t("a redirect to {address}", address=redirect.new_url)
        except HTTPException as error:
            endpoint = kb_t("an error ({code})", code=error.code)
        if endpoint != rule.endpoint and not endpoint.startswith(f"{mount.blueprint_name}."):
            others.setdefault(endpoint, []).append(address)
    for other in app.extensions["kbwiki"].values():
        if other is not mount and _places(other) & _places(mount):
            clashing = kb_t("the [wiki] {name!r}, or the other way round", name=other.name)
            others.setdefault(clashing, [mount.url_prefix or "/"])
    for endpoint, addresses in others.items():
        more = len(addresses) - 1
        yield Finding(
            "routes",
            kb_t(
                "{address} and {n} more would be the [wiki]'s, and is answered by {endpoint}",
                "{address} and {n} more would be the [wiki]'s, and are answered by {endpoint}",
                address=addresses[0],
                n=more,
                endpoint=endpoint,
            )
            if more
            else kb_t(
                "{address} would be the [wiki]'s, and is answered by {endpoint}",
                address=addresses[0],
                endpoint=endpoint,
            ),
            kb_t("Mount the [wiki] at another url_prefix, or give what answers another address."),
            code="route-clash",
        )
    yield Finding("routes", kb_t("at {what}", what=mount.url_prefix or "/"), figures={"url_prefix": mount.url_prefix})


def _placeholders(rule: str) -> list[str]:
    return re.findall(r"<(?:[^:>]*:)?(\w+)>", rule)


def hosts(mount: Mount) -> Iterator[Finding]:
    """Rules for a subdomain are heard of only where the app is set up for them; a host is asked for at the start."""
    app, own = mount.app, _own(mount)
    if any(rule.subdomain for rule in own) and not (app.config.get("SERVER_NAME") and app.subdomain_matching):
        yield Finding(
            "routes",
            kb_t("the [wiki] has a subdomain, and the app matches none: it is answered at no address, or at every one"),
            kb_t("Set SERVER_NAME, and subdomain_matching=True where the app is made."),
            code="subdomain-unmatched",
        )


def sign_in(mount: Mount) -> Iterator[Finding]:
    """The address of the sign-in page must be one."""
    address = mount.sign_in_url
    if not address or not address.startswith("/") or address.startswith("//") or mount.app.url_map.host_matching:
        return
    adapter = mount.app.url_map.bind(mount.app.config.get("SERVER_NAME") or "localhost")
    try:
        adapter.match(address.partition("?")[0], method="GET")
    except RequestRedirect:
        return
    except HTTPException as error:
        yield Finding(
            "routes",
            kb_t(
                "{prefix}SIGN_IN_URL is {address!r}, which the app answers with {code}",
                prefix=mount.prefix,
                address=address,
                code=error.code,
            ),
            kb_t("Set it to the address of the sign-in [page]."),
            code="sign-in-nowhere",
        )


def body_limit(mount: Mount) -> Iterator[Finding]:
    """A page of the largest size must get through; the wiki raises limits for its own forms where that can be done."""
    wanted = mount.settings.max_page_bytes
    with mount.app.test_request_context(environ_base=EnvironBuilder(method="POST").get_environ()) as context:
        limit = mount.raised_limit(context.request)
    if limit is not None and limit < wanted:
        yield Finding(
            "forms",
            kb_t(
                "MAX_CONTENT_LENGTH lets {limit} bytes through, and [a page] may have {wanted}",
                limit=grouped(limit),
                wanted=grouped(wanted),
            ),
            kb_t(
                "Raise it to {bytes} at least, or lower {key}.",
                bytes=grouped(wanted * 3),
                key=f"{mount.prefix}MAX_PAGE_BYTES",
            ),
            code="body-limit",
        )
