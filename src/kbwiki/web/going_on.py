"""Going on: from a decision to the next review of the same list, with the way back to what was just done.

What was done stands in the address, as it does for notes (see notes): a made-up address shows its own reader a
sentence about what they themselves did, and nothing else.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qsl, urlencode

from flask import Response

from ..errors import Busy
from ..moderation.desk.next import Given, next_review
from ..moderation.desk.next_listed import next_listed
from ..moderation.policy import Verdict
from ..moderation.queries.around import OwnAct, own_aside, own_decision
from ..moderation.queries.wanted import Wanted
from ..moderation.take_back import TAKEN_BACK
from .forms import whole_number
from .notes import Note, UndoOffer
from .visit import Visit
from .words import N_, kb_t

OF_THE_PAGE = frozenset(
    {"since", "last", "whole", "side", "fragment", "decided", "aside", "back", "done", "after", "to"}
    | {"name", "id", "path", "number", "filename"}
)
"""What in a review's address is about this one review; everything else is the list one works through."""

DID = {
    Verdict.APPROVE: N_("You approved “{title}”."),
    Verdict.EDIT: N_("You mended and approved “{title}”."),
    Verdict.REVERT: N_("You reverted “{title}”."),
    Verdict.REVERT_PART: N_("You reverted a part of “{title}”."),
    Verdict.HIDE: N_("You hid the change of “{title}”."),
    Verdict.DELETE: N_("You deleted “{title}”."),
    Verdict.CONCERN: N_("You asked the author of “{title}”."),
    Verdict.HAND_OVER: N_("You handed “{title}” over."),
    Verdict.UPHOLD: N_("You let the [decision] stand: {title}."),
    Verdict.OVERTURN: N_("You undid the [decision]: {title}."),
}


def list_of(visit: Visit) -> dict[str, str]:
    """The list the visitor works through (group, order, filters), as arguments of its address."""
    sent = visit.request.form.get("list")
    asked = dict(parse_qsl(sent)) if sent is not None else visit.request.args.to_dict()
    return {name: value for name, value in asked.items() if name not in OF_THE_PAGE and value}


def as_field(visit: Visit) -> str:
    """The same as one field of a form."""
    return urlencode(list_of(visit))


def go_on(visit: Visit, group: str, *, decided: int | None = None, aside: int | None = None) -> Response:
    """Give the moderator the next review of their list and lead there; to the list when nothing is left.

    Whoever came without a list goes on with the review's `group`, and then with their other groups.
    """
    given = None
    with suppress(Busy):  # what was decided is decided: then the list will have to do
        given = give_next(visit, group)
    return lead_to(visit, given, decided=decided, aside=aside)


def give_next(visit: Visit, group: str = "") -> Given | None:
    """The next review, with its lease; in a transaction of its own, for one that decided holds what others wait for."""
    listed = list_of(visit)
    with visit.change() as tx:
        if not listed and group and (given := next_review(tx, [group])):
            return given
        return next_listed(tx, Wanted.read(listed), visit.wiki.subjects)


def lead_to(visit: Visit, given: Given | None, *, decided: int | None = None, aside: int | None = None) -> Response:
    """To the review that was given, or to the list when none was."""
    done = {"decided": decided, "aside": aside}
    if given is None:
        return visit.go(visit.url("queue", **{**list_of(visit), "done": "nothing-left", **done}))
    return visit.go(visit.url("review", id=given.review_id, last=given.since, **list_of(visit), **done))


def last_act(visit: Visit) -> tuple[Note, ...]:
    """What the visitor did last, if the address says so, with the way to take it back."""
    args = visit.request.args
    connection, wiki = visit.connection, visit.wiki
    if (decision := whole_number(args.get("decided", ""))) is not None:
        act = own_decision(connection, wiki.id, visit.actor, decision, wiki.subjects)
        return (_decided(visit, act),) if act is not None else ()
    if (review := whole_number(args.get("aside", ""))) is not None:
        act = own_aside(connection, wiki.id, visit.actor, review, wiki.subjects)
        return (_put_aside(visit, act),) if act is not None else ()
    if "back" in args:
        return (Note("info", kb_t("Taken back. It waits for your [decision] again.")),)
    return ()


def _decided(visit: Visit, act: OwnAct) -> Note:
    verdict = Verdict(act.verdict)
    said = kb_t(DID.get(verdict, "You decided about “{title}”."), title=act.title)
    offer = None
    if verdict in TAKEN_BACK:
        address = visit.url("take_back", id=act.id, to="review", **list_of(visit))
        offer = UndoOffer(address, kb_t("Undo"), "u z")
    return Note("success", said, offer)


def _put_aside(visit: Visit, act: OwnAct) -> Note:
    address = visit.url("bring_aside_back", id=act.id, **list_of(visit))
    return Note("info", kb_t("You put “{title}” aside.", title=act.title), UndoOffer(address, kb_t("Undo"), "u z"))
