"""What processes do in a race about the index. Run as `python -m tests.races.searchers ROLE …`; each prints JSON."""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import sys
import time
from pathlib import Path

from kbwiki import Actor, Settings, Wiki
from kbwiki.testing import READER, save

PATIENCE = 60.0


class Complaints(logging.Handler):
    """What is logged as an error: a search hides what befalls the index, the log does not."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage() + (f": {record.exc_info[1]!r}" if record.exc_info else ""))


def open_wiki(url: str, folder: str, engine: str, patience: float = PATIENCE) -> Wiki:
    """The wiki, with an index kept by the engine."""
    settings = Settings(search_engine=engine, search_catch_up_seconds=patience, lock_timeout_seconds=60.0)
    return Wiki(url, index=Path(folder), settings=settings)


def write(wiki: Wiki, who: str, saves: int) -> dict[str, object]:
    """Save pages, each with a word of its own, and look for each fourth at once; which of those were not found."""
    author = Actor(f"writer{who}", f"Writer {who}", frozenset({"staff"}))
    missed = []
    for number in range(saves):
        save(wiki, f"{who}/{number}", f"giraffe {word_of(who, number)}\n", by=author)
        if number % 4 == 0 and wiki.search(READER, word_of(who, number)).total != 1:
            missed.append(number)
    return {"missed": missed}


def word_of(who: str, number: int) -> str:
    """A word on that page alone; digits would be taken off it."""
    return f"own{who}" + "".join(chr(ord("a") + int(digit)) for digit in str(number)) + "x"


def search(wiki: Wiki, until: str) -> dict[str, object]:
    """Search until the file is there: how often, and whether anything found was lost again."""
    counts = [0]
    notes: list[str] = []
    while not os.path.exists(until):
        found = wiki.search(READER, "giraffe")
        counts.append(found.total)
        notes += found.notes
    return {"searches": len(counts) - 1, "lost": counts != sorted(counts), "notes": sorted(set(notes))}


def kill(url: str, folder: str, engine: str, times: int) -> dict[str, object]:
    """Save pages while a child keeps the index, and kill the child at a random moment, so many times."""
    chance = random.Random(times)
    wiki = open_wiki(url, folder, engine)
    saved = 0
    for turn in range(times):
        ready, told = os.pipe()
        child = os.fork()
        if child == 0:
            _keep_index(url, folder, engine, turn, told)
        os.read(ready, 1)
        for _ in range(3):
            save(wiki, f"page{saved}", "giraffe\n")
            saved += 1
        time.sleep(chance.uniform(0.0, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(told)
    wiki.close()
    return {"saved": saved}


def _keep_index(url: str, folder: str, engine: str, turn: int, told: int) -> None:
    """Every third child builds the index anew again and again, the others follow the journal."""
    wiki = open_wiki(url, folder, engine)
    wiki.seal()
    wiki.catch_up_links()
    os.write(told, b".")
    while True:
        if turn % 3 == 2:
            wiki.search.rebuild()
        wiki.seal()
        wiki.catch_up_links()
        wiki.search.catch_up()


def main(role: str, url: str, folder: str, engine: str, *arguments: str) -> None:
    """Play a role and say what came of it."""
    if role == "kill":
        print(json.dumps(kill(url, folder, engine, int(arguments[0]))), flush=True)
        return
    complaints = Complaints()
    logging.getLogger("kbwiki").addHandler(complaints)
    wiki = open_wiki(url, folder, engine)
    said = write(wiki, arguments[0], int(arguments[1])) if role == "write" else search(wiki, arguments[0])
    wiki.close()
    print(json.dumps(said | {"complaints": complaints.said}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
