"""Several pages at once: choosing them, a look at all that would happen, doing it, and undoing all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from ..errors import Forbidden, Invalid
from ..files.moving_along import files_below
from ..help.queries import bindings_of
from ..pages.paths import normalise_path
from ..pages.queries.history import recent_changes
from ..pages.queries.lists import backlinks, pages_below
from ..several.acts import go_on, start, undo
from ..several.policy import Act, Order, Outcome, checked, target_of, without_those_below
from ..several.queries import Chosen, choosable, get_batch, items_of
from ..spaces.queries import SpaceView, list_spaces
from .consequences import other_readers
from .forms import FieldError
from .visit import Visit
from .words import N_, kb_t, when

AT_ONCE = 25
"""So many pages are done by one request; a button goes on with the rest."""

MOST_LOOKED_INTO = 50
"""Of so many pages a preview says what depends on them, with three questions each; of more, where they go."""

_LISTED = 200
_ACTS = {
    Act.MOVE_TO: N_("Move into a folder"),
    Act.TAG: N_("Add a [tag]"),
    Act.UNTAG: N_("Take a [tag] away"),
    Act.DELETE: N_("Delete"),
}
_OUTCOMES = {
    Outcome.PLANNED: N_("still to do"),
    Outcome.DONE: N_("done"),
    Outcome.REFUSED: N_("not done"),
    Outcome.UNDONE: N_("undone"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A page to choose from."""

    path: str
    title: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SeveralForm:
    """What stands in the form: the act, its value, and why."""

    act: str
    value: str
    comment: str


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What would happen to one page, in sentences."""

    path: str
    title: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoneLine:
    """What became of one page."""

    title: str
    path: str
    url: str | None
    outcome: str
    why: str


def several(visit: Visit) -> Response:
    """The form: pages below a path, with a tag, found by a search or changed last; on POST a preview, then the deed."""
    if visit.actor.is_anonymous:
        raise Forbidden(kb_t("Please sign in to write here."))
    sent = visit.request.form
    form = SeveralForm(sent.get("act", ""), sent.get("value", ""), sent.get("comment", ""))
    if visit.request.method != "POST":
        return _form(visit, form, _offered(visit), ())
    chosen = choosable(visit.connection, visit.wiki.id, visit.actor, paths=sent.getlist("page"))
    try:
        order = checked(Order(_act(form.act), form.value, form.comment))
        if order.act is Act.MOVE_TO:
            kept = without_those_below(one.path for one in chosen)
            chosen = [one for one in chosen if one.path in kept]
        if sent.get("action") != "do" or not chosen:
            return _previewed(visit, form, order, chosen)
        with visit.change() as tx:
            batch_id = start(tx, order, [(one.id, one.path) for one in chosen])
    except Invalid as error:
        return _form(visit, form, _offered(visit), (FieldError(error.field, error.why),), status=422)
    go_on(visit.wiki, visit.actor, batch_id, most=AT_ONCE)
    return visit.go(visit.url("several_done", id=batch_id))


def _act(said: str) -> Act:
    if said not in _ACTS:
        raise Invalid("act", kb_t("Please say what is to happen to them."))
    return Act(said)


def _offered(visit: Visit) -> list[Chosen]:
    """The pages to choose from, of those that this actor may change."""
    asked = visit.request.values
    connection, wiki_id, actor = visit.connection, visit.wiki.id, visit.actor
    if query := asked.get("q", "").strip():
        visit.close()
        found = [one.path for one in visit.wiki.search(actor, query[:500], limit=_LISTED).results]
        return choosable(visit.connection, wiki_id, actor, paths=found, count=_LISTED)
    if "recent" in asked:
        lines = recent_changes(connection, wiki_id, actor, count=_LISTED)
        return choosable(connection, wiki_id, actor, paths={one.path for one in lines}, count=_LISTED)
    path, tag = asked.get("path", "").strip("/"), asked.get("tag") or None
    return choosable(connection, wiki_id, actor, path=path or None, tag=tag, count=_LISTED)


def _form(
    visit: Visit, form: SeveralForm, offered: list[Chosen], errors: tuple[FieldError, ...], *, status: int = 200
) -> Response:
    ticked = set(visit.request.form.getlist("page"))
    return visit.show(
        "kbwiki/several.html",
        title=kb_t("Several [pages] at once"),
        section="tree",
        status=status,
        form=form,
        acts=tuple((act.value, kb_t(words)) for act, words in _ACTS.items()),
        choices=tuple(Choice(one.path, one.title, visit.url.page(one.path), one.path in ticked) for one in offered),
        is_full=len(offered) >= _LISTED,
        preview=None,
        looked_into=None,
        errors=errors,
        can_write=bool(offered),
        cancel_url=visit.url("tree"),
    )


def _previewed(visit: Visit, form: SeveralForm, order: Order, chosen: list[Chosen]) -> Response:
    if not chosen:
        nothing = FieldError("page", kb_t("Please choose at least one [page]."))
        return _form(visit, form, _offered(visit), (nothing,), status=422)
    visit.catch_up_links()
    spaces = list_spaces(visit.connection, visit.wiki.id, visit.actor)
    lines = tuple(
        PreviewLine(one.path, one.title, (*_goes(order, one), *_depends(visit, order, one, spaces, place)))
        for place, one in enumerate(chosen)
    )
    return visit.show(
        "kbwiki/several.html",
        title=_title(order),
        section="tree",
        form=SeveralForm(order.act.value, order.value, form.comment),
        acts=(),
        choices=(),
        is_full=False,
        preview=lines,
        looked_into=MOST_LOOKED_INTO if len(chosen) > MOST_LOOKED_INTO else None,
        errors=(),
        can_write=True,
        cancel_url=visit.url("tree"),
    )


def _goes(order: Order, one: Chosen) -> tuple[str, ...]:
    """Where the page goes, if it moves."""
    if order.act is not Act.MOVE_TO:
        return ()
    return (kb_t("goes to {path}", path=target_of(order, one.path)),)


def _depends(visit: Visit, order: Order, one: Chosen, spaces: Sequence[SpaceView], place: int) -> list[str]:
    """What happens to what depends on the page, as far as the actor may know; of the first pages only."""
    if order.act in (Act.TAG, Act.UNTAG) or place >= MOST_LOOKED_INTO:
        return []
    connection, wiki_id, actor = visit.connection, visit.wiki.id, visit.actor
    links = len(backlinks(connection, wiki_id, one.path, actor))
    below = len(pages_below(connection, wiki_id, one.path, actor))
    files = len(files_below(connection, wiki_id, one.path, actor))
    if order.act is Act.MOVE_TO:
        said = []
        if below:
            said.append(kb_t("{n} [page] below moves along", "{n} [pages] below move along", n=below))
        if files:
            said.append(kb_t("{n} file moves along", "{n} files move along", n=files))
        if links:
            said.append(kb_t("the link in {n} [page] follows", "the links in {n} [pages] follow", n=links))
        if others := other_readers(spaces, one.path, target_of(order, one.path)):
            said.append(others)
        return said
    said = []
    if links:
        said.append(kb_t("{n} [page] links here", "{n} [pages] link here", n=links))
    if below + files:
        said.append(kb_t("{n} thing below stays", "{n} things below stay", n=below + files))
    if helps := len(bindings_of(connection, one.id)[1]):
        said.append(kb_t("it helps on {n} screen", "it helps on {n} screens", n=helps))
    return said


def _title(order: Order) -> str:
    match order.act:
        case Act.TAG:
            return kb_t("Add the [tag] {tag} to several [pages]", tag=order.value)
        case Act.UNTAG:
            return kb_t("Take the [tag] {tag} from several [pages]", tag=order.value)
        case Act.DELETE:
            return kb_t("Delete several [pages]")
        case Act.MOVE:
            return kb_t("Move to {path}", path=order.value)
    return kb_t("Move several [pages] to {path}", path=order.value or "/")


def done(visit: Visit, id: str) -> Response:
    """What became of each page, a button to go on while some are left, and one that undoes all of it."""
    batch = get_batch(visit.connection, visit.wiki.id, id, visit.actor)
    items = items_of(visit.connection, id, visit.actor)
    count = {outcome: sum(1 for one in items if one.outcome is outcome) for outcome in Outcome}
    return visit.show(
        "kbwiki/several_done.html",
        title=_title(batch.order),
        section="tree",
        begun_when=when(batch.at, visit.now),
        planned=count[Outcome.PLANNED],
        done=count[Outcome.DONE],
        refused=count[Outcome.REFUSED],
        undone=count[Outcome.UNDONE],
        at_once=AT_ONCE,
        rows=tuple(
            DoneLine(
                one.title or one.path,
                one.now or one.path,
                visit.url.page(one.now) if one.now and not one.deleted else None,
                kb_t(_OUTCOMES[one.outcome]),
                one.why,
            )
            for one in items
        ),
        go_on_url=visit.url("go_on_several", id=id),
        undo_url=visit.url("undo_several", id=id),
        tree_url=visit.url("tree"),
    )


def go_on_several(visit: Visit, id: str) -> Response:
    """Do the next part."""
    visit.close()
    go_on(visit.wiki, visit.actor, id, most=AT_ONCE)
    return visit.go(visit.url("several_done", id=id))


def undo_several(visit: Visit, id: str) -> Response:
    """Undo the next part of it, and call off what has not been done; a single page that is back is shown."""
    visit.close()
    undo(visit.wiki, visit.actor, id, most=AT_ONCE)
    items = items_of(visit.connection, id, visit.actor)
    if len(items) == 1 and items[0].outcome is Outcome.UNDONE and not items[0].deleted:
        return visit.go(f"{visit.url.page(normalise_path(items[0].now or items[0].path))}?done=undone")
    return visit.go(visit.url("several_done", id=id))
