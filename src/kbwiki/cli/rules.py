"""Rules on the command line: who looks at what."""

from __future__ import annotations

import json
from typing import Any

import click

from ..actors import SYSTEM
from ..errors import Invalid
from ..moderation.rules.actions import remove_rule, reorder, set_rule
from ..moderation.rules.matching import NamedRule
from ..moderation.rules.parsing import parse_effect, parse_match, parse_object, to_json
from ..moderation.rules.queries import RuleLine, VersionLine, get_rule, list_rules
from ..moderation.rules.rerouting import reroute
from ..moderation.rules.simulate import Load, Simulation, simulate, with_rule
from ..wiki import Wiki
from ..wording import N_, kb_t
from ..wording.amounts import grouped, number
from . import spoken

_AT_A_TIME = 50
"""Reviews moved in one transaction: nobody who saves waits long for it."""


@spoken.group("rules", help=N_("[Rules]: who looks at what, by when, and what is left to a sample."))
def rules() -> None:
    pass


@rules.command("list", help=N_("List the [rules] in the order in which they speak."))
@click.pass_obj
def rules_list(wiki: Wiki) -> None:
    with wiki.read() as connection:
        for line in list_rules(connection, wiki.id):
            state = "" if line.enabled else kb_t("out of use")
            click.echo(f"{line.name}\t{_said(line)}\t{state}".rstrip())


@rules.command("show", help=N_("Print the [rule] as JSON, as `set` takes it."))
@click.argument("name")
@click.pass_obj
def rules_show(wiki: Wiki, name: str) -> None:
    with wiki.read() as connection:
        view = get_rule(connection, wiki.id, name)
    line = view.line
    click.echo(_json({"name": line.name, "match": to_json(line.match), "effect": to_json(line.effect)}, indent=2))
    said = N_("version {number}, in use") if line.enabled else N_("version {number}, out of use")
    if view.removed:
        said = N_("version {number}, removed")
    click.echo(kb_t(said, number=line.number), err=True)


@rules.command("set", help=N_("Create the [rule] NAME at the end of the list, or set it anew where it is."))
@click.argument("name")
@spoken.option(
    "--match", "match", metavar="JSON", help=N_("Which changes it is about. Default: all, or what it says now.")
)
@spoken.option("--effect", "effect", metavar="JSON", help=N_("What happens to them. Default: what it says now."))
@spoken.option("--on/--off", "enabled", default=None, help=N_("Whether it speaks. Default: --on, or as it is now."))
@spoken.option("--before", metavar="NAME", help=N_("Put it in front of this [rule]."))
@spoken.option("--last", is_flag=True, help=N_("Put it at the end of the list."))
@spoken.option("--comment", default="", help=N_("Why; kept with the version."))
@click.pass_obj
def rules_set(
    wiki: Wiki,
    name: str,
    match: str | None,
    effect: str | None,
    enabled: bool | None,
    before: str | None,
    last: bool,
    comment: str,
) -> None:
    present = _present(wiki, name)
    matches, does = _parts(present, match, effect)
    speaks = enabled if enabled is not None else present is None or present.enabled
    with wiki.begin(SYSTEM) as tx:
        number = set_rule(tx, name, matches, does, enabled=speaks, comment=comment)
        if before is not None or last:
            number = reorder(tx, " ".join(name.split()), before=before)
    click.echo(kb_t("The [rule] “{name}” is set (version {number}).", name=" ".join(name.split()), number=number))


@rules.command("remove", help=N_("Take the [rule] out of the list. Its [history] stays, and `set` brings it back."))
@click.argument("name")
@spoken.option("--comment", default="", help=N_("Why; kept with the version."))
@click.pass_obj
def rules_remove(wiki: Wiki, name: str, comment: str) -> None:
    with wiki.begin(SYSTEM) as tx:
        remove_rule(tx, name, comment=comment)
    click.echo(kb_t("The [rule] “{name}” is removed.", name=name))


@rules.command("history", help=N_("List every version of the [rule], the newest first."))
@click.argument("name")
@click.pass_obj
def rules_history(wiki: Wiki, name: str) -> None:
    with wiki.read() as connection:
        for one in get_rule(connection, wiki.id, name).versions:
            state = kb_t("removed") if one.removed else "" if one.enabled else kb_t("out of use")
            told = (str(one.number), f"{one.at:%Y-%m-%d %H:%M}", one.actor, _said(one), state, one.comment)
            click.echo("\t".join(told).rstrip())


@rules.command(
    "simulate",
    help=N_("Replay what happened lately with the [rule] NAME set so, beside the [rules] there are. Writes nothing."),
)
@click.argument("name", required=False)
@spoken.option("--match", "match", metavar="JSON", help=N_("As with `set`; default: what the [rule] says now."))
@spoken.option("--effect", "effect", metavar="JSON", help=N_("As with `set`; default: what the [rule] says now."))
@spoken.option("--without", is_flag=True, help=N_("Try the list without the [rule]."))
@spoken.option("--days", default=30.0, show_default=True, help=N_("How far back to replay changes."))
@click.pass_obj
def rules_simulate(
    wiki: Wiki, name: str | None, match: str | None, effect: str | None, without: bool, days: float
) -> None:
    with wiki.read() as connection:
        proposed = [line.named for line in list_rules(connection, wiki.id)]
    if without:
        proposed = [one for one in proposed if one.name != name]
    elif name is not None:
        matches, does = _parts(_present(wiki, name), match, effect)
        proposed = with_rule(proposed, NamedRule(name, 0, parse_match(matches), parse_effect(does)))
    with wiki.read() as connection:
        found = simulate(connection, wiki.id, wiki.settings, proposed, now=wiki.clock(), days=days)
    _say(found, days)


@rules.command(
    "reroute",
    help=N_("Move open [reviews] to the [groups] that the [rules] name now. What was decided stays as it is."),
)
@click.pass_obj
def rules_reroute(wiki: Wiki) -> None:
    after: int | None = 0
    seen = moved = opened = 0
    while after is not None:
        with wiki.begin(SYSTEM) as tx:
            step = reroute(tx, after=after, count=_AT_A_TIME)
        seen, moved, opened, after = seen + step.seen, moved + step.moved, opened + step.opened, step.last
    click.echo(
        kb_t(
            "{seen} open [reviews] looked through: {moved} moved, {opened} opened for further [groups].",
            seen=grouped(seen),
            moved=grouped(moved),
            opened=grouped(opened),
        )
    )


def _present(wiki: Wiki, name: str) -> RuleLine | None:
    with wiki.read() as connection:
        found = list_rules(connection, wiki.id)
    return next((line for line in found if line.name == " ".join(name.split())), None)


def _parts(present: RuleLine | None, match: str | None, effect: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was given, or what the rule says now. Errors: Invalid when a new rule is given no effect."""
    if effect is None and present is None:
        raise Invalid("effect", kb_t('A new [rule] needs --effect, such as \'{"add_groups": ["legal"]}\'.'))
    matches = parse_object("match", match) if match is not None else to_json(present.match) if present else {}
    does = parse_object("effect", effect) if effect is not None else to_json(present.effect) if present else {}
    return matches, does


def _said(rule: RuleLine | VersionLine) -> str:
    return f"{_json(to_json(rule.match))}\t{_json(to_json(rule.effect))}"


def _json(value: dict[str, Any], indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


_FIGURES = (
    (N_("with nobody to look\t{now}\t{then}"), "orphans"),
    (N_("with more than one [group]\t{now}\t{then}"), "overlaps"),
    (N_("escalated, if nobody looks\t{now}\t{then}"), "escalations"),
    (N_("could lapse, if nobody looks\t{now}\t{then}"), "lapses"),
    (N_("left unseen, as expected\t{now}\t{then}"), "exempted"),
)


def _say(found: Simulation, days: float) -> None:
    said = N_("{changes} changes of the last {days} days.")
    if found.cut:
        said = N_("{changes} changes of the last {days} days (the newest; there were more).")
    click.echo(kb_t(said, changes=grouped(found.changes), days=number(days, 0 if days == int(days) else 1)))
    click.echo(kb_t("[group]\tnow\tthen"))
    for group in sorted({*found.present.groups, *found.proposed.groups}):
        click.echo(f"{group}\t{grouped(found.present.groups[group])}\t{grouped(found.proposed.groups[group])}")
    for said, figure in _FIGURES:
        now, then = (grouped(getattr(load, figure)) for load in (found.present, found.proposed))
        click.echo(kb_t(said, now=now, then=then))
    _say_doubts(found.proposed, found.unknown)


def _say_doubts(load: Load, unknown: int) -> None:
    for group, count in sorted(load.passed_over.items()):
        click.echo(
            kb_t(
                "{group} cannot read {count} of the changes it would be given; others look at those.",
                group=group,
                count=grouped(count),
            )
        )
    if unknown:
        click.echo(
            kb_t("Of {unknown} changes it is not known which [groups] their authors were in.", unknown=grouped(unknown))
        )
