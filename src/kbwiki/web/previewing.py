"""Previews: in the form for those without scripts, and as data for the one that follows the typing.

What comes with the second is quiet advice: it is about the text as it stands, and keeps nobody from saving.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Response, json
from markupsafe import Markup

from ..markup import Places, places_of
from ..pages.rendering import Preview, preview_html
from .forms import EditForm
from .page_types import labels_of, typed_form
from .visit import Visit
from .words import kb_t

MOST_ADVICE = 20
WORDS_A_MINUTE = 220
"""So many words does a grown-up read in a minute (M. Brysbaert, "How many words do we read per minute?", 2019: 238 in
English prose; somewhat less, for these are rules and tables)."""

# Words of scripts that put spaces between them; of the others each character counts.
_BY_CHARACTER = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_BY_CHARACTER}]|[^\W{_BY_CHARACTER}]+(?:['’.-]\w+)*")


@dataclass(frozen=True, slots=True)
class TextAdvice:
    """A hint about the text, and the line it is about, counted from 0."""

    text: str
    line: int


def preview_of(visit: Visit, form: EditForm) -> Preview:
    """The text of the form as the page would show it to its author."""
    return preview_html(
        visit.connection,
        visit.wiki.id,
        visit.actor,
        form.path.strip("/") or "new",
        form.text,
        visit.url.to_link,
        visit.settings.max_output_chars,
        visit.wiki.dialect,
        labels_of(visit),
        visit.files_at,
    )


def shown_preview(visit: Visit, form: EditForm) -> Markup:
    """The preview as HTML for the form."""
    return Markup(preview_of(visit, form).html)  # noqa: S704 - sanitised by markup.render


def live_preview(visit: Visit, form: EditForm) -> Response:
    """The preview as data: HTML, the lines its blocks begin in, headings, how much it is to read, and advice.

    Lines are those of the field that the author sees: fields of a type stand above it.
    """
    preview = preview_of(visit, form)
    places = places_of(preview.document)
    typed = typed_form(visit, form.text) if not form.section else None
    above = typed.block.count("\n") if typed is not None else 0
    advice = advice_about(preview, places)
    answer = {
        "html": preview.html,
        "blocks": [max(0, line - above) for line in places.blocks],
        "headings": [
            [max(0, one.line - above), one.heading.anchor, one.heading.title] for one in places.headings
        ],
        "said": amount_said(preview.document.plain),
        "advice": [{"text": one.text, "line": max(0, one.line - above)} for one in advice],
        "advised": kb_t("{n} hint about the text", "{n} hints about the text", n=len(advice)) if advice else "",
    }
    response = Response(json.dumps(answer), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def amount_said(plain: str) -> list[str]:
    """How many words there are to see, and how long reading them takes."""
    count = sum(1 for _ in _WORD.finditer(plain))
    minutes = max(1, round(count / WORDS_A_MINUTE))
    reading = kb_t("about {n} minute to read", "about {n} minutes to read", n=minutes)
    return [kb_t("{n} word", "{n} words", n=count), reading]


def advice_about(preview: Preview, places: Places) -> tuple[TextAdvice, ...]:
    """What the author may want to look at, in the order of the text: links that lead nowhere yet, and headings."""
    found = [*_about_links(preview, places), *_about_headings(places)]
    return tuple(sorted(found, key=lambda one: one.line)[:MOST_ADVICE])


def _about_links(preview: Preview, places: Places) -> list[TextAdvice]:
    return [
        TextAdvice(kb_t("This link leads nowhere yet: {target}", target=link.target), line)
        for link, line in places.links.items()
        if preview.resolved[link].missing
    ]


def _about_headings(places: Places) -> list[TextAdvice]:
    found: list[TextAdvice] = []
    seen: set[str] = set()
    above = 0
    for one in places.headings:
        title = one.heading.title
        if title in seen:
            said = kb_t("Two headings are called “{title}”: a link by this name leads to the first.", title=title)
            found.append(TextAdvice(said, one.line))
        if above and one.heading.level > above + 1:
            said = kb_t("Between “{title}” and the heading above it a level is left out.", title=title)
            found.append(TextAdvice(said, one.line))
        seen.add(title)
        above = one.heading.level
    return found
