"""What the host adds to answers: asked with OPTIONS, which runs its handlers, and none of our views."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...cli.finding import Finding

if TYPE_CHECKING:
    from ..mount import Mount

_NEEDED = {"script-src": "scripts", "style-src": "stylesheets", "img-src": "icons", "connect-src": "suggestions"}


def headers(mount: Mount) -> Iterator[Finding]:
    """The host's policy must let the wiki's own files through."""
    if mount.app.url_map.host_matching:
        return
    address = f"{mount.url_prefix}/-/static/kb.css"
    answer = mount.app.test_client().options(address)
    if answer.status_code >= 500 or answer.status_code in (404, 429):
        yield Finding(
            "answers",
            f"{address} is answered with {answer.status_code} before the wiki hears of it",
            "See what the app does before each request.",
            code="not-reached",
        )
        return
    policy = answer.headers.get("Content-Security-Policy")
    if policy is None:
        yield Finding("answers", "no content security policy; the wiki would obey the strictest")
        return
    said = _directives(policy)
    with mount.app.test_request_context(address):
        has_nonce = bool(mount.guards.nonce())
    forbidden = [what for name, what in _NEEDED.items() if not _lets_through(said, name, has_nonce)]
    if said.get("form-action", ["'self'"]) == ["'none'"]:
        forbidden.append("forms")
    if forbidden:
        yield Finding(
            "answers",
            f"the content security policy forbids the wiki's own {', '.join(forbidden)}: {policy}",
            "Let 'self' be a source of each; for a policy of nonces alone, name the function that gives it "
            f"({mount.prefix}CSP_NONCE).",
            code="policy-forbids",
        )
    else:
        kind = "a content security policy with nonces" if has_nonce else "a content security policy"
        yield Finding("answers", f"{kind}, which lets the wiki through")


def _directives(policy: str) -> dict[str, list[str]]:
    parts = [one.split() for one in policy.split(";") if one.strip()]
    return {words[0].lower(): words[1:] for words in reversed(parts)}


def _lets_through(said: dict[str, list[str]], name: str, has_nonce: bool) -> bool:
    sources = said.get(name, said.get("default-src", ["*"]))
    if name in ("script-src", "style-src") and any(one.startswith("'nonce-") for one in sources):
        return has_nonce or ("'self'" in sources and "'strict-dynamic'" not in sources)
    return any(one in ("'self'", "*", "https:", "http:") for one in sources)
