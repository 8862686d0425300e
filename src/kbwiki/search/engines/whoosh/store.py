"""The one door to Whoosh: what its files hold, how they are written and merged, how they are opened.

Whoosh gives the term dictionary, columns, segments and merging. The posting lists are our own, written through
its codec interface as plain arrays, so that a whole list is read at once; Whoosh's blocks are unpickled and
stepped through posting by posting, which costs some twenty times as much. Impacts and places have been computed
by then (see postings.py), so no field has an analyser, nothing is stored, and Whoosh's scoring and matchers
are not used. What is in use is never touched: it is CURRENT that says which files count.

Whoosh's files contain pickles: whoever can write them can run code. The folder is private to its owner.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.filedb.structfile import BufferFile, StructFile
from whoosh.formats import Existence
from whoosh.index import TOC, FileIndex
from whoosh.matching import ListMatcher
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.writing import SegmentWriter

from ...documents import Document
from ...weights import USUAL, Standing
from ..postings import TAG, TEXT, TITLE, WITHIN, postings
from .merging import Extent, due
from .posting_lists import PackedList, PostingPool, Run, Stretch

NAME = "MAIN"
"""What Whoosh calls the index in its file names."""

PAGE, SPACE = "page", "space"
"""The columns: for each document the page it shows and the space that page is in."""


def encoded(term: str) -> bytes:
    """The term as the dictionary has it. Lone surrogates, which tags and paths may have, become ``?``."""
    return term.encode("utf-8", "replace")


class Terms(FieldType):  # type: ignore[misc]
    """A field of terms that have been analysed: its value is the list of their postings."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)

    def index(self, value: Any, **_: Any) -> list[tuple[bytes, int, int, bytes]]:
        """Term, frequency (which nothing reads), impact and places."""
        return [(encoded(term), 1, impact, places) for term, impact, places in value]


class Numbers(COLUMN):  # type: ignore[misc]
    """A 64-bit number for each document."""

    def __init__(self) -> None:
        super().__init__(NumericColumn("q"))


SCHEMA = Schema(**{name: Terms() for name in (TEXT, TITLE, TAG, WITHIN)}, **{name: Numbers() for name in (PAGE, SPACE)})


class _ListWriter(PostingsWriter):  # type: ignore[misc]
    """Writes the posting lists of a segment, one after the other."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.run: Run

    def start_postings(self, _format: object, terminfo: W3TermInfo) -> None:
        self._terminfo = terminfo

    def finish_postings(self) -> W3TermInfo:
        start = self._file.tell()
        self._file.write(self.run.packed())
        self._terminfo.add_block(self)
        self._terminfo.set_extent(start, self._file.tell() - start)
        return self._terminfo

    # The rest is what W3TermInfo.add_block asks of a block of postings.

    @property
    def _weights(self) -> bytes:
        return self.run.impacts

    def __len__(self) -> int:
        return len(self.run.documents)

    def min_id(self) -> int:
        return int(self.run.documents[0])

    def max_id(self) -> int:
        return int(self.run.documents[-1])

    def max_weight(self) -> int:
        return max(self.run.impacts)

    def min_length(self) -> int:
        return 1

    max_length = min_length


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes the term dictionary, taking posting lists as a whole from our pool."""

    def add_postings(self, schema: Schema, _lengths: object, runs: Iterable[tuple[str, bytes, Run]]) -> None:
        for field, of_field in groupby(runs, key=itemgetter(0)):
            self.start_field(field, schema[field])
            for _, term, run in of_field:
                self.start_term(term)
                self._postwriter.run = run
                self.finish_term()
            self.finish_field()


class _ListMatcher(ListMatcher):  # type: ignore[misc]
    """A posting list as a matcher, which is the form in which Whoosh hands it over."""

    def __init__(self, packed: PackedList) -> None:
        super().__init__(packed.documents)
        self.packed = packed


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with our posting lists and without lengths of documents, which impacts contain."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)

    def postings_writer(self, file: Any, **_: object) -> _ListWriter:
        return _ListWriter(file)

    def postings_reader(self, file: Any, terminfo: Any, *_: object, **__: object) -> _ListMatcher:
        return _ListMatcher(PackedList(file, terminfo.extent()[0]))


@dataclass(frozen=True, slots=True)
class Written:
    """An index in a folder: the number of its table of contents, and the files it consists of."""

    toc: int
    files: tuple[str, ...]


class _Writer(SegmentWriter):  # type: ignore[misc]
    """Leaves it to CURRENT to say which files count, and so leaves the old ones where they are."""

    def _commit_toc(self, segments: list[Any]) -> None:
        TOC(self.schema, segments, self.generation).write(self.storage, self.indexname)
        self.written = segments


def create(folder: Path) -> Written:
    """Starts an index without documents in an empty folder."""
    TOC(SCHEMA, [], 0).write(FileStorage(str(folder)), NAME)
    return _written(0, [])


def write(
    folder: Path, documents: Iterable[Document], deleted: Iterable[int], standing: Standing = USUAL
) -> Written:
    """Writes the documents as a new segment, takes out those with these numbers, merges what is due.

    Numbers count through the segments of the latest table of contents in the folder. The caller holds the lock
    on writing; that is why Whoosh's own, which raises at once when another writer has it, is left alone.
    Whatever is raised, the files in use are as they were.
    """
    writer = _Writer(FileIndex(FileStorage(str(folder)), SCHEMA), codec=Codec(), _lk=False)
    # There is an argument for this, which Whoosh 2.7 does not look at.
    writer.pool = PostingPool()
    writer.mergetype = _merge
    try:
        with writer:
            for number in deleted:
                writer.delete_document(number)
            for document in documents:
                writer.add_document(page=document.id, space=document.space, **postings(document, standing))
    except BaseException:
        # A writer that failed half-way would give the terms of one document to the next: it is thrown away.
        with suppress(Exception):
            writer.cancel()
        raise
    return _written(writer.generation, writer.written)


def _written(toc: int, segments: Iterable[Any]) -> Written:
    names = [segment.make_filename(segment.COMPOUND_EXT) for segment in segments]
    return Written(toc, (f"_{NAME}_{toc}.toc", *names))


def _merge(writer: _Writer, segments: list[Any]) -> list[Any]:
    """Whoosh's hook for a merge policy: copies what is due into the new segment, returns what stays."""
    folder = Path(writer.storage.folder)
    alive = [segment for segment in segments if segment.doc_count()]
    chosen = frozenset(due([_extent(folder, segment) for segment in alive]))
    for at in sorted(chosen):
        _copy(open_segment(folder, alive[at]), writer)
    return [segment for at, segment in enumerate(alive) if at not in chosen]


def _copy(reader: Any, writer: _Writer) -> None:
    """Adds the living documents of a segment to the one being written, list by list."""
    columns = [reader.column_reader(name) for name in (PAGE, SPACE)]
    numbers: dict[int, int] = {}
    for document in reader.all_doc_ids():
        numbers[document] = writer.docnum
        writer.add_document(page=columns[0][document], space=columns[1][document])
    lists = reader.storage().open_file(reader.segment().make_filename(Codec.POSTS_EXT))
    add = writer.pool.add
    for (field, term), info in reader:
        packed = PackedList(lists, info.extent()[0])
        ends, places = packed.places()
        begin = 0
        for document, impact, end in zip(packed.documents, packed.impacts, ends, strict=True):
            if document in numbers:
                add((field, term, numbers[document], impact, places[begin:end].tobytes()))
            begin = end


def _extent(folder: Path, segment: Any) -> Extent:
    size = (folder / segment.make_filename(segment.COMPOUND_EXT)).stat().st_size
    return Extent(segment.doc_count(), segment.deleted_count(), size)


class _SegmentParts(RamStorage):  # type: ignore[misc]
    """The parts of a segment file: terms and columns in memory, posting lists on the disk.

    Not mapped into memory, as Whoosh would do it (and then copy it all): if somebody cuts a mapped file short,
    the next look at it kills the process.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        with path.open("rb") as file:
            parts = CompoundStorage(StructFile(file), use_mmap=False)
            for name in parts.list():
                offset, length = parts.range(name)
                if name.endswith(Codec.POSTS_EXT) and hasattr(os, "pread"):
                    self.files[name] = Stretch(path, offset, length)
                else:
                    file.seek(offset)
                    self.files[name] = file.read(length)

    def open_file(self, name: str, **_: object) -> Any:
        content = self.files[name]
        return content if isinstance(content, Stretch) else BufferFile(content)


def segments_of(folder: Path, toc: int) -> list[tuple[str, Any]]:
    """The segments of a table of contents with the names of their files, in its order."""
    contents = TOC.read(FileStorage(str(folder)), NAME, gen=toc, schema=SCHEMA)
    return [(segment.make_filename(segment.COMPOUND_EXT), segment) for segment in contents.segments]


def open_segment(folder: Path, segment: Any) -> Any:
    """A reader of the segment."""
    parts = copy(segment)
    parts.compound = False
    return SegmentReader(_SegmentParts(folder / segment.make_filename(segment.COMPOUND_EXT)), SCHEMA, parts)


def has(reader: Any, field: str, term: bytes) -> bool:
    """Whether the segment's dictionary has the term."""
    return (field, term) in reader


def find(reader: Any, field: str, term: bytes) -> PackedList | None:
    """The posting list of a term, deleted documents included."""
    try:
        matcher = reader.postings(field, term)
    except TermNotFound:
        return None
    # Whoosh wraps the list to step over deleted documents; ranking leaves them out by itself.
    found = getattr(matcher, "child", matcher)
    return found.packed if isinstance(found, _ListMatcher) else None


def find_begun(reader: Any, field: str, opening: bytes) -> Iterator[PackedList]:
    """The posting lists of all terms that begin so. Each is read where the dictionary says, without a second look."""
    for (name, term), info in reader.iter_from(field, opening):
        if name != field or not term.startswith(opening):
            return
        yield PackedList(reader._terms._postfile, info.extent()[0])
