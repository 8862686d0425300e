"""What a moderator does beside a review: locking a part of the wiki, restricting an author there, ending either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from flask import Response

from ..errors import Forbidden, Invalid
from ..moderation.acts import lock_pages, restrict_author
from ..moderation.policy import Verdict
from ..moderation.queries.restraints import RestraintLine, author_name, restraints_at
from ..moderation.take_back import take_back
from ..spaces.policy import Right
from ..spaces.queries import find_space, has_right, responsible_groups
from .choosing import reason_choices
from .forms import FieldError, day_begins
from .visit import Visit
from .words import N_, day_and_time, kb_t

TIMES = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
_VERDICTS = {"lock": Verdict.LOCK, "restrict": Verdict.RESTRICT}
_TIMES_SAID = (("hour", N_("One hour")), ("day", N_("One day")), ("week", N_("One week")), ("date", N_("Until a day")))


@dataclass(frozen=True, slots=True)
class StandingLine:
    """A lock or restriction that holds, and where to end it."""

    text: str
    until: datetime
    reason: str
    note: str
    lift_url: str | None


def lock(visit: Visit) -> Response:
    """Lock the page at `?path=`, or all below it, for a time; and what is locked there now."""
    path, group = _where(visit)
    sent = visit.request.form

    def act() -> None:
        until = _until(visit)
        with visit.change() as tx:
            lock_pages(
                tx,
                path,
                below="below" in sent,
                until=until,
                group=group,
                reason=sent.get("reason", ""),
                note=sent.get("note", ""),
                key=sent.get("key") or None,
            )

    return _form(visit, act, "lock", path, kb_t("Lock {path} for a time", path=path or "/"), author=None)


def restrict(visit: Visit) -> Response:
    """Restrict `?author=` at `?path=` and below it for a time."""
    path, group = _where(visit)
    author = visit.request.args.get("author", "")
    name = author_name(visit.connection, visit.wiki.id, author)
    sent = visit.request.form

    def act() -> None:
        until = _until(visit)
        with visit.change() as tx:
            restrict_author(
                tx,
                author,
                path,
                until=until,
                group=group,
                reason=sent.get("reason", ""),
                note=sent.get("note", ""),
                key=sent.get("key") or None,
            )

    return _form(visit, act, "restrict", path, kb_t("Restrict {name} for a time", name=name), author=author)


def lift(visit: Visit, id: int) -> Response:
    """End a lock or restriction before its time, by taking its decision back."""
    with visit.change() as tx:
        take_back(tx, id)
    return visit.go(visit.url("lock", path=visit.request.form.get("path", "")))


def _where(visit: Visit) -> tuple[str, str]:
    """The path, and the group of the visitor that looks after it. Errors: Forbidden when there is none."""
    path = visit.request.values.get("path", "").strip("/")
    space = find_space(visit.connection, visit.wiki.id, path)
    own = [one for one in responsible_groups(visit.connection, [space]) if one in visit.actor.groups]
    if not own or not has_right(visit.connection, space, Right.REVIEW, visit.actor):
        raise Forbidden(kb_t("Locking is for the [groups] that look after this part of the [wiki]."))
    return path, own[0]


def _until(visit: Visit) -> datetime:
    """The moment chosen in the form; of a day its end. Errors: Invalid."""
    chosen = visit.request.form.get("until", "")
    if chosen in TIMES:
        return visit.now + TIMES[chosen]
    last_day = visit.request.form.get("date", "")
    ends = day_begins(last_day, visit.zone, days=1)
    if ends is None:
        asked = N_("Please write the day like 2026-05-03.") if last_day else N_("Please choose for how long.")
        raise Invalid("until", kb_t(asked))
    return ends


def _form(visit: Visit, act: Callable[[], None], name: str, path: str, title: str, *, author: str | None) -> Response:
    errors: tuple[FieldError, ...] = ()
    if visit.request.method == "POST":
        try:
            act()
        except Invalid as error:
            errors = (FieldError(error.field, error.why),)
        else:
            return visit.go(visit.url("lock", path=path))
    sent = visit.request.form
    return visit.show(
        "kbwiki/restrain.html",
        title=title,
        section="reviews",
        status=422 if errors else 200,
        name=name,
        path=path,
        action=visit.url(name, path=path, author=author),
        times=tuple((key, kb_t(label)) for key, label in _TIMES_SAID),
        reasons=reason_choices(visit, find_space(visit.connection, visit.wiki.id, path), _VERDICTS[name]),
        form={key: sent.get(key, "") for key in ("until", "date", "reason", "note", "below")},
        errors=errors,
        key=uuid4().hex,
        standing=_standing(visit, path),
        cancel_url=visit.url.page(path) if path else visit.url("home"),
    )


def _standing(visit: Visit, path: str) -> tuple[StandingLine, ...]:
    return tuple(_line(visit, one) for one in restraints_at(visit.connection, visit.wiki.id, path, visit.now))


def _line(visit: Visit, one: RestraintLine) -> StandingLine:
    until = day_and_time(one.until)
    where = one.path or "/"
    if one.author is not None:
        said = kb_t("{author} cannot write at {path} until {until}", author=one.author, path=where, until=until)
    elif one.below:
        said = kb_t("{path} and everything below it is locked until {until}", path=where, until=until)
    else:
        said = kb_t("{path} is locked until {until}", path=where, until=until)
    may = one.group in visit.actor.groups
    return StandingLine(
        f"{said} · {one.group}",
        one.until,
        kb_t(one.reason),
        one.note,
        visit.url("lift", id=one.decision_id) if may else None,
    )
