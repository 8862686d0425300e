"""A hidden word is nowhere: every screen, for everybody, with every combination of parts hidden, at both levels.

Each page has words of its own, which are in nothing else: whatever screen shows one of them betrays that page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.actors import ActorKind
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.export.files import written as file_of
from kbwiki.moderation.export.write import export_record
from kbwiki.moderation.looks import look_at_hidden
from kbwiki.moderation.models import Review
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.log import RecordFilter
from kbwiki.pages.models import Page
from kbwiki.signals import change_committed, decision_committed
from kbwiki.testing import ADMIN, MODERATOR, READER, SECOND_WRITER, WRITER, look, make_space, save
from kbwiki.web.routes import SCREENS

from .conftest import PEOPLE, SAFETY, decided, review_of

CLEAN = "One thing.\n\nTwo things.\n\nThree things.\n"
PARTS = tuple(parts for size in (1, 2, 3) for parts in combinations(("words", "comment", "author"), size))


@dataclass(frozen=True)
class Case:
    """A page of which `parts` of one change are hidden, for one group alone or not; `key` is in each of its words."""

    number: int
    parts: tuple[str, ...]
    only_group: bool

    @property
    def path(self) -> str:
        return f"both/page-{self.number}"

    @property
    def author(self) -> Actor:
        return Actor(f"id-{self.number}", self.word("author"), frozenset({"staff"}), ActorKind.HUMAN)

    def word(self, kind: str) -> str:
        """A word that is in this page's `kind` and nowhere else in the world."""
        return f"{kind}canary{chr(ord('a') + self.number)}x"

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.word(kind) for kind in ("text", "title", "tag", "link", "heading"))

    @property
    def hidden(self) -> frozenset[str]:
        """The words that must not be seen by anybody."""
        found = set(self.words) if "words" in self.parts else set()
        if {"words", "comment"} & set(self.parts):
            found.add(self.word("comment"))
        if "author" in self.parts:
            found.add(self.word("author"))
        return frozenset(found)

    @property
    def dirty(self) -> str:
        more = f"## About {self.word('heading')}\n\nSee [[{self.word('link')}]].\n"
        return CLEAN.replace("Two", f"Two {self.word('text')}") + more


CASES = tuple(
    Case(number, parts, only_group) for number, (only_group, parts) in enumerate(product((False, True), PARTS))
)
VISITORS = {
    "nobody": ANONYMOUS,
    "a reader": READER,
    "an author": CASES[6].author,
    "another author": CASES[13].author,
    "the group that hid": PEOPLE,
    "the other group of the page": SAFETY,
    "moderators elsewhere": MODERATOR,
    "an administrator": ADMIN,
}
IN_BETWEEN = ("a reader", "the other group of the page")
"""Who sees most without seeing all. On PostgreSQL only they walk: who sees what is decided by the same statements."""
EVERYWHERE = CASES[0].path
"""Of this page the reviews that were closed before anything was hidden are opened, too; those of others are alike."""


OF_EVERY_PAGE = {"page", "revision", "diff", "history", "edit", "blame"}
"""Screens that show what is written; the others are opened for every fifth page."""


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=database_url, KBWIKI_SEARCH_CATCH_UP_SECONDS=30.0)
    app.config["who"] = ANONYMOUS
    KBWiki(app, actor=lambda: app.config["who"])
    yield app
    wiki_of(app).close()


def wiki_of(app: Flask) -> Wiki:
    wiki: Wiki = app.extensions["kbwiki"]["main"].wiki
    return wiki


def written(wiki: Wiki) -> None:
    """Every page as it is before anything of it is hidden: a clean revision, the author's, and a later one."""
    make_space(wiki, "both", reviewers=("people", "safety"))
    for case in CASES:
        save(wiki, case.path, CLEAN, title="Page")
        for by, group in ((PEOPLE, "people"), (SAFETY, "safety")):
            decided(wiki, case.path, "approve", by=by, group=group)
        save(
            wiki,
            case.path,
            case.dirty,
            by=case.author,
            base=1,
            title=f"On {case.word('title')}",
            tags=[case.word("tag")],
            comment=case.word("comment"),
        )


def hide(wiki: Wiki, case: Case) -> int:
    """Hide the author's change in the name of the first group; the decision."""
    seen = look(wiki, review_of(wiki, case.path, "people").id, by=PEOPLE)
    shown = seen.shown
    with wiki.begin(PEOPLE) as tx:
        details = {"parts": case.parts, "only_group": case.only_group}
        return decide(
            tx,
            Answer(seen.id, shown.base, shown.head, shown.digest, Verdict.HIDE, reason="private", details=details),
        ).decision_id


def addresses(wiki: Wiki) -> list[str]:
    """Every screen that can be opened, with every page, revision and review it can be about, and ways of asking."""
    with wiki.read() as connection:
        about = select(Review.id).join(Page, Page.id == Review.subject_id)
        reviews = list(connection.execute(about.where((Review.head > 1) | (Page.path == EVERYWHERE))).scalars())
    differences = ["?a=0&b=1", "?a=1&b=2", "?a=2&b=3", "?a=1&b=3&mode=inline", "?a=3&b=4", "?a=2&b=4", "?a=1&b=4"]
    ways = {
        "page": ["", "?raw", "?from=elsewhere", "?done=saved"],
        "revision": ["", "?raw"],
        "diff": differences,
        "recent": ["", "?space=both", "?kind=edit", "?kind=hide", "?days=30", *(f"?author={READER.id}",)],
        "tree": ["", "?path=both"],
        "earlier": ["?q=things", "?q=e"],
        "search": ["?q=things", "?q=One", "?q=Page", "?q=title:On"],
        "new": ["", "?path=both/new"],
        "space": ["", "?path=both", "?path=/"],
        "queue": ["", "?group=people", "?group=safety", "?view=concern", "?order=risk&kind=hide", "?author=id-6"],
        "mine": ["", "?before=5"],
        "help": ["?q=things", *(f"?part=panel&page={case.path}" for case in CASES[::3])],
        "decisions": ["", "?kind=all", "?kind=look", "?space=both", "?verdict=hide&reason=private"],
    }
    found = []
    for screen in SCREENS:
        if "GET" not in screen.methods or screen.endpoint in ("static", "unknown"):
            continue
        rules = [screen.rule]
        if "path>" in screen.rule:
            cases = CASES if screen.endpoint in OF_EVERY_PAGE else CASES[::5]
            rules = [re.sub(r"<path:\w+>", case.path, rule) for rule in rules for case in cases]
        if "<int:number>" in screen.rule:
            rules = [rule.replace("<int:number>", str(number)) for rule in rules for number in (1, 2, 3, 4)]
        if re.search(r"<int:\w+>", screen.rule):
            rules = [re.sub(r"<int:\w+>", str(number), rule) for rule in rules for number in reviews]
        found += [f"/wiki{rule}{way}" for rule in dict.fromkeys(rules) for way in ways.get(screen.endpoint, [""])]
    return list(dict.fromkeys(found))


def walk(app: Flask, who: Actor) -> Iterator[tuple[str, str]]:
    """Every address and what it answers to `who`."""
    app.config["who"] = who
    client = app.test_client()
    for address in addresses(wiki_of(app)):
        yield address, client.get(address, follow_redirects=True).get_data(as_text=True)


FORBIDDEN = frozenset().union(*(case.hidden for case in CASES))
EVERY_WORD = re.compile(r"[a-z]+canary[a-z]x")


def seen_by(app: Flask, who: Actor) -> set[tuple[str, str]]:
    """The words that `who` gets to see anywhere, with the address."""
    return {(address, word) for address, answer in walk(app, who) for word in EVERY_WORD.findall(answer)}


def betrayed(seen: set[tuple[str, str]], who: Actor) -> set[tuple[str, str]]:
    """What of it is hidden; their own name everybody may read."""
    return {(address, word) for address, word in seen if word in FORBIDDEN - {who.name}}


def test_no_screen_betrays_a_hidden_word_to_anybody_and_what_is_not_hidden_is_there_as_before(app: Flask) -> None:
    wiki = wiki_of(app)
    written(wiki)
    # This also fills what is kept: answers, rendered HTML, parsed texts, links, the search index.
    assert {word for _, word in seen_by(app, READER)} >= FORBIDDEN, "before anything is hidden every word is there"
    for case in CASES:
        save(wiki, case.path, case.dirty.replace("Three", "Thrice"), by=SECOND_WRITER, base=2, tags=None)
    for case in CASES:
        hide(wiki, case)

    visitors = tuple(VISITORS) if wiki.database.has_single_writer else IN_BETWEEN
    seen = {who: seen_by(app, VISITORS[who]) for who in visitors}
    assert {who: betrayed(seen[who], VISITORS[who]) for who in visitors} == {who: set() for who in visitors}
    every = {case.word(kind) for case in CASES for kind in ("text", "title", "tag", "comment", "author")}
    assert {word for _, word in seen["a reader"]} >= every - FORBIDDEN

    for case in CASES:
        save(wiki, case.path, f"{CLEAN}\nMore.\n", by=SECOND_WRITER, base=4)
    if wiki.database.has_single_writer:
        assert betrayed(seen_by(app, PEOPLE), PEOPLE) == set()


def test_search_finds_no_page_by_a_hidden_word(app: Flask) -> None:
    wiki = wiki_of(app)
    written(wiki)
    assert wiki.search.find(READER, CASES[0].word("text")).total == 1
    for case in CASES:
        hide(wiki, case)

    for case in CASES:
        for who, word in product(VISITORS.values(), case.hidden - {case.word("author")}):
            found = wiki.search.find(who, f'"{word}"')
            assert (found.results, found.total) == ((), 0), (who, case, word)
            # Not in quotation marks it is a slip for a word of another case, which is there to be found.
            assert word not in str(wiki.search.find(who, word).results), (who, case, word)
        if "words" not in case.parts:
            assert wiki.search.find(READER, case.word("text")).total == 1


def test_search_finds_nothing_by_a_hidden_word_while_the_index_has_not_heard_of_it(app: Flask) -> None:
    wiki = wiki_of(app)
    written(wiki)
    case = CASES[0]
    assert wiki.search.find(READER, case.word("text")).total == 1
    hide(wiki, case)
    wiki.search.sync.patience = 0.0

    with wiki.search.sync.engine.writer_lock():  # type: ignore[union-attr] # somebody else is at work on it
        found = wiki.search.find(READER, f'"{case.word("text")}"')

    assert (found.results, found.total) == ((), 0)


def test_recent_changes_by_a_hidden_author_do_not_list_the_change(app: Flask) -> None:
    wiki = wiki_of(app)
    written(wiki)
    for case in CASES:
        hide(wiki, case)

    app.config["who"] = PEOPLE
    for case in CASES:
        answer = app.test_client().get(f"/wiki/-/recent?author={case.author.id}").get_data(as_text=True)
        assert (case.path in answer) == ("author" not in case.parts), case


def test_signals_sent_afterwards_hold_no_hidden_word(app: Flask) -> None:
    wiki = wiki_of(app)
    written(wiki)
    told: list[str] = []

    def note(_sender: object, event: object) -> None:
        told.append(repr(event))

    change_committed.connect(note)
    decision_committed.connect(note)
    for case in CASES:
        hide(wiki, case)
        save(wiki, case.path, f"{CLEAN}\nMore.\n", by=SECOND_WRITER, base=3)
        decided(wiki, case.path, "approve", by=SAFETY, group="safety")

    assert len(told) == 4 * len(CASES)
    assert not [event for event in told if set(EVERY_WORD.findall(event)) & FORBIDDEN]


@pytest.mark.parametrize("who", ["an author", "the group that hid", "somebody who writes"])
def test_refusals_and_forms_sent_again_hold_no_hidden_word(app: Flask, who: str) -> None:
    wiki = wiki_of(app)
    written(wiki)
    for case in CASES:
        save(wiki, case.path, case.dirty.replace("Three", "Thrice"), by=SECOND_WRITER, base=2)
        hide(wiki, case)
    app.config["who"] = {**VISITORS, "somebody who writes": WRITER}[who]
    client = app.test_client()
    form = client.get(f"/wiki/-/edit/{CASES[0].path}").get_data(as_text=True)
    token = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))

    def sent(address: str, **fields: str) -> str:
        return client.post(address, data={**token, **fields}, follow_redirects=True).get_data(as_text=True)

    answers = []
    for case in CASES:
        mine = {"text": "Two of mine.\n", "title": "Page", "tags": "", "comment": ""}
        for action, base in product(("save", "preview", "changes", "merge"), ("2", "3")):
            answers.append(sent(f"/wiki/-/edit/{case.path}", action=action, base=base, current="4", **mine))
        answers.append(sent(f"/wiki/-/edit/{case.path}", base="2", **{**mine, "title": "x" * 999}))
        answers.append(sent("/wiki/-/new", path=case.path, **mine))
        for number in (2, 3):
            answers.append(sent(f"/wiki/-/restore/{number}/{case.path}"))
            answers.append(sent(f"/wiki/-/undo/{number}/{case.path}"))
    for review in range(1, 40):
        answers.append(sent(f"/wiki/-/reviews/{review}/decide", verdict="approve", base="1", head="2", digest="00"))

    visible = {word for case in CASES for word in (*case.words, case.word("comment"))} - FORBIDDEN
    assert {word for answer in answers for word in EVERY_WORD.findall(answer)} & FORBIDDEN <= {app.config["who"].name}
    assert visible & {word for answer in answers for word in EVERY_WORD.findall(answer)}


def test_kept_html_and_parsed_texts_still_hold_the_words_and_nothing_leads_there(app: Flask) -> None:
    wiki = wiki_of(app)
    written(wiki)
    app.config["who"] = READER
    client = app.test_client()
    case = CASES[0]
    assert case.word("text") in client.get(f"/wiki/{case.path}").get_data(as_text=True)
    with wiki.read() as connection:
        kept = connection.execute(text("SELECT count(*) FROM kbwiki_rendered")).scalar_one()
    hide(wiki, case)

    for address in (f"/wiki/{case.path}", f"/wiki/-/revision/2/{case.path}", f"/wiki/{case.path}?raw"):
        assert case.word("text") not in client.get(address).get_data(as_text=True)
    with wiki.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM kbwiki_rendered")).scalar_one() >= kept
        links = connection.execute(text("SELECT target FROM kbwiki_page_link")).scalars().all()
    assert not [target for target in links if case.word("link") in target]


def test_no_export_of_the_record_betrays_a_hidden_word_to_anybody(app: Flask) -> None:
    wiki = wiki_of(app)
    written(wiki)
    for case in CASES:
        hide(wiki, case)
        with wiki.begin(PEOPLE) as tx:
            look_at_hidden(tx, page_of(wiki, case), 2)

    exporting = {who.name for who in VISITORS.values()}  # that they exported is in the record, in their names
    for who in VISITORS.values():
        for wanted in (RecordFilter(), *(RecordFilter(author=case.author.id) for case in CASES)):
            rows = list(export_record(wiki, who, wanted))
            for format in ("csv", "jsonl"):
                said = b"".join(file_of(iter(rows), format)).decode()
                assert not set(EVERY_WORD.findall(said)) & FORBIDDEN - exporting
            found = {row["path"] for row in rows[:-1] if row["kind"] in ("decide", "look")}
            if wanted.author is not None:
                assert not found & {case.path for case in CASES if "author" in case.parts}


def page_of(wiki: Wiki, case: Case) -> int:
    with wiki.read() as connection:
        return int(connection.execute(select(Page.id).where(Page.path == case.path)).scalar_one())
