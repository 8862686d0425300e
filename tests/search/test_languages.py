"""Which language a page is in: told by its common words, in doubt the wiki's usual one."""

from __future__ import annotations

import pytest

from kbwiki.search.words.languages import language_of

ALL = ("en", "de", "fr", "es", "it", "pt", "ru")
TEXTS = {
    "en": "Before you start the pump, make sure that the valve is open and that nobody is working on the line.",
    "de": "Bevor Sie die Pumpe starten, muss das Ventil offen sein, und es darf niemand an der Leitung arbeiten.",
    "fr": "Avant de démarrer la pompe, il faut que la vanne soit ouverte et que personne ne travaille sur la ligne.",
    "es": "Antes de arrancar la bomba, la válvula tiene que estar abierta y nadie debe trabajar en la línea.",
    "it": "Prima di avviare la pompa, la valvola deve essere aperta e nessuno deve lavorare sulla linea.",
    "pt": "Antes de ligar a bomba, a válvula tem de estar aberta e ninguém pode trabalhar na linha com ela em marcha.",
    "ru": "Перед тем как включить насос, убедитесь, что клапан открыт и никто не работает на линии.",
}


@pytest.mark.parametrize("language", ALL)
def test_a_text_of_one_sentence_is_in_its_language(language: str) -> None:
    assert language_of(TEXTS[language], ALL) == language


@pytest.mark.parametrize("language", ALL)
def test_it_is_so_whichever_is_the_usual_one(language: str) -> None:
    for usual in ALL:
        assert language_of(TEXTS[language], (usual, *(one for one in ALL if one != usual))) == language


def test_only_languages_of_the_wiki_are_told_apart() -> None:
    assert language_of(TEXTS["de"], ("en",)) == "en"
    assert language_of(TEXTS["de"], ("en", "fr")) == "en"
    assert language_of(TEXTS["de"], ()) == ""


@pytest.mark.parametrize("text", ["", "Pumpe", "P-101 / V-7", "int main(void) { return 0; }", "会議室", "die Pumpe"])
def test_a_text_too_short_to_tell_is_in_the_usual_language(text: str) -> None:
    assert language_of(text, ("en", "de", "fr")) == "en"
    assert language_of(text, ("fr", "en", "de")) == "fr"


def test_a_short_text_in_cyrillic_letters_is_in_the_language_written_so() -> None:
    assert language_of("Насос", ALL) == "ru"


def test_quotations_in_another_language_do_not_change_it() -> None:
    text = " ".join([TEXTS["en"]] * 3 + [TEXTS["de"]])

    assert language_of(text, ("en", "de")) == "en"
    assert language_of(text, ("de", "en")) == "en"
