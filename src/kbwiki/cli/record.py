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
from ..wording import N_, kb_t
from ..wording.amounts import grouped
from . import spoken
from .acting import moment
from .report import moves, say_verification

_ROW = N_("row {row}: {problem}")
_ROW_OF_ENTRY = N_("row {row} (entry {entry}): {problem}")
_OUTCOME = {
    (True, True): N_("{rows} rows, exported as entry {entry}: the file holds"),
    (True, False): N_("{rows} rows, exported as entry {entry}: NOT what was exported"),
    (False, True): N_("{rows} rows, of no export that the journal knows: the file holds"),
    (False, False): N_("{rows} rows, of no export that the journal knows: NOT what was exported"),
}
"""By whether the journal knows of the export, and whether the file is as it was."""

MOST_NAMED = 1000
"""So many findings are printed; the others are counted."""


@spoken.group("record", help=N_("The record: every [decision] and every look."))
def record() -> None:
    pass


def _moment(ctx: click.Context, option: click.Parameter, said: str | None) -> datetime | None:
    return moment(said) if said else None


@record.command(
    "export",
    help=N_(
        "Write the record, oldest first, with the head of the chain in the last line. That it was exported is recorded."
    ),
)
@spoken.option("--format", "format", type=click.Choice(FORMATS), required=True, help=N_("CSV, or JSON lines."))
@spoken.option("--output", type=click.File("wb"), default="-", help=N_("A file to write. Default: standard output."))
@spoken.option("--kind", type=click.Choice(KINDS), help=N_("Only [decisions], or one kind of look."))
@spoken.option("--group", help=N_("Only what was done in the name of this [group]."))
@spoken.option("--space", help=N_("Only what happened in this [space] or below."))
@spoken.option("--by", metavar="ID", help=N_("Only what this [moderator] did, by the host's id."))
@spoken.option("--author", metavar="ID", help=N_("Only what was about changes of this author, by the host's id."))
@spoken.option(
    "--verdict", type=click.Choice([one.value for one in Verdict]), help=N_("Only [decisions] of this kind.")
)
@spoken.option("--reason", metavar="KEY", help=N_("Only [decisions] for this reason, by its key."))
@spoken.option("--since", callback=_moment, metavar="MOMENT", help=N_("Nothing before this moment."))
@spoken.option("--until", callback=_moment, metavar="MOMENT", help=N_("Nothing from this moment on."))
@spoken.option("--batch", help=N_("Only what was decided in this batch."))
@spoken.option(
    "--taken-back/--standing", "taken_back", default=None, help=N_("Only what was taken back since, or was not.")
)
@click.pass_obj
def record_export(wiki: Wiki, /, format: str, output: BinaryIO, **wanted: Any) -> None:
    auditor = Actor(SYSTEM.id, SYSTEM.name, frozenset({wiki.settings.admin_group}), SYSTEM.kind)
    if wanted["space"]:
        wanted["space"] = wanted["space"].strip("/")
    for piece in written(export_record(wiki, auditor, RecordFilter(**wanted)), format):
        output.write(piece)


@record.command(
    "check",
    help=N_(
        "Check an exported FILE against the journal, and the journal against the file. Exit code 1 when either changed."
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def record_check(wiki: Wiki, file: Path) -> None:
    told: list[Finding] = []

    def tell(finding: Finding) -> None:
        if len(told) < MOST_NAMED:
            told.append(finding)
            click.echo(
                kb_t(
                    _ROW_OF_ENTRY if finding.position else _ROW,
                    row=finding.row,
                    entry=finding.position,
                    problem=finding.problem,
                )
            )

    with click.progressbar(length=1, label=kb_t("Reading entries"), file=sys.stderr) as bar:
        wiki.seal()
        with wiki.read() as connection:
            outcome = check_file(connection, wiki.id, file, tell, moves(bar))
    if outcome.findings > len(told):
        click.echo(kb_t("… and {count} more", count=grouped(outcome.findings - len(told))))
    if outcome.journal is not None:
        say_verification(outcome.journal)
    said = _OUTCOME[outcome.export is not None, outcome.holds]
    click.echo(kb_t(said, rows=grouped(outcome.rows), entry=outcome.export))
    if not outcome.holds:
        raise SystemExit(1)
