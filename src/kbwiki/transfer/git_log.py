"""The whole history of a branch as one line of commits, from a single run of `git log`.

Merges. Commits come in git's topological order, oldest first: parents before children, each branch in one
piece. Every commit stands with its own author, those of side branches too. An ordinary commit's changes are
those against its parent; a merge's are only what the merge itself decided, that is, where its tree differs
from what the commits before it in the line left behind. To know that, `Line` keeps the tree that the line has
built so far (path → blob), and every path in which a merge differs from any of its parents is compared with
it.

Why the end is exact: let x be the last commit in the line that differs from one of its parents in path p.
When all branches have come together in a commit c, c descends from x, and no commit between them changes p;
so c has at p what x has, and that is what the line wrote last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import IO

from .git_records import Commit, FileChange, Reason, Unreadable

# Beyond this many files on each side of one commit git pairs only unchanged files. 25 million comparisons
# take about 20 s, so one commit can cost a minute and a half at the most.
RENAME_LIMIT = 10_000
_FORMAT = "%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%B"
LOG = (
    "log",
    "--topo-order",
    "--reverse",
    "--root",
    "-m",
    "--raw",
    "-z",
    "--no-abbrev",
    "-M50%",
    f"-l{RENAME_LIMIT}",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-show-signature",
    f"--format={_FORMAT}",
)
_CHUNK = 1 << 18
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SYMLINK, _SUBMODULE = b"120000", b"160000"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of git's raw difference.

    `path` is the path after (for a deletion: before), `old_path` a rename's source.
    """

    status: str
    similarity: int | None
    mode: bytes
    blob: str
    path: bytes
    old_path: bytes | None


@dataclass(slots=True)
class RawCommit:
    """A commit as git prints it; a merge's entries are those against each of its parents, in turn."""

    id: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    at: datetime
    message: str
    entries: list[Entry] = field(default_factory=list)


def parse_log(output: IO[bytes]) -> Iterator[RawCommit]:
    """The commits in the output of `git log` run with LOG. Memory: one commit and one block of output.

    If git died on the way, the last commit may lack entries: use it only when git is known to have finished
    well.
    """
    tokens = _tokens(output)
    commit: RawCommit | None = None
    for token in tokens:
        rest = list(islice(tokens, _further_tokens(token)))
        if len(rest) < _further_tokens(token):
            break
        if commit is not None and token.startswith((b":", b"\n:")):
            commit.entries.append(_entry(token, rest))
            continue
        next_commit = _header(token, rest)
        if commit is not None and commit.id == next_commit.id:
            continue  # git repeats a merge's header for each parent
        if commit is not None:
            yield commit
        commit = next_commit
    if commit is not None:
        yield commit


def _tokens(output: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while block := output.read(_CHUNK):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole


def _further_tokens(token: bytes) -> int:
    """How many tokens belong to this one: ":… A" has a path, ":… R090" two, a commit's id six fields."""
    if not token.startswith((b":", b"\n:")):
        return _FORMAT.count("%x00")
    return 2 if token.rpartition(b" ")[2][:1] in b"RC" else 1


def _header(token: bytes, rest: list[bytes]) -> RawCommit:
    parents, name, email, authored, committed, message = rest
    return RawCommit(
        id=token.decode("ascii"),
        parents=tuple(parents.decode("ascii").split()),
        author_name=name.decode("utf-8", "replace"),
        author_email=email.decode("utf-8", "replace"),
        at=_time(authored) or _time(committed) or _EPOCH,
        message=message.decode("utf-8", "replace").strip("\n"),
    )


def _time(seconds: bytes) -> datetime | None:
    """The time, or None for what no calendar knows: git prints nothing or 2^64 - 1 for a broken line."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _entry(token: bytes, paths: list[bytes]) -> Entry:
    _, mode, _, blob, status = token.split(b" ")
    renamed = status[:1] == b"R"
    return Entry(
        status=chr(status[0]),
        similarity=int(status[1:]) if renamed else None,
        mode=mode,
        blob=blob.decode("ascii"),
        path=paths[-1],
        old_path=paths[0] if renamed else None,
    )


class Line:
    """The state of the line of commits: what has been read, and the tree it has built so far.

    Its promise for the commits: what a move or a deletion takes away was there, and a move's new path was
    free.
    """

    def __init__(self) -> None:
        self.tree: dict[str, str] = {}
        self._heads: dict[str, None] = {}
        self._reported: dict[str, str] = {}

    def append(self, raw: RawCommit) -> Commit:
        """The commit in its place at the end of the line."""
        merge = len(raw.parents) > 1
        changes: list[FileChange] = []
        unreadable: list[Unreadable] = []
        for entry in _moves_first(raw.entries) if merge else raw.entries:
            path, reason = _name_of(entry)
            if reason is None:
                changes.extend(self._follow(entry, path, skip_known=merge))
                continue
            changes.extend(self._vacate(entry))
            if self._is_news(entry, path):
                unreadable.append(Unreadable(path, raw.id, reason))
        return Commit(
            raw.id,
            raw.author_name,
            raw.author_email,
            raw.at,
            raw.message,
            tuple(changes),
            tuple(unreadable),
            self._bookmark(raw),
        )

    def _follow(self, entry: Entry, path: str, skip_known: bool) -> Iterator[FileChange]:
        if entry.status == "D":
            if self.tree.pop(path, None) is not None:
                yield FileChange("delete", path)
            return
        old_path = _decoded(entry.old_path) if entry.status == "R" and entry.old_path is not None else None
        if old_path is not None and old_path in self.tree and path not in self.tree:
            del self.tree[old_path]
            self.tree[path] = entry.blob
            yield FileChange("move", path, old_path, entry.blob, entry.similarity)
            return
        yield from self._vacate(entry)
        if skip_known and self.tree.get(path) == entry.blob:
            return
        self.tree[path] = entry.blob
        yield FileChange("write", path, blob=entry.blob)

    def _vacate(self, entry: Entry) -> Iterator[FileChange]:
        """A rename whose new name cannot be followed still leaves its old one."""
        if entry.status != "R" or entry.old_path is None:
            return
        old_path = _decoded(entry.old_path)
        if old_path is not None and self.tree.pop(old_path, None) is not None:
            yield FileChange("delete", old_path)

    def _is_news(self, entry: Entry, path: str) -> bool:
        """Whether this version is new: a deletion is none, and merges meet their branches' findings again."""
        if entry.status == "D" or self._reported.get(path) == entry.blob:
            return False
        self._reported[path] = entry.blob
        return True

    def _bookmark(self, raw: RawCommit) -> str:
        """The commits read so far that no other one of them builds on: together they imply all."""
        for parent in raw.parents:
            self._heads.pop(parent, None)
        self._heads[raw.id] = None
        return " ".join(self._heads)


def _moves_first(entries: list[Entry]) -> list[Entry]:
    """A path may be renamed against one parent and deleted against another: a rename says more."""
    return sorted(entries, key=lambda entry: entry.status != "R")


def _name_of(entry: Entry) -> tuple[str, Reason | None]:
    path = _decoded(entry.path)
    if path is None:
        return entry.path.decode("utf-8", "backslashreplace"), Reason.NAME_NOT_UTF8
    if entry.mode == _SYMLINK:
        return path, Reason.SYMLINK
    if entry.mode == _SUBMODULE:
        return path, Reason.SUBMODULE
    return path, None


def _decoded(path: bytes) -> str | None:
    try:
        return path.decode("utf-8")
    except UnicodeDecodeError:
        return None
