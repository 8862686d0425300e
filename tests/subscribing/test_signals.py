"""Signals tell every committed fact, in the order of the journal, and each receiver has an event of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from kbwiki import SpaceSettings, Wiki
from kbwiki.journal.models import Entry
from kbwiki.moderation.handover import RULE as HAND_OVER
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.signals import Committed, change_committed, decision_committed
from kbwiki.testing import ADMIN, WRITER, answer, look, make_space, open_reviews, save

KINDS = {"set-space", "create", "set-rule", "decide", "hand-over"}


def test_every_fact_is_told_in_order_whatever_its_kind(wiki: Wiki) -> None:
    told: list[Committed] = []

    def listen(sender: object, event: Committed) -> None:
        told.append(event)

    change_committed.connect(listen, wiki)
    decision_committed.connect(listen, wiki)
    make_space(wiki, "hr", readers=("staff", "hr-team"), reviewers=("hr-team",))
    save(wiki, "hr/page", "words\n")
    with wiki.begin(ADMIN) as tx:
        set_rule(tx, "all", {"paths": ["**"]}, {"add_groups": ["moderators"]})
    save(wiki, "page", "words\n")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "concern", reason="unclear")
    with wiki.begin(ADMIN) as tx:
        wiki.set_space(tx, "hr", SpaceSettings(readers=("staff", "others"), reviewers=("others",)))
    wiki.seal()

    with wiki.read() as connection:
        rows = connection.execute(
            select(Entry.kind, Entry.subject_kind, Entry.subject_id, Entry.number).order_by(Entry.position)
        ).all()
    assert [(one.kind, one.subject_kind, one.subject_id, one.number) for one in told] == [tuple(row) for row in rows]
    assert KINDS - {HAND_OVER} <= {row.kind for row in rows}


def test_what_one_receiver_does_to_its_event_the_next_does_not_see(sqlite_wiki: Wiki) -> None:
    seen: list[dict[str, Any]] = []

    def meddles(sender: object, event: Committed) -> None:
        assert isinstance(event.payload, dict)
        seen.append({key: dict(one) if isinstance(one, dict) else one for key, one in event.payload.items()})
        event.payload["path"] = "mine"
        event.payload["reviews"].clear()
        object.__setattr__(event, "actor_name", "Me")

    def also(sender: object, event: Committed) -> None:
        assert event.actor_name == WRITER.name
        meddles(sender, event)

    change_committed.connect(meddles, sqlite_wiki)
    change_committed.connect(also, sqlite_wiki)

    save(sqlite_wiki, "page", "words\n")

    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert seen[0]["path"] == "page"
    assert sqlite_wiki.verify().intact
