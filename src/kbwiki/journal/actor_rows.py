"""Who did something, as the journal refers to them: a row for each actor that ever acted."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from ..actors import Actor
from ..db import insert_or_ignore
from .models import ActorRow


def ensure_actor(connection: Connection, wiki_id: int, actor: Actor) -> int:
    """The row of this actor, made or brought up to date with the name the host gives."""
    find = select(ActorRow.id, ActorRow.name, ActorRow.kind).where(
        ActorRow.wiki_id == wiki_id, ActorRow.external_id == actor.id
    )
    said = {"name": actor.name[:255], "kind": actor.kind.value}
    row = connection.execute(find).first()
    if row is None:
        connection.execute(
            insert_or_ignore(connection, ActorRow), {"wiki_id": wiki_id, "external_id": actor.id, **said}
        )
        row = connection.execute(find).one()
    if (row.name, row.kind) != (said["name"], said["kind"]):
        connection.execute(update(ActorRow).where(ActorRow.id == row.id).values(**said))
    return int(row.id)


