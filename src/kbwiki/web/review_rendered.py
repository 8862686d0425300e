"""The page under review as readers saw it before the changes and see it after them."""

from __future__ import annotations

from flask import Response
from markupsafe import Markup

from ..errors import NotFound
from ..moderation.queries.review import ReviewView, get_review
from ..pages.queries.view import PageView
from .desk import part_asked
from .going_on import list_of
from .reading import as_html
from .review_changes import sides_of
from .visit import Visit
from .words import kb_t


def rendered(visit: Visit, id: int) -> Response:
    """One side of the changes, `?side=before` or `after`; with `?fragment` only that, for a page to take in."""
    view = get_review(visit.connection, visit.wiki.id, id, visit.actor, visit.wiki.subjects)
    if view.page is None:
        raise NotFound("review of a page", str(id))
    before, after = sides_of(visit, view, view.page, part_asked(visit, view))
    is_before = visit.request.args.get("side") == "before"
    shown = before if is_before else after
    html, why_not = _html(visit, shown)
    template = "kbwiki/parts/rendered.html" if "fragment" in visit.request.args else "kbwiki/review_rendered.html"
    return visit.show(
        template,
        title=kb_t("{title} as readers see it", title=view.place.title),
        section="reviews",
        heading=shown.title if shown is not None else "",
        html=html,
        why_not=why_not,
        is_before=is_before,
        before_url=rendered_url(visit, view, side="before"),
        after_url=rendered_url(visit, view),
        back_url=visit.url("review", id=id, **list_of(visit)),
    )


def rendered_url(visit: Visit, view: ReviewView, *, side: str | None = None) -> str:
    """The address of this screen, for the same part of the changes."""
    args = visit.request.args
    kept = {name: args[name] for name in ("since", "whole") if name in args}
    return visit.url("review_rendered", id=view.id, side=side, **kept, **list_of(visit))


def _html(visit: Visit, page: PageView | None) -> tuple[Markup, str]:
    """The page as HTML, or why there is none."""
    if page is None:
        return Markup(""), kb_t("The [page] was not there before.")
    if page.hidden:
        return Markup(""), kb_t("This text is hidden, so it is not shown here.")
    if page.kind == "delete":
        return Markup(""), kb_t("The [page] is deleted; readers see that it was, and by whom.")
    return Markup(as_html(visit, page).html), ""  # noqa: S704 - sanitised by markup.render
