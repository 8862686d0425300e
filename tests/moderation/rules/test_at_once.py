"""Saving, deciding and re-routing at the same moment: nothing is lost, nothing is left with nobody."""

from __future__ import annotations

import threading

from kbwiki.actors import SYSTEM, Actor
from kbwiki.errors import Busy, Conflict
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.rules.rerouting import reroute
from kbwiki.pages.queries.view import get_page, text_of
from kbwiki.testing import WRITER, answer, look, open_reviews, save
from kbwiki.wiki import Wiki
from tests.moderation.conftest import ranges
from tests.promises.invariants import faults

PAGES = [f"page-{number}" for number in range(4)]


def add_a_line(wiki: Wiki, path: str) -> None:
    with wiki.read() as connection:
        page = get_page(connection, wiki.id, path, WRITER)
        text = text_of(connection, page)
    save(wiki, path, text + f"line {page.number}\n", base=page.number)


def test_rerouting_while_others_save_and_decide_loses_nothing(wiki: Wiki) -> None:
    for path in PAGES:
        save(wiki, path, "0\n")
    failures: list[BaseException] = []

    def tolerant(step: object) -> None:
        for _ in range(20):
            try:
                step()  # type: ignore[operator]
            except (Busy, Conflict):
                continue
            except BaseException as error:
                failures.append(error)
                raise
            return

    def saving() -> None:
        for _ in range(6):
            for path in PAGES:
                tolerant(lambda path=path: add_a_line(wiki, path))

    def deciding() -> None:
        somebody = Actor("decider", "Dora", frozenset({"moderators", "legal"}))
        for _ in range(6):
            for group in ("moderators", "legal"):
                for line in open_reviews(wiki, group)[:1]:
                    tolerant(lambda line=line: answer(wiki, look(wiki, line.id, by=somebody), "approve", by=somebody))

    def rerouting() -> None:
        for turn in range(6):
            effect = {"replace_groups": ["legal"]} if turn % 2 == 0 else {"replace_groups": ["moderators"]}

            def change(effect: dict[str, list[str]] = effect) -> None:
                with wiki.begin(SYSTEM) as tx:
                    set_rule(tx, "All", {}, effect)

            def move() -> None:
                with wiki.begin(SYSTEM) as tx:
                    reroute(tx)

            tolerant(change)
            tolerant(move)

    threads = [threading.Thread(target=work) for work in (saving, saving, deciding, rerouting)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    held_by = {group: set(ranges(wiki, group)) for group in ("moderators", "legal")}
    assert not [fault for fault in faults(wiki) if "nobody has to look" in fault]
    save(wiki, "afterwards", "x\n", by=WRITER)
    assert set(held_by["moderators"]) | set(held_by["legal"]) <= set(PAGES)
    assert wiki.verify().intact
