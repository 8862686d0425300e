"""`flask kbwiki …`: the commands over the wiki of a host app."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from ..wiki import Wiki
from ..wording import N_, Wording, kb_t
from ..wording.amounts import listed
from . import commands, root, spoken
from .checking import LOOK

AS_IT_IS = ("db", "check", "leave", "plugin")
"""Commands before which nothing is made."""


def group() -> click.Group:
    """A new group for one app's command line."""

    @click.group("kbwiki", cls=root.Commands, help=N_("The [wiki] in this app."))
    @spoken.option("--wiki", "name", default="main", show_default=True, help=N_("Which, if the app has several."))
    @spoken.option("--tenant", help=N_("Whose, if each tenant has [a wiki] of its own."))
    @click.pass_context
    @with_appcontext
    def kbwiki(ctx: click.Context, name: str, tenant: str | None) -> None:
        ctx.obj = _wiki_of_app(name, tenant, as_it_is=ctx.invoked_subcommand in AS_IT_IS)
        root.speak_as(ctx, ctx.obj)

    kbwiki.usual = _usual
    for command in commands.ALL:
        kbwiki.add_command(command)
    return kbwiki


def _usual() -> Wording:
    """How the app's first wiki speaks, by its settings; help asks no database."""
    mounts = current_app.extensions.get("kbwiki", {}) if current_app else {}
    mount = next(iter(mounts.values()), None)
    return mount.wiki.voice.wording() if mount is not None else Wording()


def _wiki_of_app(name: str, tenant: str | None, *, as_it_is: bool) -> Wiki:
    mounts = current_app.extensions.get("kbwiki", {})
    if name not in mounts:
        if not mounts:
            raise click.ClickException(kb_t("There is no [wiki] in this app."))
        known = listed(tuple(mounts))
        raise click.ClickException(
            kb_t("There is no [wiki] named {name!r} in this app (there is: {known}).", name=name, known=known)
        )
    mount = mounts[name]
    click.get_current_context().meta[LOOK] = mount.look_at_host
    if not as_it_is:
        mount.make_ready()
    wiki: Wiki = mount.wiki
    if tenant is not None:
        if mount.tenants is None:
            raise click.ClickException(kb_t("The [wiki] {name!r} has no tenants.", name=name))
        if click.get_current_context().invoked_subcommand != "db":  # whose tables are those of all
            wiki = mount.tenants.of(tenant, make=False)
    elif mount.tenants is not None and not as_it_is:
        raise click.ClickException(kb_t("Each tenant has [a wiki] of its own here: name one with --tenant."))
    return wiki
