"""LaTeX to MathML, with what is wrong said in words.

latex2mathml reads much of LaTeX and lets much pass that is none: a command it does not know becomes a letter, a
fraction may lack its second part. That is looked for here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast
from xml.etree import ElementTree

from latex2mathml import converter

LONGEST = 4000
DEEPEST = 60

ELEMENTS = (
    *("math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts"),
    *("mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr"),
    *("munder", "munderover", "none"),
)
_EVERYWHERE = ("mathvariant", "mathcolor", "mathbackground", "displaystyle", "scriptlevel")
ATTRIBUTES = {
    **dict.fromkeys(ELEMENTS, _EVERYWHERE),
    "math": ("display", "alttext", *_EVERYWHERE),
    "menclose": ("notation", *_EVERYWHERE),
    "mfrac": ("linethickness", *_EVERYWHERE),
    "mo": (
        *("accent", "fence", "form", "largeop", "lspace", "maxsize", "minsize", "movablelimits", "rspace", "separator"),
        *("stretchy", "symmetric", *_EVERYWHERE),
    ),
    "mover": ("accent", *_EVERYWHERE),
    "mpadded": ("depth", "height", "lspace", "voffset", "width", *_EVERYWHERE),
    "mspace": ("depth", "height", "width", *_EVERYWHERE),
    "mtable": ("columnalign", "columnlines", "columnspacing", "frame", "rowlines", "rowspacing", *_EVERYWHERE),
    "mtd": ("columnalign", "columnspan", "rowspan", *_EVERYWHERE),
    "munder": ("accentunder", *_EVERYWHERE),
}
_PARTS = {"mfrac": 2, "mover": 2, "mroot": 2, "msub": 2, "msubsup": 3, "msup": 2, "munder": 2, "munderover": 3}
_UNKNOWN = re.compile(r"\\[A-Za-z]+")
_SAID = {
    "DenominatorNotFoundError": "a fraction has no denominator",
    "DoubleSubscriptsError": "one thing has two indices; put braces around what belongs together",
    "DoubleSuperscriptsError": "one thing has two exponents; put braces around what belongs together",
    "ExtraLeftOrMissingRightError": "\\left has no \\right, or \\right no \\left",
    "InvalidAlignmentError": "a table has an alignment that is none of l, c and r",
    "InvalidStyleForGenfracError": "\\genfrac has a style there is not",
    "InvalidWidthError": "a width is no width",
    "LimitsMustFollowMathOperatorError": "\\limits has to follow an operator",
    "MissingEndError": "\\begin has no \\end",
    "MissingSuperScriptOrSubscriptError": "something is missing after ^ or _",
    "NoAvailableTokensError": "it ends too early; a brace, \\right or \\end may be missing",
    "NumeratorNotFoundError": "a fraction has no numerator",
}

_convert = cast("Callable[..., str]", converter.convert)


class Unreadable(ValueError):
    """Why this is no formula, in words for who wrote it."""


def mathml(latex: str, display: str) -> str:
    """A formula as MathML, `display` "inline" or "block". Errors: Unreadable."""
    latex = latex.strip()
    _require_measure(latex)
    try:
        formula = _convert(latex, display=display)
        tree = ElementTree.fromstring(formula)  # noqa: S314 - what latex2mathml wrote just now, without entities
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    except Exception as error:  # it lets through whatever happens inside it
        raise Unreadable(_SAID.get(type(error).__name__, "something in it cannot be understood")) from error
    _require_whole(tree)
    tree.set("alttext", latex)
    return _written(tree)


def _require_measure(latex: str) -> None:
    if not latex:
        raise Unreadable("there is nothing in it")
    if len(latex) > LONGEST:
        raise Unreadable(f"it has {len(latex)} characters, where {LONGEST} are the most")
    depth = deepest = 0
    for sign in re.sub(r"\\[{}]", "", latex):
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
        if depth < 0:
            raise Unreadable("there is a closing brace } too many")
    if depth:
        raise Unreadable("a closing brace } is missing")
    if deepest > DEEPEST:
        raise Unreadable("it is nested too deeply")


def _require_whole(tree: ElementTree.Element) -> None:
    for element in tree.iter():
        name = element.tag.rpartition("}")[2]
        if len(element) < _PARTS.get(name, 0):
            raise Unreadable("a part of it is missing, such as the second half of a fraction")
        if name == "mi" and (unknown := _UNKNOWN.fullmatch(element.text or "")):
            raise Unreadable(f"there is no command {unknown[0]}")


def _written(tree: ElementTree.Element) -> str:
    for element in tree.iter():
        element.tag = element.tag.rpartition("}")[2]
    return ElementTree.tostring(tree, encoding="unicode", short_empty_elements=False)
