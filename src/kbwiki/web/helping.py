"""Help where the work is: what the panel on the host's page shows, and the same as a screen of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Response
from markupsafe import Markup

from ..actors import ANONYMOUS
from ..errors import Invalid, NotFound
from ..help.answers import note_helped
from ..help.policy import ANY
from ..help.queries import HelpOn, help_for
from ..help.wanted import ask_for_help, may_be_asked
from ..moderation.evidence import report
from ..pages.paths import normalise_path
from ..pages.queries.view import PageView, find_address, find_page
from ..search.log.recording import Screen as AskedFrom
from ..wording import N_
from .help_places import Here, here_of, screens
from .reading import as_html
from .searches import note_asked
from .visit import Visit
from .words import kb_t

MOST_SHOWN = 5
"""Pages whose text comes along; further ones are links."""

_FOUND = 8
_LONGEST_QUERY = 500
_NOTHING: dict[str, Any] = {"texts": (), "more": (), "total": 0, "may_ask": False}
_SAID = {
    "helped": N_("Thank you. Good to know."),
    "did-not": N_("Thank you. If you say what is missing, below, it goes to those who can mend it."),
    "reported": N_("Thank you. Your [report] has arrived; those who look after this [page] will read it."),
    "asked": N_("Thank you. Nobody is told who asked; those who look after this [wiki] see that help is wanted here."),
}


@dataclass(frozen=True, slots=True)
class HelpText:
    """A page that helps, with its text; `edit_url` is None for those who may not write it."""

    path: str
    title: str
    url: str
    edit_url: str | None
    html: Markup
    is_open: bool


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A page that may help: its title, and where it is shown."""

    title: str
    url: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What was just done, or went wrong, and the words that could not be sent."""

    text: str = ""
    kind: str = "success"
    about: str = ""
    kept: str = ""


def help_here(visit: Visit) -> Response:
    """The pages that help at a place of the host; `page` shows one of the wiki's, `q` searches."""
    done = visit.request.args.get("done", "")
    return _shown(visit, here_of(visit), Said(kb_t(_SAID[done])) if done in _SAID else Said())


def helped(visit: Visit) -> Response:
    """Count whether a page helped."""
    here, sent = here_of(visit), visit.request.form
    did = sent.get("helped") == "yes"
    known = any(one.endpoint == here.where.endpoint for one in screens(visit))
    with visit.change() as tx:
        note_helped(tx, _path(sent.get("page", "")), here.where.endpoint if known else "", did)
    return visit.go(here.url(visit, done="helped" if did else "did-not", page=sent.get("back") or None))


def wrong(visit: Visit) -> Response:
    """A sentence about what is wrong with a page: a report in the queue of its group."""
    here, sent = here_of(visit), visit.request.form
    path = _path(sent.get("page", ""))
    try:
        with visit.change() as tx:
            report(tx, path, "", sent.get("text", ""))
    except Invalid as error:
        return _shown(visit, here, Said(error.why, "error", path, sent.get("text", "")), status=error.status)
    return visit.go(here.url(visit, done="reported", page=sent.get("back") or None))


def wanted_here(visit: Visit) -> Response:
    """Nobody has written this yet: somebody asks for it, and nothing is kept of who."""
    here = here_of(visit)
    visit.close()
    with visit.wiki.begin(ANONYMOUS) as tx:
        ask_for_help(tx, here.where, screens(visit))
    return visit.go(here.url(visit, done="asked"))


def _shown(visit: Visit, here: Here, said: Said, *, status: int = 200) -> Response:
    sent = visit.request.form if visit.request.method == "POST" else visit.request.args
    query, path = sent.get("q", "").strip()[:_LONGEST_QUERY], sent.get("page" if status == 200 else "back", "")
    facts = _page(visit, path) if path else _found(visit, here, query) if query else _fitting(visit, here)
    response = visit.show(
        "kbwiki/help_panel.html" if here.in_panel else "kbwiki/help.html",
        title=kb_t("Help"),
        section="help",
        status=status,
        said=said,
        place=here.fields(),
        query=query,
        only_page=path,
        first_url=here.url(visit) if path or query else None,
        full_url=Here(here.where, here.args, in_panel=False).url(visit, q=query or None, page=path or None),
        back_url=_back(visit),
        write_url=visit.url("new", help=here.where.endpoint or ANY, error=here.where.error or None),
        asked="done" in sent and sent["done"] == "asked",
        **facts,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _fitting(visit: Visit, here: Here) -> dict[str, Any]:
    """The pages that fit the place: the first ones with their texts, the closest of them open."""
    found = help_for(visit.connection, visit.wiki.id, visit.actor, here.where)
    texts = tuple(one for one in (_text_of(visit, page, at == 0) for at, page in enumerate(found[:MOST_SHOWN])) if one)
    more = tuple(HelpLine(one.title, here.url(visit, page=one.path)) for one in found[MOST_SHOWN:])
    if texts:
        return {"mode": "here", "texts": texts, "more": more, "total": len(found), "may_ask": False}
    return {**_NOTHING, "mode": "nothing", "may_ask": may_be_asked(here.where, screens(visit))}


def _text_of(visit: Visit, one: HelpOn, is_open: bool) -> HelpText | None:
    view = find_page(visit.connection, visit.wiki.id, one.path, visit.actor)
    return _text(visit, view, is_open) if view is not None and not view.hidden else None


def _text(visit: Visit, view: PageView, is_open: bool) -> HelpText:
    html = Markup(as_html(visit, view).html)  # noqa: S704 - sanitised by markup.render
    edit_url = visit.url("edit", path=view.path) if view.can_write else None
    return HelpText(view.path, view.title, visit.url.page(view.path), edit_url, html, is_open)


def _page(visit: Visit, path: str) -> dict[str, Any]:
    """One page of the wiki, which a link in another led to. Errors: NotFound."""
    clean = _path(path)
    view = find_page(visit.connection, visit.wiki.id, clean, visit.actor)
    if view is None and (moved := find_address(visit.connection, visit.wiki.id, clean, visit.actor)):
        view = find_page(visit.connection, visit.wiki.id, moved, visit.actor)
    if view is None or view.hidden:
        return {**_NOTHING, "mode": "missing"}
    return {**_NOTHING, "mode": "page", "texts": (_text(visit, view, True),)}


def _found(visit: Visit, here: Here, query: str) -> dict[str, Any]:
    visit.close()
    found = visit.wiki.search(visit.actor, query, limit=_FOUND)
    note_asked(visit, query, found, screen=AskedFrom.HOST)
    lines = tuple(
        HelpLine(one.title, here.url(visit, page=one.path), "".join(part.text for part in one.snippet))
        for one in found.results
    )
    return {**_NOTHING, "mode": "found", "more": lines, "total": found.total}


def _path(said: str) -> str:
    """Errors: NotFound for what is no path."""
    try:
        return normalise_path(said)
    except Invalid:
        raise NotFound("page", said) from None


def _back(visit: Visit) -> str | None:
    """The page of the host where the visitor came from; never another host's, and none of ours."""
    came = urlsplit(visit.request.referrer or "")
    if came.netloc != visit.request.host or came.path.startswith(visit.url.base + "/-/"):
        return None
    path = "/" + came.path.lstrip("/\\")  # an address that begins with two slashes is another host's
    return path + (f"?{came.query}" if came.query else "")
