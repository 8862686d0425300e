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
from .report import moves


@click.group()
def search() -> None:
    """The search index."""


@search.command("rebuild")
@click.pass_obj
def search_rebuild(wiki: Wiki) -> None:
    """Build the index anew beside the present one, then put it in its place. Search goes on meanwhile."""
    wiki.seal()
    wiki.catch_up_links()
    with _kindly(), click.progressbar(length=1, label="Indexing pages") as bar:
        wiki.search.rebuild(moves(bar))


@search.command("find")
@click.argument("words", nargs=-1, required=True)
@click.option("--in-group", "groups", multiple=True, metavar="GROUP", help="Search as a member; repeat for more.")
@click.pass_obj
def search_find(wiki: Wiki, words: tuple[str, ...], groups: tuple[str, ...]) -> None:
    """Search as somebody does who is not signed in, or as a member of groups."""
    actor = Actor("kbwiki:command-line", "Command line", frozenset(groups)) if groups else ANONYMOUS
    found = wiki.search.find(actor, " ".join(words))
    for one in found.results:
        click.echo(f"{one.path}\t{one.title}")
    click.echo(f"{found.total} found. {found.note or ''}".rstrip(), err=True)


@search.command("move")
@click.argument("engine")
@click.option("--remove-old", is_flag=True, help="When the move is done: remove the indexes of all other engines.")
@click.pass_obj
def search_move(wiki: Wiki, engine: str, remove_old: bool) -> None:
    """Build the index with another ENGINE while the present one goes on answering, and say how to change over.

    It can be stopped and run again at any time: nothing counts before it is whole, and what is whole is only brought
    up to date.
    """
    if remove_old and wiki.settings.search_engine != engine:
        raise click.ClickException(
            f"This wiki still searches with {wiki.settings.search_engine!r}. Move without --remove-old, change the "
            "setting, restart, and then remove what is old."
        )
    wanted = _opened(wiki, engine)
    wiki.seal()
    wiki.catch_up_links()
    with _kindly():
        with click.progressbar(length=1, label="Indexing pages") as bar:
            wiki.search.beside(wanted).catch_up(progress=moves(bar))
        click.echo(
            f"The index of {wanted.page_count():,} pages is ready in {engine!r} ({wanted.size() / 1e6:,.1f} MB), up to "
            f"entry {wanted.position():,} of the journal."
        )
    if remove_old:
        _remove_others(wiki, engine)
    elif wiki.settings.search_engine != engine:
        _say_what_is_next(wiki, engine)


def _opened(wiki: Wiki, engine: str) -> Engine:
    opened = open_engine(engine, wiki.search_place)
    if opened is None:
        raise click.ClickException(f"The engine {engine!r} keeps its index in a folder, and this wiki has none.")
    return opened


def _say_what_is_next(wiki: Wiki, engine: str) -> None:
    """Nothing is removed by itself: processes that run with the old setting would build it anew."""
    prefix = "KBWIKI_" if wiki.name == "main" else f"KBWIKI_{wiki.name.upper()}_"
    click.echo(f"1. Set {prefix}SEARCH_ENGINE = {engine!r}.")
    click.echo("2. Restart every process of the app, those of `flask kbwiki work` too. Until then the present index")
    click.echo("   goes on answering; what is saved meanwhile, the new one takes in by itself.")
    click.echo(f"3. Remove the old index: flask kbwiki search move {engine} --remove-old")


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
        click.echo(f"What {name!r} may have kept is still there: {error}", err=True)
        return
    if size is not None:
        click.echo(f"Removed the index that {name!r} kept ({size / 1e6:,.1f} MB).")


@contextmanager
def _kindly() -> Iterator[None]:
    """Ends with one sentence on what engines refuse."""
    try:
        yield
    except (IndexUnusable, OSError) as error:
        raise click.ClickException(f"The index cannot be built: {error}") from error
