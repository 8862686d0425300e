"""The one list of what rendered text may contain, and the one place where it is enforced.

Nothing touches the HTML after `clean`. Whatever the parser, the renderer or a resolver may let through:
elements, attributes, classes, schemes and ids outside this list do not reach a reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import nh3

from .highlighting import CLASSES, LANGUAGES

SCHEMES = {"http", "https", "mailto"}

_WITHOUT_ATTRIBUTES = {"br", "dd", "dl", "dt", "em", "hr", "s", "strong", "table", "tbody", "thead", "tr", "ul"}
_HEADINGS = {f"h{level}" for level in range(1, 7)}

ATTRIBUTES: dict[str, set[str]] = {
    "a": {"aria-label", "class", "href", "id", "rel", "title"},
    "blockquote": set(),
    "code": {"class"},
    "div": {"aria-label", "class", "role", "tabindex"},
    "audio": {"aria-label", "class", "controls", "preload", "src"},
    "iframe": {"class", "loading", "src", "title"},
    "img": {"alt", "class", "height", "loading", "src", "title", "width"},
    "input": {"aria-label", "checked", "class", "disabled", "type"},
    "li": {"class", "id"},
    "ol": {"start"},
    "p": {"class"},
    "pre": {"class", "tabindex"},
    "section": {"aria-label", "class"},
    "span": {"class", "title"},
    "sup": {"class"},
    "td": {"class"},
    "th": {"class", "scope"},
    "video": {"aria-label", "class", "controls", "preload", "src"},
    **{tag: {"id"} for tag in _HEADINGS},
}

TAGS = {*ATTRIBUTES, *_WITHOUT_ATTRIBUTES}

KINDS = ("note", "tip", "important", "warning", "caution")

CLASS_VALUES = {
    "kb-audio",
    "kb-back",
    "kb-box",
    "kb-callout-title",
    "kb-center",
    "kb-code",
    "kb-document",
    "kb-external",
    "kb-failed",
    "kb-footnotes",
    "kb-front",
    "kb-image",
    "kb-left",
    "kb-link",
    "kb-mention",
    "kb-missing",
    "kb-right",
    "kb-table",
    "kb-task",
    "kb-toc",
    "kb-toc-title",
    "kb-unknown",
    "kb-video",
    *(f"kb-callout kb-callout-{kind}" for kind in KINDS),
    *(f"language-{name}" for name in LANGUAGES),
    *CLASSES.values(),
}
"""Whole values of the class attribute, not single names: the renderer writes no others."""

_FIXED = {
    ("div", "role"): {"group", "note"},
    ("div", "tabindex"): {"0"},
    ("pre", "tabindex"): {"0"},
    ("input", "type"): {"checkbox"},
    ("input", "checked"): {""},
    ("input", "disabled"): {""},
    ("img", "loading"): {"lazy"},
    ("iframe", "loading"): {"lazy"},
    **{(tag, "controls"): {""} for tag in ("audio", "video")},
    **{(tag, "preload"): {"metadata"} for tag in ("audio", "video")},
    ("a", "rel"): {"nofollow noopener noreferrer"},
    ("th", "scope"): {"col", "row"},
}
OWN_ONLY = {"audio", "iframe", "video"}
_OWN_FILE = re.compile(r"/(?!/)(?:[^:\\\s]*/)?-/files/raw/[^:\\\s]+")
"""What plays or is a document of its own comes from the wiki itself: an address without scheme or host.
No plugin's HTML may have it."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ID = re.compile(r"kb-(?:h-[^\s\"'<>&]+|f-\d+|r-\d+-\d+)")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2060\u3000\ufeff]")


def allowed(tag: str, attribute: str, value: str) -> str | None:
    """The value, or None to drop the attribute. Called for every attribute that the list above lets
    through."""
    if attribute == "class":
        return value if value in CLASS_VALUES else None
    if attribute == "src" and tag in OWN_ONLY:
        return value if _OWN_FILE.fullmatch(value) else None
    if attribute in ("href", "src"):
        return value if _harmless(value) else None
    if attribute == "id":
        return value if _ID.fullmatch(value) else None
    if attribute in ("start", "width", "height"):
        return value if value.isascii() and value.isdigit() else None
    fixed = _FIXED.get((tag, attribute))
    return value if fixed is None or value in fixed else None


def _harmless(address: str) -> bool:
    """False for `//host`, `\\\\host` and their mixtures, which browsers read as another host although there is no
    scheme, and for any other scheme than the three.

    Browsers drop tabs and line ends anywhere and control characters in front, so those do not count; nor does
    unusual white space, which should not decide whether something is an address.
    """
    bare = _UNSEEN.sub("", address)
    if bare[:2].replace("\\", "/") == "//":
        return False
    scheme = _SCHEME.match(bare)
    return scheme is None or scheme[1].lower() in SCHEMES


def cleaner_with(
    tags: set[str], attributes: dict[str, set[str]], allowed: Callable[[str, str, str], str | None]
) -> Callable[[str], str]:
    """A cleaner that lets these through, and what `allowed` says of the values."""
    options: dict[str, Any] = {
        "tags": tags,
        "attributes": {tag: names for tag, names in attributes.items() if names},
        "attribute_filter": allowed,
        "clean_content_tags": {"script", "style"},
        "strip_comments": True,
        "link_rel": None,  # the renderer writes rel on links that leave the wiki, and only there
        "url_schemes": SCHEMES,
    }
    if hasattr(nh3, "Cleaner"):
        cleaner: Callable[[str], str] = nh3.Cleaner(**options).clean
        return cleaner
    return partial(nh3.clean, **options)


clean = cleaner_with(TAGS, ATTRIBUTES, allowed)
"""HTML in, HTML out: only what the list allows, every element closed. Safe to call from any thread."""
