"""`batches …`: what was decided for many at once; going on with it, and taking it back."""

from __future__ import annotations

import click

from ..actors import Actor
from ..moderation.batches.items import Outcome
from ..moderation.batches.plan import BatchPlan
from ..moderation.batches.report import BatchReport, batches_of, report_of
from ..moderation.batches.run import run_batch, take_back_batch
from ..wiki import Wiki
from .acting import acting, actor_of
from .report import moves


@click.group()
def batches() -> None:
    """Decisions for many reviews at once."""


@batches.command("list")
@acting
@click.pass_obj
def list_(wiki: Wiki, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    """List the actor's batches, newest first."""
    with wiki.read() as connection:
        lines = batches_of(connection, wiki.id, actor_of(wiki, actor_id, actor_name, groups))
    for line in lines:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(line.counts.items()))
        click.echo(f"{line.id}\t{line.at:%Y-%m-%d %H:%M}\t{line.verdict} {line.kind}\t{counts or 'nothing in it'}")


@batches.command("show")
@click.argument("batch_id", metavar="BATCH")
@acting
@click.pass_obj
def show(wiki: Wiki, batch_id: str, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    """Show every item of BATCH with what became of it, or would."""
    actor = actor_of(wiki, actor_id, actor_name, groups)
    with wiki.read() as connection:
        found = report_of(connection, wiki.id, actor, batch_id, wiki.subjects)
    _say_items(found)
    _say_counts(found)


@batches.command("resume")
@click.argument("batch_id", metavar="BATCH")
@acting
@click.pass_obj
def resume(wiki: Wiki, batch_id: str, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    """Run BATCH, or go on where it was; nothing is done twice. Exit code 1 when something was refused."""
    carry_on(wiki, actor_of(wiki, actor_id, actor_name, groups), batch_id)


@batches.command("take-back")
@click.argument("batch_id", metavar="BATCH")
@acting
@click.pass_obj
def take_back_(wiki: Wiki, batch_id: str, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    """Take back every decision of BATCH. Exit code 1 when one could not be taken back."""
    actor = actor_of(wiki, actor_id, actor_name, groups)
    with click.progressbar(length=1, label="Taking back") as bar:
        outcome = take_back_batch(wiki, actor, batch_id, progress=moves(bar))
    _say_items(outcome, only=Outcome.DONE)
    _say_counts(outcome)
    if outcome.done:
        raise SystemExit(1)


def carry_on(wiki: Wiki, actor: Actor, batch_id: str) -> None:
    """Run what is planned, with a progress bar, and say what was refused."""
    with click.progressbar(length=1, label="Deciding") as bar:
        outcome = run_batch(wiki, actor, batch_id, progress=moves(bar))
    _say_items(outcome, only=Outcome.REFUSED)
    _say_counts(outcome)
    if outcome.refused:
        raise SystemExit(1)


def say_plan(wiki: Wiki, actor: Actor, plan: BatchPlan) -> None:
    """Print each item with what would become of it, and what is left out."""
    with wiki.read() as connection:
        found = report_of(connection, wiki.id, actor, plan.batch_id, wiki.subjects)
    _say_items(found)
    for one in plan.left_out:
        click.echo(f"left out\t{one.path or one.review_id}\t{one.why}")
    more = " There are more: run this again afterwards." if plan.more else ""
    click.echo(f"{plan.would_be_done} of {len(plan.items)} would be done; {len(plan.left_out)} left out.{more}")


def _say_items(found: BatchReport, *, only: Outcome | None = None) -> None:
    for one in found.items:
        if only in (None, one.outcome):
            said = one.why or (one.forecast if one.outcome == Outcome.PLANNED else "")
            click.echo("\t".join((one.outcome, f"{one.base}..{one.head}", one.path or str(one.place), said)).rstrip())


def _say_counts(found: BatchReport) -> None:
    click.echo(
        f"Batch {found.id}: {found.done} done, {found.refused} refused, {found.taken_back} taken back, "
        f"{found.planned} still planned."
    )
