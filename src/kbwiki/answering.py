"""What an answer needs of plugins, asked before anything is locked: verdicts and reasons of their own, and how to undo.

`decide` gets it with the answer and asks nobody, so that a decision never waits for a plugin. Where a plugin says
nothing, only what it alone could do cannot be done; everything else can be decided as always.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .errors import Invalid
from .hooks.marks import Asked
from .hooks.reviewing import OwnKind, OwnVerdict, ReasonText, Undo
from .moderation.decide import Answer, Prepared
from .moderation.lifecycle import get_review_row
from .moderation.messages.reasons import ReasonView
from .moderation.own_subject import OwnSubject
from .moderation.policy import Verdict, acted_on
from .submitting import require_own_tables

if TYPE_CHECKING:
    from .wiki import Wiki

OWN = "own."
"""How the word of a plugin's verdict begins: `own.<plugin>.<name>`."""
REASON = "x-"
"""How the key of a plugin's reason begins: `x-<plugin>-<name>`."""


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """A verdict of a plugin's as it is offered: the word that is sent, and which of kbwiki's it does."""

    word: str
    plugin: str
    verdict: OwnVerdict

    @property
    def does(self) -> Verdict:
        """What happens when it is chosen."""
        return Verdict(self.verdict.does)


@dataclass(frozen=True)
class OwnReason(ReasonView):
    """A reason of a plugin's: moderators choose by `label`, authors are told `words`. `verdicts` are those it can be
    given for, all when none is named."""

    verdicts: tuple[str, ...] = ()
    label: str = ""

    def fits(self, verdict: Verdict) -> bool:
        """Whether it can be given for the verdict."""
        return not self.verdicts or verdict.value in self.verdicts


def own_verdicts(wiki: Wiki) -> tuple[OwnChoice, ...]:
    """The verdicts of plugins, in their order."""
    if not wiki.plugins.uses("verdicts"):
        return ()
    return tuple(
        OwnChoice(f"{OWN}{given.plugin}.{given.value.name}", given.plugin, given.value)
        for given in wiki.plugins.declared("verdicts")
    )


def own_reasons(wiki: Wiki) -> tuple[ReasonView, ...]:
    """The reasons of plugins, in their order, behind those of the catalogue."""
    if not wiki.plugins.uses("decision_reasons"):
        return ()
    return tuple(_reason(given.plugin, given.value) for given in wiki.plugins.declared("decision_reasons"))


def meant(wiki: Wiki, word: str) -> Verdict:
    """The verdict that a word of a form means, one of a plugin's too. Errors: ValueError for none."""
    own = _own(wiki, word)
    return own.does if own is not None else Verdict(word)


def prepared(wiki: Wiki, answer: Answer, word: str = "") -> Answer:
    """The answer with all that plugins have to say to it. Call this before `begin`; it never raises for a plugin.

    Errors: NotFound when there is no such review.
    """
    own, reason, undo, at = _own(wiki, word), None, None, 0
    if answer.reason.startswith(REASON):
        reason = next((one for one in own_reasons(wiki) if one.key == answer.reason), None)
    if answer.verdict is Verdict.REVERT and wiki.plugins.uses("change_kinds"):
        undo, at = undo_of(wiki, answer.review_id)
    if own is None and reason is None and undo is None:
        return answer
    label = {"plugin": own.plugin, "name": own.verdict.name, "label": own.verdict.label[:100]} if own else {}
    return replace(answer, own=Prepared(label, reason, undo, at))


def undo_of(wiki: Wiki, review_id: int) -> tuple[Undo | None, int]:
    """How the plugin takes out what the review is about, and the state that was when it was asked."""
    with wiki.read() as connection:
        review = get_review_row(connection, wiki.id, review_id)
        subject = wiki.subjects[review.subject_kind]
        if not isinstance(subject, OwnSubject):
            return None, 0
        base, head = acted_on(review.base, review.head)
        change = subject.change(connection, review.subject_id, base, head)
        at = subject.place(connection, review.subject_id).number
    plugin, kind = kind_of(wiki, review.subject_kind)
    if change is None or kind is None or kind.undo is None:
        return None, 0
    called = wiki.plugins.call(plugin, "change_kinds", kind.undo, change, gives=Undo | None, asked=Asked.WRITING)
    undo: Undo | None = called.value
    try:
        require_own_tables(plugin, undo.statements if undo is not None else ())
    except Invalid as refused:
        wiki.plugins.tally.failed(plugin, "change_kinds", 0.0, str(refused), wiki.clock())
        return None, 0
    return undo, at


def kind_of(wiki: Wiki, name: str) -> tuple[str, OwnKind | None]:
    """The plugin that declares a kind of change, and the kind; '' and None when it is gone."""
    for given in wiki.plugins.declared("change_kinds"):
        if given.value.name == name and name.startswith(f"{given.plugin}-"):
            return given.plugin, given.value
    return "", None


def descriptions(wiki: Wiki, kind: str, subject_id: int, numbers: list[int]) -> Mapping[int, str]:
    """A line for each of these changes of a plugin's thing, as it describes them; none where it says nothing."""
    plugin, own = kind_of(wiki, kind) if wiki.plugins.uses("change_kinds") else ("", None)
    subject: Any = wiki.subjects[kind]
    if own is None or own.describe is None or not isinstance(subject, OwnSubject):
        return {}
    with wiki.read() as connection:
        changes = {number: subject.change(connection, subject_id, number - 1, number) for number in numbers}
    said: dict[int, str] = {}
    for number, change in changes.items():
        called = wiki.plugins.call(plugin, "change_kinds", own.describe, change, gives=str, asked=Asked.READING)
        if called.problem:
            break  # it is not asked about all the others: a reader waits
        said[number] = str(called.value)[:500]
    return said


def _own(wiki: Wiki, word: str) -> OwnChoice | None:
    return next((one for one in own_verdicts(wiki) if one.word == word), None) if word.startswith(OWN) else None


def _reason(plugin: str, one: ReasonText) -> OwnReason:
    return OwnReason(
        f"{REASON}{plugin}-{one.name}"[:100], "", (one.text or one.label)[:2000], "", one.verdicts, one.label
    )
