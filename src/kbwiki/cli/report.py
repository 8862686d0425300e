"""What long work says: how far it is, and what it came to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from ..journal.chain import Head
from ..journal.verify import Verification
from ..moderation.export.files import head_of_file
from ..transfer.load import Summary

_MOST_NAMED = 20


def say_summary(summary: Summary, seconds: float) -> None:
    """Print what was imported, what was left out and why, and what a history reader may wonder about."""
    if summary.resumed_after:
        click.echo(f"Went on after commit {summary.resumed_after[:12]}.")
    rate = summary.revisions / seconds if seconds else 0
    click.echo(
        f"{summary.commits:,} commits read; {summary.revisions:,} revisions written "
        f"({rate:,.0f} a second); {summary.pages:,} pages are there now."
    )
    for kind, count in summary.kinds.most_common():
        click.echo(f"  {count:>8,} × {kind}")
    for remark in summary.remarks:
        click.echo(f"  {remark}")
    _named("could not be read", [f"{one.path} {one.reason} (commit {one.commit[:12]})" for one in summary.unreadable])
    _named("were left alone", [f"{path}: {why}" for path, why in summary.refused.items()])


def _named(what: str, lines: list[str]) -> None:
    if not lines:
        return
    click.echo(f"{len(lines):,} files {what}:")
    for line in lines[:_MOST_NAMED]:
        click.echo(f"    {line}")
    if len(lines) > _MOST_NAMED:
        click.echo(f"    … and {len(lines) - _MOST_NAMED:,} more")


def moves(bar: object) -> Callable[[int, int], None]:
    """A progress function that moves a click progress bar."""

    def move(done: int, total: int) -> None:
        bar.length = max(total, 1)  # type: ignore[attr-defined]
        bar.update(done - bar.pos)  # type: ignore[attr-defined]

    return move


def say_verification(outcome: Verification) -> None:
    """Print each fault of a journal, then what was read and where it leads."""
    for fault in outcome.faults:
        click.echo(f"entry {fault.position}: {fault.problem}")
    if outcome.unnamed:
        click.echo(f"… and {outcome.unnamed:,} more")
    click.echo(f"{outcome.entries:,} entries, head {outcome.head}: {'intact' if outcome.intact else 'NOT intact'}")


def kept_head(said: str) -> Head:
    """The head that was kept: written out, or in the last line of a file (of `journal head`, or an exported record)."""
    try:
        if Path(said).is_file():
            return head_of_file(Path(said))
        return Head.parse(said)
    except (ValueError, OSError) as error:
        wanted = "a head looks like 123:9f86d0… (POSITION:64 hex digits), or is a file that ends with one."
        raise click.BadParameter(wanted, param_hint="--head") from error
