"""Mistyped words are put right by what the asker's own pages say, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from kbwiki.database import Database
from kbwiki.search.correcting import Correction, correct
from kbwiki.search.documents import Document
from kbwiki.search.engines import Place, open_engine
from kbwiki.search.engines.conformance.subject import page
from kbwiki.search.engines.protocol import EVERYTHING, Engine, Scope
from kbwiki.search.query import parse_query
from kbwiki.search.words.misspelling import near

OPEN, CLOSED = 1, 2
ENGINES = ("whoosh", "fts5")


def corrected(
    index: Engine, text: str, scope: Scope = EVERYTHING, languages: tuple[str, ...] = ("en",)
) -> Correction | None:
    return correct(text, parse_query(text, languages), index, scope, languages)


def text_of(index: Engine, text: str, scope: Scope = EVERYTHING) -> str | None:
    correction = corrected(index, text, scope)
    return correction.text if correction is not None else None


def index_of(folder: Path, pages: Iterable[Document], name: str = "whoosh") -> Engine:
    engine = open_engine(name, Place(folder, Database("sqlite://", lock_timeout=30.0), lambda: 1))
    assert engine is not None
    with engine.rebuild() as filling:
        filling.add(pages)
    return engine


@pytest.fixture(scope="module", params=ENGINES)
def handbook(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Engine:
    return index_of(
        tmp_path_factory.mktemp("handbook"),
        [
            page(1, "Open the window before you measure the size of the room.", title="Windows"),
            page(2, "Report every accident to the safety officer.", title="Reporting"),
            page(3, "Call SDL_GetWindowSize() or sdl_destroy_window().", title="SDL_GetWindowSize"),
            page(4, "A widow may claim the pension of her husband.", title="Pensions"),
            page(5, "Order part WX4471 from the storeroom.", title="Parts"),
            page(6, "Das Übungsgelände liegt hinter dem Gebäude.", title="Übungen", language="de"),
            page(7, "Насос включает оператор смены.", title="Насос", language="ru"),
        ],
        request.param,
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("windwo", "window"),  # changed places
        ("acident", "accident"),  # one of two left out
        ("repport", "report"),  # doubled
        ("safxty officer", "safety officer"),  # wrong
        ("meaure the room", "measure the room"),  # missing
        ("Widnow size", "Window size"),
        ("SAFTEY", "SAFETY"),
        ("windowsize", "window size"),  # a space left out
    ],
)
def test_one_slip_of_the_finger_is_put_right(handbook: Engine, typed: str, meant: str) -> None:
    correction = corrected(handbook, typed)

    assert correction is not None
    assert correction.text == meant
    assert correction.unknown


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("SDL_GetWidnowSize", "SDL_GetWindowSize"),
        ("getwindwosize", "getwindowsize"),
        ("sdl_destory_window", "sdl_destroy_window"),
    ],
)
def test_a_slip_in_a_part_of_an_identifier_is_put_right_there(handbook: Engine, typed: str, meant: str) -> None:
    correction = corrected(handbook, typed)

    assert correction is not None
    assert correction.text == meant
    assert handbook.search(correction.query.root, EVERYTHING, limit=1).ids == (3,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "typed",
    [
        "window",
        "the reports",
        '"windwo"',
        "title:windwo",
        "-windwo report",
        "NOT windwo",
        "windwo*",
        "WX4472",
        "roo",  # too short, and one letter away from room
        "zzzzzz",
        "会議室",
        "",
    ],
)
def test_what_is_known_quoted_short_or_an_identifier_with_digits_is_left_alone(
    handbook: Engine, typed: str
) -> None:
    correction = corrected(handbook, typed)

    assert correction is None or not correction.unknown


def test_two_words_are_put_right_and_no_more(handbook: Engine) -> None:
    assert text_of(handbook, "saftey oficer") == "safety officer"
    correction = corrected(handbook, "saftey oficer acident")

    assert correction is not None
    assert len(correction.pairs) == 2


def test_the_other_words_say_which_of_several_is_meant(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        [page(number, "the boat is moored") for number in range(1, 9)] + [page(9, "a winter coat must be washed")],
    )

    assert text_of(index, "loat") == "boat"
    assert text_of(index, "winter loat") == "winter coat"


def test_known_words_that_no_page_has_together_are_an_offer_only(handbook: Engine) -> None:
    correction = corrected(handbook, "widow size room")

    assert correction is not None
    assert correction.text == "window size room"
    assert not correction.unknown
    assert corrected(handbook, "safety pension") is None
    assert corrected(handbook, "widow size room open measure before") is None  # nobody expects a page with all of them


def test_the_question_as_typed_is_one_click_away(handbook: Engine) -> None:
    correction = corrected(handbook, "windwo size")

    assert correction is not None
    assert correction.pairs == (("windwo", "window"),)
    assert correction.as_typed == '"windwo" size'
    assert corrected(handbook, correction.as_typed) is None


def test_what_else_was_asked_still_holds(handbook: Engine) -> None:
    correction = corrected(handbook, "windwo in:p3")

    assert correction is not None
    assert correction.text == "window in:p3"
    assert handbook.search(correction.query.root, EVERYTHING, limit=9).ids == (3,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "language", "page_id"), [("ubunsgelande", "de", 6), ("übugnsgelände", "de", 6), ("нсаос", "ru", 7)]
)
def test_other_languages_and_scripts(handbook: Engine, typed: str, language: str, page_id: int) -> None:
    correction = corrected(handbook, typed, languages=("en", language))

    assert correction is not None
    assert handbook.search(correction.query.root, EVERYTHING, limit=1).ids == (page_id,)  # type: ignore[arg-type]


def pages(*extra: Document) -> Iterable[Document]:
    return [page(1, "the window is open", space=OPEN), page(2, "nothing to see", space=OPEN), *extra]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_word_of_a_closed_space_is_never_suggested(tmp_path: Path, engine: str) -> None:
    index = index_of(tmp_path, pages(page(3, "canary", space=CLOSED)), engine)

    assert text_of(index, "canray", Scope(frozenset({OPEN, CLOSED}))) == "canary"
    assert text_of(index, "canray", Scope(frozenset({OPEN}))) is None


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("typed", ["windwo", "windwo open", "window nothing", "wnidow nothign"])
@pytest.mark.parametrize(
    "closed",
    ["windwo", "windwo open", "windows " * 50, "winded " * 50, "window nothing", "wnidow nothing open windlow"],
)
def test_what_closed_pages_say_neither_prevents_nor_changes_a_suggestion(
    tmp_path: Path, typed: str, closed: str, engine: str
) -> None:
    scope = Scope(frozenset({OPEN}))
    theirs = [page(number, closed, space=CLOSED) for number in range(3, 9)]
    without = index_of(tmp_path / "without", pages(), engine)
    with_them = index_of(tmp_path / "with", pages(*theirs), engine)

    assert corrected(with_them, typed, scope) == corrected(without, typed, scope)


def test_a_page_left_out_of_the_scope_has_no_say_either(tmp_path: Path) -> None:
    index = index_of(tmp_path, pages(page(3, "canary", space=OPEN)))

    assert text_of(index, "canray", Scope(frozenset({OPEN}), frozenset({3}))) is None


def test_words_are_suggested_as_pages_write_them(handbook: Engine) -> None:
    def written(typed: str, *texts: str) -> str | None:
        correction = corrected(handbook, typed)
        worded = correction.worded(texts) if correction is not None else None
        return worded.text if worded is not None else None

    assert written("windwo", "Windows", "Open the window.") == "window"
    assert written("Widnow", "all windows") == "Windows"
    assert written("getwindwosize", "SDL_GetWindowSize", "Call it.") == "GetWindowSize"
    assert written("repportt", "Reporting") is None


def test_nobody_is_told_of_a_word_that_no_page_of_theirs_has_any_more(handbook: Engine) -> None:
    correction = corrected(handbook, "windwo")

    assert correction is not None
    assert correction.worded(["the text as it is now", "and another"]) is None


def test_the_work_is_bounded(handbook: Engine) -> None:
    assert near("x" * 60) == {}
    assert len(near("abcdefghij")) < 600
    assert corrected(handbook, "xqzwvy " * 60) is None
