"""`flask kbwiki searches …`: what was searched and not found, and how long that is kept."""

from __future__ import annotations

import click

from ..search.log.unanswered import Outcome, unanswered
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken


@spoken.group("searches", help=N_("What people looked for, without who did."))
def searches() -> None:
    pass


@searches.command(
    "list",
    help=N_(
        "List questions without an answer: how often asked, how often nothing found, when last, where, and the text."
    ),
)
@spoken.option("--outcome", type=click.Choice([one.value for one in Outcome]), help=N_("Only those. Default: both."))
@spoken.option("--count", default=50, show_default=True, help=N_("How many to list, the most frequent ones first."))
@click.pass_obj
def searches_list(wiki: Wiki, outcome: str | None, count: int) -> None:
    wanted = Outcome(outcome) if outcome else None
    with wiki.read() as connection:
        found = unanswered(connection, wiki.id, None, wiki.settings, wiki.clock(), outcome=wanted, count=count)
    for one in found:
        where = ",".join(place.path or "/" for place in one.places)
        click.echo(f"{one.times}\t{one.failed}\t{one.last_at:%Y-%m-%d}\t{where}\t{one.typed}")


@searches.command(
    "prune",
    help=N_(
        "Delete what people looked for longer ago than the setting KBWIKI_SEARCH_LOG_DAYS says. `work` does it, too."
    ),
)
@click.pass_obj
def searches_prune(wiki: Wiki) -> None:
    click.echo(kb_t("{count} deleted.", count=wiki.search_log.prune()))
