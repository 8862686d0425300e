"""The record on the command line: exported for auditors, and checked when they come back with it."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from ..actors import SYSTEM, Actor
from ..moderation.export.check import Finding, check_file
from ..moderation.export.files import FORMATS, written
from ..moderation.export.write import export_record
from ..moderation.policy import Verdict
from ..moderation.queries.log import RecordFilter
from ..moderation.queries.recorded import KINDS
from ..wiki import Wiki
from .acting import moment
from .report import moves, say_verification

MOST_NAMED = 1000
"""So many findings are printed; the others are counted."""


@click.group()
def record() -> None:
    """The record: every decision and every look."""


def _moment(ctx: click.Context, option: click.Parameter, said: str | None) -> datetime | None:
    return moment(said) if said else None


@record.command("export")
@click.option("--format", "format", type=click.Choice(FORMATS), required=True, help="CSV, or JSON lines.")
@click.option("--output", type=click.File("wb"), default="-", help="A file to write. Default: standard output.")
@click.option("--kind", type=click.Choice(KINDS), help="Only decisions, or one kind of look.")
@click.option("--group", help="Only what was done in the name of this group.")
@click.option("--space", help="Only what happened in this space or below.")
@click.option("--by", metavar="ID", help="Only what this moderator did, by the host's id.")
@click.option("--author", metavar="ID", help="Only what was about changes of this author, by the host's id.")
@click.option("--verdict", type=click.Choice([one.value for one in Verdict]), help="Only decisions of this kind.")
@click.option("--reason", metavar="KEY", help="Only decisions for this reason, by its key.")
@click.option("--since", callback=_moment, metavar="MOMENT", help="Nothing before this moment.")
@click.option("--until", callback=_moment, metavar="MOMENT", help="Nothing from this moment on.")
@click.option("--batch", help="Only what was decided in this batch.")
@click.option("--taken-back/--standing", "taken_back", default=None, help="Only what was taken back since, or was not.")
@click.pass_obj
def record_export(wiki: Wiki, /, format: str, output: BinaryIO, **wanted: Any) -> None:
    """Write the record, oldest first, with the head of the chain in the last line. That it was exported is recorded."""
    auditor = Actor(SYSTEM.id, SYSTEM.name, frozenset({wiki.settings.admin_group}), SYSTEM.kind)
    if wanted["space"]:
        wanted["space"] = wanted["space"].strip("/")
    for piece in written(export_record(wiki, auditor, RecordFilter(**wanted)), format):
        output.write(piece)


@record.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def record_check(wiki: Wiki, file: Path) -> None:
    """Check an exported FILE against the journal, and the journal against the file. Exit code 1 when either changed."""
    told: list[Finding] = []

    def tell(finding: Finding) -> None:
        if len(told) < MOST_NAMED:
            told.append(finding)
            about = f" (entry {finding.position})" if finding.position else ""
            click.echo(f"row {finding.row}{about}: {finding.problem}")

    with click.progressbar(length=1, label="Reading entries", file=sys.stderr) as bar:
        wiki.seal()
        with wiki.read() as connection:
            outcome = check_file(connection, wiki.id, file, tell, moves(bar))
    if outcome.findings > len(told):
        click.echo(f"… and {outcome.findings - len(told):,} more")
    if outcome.journal is not None:
        say_verification(outcome.journal)
    by = f"exported as entry {outcome.export}" if outcome.export is not None else "of no export that the journal knows"
    click.echo(f"{outcome.rows:,} rows, {by}: {'the file holds' if outcome.holds else 'NOT what was exported'}")
    if not outcome.holds:
        raise SystemExit(1)
