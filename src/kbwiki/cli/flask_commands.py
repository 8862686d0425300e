"""`flask kbwiki …`: the commands over the wiki of a host app."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from ..wiki import Wiki
from . import commands


def group() -> click.Group:
    """A new group for one app's command line."""

    @click.group("kbwiki", cls=commands.Commands, help="The wiki in this app.")
    @click.option("--wiki", "name", default="main", show_default=True, help="Which, if the app has several.")
    @click.option("--tenant", help="Whose, if each tenant has a wiki of its own.")
    @click.pass_context
    @with_appcontext
    def kbwiki(ctx: click.Context, name: str, tenant: str | None) -> None:
        ctx.obj = _wiki_of_app(name, tenant, as_it_is=ctx.invoked_subcommand in ("db", "check"))

    for command in commands.ALL:
        kbwiki.add_command(command)
    return kbwiki


def _wiki_of_app(name: str, tenant: str | None, *, as_it_is: bool) -> Wiki:
    mounts = current_app.extensions.get("kbwiki", {})
    if name not in mounts:
        known = ", ".join(mounts) or "none"
        raise click.ClickException(f"There is no wiki named {name!r} in this app (there is: {known}).")
    mount = mounts[name]
    if not as_it_is:
        mount.make_ready()
    wiki: Wiki = mount.wiki
    if tenant is not None:
        if mount.tenants is None:
            raise click.ClickException(f"The wiki {name!r} has no tenants.")
        wiki = mount.tenants.of(tenant)
    elif mount.tenants is not None and not as_it_is:
        raise click.ClickException("Each tenant has a wiki of its own here: name one with --tenant.")
    return wiki
