"""`kbwiki --database URL …`: the same commands without a host app."""

from __future__ import annotations

from pathlib import Path

import click

from ..settings import Settings
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import commands, root, spoken


@click.group(
    "kbwiki",
    cls=root.Commands,
    help=N_("Work on [a wiki]'s database. Inside a Flask app, `flask kbwiki` is the same with the app's own settings."),
)
@spoken.option("--database", envvar="KBWIKI_DATABASE_URI", help=N_("A SQLAlchemy address, e.g. sqlite:///texts.db"))
@spoken.option(
    "--index", type=click.Path(path_type=Path), envvar="KBWIKI_INDEX_FOLDER", help=N_("Folder of the [search] index.")
)
@spoken.option(
    "--files", type=click.Path(path_type=Path), envvar="KBWIKI_FILES_FOLDER", help=N_("Folder of the files.")
)
@spoken.option(
    "--search-engine",
    default="whoosh",
    show_default=True,
    envvar="KBWIKI_SEARCH_ENGINE",
    help=N_("Which engine keeps the [search] index."),
)
@spoken.option("--wiki", "name", default="main", show_default=True, help=N_("Which, if the database has several."))
@click.version_option(package_name="kbwiki")
@click.pass_context
def main(
    ctx: click.Context, database: str | None, index: Path | None, files: Path | None, search_engine: str, name: str
) -> None:
    if ctx.invoked_subcommand == "plugin":  # which needs no wiki
        return
    if not database:
        raise click.UsageError(kb_t("Please say which database: --database URL, or KBWIKI_DATABASE_URI."))
    wiki = Wiki(database, name=name, index=index, files=files, settings=Settings(search_engine=search_engine))
    ctx.call_on_close(wiki.close)
    ctx.obj = wiki
    root.speak_as(ctx, wiki)


for _command in commands.ALL:
    main.add_command(_command)
