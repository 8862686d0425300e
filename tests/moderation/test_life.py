"""The life of a review in the database, held against the table by a state machine: whatever happens, in any order."""

from __future__ import annotations

import os
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from kbwiki.actors import Actor
from kbwiki.errors import Conflict, Invalid
from kbwiki.journal.models import ActorRow
from kbwiki.moderation.decide import Answer, MovedOn, decide
from kbwiki.moderation.evidence import answer_concern, report
from kbwiki.moderation.lifecycle import ReviewRow, get_review_row
from kbwiki.moderation.models import Decision, Review, ReviewAuthor
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.take_back import take_back
from kbwiki.moderation.transitions import LIVE, AlreadyThere, Event, NotAllowed, State, follow
from kbwiki.pages.models import Page
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, WRITER, look, make_space, save
from kbwiki.wiki import Wiki
from tests.promises.invariants import faults

PAGES = count()
LIVE_NAMES = [state.value for state in LIVE]


class Life(RuleBasedStateMachine):
    """One page, one group: each step is tried on the database, and the table says what had to come of it."""

    wiki: Wiki

    def __init__(self) -> None:
        super().__init__()
        self.path = f"life-{next(PAGES)}"
        self.number = 0
        self.review_id = 0
        self.state = State.OPEN
        self.concern = 0

    @initialize()
    def write(self) -> None:
        save(self.wiki, self.path, "Always there.\n")
        self.number = 1
        self.take_up()

    def take_up(self) -> None:
        """Go on with the review that is live now, a successor if the last one ended."""
        with self.wiki.read() as connection:
            self.review_id = connection.execute(
                select(Review.id)
                .join(Page, Page.id == Review.subject_id)
                .where(Page.path == self.path, Review.group == "moderators", Review.state.in_(LIVE_NAMES))
            ).scalar_one()
        self.state = State(self.row.state)

    @property
    def row(self) -> ReviewRow:
        with self.wiki.read() as connection:
            return get_review_row(connection, self.wiki.id, self.review_id)

    def save_by(self, author: Actor) -> None:
        event = Event.AMEND if self.is_author(author) else Event.CHANGE
        was_live = self.state in LIVE
        text = f"Always there.\n\nText {self.number}.\n"
        self.number = save(self.wiki, self.path, text, by=author, base=self.number).number
        if was_live:
            self.state = follow(self.state, event)
        else:
            self.take_up()

    def is_author(self, author: Actor) -> bool:
        with self.wiki.read() as connection:
            own = connection.execute(
                select(ReviewAuthor.review_id)
                .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
                .where(ReviewAuthor.review_id == self.review_id, ActorRow.external_id == author.id)
            )
            return own.first() is not None

    @rule()
    def an_author_changes_it_again(self) -> None:
        self.save_by(WRITER)

    @rule()
    def somebody_else_changes_it(self) -> None:
        self.save_by(SECOND_WRITER)

    @rule()
    def somebody_reports_it(self) -> None:
        was_live = self.state in LIVE
        try:
            with self.wiki.begin(READER) as tx:
                report(tx, self.path, "wrong", f"Look at {self.row.version}, please.")
        except Invalid:  # the same reader, within the hour
            return
        if was_live:
            self.state = follow(self.state, Event.REPORT)
        else:
            self.take_up()

    def try_verdict(self, verdict: Verdict, event: Event) -> None:
        seen = look(self.wiki, self.review_id).shown
        given = Answer(seen.review_id, seen.base, seen.head, seen.digest, verdict, "wrong", details={"to": "safety"})
        try:
            expected = follow(self.state, event)
        except (AlreadyThere, NotAllowed):
            with pytest.raises(Conflict), self.wiki.begin(MODERATOR) as tx:
                decide(tx, given)
            return
        with self.wiki.begin(MODERATOR) as tx:
            decided = decide(tx, given)
        self.state, self.number = expected, max(self.number, decided.number)
        if verdict is Verdict.CONCERN:
            self.concern = decided.decision_id

    @rule()
    def a_moderator_approves(self) -> None:
        self.try_verdict(Verdict.APPROVE, Event.DECIDE)

    @rule()
    def a_moderator_asks_the_author(self) -> None:
        self.try_verdict(Verdict.CONCERN, Event.CONCERN)

    @rule()
    def a_moderator_hands_it_over(self) -> None:
        self.try_verdict(Verdict.HAND_OVER, Event.HAND_OVER)

    @rule()
    def the_author_answers(self) -> None:
        try:
            expected = follow(self.state, Event.ANSWER)
        except (AlreadyThere, NotAllowed):
            expected = None
        author = WRITER if self.is_author(WRITER) else SECOND_WRITER
        if not self.is_author(author):  # the review is about a report alone
            return
        try:
            with self.wiki.begin(author) as tx:
                answer_concern(tx, self.review_id, "Because it is so.")
        except Conflict:
            assert expected is None
        else:
            assert expected is not None
            self.state = expected

    @rule()
    def the_concern_is_taken_back(self) -> None:
        if not self.concern:
            return
        with self.wiki.read() as connection:
            about = connection.execute(select(Decision.review_id).where(Decision.id == self.concern)).scalar_one()
        try:
            with self.wiki.begin(MODERATOR) as tx:
                take_back(tx, self.concern)
        except Conflict:
            assert about != self.review_id or self.state not in (State.CONCERN, State.VERIFY)
        else:
            assert about == self.review_id
            self.state = follow(self.state, Event.WITHDRAW)
        self.concern = 0

    @rule()
    def a_moderator_decides_about_what_is_no_longer_there(self) -> None:
        if self.state not in LIVE:
            return
        seen = look(self.wiki, self.review_id).shown
        self.save_by(SECOND_WRITER)
        with pytest.raises(MovedOn), self.wiki.begin(MODERATOR) as tx:
            decide(tx, Answer(seen.review_id, seen.base, seen.head, seen.digest, Verdict.APPROVE))

    @invariant()
    def the_database_is_in_the_state_the_table_says(self) -> None:
        if self.review_id:
            assert State(self.row.state) is self.state

    def teardown(self) -> None:
        assert faults(self.wiki) == []


def test_whatever_happens_a_review_lives_by_the_table(wiki: Wiki) -> None:
    make_space(wiki, "safety", reviewers=("safety",))

    class Here(Life):
        pass

    Here.wiki = wiki
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Here,
        settings=settings(
            derandomize=os.environ.get("CI") == "true",
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
