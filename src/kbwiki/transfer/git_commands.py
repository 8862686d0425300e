"""Running the git executable on a repository that nobody vouches for.

A repository's own settings can name programs: hooks, filters, textconv and external diff commands, an
fsmonitor, a signature checker, a remote to fetch missing objects from. None of them may run because somebody
imports the repository. So everything here works in an empty private folder that is git's home directory, the
caller's GIT_* variables are dropped, no transport is allowed, and nothing is ever checked out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ..errors import Invalid
from ..wording import kb_t

# Settings on the command line win over those of any repository. The cache and big-file sizes bound git's
# memory; the commit graph is a cache inside the repository and so part of what nobody vouches for.
_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.commitGraph=false",
    "core.deltaBaseCacheLimit=16m",
    "core.bigFileThreshold=16m",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_WORDS_KEPT = 500


class TransferError(Invalid):
    """The source cannot be read:

    `source` is what was given, `wrong` what is wrong with it, `remedy` what to do.
    """

    def __init__(self, source: Path, wrong: str, remedy: str) -> None:
        super().__init__("source", kb_t("{source}: {wrong}. {remedy}", source=source, wrong=wrong, remedy=remedy))
        self.source = source
        self.wrong = wrong
        self.remedy = remedy


class GitFailed(Exception):
    """One git command failed; `words` is the end of what git said."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Git:
    """The git executable, at work in the private folder `home`;

    `settings` are further environment variables.
    """

    executable: str
    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def within(self, repository: Path, objects: Path | None = None) -> Git:
        """The same git bound to one repository folder, reading its objects from `objects` when given."""
        bound = {"GIT_DIR": str(repository)}
        if objects is not None:
            bound["GIT_OBJECT_DIRECTORY"] = str(objects)
        return Git(self.executable, self.home, bound)

    def run(self, *arguments: str) -> str:
        """What the command prints (bytes that are not UTF-8 survive as surrogates). Raises GitFailed."""
        done = subprocess.run(  # noqa: S603 (arguments are a list and never pass a shell)
            self._command(arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self.home,
            env=self._environment(),
            check=False,
        )
        if done.returncode != 0:
            raise GitFailed(last_words(done.stderr))
        return os.fsdecode(done.stdout)

    def start(self, *arguments: str, errors: IO[bytes], piped_in: bool = False) -> subprocess.Popen[bytes]:
        """The running command, its output (on request its input) a pipe; `errors` takes its complaints."""
        return subprocess.Popen(  # noqa: S603 (as above)
            self._command(arguments),
            stdin=subprocess.PIPE if piped_in else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=1 << 18,
            cwd=self.home,
            env=self._environment(),
        )

    @contextmanager
    def stream(self, *arguments: str) -> Iterator[IO[bytes]]:
        """The command's output as it comes; leaving early ends git.

        Raises GitFailed if git did not finish well.
        """
        with tempfile.TemporaryFile(dir=self.home) as errors:
            process = self.start(*arguments, errors=errors)
            assert process.stdout is not None
            try:
                yield process.stdout
                process.stdout.close()
                process.wait()
            finally:
                stop(process)
            if process.returncode != 0:
                errors.seek(0)
                raise GitFailed(last_words(errors.read()))

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        return [self.executable, "--no-pager", *settings, *arguments]

    def _environment(self) -> dict[str, str]:
        ours = {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home)}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        return {**inherited, **ours, **_ENVIRONMENT, **self.settings}


def find_git(source: Path, home: Path) -> Git:
    """This machine's git, with `home` for its private folder. Raises TransferError when there is none."""
    executable = shutil.which("git")
    if executable is None:
        raise TransferError(
            source,
            kb_t("reading [a history] from git needs the git program, and none was found on the PATH"),
            kb_t("Install git (the package is called git on most systems) and run the import again."),
        )
    return Git(executable, home)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process if it still runs, close its pipes and collect it."""
    if process.poll() is None:
        process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is None:
            continue
        try:
            pipe.close()
        except BrokenPipeError:
            continue
    process.wait()


def last_words(complaint: bytes) -> str:
    """The end of what git said, on one line."""
    lines = complaint.decode("utf-8", "replace").split("\n")
    return " ".join(line.strip() for line in lines if line.strip())[-_WORDS_KEPT:]
