"""Spaces: who reads, who writes, who looks at what was written."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from ..errors import Forbidden, Invalid
from ..pages.paths import normalise_path
from ..spaces.policy import Edition, SpaceSettings
from ..spaces.queries import SpaceView, list_spaces
from .forms import FieldError
from .visit import Visit
from .words import N_, kb_t


@dataclass(frozen=True, slots=True)
class SpaceLine:
    """A space in the list; groups after inheritance, and which of the three are inherited."""

    path: str
    title: str
    url: str
    edit_url: str
    reasons_url: str | None
    readers: tuple[str, ...]
    writers: tuple[str, ...]
    groups: tuple[str, ...]
    readers_inherited: bool
    writers_inherited: bool
    groups_inherited: bool
    shows_reviewed: bool


def spaces(visit: Visit) -> Response:
    """Every space the actor may read."""
    views = list_spaces(visit.connection, visit.wiki.id, visit.actor)
    return visit.show(
        "kbwiki/spaces.html",
        title=kb_t("[Spaces]"),
        section="admin",
        spaces=tuple(_line(visit, view) for view in views),
    )


def _line(visit: Visit, view: SpaceView) -> SpaceLine:
    return SpaceLine(
        path=view.path,
        title=view.title,
        url=visit.url("tree", path=view.path or None),
        edit_url=visit.url("space", path=view.path or "/"),
        reasons_url=visit.url("reasons", path=view.path or "/") if _may_set_reasons(visit, view) else None,
        readers=view.readers,
        writers=view.writers,
        groups=view.reviewers,
        readers_inherited=view.settings.readers is None,
        writers_inherited=view.settings.writers is None,
        groups_inherited=view.settings.reviewers is None,
        shows_reviewed=view.shows_reviewed,
    )


def _may_set_reasons(visit: Visit, view: SpaceView) -> bool:
    actor = visit.actor
    return visit.settings.admin_group in actor.groups or not actor.effective_groups.isdisjoint(view.reviewers)


EDITIONS = {
    "": N_("Like the [space] above"),
    Edition.LIVE.value: N_("The newest text"),
    Edition.REVIEWED.value: N_("The reviewed edition: the last text that was looked at"),
}
"""What can be chosen for a space, by the value that is sent."""


@dataclass(frozen=True, slots=True)
class SpaceForm:
    """What stands in the form; empty groups with the box for inheriting ticked mean: as above."""

    path: str
    title: str
    readers: str
    writers: str
    reviewers: str
    readers_inherited: bool
    writers_inherited: bool
    reviewers_inherited: bool
    edition: str
    is_new: bool
    is_root: bool


def space(visit: Visit) -> Response:
    """The form for one space (`path`, `/` for the root; none for a new one); administrators only."""
    if visit.settings.admin_group not in visit.actor.groups:
        raise Forbidden(kb_t("Only administrators can set up [spaces]."))
    if visit.request.method == "POST":
        return _submitted(visit)
    wanted = visit.request.args.get("path", "")
    view = next(
        (one for one in list_spaces(visit.connection, visit.wiki.id, visit.actor) if (one.path or "/") == wanted),
        None,
    )
    return _form(visit, _form_of(view, wanted))


def _form_of(view: SpaceView | None, path: str) -> SpaceForm:
    if view is None:
        return SpaceForm(path.strip("/"), "", "", "", "", True, True, True, "", is_new=True, is_root=False)
    settings = view.settings
    return SpaceForm(
        view.path,
        view.title,
        ", ".join(settings.readers or ()),
        ", ".join(settings.writers or ()),
        ", ".join(settings.reviewers or ()),
        settings.readers is None,
        settings.writers is None,
        settings.reviewers is None,
        settings.edition.value if settings.edition else "",
        is_new=False,
        is_root=view.path == "",
    )


def _form(
    visit: Visit, form: SpaceForm, errors: tuple[FieldError, ...] = (), *, status: int = 200
) -> Response:
    return visit.show(
        "kbwiki/space.html",
        title=kb_t("New [space]") if form.is_new else kb_t("[Space] {title}", title=form.title),
        section="admin",
        status=status,
        form=form,
        editions=tuple((value, kb_t(words)) for value, words in EDITIONS.items() if value or not form.is_root),
        errors=errors,
        cancel_url=visit.url("spaces"),
    )


def _submitted(visit: Visit) -> Response:
    sent = visit.request.form
    form = SpaceForm(
        sent.get("path", "").strip("/ "),
        sent.get("title", "").strip(),
        sent.get("readers", ""),
        sent.get("writers", ""),
        sent.get("reviewers", ""),
        "readers_inherited" in sent,
        "writers_inherited" in sent,
        "reviewers_inherited" in sent,
        sent.get("edition", ""),
        is_new="is_new" in sent,
        is_root="is_root" in sent,
    )
    try:
        path = "" if form.is_root else normalise_path(form.path)
        wanted = SpaceSettings(
            form.title or None,
            None if form.readers_inherited else _groups(form.readers),
            None if form.writers_inherited else _groups(form.writers),
            None if form.reviewers_inherited else _groups(form.reviewers),
            Edition(form.edition) if form.edition in EDITIONS and form.edition else None,
        )
        with visit.change() as tx:
            visit.wiki.set_space(tx, path, wanted)
    except Invalid as error:
        return _form(visit, form, (FieldError(error.field, error.why),), status=422)
    return visit.go(visit.url("spaces"))


def _groups(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
