"""Tokens to HTML, before the sanitiser.

Every text goes through `escape`, whatever comes after; the sanitiser is the second lock, not the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from types import MappingProxyType
from urllib.parse import unquote

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from .document import Heading, Link, Resolved, Wording
from .files import picture, quoted, shown_file, title_of
from .front import Labels, called
from .highlighting import Highlighter, language_of, named_language
from .outline import outline
from .pieces import Pieces
from .plain import inline_text
from .slugs import section_anchor
from .tags import FIXED

_ALIGNMENTS = {"text-align:left": "kb-left", "text-align:center": "kb-center", "text-align:right": "kb-right"}
_EXTERNAL = ' class="kb-external" rel="nofollow noopener noreferrer"'


class TooLong(Exception):
    """The limit was reached."""


class HtmlWriter:
    """Writes one rendering into ``parts``; raises `TooLong` once ``limit`` characters are exceeded."""

    def __init__(
        self,
        resolve: Callable[[Link], Resolved],
        headings: Iterable[Heading],
        wording: Wording,
        limit: int,
        pieces: Pieces,
        labels: Labels = MappingProxyType({}),
    ) -> None:
        self.parts: list[str] = []
        self._resolve = resolve
        self._resolved: dict[Link, Resolved] = {}
        self._headings = tuple(headings)
        self._wording = wording
        self._left = limit
        self._pieces = pieces
        self._link_ends: list[str] = []  # how the links end that lead elsewhere than to pages and addresses
        self._labels = labels
        self._highlighter = Highlighter()

    def write(self, tokens: Iterable[Token]) -> None:
        """Write block tokens and the inline tokens in them."""
        for token in tokens:
            if token.type == "inline":
                self.write(token.children or ())
                continue
            part = FIXED.get(token.type)
            if part is None:
                part = token.meta["kb_html"] if "kb_html" in token.meta else _WRITERS[token.type](self, token)
            self._left -= len(part)
            if self._left < 0:
                raise TooLong
            self.parts.append(part)

    # Text

    def _on_text(self, token: Token) -> str:
        return escape(token.content, quote=False)

    _on_text_special = _on_text

    def _on_code_inline(self, token: Token) -> str:
        return f"<code>{escape(token.content, quote=False)}</code>"

    def _on_paragraph_open(self, token: Token) -> str:
        return "" if token.hidden else "<p>"

    def _on_paragraph_close(self, token: Token) -> str:
        return "\n" if token.hidden else "</p>\n"

    def _on_heading_open(self, token: Token) -> str:
        return f"<{token.tag} id={quoted(token.meta['kb_anchor'])}>"

    def _on_heading_close(self, token: Token) -> str:
        return f"</{token.tag}>\n"

    # Code

    def _on_code_block(self, token: Token) -> str:
        return f'<pre class="kb-code" tabindex="0"><code>{escape(token.content, quote=False)}</code></pre>\n'

    def _on_fence(self, token: Token) -> str:
        named = unescapeAll(token.info)
        if (mark := self._pieces.fence(named_language(named), token.content)) is not None:
            return self._piece(mark)
        language = language_of(named)
        if language is None:
            return self._on_code_block(token)
        code = self._highlighter.html(token.content, language)
        return f'<pre class="kb-code" tabindex="0"><code class="language-{language}">{code}</code></pre>\n'

    # Links and images

    def _on_link_open(self, token: Token) -> str:
        link: Link | None = token.meta.get("kb_link")
        title = token.attrs.get("title")
        if link:
            self._link_ends.append("</a>")
            return self._page_link(link, link.section, None if title is None else str(title))
        href = str(token.attrs["href"])
        if (scheme := href.partition(":")[0].lower()) and self._pieces.knows(scheme):
            return self._own_link(scheme, unquote(href[len(scheme) + 1 :]), title)
        self._link_ends.append("</a>")
        attributes = _EXTERNAL if href.lower().startswith(("http:", "https:")) else ""
        if href.startswith("#"):
            href = _fragment(unquote(href[1:]))
        return f"<a href={quoted(href)}{attributes}{title_of(title)}>"

    def _on_wiki_link_open(self, token: Token) -> str:
        link: Link | None = token.meta["kb_link"]
        section: str | None = token.meta["kb_section"]
        if "kb_scheme" in token.meta:
            return self._own_link(*token.meta["kb_scheme"]) + escape(token.content, quote=False)
        self._link_ends.append("</a>")
        if link:
            opening = self._page_link(link, section, None)
        else:
            opening = f'<a href={quoted(_fragment(section or ""))} class="kb-link">'
        return opening + escape(token.content, quote=False)

    def _on_link_close(self, _token: Token) -> str:
        return self._link_ends.pop() if self._link_ends else ""

    _on_wiki_link_close = _on_link_close

    def _own_link(self, scheme: str, rest: str, title: object = None) -> str:
        """A link of a kind that a plugin resolves; one that leads nowhere is shown as its label."""
        address = self._pieces.address(scheme, rest)
        if address is None:
            self._link_ends.append("</span>")
            return f'<span class="kb-missing"{title_of(title or self._wording.leads_nowhere)}>'
        self._link_ends.append("</a>")
        outside = _EXTERNAL if address.lower().startswith(("http:", "https:")) else ' class="kb-link"'
        return f"<a href={quoted(address)}{outside}{title_of(title)}>"

    def _page_link(self, link: Link, section: str | None, title: str | None) -> str:
        resolved = self._look_up(link)
        href = resolved.href + (_fragment(section) if section and "#" not in resolved.href else "")
        if resolved.missing:
            return f'<a href={quoted(href)} class="kb-missing"{title_of(resolved.title or title)}>'
        return f'<a href={quoted(href)} class="kb-link"{title_of(title or resolved.title)}>'

    def _on_image(self, token: Token) -> str:
        link: Link | None = token.meta.get("kb_link")
        source, title = str(token.attrs["src"]), token.attrs.get("title")
        alt = inline_text(token.children or ())
        if not link:
            return picture(source, alt, title)
        resolved, in_link = self._look_up(link), bool(self._link_ends)
        if resolved.missing:
            words = escape(alt or link.target, quote=False)
            said = f'class="kb-missing"{title_of(resolved.title or title)}>{words}'
            # Within a link there cannot be another.
            return f"<span {said}</span>" if in_link else f"<a href={quoted(resolved.href)} {said}</a>"
        if resolved.file is None:
            return picture(resolved.href, alt, title)
        return shown_file(resolved.href, resolved.file, alt or resolved.file.alt, title, link, in_link=in_link)

    def _look_up(self, link: Link) -> Resolved:
        if link not in self._resolved:
            self._resolved[link] = self._resolve(link)
        return self._resolved[link]

    # What plugins make

    def _on_piece(self, token: Token) -> str:
        return self._piece(self._pieces.piece(token.meta["kb_piece"], token.content, token.info, block=token.block))

    def _on_embed(self, token: Token) -> str:
        mark = self._pieces.embed(token.meta["kb_href"])
        if mark is not None:
            return self._piece(mark)
        return f"<p><a href={quoted(token.meta['kb_href'])}{_EXTERNAL}>{escape(token.content, quote=False)}</a></p>\n"

    def _piece(self, mark: str) -> str:
        self._left -= self._pieces.last_size()
        return mark

    def _on_unknown_macro(self, token: Token) -> str:
        said = self._wording.no_such_macro.replace("{name}", token.meta["kb_meant"])
        return f'<span class="kb-unknown"{title_of(said)}>{escape(token.content, quote=False)}</span>'

    # Lists and tables

    def _on_ordered_list_open(self, token: Token) -> str:
        start = token.attrs.get("start")
        return "<ol>\n" if start is None else f'<ol start="{int(start)}">\n'

    def _on_list_item_open(self, token: Token) -> str:
        if "kb_task" not in token.meta:
            return "<li>"
        done: bool = token.meta["kb_task"]
        label = quoted(self._wording.done if done else self._wording.to_do)
        checked = " checked" if done else ""
        return f'<li class="kb-task"><input type="checkbox" class="kb-box" aria-label={label} disabled{checked}> '

    def _on_table_open(self, _token: Token) -> str:
        label = quoted(self._wording.table)
        return f'<div class="kb-table" role="group" aria-label={label} tabindex="0"><table>\n'

    def _on_th_open(self, token: Token) -> str:
        return f'<th scope="col"{_alignment(token)}>'

    def _on_td_open(self, token: Token) -> str:
        return f"<td{_alignment(token)}>"

    # Fields before the text

    def _on_front_open(self, token: Token) -> str:
        said = escape(called(self._labels, token.meta["kb_type"]), quote=False)
        heading = escape(self._wording.type, quote=False)
        return f'<div class="kb-front"><table><tbody>\n<tr><th scope="row">{heading}</th><td>{said}</td></tr>\n'

    def _on_front_field_open(self, token: Token) -> str:
        said = called(self._labels, token.meta["kb_type"], token.meta["kb_field"])
        return f'<tr><th scope="row">{escape(said, quote=False)}</th><td>'

    # Callouts, contents, footnotes

    def _on_callout_open(self, token: Token) -> str:
        return f'<div class="kb-callout kb-callout-{token.meta["kb_kind"]}" role="note">\n'

    def _on_callout_title_open(self, token: Token) -> str:
        words = getattr(self._wording, token.meta["kb_kind"]) if token.meta["kb_auto"] else ""
        return f'<p class="kb-callout-title">{escape(words)}'

    def _on_contents(self, _token: Token) -> str:
        title = escape(self._wording.contents)
        return f'<div class="kb-toc"><p class="kb-toc-title">{title}</p>{outline(self._headings)}</div>\n'

    def _on_footnote_ref(self, token: Token) -> str:
        number, mention = token.meta["kb_number"], token.meta["kb_mention"]
        label = quoted(self._wording.footnote.replace("{number}", str(number)))
        return (
            f'<sup class="kb-mention"><a href="#kb-f-{number}" id="kb-r-{number}-{mention}" aria-label={label}>'
            f"{number}</a></sup>"
        )

    def _on_footnotes_open(self, _token: Token) -> str:
        return f'<section class="kb-footnotes" aria-label={quoted(self._wording.footnotes)}><ol>\n'

    def _on_footnote_open(self, token: Token) -> str:
        return f'<li id="kb-f-{token.meta["kb_number"]}">'

    def _on_footnote_back(self, token: Token) -> str:
        number, label = token.meta["kb_number"], quoted(self._wording.back)
        return "".join(
            f' <a href="#kb-r-{number}-{mention}" class="kb-back" aria-label={label}>↩\ufe0e</a>'
            for mention in range(1, token.meta["kb_mentions"] + 1)
        )


_WRITERS: dict[str, Callable[[HtmlWriter, Token], str]] = {
    name.removeprefix("_on_"): method for name, method in vars(HtmlWriter).items() if name.startswith("_on_")
}


def is_known(kind: str) -> bool:
    """Whether a token of this kind can be written."""
    return kind in FIXED or kind in _WRITERS or kind == "inline"


def _fragment(section: str) -> str:
    return "#" + section_anchor(section) if section else "#"


def _alignment(token: Token) -> str:
    name = _ALIGNMENTS.get(str(token.attrs.get("style")))
    return f' class="{name}"' if name else ""
