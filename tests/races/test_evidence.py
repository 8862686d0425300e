"""A decision against what comes at the same moment: exactly one outcome, and the loser is told what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from kbwiki import Actor, Settings, Wiki
from kbwiki.errors import Busy, KBWikiError, NotFound
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.decide import AlreadyDecided, Answer, MovedOn, decide
from kbwiki.moderation.evidence import report
from kbwiki.moderation.models import LIVE, Decision, Evidence, Review
from kbwiki.moderation.policy import Shown, Verdict
from kbwiki.moderation.shown import what_is_shown
from kbwiki.moderation.take_back import take_back
from kbwiki.pages.actions import move_page
from kbwiki.testing import MODERATOR, READER, SECOND_MODERATOR, SECOND_WRITER, WRITER, make_space, open_reviews, save

ROUNDS = 12
PATIENT = Settings(lock_timeout_seconds=60.0, appeals_group="judges")
JUDGES = tuple(Actor(f"judge{one}", f"Judge {one}", frozenset({"judges"})) for one in range(2))


@pytest.fixture
def wikis(database_url: str) -> Iterator[tuple[Wiki, Wiki]]:
    """The same wiki as two processes have it, each with connections of its own."""
    both = Wiki(database_url, settings=PATIENT), Wiki(database_url, settings=PATIENT)
    yield both
    for one in both:
        one.close()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment; what each gave back, or the refusal it met."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except KBWikiError as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def seen(wiki: Wiki, review_id: int) -> Shown:
    with wiki.read() as connection:
        return what_is_shown(connection, wiki.id, review_id, wiki.subjects)


def decision(wiki: Wiki, shown: Shown, verdict: str, by: Actor, reason: str = "") -> Callable[[], Any]:
    def act() -> Any:
        with wiki.begin(by) as tx:
            answer = Answer(shown.review_id, shown.base, shown.head, shown.digest, Verdict(verdict), reason=reason)
            return decide(tx, answer)

    return act


def reviewed_at(wiki: Wiki, path: str) -> Shown:
    (line,) = [line for line in open_reviews(wiki) if line.path == path]
    return seen(wiki, line.id)


def live(wiki: Wiki, subject_kind: str, subject_id: int) -> list[Any]:
    from sqlalchemy import text

    with wiki.read() as connection:
        return list(
            connection.execute(
                select(Review.id, Review.group, Review.base, Review.head).where(
                    Review.subject_kind == subject_kind, Review.subject_id == subject_id, text(LIVE)
                )
            )
        )


def test_a_decision_against_an_edit_never_approves_what_was_not_seen(wikis: tuple[Wiki, Wiki]) -> None:
    one, other = wikis
    for turn in range(ROUNDS):
        saved = save(one, f"page{turn}", "One.")
        shown = reviewed_at(one, f"page{turn}")

        decided, edited = at_once(
            decision(one, shown, "approve", MODERATOR),
            lambda path=f"page{turn}": save(other, path, "Two.", base=1, by=SECOND_WRITER),
        )

        assert edited.number == 2
        (waiting,) = live(one, "page", saved.page_id)
        if isinstance(decided, MovedOn):
            assert (decided.seen, decided.head, waiting.base, waiting.head) == (1, 2, 0, 2)
        else:
            assert (decided.number, waiting.base, waiting.head) == (1, 1, 2)


def test_a_decision_against_a_report_never_answers_what_was_not_read(wikis: tuple[Wiki, Wiki]) -> None:
    one, other = wikis

    def tell(path: str) -> list[int]:
        with other.begin(READER) as tx:
            return report(tx, path, "wrong", "This is not so.")

    for turn in range(ROUNDS):
        saved = save(one, f"page{turn}", "One.")
        shown = reviewed_at(one, f"page{turn}")

        decided, told = at_once(decision(one, shown, "approve", MODERATOR), lambda path=f"page{turn}": tell(path))

        (waiting,) = live(one, "page", saved.page_id)
        assert told == [waiting.id]
        if isinstance(decided, MovedOn):
            assert waiting.id == shown.review_id
        else:
            assert (waiting.base, waiting.head) == (1, 1)
            assert waiting.id != shown.review_id


def test_a_decision_against_the_loss_of_the_page_by_its_group(wikis: tuple[Wiki, Wiki]) -> None:
    one, other = wikis
    for turn in range(ROUNDS):
        saved = save(one, f"space{turn}/page", "One.")
        shown = reviewed_at(one, f"space{turn}/page")

        decided, _ = at_once(
            decision(one, shown, "approve", MODERATOR),
            lambda path=f"space{turn}": make_space(
                other, path, readers=("people",), writers=("people",), reviewers=("people",)
            ),
        )

        waiting = live(one, "page", saved.page_id)
        if isinstance(decided, KBWikiError):
            assert isinstance(decided, (MovedOn, NotFound))
            assert [(row.group, row.base, row.head) for row in waiting] == [("people", 0, 1)]
        else:
            assert waiting == []


def test_a_decision_against_a_move_holds_for_what_was_seen_or_not_at_all(wikis: tuple[Wiki, Wiki]) -> None:
    one, other = wikis

    def move(path: str) -> int:
        with other.begin(SECOND_WRITER) as tx:
            move_page(tx, path, f"{path}/moved".replace("page", "elsewhere"))
        return 2

    for turn, verdict in enumerate(["approve", "revert", "hide"] * (ROUNDS // 3)):
        saved = save(one, f"page{turn}", "One.")
        shown = reviewed_at(one, f"page{turn}")

        decided, moved = at_once(
            decision(one, shown, verdict, MODERATOR, "wrong"), lambda path=f"page{turn}": move(path)
        )

        waiting = [(row.base, row.head) for row in live(one, "page", saved.page_id)]
        if isinstance(decided, KBWikiError):
            assert isinstance(decided, MovedOn)
            assert (decided.head, waiting) == (2, [(0, 2)])
        elif isinstance(moved, KBWikiError):  # the page was gone when its turn came
            assert verdict != "approve"
            assert waiting == []
        else:
            assert waiting == [(decided.number, decided.number + 1)]


def test_readers_who_report_at_once_share_one_review(wikis: tuple[Wiki, Wiki]) -> None:
    one, other = wikis
    saved = save(one, "page", "One.")
    at_once(decision(one, reviewed_at(one, "page"), "approve", MODERATOR))
    people = [Actor(f"reader{who}", f"Reader {who}") for who in range(8)]

    def tell(wiki: Wiki, who: Actor) -> list[int]:
        with wiki.begin(who) as tx:
            return report(tx, "page", "", f"{who.name} says so.")

    told = at_once(*(lambda who=who, wiki=(one, other)[turn % 2]: tell(wiki, who) for turn, who in enumerate(people)))

    (waiting,) = live(one, "page", saved.page_id)
    assert told == [[waiting.id]] * 8
    with one.read() as connection:
        versions = connection.execute(select(Evidence.version).order_by(Evidence.version)).scalars().all()
    assert versions == list(range(1, 9))


def test_an_appeal_is_answered_once(wikis: tuple[Wiki, Wiki]) -> None:
    one, other = wikis
    for turn in range(ROUNDS):
        save(one, f"page{turn}", "One.")
        (taken,) = at_once(decision(one, reviewed_at(one, f"page{turn}"), "revert", MODERATOR, "wrong"))
        with one.begin(WRITER) as tx:
            review_id = appeal(tx, taken.decision_id, "It was right.")
        shown = seen(one, review_id)

        said = at_once(decision(one, shown, "uphold", JUDGES[0]), decision(other, shown, "overturn", JUDGES[1]))

        (lost,) = [refused for refused in said if isinstance(refused, KBWikiError)]
        assert isinstance(lost, (AlreadyDecided, MovedOn))
        with one.read() as connection:
            final = select(func.count()).where(Decision.review_id == review_id, Decision.final)
            assert connection.execute(final).scalar() == 1


def test_an_appeal_against_a_decision_that_is_taken_back(wikis: tuple[Wiki, Wiki]) -> None:
    one, other = wikis

    def undo(decision_id: int) -> Any:
        with one.begin(SECOND_MODERATOR) as tx:
            return take_back(tx, decision_id)

    def object_to(decision_id: int) -> int:
        with other.begin(WRITER) as tx:
            return appeal(tx, decision_id, "It was right.")

    for turn in range(ROUNDS):
        save(one, f"page{turn}", "One.")
        (taken,) = at_once(decision(one, reviewed_at(one, f"page{turn}"), "revert", MODERATOR, "wrong"))

        undone, objected = at_once(lambda id=taken.decision_id: undo(id), lambda id=taken.decision_id: object_to(id))

        assert not isinstance(undone, KBWikiError)
        waiting = live(one, "decision", taken.decision_id)
        assert len(waiting) == (0 if isinstance(objected, KBWikiError) else 1)


def test_saving_and_deciding_never_wait_in_a_circle_with_setting_a_space(wikis: tuple[Wiki, Wiki]) -> None:
    one, other = wikis
    for turn in range(ROUNDS):
        save(one, f"space{turn}/page", "One.")
        save(one, f"space{turn}/other", "One.")
        shown = reviewed_at(one, f"space{turn}/page")

        outcomes = at_once(
            decision(one, shown, "approve", MODERATOR),
            lambda path=f"space{turn}/other": save(one, path, "Two.", base=1, by=SECOND_WRITER),
            lambda path=f"space{turn}": make_space(other, path, reviewers=("people",)),
        )

        assert [outcome for outcome in outcomes if isinstance(outcome, Busy)] == []
