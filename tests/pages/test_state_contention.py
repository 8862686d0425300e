"""Two people at the same page at the same moment: the second waits, and then sees what the first one left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kbwiki.actors import Actor
from kbwiki.db import Transaction
from kbwiki.moderation.decide import AlreadyDecided, Answer, decide
from kbwiki.moderation.policy import Verdict
from kbwiki.pages.actions import (
    Edit,
    EditConflict,
    delete_page,
    move_page,
    restore_revision,
    save_page,
    undo_change,
)
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, SECOND_WRITER, WRITER, look, open_reviews, read, save
from kbwiki.wiki import Wiki

PARTS = "One.\n\nTwo.\n\nThree.\n"


class Second:
    """Somebody whose transaction runs in a thread of its own; `outcome` is what it gave back or raised."""

    def __init__(self, wiki: Wiki, actor: Actor, action: Callable[[Transaction], Any]) -> None:
        self.outcome: Any = None
        self._wiki, self._actor, self._action = wiki, actor, action
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            with self._wiki.begin(self._actor) as tx:
                self.outcome = self._action(tx)
        except Exception as error:
            self.outcome = error


@contextmanager
def meanwhile(wiki: Wiki, actor: Actor, action: Callable[[Transaction], Any]) -> Iterator[Second]:
    """While the block holds its transaction open, a second actor tries `action`; it ends after the block."""
    second = Second(wiki, actor, action)
    yield second
    second.thread.join()


def begin(second: Second) -> None:
    """Let the second one come, and give it the time to get as far as the lock it has to wait for."""
    second.thread.start()
    second.thread.join(0.4)


@pytest.fixture
def page(wiki: Wiki) -> Wiki:
    save(wiki, "page", PARTS)
    save(wiki, "elsewhere", "Both are known to the wiki.\n", by=SECOND_WRITER)
    return wiki


def edited(tx: Transaction) -> None:
    save_page(tx, Edit("page", PARTS.replace("One", "ONE"), base=1))


def test_a_save_that_waited_for_another_is_merged_with_it(page: Wiki) -> None:
    def late(tx: Transaction) -> Any:
        return save_page(tx, Edit("page", PARTS.replace("Three", "THREE"), base=1))

    with meanwhile(page, SECOND_WRITER, late) as second, page.begin(WRITER) as tx:
        edited(tx)
        begin(second)
    assert (second.outcome.number, second.outcome.merged, second.outcome.created) == (3, True, False)
    assert read(page, "page") == "ONE.\n\nTwo.\n\nTHREE.\n"


def test_a_save_of_the_same_words_that_waited_is_told_both_texts(page: Wiki) -> None:
    def late(tx: Transaction) -> Any:
        return save_page(tx, Edit("page", PARTS.replace("One", "Eins"), base=1))

    with meanwhile(page, SECOND_WRITER, late) as second, page.begin(WRITER) as tx:
        edited(tx)
        begin(second)
    assert isinstance(second.outcome, EditConflict)
    assert second.outcome.current == 2


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(lambda tx: move_page(tx, "page", "new"), id="move"),
        pytest.param(lambda tx: delete_page(tx, "page"), id="delete"),
        pytest.param(lambda tx: restore_revision(tx, "page", 1), id="restore"),
        pytest.param(lambda tx: undo_change(tx, "page", 1), id="undo"),
    ],
)
def test_any_change_that_waited_for_a_save_is_made_on_top_of_it(
    page: Wiki, late: Callable[[Transaction], Any]
) -> None:
    with meanwhile(page, SECOND_WRITER, late) as second, page.begin(WRITER) as tx:
        edited(tx)
        begin(second)
    assert not isinstance(second.outcome, Exception), second.outcome
    with page.read() as connection:
        numbers = connection.exec_driver_sql(
            "SELECT number FROM kbwiki_revision WHERE page_id = 1 ORDER BY number"
        ).scalars()
        assert list(numbers) == [1, 2, 3]


def test_a_save_that_waited_for_a_move_follows_the_page(page: Wiki) -> None:
    def late(tx: Transaction) -> Any:
        return save_page(tx, Edit("page", PARTS.replace("Three", "THREE"), base=1))

    with meanwhile(page, SECOND_WRITER, late) as second, page.begin(WRITER) as tx:
        move_page(tx, "page", "new")
        begin(second)
    assert second.outcome.path == "new"
    assert read(page, "new") == PARTS.replace("Three", "THREE")


def test_a_save_that_waited_for_a_deletion_is_told_of_it(page: Wiki) -> None:
    def late(tx: Transaction) -> Any:
        return save_page(tx, Edit("page", PARTS.replace("Three", "THREE"), base=1))

    with meanwhile(page, SECOND_WRITER, late) as second, page.begin(WRITER) as tx:
        delete_page(tx, "page")
        begin(second)
    assert isinstance(second.outcome, EditConflict)
    assert second.outcome.deleted


def test_two_who_create_the_same_page_do_not_lose_either_text(page: Wiki) -> None:
    def late(tx: Transaction) -> Any:
        return save_page(tx, Edit("fresh", "What the second one wrote.\n"))

    with meanwhile(page, SECOND_WRITER, late) as second, page.begin(WRITER) as tx:
        save_page(tx, Edit("fresh", "What the first one wrote.\n"))
        begin(second)
    assert isinstance(second.outcome, EditConflict)
    assert read(page, "fresh") == "What the first one wrote.\n"
    (clash,) = second.outcome.merge.chunks
    assert (clash.mine, clash.theirs) == ("What the second one wrote.\n", "What the first one wrote.\n")


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REVERT, Verdict.HIDE])
def test_a_moderator_who_waited_for_another_learns_who_decided(page: Wiki, verdict: Verdict) -> None:
    line = next(line for line in open_reviews(page) if line.path == "page")
    shown = look(page, line.id).shown
    answer = Answer(line.id, shown.base, shown.head, shown.digest, verdict, reason="wrong")
    with page.begin(SECOND_MODERATOR) as tx:
        save_page(tx, Edit("known", "The second moderator is known to the wiki.\n"))

    with (
        meanwhile(page, SECOND_MODERATOR, lambda tx: decide(tx, answer)) as second,
        page.begin(MODERATOR) as tx,
    ):
        decide(tx, answer)
        begin(second)
    assert isinstance(second.outcome, AlreadyDecided)
    assert (second.outcome.by, second.outcome.verdict) == (MODERATOR.name, verdict.value)
