"""A wiki's terms in every language, as a setting or an administrator says them: a preset, and what differs from it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from .presets import PRESETS, USUAL
from .terms import NOUNS, VERBS, Term, Verb, Word
from .vocabulary import Vocabulary

_OF_A_PLUGIN = re.compile(r"[a-z][a-z0-9-]{0,29}\.[a-z]{1,40}")
"""A noun of a plugin's own: `glossary.term`."""
MOST_CHARACTERS = 60
"""The longest word a term may be."""
_NOUN_FORMS = ("singular", "plural", "gender", "genitive", "dative_plural", "oblique")
_VERB_FORMS = ("base", "third", "past", "gerund")


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """Terms by language. `own` is what differs from the preset, as canonical JSON: `{"en": {"page": ["guide"]}}`."""

    preset: str = "Wiki"
    own: str = field(default="{}")

    def __repr__(self) -> str:
        return repr(self.preset if self.own == "{}" else self.said())

    def of(self, language: str) -> Vocabulary:
        """The terms in one language."""
        return _vocabulary(self.preset, self.own, language)

    def said(self) -> dict[str, Any]:
        """The same as plain values, as it is kept and journalled."""
        return {"preset": self.preset, "terms": json.loads(self.own)}

    def forms(self, language: str, name: str) -> tuple[str, ...]:
        """What differs from the preset for one term in one language: its forms, () when nothing does."""
        return tuple(json.loads(self.own).get(language, {}).get(name, ()))


USUAL_TERMS = Vocabularies()
"""Those of a wiki that nobody chose any for."""


def vocabularies_of(said: object, language: str = "en") -> Vocabularies:
    """The terms that are meant by a preset's name or a mapping. Errors: ValueError says what is wrong.

    A mapping has terms by name (`{"page": "guide"}` or `{"page": ["guide", "guides"]}`), or the same below languages
    (`{"de": {"page": ["Anleitung", "Anleitungen", "f"]}}`), and `preset`, what it begins with. Terms without a language
    are in `language`.
    """
    if isinstance(said, Vocabularies):
        return said
    if isinstance(said, str):
        said = {"preset": said}
    if not isinstance(said, Mapping):
        raise ValueError(f"it must be the name of a preset or a mapping of terms, not {said!r}")
    preset = said.get("preset", "Wiki")
    if preset not in PRESETS:
        raise ValueError(f"there is no preset {preset!r}; there is {', '.join(PRESETS)}")
    own: dict[str, dict[str, list[str]]] = {}
    terms = {**said.get("terms", {}), **{key: said[key] for key in said if key not in ("preset", "terms")}}
    for key, value in terms.items():
        if _is_term(key):
            own.setdefault(language, {})[key] = _forms(key, value)
        elif isinstance(value, Mapping):
            own.setdefault(str(key), {}).update({name: _forms(name, forms) for name, forms in value.items()})
        else:
            raise ValueError(f"there is no term {key!r}; there is {', '.join((*NOUNS, *VERBS))}")
    return Vocabularies(preset, json.dumps(own, ensure_ascii=False, sort_keys=True))


def _is_term(name: object) -> bool:
    return name in (*NOUNS, *VERBS) or (isinstance(name, str) and _OF_A_PLUGIN.fullmatch(name) is not None)


def _forms(name: str, value: object) -> list[str]:
    if not _is_term(name):
        raise ValueError(f"there is no term {name!r}; there is {', '.join((*NOUNS, *VERBS))}")
    if isinstance(value, Mapping):
        known = _VERB_FORMS if name in VERBS else _NOUN_FORMS
        if not set(value) <= set(known):
            raise ValueError(f"a form of {name!r} is one of {', '.join(known)}")
        value = [value.get(form, "") for form in known]
    forms = [value] if isinstance(value, str) else value
    if not isinstance(forms, Sequence) or not all(isinstance(one, str) for one in forms):
        raise ValueError(f"the term {name!r} must be a word or a list of its forms, not {value!r}")
    tidy = [" ".join(one.split()) for one in forms]
    while tidy and not tidy[-1]:
        tidy.pop()
    if not tidy or not tidy[0] or len(tidy) > (len(_VERB_FORMS) if name in VERBS else len(_NOUN_FORMS)):
        raise ValueError(f"the term {name!r} needs a word")
    for one in tidy:
        if len(one) > MOST_CHARACTERS or any(sign in one for sign in "[]{}<>|\0"):
            raise ValueError(f"{one!r} has brackets or more than {MOST_CHARACTERS} characters")
    if name not in VERBS and len(tidy) > 2 and tidy[2] not in ("", "m", "f", "n"):
        raise ValueError(f"the gender of {name!r} is m, f or n")
    return tidy


@lru_cache(maxsize=200)
def _vocabulary(preset: str, own: str, language: str) -> Vocabulary:
    terms: dict[str, Word] = dict(PRESETS[preset].get(language, {}))
    for name, forms in json.loads(own).get(language, {}).items():
        terms[name] = Verb(*forms) if name in VERBS else Term(*forms)
    return Vocabulary(terms, language if language in USUAL else "en")
