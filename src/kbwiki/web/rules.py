"""Rules: who looks at what. For administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Response

from ..errors import Conflict, Forbidden, Invalid
from ..moderation.queries.state import groups_that_are_known
from ..moderation.rules.actions import remove_rule, reorder, set_rule
from ..moderation.rules.matching import Effect, Match, NamedRule
from ..moderation.rules.parsing import to_json
from ..moderation.rules.queries import RuleLine, RuleView, get_rule, list_rules, unseen
from ..moderation.rules.rerouting import reroute
from ..moderation.rules.simulate import Simulation, simulate, with_rule
from .forms import FieldError
from .rule_form import RuleForm, form_of, key_of, rule_of, sent_form
from .visit import Visit
from .words import N_, kb_t

SIMULATED_DAYS = 30
MOST_SIMULATED = 5_000
"""Changes a simulation in the browser replays at the most, so that nobody waits long."""
ESTIMATED_DAYS = 90
_AT_A_TIME = 50


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list, as sentences."""

    name: str
    url: str
    enabled: bool
    match: tuple[str, ...]
    effect: tuple[str, ...]
    updated_at: object


@dataclass(frozen=True, slots=True)
class LoadRow:
    """What one group would have had to look at, with the rules there are and with those proposed."""

    name: str
    present: int
    proposed: int


def all_rules(visit: Visit) -> Response:
    """The rules in the order in which they speak, and what samples say about what nobody looked at."""
    _require_administrator(visit)
    lines = list_rules(visit.connection, visit.wiki.id)
    since = visit.now - timedelta(days=ESTIMATED_DAYS)
    sampling = any(line.effect.exempt_probability for line in lines)
    return visit.show(
        "kbwiki/rules.html",
        title=kb_t("[Rules]"),
        section="admin",
        rules=tuple(_row(visit, line) for line in lines),
        unseen=unseen(visit.connection, visit.wiki.id, since) if sampling else None,
        days=ESTIMATED_DAYS,
        done=_done(visit),
    )


def one_rule(visit: Visit) -> Response:
    """The form for one rule (`rule`; none for a new one) with its history; what it would mean can be tried first."""
    _require_administrator(visit)
    if visit.request.method == "POST":
        return _submitted(visit)
    name = visit.request.args.get("rule", "")
    view = get_rule(visit.connection, visit.wiki.id, name) if name else None
    return _form(visit, form_of(view.line.named if view is not None else None), view)


def move_reviews(visit: Visit) -> Response:
    """Let the groups that the rules name now have the open reviews."""
    _require_administrator(visit)
    after: int | None = 0
    moved = opened = 0
    while after is not None:
        with visit.change() as tx:
            step = reroute(tx, after=after, count=_AT_A_TIME)
        moved, opened, after = moved + step.moved, opened + step.opened, step.last
    return visit.go(visit.url("rules", moved=moved, opened=opened))


def _submitted(visit: Visit) -> Response:
    form, do = sent_form(visit.request.form), visit.request.form.get("do", "save")
    view = get_rule(visit.connection, visit.wiki.id, form.name) if form.number else None
    try:
        if do == "remove":
            with visit.change() as tx:
                remove_rule(tx, form.name, comment=form.comment)
            return visit.go(visit.url("rules"))
        rule = rule_of(form)
        if do == "simulate":
            return _form(visit, form, view, simulation=_tried(visit, rule))
        _save(visit, form, rule)
    except Invalid as error:
        return _form(visit, form, view, errors=(FieldError(key_of(error.field), error.why),), status=422)
    except Conflict as error:
        return _form(visit, form, view, errors=(FieldError("", error.why),), status=409)
    return visit.go(visit.url("rules"))


def _save(visit: Visit, form: RuleForm, rule: NamedRule) -> None:
    with visit.change() as tx:
        set_rule(tx, rule.name, rule.match, rule.effect, enabled=rule.enabled, comment=form.comment, number=form.number)
        if form.before:
            reorder(tx, rule.name, before=None if form.before == "-" else form.before[1:])


def _tried(visit: Visit, rule: NamedRule) -> Simulation:
    present = [line.named for line in list_rules(visit.connection, visit.wiki.id)]
    return simulate(
        visit.connection,
        visit.wiki.id,
        visit.settings,
        with_rule(present, rule),
        now=visit.now,
        days=SIMULATED_DAYS,
        most=MOST_SIMULATED,
    )


def _form(
    visit: Visit,
    form: RuleForm,
    view: RuleView | None,
    *,
    errors: tuple[FieldError, ...] = (),
    simulation: Simulation | None = None,
    status: int = 200,
) -> Response:
    others = [line.name for line in list_rules(visit.connection, visit.wiki.id) if line.name != form.name]
    return visit.show(
        "kbwiki/rule.html",
        title=kb_t("[Rule] {name}", name=form.name) if form.number else kb_t("New [rule]"),
        section="admin",
        status=status,
        form=form,
        errors=errors,
        others=tuple(others),
        groups=groups_that_are_known(visit.connection, visit.wiki.id, visit.settings),
        removed=view is not None and view.removed,
        versions=tuple((one, _sentences(one.match), _sentences(one.effect)) for one in view.versions) if view else (),
        simulation=simulation,
        load=_load(simulation) if simulation is not None else (),
        days=SIMULATED_DAYS,
        cancel_url=visit.url("rules"),
    )


def _load(simulation: Simulation) -> tuple[LoadRow, ...]:
    present, proposed = simulation.present.groups, simulation.proposed.groups
    return tuple(LoadRow(one, present[one], proposed[one]) for one in sorted({*present, *proposed}))


def _row(visit: Visit, line: RuleLine) -> RuleRow:
    return RuleRow(
        line.name,
        visit.url("rule", rule=line.name),
        line.enabled,
        _sentences(line.match),
        _sentences(line.effect),
        line.updated_at,
    )


_WORDS = {
    "paths": N_("path: {what}"),
    "space": N_("in the [space] {what}"),
    "kinds": N_("kind of change: {what}"),
    "tags": N_("[tag]: {what}"),
    "author_groups": N_("author in: {what}"),
    "author_kind": N_("author is: {what}"),
    "new_page": N_("new [page]: {what}"),
    "min_size": N_("[page] of {what} bytes or more"),
    "max_size": N_("[page] of {what} bytes or less"),
    "min_change": N_("{what} bytes or more changed"),
    "max_change": N_("{what} bytes or less changed"),
    "min_risk": N_("risk {what} or more"),
    "add_groups": N_("also looked at by {what}"),
    "replace_groups": N_("looked at by {what}, not by those before"),
    "due_within": N_("due within {what}"),
    "exempt_probability": N_("{what} left unseen"),
    "trust": N_("if the author is trusted: {what}"),
    "escalate_after": N_("late {what} after that"),
    "escalate_to": N_("then also looked at by {what}"),
    "lapse_after": N_("may close unreviewed after {what}"),
    "lapse_policy": N_("under the policy {what}"),
}


def _sentences(part: Match | Effect) -> tuple[str, ...]:
    """What a rule says, one phrase for each thing."""
    return tuple(kb_t(_WORDS[name], what=_told(name, value)) for name, value in to_json(part).items())


def _told(name: str, value: object) -> str:
    if name in ("due_within", "escalate_after", "lapse_after") and isinstance(value, dict):
        said = N_("{hours} working hours") if value["working"] else N_("{hours} hours")
        return kb_t(said, hours=f"{value['hours']:g}")
    if name == "exempt_probability":
        return kb_t("{number} %", number=f"{float(str(value)) * 100:.4g}")
    if name == "trust" and isinstance(value, dict):
        ways = [kb_t("in {groups}", groups=", ".join(value["groups"]))] if "groups" in value else []
        ways += [kb_t("{n} approvals in a row", n=value["earned"])] if "earned" in value else []
        return ways[0] if len(ways) < 2 else kb_t("{one} or {other}", one=ways[0], other=ways[1])
    if isinstance(value, bool):
        return kb_t("yes") if value else kb_t("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _done(visit: Visit) -> str | None:
    moved, opened = (visit.request.args.get(name, "") for name in ("moved", "opened"))
    if not (moved.isdigit() and opened.isdigit()):
        return None
    return kb_t("Open [reviews]: {moved} moved, {opened} opened for further [groups].", moved=moved, opened=opened)


def _require_administrator(visit: Visit) -> None:
    if visit.settings.admin_group not in visit.actor.groups:
        raise Forbidden(kb_t("Only administrators can set up who looks at what."))
