"""The commands, over a Wiki; how one gets hold of it is for `flask_commands` and `standalone` to say."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from ..actors import SYSTEM, Actor
from ..errors import Busy, KBWikiError
from ..journal.append import head_of
from ..pages.paths import normalise_path
from ..spaces.policy import SpaceSettings
from ..spaces.queries import list_spaces
from ..transfer.git import ENDINGS, TransferError, open_history
from ..transfer.load import Loader
from ..upgrade import current_revision, newest_revision
from ..wiki import Wiki
from .batches import batches
from .checking import check
from .numbers import numbers_
from .record import record
from .report import kept_head, moves, say_summary, say_verification
from .reviews import reviews
from .rules import rules
from .searches import searches
from .searching import search
from .synonyms import synonyms_


class Commands(click.Group):
    """A group whose commands end kindly on what kbwiki refuses: one sentence, exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run, and turn kbwiki's errors into click's."""
        try:
            return super().invoke(ctx)
        except (KBWikiError, TransferError) as error:
            raise click.ClickException(str(error)) from error


@click.group()
def db() -> None:
    """The wiki's tables."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(wiki: Wiki) -> None:
    """Create the tables, or bring them up to date. Safe to run at any time, from several processes."""
    wiki.upgrade()
    click.echo(f"The tables are up to date (revision {newest_revision()}).")


@db.command("current")
@click.pass_obj
def db_current(wiki: Wiki) -> None:
    """Say which revision the tables are at, and which is the newest. Exit code 1 when they differ."""
    with wiki.read() as connection:
        at = current_revision(connection)
    click.echo(f"at {at or 'nothing: there are no tables yet'}; newest {newest_revision()}")
    if at != newest_revision():
        raise SystemExit(1)


@click.group()
def journal() -> None:
    """The record of every change and decision."""


@journal.command("verify")
@click.option("--head", "head", metavar="HEAD|FILE", help="A head kept before, or a file that ends with one.")
@click.pass_obj
def journal_verify(wiki: Wiki, head: str | None) -> None:
    """Check that no entry was edited, deleted, reordered or cut off. Exit code 1 when one was."""
    kept = kept_head(head) if head else None
    with click.progressbar(length=1, label="Reading entries", file=sys.stderr) as bar:
        outcome = wiki.verify(kept, moves(bar))
    say_verification(outcome)
    if not outcome.intact:
        raise SystemExit(1)


@journal.command("head")
@click.pass_obj
def journal_head(wiki: Wiki) -> None:
    """Print the head of the chain; kept outside the database, it later proves that nothing was cut off."""
    wiki.seal()
    with wiki.read() as connection:
        click.echo(str(head_of(connection, wiki.id)))


@click.group()
def spaces() -> None:
    """Spaces: who reads, who writes, who looks at what was written."""


@spaces.command("list")
@click.pass_obj
def spaces_list(wiki: Wiki) -> None:
    """List every space with the groups that hold in it."""
    with wiki.read() as connection:
        for space in list_spaces(connection, wiki.id, _administrator(wiki)):
            click.echo(
                f"{space.path or '/'}\t{space.title}\tread: {', '.join(space.readers)}\t"
                f"write: {', '.join(space.writers)}\tlooked at by: {', '.join(space.reviewers)}"
            )


@spaces.command("set")
@click.argument("path")
@click.option("--title", help="What people call it.")
@click.option("--reader", "readers", multiple=True, help="A group that may read; repeat for more. None: as above.")
@click.option("--writer", "writers", multiple=True, help="A group that may write; repeat for more. None: as above.")
@click.option("--reviewer", "reviewers", multiple=True, help="A group that looks at changes. None: as above.")
@click.pass_obj
def spaces_set(
    wiki: Wiki,
    path: str,
    title: str | None,
    readers: tuple[str, ...],
    writers: tuple[str, ...],
    reviewers: tuple[str, ...],
) -> None:
    """Create the space at PATH ('/' is the whole wiki), or set it anew."""
    clean = normalise_path(path) if path.strip("/") else ""
    with wiki.begin(SYSTEM) as tx:
        wiki.set_space(tx, clean, SpaceSettings(title, readers or None, writers or None, reviewers or None))
    click.echo(f"Space {clean or '/'} is set.")


@click.group("import")
def import_() -> None:
    """Taking over content from elsewhere."""


@import_.command("git")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--space", default="", help="The space to import into; it is created if it is not there.")
@click.option("--branch", help="The branch to read. Default: the repository's own, or its only one.")
@click.option(
    "--strip-extension",
    "endings",
    multiple=True,
    default=ENDINGS,
    show_default=True,
    help="A file ending that makes a file a page and is left off its path; repeat for more.",
)
@click.option("--index/--no-index", default=True, show_default=True, help="Index for search afterwards.")
@click.pass_obj
def import_git(wiki: Wiki, source: Path, space: str, branch: str | None, endings: tuple[str, ...], index: bool) -> None:
    """Import a git repository or bundle with its whole history.

    Every commit becomes revisions with its author, time and message; moves and deletions included. It can be
    stopped and run again at any time: it goes on where it was. What cannot be read is named at the end, and the
    rest goes on.
    """
    path = normalise_path(space) if space.strip("/") else ""
    if path:
        _ensure_space(wiki, path)
    loader = Loader(
        lambda: wiki.begin(SYSTEM),
        wiki.name,
        path,
        seal_now=wiki.database.has_single_writer,
        endings=tuple(ending if ending.startswith(".") else f".{ending}" for ending in endings),
    )
    started = time.monotonic()
    with (
        open_history(source, branch=branch) as history,
        click.progressbar(length=history.total, label="Importing commits") as bar,
    ):
        summary = loader.load(history, moves(bar))
    say_summary(summary, time.monotonic() - started)
    click.echo("Reading links …", err=True)
    wiki.catch_up_links()
    if index:
        with click.progressbar(length=1, label="Indexing pages") as bar:
            wiki.search.catch_up(progress=moves(bar))


def _ensure_space(wiki: Wiki, path: str) -> None:
    with wiki.read() as connection:
        if any(space.path == path for space in list_spaces(connection, wiki.id, _administrator(wiki))):
            return
    with wiki.begin(SYSTEM) as tx:
        wiki.set_space(tx, path, SpaceSettings())


def _administrator(wiki: Wiki) -> Actor:
    return Actor(SYSTEM.id, SYSTEM.name, frozenset({wiki.settings.admin_group}), SYSTEM.kind)


_PRUNES_EVERY = 3600.0


@click.command()
@click.option("--once", is_flag=True, help="Do what there is to do, then end.")
@click.option("--every", default=2.0, show_default=True, help="Seconds between two looks.")
@click.pass_obj
def work(wiki: Wiki, once: bool, every: float) -> None:
    """Keep links, search and risk up to date with the journal, deliver messages to authors, and let reviews age.

    Optional for the first three: searching, and a queue in order of risk, do it too. Any number may run. Once an hour
    what was searched too long ago is deleted.
    """
    prune_at = 0.0
    while True:
        try:
            _work_through(wiki)
            if time.monotonic() >= prune_at:
                prune_at = time.monotonic() + _PRUNES_EVERY
                if pruned := wiki.search_log.prune():
                    click.echo(f"searches: {pruned} deleted")
        except Busy as busy:
            if once:
                raise
            click.echo(f"{busy} Trying again in {every:g} seconds.", err=True)
        if once:
            return
        time.sleep(every)


def _work_through(wiki: Wiki) -> None:
    """Everything once. Search does not wait for links: it needs no lock that those who save hold."""
    wiki.seal()
    read = wiki.catch_up_links(wait=False)
    taken = wiki.search.catch_up(wait=False)
    read += wiki.catch_up_links()
    if read or taken:
        click.echo(f"links: {read} entries, search: {taken} entries")
    wiki.catch_up_suggestions()
    if assessed := wiki.catch_up_risk():
        click.echo(f"risk: {assessed} entries")
    if told := wiki.deliver_messages():
        click.echo(f"messages: {told}")
    aged = wiki.age_reviews()
    if aged.escalated or aged.lapsed:
        click.echo(f"reviews: {aged.escalated} escalated, {aged.lapsed} lapsed")


ALL: tuple[click.Command, ...] = (
    db, journal, search, spaces, rules, reviews, record, batches, numbers_, import_, work, check,
    synonyms_, searches,
)  # fmt: skip
