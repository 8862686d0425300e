"""Addresses that stand bare in the text: `https://…`, `www.…` and mail addresses.

Our own rules, linear in the length of the text: the usual library guesses that `notes.md` is a host name, and
takes quadratic time on `a://a://a://…`.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# What ends an address besides white space: what RFC 3986 forbids, and the punctuation of scripts without
# spaces.
_ADDRESS = r"[^\s<>\[\]\"`\\^{|}\u2018-\u201f\u3000-\u303f\uff00-\uff65]+"
_URL = re.compile(r"https?://(?=[^\W_])" + _ADDRESS, re.IGNORECASE)
_WWW = re.compile(r"(?<![\w.@/:-])www\.(?=[^\W_])" + _ADDRESS, re.IGNORECASE)
_SCHEME_BEFORE = re.compile(r"(?<![A-Za-z0-9+.-])https?\Z", re.IGNORECASE)
_ENTITY_AT_END = re.compile(r"&[0-9A-Za-z]{1,32};\Z")
_MAIL_LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+_-"
_MAIL_DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@-])")
_OPENS = {"link_open", "wiki_link_open"}
_CLOSES = {"link_close", "wiki_link_close"}


def enable_autolinks(md: MarkdownIt) -> None:
    """Find `https://` while reading (so that `_` in it is no emphasis), the rest in the finished text."""
    md.inline.ruler.before("link", "bare_url", bare_url)
    md.core.ruler.after("inline", "bare_address", bare_addresses)


def bare_url(state: StateInline, silent: bool) -> bool:
    """Inline rule: at `://` after `http` or `https`, turn the address into a link.

    Never while looking ahead for a closing bracket: there brackets weigh more than an address.
    """
    if state.src[state.pos] != ":" or silent or state.linkLevel > 0:
        return False
    if not state.src.startswith("://", state.pos):
        return False
    before = _SCHEME_BEFORE.search(state.src, max(0, state.pos - 6), state.pos)
    if before is None or not state.pending.endswith(before[0]):
        return False
    match = _URL.match(state.src, before.start(), state.posMax)
    url = _without_punctuation(match[0]) if match else ""
    if len(url) <= len(before[0]) + len("://"):
        return False
    href = state.md.normalizeLink(unescapeAll(url))
    if not state.md.validateLink(href):
        return False
    state.pending = state.pending[: -len(before[0])]
    _push_link(state, href, unescapeAll(url))
    state.pos = before.start() + len(url)
    return True


def _push_link(state: StateInline, href: str, shown: str) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": href}
    opening.markup, opening.info = "linkify", "auto"
    state.push("text", "", 0).content = shown
    closing = state.push("link_close", "a", -1)
    closing.markup, closing.info = "linkify", "auto"


def _without_punctuation(url: str) -> str:
    """Cut what more likely belongs to the sentence: closing marks, an unopened bracket, a trailing entity."""
    opened, closed, end = url.count("("), url.count(")"), len(url)
    while end:
        last = url[end - 1]
        if last == ")" and closed > opened:
            closed -= 1
        elif last == ";" and (entity := _ENTITY_AT_END.search(url, max(0, end - 34), end)):
            end = entity.start() + 1
        elif last not in "?!.,:;*_~'":
            break
        end -= 1
    return url[:end]


def bare_addresses(state: StateCore) -> None:
    """Core rule: `www.` and mail addresses in text outside links."""
    for token in state.tokens:
        if token.type != "inline" or not token.children:
            continue
        if "@" in token.content or "www." in token.content.lower():
            token.children = _linked(token.children, state.md)


def _linked(children: list[Token], md: MarkdownIt) -> list[Token]:
    result: list[Token] = []
    depth = 0
    for child in children:
        depth += (child.type in _OPENS) - (child.type in _CLOSES)
        if depth == 0 and child.type == "text":
            result.extend(_split(child, md))
        else:
            result.append(child)
    return result


def _split(token: Token, md: MarkdownIt) -> list[Token]:
    text, parts, last = token.content, [], 0
    for start, end, url in sorted([*_www(text), *_mail(text)]):
        href = md.normalizeLink(url)
        if start < last or not md.validateLink(href):
            continue
        if start > last:
            parts.append(_text(text[last:start], token.level))
        parts += _link(text[start:end], href, token.level)
        last = end
    if not last:
        return [token]
    return [*parts, _text(text[last:], token.level)] if last < len(text) else parts


def _www(text: str) -> list[tuple[int, int, str]]:
    found = []
    for match in _WWW.finditer(text):
        address = _without_punctuation(match[0])
        if "." in address[len("www.") :]:
            found.append((match.start(), match.start() + len(address), "http://" + address))
    return found


def _mail(text: str) -> list[tuple[int, int, str]]:
    found, at = [], text.find("@")
    while at >= 0:
        before = text[max(0, at - 64) : at]
        start = at - len(before) + len(before.rstrip(_MAIL_LOCAL))
        start += len(text[start:at]) - len(text[start:at].lstrip(".-+"))
        domain = _MAIL_DOMAIN.match(text, at + 1)
        if domain and start < at and text[at - 1] != "." and not text[start - 1 : start].isalnum():
            found.append((start, domain.end(), "mailto:" + text[start : domain.end()]))
        at = text.find("@", at + 1)
    return found


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _link(shown: str, href: str, level: int) -> list[Token]:
    return [
        Token("link_open", "a", 1, attrs={"href": href}, level=level, markup="linkify", info="auto"),
        _text(shown, level + 1),
        Token("link_close", "a", -1, level=level, markup="linkify", info="auto"),
    ]
