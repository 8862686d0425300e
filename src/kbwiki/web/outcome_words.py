"""What became of a change or a report, in the words its author reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from ..moderation.policy import Verdict
from ..moderation.queries.evidence import Objection
from ..moderation.queries.mine import Became, GroupAnswer, OwnChange
from ..moderation.transitions import State
from .words import N_, VERDICTS, begun, kb_t, when


@dataclass(frozen=True, slots=True)
class StateChip:
    """A state in words; `mark` is the class that colours it."""

    mark: str
    text: str


MARKS: Mapping[Became, str] = {
    Became.WAITING: "waiting",
    Became.ASKED: "waiting",
    Became.APPROVED: "looked-at",
    Became.REVERTED: "reverted",
    Became.HIDDEN: "hidden",
    Became.LAPSED: "exempt",
    Became.EXEMPT: "exempt",
    Became.ENDED: "exempt",
}

_LIVE = {
    State.OPEN: N_("live; {group} has not looked at it yet"),
    State.VERIFY: N_("live; you answered, and {group} looks at it again"),
    State.CONCERN: N_("live; a question by {group} waits for you"),
    State.LAPSED: N_("live; nobody of {group} looked in time"),
    State.SUPERSEDED: N_("you took it back yourself"),
}
_DECIDED = {
    Verdict.APPROVE: N_("approved by {group}"),
    Verdict.EDIT: N_("mended and approved by {group}"),
    Verdict.REVERT: N_("reverted by {group}"),
    Verdict.REVERT_PART: N_("reverted in part by {group}"),
    Verdict.DELETE: N_("deleted by {group}"),
    Verdict.HIDE: N_("hidden by {group}"),
}
_UNDONE = {
    Verdict.RESTORE: N_("shown again by {group}"),
    Verdict.OVERTURN: N_("undone after [an appeal]: it is there again"),
    Verdict.TAKE_BACK: N_("live; {group} took its [decision] back"),
}
_EXEMPT = {"import": N_("taken over from elsewhere"), None: N_("part of [a decision]")}


def chips_of(change: OwnChange) -> tuple[StateChip, ...]:
    """The state of a change, group by group."""
    chips = [StateChip(MARKS[one.became], change_words(one)) for one in change.answers]
    if not chips:
        rule = change.line.exempt
        known = _EXEMPT.get(rule)
        words = kb_t(known) if known else kb_t("live; you are trusted here, so nobody has to look")
        chips.append(StateChip(MARKS[Became.EXEMPT], words))
    if change.line.hidden and all(one.became is not Became.HIDDEN for one in change.answers):
        chips.append(StateChip(MARKS[Became.HIDDEN], kb_t("hidden")))
    return tuple(chips)


def change_words(one: GroupAnswer) -> str:
    """How one group stands to a change."""
    if one.state is State.LAPSED and one.closed_as:
        return kb_t("live; nobody of {group} looked in time ({policy})", group=one.group, policy=one.closed_as)
    if one.state in _LIVE:
        return kb_t(_LIVE[one.state], group=one.group)
    if one.undone is not None:
        return kb_t(_UNDONE[one.undone], group=one.group)
    return kb_t(_DECIDED[one.verdict], group=one.group) if one.verdict in _DECIDED else kb_t("closed")


def decision_words(verdict: Verdict, by: str, group: str, at: datetime, now: datetime) -> str:
    """Who decided what and when; the person is named where `by` is given."""
    moment = when(at, now)
    if verdict is Verdict.CONCERN:
        text = N_("{actor} asked for {group}, {when}.") if by else N_("The [group] {group} asked, {when}.")
        return kb_t(text, actor=by, group=group, when=moment)
    done = begun(kb_t(VERDICTS[verdict]))
    named, plain = N_("{verdict} by {actor} for {group}, {when}."), N_("{verdict} by the [group] {group}, {when}.")
    return kb_t(named if by else plain, verdict=done, actor=by, group=group, when=moment)


_REPORT_LIVE = {
    State.OPEN: N_("{group} will look"),
    State.VERIFY: N_("{group} looks again: its author has answered"),
    State.CONCERN: N_("{group} has looked, and asked its author"),
    State.LAPSED: N_("nobody of {group} found the time to look"),
    State.SUPERSEDED: N_("its author has put it right"),
    State.HANDED_OVER: N_("{group} gave it to those who know more about it"),
}


def report_words(one: GroupAnswer) -> str:
    """How one group stands to a report. Why it decided so is for whoever wrote the page."""
    if one.state in _REPORT_LIVE:
        return kb_t(_REPORT_LIVE[one.state], group=one.group)
    if one.undone is not None:
        return kb_t("{group} looks at it once more", group=one.group)
    if one.verdict is Verdict.APPROVE:
        return kb_t("{group} has looked, and found the [page] right", group=one.group)
    return kb_t("{group} has looked, and put it right. Thank you", group=one.group)


def objection_words(one: Objection | None, now: datetime) -> str:
    """How far an objection is; '' when there is none."""
    if one is None:
        return ""
    if one.answer is None or one.at is None:
        return kb_t("You objected to this; somebody else will answer.")
    told = kb_t(
        "You objected to this; somebody else looked ({group}, {when}), and it stands."
        if one.answer == Verdict.UPHOLD
        else "You objected to this; somebody else looked ({group}, {when}), and undid it.",
        group=one.group,
        when=when(one.at, now),
    )
    return told + Markup(" <q>{}</q>").format(one.note) if one.note else told
