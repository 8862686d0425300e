"""How terms stand in a German sentence: determiners and adjectives follow the term's gender.

In a German text the words before a term are written as before a masculine noun, which tells all cases apart:
`[der page]`, `[den page]`, `[dem page]`, `[des page]` for the four cases, and likewise `[ein neuer page]`, `[keinen
page]`, `[dieser page]`, `[zum page]`. Several are written as they are said: `[die pages]`, `[den pages]`. Where no
word tells the case, a mark does: `[pages|dat]`, `[page|gen]`.
"""

from __future__ import annotations

from .terms import Term

_DEFINITE = {
    "nom": {"m": "er", "f": "ie", "n": "as"},
    "acc": {"m": "en", "f": "ie", "n": "as"},
    "dat": {"m": "em", "f": "er", "n": "em"},
    "gen": {"m": "es", "f": "er", "n": "es"},
}
"""Endings of d-."""
_STRONG = {
    "nom": {"m": "er", "f": "e", "n": "es"},
    "acc": {"m": "en", "f": "e", "n": "es"},
    "dat": {"m": "em", "f": "er", "n": "em"},
    "gen": {"m": "es", "f": "er", "n": "es"},
}
"""Endings of dies-, jed-, welch-, and of adjectives without a determiner (but for the genitive)."""
_INDEFINITE = {**_STRONG, "nom": {"m": "", "f": "e", "n": ""}, "acc": {"m": "en", "f": "e", "n": ""}}
"""Endings of ein, kein, mein …"""
_WEAK = {"nom": {"m": "e", "f": "e", "n": "e"}, "acc": {"m": "en", "f": "e", "n": "e"}}
"""Endings of adjectives after d-, dies- …; -en in all other cases."""
_MIXED = {"nom": {"m": "er", "f": "e", "n": "es"}, "acc": {"m": "en", "f": "e", "n": "es"}}
"""Endings of adjectives after ein, kein, mein …; -en in all other cases."""
_CONTRACTED = {
    "zum": ("dat", {"m": "zum", "f": "zur", "n": "zum"}),
    "vom": ("dat", {"m": "vom", "f": "von der", "n": "vom"}),
    "im": ("dat", {"m": "im", "f": "in der", "n": "im"}),
    "am": ("dat", {"m": "am", "f": "an der", "n": "am"}),
    "beim": ("dat", {"m": "beim", "f": "bei der", "n": "beim"}),
}
_LIKE_THIS = ("dies", "jed", "welch", "jen", "manch", "solch")
_LIKE_ONE = ("ein", "kein", "mein", "dein", "sein", "ihr", "unser", "euer", "eur")
_CASES = {"er": "nom", "en": "acc", "em": "dat", "es": "gen", "": "nom"}


def in_a_sentence(term: Term, form: str, before: tuple[str, ...], case: str) -> str:
    """The term with the words before it, in their forms for its gender. `case` is that of a mark, or ''."""
    if form == "plural":
        return " ".join((*before, _several(term, before, case)))
    words, case = _agree(before, case or "nom", term.gender or "m", marked=bool(case))
    return " ".join((*words, _one(term, case)))


def _one(term: Term, case: str) -> str:
    if case == "gen":
        return term.genitive
    return term.oblique if case in ("acc", "dat") else term.singular


def _several(term: Term, before: tuple[str, ...], case: str) -> str:
    first = before[0].lower() if before else ""
    names_dative = first == "den" or (first.endswith("en") and first.startswith((*_LIKE_THIS, *_LIKE_ONE, "all")))
    return term.dative_plural if case == "dat" or names_dative else term.plural


def _agree(before: tuple[str, ...], case: str, gender: str, *, marked: bool) -> tuple[list[str], str]:
    """The words before a singular noun of this gender, and the case that they name."""
    if not before:
        return [], case
    first, rest = before[0], before[1:]
    found = _determiner(first.lower(), gender, case if marked else "")
    if found is None:  # no determiner: adjectives alone, which name the case
        case = case if marked else _case_of(first)
        return [_adjective(one, _STRONG[case][gender]) for one in before], case
    said, case, endings = found
    ending = endings.get(case, {}).get(gender, "en")
    return [_as_written(first, said), *(_adjective(one, ending) for one in rest)], case


def _determiner(
    word: str, gender: str, case: str
) -> tuple[str, str, dict[str, dict[str, str]]] | None:
    """The determiner for the gender, its case, and the endings of adjectives after it; None when it is none."""
    if word in _CONTRACTED:
        case, forms = _CONTRACTED[word]
        return forms[gender], case, _WEAK
    if word in ("der", "den", "dem", "des"):
        case = case or _CASES[word[1:]]
        return f"d{_DEFINITE[case][gender]}", case, _WEAK
    for stem in _LIKE_THIS:
        if word in {f"{stem}{ending}" for ending in ("er", "en", "em", "es")}:
            case = case or _CASES[word.removeprefix(stem)]
            return f"{stem}{_STRONG[case][gender]}", case, _WEAK
    for stem in _LIKE_ONE:
        ending = word.removeprefix(stem)
        if word.startswith(stem) and ending in _CASES and (stem, ending) != ("eur", ""):
            case = case or ("nom" if ending == "" else _CASES[ending])
            own = "eur" if stem == "euer" and _INDEFINITE[case][gender] else stem
            return f"{own}{_INDEFINITE[case][gender]}", case, _MIXED
    return None


def _case_of(adjective: str) -> str:
    return _CASES.get(adjective[-2:], "nom")


def _adjective(word: str, ending: str) -> str:
    stem = word[:-2] if word.endswith(("er", "en", "em", "es")) else word.removesuffix("e")
    return stem + ending


def _as_written(like: str, word: str) -> str:
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
