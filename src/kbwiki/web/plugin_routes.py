"""Everything below `/-/x/<plugin>/`: routes, feeds and static files of plugins, found when they are asked for.

No rule of the app's changes when plugins come and go. Who may read nothing of the wiki is answered as if there were no
plugin; what one fails in is said kindly, with status 424.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from flask import Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule

from ..errors import Forbidden, NotFound
from ..hooks import Asking, RouteTo
from ..hooks.loading import Loaded
from ..hooks.manager import Plugins
from ..hooks.marks import Asked
from ..spaces.queries import readable_spaces
from . import plugin_feeds, plugin_sending
from .plugin_answers import Ready, Where, answering
from .visit import Visit
from .words import kb_t

_METHODS = frozenset({"GET", "POST"})
_maps: WeakKeyDictionary[Plugins, dict[str, tuple[tuple[RouteTo, ...], Map]]] = WeakKeyDictionary()


def home(visit: Visit, plugin: str) -> Response:
    """The plugin's route with the rule `/`."""
    return route(visit, plugin, "")


def route(visit: Visit, plugin: str, rest: str) -> Response:
    """What a plugin answers to an address of its own. Errors: NotFound, Forbidden."""
    loaded = visit.wiki.plugins.find(plugin)
    if loaded is None or not readable_spaces(visit.connection, visit.wiki.id, visit.actor):
        raise NotFound("screen", rest or plugin)
    visit.close()
    if rest.endswith(".atom") and (feed := plugin_feeds.find(visit, plugin, rest.removesuffix(".atom"))) is not None:
        return plugin_feeds.answer(visit, plugin, feed)
    try:
        found, values = _matched(visit, loaded, rest)
    except MethodNotAllowed:
        return plugin_sending.not_so(visit)
    _require_group(visit, found)
    return _asked(visit, loaded, found, values)


def _asked(visit: Visit, loaded: Loaded, found: RouteTo, values: dict[str, str]) -> Response:
    request = visit.request
    asking = Asking(
        "GET" if request.method == "HEAD" else request.method,
        visit.actor,
        values,
        {name: request.args.getlist(name)[-1] for name in request.args},
        {name: request.form.getlist(name)[-1] for name in request.form if not name.startswith("kb_")},
    )
    where = Where(visit.wiki.url_prefix, visit.url.base, request.host)
    called = visit.wiki.plugins.call(
        loaded.name,
        "routes",
        answering(loaded.plugin, found.view, where),
        asking,
        gives=Ready,
        asked=Asked.READING if asking.method == "GET" else Asked.WRITING,
    )
    if called.value is None:
        return plugin_sending.failed(visit, loaded.name)
    return plugin_sending.sent(visit, loaded, called.value)


def _matched(visit: Visit, loaded: Loaded, rest: str) -> tuple[RouteTo, dict[str, str]]:
    """The route an address means, with its values as texts. Errors: NotFound; MethodNotAllowed."""
    declared = visit.wiki.plugins.declared("routes")
    routes = tuple(one.value for one in declared if one.plugin == loaded.name)
    if not routes:
        raise NotFound("screen", rest or loaded.name)
    adapter = _map_of(visit.wiki.plugins, loaded, routes).bind(visit.request.host)
    try:
        at, values = adapter.match(f"/{rest}", method="GET" if visit.request.method == "HEAD" else visit.request.method)
    except MethodNotAllowed:
        raise
    except HTTPException as error:  # not found, or a redirection that we do not want
        raise NotFound("screen", rest or loaded.name) from error
    return routes[int(at)], {name: str(value) for name, value in values.items()}


def _map_of(plugins: Plugins, loaded: Loaded, routes: tuple[RouteTo, ...]) -> Map:
    known = _maps.setdefault(plugins, {})
    kept = known.get(loaded.name)
    if kept is None or (kept[0] is not routes and kept[0] != routes):
        made = plugins.call(loaded.name, "routes", _made, routes, gives=Map, asked=Asked.ONCE)
        kept = known[loaded.name] = (routes, made.value or Map())
    return kept[1]


def _made(routes: Sequence[RouteTo]) -> Map:
    """The rules; one that cannot be read is a failure of the plugin's, and the others go without it."""
    rules: list[Any] = []
    for at, one in enumerate(routes):
        methods = [method for method in one.methods if method in _METHODS]
        rules.append(Rule(f"/{one.rule.lstrip('/')}", endpoint=str(at), methods=methods))
    return Map(rules, strict_slashes=False, merge_slashes=False)


def _require_group(visit: Visit, found: RouteTo) -> None:
    allowed = {*found.groups, visit.settings.admin_group}
    if found.groups and not allowed & visit.actor.effective_groups:
        raise Forbidden(kb_t("This is for other [groups]; you are in none of them."))
