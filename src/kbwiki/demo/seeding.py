"""Filling the handbook: the chronicle is played through the real actions, once for each instance folder."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event as sqlalchemy_events

from ..actors import SYSTEM, Actor, ActorKind
from ..db import Transaction
from ..errors import NotFound
from ..help.policy import Binding
from ..help_subject import bind_help
from ..moderation.age_runs import age
from ..moderation.appeals import appeal
from ..moderation.decide import Answer, decide
from ..moderation.evidence import answer_concern, report
from ..moderation.policy import Verdict
from ..moderation.queries.evidence import can_be_appealed, concerns_for
from ..moderation.queries.mine import own_changes
from ..moderation.queries.queue import QueueLine, queue
from ..moderation.rules.actions import set_rule
from ..moderation.shown import what_is_shown
from ..pages.actions import Edit, delete_page, move_page, save_page
from ..pages.queries.history import NEWEST
from ..pages.queries.view import find_page, get_page, text_of
from ..settings import Settings
from ..wiki import Wiki
from .chronicle import (
    Chronicle,
    Decide,
    Delete,
    Event,
    Move,
    Objection,
    Reply,
    Report,
    Round,
    Write,
    read_chronicle,
)
from .growth import after
from .people import STAFF

DATABASE = "kbwiki.db"
SETTINGS = Settings(
    name="Handbook",
    readers=("Staff", "Contractors"),
    writers=("Staff",),
    fallback_group="Stewards",
    admin_group="Administrators",
)
RULES: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    (
        "Safety first",
        {"space": "safety"},
        {
            "due_within": {"hours": 8, "working": True},
            "escalate_after": {"hours": 16, "working": True},
            "escalate_to": SETTINGS.admin_group,
        },
    ),
)
"""What is set up in the handbook: safety is looked at within a working day, or two days later others are asked, too."""
HELP: dict[str, tuple[Binding, ...]] = {
    "people/your-first-week": (Binding("intranet.dashboard", priority=10),),
    "support/on-call": (Binding("intranet.dashboard"),),
    "office/computers-and-phones": (Binding("intranet.people"), Binding("*", error="404")),
}
"""Which pages help on which screens of the intranet. One screen has none, so that help can be asked for there."""
OLDEST = (datetime(1970, 1, 1, tzinfo=UTC), 0)
"""Where a queue begins."""


def fill_once(folder: Path) -> bool:
    """See to it that the folder has a handbook; whether this call made it.

    The handbook is written beside its place and put there whole: a start that is killed leaves no half of
    it, and of two processes that start together one is first and the other throws its copy away.
    """
    kept = folder / DATABASE
    if kept.exists():
        return False
    fresh = folder / f"{DATABASE}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        write_handbook(fresh, datetime.now(UTC))
        os.link(fresh, kept)
    except FileExistsError:
        return False
    finally:
        for leftover in folder.glob(f"{fresh.name}*"):
            leftover.unlink()
    return True


def start_over(folder: Path) -> None:
    """Throw away the handbook of this folder with all that visitors did. Nobody may be using it."""
    for leftover in folder.glob(f"{DATABASE}*"):
        leftover.unlink()
    for index in folder.glob("kbwiki-*-index"):
        with suppress(FileNotFoundError):
            shutil.rmtree(index)


def write_handbook(file: Path, now: datetime) -> None:
    """Make a database at ``file`` with the whole story in it, ending at ``now``."""
    wiki = Wiki(f"sqlite:///{file}", settings=SETTINGS)
    # Nobody has been told yet that anything was saved, so no commit has to wait for the disk.
    sqlalchemy_events.listen(wiki.database.engine, "connect", _do_not_wait_for_the_disk)
    try:
        wiki.upgrade()
        play(wiki, read_chronicle(now))
        show_help(wiki, now)
        age(wiki.read, lambda: wiki.begin(SYSTEM, at=now), wiki.id, now)
        wiki.catch_up_links()
    finally:
        wiki.close()
    _wait_for_the_disk(file)


def play(wiki: Wiki, chronicle: Chronicle) -> None:
    """Set up spaces and rules and let everything happen, in order, each thing by its person and at its time."""
    with wiki.begin(SYSTEM, at=chronicle.began) as tx:
        for path, space in chronicle.spaces.items():
            wiki.set_space(tx, path, space)
        for name, match, effect in RULES:
            set_rule(tx, name, match, effect)
    for happening in chronicle.events:
        _happen(wiki, happening)


def show_help(wiki: Wiki, now: datetime) -> None:
    """Let pages help on the intranet's own screens."""
    setting_up = replace(SYSTEM, groups=frozenset({SETTINGS.admin_group}))
    with wiki.begin(setting_up, at=now) as tx:
        for page, bindings in HELP.items():
            bind_help(tx, page, bindings)


def _happen(wiki: Wiki, happening: Event) -> None:
    if isinstance(happening, Round):
        _go_through_queue(wiki, happening)
        return
    with wiki.begin(_actor(happening.by), at=happening.at) as tx:
        match happening:
            case Write():
                _write(tx, happening)
            case Move():
                move_page(tx, happening.page, happening.to, comment=happening.comment)
            case Delete():
                delete_page(tx, happening.page, comment=happening.comment)
            case Decide():
                _decide(tx, happening)
            case Report():
                report(tx, happening.page, happening.reason, happening.text)
            case Reply():
                _reply(tx, happening)
            case Objection():
                _object(tx, happening)


def _write(tx: Transaction, written: Write) -> None:
    page = find_page(tx.connection, tx.wiki_id, written.page, tx.actor)
    text = written.text
    if text is None:
        if page is None:
            raise NotFound("page", written.page)
        text = after(text_of(tx.connection, page), written.swaps)
    base = page.current if page else None
    save_page(tx, Edit(written.page, text, written.title, written.tags, written.comment, base))


def _decide(tx: Transaction, told: Decide) -> None:
    lines = queue(tx.connection, tx.wiki_id, told.group, tx.actor, tx.subjects, after=OLDEST, count=1000)
    about = next((line for line in lines if line.path == told.page), None)
    if about is None:
        raise NotFound("review", f"{told.group}: {told.page}")
    _answer(tx, about, Verdict(told.verdict), told.reason, told.note)


def _reply(tx: Transaction, said: Reply) -> None:
    waiting = concerns_for(tx.connection, tx.wiki_id, tx.actor)
    page = get_page(tx.connection, tx.wiki_id, said.page, tx.actor)
    about = next((one for one in waiting if one.subject_id == page.id), None)
    if about is None:
        raise NotFound("question", f"{said.by}: {said.page}")
    answer_concern(tx, about.review_id, said.text)


def _object(tx: Transaction, said: Objection) -> None:
    changes, _ = own_changes(tx.connection, tx.wiki_id, tx.actor, wanted=None, before=NEWEST, count=1000)
    reviews = (one for change in changes if change.line.path == said.page for one in change.reviews)
    about = next((one.decision_id for one in reviews if can_be_appealed(one.verdict)), None)
    if about is None:
        raise NotFound("decision", f"{said.by}: {said.page}")
    appeal(tx, about, said.text)


def _go_through_queue(wiki: Wiki, round_: Round) -> None:
    """Approve whatever is open, three minutes each: a queue read from top to bottom with a cup of tea."""
    at = round_.at
    for person_id in round_.by:
        actor = _actor(person_id)
        with wiki.read() as connection:
            lines = queue(connection, wiki.id, round_.group, actor, wiki.subjects, after=OLDEST, count=1000)
        for line in lines:
            if line.own:
                continue
            with wiki.begin(actor, at=at) as tx:
                _answer(tx, line, Verdict.APPROVE)
            at += timedelta(minutes=3)
        if not any(line.own for line in lines):
            return


def _answer(tx: Transaction, line: QueueLine, verdict: Verdict, reason: str = "", note: str = "") -> None:
    digest = what_is_shown(tx.connection, tx.wiki_id, line.id, tx.subjects).digest
    decide(tx, Answer(line.id, line.base, line.head, digest, verdict, reason, note))


def _actor(person_id: str) -> Actor:
    person = STAFF[person_id]
    return Actor(person.id, person.name, person.groups, ActorKind(person.kind))


def _do_not_wait_for_the_disk(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA synchronous = OFF")


def _wait_for_the_disk(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
