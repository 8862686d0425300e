"""Pictures, players and documents in a text, as HTML before the sanitiser."""

from __future__ import annotations

from html import escape

from .document import Link, LinkedFile


def quoted(value: str) -> str:
    """A value as it stands in an attribute, with its quotation marks."""
    return f'"{escape(value)}"'


def title_of(title: object) -> str:
    """The attribute for a title; nothing where there is none."""
    return f" title={quoted(str(title))}" if title else ""


def picture(source: str, alt: str, title: object) -> str:
    """A picture from anywhere, of which nothing is known."""
    return f'<img src={quoted(source)} alt={quoted(alt)}{title_of(title)} class="kb-image" loading="lazy">'


def shown_file(href: str, file: LinkedFile, alt: str, title: object, link: Link, *, in_link: bool) -> str:
    """A file of the wiki in place: a picture with its size, so that nothing moves when it arrives; a player; a document
    with a link to it; and for what is only downloaded that link."""
    source, said = quoted(href), quoted(alt or link.target)
    if file.shown_as == "picture":
        size = f' width="{file.width}" height="{file.height}"' if file.width else ""
        return f'<img src={source} alt={quoted(alt)}{title_of(title)}{size} class="kb-image" loading="lazy">'
    words = escape(alt or link.target.rpartition("/")[2], quote=False)
    if in_link:
        return words
    if file.shown_as in ("video", "audio"):
        tag = file.shown_as
        return f'<{tag} src={source} controls preload="metadata" aria-label={said} class="kb-{tag}"></{tag}>'
    leads = f'<a href={source} class="kb-link"{title_of(title)}>{words}</a>'
    if file.shown_as == "document":
        return f'<iframe src={source} title={said} loading="lazy" class="kb-document"></iframe> {leads}'
    return leads
