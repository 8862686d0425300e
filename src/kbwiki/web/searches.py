"""What people did not find, for those who own the space; and how a search is written down, without who asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden, Invalid
from ..pages.paths import normalise_path, slug
from ..search.log.closing import close_question, open_question
from ..search.log.recording import Asked, Screen, clean_token, new_token, tidy
from ..search.log.unanswered import ClosedLine, Outcome, Unanswered, closed, unanswered
from ..search.moderators import is_moderator
from ..search.notes import NO_INDEX
from ..search.results import Found
from .forms import whole_number
from .notes import Note
from .visit import Visit
from .words import N_, kb_t, when

PER_PAGE = 30
_VIEWS = ("", "failed", "abandoned", "closed")
_SCREENS = {
    Screen.PAGE.value: N_("the [search] [page]"),
    Screen.BOX.value: N_("the [search] box"),
    Screen.JSON.value: N_("[a search] box elsewhere"),
    Screen.HOST.value: N_("the application"),
}


@dataclass(frozen=True, slots=True)
class AskedHere:
    """How a search was written down: the token that clicks carry (None: not at all), where it was asked, and how many
    results stand before this page."""

    token: str | None
    path: str
    first: int = 0


def note_asked(visit: Visit, text: str, found: Found, *, screen: Screen = Screen.PAGE, first: int = 0) -> AskedHere:
    """Write down what was searched, with what was `found`; further pages of results are the same search.

    `?view=` is the token of the page view in which somebody types, `?from=` the path of the page where they were (or
    the page they come from), and with `?quiet=` nothing is written down; nor while the index is being built, when what
    is not found says nothing about the wiki. Takes a moment at the most; never raises.
    """
    args, path = visit.request.args, asked_at(visit)
    sent = clean_token(args.get("view", ""))
    token = sent or new_token()
    search_log = visit.wiki.search_log
    if not search_log.records or not text or "quiet" in args or visit.request.method != "GET":
        return AskedHere(None, path, first)
    if first == 0 and kb_t(NO_INDEX) not in found.notes:
        spaces = tuple(dict.fromkeys(one.space for one in found.results))
        search_log.record(Asked(text, found.total, screen, path, token, fresh=sent is None, spaces=spaces))
    return AskedHere(token, path, first)


def asked_at(visit: Visit) -> str:
    """The path of the page where the actor searches: what the form says, or else the browser; '' for none."""
    said = visit.request.args.get("from")
    if said is None:
        came = urlsplit(visit.request.referrer or "")
        base = visit.url.base + "/"
        here = came.netloc == visit.request.host and came.path.startswith(base)
        said = unquote(came.path.removeprefix(base)) if here else ""
    try:
        return normalise_path(said) if said and not said.startswith("-/") else ""
    except Invalid:
        return ""


def clicked(visit: Visit) -> Response:
    """Note at which rank a result was opened. The script sends it; nobody waits for the answer."""
    sent = visit.request.form
    visit.wiki.search_log.clicked(sent.get("view", ""), whole_number(sent.get("rank", "")) or 0)
    return Response(status=204)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question without an answer, in words. `closed` says that it needs no page, as somebody said."""

    text: str
    folded: str
    said: str
    where: str
    last_when: Markup
    times: int
    search_url: str
    write_url: str | None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class ViewTab:
    """One of the views of the list."""

    label: str
    url: str
    current: bool


def searches(visit: Visit) -> Response:
    """What people searched for and did not find, or did not open, in the spaces that the moderator looks after."""
    _require_moderator(visit)
    wanted = visit.request.args.get("view", "")
    view = wanted if wanted in _VIEWS else ""
    rows, older_url = _closed(visit) if view == "closed" else _open(visit, view)
    return visit.show(
        "kbwiki/searches.html",
        title=kb_t("What people did not find"),
        section="reviews",
        view=view,
        views=tuple(_tab(visit, one, view) for one in _VIEWS),
        questions=rows,
        older_url=older_url,
        first_url=visit.url("searches", view=view or None) if "after" in visit.request.args else None,
        days=visit.settings.search_log_days,
        closed_now=visit.request.args.get("closed", "")[:300],
        flash=(Note("success", kb_t("It waits for an answer again.")),) if "opened" in visit.request.args else (),
    )


def close_search(visit: Visit) -> Response:
    """Say that a question needs no page, or take that back."""
    sent = visit.request.form
    folded, view, back = tidy(sent.get("folded", "")), sent.get("view") or None, sent.get("do") == "back"
    with visit.change() as tx:
        if back:
            open_question(tx, folded)
        else:
            close_question(tx, folded)
    said = {"opened": 1} if back else {"closed": folded}
    return visit.go(visit.url("searches", view=view, **said))


def _open(visit: Visit, view: str) -> tuple[tuple[QuestionRow, ...], str | None]:
    times, _, text = tidy(visit.request.args.get("after", "")).partition(",")
    after = (int(times), text) if whole_number(times) is not None else None
    found = unanswered(
        visit.connection,
        visit.wiki.id,
        visit.actor,
        visit.settings,
        visit.now,
        outcome=Outcome(view) if view else None,
        after=after,
        count=PER_PAGE + 1,
    )
    shown = found[:PER_PAGE]
    more = f"{shown[-1].times},{shown[-1].folded}" if len(found) > PER_PAGE else None
    rows = tuple(_row(visit, one) for one in shown)
    return rows, visit.url("searches", view=view or None, after=more) if more else None


def _closed(visit: Visit) -> tuple[tuple[QuestionRow, ...], str | None]:
    after = tidy(visit.request.args.get("after", ""))
    found = closed(visit.connection, visit.wiki.id, visit.actor, visit.settings, after=after, count=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    rows = tuple(_closed_row(visit, one) for one in shown)
    more = len(found) > PER_PAGE
    return rows, visit.url("searches", view="closed", after=shown[-1].folded) if more else None


def _row(visit: Visit, one: Unanswered) -> QuestionRow:
    places = [f"{place.title} ({place.times})" if len(one.places) > 1 else place.title for place in one.places]
    screens = [kb_t(_SCREENS[screen]) for screen in one.screens if screen in _SCREENS]
    return QuestionRow(
        text=one.typed,
        folded=one.folded,
        said=_said(one),
        where=kb_t("in {places}, from {screens}", places=", ".join(places), screens=", ".join(screens)),
        last_when=when(one.last_at, visit.now),
        times=one.times,
        search_url=visit.url("search", q=one.typed, quiet=1),
        write_url=_write_url(visit, one.typed, one.places[0].path if len(one.places) == 1 else ""),
    )


def _said(one: Unanswered) -> str:
    if one.failed == one.times:
        return kb_t("asked once, nothing found", "asked {n} times, nothing found", n=one.times)
    if one.failed == 0:
        return kb_t("asked once, nothing opened of what was found", "asked {n} times, nothing opened", n=one.times)
    return kb_t("asked {n} times, nothing found {failed} of them", n=one.times, failed=one.failed)


def _closed_row(visit: Visit, one: ClosedLine) -> QuestionRow:
    search_url = visit.url("search", q=one.typed, quiet=1)
    return QuestionRow(one.typed, one.folded, "", "", when(one.at, visit.now), 0, search_url, None, closed=True)


def _write_url(visit: Visit, text: str, space: str) -> str | None:
    """The form for a page with the question as its title, in the space where all asked."""
    name = slug(text)
    if not name:
        return None
    return visit.url("new", path=f"{space}/{name}" if space else name, title=text[:1].upper() + text[1:])


def _tab(visit: Visit, name: str, current: str) -> ViewTab:
    labels = {
        "": kb_t("All"),
        "failed": kb_t("Nothing found"),
        "abandoned": kb_t("Nothing opened"),
        "closed": kb_t("Not needed"),
    }
    return ViewTab(labels[name], visit.url("searches", view=name or None), name == current)


def _require_moderator(visit: Visit) -> None:
    if not is_moderator(visit.connection, visit.wiki.id, visit.settings, visit.actor):
        raise Forbidden(
            kb_t("This list is for the [groups] that look after parts of this [wiki]; you are in none of them.")
        )
