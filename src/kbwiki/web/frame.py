"""What templates receive: `kb`, with what every screen has and what this one adds, and `kb_t`. Nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from flask import current_app, render_template
from markupsafe import Markup

from .._version import __version__
from ..actors import Actor
from ..markup import section_anchor
from ..pages.practice import practice_path
from ..pages.queries.view import neighbours
from ..wording import spoken
from .csrf import hidden_inputs
from .host_guards import HostGuards
from .keys import table
from .words import kb_t, when

if TYPE_CHECKING:
    from .visit import Visit


@lru_cache(maxsize=20_000)
def quoted(path: str) -> str:
    """A page path as part of an address (RFC 3986, 3.3)."""
    return quote(path, safe="/~!$&'()*+,;=:@-._")


class Addresses:
    """Addresses of screens, by name; plain concatenation, since hundreds are made for one list.

    `rules` are the screens' addresses as the wiki spells them.
    """

    def __init__(self, base: str, rules: Mapping[str, str] | None = None) -> None:
        self.base = base
        self.rules = rules or _SCREENS

    def __call__(self, name: str, **args: Any) -> str:
        """The address of the screen `name`. `path` and ids become part of it, everything else the query."""
        rule = self.rules[name]
        if not args:
            return self.base + rule
        path = args.pop("path", None)
        number = args.pop("number", None) if "{number}" in rule else None
        key = args.pop("id", None)
        address = self.base + rule.format(
            path=quoted(path) if path else "",
            number=number,
            id=key,
            filename=args.pop("filename", ""),
            secret=args.pop("secret", ""),
        )
        query = {name: value for name, value in args.items() if value is not None}
        if name == "static":
            query["v"] = __version__  # browsers keep our files until there is a new version of them
        if path and "{path}" not in rule:
            query["path"] = path
        return f"{address}?{urlencode(query)}" if query else address

    def knows(self, name: str) -> bool:
        """Whether there is a screen of this name."""
        return name in self.rules

    def page(self, path: str, section: str | None = None) -> str:
        """The address of a page."""
        fragment = f"#{quoted(section_anchor(section))}" if section else ""
        return f"{self.base}/{quoted(path)}{fragment}"

    def to_link(self, path: str, section: str | None, missing: bool) -> str:
        """The address that a link in a text has; for a missing page, the form to write it."""
        return self("new", path=path) if missing else self.page(path, section)


_SCREENS = {
    "home": "/",
    "page": "/{path}",
    "new": "/-/new",
    "edit": "/-/edit/{path}",
    "history": "/-/history/{path}",
    "revision": "/-/revision/{number}/{path}",
    "diff": "/-/diff/{path}",
    "undo": "/-/undo/{number}/{path}",
    "restore": "/-/restore/{number}/{path}",
    "move": "/-/move/{path}",
    "delete": "/-/delete/{path}",
    "bring_back": "/-/bring-back/{path}",
    "backlinks": "/-/backlinks/{path}",
    "recent": "/-/recent",
    "tree": "/-/tree",
    "wanted": "/-/wanted",
    "tags": "/-/tags",
    "search": "/-/search",
    "earlier": "/-/search/earlier",
    "search_json": "/-/search.json",
    "suggest_json": "/-/suggest.json",
    "opensearch": "/-/opensearch.xml",
    "kept_searches": "/-/kept-searches",
    "change_search": "/-/kept-searches/{id}",
    "end_search_feed": "/-/kept-searches/feeds/{id}/revoke",
    "queue": "/-/reviews",
    "review": "/-/reviews/{id}",
    "next_review": "/-/reviews/next",
    "aside": "/-/reviews/aside",
    "filters": "/-/reviews/filters",
    "change_filter": "/-/reviews/filters/{id}",
    "new_feed": "/-/reviews/feeds",
    "end_feed": "/-/reviews/feeds/{id}/revoke",
    "feed": "/-/feeds/{id}/{secret}",
    "lease": "/-/reviews/{id}/lease",
    "put_aside": "/-/reviews/{id}/aside",
    "bring_aside_back": "/-/reviews/{id}/back",
    "keep_note": "/-/reviews/{id}/note",
    "ask_opinion": "/-/reviews/{id}/second-look",
    "give_opinion": "/-/second-looks/{id}",
    "decide": "/-/reviews/{id}/decide",
    "review_rendered": "/-/reviews/{id}/rendered",
    "review_pieces": "/-/reviews/{id}/pieces",
    "review_mend": "/-/reviews/{id}/mend",
    "decisions": "/-/decisions",
    "lapsed": "/-/lapsed",
    "look_again": "/-/lapsed/{id}/look",
    "escalated": "/-/escalated",
    "record_export": "/-/decisions/export",
    "show_again": "/-/decisions/{id}/show-again",
    "take_back": "/-/decisions/{id}/take-back",
    "look": "/-/look/{number}/{path}",
    "answer": "/-/reviews/{id}/answer",
    "appeal": "/-/decisions/{id}/appeal",
    "report": "/-/report/{path}",
    "lock": "/-/lock",
    "restrict": "/-/restrict",
    "lift": "/-/restraints/{id}/lift",
    "batches": "/-/batches",
    "batch_new": "/-/batches/new",
    "batch_plan": "/-/batches/plan",
    "batch": "/-/batches/{id}",
    "batch_run": "/-/batches/{id}/run",
    "batch_take_back": "/-/batches/{id}/take-back",
    "mine": "/-/mine",
    "numbers": "/-/numbers",
    "messages": "/-/messages",
    "messages_read": "/-/messages/read",
    "spaces": "/-/spaces",
    "space": "/-/space",
    "reasons": "/-/reasons",
    "rules": "/-/rules",
    "reroute": "/-/rules/reroute",
    "rule": "/-/rule",
    "vocabulary": "/-/vocabulary",
    "undo_vocabulary": "/-/vocabulary/undo/{number}",
    "synonyms": "/-/synonyms",
    "undo_synonyms": "/-/synonyms/{id}/undo/{number}",
    "searches": "/-/searches",
    "close_search": "/-/searches/close",
    "clicked": "/-/search/clicked",
    "help": "/-/help",
    "helped": "/-/help/helped",
    "help_wrong": "/-/help/wrong",
    "help_wanted": "/-/help/wanted",
    "help_settings": "/-/help/settings/{path}",
    "undo_help": "/-/help/undo/{number}/{path}",
    "help_coverage": "/-/help/coverage",
    "close_wanted": "/-/help/coverage/{id}/close",
    "first_steps": "/-/first-steps",
    "practice": "/-/first-steps/practice",
    "static": "/-/static/{filename}",
}
SCREEN_RULES: Mapping[str, str] = _SCREENS
"""The addresses of screens, by name, as they usually are."""


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
        mount, actor = visit.mount, visit.actor
        queued = visit.standing.queued
        can_write = facts.get("can_write")
        if can_write is None:
            can_write = visit.standing.writes
        frame.__dict__.update(
            wiki_name=mount.settings.name,
            wiki_key=visit.wiki.name,
            actor=actor,
            title=title,
            section=section,
            lang=spoken().tag,
            dir=spoken().direction,
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
            practises=practice_path(visit.settings, actor) is not None,
            when=lambda moment: when(moment, visit.now),
        )
        frame.__dict__.update(facts)
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
    return TreeNode(path, title, visit.url.page(path), path == current, depth)


def render(visit: Visit, template: str, frame: Frame) -> str:
    """The template with `kb` and `kb_t`. In the host's layout its context processors run too; in our own none does."""
    if visit.mount.host_layout is not None:
        return render_template(template, kb=frame, kb_t=kb_t)
    return current_app.jinja_env.get_template(template).render(kb=frame, kb_t=kb_t)


