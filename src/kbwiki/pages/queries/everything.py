"""Every page an actor may read, whole, in the order of paths: for those who take pages elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, select

from ...actors import Actor
from ...spaces.queries import bound, readable
from ..models import Page, Revision
from ..texts import load_texts


@dataclass(frozen=True, slots=True)
class WholePage:
    """A page as it stands."""

    path: str
    title: str
    text: str
    tags: tuple[str, ...]


_ALL = (
    select(Page.path, Page.title, Page.text_digest, Revision.tags)
    .join(Revision, and_(Revision.page_id == Page.id, Revision.number == Page.number))
    .where(
        Page.wiki_id == bindparam("wiki_id"),
        Page.path > bindparam("after"),
        ~Page.deleted,
        ~Revision.hidden,
        readable(Page.space_id),
    )
    .order_by(Page.path)
)


def every_page(
    read: Callable[[], AbstractContextManager[Connection]], wiki_id: int, actor: Actor, *, at_once: int = 100
) -> Iterator[WholePage]:
    """The pages, read some at a time, so that no connection is held while somebody works on them."""
    after = ""
    while True:
        with read() as connection:
            key = {"wiki_id": wiki_id, "after": after, **bound(actor)}
            rows = connection.execute(_ALL.limit(at_once), key).all()
            texts = load_texts(connection, {row.text_digest for row in rows})
        for row in rows:
            yield WholePage(row.path, row.title, texts[row.text_digest], tuple(row.tags))
        if len(rows) < at_once:
            return
        after = rows[-1].path
