"""What the processes of a race do."""

from __future__ import annotations

import os
import random
import signal
import time

from kbwiki import Actor, Settings, Wiki
from kbwiki.errors import Busy, Conflict
from kbwiki.moderation.decide import AlreadyDecided, MovedOn
from kbwiki.pages.actions import EditConflict
from kbwiki.pages.queries.view import get_page, text_of
from kbwiki.search.log.recording import Asked, Screen
from kbwiki.testing import READER, answer, look, open_reviews, save

PATIENT = Settings(lock_timeout_seconds=60.0)


def write(url: str, who: int, saves: int) -> dict[str, object]:
    """Change one's own line of the page `shared` again and again; give back number and line of each save."""
    wiki = Wiki(url, settings=PATIENT)
    author = Actor(f"writer{who}", f"Writer {who}", frozenset({"staff"}))
    acknowledged, conflicts = [], 0
    for turn in range(saves):
        line = f"writer {who} turn {turn}."
        while True:
            with wiki.read() as connection:
                page = get_page(connection, wiki.id, "shared", READER)
                lines = text_of(connection, page).split("\n\n")
            lines[who] = line
            try:
                saved = save(wiki, "shared", "\n\n".join(lines), by=author, base=page.number)
            except (EditConflict, Conflict, Busy):
                conflicts += 1
                continue
            acknowledged.append((saved.number, line))
            break
    wiki.close()
    return {"acknowledged": acknowledged, "conflicts": conflicts}


def ask(url: str, words: list[str], view: str) -> None:
    """Search for each of the words, once in a view of their own and once in the view."""
    wiki = Wiki(url)
    for word in words:
        for token in (None, view):
            asked = Asked(word, 1, Screen.PAGE, "", token)
            while wiki.search_log.record(asked) is None:  # a busy database drops it; who asks again is heard
                time.sleep(0.001)
    wiki.close()


def moderate(url: str, who: int) -> dict[str, object]:
    """Try to decide every open review; count what was decided, and how the others were lost."""
    wiki = Wiki(url, settings=PATIENT)
    actor = Actor(f"moderator{who}", f"Moderator {who}", frozenset({"moderators"}))
    reviews = open_reviews(wiki, by=actor)
    random.Random(who).shuffle(reviews)
    said = {"decided": 0, "lost": 0, "named": 0}
    seen = [look(wiki, review.id, by=actor) for review in reviews]
    for one in seen:
        try:
            answer(wiki, one, "approve", by=actor)
            said["decided"] += 1
        except AlreadyDecided as lost:
            said["lost"] += 1
            said["named"] += lost.by.startswith("Moderator")
        except MovedOn:
            said["lost"] += 1
    wiki.close()
    return dict(said)


def crash(url: str, times: int, log: str) -> dict[str, object]:
    """Let a child save without end and kill it at a random moment, so many times; acknowledged saves go to `log`."""
    chance = random.Random(times)
    for turn in range(times):
        child = os.fork()
        if child == 0:
            _save_for_ever(url, turn, log)
        if turn % 5:
            _wait_for_growth(log)
        time.sleep(chance.uniform(0.0, 0.15))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return {"killed": times}


def _wait_for_growth(log: str, seconds: float = 20.0) -> None:
    """Until the child has saved something, so that most are killed while saving and not while starting."""
    size = os.path.getsize(log) if os.path.exists(log) else 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and (os.path.getsize(log) if os.path.exists(log) else 0) == size:
        time.sleep(0.005)


def _save_for_ever(url: str, turn: int, log: str) -> None:
    wiki = Wiki(url, settings=PATIENT)
    author = Actor("author", "Author", frozenset({"staff"}))
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = 0
    while True:
        path = f"crash/{turn}-{number % 3}"
        base = number // 3 or None
        saved = save(wiki, path, f"{path} text {number}\n", by=author, base=base)
        os.write(written, f"{path} {saved.number} {number}\n".encode())
        number += 1
