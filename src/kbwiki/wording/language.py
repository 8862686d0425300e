"""One language as one wiki speaks it: a catalogue of texts and the terms that go into them."""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from .catalogue import ENGLISH, Untranslated, catalogue
from .vocabulary import Vocabulary

_MOST_KEPT = 5_000
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True, eq=False)
class Wording:
    """A language with a wiki's terms. What was put together once is kept, so that a text costs a look-up.

    `english` are the terms in English, for texts that the catalogue does not have; `zone` is where days begin.
    """

    locale: str = ENGLISH
    catalogue: gettext.NullTranslations = field(default_factory=lambda: catalogue(ENGLISH))
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    english: Vocabulary | None = None
    zone: tzinfo = UTC
    _said: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    @property
    def direction(self) -> str:
        """Where lines begin: `ltr` or `rtl`."""
        language, *others = self.locale.replace("_", "-").split("-")
        script = next((one for one in others if len(one) == 4), "").lower()
        return "rtl" if script in ("arab", "hebr") or (not script and language in _RIGHT_TO_LEFT) else "ltr"

    @property
    def tag(self) -> str:
        """The language as HTML and feeds name it (BCP 47); our English is written as in Britain."""
        return "en-GB" if self.locale == ENGLISH else self.locale.replace("_", "-")

    def say(self, text: str, plural: str | None = None, n: object = None) -> str:
        """The translation of `text` (for a number `n` its form for that number), with terms, placeholders unfilled."""
        if plural is None:
            found, key = text, (text, "")
        else:
            found = self.catalogue.ngettext(text, plural, n if isinstance(n, int) else 2)
            key = (found, "\0")
        said = self._said.get(key)
        if said is None:
            if plural is None and text:
                found = self.catalogue.gettext(text)
            terms = self.english if isinstance(found, Untranslated) and self.english is not None else self.vocabulary
            if len(self._said) >= _MOST_KEPT:  # texts that people wrote, such as reasons, have no end
                self._said.clear()
            said = self._said[key] = terms.fill(found)
        return said
