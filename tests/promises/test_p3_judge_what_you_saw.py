"""P3: a decision is about exactly what was on the screen, and there is one for each review."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import MISSING, fields
from inspect import signature
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kbwiki.db import Transaction
from kbwiki.errors import Conflict, KBWikiError
from kbwiki.moderation.decide import AlreadyDecided, Answer, MovedOn, decide
from kbwiki.moderation.models import Decision, Review
from kbwiki.moderation.policy import Shown, Verdict
from kbwiki.moderation.queries.review import ReviewView
from kbwiki.pages.actions import Edit, delete_page, move_page, restore_revision, save_page
from kbwiki.pages.models import Revision
from kbwiki.testing import (
    ADMIN,
    MODERATOR,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    make_space,
    open_reviews,
    read,
    save,
)
from kbwiki.wiki import Wiki

from .histories import PEOPLE, Town, examples, found
from .invariants import faults

PAGES = count()
ON_BOTH = examples(12)


def seen(wiki: Wiki, path: str = "page") -> ReviewView:
    (line,) = [line for line in open_reviews(wiki) if line.path == path]
    return look(wiki, line.id)


def answered(wiki: Wiki, view: ReviewView, verdict: Verdict = Verdict.APPROVE) -> None:
    shown = view.shown
    with wiki.begin(MODERATOR) as tx:
        decide(tx, Answer(view.id, shown.base, shown.head, shown.digest, verdict, reason="wrong"))


def test_no_decision_can_leave_out_what_was_seen() -> None:
    required = {one.name for one in fields(Answer) if one.default is MISSING and one.default_factory is MISSING}
    assert {"review_id", "base", "head", "digest", "verdict"} <= required
    assert list(signature(decide).parameters) == ["tx", "answer"]


CHANGES: dict[str, Callable[[Transaction], object]] = {
    "edited": lambda tx: save_page(tx, Edit("page", "Changed.\n", base=2)),
    "renamed": lambda tx: save_page(tx, Edit("page", "Two.\n", title="Another title", base=2)),
    "tagged": lambda tx: save_page(tx, Edit("page", "Two.\n", tags=("x",), base=2)),
    "moved": lambda tx: move_page(tx, "page", "elsewhere"),
    "deleted": lambda tx: delete_page(tx, "page"),
    "restored": lambda tx: restore_revision(tx, "page", 1),
    "moved and moved back": lambda tx: (move_page(tx, "page", "x"), move_page(tx, "x", "page")),
    "edited and edited back": lambda tx: (
        save_page(tx, Edit("page", "Changed.\n", base=2)),
        save_page(tx, Edit("page", "Two.\n", base=3)),
    ),
}


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REVERT, Verdict.HIDE])
@pytest.mark.parametrize("what", sorted(CHANGES))
def test_a_page_that_was_touched_since_is_not_decided(sqlite_wiki: Wiki, what: str, verdict: Verdict) -> None:
    save(sqlite_wiki, "page", "One.\n")
    save(sqlite_wiki, "page", "Two.\n", base=1)
    view = seen(sqlite_wiki)
    with sqlite_wiki.begin(SECOND_WRITER) as tx:
        CHANGES[what](tx)
    head = sqlite_wiki.verify().head
    with pytest.raises(MovedOn) as raised:
        answered(sqlite_wiki, view, verdict)
    assert raised.value.status == 409
    assert raised.value.head > 2
    assert sqlite_wiki.verify().head == head


@given(st.data())
@ON_BOTH
def test_a_decision_holds_exactly_when_nothing_about_its_page_happened_since(wiki: Wiki, data: st.DataObject) -> None:
    town = found(wiki, data.draw(st.integers()))
    town.live(15)
    actor = data.draw(st.sampled_from([one for one in PEOPLE if "moderators" in one.groups or "people" in one.groups]))
    lines = [line for group in sorted(actor.groups) for line in open_reviews(town.wiki, group, by=actor)]
    if not lines:
        town.wiki.close()
        return
    view = look(town.wiki, data.draw(st.sampled_from(lines)).id, by=actor)
    town.live(data.draw(st.integers(0, 4)))
    with town.wiki.read() as connection:
        row = connection.execute(
            select(Review.state, Review.base, Review.head).where(Review.id == view.id)
        ).one()
    try:
        now: Shown | None = look(town.wiki, view.id, by=actor).shown
    except KBWikiError:
        now = None
    untouched = row.state == "open" and now == view.shown
    refusal: KBWikiError | None = None
    try:
        answer(town.wiki, view, "approve", by=actor)
    except KBWikiError as error:
        refusal = error
    if untouched:
        assert refusal is None or "your own" in str(refusal)
    else:
        assert isinstance(refusal, MovedOn | AlreadyDecided)
    assert faults(town.wiki) == []
    town.wiki.close()


@given(position=st.integers(0, 31), bit=st.integers(0, 7))
@ON_BOTH
def test_a_digest_that_is_off_by_one_bit_decides_nothing(wiki: Wiki, position: int, bit: int) -> None:
    path = f"page-{next(PAGES)}"
    save(wiki, path, "One.\n")
    shown = seen(wiki, path).shown
    digest = bytearray(shown.digest)
    digest[position] ^= 1 << bit
    with pytest.raises(MovedOn), wiki.begin(MODERATOR) as tx:
        decide(tx, Answer(shown.review_id, shown.base, shown.head, bytes(digest), Verdict.APPROVE))


def misjudged(town: Town) -> list[int]:
    """Decisions about more, or about something else, than what the moderator had on the screen."""
    with town.wiki.read() as connection:
        answers = select(Decision).where(Decision.wiki_id == town.wiki.id, Decision.review_id.is_not(None))
        taken = {row.id: row for row in connection.execute(answers)}
        wrong = []
        for decision_id, shown in town.judged.items():
            row = taken[decision_id]
            texts = {fact[0]: fact[6] for fact in shown.facts}
            revisions = select(Revision.number, Revision.text_digest).where(
                Revision.page_id == row.subject_id, Revision.number > row.base, Revision.number <= row.head
            )
            covered = {one.number: one.text_digest.hex() for one in connection.execute(revisions)}
            if covered.items() - texts.items() or (row.base, row.head, row.digest) != (
                shown.base,
                shown.head,
                shown.digest,
            ):
                wrong.append(decision_id)
    return wrong


HISTORIES = int(os.environ.get("KBWIKI_HISTORIES", "12"))
"""How many histories the next test lives through on each database; 10,000 take most of an hour."""


@given(seed=st.integers(), steps=st.integers(5, 30))
@examples(HISTORIES)
def test_no_text_outside_what_was_seen_is_ever_decided_about(wiki: Wiki, seed: int, steps: int) -> None:
    town = found(wiki, seed)
    town.live(steps)
    assert misjudged(town) == []
    town.wiki.close()


SHOWN = st.builds(
    Shown,
    review_id=st.integers(1, 3),
    base=st.integers(0, 3),
    head=st.integers(1, 3),
    number=st.integers(1, 4),
    path=st.sampled_from(["a", "b", "a,b", 'a"']),
    deleted=st.booleans(),
    version=st.integers(1, 2),
    state=st.sampled_from(["open", "verify"]),
    facts=st.sampled_from([[], [1], [1, 2], [12], ["ab"], [["ab"]], [["a", "b"]], ["a", "b"]]),
)


@given(SHOWN, SHOWN)
def test_two_screens_have_one_digest_only_when_they_are_the_same(one: Shown, other: Shown) -> None:
    assert (one.digest == other.digest) == (one == other)


def test_the_database_itself_refuses_a_second_decision(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    answered(wiki, seen(wiki))
    with wiki.read() as connection:
        row = connection.execute(select(Decision)).one()
    values = {name: value for name, value in row._mapping.items() if name != "id"}
    with pytest.raises(Conflict), wiki.database.write() as connection:
        connection.execute(Decision.__table__.insert(), values)  # type: ignore[attr-defined]


def test_the_database_itself_refuses_a_second_open_review(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    with wiki.read() as connection:
        row = connection.execute(select(Review)).one()
    values = {name: value for name, value in row._mapping.items() if name != "id"}
    with pytest.raises(Conflict), wiki.database.write() as connection:
        connection.execute(Review.__table__.insert(), values)  # type: ignore[attr-defined]


def test_the_rest_stays_open_when_a_refused_decision_is_made_again(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    early = seen(wiki)
    save(wiki, "page", "One and more.\n", base=1)
    with pytest.raises(MovedOn):
        answered(wiki, early)
    answered(wiki, seen(wiki))
    assert open_reviews(wiki) == []


def test_another_wiki_s_review_of_the_same_number_is_another_review(wiki: Wiki) -> None:
    second = Wiki(wiki.database.engine.url.render_as_string(hide_password=False), name="second")
    second.upgrade()
    save(wiki, "page", "One.\n")
    save(second, "page", "One.\n")
    view, other = seen(wiki), seen(second)
    assert view.shown.digest != other.shown.digest
    with pytest.raises(KBWikiError):
        answered(second, view)
    second.close()


def test_a_change_of_rights_between_seeing_and_deciding_is_respected(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    view = seen(wiki)
    with wiki.begin(ADMIN) as tx:
        save_page(tx, Edit("other", "x\n"))
    make_space(wiki, "page", readers=("insiders",), writers=("insiders",), reviewers=("insiders",))
    with pytest.raises(MovedOn):
        answered(wiki, view)
    assert [line.path for line in open_reviews(wiki, "insiders")] == ["page"]


def test_the_loser_of_a_decision_learns_who_won_and_how(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n", by=WRITER)
    view = seen(wiki)
    answer(wiki, view, "revert", by=SECOND_MODERATOR, reason="wrong")
    with pytest.raises(AlreadyDecided) as raised:
        answered(wiki, view)
    assert (raised.value.by, raised.value.verdict) == (SECOND_MODERATOR.name, "revert")
    with pytest.raises(KBWikiError):
        read(wiki, "page")
