"""The search index from the command line: built anew, asked, moved to another engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..actors import ANONYMOUS, Actor
from ..errors import Invalid
from ..search.engines import names, open_engine
from ..search.engines.protocol import Engine, IndexUnusable
from ..wiki import Wiki
from ..wording import N_, kb_t
from ..wording.amounts import grouped
from . import spoken
from .report import moves


@spoken.group("search", help=N_("The [search] index."))
def search() -> None:
    pass


@search.command(
    "rebuild",
    help=N_("Build the index anew beside the present one, then put it in its place. [Search] goes on meanwhile."),
)
@click.pass_obj
def search_rebuild(wiki: Wiki) -> None:
    wiki.seal()
    wiki.catch_up_links()
    wiki.read_links_again()
    with _kindly(), click.progressbar(length=1, label=kb_t("Indexing [pages]")) as bar:
        wiki.search.rebuild(moves(bar))


@search.command("find", help=N_("Look for [pages] as somebody does who is not signed in, or as a member of [groups]."))
@click.argument("words", nargs=-1, required=True)
@spoken.option("--in-group", "groups", multiple=True, metavar="GROUP", help=N_("Look as a member; repeat for more."))
@click.pass_obj
def search_find(wiki: Wiki, words: tuple[str, ...], groups: tuple[str, ...]) -> None:
    actor = Actor("kbwiki:command-line", "Command line", frozenset(groups)) if groups else ANONYMOUS
    found = wiki.search.find(actor, " ".join(words))
    for one in found.results:
        click.echo(f"{one.path}\t{one.title}")
    click.echo(" ".join([kb_t("{total} found.", total=found.total), *found.notes]), err=True)


@search.command(
    "move",
    help=N_(
        "Build the index with another ENGINE while the present one goes on answering, and say "
        "how to change over.\n\nIt can be stopped and run again at any time: nothing counts before "
        "it is whole, and what is whole is only brought up to date."
    ),
)
@click.argument("engine")
@spoken.option("--remove-old", is_flag=True, help=N_("When the move is done: remove the indexes of all other engines."))
@click.pass_obj
def search_move(wiki: Wiki, engine: str, remove_old: bool) -> None:
    if remove_old and wiki.settings.search_engine != engine:
        raise click.ClickException(
            kb_t(
                "This [wiki] still uses {search_engine!r}. Move without --remove-old, change the setting, "
                "restart, and then remove what is old.",
                search_engine=wiki.settings.search_engine,
            )
        )
    wanted = _opened(wiki, engine)
    wiki.seal()
    wiki.catch_up_links()
    with _kindly():
        with click.progressbar(length=1, label=kb_t("Indexing [pages]")) as bar:
            wiki.search.beside(wanted).catch_up(progress=moves(bar))
        click.echo(
            kb_t(
                "The index of {pages} [pages] is ready in {engine!r} ({megabytes} MB), up to entry {entry} "
                "of the journal.",
                pages=grouped(wanted.page_count()),
                engine=engine,
                megabytes=grouped(wanted.size() / 1e6, 1),
                entry=grouped(wanted.position()),
            )
        )
    if remove_old:
        _remove_others(wiki, engine)
    elif wiki.settings.search_engine != engine:
        _say_what_is_next(wiki, engine)


def _opened(wiki: Wiki, engine: str) -> Engine:
    opened = open_engine(engine, wiki.search_place)
    if opened is None:
        raise click.ClickException(
            kb_t("The engine {engine!r} keeps its index in a folder, and this [wiki] has none.", engine=engine)
        )
    return opened


def _say_what_is_next(wiki: Wiki, engine: str) -> None:
    """Nothing is removed by itself: processes that run with the old setting would build it anew."""
    prefix = "KBWIKI_" if wiki.name == "main" else f"KBWIKI_{wiki.name.upper()}_"
    click.echo(kb_t("1. Set {prefix}SEARCH_ENGINE = {engine!r}.", prefix=prefix, engine=engine))
    click.echo(
        kb_t(
            "2. Restart every process of the app, those of `flask kbwiki work` too. Until then the present index\n"
            "   goes on answering; what is saved meanwhile, the new one takes in by itself."
        )
    )
    click.echo(kb_t("3. Remove the old index: flask kbwiki search move {engine} --remove-old", engine=engine))


def _remove_others(wiki: Wiki, engine: str) -> None:
    for name in names():
        if name == engine:
            continue
        try:
            other = open_engine(name, wiki.search_place)
        except Invalid:
            continue  # it cannot have kept anything here
        if other is not None:
            _remove(name, other)


def _remove(name: str, engine: Engine) -> None:
    """Broken indexes go as well; only those that were of use are spoken of."""
    try:
        size = engine.size() if engine.is_usable() else None
        engine.remove()
    except (IndexUnusable, OSError) as error:
        click.echo(kb_t("What {name!r} may have kept is still there: {error}", name=name, error=error), err=True)
        return
    if size is not None:
        click.echo(
            kb_t("Removed the index that {name!r} kept ({megabytes} MB).", name=name, megabytes=grouped(size / 1e6, 1))
        )


@contextmanager
def _kindly() -> Iterator[None]:
    """Ends with one sentence on what engines refuse."""
    try:
        yield
    except (IndexUnusable, OSError) as error:
        raise click.ClickException(kb_t("The index cannot be built: {error}", error=error)) from error
