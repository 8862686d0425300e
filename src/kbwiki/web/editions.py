"""The reviewed edition: who sees which text of a page, what is said about it, and the screen to choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Response

from ..errors import Invalid
from ..moderation.queries.edition import InEdition, find_in_edition, standings
from ..pages.paths import normalise_path
from ..pages.queries.view import PageView
from ..spaces.policy import Edition
from .edition_cookie import remember, remembered
from .visit import Visit
from .words import N_, day, kb_t


@dataclass(frozen=True, slots=True)
class EditionLine:
    """What stands below a title: which edition this is, and the way to the other one."""

    kind: str
    text: str
    choose_url: str
    link_url: str | None = None
    link_label: str = ""


def asked_for(visit: Visit) -> Edition | None:
    """What the address asks for; links on the screen carry a wish for the reviewed edition along."""
    said = visit.request.args.get("edition", "")
    if said == Edition.REVIEWED.value:
        visit.url.carried = "edition=reviewed"
    return Edition(said) if said in (Edition.LIVE.value, Edition.REVIEWED.value) else None


def in_edition(visit: Visit, newest: PageView) -> tuple[PageView, EditionLine | None]:
    """The page as this reader sees it, and what to say about that; costs a question only where editions matter.

    The address goes before what the reader chose, and that before what the space sets. Who has just saved sees the
    newest text, and so does, where only the space asks for the edition, whoever wrote something of what is newer.
    """
    asked, chosen = asked_for(visit), remembered(visit)
    usual = chosen or (Edition.REVIEWED if newest.shows_reviewed else Edition.LIVE)
    if Edition.REVIEWED not in (asked, usual):
        return newest, None
    found = find_in_edition(visit.connection, visit.wiki.id, newest.id, visit.actor)
    if found is None:
        said = kb_t("Nobody has looked at this [page] yet, so you see its newest text.")
        return newest, EditionLine("none", said, _choose(visit, newest))
    if found.page.number == newest.number:
        return newest, _nothing_newer(visit, newest) if Edition.REVIEWED in (asked, chosen) else None
    own = found.wrote_since and chosen is None
    if asked is Edition.LIVE or (asked is None and (own or "done" in visit.request.args)):
        return newest, _newest_line(visit, newest, found)
    return found.page, _reviewed_line(visit, newest, found)


def _choose(visit: Visit, view: PageView) -> str:
    return visit.url("edition", back=view.path)


def _nothing_newer(visit: Visit, view: PageView) -> EditionLine:
    said = kb_t("You are reading the reviewed edition. Of this [page] there is nothing newer.")
    return EditionLine("reviewed", said, _choose(visit, view))


def _newest_line(visit: Visit, newest: PageView, found: InEdition) -> EditionLine:
    said = kb_t("You are reading the newest text; not all of it has been looked at.")
    if found.wrote_since:
        said = kb_t(
            "You are reading the newest text, with what you wrote; not all of it was looked at yet."
        )
    return EditionLine(
        "newest",
        said,
        _choose(visit, newest),
        f"{visit.url.page(newest.path)}?edition=reviewed",
        kb_t("Read the reviewed edition of {day}", day=day(found.page.at)),
    )


def _reviewed_line(visit: Visit, newest: PageView, found: InEdition) -> EditionLine:
    when = day(found.page.at)
    said = kb_t("You are reading the reviewed edition, of {day}. There is a newer one.", day=when)
    if found.looked_by:
        said = kb_t(
            "You are reading the edition of {day}, looked at by {group}. There is a newer one.",
            day=when,
            group=found.looked_by,
        )
    return EditionLine(
        "reviewed",
        said,
        _choose(visit, newest),
        f"{visit.url.page(newest.path)}?edition=live",
        kb_t("Show the newest text"),
    )


def marks_in_edition(visit: Visit, paths: Iterable[str]) -> Mapping[str, str]:
    """What to say of found pages whose text in the edition differs from the newest, which is what was searched."""
    wanted = asked_for(visit) or remembered(visit)
    listed = list(paths)
    if not listed or wanted is Edition.LIVE or (wanted is None and not visit.standing.editions):
        return {}
    marks = {}
    for path, one in standings(visit.connection, visit.wiki.id, listed, visit.actor).items():
        if (wanted is None and not one.is_first) or one.number == one.current:
            continue
        newer = kb_t("found in a newer text than the reviewed one")
        marks[path] = newer if one.number is not None else kb_t("not in the reviewed edition yet")
    return marks


def list_note(visit: Visit) -> str:
    """What to say above a list to a reader of the reviewed edition, '' to others: lists are made from newest texts."""
    if (asked_for(visit) or remembered(visit)) is not Edition.REVIEWED:
        return ""
    return kb_t("This list is made from the newest texts; its [pages] open in the reviewed edition.")


_CHOICES = {
    "": (N_("As each [space] sets it"), N_("This is what you see unless you choose.")),
    Edition.LIVE.value: (N_("Always the newest text"), N_("What people save is there at once.")),
    Edition.REVIEWED.value: (
        N_("Always the reviewed edition"),
        N_("Of every [page] the last text that was looked at; a newer one is a click away."),
    ),
}


def edition(visit: Visit) -> Response:
    """The screen to choose which text to read; on POST the choice is remembered in this browser."""
    back = visit.request.values.get("back", "")
    if visit.request.method == "POST":
        said = visit.request.form.get("edition", "")
        return remember(visit, visit.go(_way_back(visit, back)), Edition(said) if said and said in _CHOICES else None)
    chosen = remembered(visit)
    return visit.show(
        "kbwiki/edition.html",
        title=kb_t("Newest or reviewed text"),
        section="read",
        choices=tuple((value, kb_t(label), kb_t(hint)) for value, (label, hint) in _CHOICES.items()),
        chosen=chosen.value if chosen else "",
        back=back,
        cancel_url=_way_back(visit, back),
    )


def _way_back(visit: Visit, path: str) -> str:
    try:
        return visit.url.page(normalise_path(path)) if path else visit.url("home")
    except Invalid:
        return visit.url("home")
