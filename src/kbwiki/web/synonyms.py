"""Words that mean the same: the list, and the form to add and change them. For those who look after something."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flask import Response
from markupsafe import Markup

from ..errors import Conflict, Forbidden, Invalid, NotFound
from ..search.moderators import is_moderator
from ..search.synonyms.actions import remove_synonyms, set_synonyms, take_back_synonyms
from ..search.synonyms.queries import SynonymLine, SynonymState, as_line, get_synonyms, list_synonyms, states
from .forms import FieldError, whole_number
from .notes import Note, UndoOffer
from .visit import Visit
from .words import kb_t, when

_SHOWN_STATES = 50
_BETWEEN = re.compile(r"[\n\r]+|\s=\s")


@dataclass(frozen=True, slots=True)
class SynonymRow:
    """A set in the list; the first of its words leads, the others follow."""

    words: tuple[str, ...]
    one_way: bool
    edit_url: str
    updated_when: Markup


@dataclass(frozen=True, slots=True)
class StateRow:
    """What a set was, and who made it so."""

    words: str
    removed: bool
    comment: str
    actor: str
    when: Markup


@dataclass(frozen=True, slots=True)
class SynonymForm:
    """What stands in the form: words one on each line; `id` and `number` are empty for a new set."""

    id: str = ""
    number: str = ""
    words: str = ""
    one_way: bool = False
    comment: str = ""


def synonyms(visit: Visit) -> Response:
    """Every set, with the form for one of them (`?set=`) or a new one; sent, it saves or removes."""
    _require_moderator(visit)
    if visit.request.method == "POST":
        return _submitted(visit)
    set_id = whole_number(visit.request.args.get("set", ""))
    line = get_synonyms(visit.connection, visit.wiki.id, set_id) if set_id is not None else None
    return _page(visit, _form_of(line) if line is not None else SynonymForm(), line)


def undo_synonyms(visit: Visit, id: int, number: int) -> Response:
    """Take back what was just done to a set, if nobody did anything to it since."""
    with visit.change() as tx:
        take_back_synonyms(tx, id, number)
    return visit.go(visit.url("synonyms", done=id))


def _submitted(visit: Visit) -> Response:
    sent = visit.request.form
    form = SynonymForm(
        sent.get("set", ""), sent.get("number", ""), sent.get("words", ""), "one_way" in sent, sent.get("comment", "")
    )
    set_id, number = whole_number(form.id), whole_number(form.number)
    try:
        with visit.change() as tx:
            if sent.get("do") == "remove" and set_id is not None:
                remove_synonyms(tx, set_id, number=number, comment=form.comment)
                done = set_id
            else:
                words = _BETWEEN.split(form.words)
                done = set_synonyms(tx, words, set_id=set_id, number=number, one_way=form.one_way, comment=form.comment)
    except (Invalid, Conflict) as error:
        field = error.field if isinstance(error, Invalid) else ""
        line = get_synonyms(visit.connection, visit.wiki.id, set_id) if set_id is not None else None
        if line is not None and isinstance(error, Conflict):  # shown what it says now, they may insist
            form = replace(form, number=str(line.number))
        return _page(visit, form, line, (FieldError(field, error.why),), status=error.status)
    return visit.go(visit.url("synonyms", done=done))


def _page(
    visit: Visit,
    form: SynonymForm,
    line: SynonymLine | None,
    errors: tuple[FieldError, ...] = (),
    *,
    status: int = 200,
) -> Response:
    lines = list_synonyms(visit.connection, visit.wiki.id)
    before = states(visit.connection, line.id, max(1, line.number - _SHOWN_STATES), line.number) if line else []
    return visit.show(
        "kbwiki/synonyms.html",
        title=kb_t("Words that mean the same"),
        section="reviews",
        status=status,
        sets=tuple(_row(visit, one) for one in lines),
        form=form,
        is_new=line is None,
        now_words=as_line(line.words, line.one_way) if line and errors else "",
        history=tuple(_state(visit, one) for one in reversed(before)),
        errors=errors,
        flash=_done(visit),
    )


def _done(visit: Visit) -> tuple[Note, ...]:
    """What was just done, with a way back; a made-up address only names a set that is there."""
    done = whole_number(visit.request.args.get("done", ""))
    if done is None:
        return ()
    try:
        line = get_synonyms(visit.connection, visit.wiki.id, done)
    except NotFound:
        return ()
    said = as_line(line.words, line.one_way)
    words = kb_t("No longer the same: {words}", words=said) if line.removed else kb_t("Known now: {words}", words=said)
    note = kb_t("It holds from the next [search] on. Those who look after this [wiki] will look at it.")
    undo = UndoOffer(visit.url("undo_synonyms", id=line.id, number=line.number), kb_t("Undo"))
    return (Note("success", f"{words}. {note}", undo),)


def _row(visit: Visit, line: SynonymLine) -> SynonymRow:
    return SynonymRow(line.words, line.one_way, visit.url("synonyms", set=line.id), when(line.updated_at, visit.now))


def _state(visit: Visit, one: SynonymState) -> StateRow:
    return StateRow(as_line(one.words, one.one_way), one.removed, one.comment, one.actor, when(one.at, visit.now))


def _form_of(line: SynonymLine) -> SynonymForm:
    return SynonymForm(str(line.id), str(line.number), "\n".join(line.words), line.one_way)


def _require_moderator(visit: Visit) -> None:
    if not is_moderator(visit.connection, visit.wiki.id, visit.settings, visit.actor):
        raise Forbidden(
            kb_t("These words are set by the [groups] that look after this [wiki]; you are in none of them.")
        )
