"""`flask kbwiki help …`: where help is missing in the host."""

from __future__ import annotations

import json

import click
from flask import current_app, has_app_context

from ..help.coverage import Coverage, coverage
from ..help.screens import screens_of_app
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken


@spoken.group("help", help=N_("Help on the screens of the app."))
def help_() -> None:
    pass


@help_.command(
    "coverage",
    help=N_(
        "List screens without help, [pages] bound to screens that are gone, and what was asked for.\n\n"
        "Exit code 1 when [a page] is bound to what is no screen any more."
    ),
)
@spoken.option("--json", "as_json", is_flag=True, help=N_("As JSON, for programs."))
@spoken.option("--all", "of_all", is_flag=True, help=N_("Fail when a screen has no help, too."))
@click.pass_obj
def help_coverage(wiki: Wiki, as_json: bool, of_all: bool) -> None:
    if not has_app_context():
        raise click.ClickException(kb_t("The screens are an app's; please call this as: flask kbwiki help coverage"))
    screens = screens_of_app(current_app, wiki.settings)
    with wiki.read() as connection:
        told = coverage(connection, wiki.id, screens, None)
    if as_json:
        click.echo(json.dumps(told.as_json(), indent=2, ensure_ascii=False))
    else:
        _say(told)
    if told.broken or (of_all and told.without):
        raise SystemExit(1)


def _say(told: Coverage) -> None:
    click.echo(kb_t("{covered} of {n} screens have help.", covered=told.covered, n=told.screens))
    for screen in told.without:
        click.echo(f"without\t{screen.endpoint}\t{', '.join(screen.rules)}")
    for broken in told.broken:
        click.echo(f"broken\t{broken.path}\t{broken.binding}")
    for one in told.wanted:
        click.echo(f"wanted\t{one.times}\t{one}")
