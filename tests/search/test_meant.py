"""Search for what was meant: slips put right, several languages, and the order in which pages stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kbwiki import Actor, Settings, Wiki
from kbwiki.errors import Invalid
from kbwiki.moderation.policy import Verdict
from kbwiki.pages.actions import delete_page
from kbwiki.testing import READER, WRITER, answer, look, make_space, open_reviews, save
from tests.databases import SqliteTemplate

INSIDER = Actor("insider", "Ingo Insider", frozenset({"people"}))
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru")


def opened(folder: Path, **settings: object) -> Wiki:
    given = Settings(search_catch_up_seconds=60.0, **settings)  # type: ignore[arg-type]
    return Wiki(f"sqlite:///{folder / 'wiki.db'}", index=folder / "index", settings=given)


@pytest.fixture
def wiki(_sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Wiki]:
    _sqlite_template.copy_to(tmp_path / "wiki.db")
    wiki = opened(tmp_path, languages=LANGUAGES)
    yield wiki
    wiki.close()


def found(wiki: Wiki, text: str, by: Actor = READER) -> list[str]:
    return [one.path for one in wiki.search(by, text).results]


def test_a_mistyped_word_is_put_right_and_the_answer_says_so(wiki: Wiki) -> None:
    save(wiki, "rooms", "Open the Window, measure the size of the window.\n")

    outcome = wiki.search(READER, "windwo size")

    assert [one.path for one in outcome.results] == ["rooms"]
    assert outcome.note == "Nothing has “windwo”; these are for “window”."
    assert outcome.correction is not None
    assert (outcome.correction.text, outcome.correction.as_typed) == ("window size", '"windwo" size')
    assert [one.text.lower() for one in outcome.results[0].snippet if one.hit] == ["window", "size", "window"]


def test_a_word_is_put_right_though_it_is_common_in_a_closed_space_and_so_comes_last(wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("people",), writers=("people",))
    for number in range(20):
        save(wiki, f"hr/{number}", "A lantern.\n", by=INSIDER)
    for number in range(6):
        save(wiki, f"amber-{number}", "Amber.\n", title="Amber")
        save(wiki, f"other-{number}", "Another.\n")
    save(wiki, "lamps", "Somewhere below, long behind all the others, there is a Lantern as well.\n")

    outcome = wiki.search(READER, "amber lantrn")

    assert outcome.correction is not None
    assert outcome.correction.pairs == (("lantrn", "lantern"),)
    assert [one.path for one in outcome.results][6:] == ["lamps"]


def test_what_was_typed_can_be_searched_for_exactly(wiki: Wiki) -> None:
    save(wiki, "rooms", "Open the window.\n")

    outcome = wiki.search(READER, '"windwo"')

    assert (outcome.results, outcome.correction, outcome.offer) == ((), None, None)


def test_words_that_no_page_has_together_bring_an_offer(wiki: Wiki) -> None:
    save(wiki, "rooms", "Open the window of the storeroom.\n")
    save(wiki, "pensions", "A widow may claim the pension of her husband.\n")

    outcome = wiki.search(READER, "widow storeroom")

    assert outcome.correction is None
    assert outcome.offer is not None
    assert outcome.offer.text == "window storeroom"


def test_nothing_of_a_closed_space_is_suggested_and_nothing_there_prevents_a_suggestion(wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("people",), writers=("people",))
    save(wiki, "hr/pay", "canary windwo storeroom\n", by=INSIDER)
    save(wiki, "rooms", "Open the window.\n")

    assert wiki.search(READER, "canray").correction is None
    assert wiki.search(READER, "canary storerooom").offer is None
    assert found(wiki, "canray", by=INSIDER) == ["hr/pay"]
    assert found(wiki, "windwo") == ["rooms"]
    assert found(wiki, "windwo", by=INSIDER) == ["hr/pay"]


@pytest.mark.parametrize("gone", ["edited", "deleted", "hidden", "closed"])
def test_a_word_that_is_gone_is_not_suggested_though_the_index_still_has_it(wiki: Wiki, gone: str) -> None:
    save(wiki, "notes", "nothing\n")
    save(wiki, "hr/notes", "canary\n")
    assert found(wiki, "canray") == ["hr/notes"]
    assert wiki.search.sync is not None
    wiki.search.sync.catch_up_for_a_moment = lambda: True  # type: ignore[method-assign]  # an index that stays behind

    if gone == "edited":
        save(wiki, "hr/notes", "finch\n", base=1)
    elif gone == "deleted":
        with wiki.begin(WRITER) as tx:
            delete_page(tx, "hr/notes")
    elif gone == "hidden":
        review = next(one for one in open_reviews(wiki) if one.path == "hr/notes")
        answer(wiki, look(wiki, review.id), Verdict.HIDE, reason="abuse")
    else:
        make_space(wiki, "hr", readers=("people",))

    outcome = wiki.search(READER, "canray")
    assert (outcome.results, outcome.correction, outcome.offer) == ((), None, None)
    assert "canary" not in (outcome.note or "")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Before you start the pumps, make sure that the valves are open.", "starting pump valve"),
        ("Bevor Sie die Pumpen starten, müssen die Ventile geöffnet werden.", "Pumpe Ventil offnen"),
        ("Avant de démarrer les pompes, il faut que les vannes soient ouvertes.", "demarrez pompe vanne"),
        ("Antes de arrancar las bombas, las válvulas tienen que estar abiertas.", "arrancando bomba valvula"),
        ("Prima di avviare le pompe, le valvole devono essere aperte.", "avviando pompa valvola"),
        ("Antes de ligar as bombas, as válvulas têm de estar abertas, e ninguém ali.", "ligando bomba valvula"),
        ("Перед тем как включить насосы, убедитесь, что клапаны открыты.", "насос клапан"),
        ("会議室の予約は総務部に連絡してください。", "会議室 予約"),
        ("请在出发前检查安全设备。", "安全设备"),
        ("회의실 예약은 총무부에 연락하세요.", "회의실 예약"),
    ],
)
def test_words_are_found_in_other_forms_in_the_language_of_the_page(wiki: Wiki, text: str, question: str) -> None:
    save(wiki, "page", text + "\n")
    save(wiki, "other", "Nothing to do with it.\n")

    result = wiki.search(READER, question).results[0]

    assert result.path == "page"
    assert wiki.search(READER, question).correction is None
    assert any(one.hit for one in result.snippet)


def test_another_language_or_weight_makes_the_index_build_itself_anew(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.upgrade()
    save(first, "pumpen", "Bevor Sie die Häuser verlassen, müssen die Ventile geschlossen werden.\n")
    assert found(first, "Haus") == []
    first.close()

    second = opened(tmp_path, languages=("en", "de"))
    assert found(second, "Haus") == ["pumpen"]
    second.close()

    third = opened(tmp_path, languages=("en", "de"), search_weights={"title": 7.0})
    assert third.search.lag() is None
    assert found(third, "Haus") == ["pumpen"]
    third.close()


def test_pages_with_the_words_in_a_row_or_as_their_title_come_first(wiki: Wiki) -> None:
    save(wiki, "apart", "The window. " + "The size of the window, its size. " * 3)
    save(wiki, "row", "Somewhere the window size is mentioned. " + "Other words follow here. " * 20)
    save(wiki, "title", "Short.\n" + "Other words follow here. " * 40, title="Window size")

    assert found(wiki, "window size") == ["title", "row", "apart"]


def test_a_page_that_others_link_to_comes_before_its_like(wiki: Wiki) -> None:
    for name in ("one", "two", "three"):
        save(wiki, name, "All about the harness.\n", title="Harness")
    for number in range(4):
        save(wiki, f"see{number}", "See [[two]].\n")

    assert found(wiki, "harness")[0] == "two"


@pytest.mark.parametrize("weights", [{"titel": 1.0}, {"title": -1.0}, {"title": float("nan")}])
def test_weights_that_make_no_sense_are_refused_when_the_wiki_is_opened(
    tmp_path: Path, weights: dict[str, float]
) -> None:
    with pytest.raises(Invalid, match="KBWIKI_SEARCH_WEIGHTS"):
        opened(tmp_path, search_weights=weights)
