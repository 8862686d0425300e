"""A moderator in a process: `python -m tests.moderation.desk.players URL WHO [ORDER]` works with "Next"."""

from __future__ import annotations

import json
import sys

from kbwiki import Actor, Settings, Wiki
from kbwiki.moderation.desk.next import next_review
from kbwiki.testing import answer, look


def work(url: str, who: int, order: str = "due") -> list[int]:
    """Take the next review and approve it, until nothing is left; every review that was looked at."""
    wiki = Wiki(url, settings=Settings(lock_timeout_seconds=60.0))
    actor = Actor(f"moderator{who}", f"Moderator {who}", frozenset({"moderators"}))
    looked = []
    while True:
        with wiki.begin(actor) as tx:
            given = next_review(tx, order=order)
        if given is None:
            break
        looked.append(given.review_id)
        answer(wiki, look(wiki, given.review_id, by=actor), "approve", by=actor)
    wiki.close()
    return looked


if __name__ == "__main__":
    print(json.dumps(work(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])), flush=True)
