"""The risk follows the journal: every live review is assessed, whoever has it, and no save or decision notices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, update

from kbwiki import ANONYMOUS, SYSTEM, Actor, Settings, Wiki
from kbwiki.db import table_of
from kbwiki.moderation.assessment import follow
from kbwiki.moderation.assessment.plugins import RiskChange
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.models import Review
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.risks import risks_of
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.take_back import take_back
from kbwiki.pages.actions import move_page
from kbwiki.testing import (
    ADMIN,
    AGENT,
    MODERATOR,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    TickingClock,
    answer,
    look,
    make_space,
    save,
)
from tests.moderation.conftest import PEOPLE, SAFETY, decide_on, decided, review_of

from .conftest import risk_of, rows

SAFE_TOO = Actor("sanna", "Sanna", frozenset({"safety"}))
BOARD = Actor("berit", "Berit", frozenset({"board"}))


@contextmanager
def statements(wiki: Wiki) -> Iterator[list[str]]:
    """Every statement that is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(wiki.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(wiki.database.engine, "before_cursor_execute", note)


class Crash(BaseException):
    """The process ends here."""


@contextmanager
def failing(wiki: Wiki, where: str, *, after: int = 0, error: type[BaseException] = Crash) -> Iterator[None]:
    """The statement that begins so raises, but for the first few times."""
    left = [after]

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(where):
            left[0] -= 1
            if left[0] < 0:
                raise error

    event.listen(wiki.database.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(wiki.database.engine, "before_cursor_execute", note)


def assess_all(wiki: Wiki) -> int:
    wiki.catch_up_links()
    return wiki.catch_up_risk()


def test_what_was_saved_is_assessed_afterwards_for_every_group_that_has_it(organised: Wiki) -> None:
    save(organised, "both/page", "one two three four shit\n")
    assert risk_of(organised, "both/page", "people") == {}

    read = assess_all(organised)

    assert read > 0
    assert organised.risk.lag() == 0
    for group in ("people", "safety"):
        assert risk_of(organised, "both/page", group) == {"new-author": 2, "profanity": 2, "words-added": -0.23}
    assert assess_all(organised) == 0


def test_the_range_grows_and_is_assessed_whole(wiki: Wiki) -> None:
    save(wiki, "page", "one two\n")
    decided(wiki, "page", "approve")
    save(wiki, "page", "one shit\n", base=1)
    assess_all(wiki)
    assert risk_of(wiki, "page")["profanity"] == 2

    save(wiki, "page", "one three\n", base=2, by=SECOND_WRITER)
    assess_all(wiki)

    assert "profanity" not in risk_of(wiki, "page")  # put in and taken out within the range


def test_assessing_raises_no_version_so_that_no_decision_is_refused_for_it(wiki: Wiki) -> None:
    save(wiki, "page", "words\n")
    seen = look(wiki, review_of(wiki, "page").id)
    before = rows(wiki)

    assess_all(wiki)

    ((review, version, risk),) = rows(wiki)
    assert (review, version) == before[0][:2]
    assert risk == 2
    answer(wiki, seen, "approve")


def test_a_save_sends_the_very_same_statements_with_plugins_and_weights_as_without(sqlite_url: str) -> None:
    sent = []
    for number, weights in enumerate(({}, {"new-author": 9.0})):
        wiki = Wiki(sqlite_url, settings=Settings(risk_weights=weights))
        if weights:
            wiki.register_risk_reason("always", "always", lambda change: 5.0)
            wiki.catch_up_risk()
        save(wiki, f"warm{number}", "words\n")
        with statements(wiki) as said:
            save(wiki, f"page{number}", "words\n")
        sent.append(list(said))
        assert not any("UPDATE kbwiki_review" in statement and "risk" in statement for statement in said)
        wiki.close()

    assert sent[0] == sent[1]


def test_a_handed_over_review_is_assessed_for_those_who_have_it_now(organised: Wiki) -> None:
    save(organised, "people/page", "shit\n")
    assess_all(organised)
    assert risk_of(organised, "people/page", "people")["profanity"] == 2
    seen = look(organised, review_of(organised, "people/page", "people").id, by=PEOPLE)
    with organised.begin(PEOPLE) as tx:
        shown = seen.shown
        answering = Answer(seen.id, shown.base, shown.head, shown.digest, Verdict.HAND_OVER, details={"to": "safety"})
        decide(tx, answering)
    assert risk_of(organised, "people/page", "safety") == {}

    assess_all(organised)

    assert risk_of(organised, "people/page", "safety")["profanity"] == 2


def test_a_review_that_was_stranded_by_a_move_is_assessed_in_its_new_hands(organised: Wiki) -> None:
    make_space(organised, "board", readers=("board",), writers=("staff", "board"), reviewers=("board",))
    save(organised, "people/page", "shit\n", by=SECOND_WRITER)
    with organised.begin(WRITER) as tx:
        move_page(tx, "people/page", "board/page")

    assess_all(organised)

    assert risk_of(organised, "board/page", "board")["profanity"] == 2


def test_what_came_after_the_part_that_was_decided_is_assessed_by_itself(wiki: Wiki) -> None:
    save(wiki, "page", "one\n\ntwo\n")
    decided(wiki, "page", "approve")
    save(wiki, "page", "one shit\n\ntwo\n", base=1)
    seen = look(wiki, review_of(wiki, "page").id)
    save(wiki, "page", "one shit\n\ntwo lol\n", base=2)
    decide_on(wiki, seen.shown, "approve", by=MODERATOR, partial=True)

    assess_all(wiki)

    assert "profanity" not in risk_of(wiki, "page")
    assert risk_of(wiki, "page")["informal"] == 1


def test_one_revert_raises_what_else_its_author_has_waiting_and_taking_it_back_lowers_it(wiki: Wiki) -> None:
    save(wiki, "first", "words\n")
    save(wiki, "second", "words\n")
    save(wiki, "other", "words\n", by=SECOND_WRITER)
    assess_all(wiki)

    made = decided(wiki, "first", "revert")
    assess_all(wiki)
    assert risk_of(wiki, "second")["reverted-before"] == 2
    assert "reverted-before" not in risk_of(wiki, "other")

    with wiki.begin(MODERATOR) as tx:
        take_back(tx, made.decision_id)
    assess_all(wiki)
    assert "reverted-before" not in risk_of(wiki, "second")


def test_what_one_anonymous_author_did_is_not_held_against_the_next(sqlite_url: str) -> None:
    wiki = Wiki(sqlite_url, name="open", settings=Settings(writers=("everyone",)))
    wiki.upgrade()
    save(wiki, "first", "words\n", by=ANONYMOUS)
    save(wiki, "second", "words\n", by=ANONYMOUS)
    decided(wiki, "first", "revert")

    assess_all(wiki)

    assert risk_of(wiki, "second") == {"anonymous": 3}
    wiki.close()


def test_programs_and_those_who_decide_for_the_group_are_less_of_a_risk(wiki: Wiki) -> None:
    save(wiki, "by-program", "words\n", by=AGENT)
    save(wiki, "other", "words\n")
    decided(wiki, "other", "approve", by=SECOND_MODERATOR)
    save(wiki, "by-moderator", "words\n", by=SECOND_MODERATOR)

    assess_all(wiki)

    assert risk_of(wiki, "by-program")["automated-or-moderator"] == -4
    assert risk_of(wiki, "by-moderator")["automated-or-moderator"] == -4


def test_an_author_is_new_for_thirty_days_and_new_to_a_page_they_never_changed(database_url: str) -> None:
    clock = TickingClock()
    wiki = Wiki(database_url, clock=clock)
    save(wiki, "page", "words\n", by=SECOND_WRITER)
    save(wiki, "own", "words\n")
    for path in ("page", "own"):
        decided(wiki, path, "approve")
    clock.now = clock.now.replace(month=3)
    save(wiki, "page", "other words\n", base=1)
    save(wiki, "own", "other words\n", base=1)

    assess_all(wiki)

    assert risk_of(wiki, "page") == {"new-here": 0.5, "approved-before": -0.1}
    assert risk_of(wiki, "own") == {"approved-before": -0.1}
    wiki.close()


def test_a_page_that_others_link_to_reaches_further(wiki: Wiki) -> None:
    save(wiki, "target", "words\n")
    for number in range(3):
        save(wiki, f"page{number}", "See [[target]].\n")

    assess_all(wiki)

    assert risk_of(wiki, "target")["linked-to"] == 0.8


def test_nothing_is_counted_that_the_group_cannot_read(organised: Wiki) -> None:
    make_space(organised, "board", readers=("board",), writers=("staff",), reviewers=("board",))
    save(organised, "people/page", "words\n", by=SECOND_WRITER)
    save(organised, "board/secret", "words about [[/people/page]]\n")
    decided(organised, "people/page", "approve", by=PEOPLE, group="people")
    save(organised, "people/page", "other words\n", base=1)
    assess_all(organised)

    found = risk_of(organised, "people/page", "people")
    assert "linked-to" not in found  # the only link is in a space that people cannot read
    assert found["new-author"] == 2


def test_a_revert_in_a_space_the_group_cannot_read_is_not_told_to_it(organised: Wiki) -> None:
    make_space(organised, "board", readers=("board", "staff"), writers=("staff",), reviewers=("board",))
    save(organised, "board/secret", "words\n")
    save(organised, "people/page", "words\n")
    decided(organised, "board/secret", "revert", by=BOARD, group="board")

    assess_all(organised)

    assert "reverted-before" not in risk_of(organised, "people/page", "people")


def hide(wiki: Wiki, path: str, parts: list[str]) -> None:
    seen = look(wiki, review_of(wiki, path, "people").id, by=PEOPLE)
    shown = seen.shown
    with wiki.begin(PEOPLE) as tx:
        answering = Answer(
            seen.id, shown.base, shown.head, shown.digest, Verdict.HIDE, reason="abuse", details={"parts": parts}
        )
        decide(tx, answering)


@pytest.mark.parametrize(("parts", "gone"), [(["words"], "profanity"), (["author"], "new-author")])
def test_what_is_hidden_is_told_by_no_reason_from_the_moment_it_is(
    organised: Wiki, parts: list[str], gone: str
) -> None:
    save(organised, "both/page", "words\n", by=SAFETY)
    for by, group in ((PEOPLE, "people"), (SAFE_TOO, "safety")):
        decided(organised, "both/page", "approve", by=by, group=group)
    save(organised, "both/page", "words shit\n", base=1)
    assess_all(organised)
    assert gone in risk_of(organised, "both/page", "safety")

    hide(organised, "both/page", parts)
    assert risk_of(organised, "both/page", "safety") == {}
    assert [risk for *_, risk in rows(organised)] == [0] * len(rows(organised))

    assess_all(organised)
    assert gone not in risk_of(organised, "both/page", "safety")


def test_hiding_while_the_risk_is_being_assessed_wins(organised: Wiki) -> None:
    save(organised, "both/page", "words shit\n")
    hidden: list[bool] = []

    def hide_meanwhile(change: RiskChange) -> float:
        if not hidden:
            hidden.append(True)
            hide(organised, "both/page", ["author"])
        return 9.0

    organised.register_risk_reason("meanwhile", "meanwhile", hide_meanwhile)
    with failing(organised, "UPDATE kbwiki_cursor", after=1), pytest.raises(Crash):
        organised.catch_up_risk()  # stops behind the first batch, before the entry of the hiding is read

    assert hidden
    assert risk_of(organised, "both/page", "safety") == {}


@pytest.mark.parametrize("where", ["SELECT kbwiki_page.title", "INSERT INTO kbwiki_cursor", "UPDATE kbwiki_review"])
def test_a_crash_loses_nothing_wherever_it_comes(wiki: Wiki, where: str) -> None:
    save(wiki, "page", "words\n")
    lag = wiki.risk.lag()
    with failing(wiki, where), pytest.raises(Crash):
        wiki.catch_up_risk()
    assert risk_of(wiki, "page") == {}
    assert wiki.risk.lag() == lag > 0

    assert wiki.catch_up_risk() == lag
    assert risk_of(wiki, "page") == {"new-author": 2}


def test_a_long_backlog_is_taken_in_by_batches(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "AT_ONCE", 3)
    monkeypatch.setattr(follow, "_ENTRIES", 5)
    for number in range(11):
        save(wiki, f"page{number}", "words\n")

    assess_all(wiki)

    assert [risk for *_, risk in rows(wiki)] == [2] * 11


def test_whoever_opens_a_queue_waits_for_a_moment_at_most_and_never_sees_an_error(sqlite_wiki: Wiki) -> None:
    save(sqlite_wiki, "page", "words\n")
    assert sqlite_wiki.risk.catch_up(0.0) == 0  # no time, nothing begun

    with failing(sqlite_wiki, "UPDATE kbwiki_cursor", error=RuntimeError):
        assert sqlite_wiki.catch_up_risk(for_a_moment=True) == 0

    assert sqlite_wiki.catch_up_risk(for_a_moment=True) > 0


def test_it_does_not_wait_for_a_writer_when_somebody_looks(sqlite_wiki: Wiki) -> None:
    save(sqlite_wiki, "page", "words\n")

    with sqlite_wiki.database.write():
        assert sqlite_wiki.catch_up_risk(for_a_moment=True) == 0

    assert sqlite_wiki.catch_up_risk(for_a_moment=True) > 0


def test_it_passes_by_a_review_that_a_save_is_busy_with_and_comes_back_for_it(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_ATTEMPTS", 2)
    wiki = Wiki(postgresql_url)
    save(wiki, "busy", "words\n")
    save(wiki, "page", "words\n")
    busy = review_of(wiki, "busy").id
    with wiki.database.write() as connection:
        connection.execute(update(table_of(Review)).where(Review.id == busy).values(risk=Review.risk))
        wiki.catch_up_risk()
        assert wiki.risk.lag() > 0
    assert risk_of(wiki, "page") == {"new-author": 2}
    assert risk_of(wiki, "busy") == {}

    wiki.catch_up_risk()
    assert risk_of(wiki, "busy") == {"new-author": 2}
    assert wiki.risk.lag() == 0
    wiki.close()


def test_rules_are_assessed_without_words_of_a_page(wiki: Wiki) -> None:
    with wiki.begin(ADMIN) as tx:
        set_rule(tx, "Risky", {"min_risk": 2}, {"add_groups": ["safety"]})

    assess_all(wiki)

    ((_, _, risk),) = rows(wiki)
    assert risk != 0


def test_a_rule_asks_with_the_same_weights(sqlite_url: str) -> None:
    wiki = Wiki(sqlite_url, settings=Settings(risk_weights={"informal": 50.0}))
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, "Risky", {"min_risk": 40}, {"replace_groups": ["safety"]})
    save(wiki, "page", "lol\n")
    save(wiki, "calm", "words\n")

    assert review_of(wiki, "page", "safety")
    assert review_of(wiki, "calm")
    wiki.close()


def test_the_risk_is_told_to_those_who_may_see_the_review(organised: Wiki) -> None:
    save(organised, "people/page", "words\n")
    assess_all(organised)
    review = review_of(organised, "people/page", "people").id

    with organised.read() as connection:
        told = risks_of(connection, organised.id, [review], PEOPLE)
        others = risks_of(connection, organised.id, [review], SAFETY)
        assert risks_of(connection, organised.id, [], PEOPLE) == {}

    assert told[review].total == 2
    assert [(one.name, one.weight) for one in told[review].reasons] == [("new-author", 2.0)]
    assert others == {}
