"""Pages as HTML, rendered once for everything the HTML depends on: the text, and where its links lead just now.

The key of rendered HTML is the digest of all that, so nothing ever has to be invalidated: when a page comes, goes
or moves, the pages that link to it simply ask for another key.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import Connection, Executable, bindparam, null, select, union_all

from ..actors import Actor
from ..caching import BoundedCache
from ..database import Database
from ..db import in_list, insert_or_ignore
from ..markup import RENDERER_VERSION, Document, Heading, Link, Resolved, Wording, parse, render
from ..spaces.queries import bound, readable
from ..wording import Wording as SpokenWording
from ..wording import kb_t, spoken
from .models import Page, ParsedText, Redirect, Rendered
from .parsed import row_of
from .paths import locate, look_alike
from .texts import load_texts

Address = Callable[[str, str | None, bool], str]
"""(path, section, missing) → the address a link to that page has here."""

_ALIKE = select(Page.path, Page.look_alike).where(
    Page.wiki_id == bindparam("wiki_id"),
    in_list(Page.look_alike, "keys"),
    ~Page.deleted,
    readable(Page.space_id),
)
_FORMER = (
    select(Redirect.path, null().label("look_alike"))
    .join(Page, Page.id == Redirect.page_id)
    .where(
        Redirect.wiki_id == bindparam("wiki_id"),
        in_list(Redirect.path, "paths"),
        ~Page.deleted,
        readable(Page.space_id),
    )
)
_EXISTING: Executable = union_all(_ALIKE, _FORMER)
_HTML = select(Rendered.html).where(Rendered.key == bindparam("key"))


@dataclass(frozen=True, slots=True)
class PageHtml:
    """A page as HTML, and its headings for the contents list."""

    html: str
    toc: tuple[Heading, ...]


RenderCache = BoundedCache[bytes, str]
"""Rendered HTML of this process, by the digest of everything it was made from."""


def existing(connection: Connection, wiki_id: int, actor: Actor, paths: Iterable[str]) -> dict[str, str]:
    """For each path the page a link to it leads to: itself, or the only page that looks alike, or an old address.

    Paths that lead nowhere this actor may go are absent.
    """
    wanted = sorted(set(paths))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 400):
        found |= _existing(connection, wiki_id, actor, wanted[start : start + 400])
    return found


def _existing(connection: Connection, wiki_id: int, actor: Actor, paths: list[str]) -> dict[str, str]:
    keys = {path: look_alike(path) for path in paths}
    rows = connection.execute(
        _EXISTING,
        {"wiki_id": wiki_id, "keys": sorted(set(keys.values())), "paths": paths, **bound(actor)},
    )
    live: set[str] = set()
    alike: dict[str, list[str]] = {}
    for path, key in rows:
        live.add(path)
        # An old address is found as it was written; only pages are found by what looks alike.
        if key is not None:
            alike.setdefault(key, []).append(path)
    found = {}
    for path in paths:
        others = alike.get(keys[path], ())
        if path in live:
            found[path] = path
        elif len(others) == 1:
            found[path] = others[0]
    return found


def page_html(
    database: Database,
    connection: Connection,
    cache: RenderCache,
    *,
    wiki_id: int,
    actor: Actor,
    path: str,
    digest: bytes,
    links: tuple[Link, ...] | None,
    headings: tuple[Heading, ...],
    address: Address,
    max_output: int,
    now: datetime,
) -> PageHtml:
    """The text with `digest`, as a page at `path`, in HTML for this actor.

    `links` and `headings` are what is kept about the text, None and () when it was never parsed. Nothing is rendered
    twice: first this process's memory is asked, then the database, and what had to be rendered is kept in both,
    unless somebody is writing just now, for a reader never waits for that.
    """
    document: Document | None = None
    if links is None:
        document = parse(load_texts(connection, [digest])[digest])
        links, headings = document.links, document.headings
    resolved = resolve_links(connection, wiki_id, actor, path, links, address)
    wording, said = _wording_in(spoken())
    key = _key(digest, resolved, max_output, said)
    html = cache.get(key)
    if html is None and document is None:
        stored = connection.execute(_HTML, {"key": key}).scalar()
        html = zlib.decompress(stored).decode() if stored is not None else None
    if html is None:
        parsed_here = document is not None
        document = document or parse(load_texts(connection, [digest])[digest])
        html = render(document, resolve=resolved.__getitem__, max_output=max_output, wording=wording).html
        _keep(database, key, digest, html, document if parsed_here else None, now)
    cache.put(key, html)
    return PageHtml(html, headings)


def preview_html(
    connection: Connection, wiki_id: int, actor: Actor, path: str, text: str, address: Address, max_output: int
) -> PageHtml:
    """A text that is not saved, as HTML; nothing is kept."""
    document = parse(text)
    resolved = resolve_links(connection, wiki_id, actor, path, document.links, address)
    html = render(document, resolve=resolved.__getitem__, max_output=max_output).html
    return PageHtml(html, document.headings)


def resolve_links(
    connection: Connection, wiki_id: int, actor: Actor, path: str, links: Iterable[Link], address: Address
) -> Mapping[Link, Resolved]:
    """Where each link on the page at `path` leads, for this actor, now."""
    targets = {link: locate(link.target, link.style, path) for link in links}
    wanted = {target for target in targets.values() if target is not None and target != path}
    found = existing(connection, wiki_id, actor, wanted) if wanted else {}
    found[path] = path
    resolved = {}
    for link, target in targets.items():
        real = found.get(target) if target is not None else None
        if real is not None:
            resolved[link] = Resolved(address(real, link.section, False), missing=False)
        else:
            wanted_path = target or link.target
            resolved[link] = Resolved(
                address(wanted_path, None, True),
                missing=True,
                title=kb_t("Nobody has written “{wanted_path}” yet", wanted_path=wanted_path),
            )
    return resolved


@lru_cache(maxsize=64)
def _wording_in(_language: SpokenWording) -> tuple[Wording, str]:
    """The words that rendering adds, as they are said in the language that is spoken, and their digest."""
    wording = Wording.spoken()
    return wording, sha256(repr(wording).encode("utf-8", "surrogatepass")).hexdigest()


def _key(digest: bytes, resolved: Mapping[Link, Resolved], max_output: int, wording: str) -> bytes:
    facts = [
        RENDERER_VERSION,
        digest.hex(),
        max_output,
        wording,
        [[link.target, link.section, link.style, to.href, to.missing, to.title] for link, to in resolved.items()],
    ]
    return sha256(json.dumps(facts, separators=(",", ":")).encode("utf-8", "surrogatepass")).digest()


def _keep(
    database: Database, key: bytes, digest: bytes, html: str, document: Document | None, now: datetime
) -> None:
    with database.write_if_free() as connection:
        if connection is None:
            return
        if document is not None:
            connection.execute(insert_or_ignore(connection, ParsedText), row_of(digest, document))
        connection.execute(
            insert_or_ignore(connection, Rendered),
            {"key": key, "digest": digest, "html": zlib.compress(html.encode(), 6), "created_at": now},
        )
