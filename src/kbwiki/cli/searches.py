"""`flask kbwiki searches …`: what was searched and not found, and how long that is kept."""

from __future__ import annotations

import click

from ..search.log.unanswered import Outcome, unanswered
from ..wiki import Wiki


@click.group()
def searches() -> None:
    """What people searched for, without who searched."""


@searches.command("list")
@click.option("--outcome", type=click.Choice([one.value for one in Outcome]), help="Only those. Default: both.")
@click.option("--count", default=50, show_default=True, help="How many to list, the most frequent ones first.")
@click.pass_obj
def searches_list(wiki: Wiki, outcome: str | None, count: int) -> None:
    """List questions without an answer: how often asked, how often nothing found, when last, where, and the text."""
    wanted = Outcome(outcome) if outcome else None
    with wiki.read() as connection:
        found = unanswered(connection, wiki.id, None, wiki.settings, wiki.clock(), outcome=wanted, count=count)
    for one in found:
        where = ",".join(place.path or "/" for place in one.places)
        click.echo(f"{one.times}\t{one.failed}\t{one.last_at:%Y-%m-%d}\t{where}\t{one.typed}")


@searches.command("prune")
@click.pass_obj
def searches_prune(wiki: Wiki) -> None:
    """Delete what was searched longer ago than the setting KBWIKI_SEARCH_LOG_DAYS says. `work` does it, too."""
    click.echo(f"{wiki.search_log.prune()} deleted.")
