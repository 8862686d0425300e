"""Five moderators, each a process, work through 2,000 reviews with "Next": how many are looked at by two.

They are the players of the race in tests/moderation/desk: take what "Next" gives, look, approve, until nothing is left.
Once in the order of due times, once in that of risk. The floor is the same number of reviews, each looked at once.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from kbwiki import Actor, Wiki
from kbwiki.pages.actions import Edit, save_page

from .corpus import REPOSITORY
from .figures import Figure

FLOOR = "every review looked at once"
REVIEWS = 2_000
MODERATORS = 5
_AUTHOR = Actor("author", "Arno Author", frozenset({"staff"}))
_WORDS = ("Nothing special.\n", "lol\n", "shit happens\n", "See https://elsewhere.example.\n")


def measure() -> Iterator[Figure]:
    """For each order: the share looked at twice, and how much of the work the busiest moderator had."""
    for order in ("due", "risk"):
        with TemporaryDirectory(prefix="kbwiki-bench-") as name:
            url = f"sqlite:///{Path(name) / 'wiki.db'}"
            _fill(url)
            started = time.perf_counter()
            looked = _play(url, order)
            took = time.perf_counter() - started
        times = Counter(review for one in looked for review in one)
        if len(times) != REVIEWS:
            raise RuntimeError(f"{REVIEWS - len(times)} of {REVIEWS} reviews were given to nobody")
        twice = sum(count > 1 for count in times.values())
        yield Figure(f"leases.{order}.looked_at_twice", 100 * twice / REVIEWS, "%")
        yield Figure(f"leases.{order}.looks", sum(times.values()), "looks", sum(times.values()) / REVIEWS, FLOOR)
        yield Figure(f"leases.{order}.busiest", 100 * max(map(len, looked)) / sum(times.values()), "%")
        yield Figure(f"leases.{order}.decided", REVIEWS / took, "reviews/s")


def _fill(url: str) -> None:
    wiki = Wiki(url)
    wiki.upgrade()
    for start in range(0, REVIEWS, 100):
        with wiki.begin(_AUTHOR) as tx:
            for number in range(start, start + 100):
                save_page(tx, Edit(f"page-{number}", _WORDS[number % len(_WORDS)]))
    wiki.catch_up_links()
    wiki.catch_up_risk()
    wiki.close()


def _play(url: str, order: str) -> list[list[int]]:
    """What each of the moderators looked at."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.moderation.desk.players", url, str(who), order],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in range(MODERATORS)
    ]
    said = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise RuntimeError("a moderator's process ended with an error")
    return [json.loads(one) for one in said]
