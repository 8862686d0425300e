"""The answers a moderator can choose from, each with the reasons it can have, numbered as the keys name them."""

from __future__ import annotations

from dataclasses import dataclass

from ..answering import OwnReason, own_reasons, own_verdicts
from ..moderation.messages.reasons import ReasonView, reasons_for
from ..moderation.policy import Verdict
from ..moderation.queries.review import ReviewView
from ..moderation.subjects import Hides
from .visit import Visit
from .words import N_, REASON_KINDS, kb_t

DIGITS = "1234567890"


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason to choose; `only_for` names the one thing it can be chosen for, if it is not for all."""

    key: str
    label: str
    only_for: str


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: the `digit` that chooses it ('' beyond the tenth), what is sent, and its words."""

    digit: str
    value: str
    label: str
    needs_note: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict that needs a reason: the `key` that opens it, its words, what it does, and the reasons to choose."""

    verdict: str
    key: str
    label: str
    lead: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A verdict that needs a reason, as it is offered."""

    verdict: Verdict
    key: str
    label: str
    lead: str


ANSWERS = (
    Offer(
        Verdict.REVERT,
        "r",
        N_("Revert"),
        N_("Takes the change out; later [edits] by others stay. The author reads why:"),
    ),
    Offer(
        Verdict.CONCERN,
        "c",
        N_("Ask the author"),
        N_("Waits for the author to answer or mend it. The author reads why:"),
    ),
    Offer(
        Verdict.HIDE,
        "h",
        N_("Hide"),
        N_("Takes the change out and hides its text from readers. The author reads why:"),
    ),
    Offer(
        Verdict.DELETE,
        "d",
        N_("Delete"),
        N_("The [page] can be brought back with all its [history]. The author reads why:"),
    ),
)
"""The verdicts that need a reason, in the order of their buttons."""


def reason_choices(visit: Visit, space_id: int, *verdicts: Verdict) -> tuple[ReasonChoice, ...]:
    """The reasons of the space's catalogue, those that fit one of the verdicts; all when none is named."""
    offered = reasons_for(visit.connection, visit.wiki.id, space_id)
    return tuple(
        ReasonChoice(one.key, kb_t(one.words), kb_t(REASON_KINDS[one.kind]))
        for one in offered
        if not verdicts or any(one.fits(verdict) for verdict in verdicts)
    )


def answers_of(visit: Visit, view: ReviewView) -> tuple[Answer, ...]:
    """The answers that need a reason; not everything can be hidden, and only a page that is there
    deleted."""
    offered = [*reasons_for(visit.connection, visit.wiki.id, view.space_id), *own_reasons(visit.wiki)]
    not_here = set()
    if view.page is None:
        can_be_hidden = isinstance(visit.wiki.subjects[view.subject_kind], Hides)
        not_here = {Verdict.DELETE} if can_be_hidden else {Verdict.HIDE, Verdict.DELETE}
    elif view.place.deleted:
        not_here = {Verdict.DELETE}
    return tuple(
        Answer(one.verdict.value, one.key, kb_t(one.label), kb_t(one.lead), _reasons(offered, one.verdict))
        for one in ANSWERS
        if one.verdict not in not_here
    ) + tuple(
        Answer(own.word, "", own.verdict.label, own.verdict.help, _reasons(offered, own.does, own.word))
        for own in own_verdicts(visit.wiki)
        if own.does is not Verdict.APPROVE
    )


def own_approvals(visit: Visit) -> tuple[Option, ...]:
    """The verdicts of plugins that need no reason: what is sent, and the words on the button."""
    return tuple(
        Option("", own.word, own.verdict.label) for own in own_verdicts(visit.wiki) if own.does is Verdict.APPROVE
    )


def _reasons(offered: list[ReasonView], verdict: Verdict, word: str = "") -> tuple[Option, ...]:
    fitting = [one for one in offered if one.fits(verdict)]
    return numbered([(f"{word or verdict.value}:{one.key}", _label(one), one.key == "other") for one in fitting])


def _label(one: ReasonView) -> str:
    return one.label if isinstance(one, OwnReason) else kb_t(one.words)


def numbered(choices: list[tuple[str, str, bool]]) -> tuple[Option, ...]:
    """Value, words and whether a note is needed, as options with the digits 1 to 9 and 0."""
    return tuple(
        Option(DIGITS[number] if number < len(DIGITS) else "", *choice) for number, choice in enumerate(choices)
    )
