"""Editing one section of a page: the form has its text alone, and saving puts that into the whole.

Nothing else of the page changes by a byte: the section is cut out of the revision its author started from, by the same
rule when it is shown and when it is saved, and what others saved meanwhile is merged as always.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape, unescape

from markupsafe import Markup

from ..errors import Invalid, NotFound
from ..markup import Section, find_section, parse_extended
from ..pages.queries.view import find_page, get_by_id, text_of
from .forms import EditForm
from .visit import Visit
from .words import kb_t

_HEADING = re.compile(r'(<h([1-6]) id="(kb-h-[^"<>]+)">)(.*?)(</h\2>)', re.DOTALL)


def with_section(visit: Visit, form: EditForm, anchor: str) -> EditForm:
    """The form for the section with this heading alone; the whole text where there is no such section."""
    section = _section(visit, form.text, anchor)
    if section is None:
        return form
    return replace(form, text=form.text[section.start : section.end], section=anchor, section_title=section.title)


def whole_text(visit: Visit, form: EditForm) -> str:
    """The page's text with the section of the form in its place. Errors: Invalid, where it is not to be found."""
    base = _base_of(visit, form)
    section = _section(visit, base, form.section) if base is not None else None
    if base is None or section is None:
        why = kb_t("This section is not there any more. Please copy your text, and [edit] the whole [page].")
        raise Invalid("text", why)
    written = form.text.rstrip("\n")
    if not written:
        return base[: section.start] + base[section.after :]
    was = base[section.start : section.end]
    if written == _lines(was):
        written = was
    elif "\r\n" in was or ("\n" not in was and "\r\n" in base):
        written = written.replace("\n", "\r\n")
    return base[: section.start] + written + base[section.end :]


def whole_form(visit: Visit, form: EditForm) -> EditForm:
    """The form with the text of the whole page, as it is kept and compared.

    Where the section is not to be found any more, its text stands at the end: nothing is lost, and nothing taken out.
    """
    if not form.section:
        return form
    try:
        text = whole_text(visit, form)
    except Invalid:
        view = find_page(visit.connection, visit.wiki.id, form.path, visit.actor)
        there = text_of(visit.connection, view).rstrip() + "\n\n" if view is not None and not view.hidden else ""
        text = there + form.text
    return replace(form, text=_lines(text), section="", section_title="")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def section_before(visit: Visit, form: EditForm) -> str:
    """The section as it was in the revision its author started from."""
    base = _base_of(visit, form)
    section = _section(visit, base, form.section) if base is not None else None
    return base[section.start : section.end] if base is not None and section is not None else ""


def _base_of(visit: Visit, form: EditForm) -> str | None:
    view = find_page(visit.connection, visit.wiki.id, form.path, visit.actor)
    if view is None or form.base is None:
        return None
    try:
        return text_of(visit.connection, get_by_id(visit.connection, visit.wiki.id, view.id, form.base, visit.actor))
    except NotFound:
        return None


def _section(visit: Visit, text: str, anchor: str) -> Section | None:
    return find_section(text, parse_extended(text, visit.wiki.dialect), anchor)


def with_section_links(visit: Visit, html: str, path: str) -> str:
    """Rendered HTML with a link at each heading that edits its section.

    The HTML is sanitised already; what is put into it is this link and nothing else, made of the page's address and of
    the heading's id as it stands there.
    """
    words = escape(kb_t("[Edit] this section"))
    icons = escape(visit.url("static", filename="kb-icons.svg"))
    said = f'title="{words}" aria-label="{words}"><svg class="kb-i" aria-hidden="true"><use href="{icons}#edit"/></svg>'

    def linked(heading: re.Match[str]) -> str:
        address = escape(visit.url("edit", path=path, section=unescape(heading[3])))
        link = f'<a class="kb-section-edit" href="{address}" rel="nofollow" {said}</a>'
        return f"{heading[1]}{heading[4]}{link}{heading[5]}"

    return Markup(_HEADING.sub(linked, html))  # noqa: S704 - sanitised by markup.render, and see above
