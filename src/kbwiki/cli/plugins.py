"""`flask kbwiki plugins …`: what there is of plugins, switching them, and their tables."""

from __future__ import annotations

import click

from ..actors import SYSTEM
from ..hooks.loading import Loaded
from ..hooks.removing import remove_plugin, what_is_left
from ..hooks.work import last_done
from ..plugin_subject import switch_plugin
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken
from .plugin_pages import export_pages, import_pages


@spoken.group("plugins", help=N_("What extends the [wiki]."), invoke_without_command=True)
@click.pass_context
def plugins(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_plugins)


@plugins.command(
    "list",
    help=N_(
        "List the plugins: version, hooks, what is switched off and why, when scheduled work was last done, and those "
        "that are left out, with what to do.\n\nCalls and times are counted by each process for itself: the screen "
        "“Plugins” shows those of the process that answers."
    ),
)
@click.pass_obj
def list_plugins(wiki: Wiki) -> None:
    found = wiki.plugins
    found.switches.look(now=True)
    if not found.loaded and not found.refused:
        click.echo(kb_t('There are no plugins. Install one and name it: app.config["KBWIKI_PLUGINS"] = ("NAME",)'))
        return
    for one in found.loaded:
        _say(wiki, one)
    for refusal in found.refused:
        click.echo(f"! {refusal.name}\t{refusal.said}")


def _say(wiki: Wiki, one: Loaded) -> None:
    off = {row.hook: row for row in wiki.plugins.switches.off() if row.plugin == one.name}
    state = kb_t("off") if "" in off else kb_t("on")
    click.echo(f"{one.name}\t{type(one.plugin).version}\t{state}\t{type(one.plugin).summary}")
    click.echo(f"\t{kb_t('hooks')}: {', '.join(one.hooks) or '–'}")
    for hook, row in sorted(off.items()):
        what = hook or kb_t("all of it")
        who = row.by or kb_t("kbwiki, since it failed too often")
        click.echo("\t" + kb_t("switched off: {what}, by {who}. {why}", what=what, who=who, why=row.why))
    with wiki.read() as connection:
        done = [row for row in last_done(connection, wiki.id) if row.plugin == one.name]
    for work in done:
        ended = work.failure or (kb_t("done") if work.ended_at else kb_t("not ended yet, or broken off"))
        at = f"{work.begun_at:%Y-%m-%d %H:%M:%S}"
        click.echo("\t" + kb_t("work {name}: begun {at} (UTC), {ended}", name=work.name, at=at, ended=ended))


@plugins.command("on", help=N_("Switch a plugin on again, or HOOK of it."))
@click.argument("name")
@click.argument("hook", default="")
@click.pass_obj
def on(wiki: Wiki, name: str, hook: str) -> None:
    with wiki.begin(SYSTEM) as tx:
        switch_plugin(tx, name, hook, on=True)
    click.echo(kb_t("{what} is on, in every process within seconds.", what=f"{name} {hook}".strip()))


@plugins.command("off", help=N_("Switch a plugin off, or HOOK of it, until somebody switches it on."))
@click.argument("name")
@click.argument("hook", default="")
@spoken.option("--why", default="", help=N_("Why; shown on the screen “Plugins” and kept in the journal."))
@click.pass_obj
def off(wiki: Wiki, name: str, hook: str, why: str) -> None:
    found = wiki.plugins.find(name)
    if found is None or (hook and hook not in found.hooks):
        known = ", ".join(one.name for one in wiki.plugins.loaded) or "–"
        raise click.ClickException(kb_t("There is no {what} to switch off. There is: {known}.",
                                        what=f"{name} {hook}".strip(), known=known))  # fmt: skip
    with wiki.begin(SYSTEM) as tx:
        switch_plugin(tx, name, hook, on=False, comment=why)
    click.echo(kb_t("{what} is off, in every process within seconds.", what=f"{name} {hook}".strip()))


@plugins.command(
    "upgrade",
    help=N_(
        "Create the tables of plugins (of NAME alone), or bring them up to date. Exit code 1 when one cannot be."
    ),
)
@click.argument("name", default="")
@click.pass_obj
def upgrade(wiki: Wiki, name: str) -> None:
    tables = wiki.plugins.tables
    if name and name not in {kind.name for kind in tables.kinds}:
        raise click.ClickException(kb_t("There is no plugin {name} with tables here.", name=name))
    done = tables.upgrade(name)
    for plugin, why in done.items():
        click.echo(kb_t("{plugin}: up to date", plugin=plugin) if why is None else why.said, err=why is not None)
    if not done:
        click.echo(kb_t("Every table was up to date."))
    if any(why is not None for why in done.values()):
        raise SystemExit(1)


@plugins.command(
    "remove",
    help=N_(
        "Remove what a plugin left in the database: what was switched, when its work was done, and its tables if you "
        "say so.\n\nWhat it did stays in the journal, readable in plain form. Installed or not is all the same."
    ),
)
@click.argument("name")
@spoken.option(
    "--drop-tables", is_flag=True, help=N_("Its tables, too, with what is in them for every [wiki] here.")
)
@spoken.option("--dry-run", is_flag=True, help=N_("Say what would be removed, and remove nothing."))
@click.pass_obj
def remove(wiki: Wiki, name: str, drop_tables: bool, dry_run: bool) -> None:
    others = [one.name for one in wiki.plugins.loaded if one.name != name]
    left = what_is_left(wiki.database, wiki.id, name, others)
    if dry_run:
        click.echo(kb_t("Nothing was done. This would be:"))
    click.echo(kb_t("{n} row about {plugin}", "{n} rows about {plugin}", n=left.rows, plugin=name))
    for table, rows in left.tables if drop_tables else ():
        click.echo(kb_t("table {table}, {rows} rows", table=table, rows=f"{rows:,}"))
    if dry_run:
        return
    remove_plugin(wiki.database, wiki.id, name, others, with_tables=drop_tables)
    wiki.plugins.tables.look_again()
    if left.tables and not drop_tables:
        tables = ", ".join(table for table, _ in left.tables)
        click.echo(kb_t("Its tables stay: {tables}.", tables=tables))
    click.echo(kb_t("Take {plugin} out of KBWIKI_PLUGINS, if it is there, and uninstall its package.", plugin=name))


plugins.add_command(import_pages)
plugins.add_command(export_pages)
