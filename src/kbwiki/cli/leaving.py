"""Leaving: the wiki written to a folder, then removed from the database, and from nowhere else."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from ..database import Database
from ..errors import KBWikiError
from ..files.keeping import remove_bytes
from ..leaving import NOT_EMPTY, Exported, Removal, export_wiki, look, remove, wikis_in
from ..leaving.files import folder_of_wiki
from ..search.engines import names as names_of_engines
from ..search.engines import open_engine
from ..search.engines.protocol import IndexUnusable
from ..upgrade import current_revision, newest_revision
from ..wiki import Wiki
from ..wording import N_, kb_t
from ..wording.amounts import grouped
from . import spoken
from .report import moves

EMBEDDED = "kbwiki.db"
"""The file of an embedded wiki; a file of another name is of the host's making, and stays whatever is in it."""

LINES = N_(
    "Take the lines that mount it out of your app too: a visit would make the tables of an embedded [wiki] anew."
)


@spoken.command(
    "leave",
    help=N_(
        "Export the [wiki], then remove it from the database: its rows, and every table of kbwiki's when it was the "
        "last.\n\nNothing of the host's is touched. When somebody changes something between the export and the "
        "removal, nothing is removed."
    ),
)
@spoken.option(
    "--export",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("Write everything to this folder first; it must be empty or not there."),
)
@spoken.option("--without-export", is_flag=True, help=N_("Keep nothing. What was written is gone then."))
@spoken.option("--all", "every", is_flag=True, help=N_("Every [wiki] in the database, not this one alone."))
@spoken.option(
    "--files",
    is_flag=True,
    help=N_("Remove the folders of the [search] index and of files, and an embedded database, as well."),
)
@spoken.option("--dry-run", is_flag=True, help=N_("Say what would be done, and do nothing."))
@click.pass_obj
def leave(wiki: Wiki, folder: Path | None, without_export: bool, every: bool, files: bool, dry_run: bool) -> None:
    if folder is not None and without_export:
        raise click.UsageError(kb_t("Please say either --export or --without-export."))
    if folder is None and not without_export and not dry_run:
        raise click.UsageError(
            kb_t("Please say where to keep what the [wiki] holds (--export DIR), or --without-export.")
        )
    names = _leaving(wiki, every)
    if dry_run:
        with wiki.read() as connection:
            _say_plan(look(connection, names), folder)
        _say_files(wiki, files, done=False)
        return
    exported = _exported(wiki, names, folder) if folder is not None else {}
    removal = _removed(wiki, names, exported)
    _say_removed(removal)
    _files(wiki, files, removal)
    click.echo(kb_t(LINES))


def _leaving(wiki: Wiki, every: bool) -> tuple[str, ...]:
    """The names of the wikis that leave. Errors: ClickException where there is none, or the tables are not today's."""
    with wiki.read() as connection:
        at, known = current_revision(connection), wikis_in(connection)
    if not known or wiki.name not in known:
        raise click.ClickException(
            kb_t("There is no [wiki] named {name!r} in this database: nothing to leave.", name=wiki.name)
        )
    if at != newest_revision():
        raise click.ClickException(
            kb_t("The tables are not those of this version of kbwiki. Run: flask kbwiki db upgrade")
        )
    return tuple(known) if every else (wiki.name,)


def _exported(wiki: Wiki, names: tuple[str, ...], folder: Path) -> dict[str, Exported]:
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(kb_t(NOT_EMPTY, folder=folder))
    done = {}
    for name in names:
        one = wiki if name == wiki.name else wiki.sibling(name, None)  # through the same engine
        with click.progressbar(length=1, label=kb_t("Exporting {name}", name=name), file=sys.stderr) as bar:
            done[name] = export_wiki(one, folder / folder_of_wiki(name), moves(bar))
        _say_exported(done[name])
    return done


def _say_exported(one: Exported) -> None:
    said = N_("{folder}: {revisions} [revisions], {entries} entries of the journal (head {head}, intact).")
    if not one.intact:
        said = N_("{folder}: {revisions} [revisions], {entries} entries of the journal (head {head}, NOT intact).")
    revisions, entries = grouped(one.lines("revisions.jsonl")), grouped(one.entries)
    click.echo(kb_t(said, folder=one.folder, revisions=revisions, entries=entries, head=one.head))


def _removed(wiki: Wiki, names: tuple[str, ...], exported: dict[str, Exported]) -> Removal:
    wiki.search.close()
    with click.progressbar(length=1, label=kb_t("Removing"), file=sys.stderr) as bar:
        move, told = moves(bar), []

        def tell(table: str) -> None:
            told.append(table)
            move(len(told), len(told) + 1)

        return remove(wiki.database, names, {name: one.entries for name, one in exported.items()}, tell)


def _say_plan(removal: Removal, folder: Path | None) -> None:
    click.echo(kb_t("Nothing was done. This would be:"))
    if folder is not None:
        for name in removal.wikis:
            click.echo(kb_t("  export  {name} to {folder}", name=name, folder=folder / folder_of_wiki(name)))
    for table, count in removal.rows.items():
        if count:
            click.echo(kb_t("  delete  {count} rows of {table}", count=grouped(count), table=table))
    for table in removal.dropped:
        click.echo(kb_t("  drop    {table}", table=table))
    _say_staying(removal)


def _say_removed(removal: Removal) -> None:
    rows = grouped(sum(removal.rows.values()))
    click.echo(kb_t("Removed: {names} ({rows} rows).", names=", ".join(removal.wikis), rows=rows))
    if removal.dropped:
        tables = ", ".join(removal.dropped)
        click.echo(kb_t("Dropped: {count} tables, {tables}.", count=len(removal.dropped), tables=tables))
    _say_staying(removal)


def _say_staying(removal: Removal) -> None:
    if removal.staying:
        names = ", ".join(removal.staying)
        click.echo(
            kb_t(
                "Other [wikis] are in this database ({names}), so the tables stay; --all leaves with every one.",
                names=names,
            )
        )
    for table in removal.left_alone:
        click.echo(kb_t("Left alone: {table}, which this version of kbwiki does not know.", table=table))


def _files(wiki: Wiki, wanted: bool, removal: Removal) -> None:
    """Remove, or name, what stays on the disk."""
    if wanted:
        for path in _places(wiki, removal.is_everything):
            if wiki.has_files and path == wiki.files.store.folder:
                remove_bytes(wiki.files.store)
            elif path.is_dir():
                _remove_index(wiki, path)
            else:
                path.unlink(missing_ok=True)
    _say_files(wiki, wanted, done=True)


def _remove_index(wiki: Wiki, folder: Path) -> None:
    """Remove what engines wrote to the folder, and the folder when nothing else is in it: it may be the host's."""
    for name in names_of_engines():
        with suppress(KBWikiError, IndexUnusable, SQLAlchemyError, OSError):
            engine = open_engine(name, replace(wiki.search_place, database=Database("sqlite://")))
            if engine is not None:  # what is kept in the database went with its tables
                engine.remove()
                engine.close()
    for own in (*(folder / name for name in names_of_engines()), folder):
        with suppress(OSError):
            (own / "LOCK").unlink(missing_ok=True)
            own.rmdir()


def _places(wiki: Wiki, with_database: bool) -> list[Path]:
    """The folder of the index and, where nothing else is in it, the file of an embedded database."""
    places = [folder] if (folder := wiki.search_place.folder) is not None and folder.is_dir() else []
    if wiki.has_files and (bytes_at := wiki.files.store.folder).is_dir():
        places.append(bytes_at)
    file = wiki.database.engine.url.database if wiki.database.dialect == "sqlite" else None
    if with_database and file and Path(file).name == EMBEDDED and Path(file).is_file() and _is_empty(wiki):
        wiki.database.dispose()
        places += [one for ending in ("", "-wal", "-shm") if (one := Path(file + ending)).is_file()]
    return places


def _is_empty(wiki: Wiki) -> bool:
    with wiki.read() as connection:
        counted = "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        return connection.exec_driver_sql(counted).scalar() == 0


def _say_files(wiki: Wiki, wanted: bool, *, done: bool) -> None:
    there = ", ".join(str(path) for path in _places(wiki, with_database=done))
    if there and wanted and not done:
        click.echo(kb_t("  remove  {files}", files=there))
    elif there and wanted:
        click.echo(kb_t("Still there, since it holds what is not the [wiki]'s: {files}.", files=there))
    elif there:
        click.echo(kb_t("Still there, and yours to delete (--files does it): {files}.", files=there))
