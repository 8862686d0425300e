"""What long work says: how far it is, and what it came to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from ..journal.chain import Head
from ..journal.verify import Verification
from ..moderation.export.files import head_of_file
from ..transfer.git_records import Unreadable
from ..transfer.load import Summary
from ..wording import N_, kb_t
from ..wording.amounts import grouped

_MOST_NAMED = 20


def say_summary(summary: Summary, seconds: float) -> None:
    """Print what was imported, what was left out and why, and what a history reader may wonder about."""
    if summary.resumed_after:
        click.echo(kb_t("Went on after commit {commit}.", commit=summary.resumed_after[:12]))
    rate = summary.revisions / seconds if seconds else 0
    click.echo(
        kb_t(
            "{commits} commits read; {revisions} [revisions] written ({rate} a second); {pages} [pages] are there now.",
            commits=grouped(summary.commits),
            revisions=grouped(summary.revisions),
            rate=grouped(rate),
            pages=grouped(summary.pages),
        )
    )
    for kind, count in summary.kinds.most_common():
        click.echo(f"  {grouped(count):>8} × {kind}")
    for remark in summary.remarks:
        click.echo(f"  {remark}")
    _named(N_("{count} files could not be read:"), [_unreadable(one) for one in summary.unreadable])
    _named(N_("{count} files were left alone:"), [f"{path}: {why}" for path, why in summary.refused.items()])


def _unreadable(one: Unreadable) -> str:
    return kb_t("{path} {reason} (commit {commit})", path=one.path, reason=one.reason, commit=one.commit[:12])


def _named(said: str, lines: list[str]) -> None:
    if not lines:
        return
    click.echo(kb_t(said, count=grouped(len(lines))))
    for line in lines[:_MOST_NAMED]:
        click.echo(f"    {line}")
    if len(lines) > _MOST_NAMED:
        click.echo(kb_t("    … and {count} more", count=grouped(len(lines) - _MOST_NAMED)))


def moves(bar: object) -> Callable[[int, int], None]:
    """A progress function that moves a click progress bar."""

    def move(done: int, total: int) -> None:
        bar.length = max(total, 1)  # type: ignore[attr-defined]
        bar.update(done - bar.pos)  # type: ignore[attr-defined]

    return move


def say_verification(outcome: Verification) -> None:
    """Print each fault of a journal, then what was read and where it leads."""
    for fault in outcome.faults:
        click.echo(kb_t("entry {position}: {problem}", position=fault.position, problem=kb_t(fault.problem)))
    if outcome.unnamed:
        click.echo(kb_t("… and {count} more", count=grouped(outcome.unnamed)))
    said = N_("{entries} entries, head {head}: intact")
    if not outcome.intact:
        said = N_("{entries} entries, head {head}: NOT intact")
    click.echo(kb_t(said, entries=grouped(outcome.entries), head=outcome.head))


def kept_head(said: str) -> Head:
    """The head that was kept: written out, or in the last line of a file (of `journal head`, or an exported record)."""
    try:
        if Path(said).is_file():
            return head_of_file(Path(said))
        return Head.parse(said)
    except (ValueError, OSError) as error:
        wanted = kb_t("a head looks like 123:9f86d0… (POSITION:64 hex digits), or is a file that ends with one.")
        raise click.BadParameter(wanted, param_hint="--head") from error
