"""The index on disk: searched by any number of threads and processes, written by one at a time.

::

    folder/            private to its owner
      CURRENT          which files make up the index, and the journal position up to which it speaks
      LOCK             held by whoever writes; a process that dies lets go of it
      index-1a2b…/     Whoosh's files of one generation; a rebuild makes a new one beside it

Files are never changed once CURRENT names them, and a reader keeps the ones it has opened, so readers wait
for nobody: they notice that the index moved on by comparing CURRENT with what they have read.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from ....wording import kb_t
from ...documents import Document
from ...making import USUALLY, Making
from ...tree import All
from ...weights import Standing
from ..batches import batches
from ..durable import sync_files, sync_folder
from ..protocol import Hits, IndexUnusable, Scope
from ..write_lock import WriteLock
from . import current as records
from .current import Current
from .ranking import occurring, rank
from .segments import StoredSegment, numbers_of, open_segments
from .store import Written, create, write

__all__ = ["Rebuild", "WhooshIndex"]

BATCH = 2_000
"""Pages that a rebuild holds in memory at a time, at most."""

BATCH_CHARACTERS = 8_000_000
"""Characters of text that a rebuild holds in memory at a time, at most, but for the last page."""

_GENERATION = "index-"
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The index as one record describes it. It stays readable when the index moves on."""

    record: bytes
    current: Current
    segments: Mapping[str, StoredSegment]


class WhooshIndex:
    """Full-text index of pages in one folder. One object serves all threads, also after a fork.

    Reading raises ``IndexUnusable``, and nothing else, when the index is missing, damaged or made by another
    version: rebuild it. Writing raises ``IndexUnusable`` for the same reasons and ``OSError`` when the disk
    refuses; the index is then as it was before. There is no index until the first rebuild.
    """

    _snapshot: _Snapshot | None

    def __init__(self, folder: Path, making: Making = USUALLY) -> None:
        self.folder = Path(folder)
        self._making = making
        self._forget_everything()

    name = "whoosh"

    def search(self, root: All, scope: Scope, *, limit: int, offset: int = 0) -> Hits:
        """The pages that match, best first; only those of the scope."""
        return rank(root, tuple(self._latest().segments.values()), scope, limit=limit, offset=offset)

    def occurring(self, terms: Collection[str], scope: Scope) -> frozenset[str]:
        """Which of the terms stand on at least one page of the scope."""
        return occurring(terms, tuple(self._latest().segments.values()), scope)

    def position(self) -> int:
        """The position in the journal up to which the index speaks, as of the last commit."""
        return self._latest().current.position

    def page_count(self) -> int:
        """How many pages the index has."""
        segments = self._latest().segments.values()
        return sum(len(segment.pages) - len(segment.deleted) for segment in segments)

    def is_usable(self) -> bool:
        """Whether the index is there, whole, and made by this version."""
        try:
            self._latest()
        except IndexUnusable:
            return False
        return True

    def size(self) -> int:
        """Bytes of the files in use."""
        return sum(size for size, _ in self._latest().current.files.values())

    def update(self, documents: Iterable[Document], delete: Iterable[int] = (), *, position: int | None = None) -> None:
        """Replaces or adds documents, takes out the pages ``delete``, moves to ``position``: in one commit.

        All of it happens or nothing, and it is on the disk when this returns. Of two documents of one page
        the later one counts; a page both given and deleted is deleted. ``position`` None leaves it as it is.
        """
        gone = frozenset(delete)
        latest = {document.id: document for document in documents if document.id not in gone}
        with self.writer_lock():
            snapshot = self._latest()
            written = Written(snapshot.current.toc, tuple(snapshot.current.files))
            generation = self.folder / snapshot.current.generation
            if latest or gone:
                _sweep(generation, snapshot.current.files)
                replaced = numbers_of(snapshot.segments.values(), gone | latest.keys())
                written = write(generation, latest.values(), replaced, self._making.standing)
            reached = snapshot.current.position if position is None else position
            self._publish(generation, written, reached, snapshot.current.files)

    @contextmanager
    def rebuild(self, position: int = 0) -> Iterator[Rebuild]:
        """A new index, to be filled in the block; it takes the place of the present one when the block ends.

        Until then the present one is searched, if there is one; if the block raises, it stays. Other writers
        wait. ``position`` is where the journal stood before the first page was read.
        """
        with self.writer_lock():
            self.folder.chmod(0o700)  # the lock made the folder
            self._sweep_generations()
            generation = self.folder / f"{_GENERATION}{secrets.token_hex(8)}"
            generation.mkdir(mode=0o700)
            try:
                rebuild = Rebuild(generation, self._making.standing)
                yield rebuild
                self._publish(generation, rebuild.written, position, {})
            finally:
                self._sweep_generations()

    def remove(self) -> None:
        """Takes the index away; the folder stays, with the lock in it. Removing what is not there does nothing."""
        with self.writer_lock():
            (self.folder / records.NAME).unlink(missing_ok=True)
            self._snapshot = None
            self._sweep_generations()

    def close(self) -> None:
        """Lets go of the files. The object can be used again."""
        self._snapshot = None

    def writer_lock(self, blocking: bool = True) -> AbstractContextManager[bool]:
        """Holds off all other writers of this folder, in this and other processes, for the length of a block.

        Yields whether it is held: with ``blocking`` False it gives up at once if somebody else has it. What
        is called in the block may take it again.
        """
        self._notice_fork()
        return self._lock.held(blocking)

    def _publish(
        self,
        generation: Path,
        written: Written,
        position: int,
        known: Mapping[str, tuple[int, int]],
    ) -> None:
        """The commit: new files reach the disk, then CURRENT names them, then what nobody names goes."""
        fresh = [generation / name for name in written.files if name not in known]
        sync_files(fresh)
        sync_folder(generation)
        sums = {path.name: records.checksum(path) for path in fresh}
        files = {name: known.get(name) or sums[name] for name in written.files}
        current = Current(generation.name, written.toc, position, self._making.fingerprint, files)
        records.write(self.folder, current)
        _sweep(generation, files)

    def _sweep_generations(self) -> None:
        """Removes indexes that CURRENT does not name: superseded ones and those of rebuilds that died."""
        kept = ""
        with suppress(IndexUnusable):
            kept = records.parse(records.read(self.folder)).generation
        for path in self.folder.glob(f"{_GENERATION}*"):
            if path.name != kept:
                shutil.rmtree(path, ignore_errors=True)

    def _latest(self) -> _Snapshot:
        self._notice_fork()
        record = records.read(self.folder)
        snapshot = self._snapshot
        if snapshot is not None and snapshot.record == record:
            return snapshot
        with self._opening:
            return self._reopened()

    def _reopened(self) -> _Snapshot:
        """Opens what CURRENT names; again, when a writer has moved on and removed files meanwhile."""
        for attempt in range(_ATTEMPTS):
            record = records.read(self.folder)
            if self._snapshot is not None and self._snapshot.record == record:
                break
            try:
                self._snapshot = self._opened(record)
            except IndexUnusable:
                if attempt == _ATTEMPTS - 1 or records.read(self.folder) == record:
                    raise
        if self._snapshot is None:
            raise IndexUnusable(kb_t("the index changes faster than it can be opened"))
        return self._snapshot

    def _opened(self, record: bytes) -> _Snapshot:
        current = records.parse(record)
        if current.analysis != self._making.fingerprint:
            raise IndexUnusable(kb_t("the index was made with another analysis of words, other languages or weights"))
        known = self._snapshot
        if known is not None and known.current.generation != current.generation:
            known = None
        seen = known.current.files if known else {}
        generation = self.folder / current.generation
        unseen = {name: sums for name, sums in current.files.items() if seen.get(name) != sums}
        records.verify(generation, unseen)
        with records.reading():
            segments = open_segments(generation, current.toc, known.segments if known else {})
        return _Snapshot(record, current, segments)

    def _notice_fork(self) -> None:
        if self._process != os.getpid():
            self._forget_everything()

    def _forget_everything(self) -> None:
        """Also in a forked child: another thread may have held any lock at the moment of the fork."""
        self._process = os.getpid()
        self._snapshot = None
        self._opening = Lock()
        self._lock = WriteLock(self.folder / "LOCK")


class Rebuild:
    """A new index being filled, beside the one in use."""

    def __init__(self, generation: Path, standing: Standing) -> None:
        self._generation = generation
        self._standing = standing
        self._segments: dict[str, StoredSegment] = {}
        self.written = create(generation)

    def add(self, documents: Iterable[Document]) -> None:
        """Adds documents, any number of them: they are taken in as they come. The latest of a page counts."""
        for batch in batches(documents, pages=BATCH, characters=BATCH_CHARACTERS):
            replaced = numbers_of(self._segments.values(), batch.keys())
            self.written = write(self._generation, batch.values(), replaced, self._standing)
            self._segments = open_segments(self._generation, self.written.toc, self._segments)


def _sweep(generation: Path, kept: Collection[str]) -> None:
    """Removes what CURRENT does not name: merged files and what a writer left that died."""
    with suppress(FileNotFoundError):
        for entry in os.scandir(generation):
            if entry.is_dir():
                shutil.rmtree(entry.path, ignore_errors=True)
            elif entry.name not in kept:
                with suppress(OSError):
                    os.unlink(entry.path)
