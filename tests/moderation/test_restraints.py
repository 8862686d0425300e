"""Locks and restrictions: who is stopped where, what they are told, and that either ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from kbwiki.actors import Actor
from kbwiki.errors import Conflict, Forbidden, Invalid
from kbwiki.moderation.acts import lock_pages, restrict_author
from kbwiki.moderation.models import Decision
from kbwiki.moderation.record import Decided
from kbwiki.moderation.take_back import take_back
from kbwiki.pages.actions import bring_back, delete_page, move_page, restore_revision, undo_change
from kbwiki.spaces.restraining import standing
from kbwiki.testing import (
    ADMIN,
    MODERATOR,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    TickingClock,
    make_space,
    read,
    save,
)
from kbwiki.wiki import Wiki

from .conftest import PEOPLE

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(wiki: Wiki) -> TickingClock:
    """The wiki's clock, to be set forward."""
    wiki.clock = TickingClock(datetime(2026, 5, 3, 9, tzinfo=UTC))
    return wiki.clock


def lock(wiki: Wiki, path: str, *, below: bool = False, by: Actor = MODERATOR, group: str = "moderators") -> Decided:
    """Lock for an hour."""
    with wiki.begin(by) as tx:
        return lock_pages(tx, path, below=below, until=tx.now + HOUR, group=group, reason="wrong")


def restrict(wiki: Wiki, who: Actor, path: str, *, by: Actor = MODERATOR, key: str | None = None) -> Decided:
    """Restrict for an hour."""
    with wiki.begin(by) as tx:
        return restrict_author(
            tx, who.id, path, until=tx.now + HOUR, group="moderators", reason="abuse", key=key
        )


def test_a_locked_page_refuses_edits_and_says_how_long_by_whom_and_what_next(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "Green.")
    lock(wiki, "tea")

    with pytest.raises(Forbidden) as refused:
        save(wiki, "tea", "Black.", base=1)

    assert "until 3 May 2026, 10:" in str(refused.value)
    assert "“moderators”" in str(refused.value)
    assert "Something is wrong here" in str(refused.value)
    assert read(wiki, "tea") == "Green."


def test_every_way_to_change_a_locked_page_is_refused(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "Green.")
    save(wiki, "tea", "Black.", base=1)
    save(wiki, "gone", "Gone.")
    save(wiki, "coffee", "Strong. [[tea]]")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "gone")
    for path in ("tea", "gone", "new"):
        lock(wiki, path)

    def refused(act: object, *args: object) -> bool:
        with pytest.raises(Forbidden, match="locked"), wiki.begin(WRITER) as tx:
            act(tx, *args)  # type: ignore[operator]
        return True

    assert refused(restore_revision, "tea", 1)
    assert refused(undo_change, "tea", 2)
    assert refused(delete_page, "tea")
    assert refused(move_page, "tea", "chai")
    assert refused(move_page, "coffee", "new")
    assert refused(bring_back, "gone")
    with pytest.raises(Forbidden, match="locked"):
        save(wiki, "new", "Brand new.")
    with pytest.raises(Forbidden, match="locked"):
        save(wiki, "gone", "Back with other words.")
    assert save(wiki, "tea/below", "Only the page itself is locked.").created


def test_a_locked_subtree_holds_for_everything_below_it_and_nothing_beside_it(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea/green", "Green.")
    save(wiki, "coffee", "Strong.")
    lock(wiki, "tea", below=True)

    for path in ("tea", "tea/black", "tea/green/mint"):
        with pytest.raises(Forbidden, match="locked"):
            save(wiki, path, "No.")
    with pytest.raises(Forbidden, match="locked"):
        save(wiki, "tea/green", "No.", base=1)
    with pytest.raises(Forbidden, match="locked"), wiki.begin(WRITER) as tx:
        move_page(tx, "coffee", "tea/coffee")
    assert save(wiki, "teapot", "Round.").created


def test_a_move_does_not_take_a_locked_page_along(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "All.")
    save(wiki, "tea/green", "Green.")
    lock(wiki, "tea/green")

    with pytest.raises(Forbidden, match="locked"), wiki.begin(WRITER) as tx:
        move_page(tx, "tea", "chai")


def test_links_in_a_locked_page_stay_as_they_are_when_their_target_moves(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "Green.")
    save(wiki, "list", "See [[tea]].")
    lock(wiki, "list")

    with wiki.begin(WRITER) as tx:
        moved = move_page(tx, "tea", "chai")

    assert (moved.relinked, moved.left) == ((), 1)
    assert read(wiki, "list") == "See [[tea]]."


def test_those_who_look_after_the_space_and_the_administrators_pass_a_lock(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "Green.")
    lock(wiki, "tea")

    assert save(wiki, "tea", "Repaired.", by=SECOND_MODERATOR, base=1).number == 2
    assert save(wiki, "tea", "Repaired again.", by=ADMIN, base=2).number == 3


def test_a_lock_ends_by_itself(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "Green.")
    lock(wiki, "tea")
    clock.now += HOUR

    assert save(wiki, "tea", "Black.", base=1).number == 2
    with wiki.read() as connection:
        assert standing(connection, wiki.id, "tea", WRITER, clock()) == []


def test_a_lock_is_taken_back_from_its_row_once(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "Green.")
    locked = lock(wiki, "tea")

    with wiki.begin(SECOND_MODERATOR) as tx:
        take_back(tx, locked.decision_id)

    assert save(wiki, "tea", "Black.", base=1).number == 2
    with pytest.raises(Conflict, match="already taken this back"), wiki.begin(MODERATOR) as tx:
        take_back(tx, locked.decision_id)


def test_what_has_ended_by_itself_cannot_be_taken_back(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "Green.")
    locked = lock(wiki, "tea")
    clock.now += HOUR

    with pytest.raises(Conflict, match="ended by itself"), wiki.begin(MODERATOR) as tx:
        take_back(tx, locked.decision_id)


def test_a_restricted_author_cannot_write_in_that_part_and_everybody_else_can(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "Green.")
    make_space(wiki, "people")
    restrict(wiki, WRITER, "tea")

    with pytest.raises(Forbidden, match="You cannot write here until 3 May 2026, 10:.*My changes"):
        save(wiki, "tea", "Black.", base=1)
    with pytest.raises(Forbidden, match="You cannot write"):
        save(wiki, "tea/green", "Green.")
    assert save(wiki, "tea", "Black.", by=SECOND_WRITER, base=1).number == 2
    assert save(wiki, "coffee", "Strong.").created
    assert read(wiki, "tea", by=WRITER) == "Black."


def test_a_restricted_moderator_neither_passes_nor_lifts_the_restriction(wiki: Wiki, clock: TickingClock) -> None:
    save(wiki, "tea", "Green.", by=SECOND_MODERATOR)
    restricted = restrict(wiki, SECOND_MODERATOR, "")

    with pytest.raises(Forbidden, match="You cannot write"):
        save(wiki, "tea", "Black.", by=SECOND_MODERATOR, base=1)
    with pytest.raises(Forbidden, match="about you"), wiki.begin(SECOND_MODERATOR) as tx:
        take_back(tx, restricted.decision_id)


def test_nobody_restricts_themselves(wiki: Wiki) -> None:
    with pytest.raises(Forbidden, match="yourself"):
        restrict(wiki, MODERATOR, "tea")


def test_only_a_group_that_looks_after_all_of_it_locks(organised: Wiki) -> None:
    with pytest.raises(Forbidden, match="you are not in it"):
        lock(organised, "people", by=MODERATOR, group="people")
    with pytest.raises(Forbidden, match="does not look after this part"):
        lock(organised, "safety", by=PEOPLE, group="people")
    with pytest.raises(Forbidden, match="does not look after everything below"):
        lock(organised, "", below=True)
    assert lock(organised, "people", below=True, by=PEOPLE, group="people").decision_id


def test_a_lock_needs_a_moment_to_come_and_a_reason(wiki: Wiki) -> None:
    with pytest.raises(Invalid, match="still to come"), wiki.begin(MODERATOR) as tx:
        lock_pages(tx, "tea", until=tx.now, group="moderators", reason="wrong")
    with pytest.raises(Invalid, match="reason"), wiki.begin(MODERATOR) as tx:
        lock_pages(tx, "tea", until=tx.now + HOUR, group="moderators", reason="")


def test_the_same_key_restricts_once(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")

    first = restrict(wiki, WRITER, "tea", key="one")
    again = restrict(wiki, WRITER, "tea", key="one")

    assert (again.repeated, again.decision_id) == (True, first.decision_id)
    with wiki.read() as connection:
        assert connection.execute(select(func.count()).select_from(Decision)).scalar() == 1
