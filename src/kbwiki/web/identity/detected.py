"""Which adapter a host needs, found out from what it has at the first request, so that order does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask

from ...actors import Actor
from ...errors import Invalid
from .adapter import Identity, Nobody, Renamed, adapted
from .in_front import from_settings
from .logged_in import flask_login_actor, flask_security_actor


class Detected(Identity):
    """Flask-Security where the app has it, else Flask-Login, else nobody: whichever there is when it is asked."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._found: Identity | None = None

    @property
    def found(self) -> Identity:
        """The adapter for what the app has."""
        if self._found is not None:
            return self._found
        if getattr(self._app.extensions.get("security"), "datastore", None) is not None:
            found: Identity = flask_security_actor()
        elif hasattr(self._app, "login_manager"):
            found = flask_login_actor()
        else:
            return Nobody()
        self._found = found
        return found

    @property
    def label(self) -> str:  # type: ignore[override]
        """What was found."""
        return self.found.label

    def current(self) -> Actor:
        """As what was found."""
        return self.found.current()

    def find(self, id: str) -> Actor | None:
        """As what was found."""
        return self.found.find(id)

    def members(self, group: str) -> Iterable[Actor] | None:
        """As what was found."""
        return self.found.members(group)

    def search(self, text: str, limit: int = 20) -> Iterable[Actor] | None:
        """As what was found."""
        return self.found.search(text, limit)

    def sign_in(self, next_url: str) -> str | None:
        """As what was found."""
        return self.found.sign_in(next_url)


def identity_of(app: Flask, prefix: str, given: Any) -> Identity:
    """The adapter of a mount: what the host hands over, else what its settings describe, else what it has.

    The host's names of groups are put into kbwiki's by `<prefix>GROUP_NAMES`. Errors: Invalid for bad settings.
    """
    named: Mapping[str, Any] | None = app.config.get(f"{prefix}GROUP_NAMES")
    inner = adapted(given) if given is not None else from_settings(app.config, prefix) or Detected(app)
    if not named:
        return inner
    if not isinstance(named, Mapping):
        raise Invalid(f"{prefix}GROUP_NAMES", f"{prefix}GROUP_NAMES must map the host's names of groups to kbwiki's.")
    return Renamed(inner, named)
