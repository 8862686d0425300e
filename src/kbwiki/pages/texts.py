"""Texts by content: stored once each, compressed, found by SHA-256."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import Connection, bindparam, select, update

from ..db import insert_or_ignore, table_of
from ..errors import Invalid, NotFound
from ..wording import kb_t
from ..wording.amounts import grouped
from .models import Text

_LOAD = select(Text.digest, Text.body).where(Text.digest.in_(bindparam("digests", expanding=True)))
_KEEP_AGAIN = (
    update(table_of(Text)).where(Text.digest == bindparam("of"), Text.body.is_(None)).values(body=bindparam("again"))
)
EMPTY_TEXT = sha256(b"").digest()


def encode(text: str, most: int) -> bytes:
    """The UTF-8 of a text as it is stored. Errors: Invalid for lone surrogates and NUL, and above `most` bytes."""
    try:
        raw = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Invalid(
            "text", kb_t("The text contains half of a character (a lone surrogate). Please remove it.")
        ) from error
    if b"\0" in raw:
        raise Invalid("text", kb_t("The text contains a NUL character. Please remove it."))
    if len(raw) > most:
        raise Invalid(
            "text",
            kb_t(
                "The text is {count} bytes long; at most {most} are possible. Please split it into several [pages].",
                count=grouped(len(raw)),
                most=grouped(most),
            ),
        )
    return raw


def row_of(raw: bytes) -> dict[str, object]:
    """The row that stores `raw`."""
    return {"digest": sha256(raw).digest(), "size": len(raw), "body": zlib.compress(raw, 6)}


def store_text(connection: Connection, raw: bytes) -> bytes:
    """Keep a text, once; give back its digest. A text that was redacted and is written again is kept again."""
    row = row_of(raw)
    stored = insert_or_ignore(connection, Text, Text.digest)
    if connection.execute(stored, row).scalar() is None:
        connection.execute(_KEEP_AGAIN, {"of": row["digest"], "again": row["body"]})
    return row["digest"]  # type: ignore[return-value]


def load_texts(connection: Connection, digests: Iterable[bytes]) -> dict[bytes, str]:
    """The texts with these digests. Errors: NotFound when one was redacted or is missing."""
    wanted = set(digests)
    found = stored_texts(connection, wanted)
    if missing := wanted - found.keys():
        raise NotFound("text", next(iter(missing)).hex())
    return found


def stored_texts(connection: Connection, digests: Iterable[bytes]) -> dict[bytes, str]:
    """Those of the texts that are there: without what was redacted."""
    rows = connection.execute(_LOAD, {"digests": list(set(digests))})
    return {row.digest: decode(row.body) for row in rows if row.body is not None}


def decode(body: bytes) -> str:
    """The text a stored body holds."""
    return zlib.decompress(body).decode("utf-8")
