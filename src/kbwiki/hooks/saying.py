"""What plugins say, in the language of whoever reads it: catalogues of their own, and the organisation's terms."""

from __future__ import annotations

import gettext
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..wording import spoken
from ..wording.catalogue import ENGLISH, Untranslated, catalogue
from ..wording.terms import Term, Verb

Words = Mapping[str, tuple[str, str]]
"""A plugin's own nouns by name: one of it, and several."""


def say(kind: Any, own: Words, text: str, plural: str | None, params: Mapping[str, object]) -> str:
    """The text as the plugin `kind` says it here and now; see `Plugin.say`."""
    wording, n = spoken(), params.get("n")
    texts = _catalogue(_locales(kind), f"kbwiki_x_{kind.name.replace('-', '_')}", wording.locale)
    count = n if isinstance(n, int) else 2
    found = texts.gettext(text) if plural is None else texts.ngettext(text, plural, count)
    is_translated = not isinstance(found, Untranslated)
    vocabulary = wording.vocabulary if is_translated or wording.english is None else wording.english
    if own and "[" in found:
        translate = texts.gettext if is_translated else str
        nouns: dict[str, Term] = {}
        for name, (one, many) in own.items():
            chosen = vocabulary.terms.get(f"{kind.name}.{name}")
            usual = Term(translate(one), translate(many))
            nouns[name] = usual if chosen is None or isinstance(chosen, Verb) else chosen
        vocabulary = replace(vocabulary, own=nouns)
    said = str(vocabulary.fill(found))  # `str` itself: kbwiki takes no other texts from a plugin
    return said.format(**params) if params else said


def _locales(kind: Any) -> str:
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return str(Path(file).parent / kind.locales) if file and kind.locales else ""


@lru_cache(maxsize=200)
def _catalogue(folder: str, domain: str, locale: str) -> gettext.NullTranslations:
    """What there is for a language, or for the language without its country; else what stands in the code."""
    languages = [locale.replace("-", "_"), locale.replace("-", "_").partition("_")[0]]
    try:
        found = gettext.translation(domain, folder, languages=languages) if folder else None
    except OSError:  # there is none, or none that can be read
        found = None
    if found is None:
        return catalogue(ENGLISH)
    found.add_fallback(catalogue(ENGLISH))
    return found
