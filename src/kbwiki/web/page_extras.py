"""What plugins add to a page that is read: badges beside its title, boxes beside its text, entries in its menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from ..hooks.pages import Action, Badge, PageFacts
from ..markup.allowlist import clean
from ..pages.queries.view import PageView
from .visit import Visit

if TYPE_CHECKING:
    from ..hooks.manager import Plugins

HOOKS = ("page_badges", "page_boxes", "page_actions")
MOST = 20
"""So many badges, boxes and entries are shown."""
LONGEST_LABEL = 80
LONGEST_BOX = 50_000
"""Characters of HTML that a box may have; a longer one is left out."""


@dataclass(frozen=True, slots=True)
class ShownBox:
    """A box beside the page; `number` tells it from the others."""

    number: int
    heading: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Extras:
    """All that plugins add to one page."""

    badges: tuple[Badge, ...] = ()
    boxes: tuple[ShownBox, ...] = ()
    actions: tuple[Action, ...] = ()


NONE = Extras()


def extras_of(visit: Visit, view: PageView) -> Extras:
    """What plugins add to the page for this visitor. Of what is hidden or deleted they are told nothing.

    They are asked while no connection is held, and the answer is good for this time only.
    """
    plugins = visit.wiki.plugins
    if not any(map(plugins.uses, HOOKS)) or view.hidden or view.deleted:
        return NONE
    visit.is_lasting = False
    visit.close()
    facts = PageFacts(view.id, view.path, view.title, view.number, view.at, tuple(view.tags), visit.actor)
    return Extras(_badges(plugins, facts), _boxes(plugins, facts), _actions(plugins, facts))


def _badges(plugins: Plugins, facts: PageFacts) -> tuple[Badge, ...]:
    given: list[Badge] = [one.value for one in plugins.ask("page_badges", page=facts)]
    return tuple(one for one in given if _is_label(one.label))[:MOST]


def _boxes(plugins: Plugins, facts: PageFacts) -> tuple[ShownBox, ...]:
    given = [one.value for one in plugins.ask("page_boxes", page=facts)][:MOST]
    return tuple(
        ShownBox(number, one.heading, Markup(clean(one.html)))  # noqa: S704 - sanitised here, last
        for number, one in enumerate(given, 1)
        if _is_label(one.heading) and len(one.html) <= LONGEST_BOX
    )


def _actions(plugins: Plugins, facts: PageFacts) -> tuple[Action, ...]:
    given: list[Action] = [one.value for one in plugins.ask("page_actions", page=facts)]
    return tuple(one for one in given if _is_label(one.label) and one.url)[:MOST]


def _is_label(text: str) -> bool:
    return len(text.strip()) > 0 and len(text) <= LONGEST_LABEL
