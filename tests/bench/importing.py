"""The import of the whole public wiki, next to git reading the same history without anybody writing it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from kbwiki.transfer.git import PageTimeline, open_history, read_pages

from .corpus import require_bundle
from .figures import Figure

FLOOR = "reading the same history and texts, writing nothing"

_IMPORT = """
import json, resource, sys, time
from kbwiki import Wiki
from tests.bench.corpus import load_into
wiki = Wiki("sqlite:///" + sys.argv[1])
wiki.upgrade()
started = time.perf_counter()
summary = load_into(wiki)
seconds = time.perf_counter() - started
wiki.close()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"revisions": summary.revisions, "pages": summary.pages, "seconds": seconds, "memory": memory}))
"""


def measure() -> Iterator[Figure]:
    """Revisions a second, peak memory of the importing process, and the database's size next to the packed git's."""
    bundle = require_bundle()
    started = time.perf_counter()
    with open_history(bundle) as history:
        changes = sum(len(commit.changes) for commit in read_pages(history, PageTimeline()))
    reading = changes / (time.perf_counter() - started)
    with TemporaryDirectory(prefix="kbwiki-bench-") as name:
        database = Path(name) / "wiki.db"
        run = subprocess.run(
            [sys.executable, "-c", _IMPORT, str(database)],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        said = json.loads(run.stdout.splitlines()[-1])
        size = database.stat().st_size
    rate = said["revisions"] / said["seconds"]
    yield Figure("import", rate, "revisions/s", rate / reading, FLOOR)
    yield Figure("import.memory", said["memory"], "MB")
    yield Figure("import.size", size / 1e6, "MB", size / bundle.stat().st_size, "the packed git bundle")
