"""Answers from the database alone: titles and paths, for when there is no index."""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from ..actors import Actor
from ..pages.models import Page
from ..spaces.queries import bound, readable

_MOST_WORDS = 10


def find_by_title(
    connection: Connection, wiki_id: int, actor: Actor, text: str, limit: int, offset: int
) -> tuple[list[int], int]:
    """The ids of readable pages whose title or path contains every word of `text`, by path, and how many there are."""
    words = [word for word in text.split() if word.strip('"*-:')][:_MOST_WORDS]
    if not words:
        return [], 0
    where = [Page.wiki_id == wiki_id, ~Page.deleted, readable(Page.space_id)]
    for word in words:
        bare = word.strip('"*-:')
        where.append(
            or_(
                Page.title.icontains(bare, autoescape=True),
                Page.path.icontains(bare, autoescape=True),
            )
        )
    ids = connection.execute(
        select(Page.id).where(*where).order_by(Page.path).limit(limit).offset(offset), bound(actor)
    ).scalars()
    total = connection.execute(select(func.count()).select_from(Page).where(*where), bound(actor)).scalar_one()
    return list(ids), total
