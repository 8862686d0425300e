"""Pages as HTML, rendered once for everything the HTML depends on: the text, and where its links lead just now.

The key of rendered HTML is the digest of all that, so nothing ever has to be invalidated: when a page comes, goes
or moves, the pages that link to it simply ask for another key.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import Connection, Executable, bindparam, null, select, union_all

from ..actors import Actor
from ..caching import BoundedCache
from ..database import Database
from ..db import in_list, insert_or_ignore
from ..errors import Busy
from ..markup import PLAIN, Dialect, Document, Heading, Labels, Link, Resolved, Wording, parse_extended, render
from ..markup import Rendered as RenderedText
from ..spaces.queries import bound, readable
from ..wording import Wording as SpokenWording
from ..wording import kb_t, spoken
from .models import Page, ParsedText, Redirect, Rendered
from .parsed import find_parsed, row_of
from .paths import locate, look_alike
from .texts import load_texts

Address = Callable[[str, str | None, bool], str]
"""(path, section, missing) → the address a link to that page has here."""

FilesAt = Callable[[Connection, Iterable[str]], Mapping[str, Resolved]]
"""(paths) → how links lead to those that are files, for the actor; `web` has it from the room of files."""


def no_files(connection: Connection, paths: Iterable[str]) -> Mapping[str, Resolved]:
    """Where there are no files."""
    return {}


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


NO_LABELS: Labels = {}


@dataclass(frozen=True, slots=True)
class PageHtml:
    """A page as HTML, and its headings for the contents list. What is not `lasting` is to be kept nowhere."""

    html: str
    toc: tuple[Heading, ...]
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Preview:
    """A text that is not saved: as HTML, as it was read, and where its links lead."""

    html: str
    document: Document
    resolved: Mapping[Link, Resolved]


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
    dialect: Dialect = PLAIN,
    labels: Labels = NO_LABELS,
    files: FilesAt = no_files,
) -> PageHtml:
    """The text with `digest`, as a page at `path`, in HTML for this actor.

    `links` and `headings` are what is kept about the text, None and () when it was never parsed. Nothing is rendered
    twice: first this process's memory is asked, then the database, and what had to be rendered is kept in both,
    unless somebody is writing just now, for a reader never waits for that. Plugins may be asked, so this is nothing to
    do under a lock. `labels` are what fields are called.
    """
    document: Document | None = None
    if dialect.extended_version != PLAIN.version:  # what is kept about the text is how it reads without plugins
        known = find_parsed(connection, digest, dialect.extended_version)
        links, headings = (known.links, known.headings) if known is not None else (None, ())
    if links is None:
        document = parse_extended(load_texts(connection, [digest])[digest], dialect)
        links, headings = document.links, document.headings
    resolved = resolve_links(connection, wiki_id, actor, path, links, address, files)
    wording, said = _wording_in(spoken())
    said = f"{said} {sorted(labels.items())}" if labels else said
    key = _key(digest, resolved, max_output, said, _dialect_key(dialect, path))
    html = cache.get(key)
    if html is None and document is None:
        stored = connection.execute(_HTML, {"key": key}).scalar()
        html = zlib.decompress(stored).decode() if stored is not None else None
    if html is not None:
        cache.put(key, html)
        return PageHtml(html, headings)
    parsed_here = document is not None
    document = document or parse_extended(load_texts(connection, [digest])[digest], dialect)
    if not document.whole:
        resolved = resolve_links(connection, wiki_id, actor, path, document.links, address, files)
    rendered = _rendered(document, resolved, path, dialect, labels, max_output, wording)
    if not rendered.lasting:
        return PageHtml(rendered.html, document.headings, lasting=False)
    row = row_of(digest, document, dialect.extended_version) if parsed_here else None
    _keep(database, key, digest, rendered.html, row, now)
    cache.put(key, rendered.html)
    return PageHtml(rendered.html, headings)


def _rendered(
    document: Document,
    resolved: Mapping[Link, Resolved],
    path: str,
    dialect: Dialect,
    labels: Labels,
    max_output: int,
    wording: Wording | None = None,
) -> RenderedText:
    """The document in HTML; one that extensions failed on is shown without any of them."""
    return render(
        document,
        resolve=resolved.__getitem__,
        max_output=max_output,
        wording=wording,
        path=path,
        dialect=dialect if document.whole else replace(dialect, extends=()),
        labels=labels,
    )


def preview_html(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    path: str,
    text: str,
    address: Address,
    max_output: int,
    dialect: Dialect = PLAIN,
    labels: Labels = NO_LABELS,
    files: FilesAt = no_files,
) -> Preview:
    """A text that is not saved, as HTML; nothing is kept."""
    document = parse_extended(text, dialect)
    resolved = resolve_links(connection, wiki_id, actor, path, document.links, address, files)
    return Preview(_rendered(document, resolved, path, dialect, labels, max_output).html, document, resolved)


def resolve_links(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    path: str,
    links: Iterable[Link],
    address: Address,
    files: FilesAt = no_files,
) -> Mapping[Link, Resolved]:
    """Where each link on the page at `path` leads, for this actor, now."""
    targets = {link: locate(link.target, link.style, path) for link in links}
    wanted = {target for target in targets.values() if target is not None and target != path}
    found = existing(connection, wiki_id, actor, wanted) if wanted else {}
    found[path] = path
    left = {target for target in targets.values() if target is not None and target not in found}
    filed = files(connection, left) if left else {}
    resolved = {}
    for link, target in targets.items():
        real = found.get(target) if target is not None else None
        if real is not None:
            resolved[link] = Resolved(address(real, link.section, False), missing=False)
        elif target is not None and target in filed:
            resolved[link] = filed[target]
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


def _key(
    digest: bytes, resolved: Mapping[Link, Resolved], max_output: int, wording: str, made_in: tuple[str, ...]
) -> bytes:
    facts = [
        made_in,
        digest.hex(),
        max_output,
        wording,
        [
            [link.target, link.section, link.style, to.href, to.missing, to.title, astuple(to.file) if to.file else 0]
            for link, to in resolved.items()
        ],
    ]
    return sha256(json.dumps(facts, separators=(",", ":")).encode("utf-8", "surrogatepass")).digest()


def _dialect_key(dialect: Dialect, path: str) -> tuple[str, ...]:
    """What HTML depends on besides: who makes pieces of it, and, for macros know their page, where it stands."""
    if dialect is PLAIN:
        return (PLAIN.version,)
    return (dialect.extended_version, dialect.fingerprint, path if dialect.macros else "")


def _keep(
    database: Database, key: bytes, digest: bytes, html: str, parsed: Mapping[str, object] | None, now: datetime
) -> None:
    with suppress(Busy), database.write_if_free() as connection:  # busy: the pool had no second connection to give
        if connection is None:
            return
        if parsed is not None:
            connection.execute(insert_or_ignore(connection, ParsedText), parsed)
        connection.execute(
            insert_or_ignore(connection, Rendered),
            {"key": key, "digest": digest, "html": zlib.compress(html.encode(), 6), "created_at": now},
        )
