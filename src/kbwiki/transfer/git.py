"""Reading a git repository, bare repository, work tree or bundle: its whole history as changes of pages.

The reading half of `flask kbwiki import git`; it knows no database and no Flask. `open_history` opens a
source, `read_pages` turns its commits into page changes with their texts.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO

from ..wording import kb_t
from .git_blobs import MAX_BYTES, BlobReader
from .git_commands import Git, GitFailed, TransferError, find_git
from .git_log import LOG, Line, RawCommit, parse_log
from .git_names import ENDINGS
from .git_pages import PageTimeline
from .git_records import Commit, FileChange, Oddity, PageChange, Reason, Unreadable
from .git_sources import Opened, open_source

__all__ = [
    "ENDINGS",
    "Commit",
    "FileChange",
    "History",
    "Oddity",
    "PageChange",
    "PageCommit",
    "PageTimeline",
    "Reason",
    "TransferError",
    "Unreadable",
    "open_history",
    "read_pages",
]

# Commits whose texts are asked for in one go; they are held as records, not as texts.
_BATCH = 256
_COMMIT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@contextmanager
def open_history(source: Path, *, branch: str | None = None, limit: int = MAX_BYTES) -> Iterator[History]:
    """The history of one branch: the one named, else HEAD's, else the only one.

    Texts above `limit` bytes are not read. Raises TransferError when git is missing, or the source is no
    repository or bundle, is broken, lacks part of its history, or has no such branch. A private temporary
    folder lives as long as the context (a bundle is unpacked there); the source itself is never written to.
    """
    with tempfile.TemporaryDirectory(prefix="kbwiki-git-", ignore_cleanup_errors=True) as folder:
        opened = open_source(source, find_git(source, Path(folder)), branch)
        history = History(source, opened, limit)
        try:
            yield history
        finally:
            history.close()


class History:
    """One branch's history as a line of commits (git_log says in which order), and the texts of its files."""

    def __init__(self, source: Path, opened: Opened, limit: int) -> None:
        self.source = source
        self.branch = opened.branch
        self.tip = opened.tip
        self._git: Git = opened.git
        self._limit = limit
        self._readers: list[BlobReader] = []
        self._idle: list[BlobReader] = []
        self._outputs: list[IO[bytes]] = []

    @property
    def total(self) -> int:
        """The number of commits from the beginning."""
        return self.count()

    def count(self, after: str | None = None) -> int:
        """The number of commits that `commits(after)` yields."""
        return int(self._run("rev-list", "--count", self.tip, "--not", *self._heads(after)))

    def commits(self, after: str | None = None) -> Iterator[Commit]:
        """The commits oldest first; with `after`, a commit's `bookmark`, those not yet read at that point.

        Resuming is exact even when the branch has grown or was merged since. Raises TransferError when the
        bookmark is not part of this branch, or the repository turns out to be damaged.
        """
        return (commit for commit, is_new in self.walk(after) if is_new)

    def walk(self, after: str | None = None) -> Iterator[tuple[Commit, bool]]:
        """All commits, each with whether it is new after the bookmark `after`; the old ones come first."""
        line = Line()
        heads = self._heads(after)
        for raw in self._already_read(heads):
            yield line.append(raw), False
        for raw in self._log(self.tip, "--not", *heads):
            yield line.append(raw), True

    def texts(self, blobs: Iterable[str]) -> Iterator[str | Reason]:
        """Each blob's text, unchanged, or why it is none; in the order given, in bounded memory."""
        if self._idle:
            reader = self._idle.pop()
        else:
            reader = BlobReader(self._git, self._limit)
            self._readers.append(reader)
        try:
            yield from reader.read(blobs)
        except BaseException:
            reader.close()
            raise
        finally:
            self._idle.append(reader)

    def close(self) -> None:
        """End every git that still runs."""
        for reader in self._readers:
            reader.close()
        for output in self._outputs:
            output.close()  # a git that can no longer write ends by itself

    def _heads(self, after: str | None) -> list[str]:
        heads = after.split() if after else []
        for head in heads:
            if not self._is_ours(head):
                raise TransferError(
                    self.source,
                    kb_t(
                        "the import stopped after commit {head}, which is not part of the branch {branch}",
                        head=head,
                        branch=self.branch,
                    ),
                    kb_t(
                        "If the branch was rewritten, import it into a new [space]; else name the branch of the "
                        "first run with --branch."
                    ),
                )
        return heads

    def _is_ours(self, commit: str) -> bool:
        if not _COMMIT_ID.fullmatch(commit):
            return False
        try:
            self._git.run("merge-base", "--is-ancestor", commit, self.tip)
        except GitFailed:
            return False
        return True

    def _already_read(self, heads: list[str]) -> Iterator[RawCommit]:
        """The commits a bookmark stands for, in the order in which they were read."""
        if not heads:
            return
        if len(heads) == 1:
            yield from self._log(heads[0])
            return
        done = set(self._run("rev-list", *heads).split())
        yield from (raw for raw in self._log(self.tip) if raw.id in done)

    def _log(self, *revisions: str) -> Iterator[RawCommit]:
        held: RawCommit | None = None
        try:
            with self._git.stream(*LOG, *revisions) as output:
                self._outputs.append(output)
                for raw in parse_log(output):
                    if held is not None:
                        yield held
                    held = raw
                self._outputs.remove(output)
        except GitFailed as failed:
            raise self._damaged(failed) from failed
        # The last commit is whole only if git has finished well, and that is known only now.
        if held is not None:
            yield held

    def _run(self, *arguments: str) -> str:
        try:
            return self._git.run(*arguments)
        except GitFailed as failed:
            raise self._damaged(failed) from failed

    def _damaged(self, failed: GitFailed) -> TransferError:
        return TransferError(
            self.source,
            kb_t("git cannot read its [history] ({failed})", failed=failed),
            kb_t("Check it with git fsck, and make a fresh clone or bundle of it."),
        )


@dataclass(frozen=True, slots=True)
class PageCommit:
    """One commit as changes of pages. `texts` holds the text of every blob that `changes` name."""

    commit: Commit
    changes: tuple[PageChange, ...]
    texts: Mapping[str, str]
    unreadable: tuple[Unreadable, ...]


def read_pages(history: History, timeline: PageTimeline, after: str | None = None) -> Iterator[PageCommit]:
    """The commits as changes of pages with their texts, oldest first, from the bookmark `after` on.

    Every commit is yielded, those without changes of pages too, for the progress bar and the bookmark. What
    cannot be read is named in `unreadable` and left out: the page stays as it was. `timeline` must be a fresh
    one; the commits before the bookmark are read again to bring it to where it was. Memory: the texts of one
    commit.
    """
    walked = history.walk(after)
    while batch := list(islice(walked, _BATCH)):
        wanted = [_blobs_of_pages(commit, timeline) for commit, _ in batch]
        answers = history.texts(blob for blobs in wanted for blob in blobs)
        for (commit, is_new), blobs in zip(batch, wanted, strict=True):
            page_commit = _page_commit(history, timeline, commit, {blob: next(answers) for blob in blobs})
            if is_new:
                yield page_commit
        assert next(answers, None) is None  # and so the reader is free for the next batch


def _blobs_of_pages(commit: Commit, timeline: PageTimeline) -> list[str]:
    blobs = (change.blob for change in commit.changes if timeline.page_of(change.path) is not None)
    return list(dict.fromkeys(blob for blob in blobs if blob is not None))


def _page_commit(
    history: History, timeline: PageTimeline, commit: Commit, answers: Mapping[str, str | Reason]
) -> PageCommit:
    readable: list[FileChange] = []
    unreadable = list(commit.unreadable)
    for change in commit.changes:
        answer = answers.get(change.blob or "")
        if not isinstance(answer, Reason):
            readable.append(change)
            continue
        unreadable.append(Unreadable(change.path, commit.id, answer))
        if change.kind == "move":
            readable.append(replace(change, blob=None))
    changes = timeline.apply(readable)
    texts = {blob: text for blob, text in answers.items() if isinstance(text, str)}
    # A page can fall back to a text of long ago, when one of its files goes and another stays.
    older = [change.blob for change in changes if change.blob is not None and change.blob not in texts]
    found = zip(older, history.texts(older), strict=True)
    texts.update((blob, text) for blob, text in found if isinstance(text, str))
    return PageCommit(commit, changes, texts, tuple(unreadable))
