"""The index in a folder: generations of tantivy's files, one beside the other, and the one that counts."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from threading import Lock

import tantivy

from kbwiki.search.documents import Document
from kbwiki.search.engines.durable import replace_file, sync_folder
from kbwiki.search.engines.generations import Generations
from kbwiki.search.engines.protocol import Hits, IndexUnusable, Scope
from kbwiki.search.making import USUALLY, Making
from kbwiki.search.tree import All

from . import forking as forking  # from now on forks are safe
from .integrity import verified
from .matching import Asking
from .ranking import rank
from .schema import KIND, PAGE, POSITION, SCHEMA, STATE, document_of, state

FORMAT = 1
_MADE = "made"
_ATTEMPTS = 20
_UPDATING_BYTES = 30_000_000
_REBUILDING_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The index as one commit left it. It stays readable when the index moves on."""

    generation: str
    meta: bytes
    files: frozenset[str]
    index: tantivy.Index
    searcher: tantivy.Searcher


class TantivyIndex:
    """Full-text index of pages in one folder. One object serves all threads, also after a fork."""

    name = "tantivy"
    _snapshot: _Snapshot | None

    def __init__(self, folder: Path, making: Making = USUALLY) -> None:
        self.folder = Path(folder)
        self._making = making
        self._generations = Generations(self.folder)
        self._forget()

    def search(self, root: All, scope: Scope, *, limit: int, offset: int = 0) -> Hits:
        """The pages that match, best first; only those of the scope."""
        snapshot = self._latest()
        with _reading():
            return rank(snapshot.searcher, root, scope, limit=limit, offset=offset)

    def occurring(self, terms: Collection[str], scope: Scope) -> frozenset[str]:
        """Which of the terms stand on at least one page of the scope."""
        snapshot = self._latest()
        with _reading():
            asking = Asking(snapshot.searcher, scope)
            return frozenset(filter(asking.has, terms))

    def position(self) -> int:
        """The position in the journal up to which the index speaks, as of the last commit."""
        return _position(self._latest().searcher)

    def page_count(self) -> int:
        """How many pages the index has."""
        return int(self._latest().searcher.num_docs) - 1

    def size(self) -> int:
        """Bytes of the files of the generation in use."""
        generation = self._latest().generation
        return sum(path.stat().st_size for path in (self.folder / generation).iterdir())

    def is_usable(self) -> bool:
        """Whether the index is there, whole, and made by this version."""
        try:
            self.position()
        except IndexUnusable:
            return False
        return True

    def update(self, documents: Iterable[Document], delete: Iterable[int] = (), *, position: int | None = None) -> None:
        """Replaces or adds documents, takes out the pages ``delete``, moves to ``position``: in one commit.

        All of it happens or nothing, and it is on the disk when this returns.
        """
        gone = frozenset(delete)
        latest = {document.id: document for document in documents if document.id not in gone}
        with self.writer_lock():
            snapshot = self._latest()
            reached = _position(snapshot.searcher) if position is None else position
            with _writing():
                try:
                    self._write(snapshot.index, gone, latest, reached)
                    return
                except ValueError as error:
                    if "FileAlreadyExists" not in str(error):
                        raise
                # A writer that was killed in its commit left files under the names that the next one needs.
                self._write(snapshot.index, gone, latest, reached, sweep=True)

    def _write(
        self,
        index: tantivy.Index,
        gone: Collection[int],
        latest: Mapping[int, Document],
        reached: int,
        *,
        sweep: bool = False,
    ) -> None:
        writer = index.writer(_UPDATING_BYTES, 1)
        if sweep:
            writer.garbage_collect_files()
        for page in (*gone, *latest):
            writer.delete_documents_by_term(PAGE, page)
        for document in latest.values():
            writer.add_document(document_of(document, self._making.standing))
        _finish(writer, reached)

    @contextmanager
    def rebuild(self, position: int = 0) -> Iterator[Rebuild]:
        """A new index, to be filled in the block; it takes the place of the present one when the block ends."""
        with self.writer_lock():
            generation = self._generations.new()
            folder = self.folder / generation
            folder.mkdir(mode=0o700)
            try:
                with _writing():
                    writer = tantivy.Index(SCHEMA, path=str(folder)).writer(_REBUILDING_BYTES, 1)
                yield Rebuild(writer, self._making)
                with _writing():
                    _finish(writer, position)
                replace_file(folder / _MADE, _made(self._making))
                sync_folder(self.folder)
                self._generations.publish(generation)
            finally:
                self._generations.sweep()

    def writer_lock(self, blocking: bool = True) -> AbstractContextManager[bool]:
        """Holds off all other writers of this folder, in this and other processes, for the length of a block."""
        self._notice_fork()
        return self._generations.lock.held(blocking)

    def remove(self) -> None:
        """Takes the index away; the folder stays, with the lock in it. Removing what is not there does nothing."""
        with self.writer_lock():
            self._snapshot = None
            self._generations.forget()

    def close(self) -> None:
        """Lets go of the files. The object can be used again."""
        self._snapshot = None

    def _latest(self) -> _Snapshot:
        self._notice_fork()
        known = self._snapshot
        if known is not None and known.generation == self._generations.current():
            with suppress(IndexUnusable):  # a rebuild may have taken its place this moment
                if known.meta == self._meta(known.generation):
                    return known
        with self._opening:
            return self._reopened()

    def _reopened(self) -> _Snapshot:
        """Opens what counts; again, when a writer has moved on meanwhile."""
        for _ in range(_ATTEMPTS):
            generation = self._generations.current()
            meta = b""
            try:
                meta = self._meta(generation)
                opened = self._opened(generation, meta)
            except IndexUnusable:
                if self._generations.current() == generation and self._meta(generation) == meta:
                    raise
                continue
            # What was opened is at least as new as the record read before; were it newer, it would be opened again.
            self._snapshot = opened
            return opened
        raise IndexUnusable("the index changes faster than it can be opened")

    def _opened(self, generation: str, meta: bytes) -> _Snapshot:
        known = self._snapshot
        if known is not None and known.generation != generation:
            known = None
        with _reading():
            files = verified(self.folder / generation, meta, known.files if known else frozenset())
            if known is not None:
                index = known.index
            else:
                if (self.folder / generation / _MADE).read_bytes() != _made(self._making):
                    raise IndexUnusable("the index was made by another version")
                index = tantivy.Index.open(str(self.folder / generation))
                index.config_reader("manual")
            index.reload()
            return _Snapshot(generation, meta, files, index, index.searcher())

    def _meta(self, generation: str) -> bytes:
        try:
            return (self.folder / generation / "meta.json").read_bytes()
        except OSError as error:
            raise IndexUnusable(f"{generation} has lost its record") from error

    def _notice_fork(self) -> None:
        if self._process != os.getpid():
            self._forget()

    def _forget(self) -> None:
        """Also in a forked child: another thread may have held the lock at the moment of the fork."""
        self._process = os.getpid()
        self._opening = Lock()
        self._snapshot = None


class Rebuild:
    """A new index being filled, beside the one in use."""

    def __init__(self, writer: tantivy.IndexWriter, making: Making) -> None:
        self._writer = writer
        self._standing = making.standing
        self._seen: set[int] = set()

    def add(self, documents: Iterable[Document]) -> None:
        """Adds documents, any number of them: they are taken in as they come. The latest of a page counts."""
        for document in documents:
            with _writing():
                if document.id in self._seen:
                    self._writer.delete_documents_by_term(PAGE, document.id)
                self._seen.add(document.id)
                self._writer.add_document(document_of(document, self._standing))


def _finish(writer: tantivy.IndexWriter, position: int) -> None:
    """The commit. Merging is waited for: with the writer gone, nobody would do it."""
    writer.delete_documents_by_term(KIND, STATE)
    writer.add_document(state(position))
    writer.commit()
    writer.wait_merging_threads()


def _position(searcher: tantivy.Searcher) -> int:
    with _reading():
        found = searcher.search(tantivy.Query.term_query(SCHEMA, KIND, STATE), limit=1).hits
        values = searcher.fast_field_values(POSITION, [address for _, address in found])
        if len(values) != 1 or values[0] is None:
            raise IndexUnusable("the index has lost its position")
        return int(values[0])


def _made(making: Making) -> bytes:
    return f"{FORMAT}, {making.fingerprint}, {version('tantivy')}".encode()


@contextmanager
def _reading() -> Iterator[None]:
    """Turns whatever reading damaged or vanished files raises into IndexUnusable."""
    try:
        yield
    except IndexUnusable:
        raise
    except BaseException as error:
        if isinstance(error, Exception) or _is_panic(error):
            raise IndexUnusable(f"the index cannot be read: {error!r}") from error
        raise


@contextmanager
def _writing() -> Iterator[None]:
    """Turns what tantivy says when the disk refuses into OSError."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, ValueError | RuntimeError) or _is_panic(error):
            raise OSError(f"the index cannot be written: {error}") from error
        raise


def _is_panic(error: BaseException) -> bool:
    """Rust's panics come as an exception that is not meant to be caught, and that nobody can import."""
    return type(error).__name__ == "PanicException"
