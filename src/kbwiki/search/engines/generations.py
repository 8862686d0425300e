"""Indexes built one beside the other in a folder, and the one small file that says which of them counts.

::

    folder/            private to its owner
      CURRENT          names the generation in use; replaced as a whole
      LOCK             held by whoever writes
      index-1a2b…      a generation: whatever files or folders begin with its name
      index-1a2b….damaged   left by a reader that found it damaged, so that all processes know

For engines that see to it themselves that a generation changes as a whole, as databases do.
"""

from __future__ import annotations

import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from ...wording import kb_t
from .durable import replace_file
from .protocol import IndexUnusable
from .write_lock import WriteLock

_NAMED = re.compile(r"index-[0-9a-f]{16}")


class Generations:
    """The generations in one folder. Who calls more than `current` and `found_damaged` holds the `lock`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = WriteLock(folder / "LOCK")

    def current(self) -> str:
        """The name of the generation in use. Errors: IndexUnusable when there is none, or it is known to be damaged."""
        try:
            name = (self.folder / "CURRENT").read_text("ascii")
        except (OSError, ValueError) as error:
            raise IndexUnusable(kb_t("there is no index in {folder}", folder=self.folder)) from error
        if not _NAMED.fullmatch(name):
            raise IndexUnusable(kb_t("{file} is damaged", file=self.folder / "CURRENT"))
        if self._damaged(name).exists():
            raise IndexUnusable(kb_t("{file} is damaged", file=name))
        return name

    def found_damaged(self, name: str) -> None:
        """Tells every process that the generation must not be used any more."""
        with suppress(OSError):
            self._damaged(name).touch()

    def new(self) -> str:
        """A name that no generation has had; what former builders left behind is cleared up."""
        self.folder.chmod(0o700)  # the lock made the folder
        self.sweep()
        return f"index-{secrets.token_hex(8)}"

    def publish(self, name: str) -> None:
        """From now on this one counts. Its files must be on the disk."""
        replace_file(self.folder / "CURRENT", name.encode("ascii"))

    def sweep(self) -> None:
        """Removes generations that do not count: superseded ones, and those of builders that died."""
        kept = "-"
        with suppress(OSError):
            kept = (self.folder / "CURRENT").read_text("ascii", "replace")
        # The main file goes before its companions: nobody may open it without them.
        for path in sorted(self.folder.glob("index-*"), key=lambda path: len(path.name)):
            if path.name.partition(".")[0] != kept:
                _discard(path)

    def forget(self) -> None:
        """No generation counts, and none is left."""
        (self.folder / "CURRENT").unlink(missing_ok=True)
        self.sweep()

    def _damaged(self, name: str) -> Path:
        return self.folder / f"{name}.damaged"


def _discard(path: Path) -> None:
    """Some systems do not let go of what others still read: the next sweep tries again."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
