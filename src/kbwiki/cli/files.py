"""`flask kbwiki files …`: list, add and get files, and see that all their bytes are there."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from ..actors import Actor
from ..errors import KBWikiError
from ..files import NewFile, upload_file
from ..files.actions import IfThere
from ..files.keeping import look_at_bytes, prune, spoken_of
from ..files.queries import get_file, list_files
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken
from .acting import acting, actor_of


def _everybody(wiki: Wiki) -> Actor:
    """Who may read everything: whoever can type here holds the database."""
    return Actor("kbwiki:files", "kbwiki files", frozenset({wiki.settings.admin_group}))


@spoken.group("files", help=N_("Files: pictures, documents, and their bytes on the disk."))
def files() -> None:
    pass


@files.command("list", help=N_("List files as tab-separated lines: path, size, kind, version."))
@spoken.option("--below", metavar="PATH", default="", help=N_("Only those below this path."))
@click.pass_obj
def list_(wiki: Wiki, below: str) -> None:
    reader, after = _everybody(wiki), ""
    with wiki.read() as connection:
        while found := list_files(connection, wiki.id, reader, below.strip("/"), after=after, count=500):
            for one in found:
                click.echo(f"{one.path}\t{one.size}\t{one.media_type}\t{one.number}")
            after = found[-1].path


@files.command("add", help=N_("Add a file, or with --replace a new version of it. It is reviewed like every change."))
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("path")
@spoken.option("--alt", default="", metavar="TEXT", help=N_("What it shows, in words."))
@spoken.option("--comment", default="", metavar="TEXT", help=N_("Why."))
@spoken.option("--replace", is_flag=True, help=N_("Replace the file of that name, if there is one."))
@acting
@click.pass_obj
def add(
    wiki: Wiki,
    source: Path,
    path: str,
    alt: str,
    comment: str,
    replace: bool,
    actor_id: str,
    actor_name: str | None,
    groups: tuple[str, ...],
) -> None:
    if_there = IfThere.REPLACE if replace else IfThere.ASK
    try:
        with source.open("rb") as stream:
            content = wiki.files.keep(stream)
        with wiki.begin(actor_of(wiki, actor_id, actor_name, groups)) as tx:
            stored = upload_file(tx, NewFile(path, content, alt, comment, if_there, again=True))
    except KBWikiError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{stored.path}\t{stored.number}")


@files.command("get", help=N_("Write the bytes of a file to another, which must not be there yet; - for the output."))
@click.argument("path")
@click.argument("target", type=click.Path(path_type=Path, allow_dash=True))
@click.pass_obj
def get(wiki: Wiki, path: str, target: Path) -> None:
    try:
        with wiki.read() as connection:
            digest = get_file(connection, wiki.id, path, _everybody(wiki)).digest
        assert digest is not None, "the newest version of a live file is never hidden"
        with wiki.files.store.place(digest).open("rb") as source:
            if str(target) == "-":
                shutil.copyfileobj(source, sys.stdout.buffer)
            else:
                with target.open("xb") as out:
                    shutil.copyfileobj(source, out)
    except (KBWikiError, OSError) as error:
        raise click.ClickException(str(error)) from error


@files.command(
    "check",
    help=N_("Read every byte and compare it with its digest. Exit code 1 when one is missing or damaged."),
)
@click.pass_obj
def check(wiki: Wiki) -> None:
    with wiki.read() as connection:
        looked = look_at_bytes(connection, wiki.id, wiki.files.store)
    click.echo(kb_t("{n} whole", n=looked.whole))
    for name in ("missing", "damaged", "orphans"):
        for digest in getattr(looked, name):
            click.echo(f"{name}\t{digest}")
    if looked.missing or looked.damaged:
        raise SystemExit(1)


@files.command("prune", help=N_("Remove bytes that no version of any file speaks of: uploads that were broken off."))
@spoken.option(
    "--older-than", default=24.0, show_default=True, metavar="HOURS", help=N_("Only what came before so many hours.")
)
@spoken.option("--dry-run", is_flag=True, help=N_("Say what would be removed, and remove nothing."))
@click.pass_obj
def prune_(wiki: Wiki, older_than: float, dry_run: bool) -> None:
    store = wiki.files.store
    with wiki.read() as connection:
        if dry_run:
            known = spoken_of(connection, wiki.id)
            for digest in store.digests():
                if digest not in known and store.age(digest) > older_than * 3600:
                    click.echo(digest.hex())
            return
        removed = prune(connection, wiki.id, store, older_than=older_than * 3600)
    click.echo(kb_t("{n} removed", n=removed))
