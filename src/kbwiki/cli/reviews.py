"""`reviews …`: the queue, one review, a decision, its taking back, and many at once."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any

import click

from ..actors import Actor
from ..moderation.batches.plan import BatchPlan, plan_batch, plan_rollback
from ..moderation.batches.runs import Runs
from ..moderation.batches.selection import Selection
from ..moderation.decide import Answer, decide
from ..moderation.desk.feeds import revoke_feeds_of
from ..moderation.policy import Verdict
from ..moderation.queries.review import changes_in, get_review
from ..moderation.queries.wanted import STATES, Order, View, Wanted
from ..moderation.queries.worklist import worklist
from ..moderation.take_back import take_back
from ..wiki import Wiki
from .acting import acting, actor_of, json_object, moment
from .ageing import age, lapsed
from .batches import carry_on, say_plan
from .report import moves

_VIEW = click.Choice([view.value for view in STATES])  # the others are about the one who looks
_ORDER = click.Choice([order.value for order in Order])
_VERDICT = click.Choice([one.value for one in Verdict])


@click.group()
def reviews() -> None:
    """What waits to be looked at, and decisions about it."""


@reviews.command("list")
@click.option("--group", "groups", required=True, multiple=True, help="Whose queue. Repeat it for more groups.")
@click.option("--view", type=_VIEW, default=View.NEEDS_ME.value, show_default=True, help="What they wait for.")
@click.option("--waiting", is_flag=True, help="Short for --view concern: those that wait for their authors.")
@click.option("--order", type=_ORDER, default=Order.DUE.value, show_default=True, help="What comes first.")
@click.option("--space", default="", metavar="PATH", help="In this space and those below it.")
@click.option("--author", default="", help="By this author: the host's id, or the name.")
@click.option("--kind", default="", help="With a change of this kind, such as move.")
@click.option("--risk", type=float, help="With at least this risk.")
@click.option("--days", type=click.IntRange(1), help="Waiting for at least so many days.")
@click.option("--count", default=50, show_default=True, help="How many at most.")
@click.pass_obj
def list_(
    wiki: Wiki, /, groups: tuple[str, ...], view: str, waiting: bool, order: str, count: int, **said: Any
) -> None:
    """List the reviews of groups as a member of all of them sees them: id, range, path, title, authors."""
    member = Actor("kbwiki:command-line", "Command line", frozenset(groups))
    wanted = Wanted(View.CONCERN if waiting else View(view), order=Order(order), **said)
    with wiki.read() as connection:
        lines = worklist(
            connection, wiki.id, member, sorted(set(groups)), wiki.subjects, wanted, wiki.clock(), count=count
        )
    for line in lines:
        click.echo(f"{line.id}\t{line.base}..{line.head}\t{line.path}\t{line.title}\t{', '.join(line.authors)}")


@reviews.command("revoke-feeds")
@click.argument("owner", metavar="ACTOR")
@click.pass_obj
def revoke_feeds(wiki: Wiki, owner: str) -> None:
    """Revoke every feed address of ACTOR (the host's id), for instance because they left."""
    with wiki.database.write() as connection:
        ended = revoke_feeds_of(connection, wiki.id, owner, wiki.clock())
    click.echo(f"{ended} feed addresses revoked")


@reviews.command("show")
@click.argument("review_id", metavar="ID", type=int)
@acting
@click.pass_obj
def show(wiki: Wiki, review_id: int, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    """Show the review ID with its difference, and what a decision about it must name."""
    actor = actor_of(wiki, actor_id, actor_name, groups)
    with wiki.read() as connection:
        view = get_review(connection, wiki.id, review_id, actor, wiki.subjects)
        shown = view.shown
        changes = changes_in(connection, view.subject_kind, view.subject_id, shown.base, shown.head)
        sides = wiki.subjects[view.subject_kind].sides(connection, view.subject_id, shown.base, shown.head)
    click.echo(f"Review {view.id} of “{view.place.title}” ({shown.path}), group {view.group}, {view.state}")
    for change in changes:
        click.echo(f"  {change.number}\t{change.kind}\t{change.author}\t{change.at:%Y-%m-%d %H:%M}\t{change.comment}")
    _say_difference(sides)
    if view.why_not:
        click.echo(view.why_not)
    click.echo(f"To decide: --base {shown.base} --head {shown.head} --digest {shown.digest.hex()}")


def _say_difference(sides: tuple[str, str] | None) -> None:
    if sides is None:
        click.echo("A part of this text is hidden, so it is not shown here.")
        return
    before, after = (side.splitlines() for side in sides)
    for line in unified_diff(before, after, "before", "after", lineterm=""):
        click.echo(line)


@reviews.command("decide")
@click.argument("review_id", metavar="ID", type=int)
@click.argument("verdict", type=_VERDICT)
@click.option("--base", type=int, required=True, help="As “reviews show” said.")
@click.option("--head", type=int, required=True, help="As “reviews show” said.")
@click.option("--digest", required=True, metavar="HEX", help="As “reviews show” said.")
@click.option("--reason", default="", help="Why, by the key of a reason; the author reads it.")
@click.option("--note", default="", help="A note to the author.")
@click.option("--details", type=json_object, default="{}", metavar="JSON", help="What the verdict needs besides.")
@click.option("--key", help="Makes the decision happen once, however often the command is run.")
@acting
@click.pass_obj
def decide_(
    wiki: Wiki,
    /,
    review_id: int,
    verdict: str,
    digest: str,
    actor_id: str,
    actor_name: str | None,
    groups: tuple[str, ...],
    **said: Any,
) -> None:
    """Decide the review ID: exactly what “reviews show” showed, or nothing when it has moved on since."""
    try:
        seen = bytes.fromhex(digest)
    except ValueError as error:
        raise click.BadParameter("64 hexadecimal digits, as “reviews show” said.", param_hint="--digest") from error
    with wiki.begin(actor_of(wiki, actor_id, actor_name, groups)) as tx:
        decided = decide(tx, Answer(review_id, digest=seen, verdict=Verdict(verdict), **said))
    click.echo(f"Decision {decided.decision_id}: {verdict}." + (" (Taken before.)" if decided.repeated else ""))


@reviews.command("take-back")
@click.argument("decision_id", metavar="DECISION", type=int)
@click.option("--note", default="", help="A note for the log.")
@acting
@click.pass_obj
def take_back_(
    wiki: Wiki, decision_id: int, note: str, actor_id: str, actor_name: str | None, groups: tuple[str, ...]
) -> None:
    """Take the decision DECISION back: what it did is undone, and what it answered waits again."""
    with wiki.begin(actor_of(wiki, actor_id, actor_name, groups)) as tx:
        decided = take_back(tx, decision_id, note=note)
    click.echo(f"Decision {decided.decision_id}: {decision_id} was taken back.")


@reviews.command("bulk")
@click.argument("verdict", type=_VERDICT)
@click.option("--review", "review_ids", type=int, multiple=True, metavar="ID", help="A review; repeat for more.")
@click.option("--group", help="Of this group's queue only.")
@click.option("--author", metavar="ID", help="Changes by this author alone: the host's id.")
@click.option("--since", type=moment, help="All changes not before this moment (UTC).")
@click.option("--until", type=moment, help="All changes before this moment (UTC).")
@click.option("--space", metavar="PATH", help="Pages at or below this path.")
@click.option("--words", help="Words that stand in title or path.")
@click.option("--search", "query", help="Pages that a search finds.")
@click.option("--kind", "kinds", multiple=True, help="The only kind of change in the range; repeat for more.")
@click.option("--reason", default="", help="Why, by the key of a reason; the authors read it.")
@click.option("--note", default="", help="A note to the authors.")
@click.option("--details", type=json_object, default="{}", metavar="JSON", help="What the verdict needs besides.")
@click.option("--run", is_flag=True, help="Do it. Without this it is a dry run.")
@acting
@click.pass_obj
def bulk(
    wiki: Wiki,
    /,
    verdict: str,
    query: str | None,
    reason: str,
    note: str,
    details: dict[str, Any],
    run: bool,
    actor_id: str,
    actor_name: str | None,
    groups: tuple[str, ...],
    **said: Any,
) -> None:
    """Give VERDICT to every open review that matches. A dry run, unless --run."""
    actor = actor_of(wiki, actor_id, actor_name, groups)
    found = tuple(one.id for one in wiki.search.find(actor, query, limit=1000).results) if query else None
    selection = Selection(pages=found, **said)
    with click.progressbar(length=1, label="Trying it out") as bar:
        plan = plan_batch(
            wiki, actor, selection, verdict, reason=reason, note=note, details=details, progress=moves(bar)
        )
    _say_or_run(wiki, actor, plan, run)


@reviews.command("rollback")
@click.argument("author")
@click.option("--since", type=moment, required=True, help="No change before this moment (UTC).")
@click.option("--until", type=moment, help="No change from this moment on (UTC).")
@click.option("--space", metavar="PATH", help="Pages at or below this path.")
@click.option("--group", help="In the name of this group only.")
@click.option("--reason", required=True, help="Why, by the key of a reason; the author reads it.")
@click.option("--note", default="", help="A note to the author.")
@click.option("--run", is_flag=True, help="Do it. Without this it is a dry run.")
@acting
@click.pass_obj
def rollback(
    wiki: Wiki,
    /,
    author: str,
    reason: str,
    note: str,
    run: bool,
    actor_id: str,
    actor_name: str | None,
    groups: tuple[str, ...],
    **said: Any,
) -> None:
    """Take out what AUTHOR (the host's id) did last to every page. A dry run, unless --run."""
    actor = actor_of(wiki, actor_id, actor_name, groups)
    with click.progressbar(length=1, label="Trying it out") as bar:
        plan = plan_rollback(wiki, actor, Runs(author, **said), reason=reason, note=note, progress=moves(bar))
    _say_or_run(wiki, actor, plan, run)


def _say_or_run(wiki: Wiki, actor: Actor, plan: BatchPlan, run: bool) -> None:
    say_plan(wiki, actor, plan)
    if run:
        carry_on(wiki, actor, plan.batch_id)
    else:
        click.echo(f"A dry run: nothing was changed. To do it: batches resume {plan.batch_id}")


reviews.add_command(age)
reviews.add_command(lapsed)
