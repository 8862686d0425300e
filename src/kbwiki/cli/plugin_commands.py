"""`flask kbwiki x PLUGIN …`: the commands of plugins. They run in this process; what fails is said in one sentence."""

from __future__ import annotations

import logging

import click

from ..errors import KBWikiError
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken

log = logging.getLogger("kbwiki.plugins")


@spoken.command(
    "x",
    help=N_("Run a command of a plugin: PLUGIN COMMAND and what it takes. With nothing, list what there is."),
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def x(ctx: click.Context, words: tuple[str, ...]) -> None:
    wiki: Wiki = ctx.obj
    groups = groups_of(wiki)
    if not words:
        for name, group in groups.items():
            click.echo(f"{name}\t{', '.join(sorted(group.commands))}")
        return
    if words[0] not in groups:
        known = ", ".join(groups) or "–"
        raise click.ClickException(
            kb_t("No plugin {name} has commands. There is: {known}.", name=words[0], known=known)
        )
    try:
        with groups[words[0]].make_context(words[0], list(words[1:]), parent=ctx, obj=wiki) as made:
            groups[words[0]].invoke(made)
    except (click.exceptions.Exit, click.Abort, click.ClickException, KBWikiError):
        raise
    except Exception as error:  # whatever a command raises, which is told as a failure of its plugin
        log.exception("A command of the plugin %s failed.", words[0])
        said = f"{type(error).__name__}: {error}"
        raise click.ClickException(
            kb_t("The plugin {plugin} failed: it {problem}.", plugin=words[0], problem=said)
        ) from error


def groups_of(wiki: Wiki) -> dict[str, click.Group]:
    """The commands that plugins have, by plugin."""
    groups: dict[str, click.Group] = {}
    for one in wiki.plugins.declared("commands"):
        if isinstance(one.value, click.Command) and one.value.name:
            groups.setdefault(one.plugin, click.Group(one.plugin)).add_command(one.value)
        else:
            log.error("The plugin %s gave %r as a command, which is no click.Command.", one.plugin, one.value)
    return groups
