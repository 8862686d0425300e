"""Screens over HTTP on the loaded wiki, as shares of a bare Flask view with one SELECT."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from urllib.parse import quote, quote_plus

from sqlalchemy import select

from kbwiki import Actor, Wiki
from kbwiki.pages.actions import Edit, save_page
from kbwiki.pages.models import Page, Revision

from .corpus import corpus_folder
from .figures import Figure
from .http import compare, serving

FLOOR = "a bare Flask view with one SELECT through SQLAlchemy"
_SAMPLE = 200
_OPEN_REVIEWS = 1000


def measure(name: str) -> Iterator[Figure]:
    """The figure of one screen."""
    with corpus_folder() as folder:
        wiki = Wiki(f"sqlite:///{folder / 'wiki.db'}", index=folder / "index")
        target = _ADDRESSES[name](wiki)
        floor = [f"/floor/{page_id}" for page_id in _page_ids(wiki)]
        wiki.close()
        actor = "moderator" if name == "queue" else "reader"
        with serving(folder) as port:
            value, ratio = compare(port, target, floor, actor)
    yield Figure(name, value, "requests/s", ratio, FLOOR)


def _sample(wiki: Wiki) -> list[tuple[int, str, int]]:
    with wiki.read() as connection:
        rows = connection.execute(
            select(Page.id, Page.path, Page.number).where(~Page.deleted).order_by(Page.id)
        ).all()
    chosen = random.Random(4).sample([row for row in rows if row.number > 1], _SAMPLE)
    return [(row.id, row.path, row.number) for row in chosen]


def _page_ids(wiki: Wiki) -> list[int]:
    return [page_id for page_id, _, _ in _sample(wiki)]


def _page_view(wiki: Wiki) -> Sequence[str]:
    return [f"/wiki/{quote(path)}" for _, path, _ in _sample(wiki)]


def _history(wiki: Wiki) -> Sequence[str]:
    return [f"/wiki/-/history/{quote(path)}" for _, path, _ in _sample(wiki)]


def _diff(wiki: Wiki) -> Sequence[str]:
    return [f"/wiki/-/diff/{quote(path)}?a={number - 1}&b={number}" for _, path, number in _sample(wiki)]


def _recent(wiki: Wiki) -> Sequence[str]:
    with wiki.read() as connection:
        last = connection.execute(select(Revision.id).order_by(Revision.id.desc()).limit(1)).scalar_one()
    return [f"/wiki/-/recent?before={last - 100 * step}" for step in range(20)]


def _search(wiki: Wiki) -> Sequence[str]:
    words = [path.rpartition("/")[2].replace("_", " ") for _, path, _ in _sample(wiki)]
    return [f"/wiki/-/search?q={quote_plus(one)}" for one in words[:100]]


def _queue(wiki: Wiki) -> Sequence[str]:
    """A thousand pages edited by somebody, so that there is a queue to show."""
    author = Actor("author", "Arno Author", frozenset({"staff"}))
    with wiki.read() as connection:
        pages = connection.execute(
            select(Page.path, Page.number).where(~Page.deleted).order_by(Page.id).limit(_OPEN_REVIEWS)
        ).all()
    for start in range(0, len(pages), 100):
        with wiki.begin(author) as tx:
            for page in pages[start : start + 100]:
                save_page(tx, Edit(page.path, f"Edited.\n\n{page.path}\n", base=page.number, comment="An edit"))
    return ["/wiki/-/reviews"] * 4


_ADDRESSES = {
    "page_view": _page_view,
    "history": _history,
    "diff": _diff,
    "recent": _recent,
    "search": _search,
    "queue": _queue,
}
NAMES = tuple(_ADDRESSES)
