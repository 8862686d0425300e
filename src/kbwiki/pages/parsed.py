"""What texts say, parsed once per text and kept: links, headings, plain words."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from ..db import insert_or_ignore
from ..markup import PLAIN, Dialect, Document, Heading, Link, parse
from .models import ParsedText
from .texts import load_texts

_FIND = select(ParsedText.digest, ParsedText.links, ParsedText.headings, ParsedText.plain).where(
    ParsedText.version == bindparam("version"), ParsedText.digest.in_(bindparam("digests", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one text says."""

    links: tuple[Link, ...]
    headings: tuple[Heading, ...]
    plain: str


def get_parsed(
    connection: Connection, digests: Iterable[bytes], *, keep: bool, dialect: Dialect = PLAIN
) -> dict[bytes, Parsed]:
    """What the texts with these digests say; those not seen before are parsed, and with `keep` written down.

    Nothing of a plugin's runs: this may be done under a lock.
    """
    wanted = set(digests)
    found = {
        row.digest: Parsed(links_from(row.links), headings_from(row.headings), plain_of(row.plain))
        for row in connection.execute(_FIND, {"digests": list(wanted), "version": dialect.version})
    }
    missing = wanted - found.keys()
    if not missing:
        return found
    rows = []
    for digest, text in load_texts(connection, missing).items():
        document = parse(text, dialect)
        found[digest] = Parsed(document.links, document.headings, document.plain)
        rows.append(row_of(digest, document, dialect.version))
    if keep:
        connection.execute(insert_or_ignore(connection, ParsedText), rows)
    return found


def find_parsed(connection: Connection, digest: bytes, version: str) -> Parsed | None:
    """What is kept of a text, as it was read by this version."""
    row = connection.execute(_FIND, {"digests": [digest], "version": version}).first()
    return None if row is None else Parsed(links_from(row.links), headings_from(row.headings), plain_of(row.plain))


def row_of(digest: bytes, document: Document, version: str) -> dict[str, object]:
    """The row that keeps what `document` says."""
    return {
        "digest": digest,
        "version": version,
        "links": [[link.target, link.section, link.style] for link in document.links],
        "headings": [[heading.level, heading.title, heading.anchor] for heading in document.headings],
        "plain": zlib.compress(document.plain.encode("utf-8", "replace"), 6),
    }


def links_from(stored: Iterable[tuple[str, str | None, str]]) -> tuple[Link, ...]:
    """Links as stored by `row_of`."""
    return tuple(Link(target, section, style) for target, section, style in stored)  # type: ignore[arg-type]


def headings_from(stored: Iterable[tuple[int, str, str]]) -> tuple[Heading, ...]:
    """Headings as stored by `row_of`."""
    return tuple(Heading(level, title, anchor) for level, title, anchor in stored)


def plain_of(stored: bytes) -> str:
    """Plain text as stored by `row_of`."""
    return zlib.decompress(stored).decode()
