"""Was this helpful? Counted without who said so; a sentence goes to those who look after the page."""

from __future__ import annotations

from flask import Response

from ..errors import Invalid
from ..help.answers import note_helped
from ..moderation.evidence import report
from ..pages.queries.view import PageView, get_page
from ..wording import N_
from .visit import Visit
from .words import kb_t

_THANKS = {
    "yes": N_("Thank you. Good to know."),
    "no": N_("Thank you. If you say what is missing, it goes to those who can mend it."),
    "told": N_("Thank you. Those who look after this [page] will read it."),
}


def helpful(visit: Visit, path: str) -> Response:
    """The question with its answer and one optional sentence; POST counts it, and hands the sentence over.

    With `?fragment` only the question, for the page it is about to take in.
    """
    page = get_page(visit.connection, visit.wiki.id, path, visit.actor)
    if visit.request.method != "POST":
        return _asked(visit, page, visit.request.args.get("helped", ""))
    sent = visit.request.form
    helped, text = sent.get("helped", ""), sent.get("text", "").strip()
    try:
        _take(visit, page, helped, text)
    except Invalid as error:
        return _asked(visit, page, helped, why=error.why, status=error.status)
    done = "told" if text else helped
    if "fragment" in visit.request.args:
        return _asked(visit, page, helped, thanks=kb_t(_THANKS[done]), is_told=done == "told")
    return visit.go(visit.url.page(page.path) + ("?done=reported" if done == "told" else "?done=helped"))


def _take(visit: Visit, page: PageView, helped: str, text: str) -> None:
    """Errors: Invalid where nothing was said, or too much within the hour."""
    if helped not in ("yes", "no") and not text:
        raise Invalid("helped", kb_t("Please choose yes or no, or write a sentence."))
    with visit.change() as tx:
        if helped in ("yes", "no"):
            note_helped(tx, page.path, "", helped == "yes")
        if text:
            report(tx, page.path, "", text)


def _asked(
    visit: Visit,
    page: PageView,
    helped: str,
    *,
    why: str = "",
    thanks: str = "",
    is_told: bool = False,
    status: int = 200,
) -> Response:
    is_part = "fragment" in visit.request.args
    return visit.show(
        "kbwiki/parts/helpful.html" if is_part else "kbwiki/helpful.html",
        title=kb_t("Was “{title}” helpful?", title=page.title),
        status=status,
        page_url=visit.url.page(page.path),
        page_title=page.title,
        action_url=visit.url("helpful", path=page.path, fragment="1" if is_part else None),
        helped=helped,
        text=visit.request.form.get("text", ""),
        why=why,
        thanks=thanks,
        is_told=is_told,
        is_part=is_part,
    )
