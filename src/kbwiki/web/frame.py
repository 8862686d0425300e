"""What templates receive: `kb`, with what every screen has and what this one adds, and `kb_t`. Nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import render_template
from markupsafe import Markup

from ..actors import Actor
from ..pages.practice import practice_path
from ..pages.queries.view import neighbours
from ..wording import spoken
from .csrf import hidden_inputs
from .host_guards import HostGuards
from .keys import table
from .plugin_additions import additions, note_of
from .words import kb_t, when

if TYPE_CHECKING:
    from .visit import Visit


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A page in the navigation beside the text."""

    path: str
    title: str
    url: str
    current: bool
    depth: int


@dataclass(frozen=True, slots=True)
class Navigation:
    """How many reviews wait (None: no moderator), the pages nearby, and how many concerns wait for the actor."""

    queue_count: int | None
    tree: tuple[TreeNode, ...]
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the actor may do on this screen."""

    write: bool
    moderate: bool
    admin: bool
    delete: bool


class Frame:
    """The object templates know as `kb`. Facts of the screen stand beside those every screen has."""

    actor: Actor
    guards: HostGuards
    wiki_key: str

    @classmethod
    def of(cls, visit: Visit, *, title: str, section: str, facts: Mapping[str, Any]) -> Frame:
        """The frame of this visit's screen; queries only what the screen's facts do not bring along."""
        frame = cls()
        mount, actor, words = visit.mount, visit.actor, spoken()
        queued = visit.standing.queued
        can_write = facts["can_write"] if facts.get("can_write") is not None else visit.standing.writes
        frame.__dict__.update(
            wiki_name=mount.settings.name,
            wiki_key=visit.wiki.name,
            actor=actor,
            title=title,
            section=section,
            lang=words.tag,
            dir=words.direction,
            url=visit.url,
            home_url=visit.url("home"),
            icons=visit.url("static", filename="kb-icons.svg"),
            guards=mount.guards,
            nonce=visit.nonce,
            sign_in_url=visit.sign_in_url,
            flash=(),
            nav=Navigation(queued, facts.get("tree", ()), visit.standing.asked),
            can=Abilities(
                write=can_write,
                moderate=queued is not None,
                admin=mount.settings.admin_group in actor.groups,
                delete=can_write,
            ),
            host_layout=mount.host_layout,
            unread=None,
            keys=(),
            keys_everywhere=table(()),
            whose=whose(actor),
            next_url=visit.request.path,
            plugins=additions(visit),
            practises=practice_path(visit.settings, actor) is not None,
            when=lambda moment: when(moment, visit.now),
        )
        frame.__dict__.update(facts)
        if notes := note_of(visit):
            frame.__dict__["flash"] = (*notes, *facts.get("flash", ()))
        return frame

    @cached_property
    def csrf(self) -> Markup:
        """The inputs every form carries; made when a form is on the screen, which reading seldom has."""
        return hidden_inputs(self.wiki_key, self.actor, self.guards)


def whose(actor: Actor) -> str:
    """What stands for an actor in the browser's memory: searches of one are not shown to the next at the same desk."""
    return "" if actor.is_anonymous else sha256(actor.id.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def tree_around(visit: Visit, path: str) -> tuple[tuple[TreeNode, ...], tuple[TreeNode, ...], dict[str, str]]:
    """The navigation beside a page, its children, and the titles of the pages above it; one query."""
    near = neighbours(visit.connection, visit.wiki.id, path, visit.actor)
    above = {one.path: one.title for one in near if one.place == "above"}
    depth = min(path.count("/"), 5)
    nodes: list[TreeNode] = []
    nodes.extend(
        _node(visit, one.path, one.title, path, min(one.path.count("/"), 5)) for one in near if one.place == "above"
    )
    below = [_node(visit, one.path, one.title, path, depth + 1) for one in near if one.place == "below"]
    for one in near:
        if one.place == "beside":
            nodes.append(_node(visit, one.path, one.title, path, depth))
            if one.path == path:
                nodes.extend(below)
    return tuple(nodes), tuple(below), above


def _node(visit: Visit, path: str, title: str, current: str, depth: int) -> TreeNode:
    return TreeNode(path, title, visit.url.onward(path), path == current, depth)


def render(visit: Visit, template: str, frame: Frame) -> str:
    """The template with `kb` and `kb_t`. In the host's layout its context processors run too; in our own none does."""
    environment = visit.mount.bare_templates if visit.is_bare else visit.mount.templates
    found = environment.get_template(template)
    if visit.mount.host_layout is not None:
        return render_template(found, kb=frame, kb_t=kb_t)
    return found.render(kb=frame, kb_t=kb_t)
