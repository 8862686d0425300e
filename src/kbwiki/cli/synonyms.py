"""`flask kbwiki synonyms …`: words that mean the same, on the command line."""

from __future__ import annotations

import click

from ..actors import SYSTEM
from ..search.synonyms.actions import remove_synonyms, set_synonyms
from ..search.synonyms.queries import as_line, list_synonyms
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken


@spoken.group("synonyms", help=N_("Words that mean the same in [a search]."))
def synonyms_() -> None:
    pass


@synonyms_.command("list", help=N_("List every set with its number."))
@click.pass_obj
def synonyms_list(wiki: Wiki) -> None:
    with wiki.read() as connection:
        for line in list_synonyms(connection, wiki.id):
            click.echo(f"{line.id}\t{as_line(line.words, line.one_way)}")


@synonyms_.command("set", help=N_("Let WORDS mean the same; a phrase stands in quotation marks."))
@click.argument("words", nargs=-1, required=True)
@spoken.option("--one-way", is_flag=True, help=N_("The first finds the others, and they do not find it."))
@spoken.option("--id", "set_id", type=int, help=N_("The set to give these words to. Default: a new one."))
@click.pass_obj
def synonyms_set(wiki: Wiki, words: tuple[str, ...], one_way: bool, set_id: int | None) -> None:
    with wiki.begin(SYSTEM) as tx:
        made = set_synonyms(tx, words, set_id=set_id, one_way=one_way)
    click.echo(kb_t("Set {made} is known from the next [search] on.", made=made))


@synonyms_.command("remove", help=N_("Take the set with this number out of use."))
@click.argument("set_id", metavar="ID", type=int)
@click.pass_obj
def synonyms_remove(wiki: Wiki, set_id: int) -> None:
    with wiki.begin(SYSTEM) as tx:
        remove_synonyms(tx, set_id)
    click.echo(kb_t("Set {set_id} is out of use.", set_id=set_id))
