"""First steps: two minutes on a page of one's own where nothing can break. Left at any time, and gone on with later."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from ..errors import Forbidden
from ..pages.actions import Edit, save_page
from ..pages.practice import practice_path
from ..pages.queries.practised import Practised, practised
from ..pages.queries.view import find_page
from ..spaces.policy import Right
from ..spaces.queries import find_space, has_right, responsible_groups
from ..wording import N_
from .visit import Visit
from .words import kb_t

SAMPLE = N_("""This [page] is yours to try things on. Nothing here matters to anybody.

## What to try

- Change this line, then save.
- Make something **important**, or *stressed*.
- Write a list of your own below.
""")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number, what it is called, whether it is done, and its address."""

    number: int
    title: str
    is_done: bool
    url: str


def first_steps(visit: Visit) -> Response:
    """The step the visitor is at, or another one (`step`)."""
    path = practice_path(visit.settings, visit.actor)
    done = practised(visit.connection, visit.wiki.id, path) if path else Practised(False, False, False)
    steps = _steps(visit, done)
    asked = visit.request.args.get("step", "")
    here = int(asked) if asked in {str(one.number) for one in steps} else _next(done)
    space = find_space(visit.connection, visit.wiki.id, path or "")
    return visit.show(
        "kbwiki/first_steps.html",
        title=kb_t("First steps"),
        section="first-steps",
        steps=steps,
        here=here,
        next_step=visit.url("first_steps", step=here + 1) if here < len(steps) else None,
        path=path,
        may_practise=path is not None and has_right(visit.connection, space, Right.WRITE, visit.actor),
        done=done,
        page_url=visit.url.page(path) if path else None,
        responsible=responsible_groups(visit.connection, [find_space(visit.connection, visit.wiki.id, "")]),
    )


def _steps(visit: Visit, done: Practised) -> tuple[Step, ...]:
    names = (
        (kb_t("What happens when you save"), done.begun),
        (kb_t("Change something"), done.changed),
        (kb_t("Take it back"), done.undone),
        (kb_t("That is all"), False),
    )
    return tuple(
        Step(number, title, is_done, visit.url("first_steps", step=number))
        for number, (title, is_done) in enumerate(names, 1)
    )


def _next(done: Practised) -> int:
    """The first step that is not done."""
    return 1 + sum((done.begun, done.begun and done.changed, done.begun and done.changed and done.undone))


def practise(visit: Visit) -> Response:
    """Make the visitor's practice page, or let it say again what it said at first: a revision like any other."""
    path = practice_path(visit.settings, visit.actor)
    if path is None:
        raise Forbidden(kb_t("Please sign in: a practice [page] belongs to somebody."))
    view = find_page(visit.connection, visit.wiki.id, path, visit.actor)
    title = kb_t("Practice [page] of {name}", name=visit.actor.name)
    base = view.current if view is not None else None
    with visit.change() as tx:
        save_page(tx, Edit(path, kb_t(SAMPLE), title, (), "", base), max_bytes=visit.settings.max_page_bytes)
    return visit.go(visit.url("first_steps"))
