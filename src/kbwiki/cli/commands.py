"""The commands, over a Wiki; how one gets hold of it is for `flask_commands` and `standalone` to say."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from ..actors import SYSTEM, Actor
from ..drafts.actions import prune
from ..errors import Busy
from ..hooks.work import do_due_work
from ..journal.append import head_of
from ..pages.paths import normalise_path
from ..spaces.policy import Edition, SpaceSettings
from ..spaces.queries import list_spaces
from ..transfer.git import ENDINGS, open_history
from ..transfer.load import Loader
from ..upgrade import current_revision, newest_revision
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken
from .batches import batches
from .checking import check
from .files import files
from .helping import help_
from .leaving import leave
from .numbers import numbers_
from .plugin_commands import x
from .plugin_new import plugin
from .plugins import plugins
from .record import record
from .report import kept_head, moves, say_summary, say_verification
from .reviews import reviews
from .rules import rules
from .searches import searches
from .searching import search
from .synonyms import synonyms_


@spoken.group("db", help=N_("The [wiki]'s tables."))
def db() -> None:
    pass


@db.command(
    "upgrade", help=N_("Create the tables, or bring them up to date. Safe to run at any time, from several processes.")
)
@click.pass_obj
def db_upgrade(wiki: Wiki) -> None:
    wiki.upgrade()
    click.echo(kb_t("The tables are up to date ({newest}).", newest=newest_revision()))
    for left_out in wiki.plugins.tables.behind().values():
        click.echo(left_out.said, err=True)


@db.command(
    "current",
    help=N_("Say which state the tables are in, and which is the newest. Exit code 1 when they differ."),
)
@click.pass_obj
def db_current(wiki: Wiki) -> None:
    with wiki.read() as connection:
        at = current_revision(connection)
    if at is None:
        click.echo(kb_t("at nothing: there are no tables yet; newest {newest}", newest=newest_revision()))
    else:
        click.echo(kb_t("at {at}; newest {newest}", at=at, newest=newest_revision()))
    if at != newest_revision():
        raise SystemExit(1)


@spoken.group("journal", help=N_("The record of every change and [decision]."))
def journal() -> None:
    pass


@journal.command(
    "verify", help=N_("Check that no entry was changed, deleted, reordered or cut off. Exit code 1 when one was.")
)
@spoken.option("--head", "head", metavar="HEAD|FILE", help=N_("A head kept before, or a file that ends with one."))
@click.pass_obj
def journal_verify(wiki: Wiki, head: str | None) -> None:
    kept = kept_head(head) if head else None
    with click.progressbar(length=1, label=kb_t("Reading entries"), file=sys.stderr) as bar:
        outcome = wiki.verify(kept, moves(bar))
    say_verification(outcome)
    if not outcome.intact:
        raise SystemExit(1)


@journal.command(
    "head",
    help=N_("Print the head of the chain; kept outside the database, it later proves that nothing was cut off."),
)
@click.pass_obj
def journal_head(wiki: Wiki) -> None:
    wiki.seal()
    with wiki.read() as connection:
        click.echo(str(head_of(connection, wiki.id)))


@spoken.group("spaces", help=N_("[Spaces]: who reads, who writes, who looks at what was written."))
def spaces() -> None:
    pass


@spaces.command("list", help=N_("List every [space] with the [groups] that hold in it."))
@click.pass_obj
def spaces_list(wiki: Wiki) -> None:
    with wiki.read() as connection:
        for space in list_spaces(connection, wiki.id, _administrator(wiki)):
            click.echo(
                kb_t(
                    "{path}\t{title}\tread: {readers}\twrite: {writers}\tlooked at by: {reviewers}",
                    path=space.path or "/",
                    title=space.title,
                    readers=", ".join(space.readers),
                    writers=", ".join(space.writers),
                    reviewers=", ".join(space.reviewers),
                )
            )


@spaces.command("set", help=N_("Create the [space] at PATH ('/' is the whole [wiki]), or set it anew."))
@click.argument("path")
@spoken.option("--title", help=N_("What people call it."))
@spoken.option(
    "--reader", "readers", multiple=True, help=N_("[A group] that may read; repeat for more. None: as above.")
)
@spoken.option(
    "--writer", "writers", multiple=True, help=N_("[A group] that may write; repeat for more. None: as above.")
)
@spoken.option("--reviewer", "reviewers", multiple=True, help=N_("[A group] that looks at changes. None: as above."))
@spoken.option(
    "--edition",
    type=click.Choice([one.value for one in Edition]),
    help=N_("What readers see first: the newest text, or the last one that was looked at. None: as above."),
)
@click.pass_obj
def spaces_set(
    wiki: Wiki,
    path: str,
    title: str | None,
    readers: tuple[str, ...],
    writers: tuple[str, ...],
    reviewers: tuple[str, ...],
    edition: str | None,
) -> None:
    clean = normalise_path(path) if path.strip("/") else ""
    with wiki.begin(SYSTEM) as tx:
        said = Edition(edition) if edition else None
        wiki.set_space(tx, clean, SpaceSettings(title, readers or None, writers or None, reviewers or None, said))
    click.echo(kb_t("[Space] {path} is set.", path=clean or "/"))


@spoken.group("import", help=N_("Taking over content from elsewhere."))
def import_() -> None:
    pass


@import_.command(
    "git",
    help=N_(
        "Import a git repository or bundle with its whole [history].\n\nEvery commit becomes [revisions] "
        "with its author, time and words; moves and deletions included. It can be stopped and run again "
        "at any time: it goes on where it was. What cannot be read is named at the end, and the rest "
        "goes on."
    ),
)
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@spoken.option("--space", default="", help=N_("The [space] to import into; it is created if it is not there."))
@spoken.option("--branch", help=N_("The branch to read. Default: the repository's own, or its only one."))
@spoken.option(
    "--strip-extension",
    "endings",
    multiple=True,
    default=ENDINGS,
    show_default=True,
    help=N_("A file ending that makes a file [a page] and is left off its path; repeat for more."),
)
@spoken.option("--index/--no-index", default=True, show_default=True, help=N_("Index for [search] afterwards."))
@click.pass_obj
def import_git(wiki: Wiki, source: Path, space: str, branch: str | None, endings: tuple[str, ...], index: bool) -> None:
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
        click.progressbar(length=history.total, label=kb_t("Importing commits")) as bar,
    ):
        summary = loader.load(history, moves(bar))
    say_summary(summary, time.monotonic() - started)
    click.echo(kb_t("Reading links …"), err=True)
    wiki.catch_up_links()
    if index:
        with click.progressbar(length=1, label=kb_t("Indexing [pages]")) as bar:
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
_PLUGINS_FOR = 30.0


@spoken.command(
    "work",
    help=N_(
        "Keep links, [search] and risk up to date with the journal, deliver [messages] to authors, and "
        "let [reviews] age.\n\nOptional for the first three: [a search], and [a queue] in order of risk, "
        "do it too. Any number may run. Once an hour what people looked for too long ago is deleted, "
        "and texts that nobody saved for too long."
    ),
)
@spoken.option("--once", is_flag=True, help=N_("Do what there is to do, then end."))
@spoken.option("--every", default=2.0, show_default=True, help=N_("Seconds between two looks."))
@click.pass_obj
def work(wiki: Wiki, once: bool, every: float) -> None:
    prune_at = 0.0
    while True:
        try:
            _work_through(wiki, None if once else _PLUGINS_FOR)
            if time.monotonic() >= prune_at:
                prune_at = time.monotonic() + _PRUNES_EVERY
                if pruned := wiki.search_log.prune():
                    click.echo(kb_t("[searches]: {pruned} deleted", pruned=pruned))
                if pruned := _prune_drafts(wiki):
                    click.echo(kb_t("texts not saved: {pruned} deleted", pruned=pruned))
        except Busy as busy:
            if once:
                raise
            click.echo(kb_t("{busy} Trying again in {every} seconds.", busy=busy, every=f"{every:g}"), err=True)
        if once:
            return
        time.sleep(every)


def _prune_drafts(wiki: Wiki) -> int:
    with wiki.database.write() as connection:
        return prune(connection, wiki.id, wiki.clock(), wiki.settings.draft_days)


def _work_through(wiki: Wiki, seconds: float | None) -> None:
    """Everything once; plugins for so many `seconds`, then the rest has its turn again.

    Search does not wait for links: it needs no lock that those who save hold.
    """
    wiki.seal()
    read = wiki.catch_up_links(wait=False)
    taken = wiki.search.catch_up(wait=False)
    read += wiki.catch_up_links()
    if read or taken:
        click.echo(kb_t("links: {read} entries, [search]: {taken} entries", read=read, taken=taken))
    wiki.catch_up_suggestions()
    if assessed := wiki.catch_up_risk():
        click.echo(kb_t("risk: {assessed} entries", assessed=assessed))
    if told := wiki.deliver_messages():
        click.echo(kb_t("[messages]: {told}", told=told))
    if handed := wiki.catch_up_consumers(seconds=seconds):
        click.echo(kb_t("plugins: {handed} entries", handed=handed))
    for done in do_due_work(wiki.plugins, wiki.database, wiki.id, wiki.clock):
        click.echo(f"{done.plugin}: {done.name}" + (f" ({done.failure})" if done.failure else ""))
    aged = wiki.age_reviews()
    if aged.escalated or aged.lapsed:
        click.echo(
            kb_t("[reviews]: {escalated} escalated, {lapsed} lapsed", escalated=aged.escalated, lapsed=aged.lapsed)
        )


ALL: tuple[click.Command, ...] = (
    db, journal, search, spaces, rules, reviews, record, batches, numbers_, import_, work, check,
    synonyms_, searches, help_, files, leave, plugins, plugin, x,
)  # fmt: skip
