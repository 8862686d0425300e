"""What plugins add to moderation: reasons for risk, further reviews, kinds, verdicts and reasons of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, delete, insert, select, update

from kbwiki import Actor, Settings, Wiki
from kbwiki.answering import own_verdicts, prepared
from kbwiki.errors import Conflict, Forbidden, Invalid
from kbwiki.hooks import (
    ChangeFacts,
    OwnKind,
    OwnVerdict,
    Plugin,
    ReasonText,
    ReviewFacts,
    RiskReason,
    Route,
    Undo,
    hookimpl,
)
from kbwiki.hooks.loading import Wanted
from kbwiki.moderation.decide import Answer, MovedOn, decide
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.review import get_review
from kbwiki.moderation.rules.queries import why
from kbwiki.testing import MODERATOR, READER, WRITER, TickingClock, answer, look, make_space, open_reviews, save

metadata = MetaData()
WORDS = Table(
    "kbwiki_x_words",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("word", String(100), nullable=False),
)
LAWYER = Actor("lex", "Lex", frozenset({"legal"}))
Make = Callable[..., Wiki]


class Words(Plugin):
    """Words with meanings; its own table, its own kind of change."""

    name = "words"

    @hookimpl
    def change_kinds(self) -> OwnKind:
        """A word."""
        return OwnKind("words-word", "Word", describe=lambda change: f"Word: {change.after}", undo=self.undo)

    def undo(self, change: ChangeFacts) -> Undo:
        """The word it was before."""
        if not change.before:
            return Undo((delete(WORDS).where(WORDS.c.id == change.subject_id),), "")
        back = update(WORDS).where(WORDS.c.id == change.subject_id).values(word=change.before)
        return Undo((back,), change.before)

    def put(self, id: int, word: str, actor: Actor = WRITER, path: str = "") -> int:
        """Set a word."""
        there = self.site.rows(select(WORDS).where(WORDS.c.id == id))
        statement: Any = insert(WORDS).values(id=id, word=word)
        if there:
            statement = update(WORDS).where(WORDS.c.id == id).values(word=word)
        return self.site.submit(actor, "words-word", id, statement, title=f"Word {id}", text=word, path=path)


@pytest.fixture
def made(database_url: str) -> Iterator[Make]:
    wikis: list[Wiki] = []

    def make(*plugins: Wanted, **settings: Any) -> Wiki:
        chosen = Settings(**{"hook_seconds": 10.0, "hook_work_seconds": 10.0, **settings})
        wiki = Wiki(database_url, plugins=plugins, settings=chosen, clock=TickingClock())
        metadata.create_all(wiki.database.engine)
        wikis.append(wiki)
        return wiki

    yield make
    for wiki in wikis:
        wiki.close()


def plugin_of(wiki: Wiki) -> Words:
    plugin = wiki.plugins.loaded[0].plugin
    assert isinstance(plugin, Words)
    return plugin


def words(wiki: Wiki) -> dict[int, str]:
    with wiki.read() as connection:
        return {row.id: row.word for row in connection.execute(select(WORDS))}


def test_reasons_for_risk_of_plugins_and_hosts_are_asked_alike(made: Make) -> None:
    class Long(Plugin):
        name = "long"

        @hookimpl
        def risk_reasons(self) -> list[RiskReason]:
            return [
                RiskReason("long", "a long text", lambda change: 2.0 if len(change.after or "") > 10 else None),
                RiskReason("odd", "odd", lambda change: 1000.0),
            ]

    wiki = made(Long)
    wiki.register_risk_reason("mine", "mine", lambda change: 1.0)
    save(wiki, "page", "words and more words\n")

    wiki.catch_up_risk()

    [line] = open_reviews(wiki)
    weights = dict(line.reasons)
    assert (weights["long: long"], weights["mine"]) == (2.0, 1.0)
    assert "long: odd" not in weights
    assert wiki.risk.reasons.words["long: long"] == "a long text"
    assert [count.failures for count in wiki.plugins.tally.counts()] == [1]


def test_a_plugin_asks_more_groups_to_look_once_for_each_change_and_takes_nothing_away(made: Make) -> None:
    asked: list[ReviewFacts] = []

    class Router(Plugin):
        name = "router"

        @hookimpl
        def route_change(self, review: ReviewFacts) -> Route | None:
            asked.append(review)
            return Route(("legal", "nobody-reads"), "it speaks of the law") if "law" in (review.after or "") else None

    wiki = made(Router)
    make_space(wiki, "hr", readers=("staff", "moderators", "legal"), writers=("staff",), reviewers=("moderators",))
    wiki.catch_up_consumers()
    save(wiki, "hr/calm", "words\n")
    save(wiki, "hr/law", "the law\n", title="Law")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    for _ in range(5):
        wiki.catch_up_consumers()

    assert [(one.group, one.path, one.title, one.after) for one in asked] == [
        ("moderators", "hr/calm", "calm", "words\n"),
        ("moderators", "hr/law", "Law", "the law\n"),
    ]
    [line] = open_reviews(wiki, "legal")
    assert line.path == "hr/law"
    assert len(open_reviews(wiki)) == 1
    with wiki.read() as connection:
        view = get_review(connection, wiki.id, line.id, LAWYER, wiki.subjects)
        [said] = why(connection, wiki.id, _row(wiki, line.id))
    assert (said.plugin, said.because) == ("router", "it speaks of the law")
    with pytest.raises(Forbidden):
        answer(wiki, view, "approve", by=Actor(WRITER.id, "Wim", frozenset({"legal"})))
    answer(wiki, view, "approve", by=LAWYER)
    wiki.catch_up_consumers()
    assert open_reviews(wiki, "legal") == []
    assert wiki.verify().intact


def _row(wiki: Wiki, review_id: int) -> Any:
    from kbwiki.moderation.lifecycle import get_review_row

    with wiki.read() as connection:
        return get_review_row(connection, wiki.id, review_id)


def test_a_plugins_change_is_reviewed_decided_and_taken_out_like_any_other(made: Make) -> None:
    wiki = made(Words)
    make_space(wiki, "hr", reviewers=("hr-team",))
    plugin = plugin_of(wiki)
    assert plugin.put(1, "leaf", path="hr/leave") == 1
    assert [line.title for line in open_reviews(wiki, "hr-team")] == ["Word 1"]
    member = Actor("member", "Member", frozenset({"hr-team"}))
    answer(wiki, look(wiki, open_reviews(wiki, "hr-team")[0].id, by=member), "approve", by=member)

    assert plugin.put(1, "leave", path="hr/leave") == 2
    [line] = open_reviews(wiki, "hr-team")
    answer(wiki, look(wiki, line.id, by=member), "revert", reason="wrong", by=member)

    assert words(wiki) == {1: "leaf"}
    assert open_reviews(wiki, "hr-team") == []
    assert wiki.verify().intact
    plugin.put(2, "new")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "revert", reason="wrong")
    assert words(wiki) == {1: "leaf"}


def test_a_decision_speaks_of_the_texts_that_were_shown(made: Make) -> None:
    wiki = made(Words)
    plugin = plugin_of(wiki)
    plugin.put(1, "leaf")
    seen = look(wiki, open_reviews(wiki)[0].id)
    said = Answer(seen.id, seen.shown.base, seen.shown.head, seen.shown.digest, Verdict.REVERT, reason="wrong")
    asked = prepared(wiki, said)
    plugin.put(1, "leave")

    with pytest.raises(MovedOn), wiki.begin(MODERATOR) as tx:
        decide(tx, asked)
    again = look(wiki, seen.id)
    stale = Answer(seen.id, 0, 2, again.shown.digest, Verdict.REVERT, reason="wrong", own=asked.own)
    with pytest.raises(Conflict), wiki.begin(MODERATOR) as tx:
        decide(tx, stale)
    assert words(wiki) == {1: "leave"}
    answer(wiki, again, "revert", reason="wrong")
    assert words(wiki) == {}


def test_when_the_plugin_is_gone_its_changes_can_be_read_and_approved(made: Make, database_url: str) -> None:
    wiki = made(Words)
    plugin_of(wiki).put(1, "leaf")
    without = made()

    seen = look(without, open_reviews(without)[0].id)
    subject = without.subjects["words-word"]
    with without.read() as connection:
        assert subject.sides(connection, seen.subject_id, 0, 1) == ("", "Word 1\n\nleaf")
    assert seen.place.title == "Word 1"
    with pytest.raises(Invalid):
        answer(without, seen, "revert", reason="wrong")
    answer(without, seen, "approve")
    assert without.verify().intact


def test_a_plugin_that_fails_to_say_how_costs_the_undo_alone(made: Make) -> None:
    class Broken(Words):
        def undo(self, change: ChangeFacts) -> Undo:
            raise ValueError("no")

    class Meddling(Words):
        def undo(self, change: ChangeFacts) -> Undo:
            return Undo((delete(Table("kbwiki_page", MetaData(), Column("id", Integer))),), "")

    for number, kind in enumerate((Broken, Meddling)):
        wiki = made(kind)
        plugin_of(wiki).put(number + 10, "leaf")
        seen = look(wiki, open_reviews(wiki)[0].id)
        with pytest.raises(Invalid):
            answer(wiki, seen, "revert", reason="wrong")
        answer(wiki, seen, "approve")
        assert words(wiki)[number + 10] == "leaf"


def test_who_may_not_write_cannot_submit_and_other_tables_are_not_touched(made: Make) -> None:
    wiki = made(Words)
    plugin = plugin_of(wiki)
    make_space(wiki, "hr", readers=("everyone",), writers=("hr-team",))

    with pytest.raises(Forbidden):
        plugin.put(1, "leaf", READER, "hr/leave")
    elsewhere = insert(Table("kbwiki_tag", MetaData(), Column("id", Integer))).values(id=1)
    for statement in (elsewhere, select(WORDS)):
        with pytest.raises(Invalid):
            plugin.site.submit(WRITER, "words-word", 1, statement, title="x", text="x")
    with pytest.raises(Invalid):
        plugin.site.submit(WRITER, "page", 1, title="x", text="x")
    with pytest.raises(Invalid):
        plugin.site.submit(WRITER, "words-word", 1, title="x", text="x" * 100_001)
    assert words(wiki) == {}
    assert open_reviews(wiki) == []


class Own(Plugin):
    """A verdict of each sort, and a reason."""

    name = "own"

    @hookimpl
    def verdicts(self) -> list[OwnVerdict]:
        """Three."""
        return [
            OwnVerdict("fine", "Checked by law", "approve"),
            OwnVerdict("away", "Not lawful", "revert", help="Takes it out:"),
            OwnVerdict("ask", "Ask for the source", "concern"),
        ]

    @hookimpl
    def decision_reasons(self) -> list[ReasonText]:
        """One that is for taking out alone."""
        return [ReasonText("law", "Against the law", "A law says otherwise.", ("revert",))]


def test_a_plugins_verdict_does_what_it_says_and_is_told_by_its_own_word(made: Make) -> None:
    wiki = made(Own)
    assert [one.word for one in own_verdicts(wiki)] == ["own.own.fine", "own.own.away", "own.own.ask"]
    for path in ("one", "two"):
        save(wiki, path, "words\n")
    one, two = (look(wiki, line.id) for line in open_reviews(wiki))

    answer(wiki, one, "own.own.fine")
    answer(wiki, two, "own.own.away", reason="x-own-law")

    without = made()
    decisions = [past for seen in (one, two) if (past := look(without, seen.id).decision) is not None]
    assert [(past.verdict, past.label) for past in decisions] == [
        ("approve", "Checked by law"),
        ("revert", "Not lawful"),
    ]
    assert decisions[1].why == "A law says otherwise."
    assert open_reviews(wiki) == []


def test_reasons_of_plugins_are_for_what_they_say(made: Make) -> None:
    wiki = made(Own)
    save(wiki, "page", "words\n")
    seen = look(wiki, open_reviews(wiki)[0].id)

    for verdict, reason in (("concern", "x-own-law"), ("revert", "x-own-gone"), ("own.own.away", "")):
        with pytest.raises(Invalid):
            answer(wiki, seen, verdict, reason=reason)
    with pytest.raises(ValueError):
        answer(wiki, seen, "own.own.nothing")
    answer(wiki, seen, "own.own.ask", reason="wrong")
    assert look(wiki, seen.id).state == "concern"
