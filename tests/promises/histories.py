"""Random histories: several people saving, moving, deleting, undoing and deciding, as it comes.

A `Town` is a wiki with people in it. Each step is one thing one of them tries; what the wiki refuses for a good
reason is refused and the next one goes on. Anything else that is raised is a finding.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import select

from kbwiki.actors import SYSTEM, Actor, ActorKind
from kbwiki.db import Transaction, table_of
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.journal.models import WikiRow
from kbwiki.moderation.age_runs import look_again
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.evidence import report
from kbwiki.moderation.models import Decision, Review
from kbwiki.moderation.policy import Shown, Verdict
from kbwiki.moderation.queries.log import RecordFilter, record_lines
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.take_back import restore_hidden, take_back
from kbwiki.pages.actions import (
    Edit,
    EditConflict,
    bring_back,
    delete_page,
    move_page,
    restore_revision,
    save_page,
    undo_change,
)
from kbwiki.pages.models import Page
from kbwiki.pages.queries.view import find_page, text_of
from kbwiki.spaces.actions import create_root
from kbwiki.testing import look, make_space, open_reviews
from kbwiki.wiki import Wiki

REFUSALS = (Conflict, Forbidden, Invalid, NotFound)
PATHS = ["home", "a", "a/b", "a/b/c", "people/plan", "people/plan/b", "vault/x", "vault/x/b", "A", "both/one"]
LINES = ["One line.\n", "\n", "\n", "See [[home]].\n", "See [[a/b]] and [it](b).\n", "# Part\n", "- point\n", "last"]
PEOPLE = [
    Actor("wim", "Wim", frozenset({"staff"})),
    Actor("sunna", "Sunna", frozenset({"staff"})),
    Actor("scribe", "Scribe", frozenset({"staff"}), ActorKind.AGENT),
    Actor("mona", "Mona", frozenset({"moderators", "staff"})),
    Actor("cai", "Cai", frozenset({"moderators", "safety"})),
    Actor("hanna", "Hanna", frozenset({"people", "staff"})),
    Actor("henrik", "Henrik", frozenset({"people", "safety"})),
    Actor("guest", "Guest"),
]
GROUPS = ("moderators", "people", "safety")
VERDICTS = ["approve"] * 4 + ["revert"] * 2 + ["hide", "edit", "revert-part", "delete", "concern", "hand-over"]


@dataclass(slots=True)
class Town:
    """A wiki with people in it, and what it acknowledged to them: (page, revision) → text; decision → what was seen."""

    wiki: Wiki
    chance: random.Random
    acknowledged: dict[tuple[int, int], str] = field(default_factory=dict)
    conflicts: list[tuple[str, EditConflict]] = field(default_factory=list)
    judged: dict[int, Shown] = field(default_factory=dict)
    done: int = 0
    tokens: int = 0
    steps: dict[Callable[[Town, Actor], None], int] = field(default_factory=lambda: dict(STEPS))

    def live(self, steps: int) -> None:
        """Let so many things be tried."""
        for _ in range(steps):
            actor = self.chance.choice(PEOPLE)
            name, weight = zip(*self.steps.items(), strict=True)
            try:
                self.chance.choices(name, weight)[0](self, actor)
                self.done += 1
            except EditConflict as conflict:
                self.conflicts.append(("", conflict))
            except REFUSALS:
                pass

    def path(self) -> str:
        return self.chance.choice(PATHS)

    def lines(self, most: int) -> list[str]:
        """Some lines, half of them with a token that is new to the world."""
        lines = self.chance.choices(LINES, k=self.chance.randint(0, most))
        for at in range(len(lines)):
            if self.chance.random() < 0.5:
                self.tokens += 1
                lines[at] = f"A line with token-{self.tokens} in it.\n"
        return lines

    def act(self, actor: Actor, action: Callable[[Transaction], object]) -> None:
        with self.wiki.begin(actor) as tx:
            action(tx)


def examples(most: int) -> settings:
    """So many examples for each database. A failing one is not made smaller: with a database that takes minutes.

    KBWIKI_EXAMPLES=10 tries ten times as many, for a change of what is promised; without it it is 0.6 of them. CI lives
    through the same ones every time, so that it speaks of the change; elsewhere chance finds new ones.
    """
    return settings(
        derandomize=os.environ.get("CI") == "true",
        max_examples=max(1, round(most * float(os.environ.get("KBWIKI_EXAMPLES", "0.45")))),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )


def found(wiki: Wiki, seed: int) -> Town:
    """A new wiki in the same database, with spaces of three groups, one of them closed; chance follows `seed`."""
    name = f"town-{next(_TOWNS)}"
    with wiki.database.write() as connection:
        wiki_id = connection.execute(
            table_of(WikiRow).insert().returning(WikiRow.id), {"name": name, "created_at": wiki.clock()}
        ).scalar_one()
        create_root(connection, wiki_id, wiki.settings, wiki.clock())
    town = Wiki(wiki.database.engine.url.render_as_string(hide_password=False), name=name)
    town.database = wiki.database  # with the statements that were compiled for the towns before
    make_space(town, "people", reviewers=("people",))
    make_space(town, "both", reviewers=("people", "safety"))
    make_space(town, "vault", readers=("safety",), writers=("safety",), reviewers=("safety",))
    return Town(town, random.Random(seed))


def _save(town: Town, actor: Actor) -> None:
    """Save what an author made of the page as it was some time ago, as most do, or as they remember it."""
    path = town.path()
    with town.wiki.read() as connection:
        page = find_page(connection, town.wiki.id, path, actor)
        lines = text_of(connection, page).splitlines(keepends=True) if page is not None else []
    base = page.number if page is not None else None
    if page is not None and town.chance.random() < 0.3:
        base = town.chance.randint(1, page.number)
    if lines and town.chance.random() < 0.8:
        at = town.chance.randrange(len(lines))
        lines[at : at + town.chance.randint(0, 2)] = town.lines(2)
    else:
        lines = town.lines(8)
    text = "".join(lines)
    edit = Edit(
        path,
        text,
        title=town.chance.choice([None, None, "Title", "Other title"]),
        tags=town.chance.choice([None, None, ("x",), ("x", "y"), ()]),
        comment=town.chance.choice(["", "why"]),
        base=base,
    )
    try:
        with town.wiki.begin(actor) as tx:
            saved = save_page(tx, edit)
    except EditConflict as conflict:
        town.conflicts.append((text, conflict))
        return
    if saved.changed and not saved.merged:
        town.acknowledged[saved.page_id, saved.number] = text


def _move(town: Town, actor: Actor) -> None:
    town.act(actor, lambda tx: move_page(tx, town.path(), town.path()))


def _delete(town: Town, actor: Actor) -> None:
    town.act(actor, lambda tx: delete_page(tx, town.path()))


def _bring_back(town: Town, actor: Actor) -> None:
    town.act(actor, lambda tx: bring_back(tx, town.path()))


def _restore(town: Town, actor: Actor) -> None:
    town.act(actor, lambda tx: restore_revision(tx, town.path(), town.chance.randint(1, 6)))


def _undo(town: Town, actor: Actor) -> None:
    town.act(actor, lambda tx: undo_change(tx, town.path(), town.chance.randint(1, 8)))


def _several(town: Town, actor: Actor) -> None:
    """More than one thing in one transaction, of which all or nothing stays."""

    def together(tx: Transaction) -> None:
        save_page(tx, Edit(town.path(), "".join(town.lines(4))))
        move_page(tx, town.path(), town.path())
        delete_page(tx, town.path())

    town.act(actor, together)


def _decide(town: Town, actor: Actor) -> None:
    groups = [group for group in GROUPS if group in actor.groups]
    lines = [line for group in groups for line in open_reviews(town.wiki, group, by=actor)]
    if lines:
        seen = look(town.wiki, town.chance.choice(lines).id, by=actor)
        if town.chance.random() < 0.2:
            _meddle(town, seen.place.path)
        shown = seen.shown
        verdict = Verdict(town.chance.choice(VERDICTS))
        given = Answer(
            shown.review_id,
            shown.base,
            shown.head,
            shown.digest,
            verdict,
            reason="wrong",
            partial=town.chance.random() < 0.7,
            seen=shown.seen,
            key=town.chance.choice([None, f"key-{town.chance.random()}"]),
            details={
                "to": town.chance.choice(GROUPS),
                "hunks": [town.chance.randint(0, 2)],
                "text": "".join(town.lines(4)),
            },
        )
        with town.wiki.begin(actor) as tx:
            decided = decide(tx, given)
        if not decided.repeated:
            town.judged[decided.decision_id] = shown


def _meddle(town: Town, path: str) -> None:
    """Somebody saves the page while a moderator is looking at it."""
    with suppress(*REFUSALS):
        with town.wiki.read() as connection:
            page = find_page(connection, town.wiki.id, path, PEOPLE[3])
        text, base = "".join(town.lines(5)), page.number if page else None
        town.act(
            PEOPLE[3], lambda tx: save_page(tx, Edit(path, text, base=base))
        )


def _take_back(town: Town, actor: Actor) -> None:
    """Take back one of the last decisions of a group the actor is in."""
    with town.wiki.read() as connection:
        lines = record_lines(connection, town.wiki.id, actor, "nobody", RecordFilter(kind="decide"), count=6)
    if lines:
        decision = town.chance.choice(lines).decision
        assert decision is not None
        town.act(actor, lambda tx: take_back(tx, decision))


def _show_again(town: Town, actor: Actor) -> None:
    with town.wiki.read() as connection:
        hidden = (
            select(Decision.id)
            .join(Review, Review.id == Decision.review_id)
            .where(Review.wiki_id == town.wiki.id, Decision.verdict == "hide")
            .order_by(Decision.id)
        )
        hidings = list(connection.execute(hidden).scalars())
    if hidings:
        town.act(actor, lambda tx: restore_hidden(tx, town.chance.choice(hidings)))


def let_age(town: Town) -> Town:
    """The same town, with rules by which reviews escalate and lapse, and somebody who lets them, by a clock that jumps.

    What lies at `A` and below `vault` falls under no policy, so it may never lapse.
    """
    with town.wiki.begin(SYSTEM) as tx:
        for name, paths, effect in AGEING:
            set_rule(tx, name, {"paths": paths}, effect)
    town.steps |= {_age: 4, _report: 1, _look_again: 1}
    return town


def _hours(count: float) -> dict[str, object]:
    return {"hours": count, "working": False}


AGEING = (
    ("Due", ["people/**", "home"], {"due_within": _hours(5)}),
    ("Late", ["**"], {"escalate_after": _hours(20), "escalate_to": "safety"}),
    ("Later", ["a/**"], {"escalate_after": _hours(10), "escalate_to": "people"}),
    ("Quiet", ["a/**", "home", "people/**", "both/**"], {"lapse_after": _hours(60), "lapse_policy": "quiet"}),
    ("Slow", ["a/b", "people/plan"], {"lapse_after": _hours(150), "lapse_policy": "slow"}),
)


def _age(town: Town, actor: Actor) -> None:
    """The clock stands somewhere else for the time of one run: hours or days ahead, or behind."""
    there = town.wiki.clock() + timedelta(hours=town.chance.choice([-50, 0, 11, 21, 30, 66, 160, 160]))
    clock, town.wiki.clock = town.wiki.clock, lambda: there
    try:
        assert town.wiki.age_reviews().failed == 0
    finally:
        town.wiki.clock = clock


def _report(town: Town, actor: Actor) -> None:
    town.act(actor, lambda tx: report(tx, town.path(), "wrong", "This is not so."))


def _look_again(town: Town, actor: Actor) -> None:
    with town.wiki.read() as connection:
        lapsed = select(Review.id).where(Review.wiki_id == town.wiki.id, Review.state == "lapsed").order_by(Review.id)
        ids = list(connection.execute(lapsed).scalars())
    if ids:
        town.act(actor, lambda tx: look_again(tx, town.chance.choice(ids)))


_TOWNS = count(1)
STEPS: dict[Callable[[Town, Actor], None], int] = {
    _save: 12,
    _decide: 6,
    _move: 3,
    _undo: 3,
    _delete: 1,
    _bring_back: 1,
    _restore: 2,
    _several: 1,
    _show_again: 1,
    _take_back: 2,
}


def texts_of_live_pages(wiki: Wiki) -> dict[str, bytes]:
    """Path and digest of every live page."""
    with wiki.read() as connection:
        rows = connection.execute(select(Page.path, Page.text_digest).where(Page.wiki_id == wiki.id, ~Page.deleted))
        return {row.path: row.text_digest for row in rows}
