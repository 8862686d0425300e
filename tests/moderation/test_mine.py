"""What became of one's changes and reports, as one is told: by group, in one word, and never more than one may know."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from kbwiki.actors import ANONYMOUS, Actor
from kbwiki.db import table_of
from kbwiki.errors import Invalid
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.evidence import MOST_BY_ONE, MOST_BY_STRANGERS, answer_concern, report
from kbwiki.moderation.lifecycle import get_review_row, move_on
from kbwiki.moderation.models import Evidence
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries import mine
from kbwiki.moderation.queries.evidence import concerns_for, evidence_of, objections_of
from kbwiki.moderation.queries.mine import Became, OwnChange, own_changes, own_reports
from kbwiki.moderation.queries.state import standing
from kbwiki.moderation.take_back import restore_hidden, take_back
from kbwiki.moderation.transitions import Event
from kbwiki.pages.models import Revision
from kbwiki.pages.queries.history import NEWEST
from kbwiki.testing import (
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    TickingClock,
    make_space,
    open_reviews,
    save,
)
from kbwiki.wiki import Wiki

from .conftest import PEOPLE, SAFETY, decide_on, decided, review_of, seen


def my(wiki: Wiki, wanted: Became | None = None, *, by: Actor = WRITER, count: int = 50) -> list[OwnChange]:
    """The author's changes that became what is wanted."""
    with wiki.read() as connection:
        return own_changes(connection, wiki.id, by, wanted=wanted, before=NEWEST, count=count)[0]


def became(wiki: Wiki) -> dict[str, set[str]]:
    """What became of each of the writer's changes, by path and number."""
    return {f"{one.line.path} {one.line.number}": {str(word) for word in one.became} for one in my(wiki)}


def test_each_change_says_at_each_group_how_it_stands(organised: Wiki) -> None:
    save(organised, "both/rules", "Rules.")
    decide_on(organised, seen(organised, review_of(organised, "both/rules", "safety").id), "approve", by=SAFETY)

    (change,) = my(organised)

    assert [(one.group, one.became) for one in change.answers] == [
        ("people", Became.WAITING),
        ("safety", Became.APPROVED),
    ]


def test_every_end_of_a_review_has_its_word_and_is_found_by_it(wiki: Wiki) -> None:
    for path in ("waits", "approved", "reverted", "hidden", "asked", "lapsed"):
        save(wiki, path, "One.", by=SECOND_WRITER)
        decided(wiki, path, "approve")
        save(wiki, path, "Two.", base=1)
    for path, verdict in (("approved", "approve"), ("reverted", "revert"), ("hidden", "hide"), ("asked", "concern")):
        decided(wiki, path, verdict)
    with wiki.begin(MODERATOR) as tx:
        waiting = get_review_row(tx.connection, wiki.id, review_of(wiki, "lapsed").id)
        move_on(tx, waiting, Event.LAPSE, closed_as="quiet pages")

    assert became(wiki) == {
        "waits 2": {"waiting"},
        "approved 2": {"approved"},
        "reverted 2": {"reverted"},
        "hidden 2": {"hidden"},
        "asked 2": {"asked"},
        "lapsed 2": {"lapsed"},
    }
    for word in ("waiting", "approved", "reverted", "hidden", "asked", "lapsed"):
        (found,) = my(wiki, Became(word))
        assert found.line.path == {"waiting": "waits"}.get(word, word)


def test_a_decision_that_was_taken_back_waits_again_and_what_is_shown_again_is_approved(wiki: Wiki) -> None:
    for path in ("back", "shown"):
        save(wiki, path, "One.", by=SECOND_WRITER)
        decided(wiki, path, "approve")
        save(wiki, path, "Two.", base=1)
    back, shown = decided(wiki, "back", "revert"), decided(wiki, "shown", "hide")
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, back.decision_id)
    with wiki.begin(MODERATOR) as tx:
        restore_hidden(tx, shown.decision_id)

    assert became(wiki)["back 2"] == {"waiting"}
    assert became(wiki)["shown 2"] == {"approved"}
    (change,) = [one for one in my(wiki) if one.line.path == "back"]
    assert [one.undone for one in change.reviews if one.verdict is Verdict.REVERT] == [Verdict.TAKE_BACK]


def test_what_was_reverted_because_of_a_report_says_so(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.", by=SECOND_WRITER)
    decided(wiki, "tea", "approve")
    save(wiki, "tea", "Poison.", base=1)
    decided(wiki, "tea", "approve")
    with wiki.begin(READER) as tx:
        (review_id,) = report(tx, "tea", "wrong", "")
    assert became(wiki) == {"tea 2": {"waiting"}}

    decide_on(wiki, seen(wiki, review_id), "revert", by=MODERATOR, reason="unsafe")

    assert became(wiki) == {"tea 2": {"reverted"}}


def test_paging_gives_every_change_once_also_when_most_are_left_out(
    sqlite_wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mine, "CHUNK", 3)
    monkeypatch.setattr(mine, "MOST_LOOKED_THROUGH", 6)
    for number in range(20):
        save(sqlite_wiki, f"page-{number:02}", "One.")
    for number in range(0, 20, 5):
        decided(sqlite_wiki, f"page-{number:02}", "approve")

    found: dict[Became | None, list[str]] = {}
    for wanted in (None, Became.APPROVED, Became.LAPSED):
        found[wanted], before = [], NEWEST
        with sqlite_wiki.read() as connection:
            while before is not None:
                page, before = own_changes(
                    connection, sqlite_wiki.id, WRITER, wanted=wanted, before=before, count=3
                )
                found[wanted] += [one.line.path for one in page]

    assert found[None] == [f"page-{number:02}" for number in reversed(range(20))]
    assert found[Became.APPROVED] == ["page-15", "page-10", "page-05", "page-00"]
    assert found[Became.LAPSED] == []


def test_a_concern_is_counted_for_its_author_alone_and_the_oldest_stands_first(wiki: Wiki) -> None:
    for path in ("one", "two"):
        save(wiki, path, "Text.")
    decided(wiki, "two", "concern")
    decided(wiki, "one", "concern")

    def asked(actor: Actor) -> int:
        with wiki.read() as connection:
            return standing(connection, wiki.id, actor).asked

    with wiki.read() as connection:
        waiting = concerns_for(connection, wiki.id, WRITER)
    assert [one.review_id for one in waiting] == sorted((one.review_id for one in waiting), reverse=True)
    assert [asked(one) for one in (WRITER, SECOND_WRITER, MODERATOR, ANONYMOUS)] == [2, 0, 0, 0]
    with wiki.begin(WRITER) as tx:
        answer_concern(tx, waiting[0].review_id, "It is so.")
    assert asked(WRITER) == 1
    make_space(wiki, "one", readers=("people",), writers=("people",), reviewers=("people",))
    assert asked(WRITER) == 0


def test_a_reporter_learns_what_became_of_it_and_not_why(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    with wiki.begin(READER) as tx:
        report(tx, "tea", "wrong", "It is black.")
    decided(wiki, "tea", "revert")

    with wiki.read() as connection:
        (told,) = own_reports(connection, wiki.id, READER)
        assert own_reports(connection, wiki.id, WRITER) == []
        assert own_reports(connection, wiki.id, ANONYMOUS) == []

    assert (told.path, told.text, told.reason) == ("tea", "It is black.", "It is not correct")
    (answer,) = told.answers
    assert (answer.group, answer.verdict, answer.by, answer.reason, answer.note) == (
        "moderators", Verdict.REVERT, "", "", "",
    )  # fmt: skip
    make_space(wiki, "tea", readers=("people",), writers=("people",), reviewers=("people",))
    with wiki.read() as connection:
        assert own_reports(connection, wiki.id, READER) == []


def test_a_report_to_two_groups_is_told_once_with_both(organised: Wiki) -> None:
    save(organised, "both/rules", "Rules.")
    with organised.begin(READER) as tx:
        report(tx, "both/rules", "", "Too strict.")

    with organised.read() as connection:
        (told,) = own_reports(connection, organised.id, READER)

    assert sorted(one.group for one in told.answers) == ["people", "safety"]


def test_who_reported_is_not_told_to_whoever_wrote_it(wiki: Wiki) -> None:
    author = Actor("author", "Ava Author", frozenset({"moderators"}))
    save(wiki, "tea", "Green.", by=author)
    with wiki.begin(READER) as tx:
        (review_id,) = report(tx, "tea", "wrong", "It is black.")

    with wiki.read() as connection:
        (to_author,) = evidence_of(connection, review_id, author)
        (to_colleague,) = evidence_of(connection, review_id, MODERATOR)

    assert (to_author.actor, to_author.text) == ("", "It is black.")
    assert to_colleague.actor == READER.name


def test_strangers_may_report_a_page_several_times_an_hour_and_not_without_end(sqlite_wiki: Wiki) -> None:
    sqlite_wiki.clock = TickingClock()
    save(sqlite_wiki, "tea", "Green.")

    def tell(text: str, by: Actor = ANONYMOUS) -> None:
        with sqlite_wiki.begin(by) as tx:
            report(tx, "tea", "", text)

    for number in range(MOST_BY_STRANGERS.about_a_page):
        tell(f"{number}")
    with pytest.raises(Invalid, match="sign in"):
        tell("Once more.")
    tell("I am somebody.", READER)


def test_one_reader_does_not_flood_the_queues(sqlite_wiki: Wiki) -> None:
    sqlite_wiki.clock = TickingClock()
    for number in range(MOST_BY_ONE.about_all + 1):
        save(sqlite_wiki, f"page-{number}", "Text.")
    for number in range(MOST_BY_ONE.about_all):
        with sqlite_wiki.begin(READER) as tx:
            report(tx, f"page-{number}", "wrong", "")

    with pytest.raises(Invalid, match="Many reports"), sqlite_wiki.begin(READER) as tx:
        report(tx, f"page-{MOST_BY_ONE.about_all}", "wrong", "")

    with sqlite_wiki.read() as connection:
        assert len(connection.execute(select(Evidence.id)).all()) == MOST_BY_ONE.about_all


def hide_author(wiki: Wiki, verdict_of: str = "tea") -> None:
    """Let a moderator hide who wrote the change that waits."""
    shown = seen(wiki, review_of(wiki, verdict_of).id)
    seen_range = shown.review_id, shown.base, shown.head, shown.digest
    with wiki.begin(MODERATOR) as tx:
        decide(tx, Answer(*seen_range, Verdict.HIDE, "private", details={"parts": ("author",)}))


def test_an_answer_does_not_name_an_author_who_is_hidden(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.", by=SECOND_WRITER)
    decided(wiki, "tea", "approve")
    saved = save(wiki, "tea", "Black.", base=1)
    review_id = review_of(wiki, "tea").id
    decided(wiki, "tea", "concern")
    with wiki.begin(WRITER) as tx:
        answer_concern(tx, review_id, "From Assam.")
    with wiki.read() as connection:
        assert "Wim Writer" in [one.actor for one in evidence_of(connection, review_id)]

    hide_author(wiki)

    with wiki.read() as connection:
        said = evidence_of(connection, review_id)
    assert [(one.kind, one.actor) for one in said] == [("concern", MODERATOR.name), ("answer", "")]
    with wiki.begin(MODERATOR) as tx:
        tx.connection.execute(
            update(table_of(Revision)).where(Revision.page_id == saved.page_id).values(author_hidden=False)
        )
    with wiki.read() as connection:
        assert [one.actor for one in evidence_of(connection, review_id)][1] == WRITER.name


def test_an_objection_does_not_name_an_author_who_is_hidden(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.", by=SECOND_WRITER)
    decided(wiki, "tea", "approve")
    save(wiki, "tea", "Black.", base=1)
    hide_author(wiki)
    (hiding,) = [one.decision_id for change in my(wiki) for one in change.reviews if one.verdict is Verdict.HIDE]
    assert hiding is not None
    with wiki.begin(WRITER) as tx:
        review_id = appeal(tx, hiding, "It was not private.")

    with wiki.read() as connection:
        (said,) = evidence_of(connection, review_id, SECOND_MODERATOR)

    assert (said.kind, said.actor, said.text) == ("appeal", "", "It was not private.")


def test_an_objection_that_was_handed_over_is_answered_to_who_objected(organised: Wiki) -> None:
    save(organised, "safety/doors", "Open.")
    decision = decided(organised, "safety/doors", "revert", by=SAFETY, group="safety")
    with organised.begin(WRITER) as tx:
        review_id = appeal(tx, decision.decision_id, "They must be open.")
    shown = seen(organised, review_id)
    with organised.begin(MODERATOR) as tx:
        seen_range = review_id, shown.base, shown.head, shown.digest
        decide(tx, Answer(*seen_range, Verdict.HAND_OVER, details={"to": "people"}))
    (given,) = open_reviews(organised, "people")

    decide_on(organised, seen(organised, given.id), "uphold", by=PEOPLE, note="Fire doors stay shut.")

    with organised.read() as connection:
        told = objections_of(connection, WRITER, organised.id, [decision.decision_id])[decision.decision_id]
    assert (told.answer, told.group, told.note) == ("uphold", "people", "Fire doors stay shut.")
