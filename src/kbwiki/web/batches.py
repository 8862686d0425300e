"""Many at once: choosing, the dry run, doing it a part at a time, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from ..errors import Forbidden, Invalid
from ..moderation.batches.items import Kind
from ..moderation.batches.plan import BatchPlan, plan_batch, plan_rollback
from ..moderation.batches.report import BatchReport, ItemLine, batches_of, report_of
from ..moderation.batches.run import run_batch, take_back_batch
from ..moderation.batches.runs import Runs
from ..moderation.batches.selection import Selection
from ..moderation.messages.reasons import words_of
from ..moderation.queries.state import reviewing_groups
from ..moderation.queries.titles import titles_of
from ..spaces.policy import Right
from ..spaces.queries import find_space, has_right
from .choosing import reason_choices
from .forms import FieldError, day_begins, whole_number
from .visit import Visit
from .words import N_, kb_t, when

AT_ONCE = 200
"""How many items one request decides: nothing goes on behind anybody's back, and no request takes for ever."""

ROLL_BACK = "roll-back"
ACTS = {
    "approve": N_("Approve"),
    "revert": N_("Revert"),
    "hide": N_("Hide"),
    "delete": N_("Delete the [page]"),
    "concern": N_("Raise [a concern]"),
    "hand-over": N_("Hand over to another [group]"),
    ROLL_BACK: N_("Roll back what the author did last"),
}
"""What can be done to many at once, in words."""

_OUTCOMES = {"planned": N_("planned"), "done": N_("done"), "refused": N_("refused"), "taken-back": N_("taken back")}


@dataclass(frozen=True, slots=True)
class BatchForm:
    """What stands in the form; `reviews` are those ticked, `by_hand` is set where some were ticked to begin with."""

    reviews: tuple[int, ...]
    by_hand: str = ""
    group: str = ""
    author: str = ""
    since: str = ""
    until: str = ""
    space: str = ""
    words: str = ""
    query: str = ""
    verdict: str = ""
    reason: str = ""
    note: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item: what would become of it, or did, and why if it is not done."""

    title: str
    path: str
    url: str | None
    changes: int
    outcome: str
    said: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One of the moderator's batches."""

    url: str
    act: str
    when: Markup
    counts: str


def list_batches(visit: Visit) -> Response:
    """The batches the moderator planned last."""
    lines = batches_of(visit.connection, visit.wiki.id, visit.actor)
    return visit.show(
        "kbwiki/batches.html",
        title=kb_t("Many at once"),
        section="reviews",
        batches=tuple(
            BatchRow(
                visit.url("batch", id=line.id),
                _act(line.kind, line.verdict),
                when(line.at, visit.now),
                ", ".join(f"{count} {kb_t(_OUTCOMES[outcome])}" for outcome, count in sorted(line.counts.items())),
            )
            for line in lines
        ),
        new_url=visit.url("batch_new"),
        queue_url=visit.url("queue"),
    )


def new_batch(visit: Visit) -> Response:
    """The form that says which reviews are meant and what should become of them."""
    return _form(visit, _sent(visit.request.args))


def plan(visit: Visit) -> Response:
    """Plan it and show the dry run: nothing is changed yet."""
    form = _sent(visit.request.form)
    _require_reviewer(visit)
    try:
        planned = _planned(visit, form)
    except Invalid as error:
        return _form(visit, form, (FieldError(error.field, error.why),), status=422)
    return _show(visit, planned.batch_id, planned)


def batch_page(visit: Visit, id: str) -> Response:
    """A batch with what became of each item."""
    return _show(visit, id)


def run(visit: Visit, id: str) -> Response:
    """Do the next part of it."""
    visit.close()
    run_batch(visit.wiki, visit.actor, id, most=AT_ONCE)
    return visit.go(visit.url("batch", id=id))


def take_back(visit: Visit, id: str) -> Response:
    """Take the next part of it back, and call off what has not been done."""
    visit.close()
    take_back_batch(visit.wiki, visit.actor, id, most=AT_ONCE)
    return visit.go(visit.url("batch", id=id))


def _require_reviewer(visit: Visit) -> list[str]:
    groups = reviewing_groups(visit.connection, visit.wiki.id, visit.actor)
    if not groups:
        raise Forbidden(
            kb_t("[Reviews] are for the [groups] that look after parts of this [wiki]; you are in none of them.")
        )
    return groups


def _sent(sent: MultiDict[str, str]) -> BatchForm:
    ticked = (whole_number(one) for one in sent.getlist("review"))
    names = [name for name in BatchForm.__dataclass_fields__ if name != "reviews"]
    return BatchForm(
        tuple(one for one in ticked if one is not None), **{name: sent.get(name, "").strip() for name in names}
    )


def _planned(visit: Visit, form: BatchForm) -> BatchPlan:
    since = _day(visit, "since", form.since)
    until = _day(visit, "until", form.until, days=1)  # whoever names a day means all of it
    if form.verdict == ROLL_BACK:
        if not form.author or since is None:
            raise Invalid("author", kb_t("To roll back, please say whose changes, and since when."))
        runs = Runs(form.author, since, until, form.space or None, form.group or None)
        visit.close()
        return plan_rollback(visit.wiki, visit.actor, runs, reason=form.reason, note=form.note)
    selection = Selection(
        review_ids=form.reviews,
        group=form.group or None,
        author=form.author or None,
        since=since,
        until=until,
        space=form.space or None,
        words=form.words or None,
        pages=_found(visit, form.query) if form.query else None,
    )
    if form.by_hand and not form.reviews:
        raise Invalid("review", kb_t("Please tick at least one [review], or choose “Many at once” beside the [queue]."))
    details = {"to": form.to} if form.to else {}
    visit.close()
    return plan_batch(
        visit.wiki, visit.actor, selection, form.verdict, reason=form.reason, note=form.note, details=details
    )


def _day(visit: Visit, field: str, text: str, *, days: int = 0) -> datetime | None:
    """When the day begins, or so many days later. Errors: Invalid."""
    begins = day_begins(text, visit.zone, days=days)
    if text and begins is None:
        raise Invalid(field, kb_t("Please write the day like 2026-05-03."))
    return begins


def _found(visit: Visit, query: str) -> tuple[int, ...]:
    return tuple(one.id for one in visit.wiki.search.find(visit.actor, query, limit=1000).results)


def _form(visit: Visit, form: BatchForm, errors: tuple[FieldError, ...] = (), *, status: int = 200) -> Response:
    groups = _require_reviewer(visit)
    return visit.show(
        "kbwiki/batch_new.html",
        title=kb_t("Many at once"),
        section="reviews",
        status=status,
        form=form,
        ticked=titles_of(visit.connection, visit.wiki.id, form.reviews, visit.actor, visit.wiki.subjects),
        errors=errors,
        groups=tuple(groups),
        acts=tuple(Choice(key, kb_t(label)) for key, label in ACTS.items()),
        reasons=_reasons(visit, form),
        plan_url=visit.url("batch_plan"),
        batches_url=visit.url("batches"),
        cancel_url=visit.url("queue"),
    )


def _reasons(visit: Visit, form: BatchForm) -> tuple[Choice, ...]:
    """The reasons of the space that the form names, or of the whole wiki: each change is held to those of its own."""
    connection, wiki_id = visit.connection, visit.wiki.id
    space = find_space(connection, wiki_id, form.space.strip("/"))
    if not has_right(connection, space, Right.READ, visit.actor):
        space = find_space(connection, wiki_id, "")
    return tuple(Choice(one.key, one.label) for one in reason_choices(visit, space))


def _show(visit: Visit, batch_id: str, planned: BatchPlan | None = None) -> Response:
    found = report_of(visit.connection, visit.wiki.id, visit.actor, batch_id, visit.wiki.subjects)
    return visit.show(
        "kbwiki/batch.html",
        title=_act(found.kind, found.verdict),
        section="reviews",
        batch=found,
        reason=kb_t(words_of(visit.connection, visit.wiki.id, [found.reason]).get(found.reason, found.reason)),
        planned_when=when(found.at, visit.now),
        would_be_done=sum(one.outcome == "planned" and not one.forecast for one in found.items),
        rows=tuple(_row(visit, found, one) for one in found.items),
        left_out=planned.left_out if planned else (),
        more=planned.more if planned else False,
        at_once=AT_ONCE,
        run_url=visit.url("batch_run", id=batch_id),
        take_back_url=visit.url("batch_take_back", id=batch_id),
        batches_url=visit.url("batches"),
        queue_url=visit.url("queue"),
    )


def _act(kind: str, verdict: str) -> str:
    return kb_t(ACTS[ROLL_BACK] if kind == Kind.RUNS else ACTS.get(verdict, verdict))


def _row(visit: Visit, found: BatchReport, one: ItemLine) -> ItemRow:
    url = visit.url("review", id=one.review_id) if one.review_id and one.title else None
    if url is None and one.path:
        url = visit.url("history", path=one.path)
    if one.outcome != "planned":
        outcome = kb_t(_OUTCOMES[one.outcome])
    else:
        outcome = kb_t("would be refused") if one.forecast else _act(found.kind, found.verdict)
    return ItemRow(
        one.title or kb_t("Something you cannot read any more"),
        one.path,
        url,
        one.head - one.base,
        outcome,
        one.why or (one.forecast if one.outcome == "planned" else ""),
    )
