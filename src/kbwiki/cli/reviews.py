"""`reviews …`: the queue, one review, a decision, its taking back, and many at once."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any

import click

from ..actors import Actor
from ..answering import prepared
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
from ..moderation.transitions import State
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken
from .acting import acting, actor_of, json_object, moment
from .ageing import age, lapsed
from .batches import carry_on, say_plan
from .report import moves

_VIEW = click.Choice([view.value for view in STATES])  # the others are about the one who looks
_ORDER = click.Choice([order.value for order in Order])
_VERDICT = click.Choice([one.value for one in Verdict])

_STATES = {
    State.OPEN: N_("open"),
    State.CONCERN: N_("waits for its author"),
    State.VERIFY: N_("answered by its author"),
    State.DECIDED: N_("decided"),
    State.HANDED_OVER: N_("handed over"),
    State.LAPSED: N_("lapsed"),
    State.SUPERSEDED: N_("went on as another one"),
}


@spoken.group("reviews", help=N_("What waits to be looked at, and [decisions] about it."))
def reviews() -> None:
    pass


@reviews.command(
    "list",
    help=N_("List the [reviews] of [groups] as a member of all of them sees them: id, range, path, title, authors."),
)
@spoken.option(
    "--group", "groups", required=True, multiple=True, help=N_("Whose [queue]. Repeat it for more [groups].")
)
@spoken.option("--view", type=_VIEW, default=View.NEEDS_ME.value, show_default=True, help=N_("What they wait for."))
@spoken.option("--waiting", is_flag=True, help=N_("Short for --view concern: those that wait for their authors."))
@spoken.option("--order", type=_ORDER, default=Order.DUE.value, show_default=True, help=N_("What comes first."))
@spoken.option("--space", default="", metavar="PATH", help=N_("In this [space] and those below it."))
@spoken.option("--author", default="", help=N_("By this author: the host's id, or the name."))
@spoken.option("--kind", default="", help=N_("With a change of this kind, such as move."))
@spoken.option("--risk", type=float, help=N_("With at least this risk."))
@spoken.option("--days", type=click.IntRange(1), help=N_("Waiting for at least so many days."))
@spoken.option("--count", default=50, show_default=True, help=N_("How many at most."))
@click.pass_obj
def list_(
    wiki: Wiki, /, groups: tuple[str, ...], view: str, waiting: bool, order: str, count: int, **said: Any
) -> None:
    member = Actor("kbwiki:command-line", "Command line", frozenset(groups))
    wanted = Wanted(View.CONCERN if waiting else View(view), order=Order(order), **said)
    with wiki.read() as connection:
        lines = worklist(
            connection, wiki.id, member, sorted(set(groups)), wiki.subjects, wanted, wiki.clock(), count=count
        )
    for line in lines:
        click.echo(f"{line.id}\t{line.base}..{line.head}\t{line.path}\t{line.title}\t{', '.join(line.authors)}")


@reviews.command(
    "revoke-feeds", help=N_("Revoke every feed address of ACTOR (the host's id), for instance because they left.")
)
@click.argument("owner", metavar="ACTOR")
@click.pass_obj
def revoke_feeds(wiki: Wiki, owner: str) -> None:
    with wiki.database.write() as connection:
        ended = revoke_feeds_of(connection, wiki.id, owner, wiki.clock())
    click.echo(kb_t("{ended} feed addresses revoked", ended=ended))


@reviews.command("show", help=N_("Show the [review] ID with its difference, and what [a decision] about it must name."))
@click.argument("review_id", metavar="ID", type=int)
@acting
@click.pass_obj
def show(wiki: Wiki, review_id: int, actor_id: str, actor_name: str | None, groups: tuple[str, ...]) -> None:
    actor = actor_of(wiki, actor_id, actor_name, groups)
    with wiki.read() as connection:
        view = get_review(connection, wiki.id, review_id, actor, wiki.subjects)
        shown = view.shown
        changes = changes_in(connection, view.subject_kind, view.subject_id, shown.base, shown.head)
        sides = wiki.subjects[view.subject_kind].sides(connection, view.subject_id, shown.base, shown.head)
    click.echo(
        kb_t(
            "[Review] {id} of “{title}” ({path}), [group] {group}, {state}",
            id=view.id,
            title=view.place.title,
            path=shown.path,
            group=view.group,
            state=kb_t(_STATES[State(view.state)]),
        )
    )
    for change in changes:
        click.echo(f"  {change.number}\t{change.kind}\t{change.author}\t{change.at:%Y-%m-%d %H:%M}\t{change.comment}")
    _say_difference(sides)
    if view.why_not:
        click.echo(view.why_not)
    click.echo(
        kb_t(
            "To decide: --base {base} --head {head} --digest {hex}",
            base=shown.base,
            head=shown.head,
            hex=shown.digest.hex(),
        )
    )


def _say_difference(sides: tuple[str, str] | None) -> None:
    if sides is None:
        click.echo(kb_t("A part of this text is hidden, so it is not shown here."))
        return
    before, after = (side.splitlines() for side in sides)
    for line in unified_diff(before, after, kb_t("before"), kb_t("after"), lineterm=""):
        click.echo(line)


@reviews.command(
    "decide",
    help=N_("Decide the [review] ID: exactly what “reviews show” showed, or nothing when it has moved on since."),
)
@click.argument("review_id", metavar="ID", type=int)
@click.argument("verdict", type=_VERDICT)
@spoken.option("--base", type=int, required=True, help=N_("As “reviews show” said."))
@spoken.option("--head", type=int, required=True, help=N_("As “reviews show” said."))
@spoken.option("--digest", required=True, metavar="HEX", help=N_("As “reviews show” said."))
@spoken.option("--reason", default="", help=N_("Why, by the key of a reason; the author reads it."))
@spoken.option("--note", default="", help=N_("A note to the author."))
@spoken.option("--details", type=json_object, default="{}", metavar="JSON", help=N_("What the verdict needs besides."))
@spoken.option("--key", help=N_("Makes the [decision] happen once, however often the command is run."))
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
    try:
        seen = bytes.fromhex(digest)
    except ValueError as error:
        raise click.BadParameter(
            kb_t("64 hexadecimal digits, as “reviews show” said."), param_hint="--digest"
        ) from error
    answer = prepared(wiki, Answer(review_id, digest=seen, verdict=Verdict(verdict), **said))
    with wiki.begin(actor_of(wiki, actor_id, actor_name, groups)) as tx:
        decided = decide(tx, answer)
    outcome = N_("[Decision] {number}: {verdict}.")
    if decided.repeated:
        outcome = N_("[Decision] {number}: {verdict}. (Taken before.)")
    click.echo(kb_t(outcome, number=decided.decision_id, verdict=verdict))


@reviews.command(
    "take-back", help=N_("Take the [decision] ID back: what it did is undone, and what it answered waits again.")
)
@click.argument("decision_id", metavar="ID", type=int)
@spoken.option("--note", default="", help=N_("A note for the log."))
@acting
@click.pass_obj
def take_back_(
    wiki: Wiki, decision_id: int, note: str, actor_id: str, actor_name: str | None, groups: tuple[str, ...]
) -> None:
    with wiki.begin(actor_of(wiki, actor_id, actor_name, groups)) as tx:
        decided = take_back(tx, decision_id, note=note)
    click.echo(
        kb_t("[Decision] {number}: {decision} was taken back.", number=decided.decision_id, decision=decision_id)
    )


@reviews.command("bulk", help=N_("Give VERDICT to every open [review] that matches. A dry run, unless --run."))
@click.argument("verdict", type=_VERDICT)
@spoken.option("--review", "review_ids", type=int, multiple=True, metavar="ID", help=N_("[A review]; repeat for more."))
@spoken.option("--group", help=N_("Of this [group]'s [queue] only."))
@spoken.option("--author", metavar="ID", help=N_("Changes by this author alone: the host's id."))
@spoken.option("--since", type=moment, help=N_("All changes not before this moment (UTC)."))
@spoken.option("--until", type=moment, help=N_("All changes before this moment (UTC)."))
@spoken.option("--space", metavar="PATH", help=N_("[Pages] at or below this path."))
@spoken.option("--words", help=N_("Words that stand in title or path."))
@spoken.option("--search", "query", help=N_("[Pages] that [a search] finds."))
@spoken.option("--kind", "kinds", multiple=True, help=N_("The only kind of change in the range; repeat for more."))
@spoken.option("--reason", default="", help=N_("Why, by the key of a reason; the authors read it."))
@spoken.option("--note", default="", help=N_("A note to the authors."))
@spoken.option("--details", type=json_object, default="{}", metavar="JSON", help=N_("What the verdict needs besides."))
@spoken.option("--run", is_flag=True, help=N_("Do it. Without this it is a dry run."))
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
    actor = actor_of(wiki, actor_id, actor_name, groups)
    found = tuple(one.id for one in wiki.search.find(actor, query, limit=1000).results) if query else None
    selection = Selection(pages=found, **said)
    with click.progressbar(length=1, label=kb_t("Trying it out")) as bar:
        plan = plan_batch(
            wiki, actor, selection, verdict, reason=reason, note=note, details=details, progress=moves(bar)
        )
    _say_or_run(wiki, actor, plan, run)


@reviews.command(
    "rollback", help=N_("Take out what AUTHOR (the host's id) did last to every [page]. A dry run, unless --run.")
)
@click.argument("author")
@spoken.option("--since", type=moment, required=True, help=N_("No change before this moment (UTC)."))
@spoken.option("--until", type=moment, help=N_("No change from this moment on (UTC)."))
@spoken.option("--space", metavar="PATH", help=N_("[Pages] at or below this path."))
@spoken.option("--group", help=N_("In the name of this [group] only."))
@spoken.option("--reason", required=True, help=N_("Why, by the key of a reason; the author reads it."))
@spoken.option("--note", default="", help=N_("A note to the author."))
@spoken.option("--run", is_flag=True, help=N_("Do it. Without this it is a dry run."))
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
    actor = actor_of(wiki, actor_id, actor_name, groups)
    with click.progressbar(length=1, label=kb_t("Trying it out")) as bar:
        plan = plan_rollback(wiki, actor, Runs(author, **said), reason=reason, note=note, progress=moves(bar))
    _say_or_run(wiki, actor, plan, run)


def _say_or_run(wiki: Wiki, actor: Actor, plan: BatchPlan, run: bool) -> None:
    say_plan(wiki, actor, plan)
    if run:
        carry_on(wiki, actor, plan.batch_id)
    else:
        click.echo(kb_t("A dry run: nothing was changed. To do it: batches resume {batch_id}", batch_id=plan.batch_id))


reviews.add_command(age)
reviews.add_command(lapsed)
