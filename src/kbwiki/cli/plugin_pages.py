"""Pages that plugins bring, saved like any other, and pages that they take elsewhere: those everybody may read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import click

from ..actors import ANONYMOUS, Actor
from ..errors import KBWikiError
from ..hooks.manager import Given
from ..hooks.marks import Asked
from ..hooks.outside import Exported, Imported
from ..pages.actions import Edit, save_page
from ..pages.paths import normalise_path
from ..pages.queries.everything import every_page
from ..pages.queries.view import find_page
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken
from .acting import acting, actor_of

AT_ONCE = 20
ALL_DAY = 24 * 3600.0


@spoken.command(
    "import",
    help=N_(
        "Let a plugin bring [pages] from SOURCE. Each is saved like any other, in the name of who imports, and looked "
        "at afterwards; one that cannot be saved is named, and the others go on."
    ),
)
@click.argument("name")
@click.argument("source")
@acting
@click.pass_obj
def import_pages(
    wiki: Wiki, name: str, source: str, actor_id: str, actor_name: str | None, groups: tuple[str, ...]
) -> None:
    found, actor = _declared(wiki, "importers", name), actor_of(wiki, actor_id, actor_name, groups)
    iterator = _begun(wiki, found, source)
    saved = failed = 0
    while pages := _some(wiki, found, iterator):
        for one in pages:
            try:
                _save(wiki, actor, one)
                saved += 1
            except KBWikiError as error:
                failed += 1
                click.echo(f"{one.path}: {error}", err=True)
    click.echo(kb_t("{n} [page] is saved.", "{n} [pages] are saved.", n=saved))
    if failed:
        raise SystemExit(1)


@spoken.command("export", help=N_("Let a plugin take every [page] that everybody may read to TARGET."))
@click.argument("name")
@click.argument("target")
@click.pass_obj
def export_pages(wiki: Wiki, name: str, target: str) -> None:
    found = _declared(wiki, "exporters", name)
    given = 0

    def pages() -> Iterator[Exported]:
        nonlocal given
        for one in every_page(wiki.read, wiki.id, ANONYMOUS):
            given += 1
            yield Exported(one.path, one.title, one.text, one.tags)

    called = wiki.plugins.call(
        found.plugin, "exporters", found.value.write, target, pages(),
        gives=None, asked=Asked.WORKING, seconds=ALL_DAY,
    )  # fmt: skip
    _require(called.problem, found.plugin)
    click.echo(kb_t("{n} [page] was given to {plugin}.", "{n} [pages] were given to {plugin}.", n=given,
                    plugin=found.plugin))  # fmt: skip


def _declared(wiki: Wiki, hook: str, name: str) -> Given[Any]:
    declared = wiki.plugins.declared(hook)
    for one in declared:
        if name in (one.value.name, f"{one.plugin}:{one.value.name}"):
            return one
    known = ", ".join(one.value.name for one in declared) or "–"
    raise click.ClickException(kb_t("No plugin has {name}. There is: {known}.", name=name, known=known))


def _begun(wiki: Wiki, found: Given[Any], source: str) -> Iterator[Imported]:
    called = wiki.plugins.call(
        found.plugin, "importers", lambda: iter(found.value.pages(source)), gives=None, asked=Asked.WORKING
    )
    _require(called.problem, found.plugin)
    return iter(()) if called.value is None else called.value


def _some(wiki: Wiki, found: Given[Any], iterator: Iterator[Imported]) -> tuple[Imported, ...]:
    called = wiki.plugins.call(
        found.plugin,
        "importers",
        lambda: tuple(islice(iterator, AT_ONCE)),
        gives=tuple[Imported, ...],
        asked=Asked.WORKING,
    )
    _require(called.problem, found.plugin)
    return called.value or ()


def _save(wiki: Wiki, actor: Actor, one: Imported) -> None:
    with wiki.begin(actor) as tx:
        view = find_page(tx.connection, wiki.id, normalise_path(one.path), actor)
        base = view.number if view is not None else None
        edit = Edit(one.path, one.text, one.title or None, one.tags or None, one.comment, base)
        save_page(tx, edit, max_bytes=wiki.settings.max_page_bytes)


def _require(problem: str, plugin: str) -> None:
    if problem:
        raise click.ClickException(kb_t("The plugin {plugin} failed: it {problem}.", plugin=plugin, problem=problem))
