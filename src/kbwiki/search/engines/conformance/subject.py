"""The engine that is checked, and what checks ask of it again and again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...documents import Document
from ...query import parse_query
from ..protocol import NOTHING, Engine, Hits, Scope


@dataclass(frozen=True, slots=True)
class Subject:
    """An engine and a place for its index that is the check's own.

    ``opener(*arguments)`` opens it, as often as asked, also in other processes: both can be pickled, so the opener is
    a function of a module. ``damages`` harm an index that is there and that nobody has open, each in another way.
    """

    opener: Callable[..., Engine]
    arguments: tuple[Any, ...] = ()
    damages: Mapping[str, Callable[[], object]] = field(default_factory=dict)

    def open(self) -> Engine:
        """Another object for the same index."""
        return self.opener(*self.arguments)

    def elsewhere(self) -> Subject:
        """What a process of its own is given: it does no damage."""
        return Subject(self.opener, self.arguments)

    def index_of(self, pages: Iterable[Document], position: int = 0) -> Engine:
        """An index of these pages."""
        index = self.open()
        fill(index, pages, position)
        return index


def fill(index: Engine, pages: Iterable[Document], position: int = 0) -> None:
    """Builds the index anew, of these pages."""
    with index.rebuild(position) as filling:
        filling.add(pages)


def page(
    number: int,
    body: str = "",
    *,
    title: str = "",
    path: str = "",
    headings: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    space: int = 1,
    language: str = "en",
    more: tuple[tuple[str, float], ...] = (),
) -> Document:
    """A document of which only what matters to the check need be said."""
    return Document(number, title, path or f"p{number}", headings, tags, body, space, language, more)


def search(
    index: Engine,
    text: str,
    *,
    spaces: Collection[int] | None = None,
    without: Collection[int] = (),
    languages: tuple[str, ...] = ("en",),
    limit: int = 100,
    offset: int = 0,
) -> Hits:
    """What the text finds within these spaces (None: in all of them), but for these pages."""
    root = parse_query(text, languages).root
    scope = Scope(None if spaces is None else frozenset(spaces), frozenset(without))
    return index.search(root, scope, limit=limit, offset=offset) if root is not None else NOTHING


def found(index: Engine, text: str) -> set[int]:
    """The pages that have all that the text asks for."""
    hits = search(index, text)
    return set(hits.ids[: hits.complete])


def handbook(subject: Subject) -> Engine:
    """A small handbook, for checks that only read."""
    return subject.index_of(HANDBOOK)


HANDBOOK = (
    page(1, "Leave the house. Meet at the gate.", title="Fire drill", path="safety/fire", tags=("Urgent",)),
    page(2, "A drill makes holes in walls.", title="Tools", path="workshop/tools", space=2),
    page(3, "The fire brigade is called by the alarm.", title="Alarm", path="safety/alarm", tags=("First Aid",)),
    page(4, "Payroll is run on the 25th. Reported fires are not.", title="Payroll", path="hr/payroll", space=3),
    page(5, "Holidays in brief", title="Leave", path="hr/payroll/leave", headings=("Carrying over",), space=3),
    page(6, "void SDL_GetWindowSize(int *w); see std::vector", title="Window API", path="dev/SDL_GetWindowSize"),
    page(7, "get the size of a window", title="Sizes", path="dev/sizes"),
    page(8, "设置窗口大小的方法", title="窗口", path="dev/zh"),
    page(9, "Die Häuser der Straße", title="Häuser", path="de/haus", language="de"),
    page(10, "nothing in here", title="Empty", path="Hr-other"),
    page(11, "C++ is not C# and neither is C", title="Tongues", path="lang/c++", tags=("R&D",)),
)
