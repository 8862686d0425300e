"""What a plugin does wrong costs its own contribution, and after a while its turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from typing import Any

import pytest
from markupsafe import Markup

from kbwiki import Settings
from kbwiki.actors import SYSTEM
from kbwiki.hooks import Badge, Fence, Macro, MacroCall, PageFacts, Plugin, ToolbarButton, hookimpl
from kbwiki.hooks.loading import Wanted
from kbwiki.hooks.marks import Asked
from kbwiki.wiki import Wiki
from kbwiki.wording import speaking, spoken

PAGE = PageFacts(1, "hr/leave", "Leave", 3, datetime(2026, 1, 1, tzinfo=UTC), ("law",), SYSTEM)
RELEASED = threading.Event()


class Good(Plugin):
    """Gives a badge."""

    name = "good"

    @hookimpl
    def page_badges(self, page: PageFacts) -> Badge:
        """One."""
        return Badge(page.title)


def plugin(answer: Callable[..., Any], called: str = "bad") -> type[Plugin]:
    class Bad(Plugin):
        name = called

        @hookimpl
        def page_badges(self, page: PageFacts) -> Any:
            return answer(page)

    return Bad


def raises(_page: PageFacts) -> None:
    raise ValueError("no")


def exits(_page: PageFacts) -> None:
    raise SystemExit


def hangs(_page: PageFacts) -> None:
    RELEASED.wait(30)


def yields_and_raises(_page: PageFacts) -> Iterator[Badge]:
    yield Badge("half")
    raise ValueError("no")


def without_end(_page: PageFacts) -> Iterator[Badge]:
    while True:
        yield Badge("more")


class Unsayable(Exception):
    """An error whose own words raise."""

    def __str__(self) -> str:
        raise ValueError("not even that")


def raises_unsayably(_page: PageFacts) -> None:
    raise Unsayable


WRONG: dict[str, Callable[[PageFacts], Any]] = {
    "raises": raises,
    "exits": exits,
    "hangs": hangs,
    "yields and raises": yields_and_raises,
    "without end": without_end,
    "unsayable": raises_unsayably,
    "wrong type": lambda _: 7,
    "a text": lambda _: "badge",
    "wrong in it": lambda _: Badge(7),  # type: ignore[arg-type]
    "markup": lambda _: Badge(Markup("<script>")),
    "half a character": lambda _: Badge("\ud800"),
    "script": lambda _: Badge("x", url="javascript:alert(1)"),
    "another host": lambda _: Badge("x", url="/\\evil.example"),
}


@pytest.fixture
def made(database_url: str) -> Iterator[Callable[..., Wiki]]:
    wikis: list[Wiki] = []

    def make(*plugins: Wanted, **settings: Any) -> Wiki:
        wiki = Wiki(database_url, plugins=plugins, settings=Settings(hook_seconds=2.0, **settings))
        wiki.upgrade()
        wikis.append(wiki)
        return wiki

    yield make
    for wiki in wikis:
        wiki.close()


def test_whatever_one_plugin_does_the_others_are_heard(made: Callable[..., Wiki]) -> None:
    RELEASED.clear()
    RELEASED.clear()
    wiki = made(*(plugin(one, f"bad-{at}") for at, one in enumerate(WRONG.values())), Good)

    given = wiki.plugins.ask("page_badges", page=PAGE)

    assert [one.value for one in given] == [Badge("Leave")]
    failed = {count.plugin for count in wiki.plugins.tally.counts() if count.failures == 1}
    assert failed == {f"bad-{at}" for at in range(len(WRONG))}
    RELEASED.set()


def test_who_fails_too_often_is_switched_off_everywhere_until_somebody_switches_it_on(
    made: Callable[..., Wiki],
) -> None:
    wiki, elsewhere = made(plugin(raises), Good, hook_failures=3), made(plugin(raises), Good)

    for _ in range(5):
        wiki.plugins.ask("page_badges", page=PAGE)
    elsewhere.plugins.switches.look(now=True)
    elsewhere.plugins.ask("page_badges", page=PAGE)

    calls = {count.plugin: count.calls for count in wiki.plugins.tally.counts()}
    assert calls == {"bad": 3, "good": 5}
    assert [(off.plugin, off.hook, off.by) for off in wiki.plugins.switches.off()] == [("bad", "page_badges", "")]
    assert [count.plugin for count in elsewhere.plugins.tally.counts()] == ["good"]
    wiki.plugins.turn_on("bad", "page_badges")
    elsewhere.plugins.switches.look(now=True)
    assert wiki.plugins.switches.off() == elsewhere.plugins.switches.off() == ()


def test_what_a_plugin_does_to_its_arguments_nobody_else_sees(made: Callable[..., Wiki]) -> None:
    def meddles(page: PageFacts) -> None:
        with pytest.raises(FrozenInstanceError):
            page.title = "Mine"  # type: ignore[misc]
        object.__setattr__(page, "title", "Mine")
        object.__setattr__(page.actor, "name", "Me")

    wiki = made(plugin(meddles), Good)

    assert [one.value for one in wiki.plugins.ask("page_badges", page=PAGE)] == [Badge("Leave")]
    assert (PAGE.title, PAGE.actor) == ("Leave", SYSTEM)


def test_nobody_is_asked_while_something_is_written(made: Callable[..., Wiki]) -> None:
    wiki = made(Good)

    with wiki.begin(SYSTEM):
        assert wiki.plugins.ask("page_badges", page=PAGE) == []
    with wiki.database.write_if_free():
        assert wiki.plugins.ask("page_badges", page=PAGE) == []

    assert len(wiki.plugins.ask("page_badges", page=PAGE)) == 1


def test_functions_that_were_declared_are_called_as_carefully(made: Callable[..., Wiki]) -> None:
    class Macros(Plugin):
        name = "macros"

        @hookimpl
        def macros(self) -> list[Macro]:
            return [Macro("well", lambda call: call.path), Macro("ill", lambda call: 7)]  # type: ignore[arg-type, return-value]

    wiki = made(Macros)
    well, ill = wiki.plugins.declared("macros")
    call = MacroCall("well", (), {}, "hr/leave")

    answers = [
        wiki.plugins.call(one.plugin, "macros", one.value.render, call, gives=str, asked=Asked.READING)
        for one in (well, ill)
    ]

    assert answers[0].value == "hr/leave"
    assert answers[1].value is None
    assert answers[1].problem == "gave int where plain text (str) is expected"


def test_what_people_read_is_declared_once_in_each_language(made: Callable[..., Wiki]) -> None:
    asked: list[str] = []

    class Labels(Plugin):
        name = "labels"

        @hookimpl
        def toolbar_buttons(self) -> ToolbarButton:
            asked.append(spoken().locale)
            return ToolbarButton(spoken().locale, "**")

        @hookimpl
        def fences(self) -> Fence:
            asked.append("fences")
            return Fence(("labels",), str)

    wiki, labels = made(Labels), []
    for locale in ("de", "en", "de", "en"):
        with speaking(wiki.voice.now(locale)):
            labels += [one.value.label for one in wiki.plugins.declared("toolbar_buttons")]
            wiki.plugins.declared("fences")

    assert labels == ["de", "en", "de", "en"]
    assert asked == ["de", "fences", "en"]


class Misspelt(Plugin):
    """Names a hook there is not."""

    name = "misspelt"

    @hookimpl
    def page_badge(self, page: PageFacts) -> None:
        """Never asked."""


class WrongArgument(Plugin):
    """Takes an argument there is not."""

    name = "argument"

    @hookimpl
    def page_badges(self, pag: PageFacts) -> None:
        """Never asked."""


class TooOld(Plugin):
    """Needs another kbwiki."""

    name = "old"
    requires_kbwiki = ">=99"


class NeedsMore(Plugin):
    """Needs a package there is not."""

    name = "needs"
    requires = ("surely-no-such-package>=1",)


class CannotBeMade(Plugin):
    """Raises when it is made."""

    name = "unmade"

    def __init__(self, site: Any) -> None:
        raise RuntimeError("out of order")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Misspelt, "unknown hook 'page_badge'"),
        (WrongArgument, "argument"),
        (TooOld, "needs kbwiki >=99"),
        (NeedsMore, 'pip install "surely-no-such-package>=1"'),
        (CannotBeMade, "out of order"),
        ("nowhere", "No plugin nowhere is installed"),
        ("no.such.module:Thing", "cannot be imported"),
        ("kbwiki.errors:Invalid", "derived from kbwiki.hooks.Plugin"),
    ],
)
def test_what_cannot_be_used_is_left_out_with_its_name_and_the_mend(
    made: Callable[..., Wiki], wanted: Wanted, said: str
) -> None:
    wiki = made(wanted, Good)

    assert [one.name for one in wiki.plugins.loaded] == ["good"]
    (refusal,) = wiki.plugins.refused
    assert said in refusal.said


def test_what_is_declared_is_asked_for_once_and_again_where_it_failed(made: Callable[..., Wiki]) -> None:
    asked = []

    class Slow(Plugin):
        """Fails the first time."""

        name = "slow"

        @hookimpl
        def macros(self) -> Macro:
            """The second time it works."""
            asked.append(1)
            if len(asked) == 1:
                raise ValueError("not yet")
            return Macro("m", str)

    wiki = made(Slow)

    given = [len(wiki.plugins.declared("macros")) for _ in range(4)]

    assert given == [0, 1, 1, 1]
    assert len(asked) == 2
    wiki.plugins.turn_off("slow", by="Ada")
    assert wiki.plugins.declared("macros") == ()
    wiki.plugins.turn_on("slow")
    assert len(wiki.plugins.declared("macros")) == 1
