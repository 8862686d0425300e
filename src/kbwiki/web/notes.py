"""Short notes after something was done. What to say stands in the address, so no session entry is needed.

A made-up address can only make its own reader see a friendly sentence; whether an undo is offered depends on who
wrote the newest revision, never on the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..pages.queries.view import PageView, text_of
from ..spaces.queries import responsible_groups
from .advising import SHOWN_AFTERWARDS, Hint, draft_of, gives_hints, hints_for
from .practice import is_unwatched
from .visit import Visit
from .words import N_, kb_t, listed


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """A button that takes back what was just done; `keys` press it (see kb.js), '' for none."""

    url: str
    label: str
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note at the top of a screen."""

    kind: str
    text: str
    undo: UndoOffer | None = None
    link: tuple[str, str] | None = None
    """An address that leads on, and what the link says."""


_SAID = {
    "saved": N_("Your change is live."),
    "created": N_("Your [page] is live."),
    "merged": N_("Your change is live. Somebody else had changed other parts meanwhile; both are in the [page]."),
    "unchanged": N_("There was nothing to save: the [page] already says that."),
    "undone": N_("The change was taken out again; everything later stayed."),
    "restored": N_("The earlier [revision] is live again."),
    "moved": N_("The [page] has moved. Old addresses and links go on working."),
    "back": N_("The [page] is back."),
    "reported": N_("Thank you. Your [report] has arrived; those who look after this [page] will read it."),
    "helped": N_("Thank you. It is counted; nobody is told who said it."),
}


def note_for(visit: Visit, view: PageView) -> tuple[Note, ...]:
    """What to say above a page that was just changed by this actor."""
    done = visit.request.args.get("done", "")
    if done == "left":
        return (_left(visit, view),)
    if done not in _SAID:
        return ()
    text = kb_t(_SAID[done])
    if done == "reported" and not visit.actor.is_anonymous:
        text += " " + kb_t("“My changes” says what becomes of it.")
    if done in ("unchanged", "reported", "helped"):
        return (Note("info", text),)
    groups = () if is_unwatched(visit, view.path) else responsible_groups(visit.connection, [view.space_id])
    if groups:
        text += " " + kb_t("Visible at once; {groups} will look at it afterwards.", groups=listed(groups))
    else:
        text += " " + kb_t("It is your practice [page], so nobody has to look at it.")
    own = view.author == visit.actor.name and not visit.actor.is_anonymous
    mine = (visit.url("mine"), kb_t("My changes")) if own else None
    return (Note("success", text, _undo_of(visit, view, done) if own else None, mine),)


_BATCH = re.compile("[0-9a-f]{32}")


def _undo_of(visit: Visit, view: PageView, done: str) -> UndoOffer | None:
    """How to take it back; a move with all that moved along, which whoever did it may."""
    if done != "moved":
        return UndoOffer(visit.url("undo", number=view.number, path=view.path), kb_t("Undo"))
    batch = visit.request.args.get("batch", "")
    return UndoOffer(visit.url("undo_several", id=batch), kb_t("Undo")) if _BATCH.fullmatch(batch) else None


def _left(visit: Visit, view: PageView) -> Note:
    """Somebody left an editor without saving; the address says so, and that much is no secret."""
    is_new = view.path == visit.settings.home and "new" in visit.request.args
    go_on = visit.url("new") if is_new else visit.url("edit", path=view.path)
    said = kb_t("You left without saving. What you wrote is kept; nobody else sees it.")
    return Note("info", said, link=(go_on, kb_t("Go on writing")))


def hints_after(visit: Visit, view: PageView) -> tuple[Note, ...]:
    """What plugins advise about a text that this actor has just saved. It is saved, whatever they say."""
    done = visit.request.args.get("done", "")
    if done not in ("saved", "created", "merged") or not gives_hints(visit) or view.hidden:
        return ()
    if visit.actor.is_anonymous or view.author != visit.actor.name:
        return ()
    visit.is_lasting = False
    text = text_of(visit.connection, view)
    hints = hints_for(visit, draft_of(visit, view.path, view.title, text, is_new=done == "created"))
    if not hints:
        return ()
    said = kb_t("Saved; one hint: {hints}", "Saved; {n} hints: {hints}", n=len(hints), hints=_joined(hints))
    return (Note("info", said),)


def _joined(hints: tuple[Hint, ...]) -> str:
    shown = [f"{one.where}: {one.text}" if one.where else one.text for one in hints[:SHOWN_AFTERWARDS]]
    return " · ".join([*shown, "…"] if len(hints) > SHOWN_AFTERWARDS else shown)
