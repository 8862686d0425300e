"""A page and everything below it as one document, to be read at one go, searched in the browser, or printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response
from markupsafe import Markup

from ..errors import NotFound
from ..markup.joining import Part, as_part
from ..pages.queries.below import subtree
from ..pages.queries.view import PageView
from .reading import as_html, crumbs
from .restraints import as_restrained
from .visit import Visit
from .words import day, kb_t, when, who

_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A page in the document: `key` is its id there, `level` that of its heading; `why_not` says why it has no text."""

    key: str
    title: str
    url: str
    level: int
    html: Markup
    why_not: str
    author: str
    updated_when: Markup
    number: int


def document(visit: Visit, path: str) -> Response:
    """The page and those below it, in the order of the tree, as many as the setting lets."""
    most = max(visit.settings.document_pages, 1)
    found = subtree(visit.connection, visit.wiki.id, path, visit.actor, count=most)
    if not found.pages or found.pages[0].path != path:
        raise NotFound("page", path)
    parts = tuple(_parts(visit, found.pages))
    first = found.pages[0]
    return visit.show(
        "kbwiki/document.html",
        title=first.title,
        crumbs=crumbs(visit, path, {}),
        page_url=visit.url.page(path),
        parts=parts,
        left_out=found.total - len(parts),
        tree_url=visit.url("tree", path=path),
        today=day(visit.now),
    )


def _parts(visit: Visit, pages: tuple[PageView, ...]) -> Iterator[DocumentPart]:
    """The pages as parts, until they are as long together as a single page may be."""
    top = pages[0].path.count("/")
    keys = {visit.url.page(page.path): f"kb_d{number}" for number, page in enumerate(pages, 1)}
    room = visit.settings.max_output_chars
    for page in pages:
        url = visit.url.page(page.path)
        depth = min(page.path.count("/") - top, _DEEPEST)
        shown = as_restrained(visit, page)
        html = "" if shown.hidden else as_html(visit, shown).html
        room -= len(html)
        if room < 0 and url != visit.url.page(pages[0].path):
            return
        yield DocumentPart(
            key=keys[url],
            title=shown.title,
            url=url,
            level=min(1 + depth, 6),
            html=Markup(as_part(html, Part(keys[url], depth, keys))),  # noqa: S704 - sanitised by markup.render
            why_not=kb_t("The text of this [page] is hidden.") if shown.hidden else "",
            author=who(shown.author),
            updated_when=when(shown.at, visit.now),
            number=shown.number,
        )
