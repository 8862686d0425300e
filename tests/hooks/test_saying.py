"""What plugins say: in the reader's language, with the organisation's terms and their own."""

from __future__ import annotations

import pytest

from kbwiki.hooks import Plugin
from kbwiki.wording import Wording, speaking
from kbwiki.wording.speech import Speech
from kbwiki.wording.vocabularies import vocabularies_of
from tests.hooks.weather import Weather

WEATHER = Weather.__new__(Weather)
OWN = {"en": {"weather.report": ["bulletin"], "page": ["guide"]}, "de": {"weather.report": ["Meldung", "", "f"]}}


def speech(locale: str, said: object = "Wiki") -> Wording:
    return Speech(("en", "de"), "", vocabularies_of(said)).wording(locale)


@pytest.mark.parametrize(
    ("locale", "terms", "said"),
    [
        ("en", "Wiki", ["All reports", "1 report", "2 reports"]),
        ("de", "Wiki", ["Alle Berichte", "1 Bericht", "2 Berichte"]),
        ("de-AT", "Wiki", ["Alle Berichte", "1 Bericht", "2 Berichte"]),
        ("en", {"terms": OWN}, ["All bulletins", "1 bulletin", "2 bulletins"]),
        ("de", {"terms": OWN}, ["Alle Meldungen", "1 Meldung", "2 Meldungen"]),
    ],
)
def test_terms_and_numbers(locale: str, terms: object, said: list[str]) -> None:
    with speaking(speech(locale, terms)):
        told = [WEATHER.say("All [reports]"), *(WEATHER.say("{n} [report]", "{n} [reports]", n=n) for n in (1, 2))]

    assert told == said


def test_what_no_catalogue_has_is_said_as_it_stands_with_the_terms_in_english() -> None:
    with speaking(speech("de", {"terms": OWN})):
        assert WEATHER.say("A [report] on [a page] of {place} [1]", place="Kiel") == "A bulletin on a guide of Kiel [1]"


def test_a_plugin_without_words_of_its_own_can_speak() -> None:
    class Plain(Plugin):
        name = "plain"

    assert Plain.__new__(Plain).say("Every [page]") == "Every page"


def test_names_that_no_plugin_can_have_are_refused() -> None:
    with pytest.raises(ValueError, match="no term"):
        vocabularies_of({"weather.": "x"})
    with pytest.raises(ValueError, match="no term"):
        vocabularies_of({"en": {"Weather.report": "x"}})
