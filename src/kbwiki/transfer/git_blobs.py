"""Reading many files' contents through one `git cat-file --batch`."""

from __future__ import annotations

import subprocess
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

from .git_commands import Git, stop
from .git_records import Reason

MAX_BYTES = 2 * 1024 * 1024
# Requests on their way. A pipe holds 4 KiB at the least, so 48 ids of up to 65 bytes never block the writer,
# and writer and reader need no second thread.
_WINDOW = 48
_CHUNK = 1 << 18


class BlobReader:
    """One running git that hands out file contents. Use it from one thread; `close` ends it."""

    def __init__(self, git: Git, limit: int = MAX_BYTES) -> None:
        self._git = git
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, blobs: Iterable[str]) -> Iterator[str | Reason]:
        """Each blob's text, in the order given, or the reason why it is not one.

        Memory: one text, and a few ids (at most 48 are taken from `blobs` ahead of the answers).
        """
        source = iter(blobs)
        waiting: deque[str] = deque()
        while True:
            if len(waiting) <= _WINDOW // 2:
                fresh = list(islice(source, _WINDOW - len(waiting)))
                waiting.extend(fresh)
                self._ask(fresh)
            if not waiting:
                return
            answer = self._answer()
            waiting.popleft()
            yield answer
            if self._process is None:
                self._ask(list(waiting))

    def close(self) -> None:
        """End git. Reading again starts it anew."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def _ask(self, blobs: list[str]) -> None:
        if not blobs:
            return
        if self._process is None:
            with tempfile.TemporaryFile(dir=self._git.home) as errors:
                self._process = self._git.start("cat-file", "--batch", errors=errors, piped_in=True)
        assert self._process.stdin is not None
        # When git has died of a damaged object, the answers end, and that is where it is noticed.
        with suppress(BrokenPipeError):
            self._process.stdin.write("".join(f"{blob}\n" for blob in blobs).encode("ascii"))
            self._process.stdin.flush()

    def _answer(self) -> str | Reason:
        assert self._process is not None
        assert self._process.stdout is not None
        header = self._process.stdout.readline().split()
        if len(header) == 2:
            return Reason.MISSING
        size = int(header[2]) if len(header) == 3 else -1
        if size > self._limit:
            return Reason.TOO_LARGE if self._skip(size + 1) else self._damaged()
        content = self._process.stdout.read(size + 1) if size >= 0 else b""
        if len(content) != size + 1 or header[1] != b"blob":
            return self._damaged()
        return decoded(content[:-1])

    def _skip(self, size: int) -> bool:
        assert self._process is not None
        assert self._process.stdout is not None
        while size > 0 and (block := self._process.stdout.read(min(size, _CHUNK))):
            size -= len(block)
        return size == 0

    def _damaged(self) -> Reason:
        """git gives up at a damaged object; the next request starts another one."""
        self.close()
        return Reason.DAMAGED


def decoded(content: bytes) -> str | Reason:
    """The text of a file, byte for byte, or the reason why it is none."""
    if b"\0" in content:
        return Reason.BINARY
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return Reason.NOT_UTF8
