"""Handmade git repositories: every byte of every commit is the test's to choose, through `git fast-import`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "LC_ALL": "C",
}
FIRST_OF_MAY = 1_400_000_000


@dataclass(frozen=True)
class Link:
    """A symbolic link to `target`."""

    target: str


@dataclass(frozen=True)
class Submodule:
    """Another repository's commit in this tree."""

    commit: str = "1234567890123456789012345678901234567890"


Content = str | bytes | Link | Submodule | None


def git(*arguments: str | Path, at: Path | None = None, given: bytes = b"") -> str:
    """What git prints, run in `at`; bytes that are not UTF-8 survive as surrogates."""
    done = subprocess.run(
        ["git", *map(str, arguments)], cwd=at, input=given, capture_output=True, env=_ENVIRONMENT, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return os.fsdecode(done.stdout)


class Repository:
    """A new repository at `path`; `commit` adds to a branch without ever using a work tree."""

    def __init__(self, path: Path, *, bare: bool = True, object_format: str = "sha1") -> None:
        self.path = path
        self._commits = 0
        kind = ["--bare"] if bare else []
        git("init", "-q", "-b", "main", *kind, f"--object-format={object_format}", path)

    def commit(
        self,
        changes: Mapping[str, Content] | Mapping[str | bytes, Content],
        *,
        message: str | bytes = "Change",
        author: bytes = b"Ada <ada@example.org>",
        at: str | None = None,
        parents: tuple[str, ...] | None = None,
        branch: str = "main",
        encoding: str | None = None,
    ) -> str:
        """The id of a new commit at the end of `branch` (or on `parents`): path → content, None for a deletion."""
        self._commits += 1
        when = at or f"{FIRST_OF_MAY + self._commits} +0000"
        text = message if isinstance(message, bytes) else message.encode()
        stream = [f"commit refs/heads/{branch}", "mark :1"]
        lines = [line.encode() for line in stream]
        lines += [b"author " + author + b" " + when.encode(), b"committer C <c@example.org> " + when.encode()]
        if encoding is not None:
            lines.append(f"encoding {encoding}".encode())
        lines.append(_data(text))
        lines += [_parent(number, parent) for number, parent in enumerate(self._parents(parents, branch))]
        lines += [_file(path, content) for path, content in changes.items()]
        lines += [b"get-mark :1", b""]
        given = b"\n".join(lines)
        return git(
            "fast-import", "--quiet", "--force", "--date-format=raw-permissive", at=self.path, given=given
        ).strip()

    def tree(self, revision: str = "main") -> dict[str, str]:
        """The regular files of a commit as git lists them: path → blob id."""
        entries = git("ls-tree", "-r", "-z", "--full-tree", revision, at=self.path).split("\0")[:-1]
        facts = (entry.split("\t", 1) for entry in entries)
        return {path: fact.split()[2] for fact, path in facts if fact.startswith("100")}

    def bundle(self, path: Path, *revisions: str) -> Path:
        """A bundle of the revisions (all branches when none are given)."""
        git("bundle", "create", "--quiet", path, *(revisions or ("--all",)), at=self.path)
        return path

    def _parents(self, parents: tuple[str, ...] | None, branch: str) -> tuple[str, ...]:
        if parents is not None:
            return parents
        found = git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}", at=self.path).strip()
        return (found,) if found else ()


def _parent(number: int, parent: str) -> bytes:
    return f"{'merge' if number else 'from'} {parent}".encode()


def _file(path: str | bytes, content: Content) -> bytes:
    raw = path if isinstance(path, bytes) else path.encode()
    quoted = b'"' + b"".join(f"\\{byte:03o}".encode() for byte in raw) + b'"'
    if content is None:
        return b"D " + quoted
    if isinstance(content, Submodule):
        return b"M 160000 " + content.commit.encode() + b" " + quoted
    mode = b"120000" if isinstance(content, Link) else b"100644"
    text = content.target if isinstance(content, Link) else content
    return b"M " + mode + b" inline " + quoted + b"\n" + _data(text if isinstance(text, bytes) else text.encode())


def _data(content: bytes) -> bytes:
    return f"data {len(content)}\n".encode() + content


def lines(count: int, *, changed: int = 0) -> str:
    """A text of `count` lines; the first `changed` of them are different."""
    return "".join(f"{'other ' if number < changed else ''}line {number}\n" for number in range(count))
