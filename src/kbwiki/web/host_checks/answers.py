"""What the host adds to answers: asked with OPTIONS, which runs its handlers, and none of our views."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...cli.finding import Finding
from ...wording import N_, kb_t
from ...wording.amounts import listed

if TYPE_CHECKING:
    from ..mount import Mount

_NEEDED = {
    "script-src": N_("scripts"),
    "style-src": N_("stylesheets"),
    "img-src": N_("icons"),
    "connect-src": N_("suggestions"),
}


def headers(mount: Mount) -> Iterator[Finding]:
    """The host's policy must let the wiki's own files through."""
    if mount.app.url_map.host_matching:
        return
    address = f"{mount.url_prefix}/-/static/kb.css"
    answer = mount.app.test_client().options(address)
    if answer.status_code >= 500 or answer.status_code in (404, 429):
        yield Finding(
            "answers",
            kb_t(
                "{address} is answered with {status_code} before the [wiki] hears of it",
                address=address,
                status_code=answer.status_code,
            ),
            kb_t("See what the app does before each request."),
            code="not-reached",
        )
        return
    policy = answer.headers.get("Content-Security-Policy")
    if policy is None:
        yield Finding("answers", kb_t("no content security policy; the [wiki] would obey the strictest"))
        return
    said = _directives(policy)
    with mount.app.test_request_context(address):
        has_nonce = bool(mount.guards.nonce())
    forbidden = [kb_t(what) for name, what in _NEEDED.items() if not _lets_through(said, name, has_nonce)]
    if said.get("form-action", ["'self'"]) == ["'none'"]:
        forbidden.append(kb_t("forms"))
    if forbidden:
        yield Finding(
            "answers",
            kb_t(
                "the content security policy forbids the [wiki]'s own {names}: {policy}",
                names=listed(forbidden),
                policy=policy,
            ),
            kb_t(
                "Let 'self' be a source of each; for a policy of nonces alone, name the function that gives it "
                "({prefix}CSP_NONCE).",
                prefix=mount.prefix,
            ),
            code="policy-forbids",
        )
    else:
        by_nonce = kb_t("a content security policy with nonces, which lets the [wiki] through")
        plain = kb_t("a content security policy, which lets the [wiki] through")
        yield Finding("answers", by_nonce if has_nonce else plain)


def _directives(policy: str) -> dict[str, list[str]]:
    parts = [one.split() for one in policy.split(";") if one.strip()]
    return {words[0].lower(): words[1:] for words in reversed(parts)}


def _lets_through(said: dict[str, list[str]], name: str, has_nonce: bool) -> bool:
    sources = said.get(name, said.get("default-src", ["*"]))
    if name in ("script-src", "style-src") and any(one.startswith("'nonce-") for one in sources):
        return has_nonce or ("'self'" in sources and "'strict-dynamic'" not in sources)
    return any(one in ("'self'", "*", "https:", "http:") for one in sources)
