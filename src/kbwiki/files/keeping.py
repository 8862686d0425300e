"""Whether all bytes are there and whole, and which of them no version of any file speaks of."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from .models import File, FileVersion
from .storage import Store

YOUNG = 24 * 3600.0
"""What arrived so many seconds ago may be about to become a file."""


@dataclass(slots=True)
class Looked:
    """What was found: digests in hex."""

    whole: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)


def look_at_bytes(
    connection: Connection, wiki_id: int, store: Store, progress: Callable[[], None] = lambda: None
) -> Looked:
    """Read every byte that a version speaks of, and find those that none does. Changes nothing."""
    looked, known = Looked(), spoken_of(connection, wiki_id)
    for digest in sorted(known):
        if not store.place(digest).is_file():
            looked.missing.append(digest.hex())
        elif not store.is_whole(digest):
            looked.damaged.append(digest.hex())
        else:
            looked.whole += 1
        progress()
    looked.orphans = [one.hex() for one in store.digests() if one not in known]
    return looked


def spoken_of(connection: Connection, wiki_id: int) -> frozenset[bytes]:
    """The digests that versions of the wiki's files have, hidden ones included."""
    wanted = select(FileVersion.digest).join(File, File.id == FileVersion.file_id).where(File.wiki_id == wiki_id)
    return frozenset(bytes(one) for one in connection.execute(wanted.distinct()).scalars())


def prune(connection: Connection, wiki_id: int, store: Store, *, older_than: float = YOUNG) -> int:
    """Remove bytes that no version speaks of and that have been there for so many seconds; how many.

    Bytes that are asked for again are young again (`Store.keep`), so that nobody's upload is pruned on its way.
    """
    known, removed = spoken_of(connection, wiki_id), store.remove_unfinished(older_than)
    for digest in list(store.digests()):
        if digest not in known and store.age(digest) > older_than:
            store.remove(digest)
            removed += 1
    return removed


def remove_bytes(store: Store) -> None:
    """Remove everything that was kept, and the folders where nothing else is in them: they may be the host's."""
    for digest in list(store.digests()):
        store.remove(digest)
    store.remove_unfinished(-1)
    shutil.rmtree(store.folder / "smaller", ignore_errors=True)
    for folder in (*store.folder.glob("*"), store.folder, store.folder.parent):
        with suppress(OSError):
            folder.rmdir()
