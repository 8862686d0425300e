"""What a process lets go of when it was forked: locks that threads of tantivy's held in its parent at that moment.

tantivy reads a new commit in threads of its own, holding a lock on a file meanwhile. A fork copies the open file, but
not the thread that would close it; so the lock would stay, and the child would wait for itself for ever.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

_LOCKS = (".tantivy-meta.lock", ".tantivy-writer.lock")
_OPEN = "/proc/self/fd"


def let_go() -> None:
    """Closes the lock files of any index that are open here. In a child just forked nobody is using one."""
    for number in os.listdir(_OPEN):
        with suppress(OSError):
            if os.readlink(f"{_OPEN}/{number}").endswith(_LOCKS):
                os.close(int(number))


if sys.platform == "linux":  # elsewhere nothing forks without being asked to
    os.register_at_fork(after_in_child=let_go)
