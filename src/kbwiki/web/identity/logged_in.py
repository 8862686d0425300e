"""Hosts with Flask-Login, and with Flask-Security, which stands on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from flask import current_app
from sqlalchemy import or_, select
from werkzeug.routing import BuildError

from ...actors import Actor, ActorKind
from .adapter import Identity
from .host_users import Reading, user_id

Groups = Callable[[Any], Iterable[str]]


class FlaskLogin(Identity):
    """Asks Flask-Login who is signed in. It knows nobody else."""

    label = "Flask-Login"

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def current(self) -> Actor:
        """Who is signed in."""
        from flask_login import current_user

        return self._reading.actor(current_user._get_current_object() if current_user else None)

    def sign_in(self, next_url: str) -> str | None:
        """The manager's `login_view`, with the way back as it writes it."""
        from flask_login import login_url

        view = current_app.login_manager.login_view  # type: ignore[attr-defined]
        try:
            return login_url(view, next_url=next_url) if view else None
        except BuildError:
            return None


class FlaskSecurity(FlaskLogin):
    """Asks Flask-Security who is signed in, and its datastore about everybody else.

    Ids are primary keys: `get_id()` there is `fs_uniquifier`, which changes with the password.
    """

    label = "Flask-Security"

    def find(self, id: str) -> Actor | None:
        """The user with this primary key."""
        store = _store()
        for key in _keys_like(store.user_model, id):
            found = store.find_user(**{_key_column(store.user_model): key})
            if found is not None and user_id(found) == id:
                return self._reading.actor(found)
        return None

    def members(self, group: str) -> Iterable[Actor] | None:
        """Who has the role of this name and may sign in; None where groups are no roles, or nobody can be listed."""
        if self._reading.groups is not None:
            return None
        store = _store()
        role = store.find_role(group)
        if role is None:
            return []
        users = getattr(role, "users", None)
        if users is None:
            return None
        return [self._reading.actor(user) for user in users if getattr(user, "active", True)]

    def search(self, text: str, limit: int = 20) -> Iterable[Actor] | None:
        """Users with this text in their user name or address, where the datastore is SQLAlchemy's."""
        model = _store().user_model
        columns = [getattr(model, name) for name in ("username", "email") if hasattr(model, name)]
        session = getattr(_store().db, "session", None)
        if session is None or not columns:
            return None
        wanted = select(model).where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
        return [self._reading.actor(user) for user in islice(session.scalars(wanted.limit(limit)), limit)]

    def sign_in(self, next_url: str) -> str | None:
        """Flask-Security's sign-in page."""
        from flask_security.utils import url_for_security

        try:
            return str(url_for_security("login", next=next_url))
        except BuildError:
            return None


def flask_login_actor(
    *,
    groups: Groups | None = None,
    name: Callable[[Any], str] | None = None,
    kind: Callable[[Any], ActorKind | str] | None = None,
) -> FlaskLogin:
    """An adapter for Flask-Login.

    `groups(user)` gives the names of the user's groups (default: the names in `user.groups`, else in `user.roles`),
    `name(user)` what others see (default: `user.name`, else `user.username`, else the id), `kind(user)` whether it
    is a human or an agent. The id is the primary key of a mapped user, else `user.id`: never `get_id()`, which
    some extensions change at every sign-in.
    """
    return FlaskLogin(Reading(groups, name, kind))


def flask_security_actor(
    *,
    groups: Groups | None = None,
    name: Callable[[Any], str] | None = None,
    kind: Callable[[Any], ActorKind | str] | None = None,
) -> FlaskSecurity:
    """An adapter for Flask-Security: its roles are the groups. The arguments are those of `flask_login_actor`.

    Without `name`, people are called by `user.name`, else `user.username`, else by the part of their address before
    the @.
    """
    return FlaskSecurity(Reading(groups, name or _security_name, kind))


def _security_name(user: Any) -> str:
    known = getattr(user, "name", None) or getattr(user, "username", None)
    return str(known or str(getattr(user, "email", "")).partition("@")[0] or user_id(user))


def _store() -> Any:
    return current_app.extensions["security"].datastore


def _key_column(model: Any) -> str:
    table = getattr(model, "__table__", None)
    return next(iter(table.primary_key.columns)).key if table is not None else "id"


def _keys_like(model: Any, id: str) -> Iterator[Any]:
    """The id as the key column has it: of its Python type where that can be read from the text, else as it is."""
    table = getattr(model, "__table__", None)
    if table is None:
        yield id
        return
    try:
        wanted = next(iter(table.primary_key.columns)).type.python_type
        yield id if wanted is str else wanted(id)
    except (NotImplementedError, ValueError, TypeError):
        return


