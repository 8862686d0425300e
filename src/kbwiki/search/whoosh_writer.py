"""Writing Whoosh's files: new segments, deletions, merging. What is in use is never touched."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from .documents import Document, postings
from .whoosh_codec import NAME, SCHEMA, Codec, Pool
from .whoosh_reader import StoredSegment

FAN_IN = 8
"""Segments of one size class that are merged into one."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit left in the folder: the number of its table of contents, and the files it consists of."""

    toc: int
    files: tuple[str, ...]


class _Writer(SegmentWriter):  # type: ignore[misc]
    """Leaves it to CURRENT to say which files count, and so leaves the old ones where they are."""

    def _commit_toc(self, segments: list[Any]) -> None:
        TOC(self.schema, segments, self.generation).write(self.storage, self.indexname)
        self.committed = segments


def create(folder: Path) -> Committed:
    """Starts an index without documents in an empty folder."""
    TOC(SCHEMA, [], 0).write(FileStorage(str(folder)), NAME)
    return _committed(0, [])


def commit(
    folder: Path, segments: Sequence[StoredSegment], documents: Iterable[Document], deleted: Collection[int]
) -> Committed:
    """Writes the documents as a new segment, takes out the pages deleted or replaced, merges what is due.

    ``segments`` are those of the latest table of contents in the folder. The caller holds the lock on
    writing; that is why Whoosh's own, which raises at once when another writer has it, is left alone.
    Whatever is raised, the files in use are as they were.
    """
    writer = _Writer(FileIndex(FileStorage(str(folder)), SCHEMA), codec=Codec(), poolclass=Pool, _lk=False)
    try:
        base = 0
        for segment in segments:
            for number in segment.documents_of(deleted):
                writer.delete_document(base + number)
            base += len(segment.pages)
        for document in documents:
            writer.add_document(page=document.id, space=document.space, **postings(document))
        writer.commit(mergetype=_merge)
    except BaseException:
        # A writer that failed half-way would give the terms of one document to the next: it is thrown away.
        with suppress(Exception):
            writer.cancel()
        raise
    return _committed(writer.generation, writer.committed)


def _committed(toc: int, segments: Iterable[Any]) -> Committed:
    names = [segment.make_filename(segment.COMPOUND_EXT) for segment in segments]
    return Committed(toc, (f"_{NAME}_{toc}.toc", *names))


def _merge(writer: _Writer, segments: list[Any]) -> list[Any]:
    """Whoosh's hook for a merge policy: copies what is due into the new segment, returns what stays."""
    alive = [segment for segment in segments if segment.doc_count()]
    due = _due(alive)
    for segment in due:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in alive if segment not in due]


def _due(segments: Iterable[Any]) -> list[Any]:
    """Segments more than half dead, and size classes that are full.

    So there are fewer than ``FAN_IN`` segments to a class when a commit ends, and a document is copied about
    once for each class it passes through: the logarithmic merging of log-structured indexes.
    """
    due = [segment for segment in segments if segment.deleted_count() > segment.doc_count()]
    classes: dict[int, list[Any]] = {}
    for segment in segments:
        if segment not in due:
            classes.setdefault(int(math.log(segment.doc_count(), FAN_IN)), []).append(segment)
    for same in classes.values():
        if len(same) >= FAN_IN:
            due += same
    return due
