"""Who acts on the command line. Whoever can type here holds the database, so they say it themselves, and say it all."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from sqlalchemy import select

from ..actors import Actor, ActorKind
from ..journal.models import ActorRow
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    spoken.option(
        "--actor", "actor_id", required=True, metavar="ID", help=N_("Who decides: the host's id of the person.")
    ),
    spoken.option(
        "--actor-name", metavar="NAME", help=N_("Their name. Default: as the [wiki] knows them, else the id.")
    ),
    spoken.option(
        "--in-group",
        "groups",
        multiple=True,
        required=True,
        metavar="GROUP",
        help=N_("Their [group]; repeat for more."),
    ),
)


def acting(command: F) -> F:
    """The options that say who acts; the command gets `actor_id`, `actor_name` and `groups`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def actor_of(wiki: Wiki, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> Actor:
    """The actor these options name; a known one keeps name and kind."""
    known = select(ActorRow.name, ActorRow.kind).where(ActorRow.wiki_id == wiki.id, ActorRow.external_id == actor_id)
    with wiki.read() as connection:
        row = connection.execute(known).first()
    name = actor_name or (row.name if row else actor_id)
    return Actor(actor_id, name, frozenset(groups), ActorKind(row.kind) if row else ActorKind.HUMAN)


def moment(said: str) -> datetime:
    """A day or a moment, in UTC where nothing else is said: 2026-05-03 or 2026-05-03T14:30."""
    try:
        parsed = datetime.fromisoformat(said)
    except ValueError:
        raise click.BadParameter(
            kb_t("{said!r} is no moment; write 2026-05-03 or 2026-05-03T14:30 (UTC).", said=said)
        ) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def json_object(said: str) -> dict[str, Any]:
    """What a verdict needs besides, as JSON."""
    try:
        parsed = json.loads(said)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise click.BadParameter(kb_t('what the verdict needs besides is a JSON object, such as {"to": "people"}.'))
    return parsed
