"""The list of a page's headings."""

from __future__ import annotations

from html import escape

from .document import Heading


def outline(headings: tuple[Heading, ...]) -> str:
    """Nested lists; a level that is skipped in the text is skipped in the list too."""
    parts: list[str] = []
    levels: list[int] = []
    for heading in headings:
        while len(levels) > 1 and heading.level < levels[-1] and heading.level <= levels[-2]:
            parts.append("</li></ul>")
            levels.pop()
        if not levels or heading.level > levels[-1]:
            parts.append("<ul><li>")
            levels.append(heading.level)
        else:
            parts.append("</li><li>")
            levels[-1] = heading.level
        parts.append(f'<a href="#{escape(heading.anchor)}">{escape(heading.title, quote=False)}</a>')
    return "".join(parts) + "</li></ul>" * len(levels)
