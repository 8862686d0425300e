"""`flask kbwiki synonyms …`: words that mean the same, on the command line."""

from __future__ import annotations

import click

from ..actors import SYSTEM
from ..search.synonyms.actions import remove_synonyms, set_synonyms
from ..search.synonyms.queries import as_line, list_synonyms
from ..wiki import Wiki


@click.group("synonyms")
def synonyms_() -> None:
    """Words that mean the same when somebody searches."""


@synonyms_.command("list")
@click.pass_obj
def synonyms_list(wiki: Wiki) -> None:
    """List every set with its number."""
    with wiki.read() as connection:
        for line in list_synonyms(connection, wiki.id):
            click.echo(f"{line.id}\t{as_line(line.words, line.one_way)}")


@synonyms_.command("set")
@click.argument("words", nargs=-1, required=True)
@click.option("--one-way", is_flag=True, help="The first finds the others, and they do not find it.")
@click.option("--id", "set_id", type=int, help="The set to give these words to. Default: a new one.")
@click.pass_obj
def synonyms_set(wiki: Wiki, words: tuple[str, ...], one_way: bool, set_id: int | None) -> None:
    """Let WORDS mean the same; a phrase stands in quotation marks."""
    with wiki.begin(SYSTEM) as tx:
        made = set_synonyms(tx, words, set_id=set_id, one_way=one_way)
    click.echo(f"Set {made} is known from the next search on.")


@synonyms_.command("remove")
@click.argument("set_id", metavar="ID", type=int)
@click.pass_obj
def synonyms_remove(wiki: Wiki, set_id: int) -> None:
    """Take the set with this number out of use."""
    with wiki.begin(SYSTEM) as tx:
        remove_synonyms(tx, set_id)
    click.echo(f"Set {set_id} is out of use.")
