"""A moderator's desk: next, leases, skip and snooze, notes begun, and second looks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from flask import Response
from markupsafe import Markup

from ..errors import Conflict, Forbidden, Invalid
from ..moderation.desk.aside import bring_aside_back, is_aside, skip, snooze
from ..moderation.desk.drafts import Draft, draft_of, keep_draft
from ..moderation.desk.leases import Held, find_lease, release, renew, take_lease
from ..moderation.desk.opinions import OpinionView, ask_opinion, colleagues, give_opinion, opinions_of
from ..moderation.desk.seen import is_part, since
from ..moderation.lifecycle import get_review_row
from ..moderation.queries.review import ReviewView
from ..moderation.transitions import LIVE
from .choosing import Option, numbered
from .forms import whole_number
from .going_on import give_next, go_on, lead_to, list_of
from .visit import Visit
from .words import N_, clock, kb_t, when

SNOOZES = {"hour": timedelta(hours=1), "tomorrow": timedelta(days=1), "week": timedelta(days=7)}
"""How long a review can be put aside for, by what the form sends."""

_SNOOZED = {"hour": N_("In an hour"), "tomorrow": N_("Tomorrow"), "week": N_("Next week")}

WOULD = {
    "approve": N_("approve"),
    "edit": N_("mend and approve"),
    "revert": N_("revert"),
    "revert-part": N_("revert a part"),
    "hide": N_("hide"),
    "delete": N_("delete the [page]"),
    "concern": N_("ask the author first"),
    "hand-over": N_("hand it over"),
}
"""What one would do, to follow "I would"."""


@dataclass(frozen=True, slots=True)
class LeaseLine:
    """Who has the review: `clock` is when it ends, `seconds` how long that is from now, `left` the same in words."""

    who: str
    mine: bool
    iso: str
    clock: str
    seconds: int
    left: str


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """A second look in the words of the screen."""

    text: str
    note: str
    when: Markup


@dataclass(frozen=True, slots=True)
class Desk:
    """What the review page shows besides the review itself.

    `part` is the state from which on only a part is shown, None when all is; `since_url` leads to that part.
    `owed` is the second look the actor was asked for, and `looks` are the answers to it, which are `would` numbered.
    """

    is_live: bool
    version: int
    lease: LeaseLine | None
    is_aside: bool
    part: int | None
    since_url: str | None
    whole_url: str
    draft: Draft | None
    draft_when: Markup | None
    opinions: tuple[OpinionLine, ...]
    owed: OpinionView | None
    colleagues: tuple[tuple[str, str], ...]
    would: dict[str, str]
    looks: tuple[Option, ...]
    snoozes: tuple[Option, ...]


def desk_of(visit: Visit, view: ReviewView, part: int | None) -> Desk:
    """The desk of the visit's actor around a review; `part` is what `part_asked` said."""
    connection, wiki_id, actor = visit.connection, visit.wiki.id, visit.actor
    is_live = view.state in LIVE
    held = find_lease(connection, view.id, visit.now) if is_live else None
    draft = draft_of(connection, wiki_id, view.id, actor) if is_live else None
    opinions = opinions_of(connection, wiki_id, view.id, actor)
    known = _known(visit, view) if is_live else None
    return Desk(
        is_live=is_live,
        version=view.shown.version,
        lease=lease_line(visit, held) if held else None,
        is_aside=is_live and is_aside(connection, wiki_id, actor, view.id, visit.now),
        part=part,
        since_url=visit.url("review", id=view.id, since=known, **list_of(visit)) if known else None,
        whole_url=visit.url("review", id=view.id, **list_of(visit)),
        draft=draft,
        draft_when=when(draft.at, visit.now) if draft else None,
        opinions=tuple(_opinion(visit, one) for one in opinions),
        owed=next((one for one in opinions if one.to_me and one.given_at is None and is_live), None),
        colleagues=tuple(colleagues(connection, wiki_id, view.group, actor)) if is_live else (),
        would={key: kb_t(words) for key, words in WOULD.items()},
        looks=numbered([(key, kb_t(words), False) for key, words in WOULD.items()]),
        snoozes=snoozes(),
    )


def snoozes() -> tuple[Option, ...]:
    """How long a review can be put aside for, numbered."""
    return numbered([(key, kb_t(words), False) for key, words in _SNOOZED.items()])


def part_asked(visit: Visit, view: ReviewView) -> int | None:
    """The state from which on the visit asks to see only what changed; None for anything that is no part."""
    number = whole_number(visit.request.args.get("since", ""))
    return number if number is not None and is_part(view.shown.base, view.shown.head, number) else None


def _known(visit: Visit, view: ReviewView) -> int | None:
    """How far the actor had looked; what "next" found before it gave the review counts, for giving it is looking."""
    before = whole_number(visit.request.args.get("last", ""))
    if before is not None and is_part(view.shown.base, view.shown.head, before):
        return before
    return since(visit.connection, visit.wiki.id, visit.actor, view.id)


def lease_line(visit: Visit, held: Held) -> LeaseLine:
    """Who has a review, in words."""
    seconds = max(int((held.until - visit.now).total_seconds()), 0)
    return LeaseLine(
        who=held.who,
        mine=held.actor == visit.actor.id,
        iso=f"{held.until:%Y-%m-%dT%H:%M:%SZ}",
        clock=clock(held.until),
        seconds=seconds,
        left=kb_t("{n} minute left", "{n} minutes left", n=max(round(seconds / 60), 1)),
    )


def _opinion(visit: Visit, one: OpinionView) -> OpinionLine:
    if one.verdict is None:
        text = kb_t("{asked} was asked for a second look by {asker}", asked=one.asked, asker=one.asked_by)
        return OpinionLine(text, "", when(one.asked_at, visit.now))
    would = kb_t(WOULD.get(one.verdict, one.verdict))
    text = kb_t("{asked} would {would}", asked=one.asked, would=would)
    if one.own_verdict is not None:
        leaning = kb_t(WOULD.get(one.own_verdict, one.own_verdict))
        both = kb_t("{asked} and {asker} would both {would}", asked=one.asked, asker=one.asked_by, would=would)
        apart = kb_t("{text}; {asker} would {leaning}", text=text, asker=one.asked_by, leaning=leaning)
        text = both if one.agrees else apart
    return OpinionLine(text, one.note, when(one.given_at or one.asked_at, visit.now))


def next_for_me(visit: Visit) -> Response:
    """Give the moderator the next review of the list that the form names; of all their groups if it names none."""
    return lead_to(visit, give_next(visit))


def lease(visit: Visit, id: int) -> Response:
    """Take a review, take it over, keep it, or give it back, as the form says."""
    do = visit.request.form.get("do", "take")
    with visit.change() as tx:
        if do == "release":
            release(tx, id)
        elif do == "renew":
            renew(tx, id)
        else:
            take_lease(tx, id, take_over=do == "over")
    if do == "renew":
        return _seconds_left(visit, id)
    listed = list_of(visit)
    return visit.go(visit.url("queue", **listed) if do == "release" else visit.url("review", id=id, **listed))


def _seconds_left(visit: Visit, review_id: int) -> Response:
    """What our script asks for: how long the actor has the review, 0 when somebody else has it."""
    held = find_lease(visit.connection, review_id, visit.now)
    mine = held is not None and held.actor == visit.actor.id
    left = int((held.until - visit.now).total_seconds()) if held is not None and mine else 0
    return Response(str(left), mimetype="text/plain")


def put_review_aside(visit: Visit, id: int) -> Response:
    """Skip or snooze a review as it was on the screen, and go on to the next one of the same group."""
    sent = visit.request.form
    seen = {name: whole_number(sent.get(name, "")) for name in ("version", "head")}
    until = sent.get("until", "")
    with visit.change() as tx:
        if not until:
            skip(tx, id, **seen)
        elif until in SNOOZES:
            snooze(tx, id, tx.now + SNOOZES[until], **seen)
        else:
            raise Invalid("until", kb_t("Please choose how long to put it aside for."))
        group = get_review_row(tx.connection, tx.wiki_id, id).group
    return go_on(visit, group, aside=id)


def bring_back_from_aside(visit: Visit, id: int) -> Response:
    """Be given a review again."""
    with visit.change() as tx:
        bring_aside_back(tx, id)
    return visit.go(visit.url("review", id=id, **list_of(visit)))


def keep_note(visit: Visit, id: int) -> Response:
    """Keep what was written so far; writing is work, so the lease goes on. With `quiet` our script is answered."""
    sent = visit.request.form
    with visit.change() as tx:
        keep_draft(tx, id, sent.get("verdict", ""), sent.get("reason", ""), sent.get("note", ""))
        # Closed meanwhile, or the change is one's own: the note is kept all the same.
        with suppress(Conflict, Forbidden):
            renew(tx, id)
    if sent.get("quiet"):
        return _seconds_left(visit, id)
    return visit.go(visit.url("review", id=id, **list_of(visit)))


def ask_second_look(visit: Visit, id: int) -> Response:
    """Ask a colleague for a second look."""
    sent = visit.request.form
    with visit.change() as tx:
        ask_opinion(tx, id, sent.get("colleague", ""), sent.get("own_verdict", ""))
    return visit.go(visit.url("review", id=id, **list_of(visit)))


def give_second_look(visit: Visit, id: int) -> Response:
    """Say what one would do."""
    sent = visit.request.form
    with visit.change() as tx:
        review_id = give_opinion(tx, id, sent.get("verdict", ""), sent.get("note", ""))
    return visit.go(visit.url("review", id=review_id, **list_of(visit)))
