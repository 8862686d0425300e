"""Where a page helps: the screens of the host it is shown on, in the page's own settings."""

from __future__ import annotations

from dataclasses import dataclass, fields

from flask import Response
from markupsafe import Markup

from ..errors import Conflict, Forbidden, Invalid
from ..help.actions import take_back_help
from ..help.policy import Binding, read_args
from ..help.queries import HelpState, bindings_of, states
from ..help.screens import choices_of, is_broken
from ..help_subject import bind_help
from ..pages.queries.view import PageView, get_page
from ..spaces.queries import responsible_groups
from .forms import FieldError, whole_number
from .help_places import screens
from .notes import Note, UndoOffer
from .visit import Visit
from .words import kb_t, listed, when

MOST_CHOICES = 300
_SHOWN_STATES = 20


@dataclass(frozen=True, slots=True)
class BindingLine:
    """A screen the page is shown on; `is_broken` where the host has no such screen any more."""

    endpoint: str
    args: str
    error: str
    roles: str
    priority: int
    is_broken: bool


@dataclass(frozen=True, slots=True)
class BindingForm:
    """What stands in the form; `find` narrows the screens to choose from."""

    endpoint: str = ""
    args: str = ""
    error: str = ""
    roles: str = ""
    priority: str = ""
    comment: str = ""
    find: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class PastState:
    """Where the page was shown before."""

    words: str
    comment: str
    actor: str
    when: Markup


def settings(visit: Visit, path: str) -> Response:
    """The screens a page helps on, with the form to add one; sent, it adds or removes."""
    page = get_page(visit.connection, visit.wiki.id, path, visit.actor)
    if not page.can_write:
        raise Forbidden(kb_t("You can read this [page]; choosing where it helps is for those who may change it."))
    if visit.request.method == "POST":
        return _submitted(visit, page)
    said = visit.request.args
    return _page(visit, page, BindingForm(endpoint=said.get("endpoint", "")[:200], error=said.get("error", "")[:60]))


def undo(visit: Visit, number: int, path: str) -> Response:
    """Take back what was just chosen, if nobody chose anything else since."""
    with visit.change() as tx:
        take_back_help(tx, path, number)
    return visit.go(visit.url("help_settings", path=path, done="undone"))


def _submitted(visit: Visit, page: PageView) -> Response:
    sent = visit.request.form
    form = BindingForm(**{one.name: sent.get(one.name, "") for one in fields(BindingForm)})
    if sent.get("do") == "find":
        return _page(visit, page, form)
    _, now = bindings_of(visit.connection, page.id)
    try:
        wanted = _without(now, sent.get("at", "")) if sent.get("do") == "remove" else (*now, _binding(form))
        with visit.change() as tx:
            number = bind_help(tx, page.path, wanted, number=whole_number(form.number), comment=form.comment)
    except (Invalid, Conflict) as error:
        field = error.field if isinstance(error, Invalid) else ""
        return _page(visit, page, form, (FieldError(field, error.why),), status=error.status)
    return visit.go(visit.url("help_settings", path=page.path, done=number))


def _binding(form: BindingForm) -> Binding:
    """The binding that the form describes. Errors: Invalid."""
    priority = form.priority.strip() or "0"
    if not priority.removeprefix("-").isdecimal() or len(priority) > 6:
        raise Invalid("priority", kb_t("The priority is a number, such as 10."))
    roles = tuple(role for role in form.roles.split(",") if role.strip())
    return Binding(form.endpoint, read_args(form.args), form.error.strip(), roles, int(priority))


def _without(bindings: tuple[Binding, ...], at: str) -> tuple[Binding, ...]:
    """All but the one at this place in the list; the number of the state sees to it that it is the one meant."""
    gone = whole_number(at)
    return tuple(one for place, one in enumerate(bindings) if place != gone)


def _page(
    visit: Visit, page: PageView, form: BindingForm, errors: tuple[FieldError, ...] = (), *, status: int = 200
) -> Response:
    known = screens(visit)
    number, now = bindings_of(visit.connection, page.id)
    choices = choices_of(known, form.find)
    past = states(visit.connection, page.id, max(1, number - _SHOWN_STATES), number) if number else []
    return visit.show(
        "kbwiki/help_settings.html",
        title=kb_t("Where “{title}” helps", title=page.title),
        section="edit",
        status=status,
        page_title=page.title,
        page_path=page.path,
        page_url=visit.url.page(page.path),
        number=number,
        bindings=tuple(_line(one, is_broken(one, known)) for one in now),
        form=form,
        choices=tuple(choices[:MOST_CHOICES]),
        not_shown=max(0, len(choices) - MOST_CHOICES),
        chosen_elsewhere=bool(form.endpoint) and form.endpoint not in {name for name, _ in choices[:MOST_CHOICES]},
        history=tuple(_past(visit, one) for one in reversed(past)),
        responsible=responsible_groups(visit.connection, [page.space_id]),
        can_write=True,
        errors=errors,
        flash=_done(visit, page, number),
    )


def _line(one: Binding, broken: bool) -> BindingLine:
    args = ", ".join(f"{name}={value}" for name, value in one.args)
    return BindingLine(one.endpoint, args, one.error, ", ".join(one.roles), one.priority, broken)


def _past(visit: Visit, state: HelpState) -> PastState:
    words = "; ".join(map(str, state.bindings)) or kb_t("on no screen")
    return PastState(words, state.comment, state.actor, when(state.at, visit.now))


def _done(visit: Visit, page: PageView, number: int) -> tuple[Note, ...]:
    """What was just done, with a way back; a made-up address only names what is there."""
    done = visit.request.args.get("done", "")
    if done == "undone":
        return (Note("success", kb_t("It is as it was before.")),)
    if not number or whole_number(done) != number:
        return ()
    groups = listed(responsible_groups(visit.connection, [page.space_id]))
    text = kb_t("It holds at once; {groups} will look at it afterwards.", groups=groups)
    return (Note("success", text, UndoOffer(visit.url("undo_help", number=number, path=page.path), kb_t("Undo"))),)
