"""`batches …`: what was decided for many at once; going on with it, and taking it back."""

from __future__ import annotations

import click

from ..actors import Actor
from ..moderation.batches.items import Kind, Outcome
from ..moderation.batches.plan import BatchPlan
from ..moderation.batches.report import BatchReport, batches_of, report_of
from ..moderation.batches.run import run_batch, take_back_batch
from ..wiki import Wiki
from ..wording import N_, kb_t
from ..wording.amounts import grouped
from . import spoken
from .acting import acting, actor_of
from .report import moves

_TRIED = N_("{done} of {count} would be done; {left_out} left out.")
_TRIED_SOME = N_("{done} of {count} would be done; {left_out} left out. There are more: run this again afterwards.")

_OUTCOMES = {
    Outcome.PLANNED: N_("planned"),
    Outcome.DONE: N_("done"),
    Outcome.REFUSED: N_("refused"),
    Outcome.TAKEN_BACK: N_("taken back"),
}
_KINDS = {Kind.REVIEWS: N_("[reviews]"), Kind.RUNS: N_("what somebody did last")}


@spoken.group("batches", help=N_("[Decisions] for many [reviews] at once."))
def batches() -> None:
    pass


@batches.command("list", help=N_("List the actor's batches, newest first."))
@acting
@click.pass_obj
def list_(wiki: Wiki, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    with wiki.read() as connection:
        lines = batches_of(connection, wiki.id, actor_of(wiki, actor_id, actor_name, groups))
    for line in lines:
        counts = ", ".join(
            f"{grouped(count)} {kb_t(_OUTCOMES[Outcome(outcome)])}" for outcome, count in sorted(line.counts.items())
        )
        counts = counts or kb_t("nothing in it")
        click.echo(f"{line.id}\t{line.at:%Y-%m-%d %H:%M}\t{line.verdict} {kb_t(_KINDS[Kind(line.kind)])}\t{counts}")


@batches.command("show", help=N_("Show every item of BATCH with what became of it, or would."))
@click.argument("batch_id", metavar="BATCH")
@acting
@click.pass_obj
def show(wiki: Wiki, batch_id: str, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    actor = actor_of(wiki, actor_id, actor_name, groups)
    with wiki.read() as connection:
        found = report_of(connection, wiki.id, actor, batch_id, wiki.subjects)
    _say_items(found)
    _say_counts(found)


@batches.command(
    "resume",
    help=N_("Run BATCH, or go on where it was; nothing is done twice. Exit code 1 when something was refused."),
)
@click.argument("batch_id", metavar="BATCH")
@acting
@click.pass_obj
def resume(wiki: Wiki, batch_id: str, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    carry_on(wiki, actor_of(wiki, actor_id, actor_name, groups), batch_id)


@batches.command(
    "take-back", help=N_("Take back every [decision] of BATCH. Exit code 1 when one could not be taken back.")
)
@click.argument("batch_id", metavar="BATCH")
@acting
@click.pass_obj
def take_back_(wiki: Wiki, batch_id: str, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    actor = actor_of(wiki, actor_id, actor_name, groups)
    with click.progressbar(length=1, label=kb_t("Taking back")) as bar:
        outcome = take_back_batch(wiki, actor, batch_id, progress=moves(bar))
    _say_items(outcome, only=Outcome.DONE)
    _say_counts(outcome)
    if outcome.done:
        raise SystemExit(1)


def carry_on(wiki: Wiki, actor: Actor, batch_id: str) -> None:
    """Run what is planned, with a progress bar, and say what was refused."""
    with click.progressbar(length=1, label=kb_t("Deciding")) as bar:
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
        click.echo(kb_t("left out\t{place}\t{why}", place=one.path or one.review_id, why=one.why))
    click.echo(
        kb_t(
            _TRIED_SOME if plan.more else _TRIED,
            done=plan.would_be_done,
            count=len(plan.items),
            left_out=len(plan.left_out),
        )
    )


def _say_items(found: BatchReport, *, only: Outcome | None = None) -> None:
    for one in found.items:
        if only in (None, one.outcome):
            said = one.why or (one.forecast if one.outcome == Outcome.PLANNED else "")
            click.echo(
                "\t".join(
                    (kb_t(_OUTCOMES[Outcome(one.outcome)]), f"{one.base}..{one.head}", one.path or str(one.place), said)
                ).rstrip()
            )


def _say_counts(found: BatchReport) -> None:
    click.echo(
        kb_t(
            "Batch {id}: {done} done, {refused} refused, {taken_back} taken back, {planned} still planned.",
            id=found.id,
            done=found.done,
            refused=found.refused,
            taken_back=found.taken_back,
            planned=found.planned,
        )
    )
