"""Forged requests: our own guard, at home next to a host-wide one.

A form carries a signed token bound to the wiki and the actor, and the browser's own word about where the request comes
from is checked first (Fetch Metadata: Sec-Fetch-Site; else Origin). No cookie and no session entry of ours.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import Markup

from ..actors import Actor
from ..errors import KBWikiError
from .host_guards import HostGuards
from .words import kb_t

FIELD = "kb_csrf"
MAX_AGE_SECONDS = 24 * 3600


class ForgedOrStale(KBWikiError):
    """A form came from elsewhere, was filled in for too long, or by somebody else. Its text is given back."""

    status = 400

    def __str__(self) -> str:
        return kb_t(
            "Your sign-in changed, or the form was open for a long time. "
            "Please check what you wrote and send it again."
        )


class NoSecretKey(KBWikiError):
    """The host has no SECRET_KEY, so no form can be trusted; reading works."""

    status = 503

    def __str__(self) -> str:
        return kb_t(
            "Nothing can be changed here yet: the application has no SECRET_KEY. Its administrator can set one."
        )


def _serializer() -> URLSafeTimedSerializer:
    secret = current_app.secret_key
    if not secret:
        raise NoSecretKey
    # As Flask's own sessions: what an earlier key signed is good while the host lists that key; the last one signs.
    earlier = current_app.config.get("SECRET_KEY_FALLBACKS") or ()
    return URLSafeTimedSerializer([*earlier, secret], salt="kbwiki-csrf")


def hidden_inputs(wiki: str, actor: Actor, guards: HostGuards) -> Markup:
    """The inputs every form of ours carries: our token, and the host's when a host-wide protection is on."""
    try:
        token = _serializer().dumps([wiki, actor.id])
    except NoSecretKey:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token) + guards.form_input()


def check(wiki: str, actor: Actor) -> None:
    """Let the present request pass if a form of this wiki sent it, for this actor; each of an app's wikis has its own.

    Errors: ForgedOrStale, NoSecretKey.
    """
    serializer = _serializer()
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise ForgedOrStale
    elif (origin := request.headers.get("Origin")) is not None and urlsplit(origin).netloc != request.host:
        raise ForgedOrStale
    try:
        told = serializer.loads(request.form.get(FIELD, ""), max_age=MAX_AGE_SECONDS)
    except BadSignature as error:
        raise ForgedOrStale from error
    if told != [wiki, actor.id]:
        raise ForgedOrStale
