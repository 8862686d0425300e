"""What a plugin's HTML may have besides what pages may: it declares, and the lists here say what can be declared.

They list what is possible, not what is forbidden: what nobody thought of is refused. Nothing in them runs, loads,
frames, submits, leaves the page, styles from an attribute, holds raw text, or lets HTML back in where MathML or SVG are
spoken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

from .allowlist import ATTRIBUTES, CLASS_VALUES, OWN_ONLY, TAGS, allowed, cleaner_with


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


HTML = _set(
    "abbr aside b bdi bdo caption cite col colgroup data del details dfn figcaption figure footer header i ins "
    "kbd mark meter nav progress q rp rt ruby samp small sub summary tfoot time u var wbr"
)
MATHML = _set(
    "math maction menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts "
    "mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
SVG = _set("circle ellipse g line path polygon polyline rect svg text tspan")

_ORDINARY = TAGS - OWN_ONLY
_WORDS = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]{0,4000}")
_PLAIN_VALUE = re.compile(r"(?!.*url)[A-Za-z0-9#.,%() +/-]{0,4000}", re.IGNORECASE | re.DOTALL)
_PATH = re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9eE., +\n-]{0,20000}")
_TEXTS = _set("alt alttext aria-label title")
_PLAIN_ATTRIBUTES = _set(
    "accent accentunder aria-hidden close columnalign columnlines columnspacing columnspan cx cy datetime "
    "depth dir display displaystyle dominant-baseline dx dy fence fill fill-opacity focusable font-family "
    "font-size font-style font-weight form frame height high lang largeop letter-spacing linethickness low "
    "lquote lspace mathcolor mathbackground mathsize mathvariant max maxsize min minsize movablelimits "
    "notation numalign denomalign open opacity optimum points preserveAspectRatio r rowalign rowlines "
    "rowspacing rowspan colspan rquote rspace rx ry scope scriptlevel separator separators span stretchy "
    "stroke stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity stroke-width symmetric text-anchor "
    "transform value viewBox voffset width x x1 x2 y y1 y2"
)
_ANY_SIGN = {"close", "lquote", "open", "rquote", "separators"}
_ROLES = {"figure", "group", "img", "list", "listitem", "math", "none", "note", "presentation"}
_CHECKED_BELOW = frozenset({"class", "role", "tabindex", "d"})
POSSIBLE = _TEXTS | _PLAIN_ATTRIBUTES | _CHECKED_BELOW


@dataclass(frozen=True, eq=False)
class Allowance:
    """What HTML of this owner may have besides what pages may, all of it possible; `refused` is what is not."""

    owner: str
    elements: frozenset[str] = frozenset()
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    classes: frozenset[str] = frozenset()
    refused: tuple[str, ...] = ()


def allowance_of(
    owner: str, elements: Iterable[str], attributes: Mapping[str, Iterable[str]], classes: Iterable[str]
) -> Allowance:
    """What of this declaration can be had."""
    own_class = re.compile(rf"kb-x-{re.escape(owner)}-[A-Za-z0-9_-]{{1,60}}")
    elements, classes = frozenset(elements), frozenset(classes)
    possible = elements & (HTML | MATHML | SVG)
    refused = sorted(elements - possible - _ORDINARY)
    refused += [one for one in sorted(classes) if not own_class.fullmatch(one)]
    kept: dict[str, frozenset[str]] = {}
    for element, names in attributes.items():
        wanted = frozenset(names)
        if element in possible | _ORDINARY:
            kept[element] = wanted & POSSIBLE
            wanted -= POSSIBLE | ATTRIBUTES.get(element, set())
        refused += [f"{element} {name}" for name in sorted(wanted)]
    return Allowance(
        owner, possible, kept, frozenset(one for one in classes if own_class.fullmatch(one)), tuple(refused)
    )


def piece_cleaner(allowance: Allowance) -> Callable[[str], str]:
    """Cleans HTML of this owner, which may have no ids and no files in it: they belong to the page."""
    return _cleaner((allowance,), False)


def page_cleaner(allowances: Collection[Allowance]) -> Callable[[str], str]:
    """Cleans a page in which pieces of these owners stand, each cleaned as its owner's before."""
    return _cleaner(tuple(sorted(allowances, key=lambda one: one.owner)), True)


@lru_cache(maxsize=64)
def _cleaner(allowances: tuple[Allowance, ...], whole: bool) -> Callable[[str], str]:
    attributes = {tag: set(names) for tag, names in ATTRIBUTES.items()}
    classes: set[str] = set()
    tags = set(TAGS if whole else _ORDINARY)
    for one in allowances:
        tags |= one.elements
        classes |= one.classes
        for element in one.elements | one.attributes.keys():
            attributes.setdefault(element, set()).update(one.attributes.get(element, ()))
            if one.classes:
                attributes[element].add("class")
    for names in attributes.values() if classes else ():
        names.add("class")

    def filtered(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "id" and not whole:
            return None
        if attribute == "class":
            fits = value in CLASS_VALUES or all(one in classes for one in value.split())
            return value if fits else None
        if attribute in ATTRIBUTES.get(tag, ()):
            return allowed(tag, attribute, value)
        return value if _is_possible(attribute, value) else None

    return cleaner_with(tags, attributes, filtered)


def _is_possible(attribute: str, value: str) -> bool:
    if attribute in _TEXTS:
        return _WORDS.fullmatch(value) is not None
    if attribute in _PLAIN_ATTRIBUTES:
        return _PLAIN_VALUE.fullmatch(value) is not None or attribute in (
            "open",
            "close",
            "separators",
            "lquote",
            "rquote",
        )
    if attribute == "role":
        return value in _ROLES
    if attribute == "tabindex":
        return value == "0"
    return attribute == "d" and _PATH.fullmatch(value) is not None


_VOID = {"br", "col", "hr", "img", "input", "wbr"}


def is_sound(html: str) -> bool:
    """Whether cleaned HTML is nested properly, and speaks nothing but SVG within SVG and MathML within MathML.

    A second look, by another parser than the sanitiser's: what two parsers could understand differently is refused.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.is_sound and not reader.opened


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.is_sound = True
        self.opened: list[str] = []
        self._within: list[frozenset[str] | None] = [None]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        spoken = self._within[-1]
        if spoken is not None and tag not in spoken:
            self.is_sound = False
        if tag in _VOID:
            return
        self.opened.append(tag)
        self._within.append(SVG if tag == "svg" else MATHML if tag == "math" else spoken)

    def handle_endtag(self, tag: str) -> None:
        if not self.opened or self.opened.pop() != tag:
            self.is_sound = False
            self.opened.clear()
            self._within = [None]
            return
        self._within.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_sound = False

    def unknown_decl(self, data: str) -> None:
        self.is_sound = False

    def handle_comment(self, data: str) -> None:
        self.is_sound = False
