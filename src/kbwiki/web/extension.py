"""KBWiki: mounts a wiki in a Flask app, and touches nothing else of it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Request, Response, abort, current_app, request, request_started
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ..database import Source
from ..errors import KBWikiError, NotFound
from ..settings import Settings
from ..wiki import Wiki
from . import answers, routes
from .answer_cache import AnswerCache
from .database_choice import Choice, choose
from .forms import MOST_COUNTED
from .host_layout import HostLayout
from .identity import CurrentActor, flask_login_actor, nobody
from .place import Place
from .search_box import search_box
from .tenants import TenantOf, Tenants
from .visit import Visit

_FORM_OVERHEAD = 3
"""A character of text can take this many bytes more in an urlencoded form."""


class KBWiki:
    """The extension. `KBWiki(app)`, or `KBWiki()` and `init_app(app)` later; one object can serve several apps.

    `actor` is called once per request and gives back who is there (`flask_login_actor()` by default when the app has a
    Flask-Login manager). `url_prefix` is where the wiki lives. `name` tells several wikis in one app apart: each has
    its blueprint, its row in the database, and settings under `KBWIKI_` (or `KBWIKI_<NAME>_` for another name).

    `host` or `subdomain` put it on an address of its own. Where `url_prefix`, `host` or `subdomain` have variables,
    `tenant` says which tenant their values name, and each tenant has a wiki of its own.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        url_prefix: str = "/wiki",
        actor: CurrentActor | None = None,
        name: str = "main",
        host: str | None = None,
        subdomain: str | None = None,
        tenant: TenantOf | None = None,
    ) -> None:
        self.name = name
        self.host, self.subdomain, self.tenant = host, subdomain, tenant
        self.url_prefix = url_prefix
        self.actor = actor
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask, *, url_prefix: str | None = None, actor: CurrentActor | None = None) -> Wiki:
        """Mount the wiki in `app`; give back its `Wiki`. Opens no connection. Errors: Invalid names a bad setting."""
        if self.name in app.extensions.get("kbwiki", {}):
            raise ValueError(f"There is a wiki named {self.name!r} in this app already; give this one another name=.")
        place = Place.of(app, self.url_prefix if url_prefix is None else url_prefix, self.host, self.subdomain)
        mount = Mount(app, self.name, place, actor or self.actor, self.tenant)
        app.register_blueprint(mount.blueprint(), url_prefix=place.url_prefix or None, subdomain=place.subdomain)
        app.extensions.setdefault("kbwiki", {})[self.name] = mount
        if "kbwiki" not in app.cli.commands:
            from ..cli.flask_commands import group

            app.cli.add_command(group())
        # Connected with a strong reference through `app.extensions`: blinker itself holds receivers weakly.
        request_started.connect(mount.raise_body_limit, app)
        return mount.wiki

    def search_box(self, *, label: str | None = None, assets: bool = True, query: str = "") -> Markup:
        """The wiki's search box for a page of your own; hand it to your template. Only while a request is answered.

        A form that works without script. With `assets` its stylesheet and script come along, which touch nothing but
        the box; without, the page has them already. `query` is what stands in it. One box of a wiki on a page.
        """
        return search_box(self._mount(), label=label, assets=assets, query=query)

    def wiki_of(self, tenant: str) -> Wiki:
        """The wiki of a tenant, in the present app; set up if need be."""
        mount = self._mount()
        mount.make_ready()
        if mount.tenants is None:
            raise ValueError("This wiki has no tenants: they come with tenant=.")
        return mount.tenants.of(tenant)

    def _mount(self) -> Mount:
        mounts: dict[str, Mount] = current_app.extensions.get("kbwiki", {})
        if self.name not in mounts:
            raise ValueError(f"This app has no wiki named {self.name!r}; call init_app(app) first.")
        return mounts[self.name]


class Mount:
    """One wiki in one app: its settings, its Wiki, and how a request becomes a `Visit`."""

    def __init__(
        self, app: Flask, name: str, place: Place, actor: CurrentActor | None, tenant: TenantOf | None = None
    ) -> None:
        self.app = app
        self.name = name
        self.place = place
        self.url_prefix = place.url_prefix
        prefix = "KBWIKI_" if name == "main" else f"KBWIKI_{name.upper()}_"
        self.settings = Settings.from_mapping(app.config, prefix)
        self._configured: str | None = app.config.get(f"{prefix}DATABASE_URI")
        self._folder = Path(app.config.get(f"{prefix}FOLDER") or Path(app.instance_path))
        index = Path(app.config.get(f"{prefix}INDEX_FOLDER") or self._folder / f"kbwiki-{name}-index")
        self.wiki = Wiki(self._source(), name=name, settings=self.settings, index=index, sender=app)
        self.tenants = Tenants(self.wiki, index, tenant) if tenant is not None else None
        if (tenant is not None) != bool(place.variables):
            raise ValueError("Variables in url_prefix, host or subdomain and tenant= go together: which tenant is it?")
        self.actor = actor or self._default_actor
        self.blueprint_name = "kbwiki" if name == "main" else f"kbwiki_{name}"
        self.host_layout = HostLayout.from_config(app.config, prefix)
        self.sign_in_url: str | None = app.config.get(f"{prefix}SIGN_IN_URL")
        self._ready = False
        self._lock = threading.Lock()

    def _source(self) -> Source:
        """The database, or a function that finds it: whether the app has Flask-SQLAlchemy is known later."""
        if self._configured and "sqlalchemy" not in self.app.extensions and not self.app.config.get(_URI_OF_HOST):
            return self._configured
        return lambda: self.choice.source

    @functools.cached_property
    def choice(self) -> Choice:
        """Where the wiki is kept; settled when it is first asked for."""
        return choose(self.app, self._configured, self._folder / "kbwiki.db")

    @property
    def mode(self) -> str:
        """ "host": in the host's database and through its engine; "own": through an engine of its own."""
        return self.choice.mode

    @property
    def is_embedded(self) -> bool:
        """Whether the tables are made by themselves: in an SQLite file, where nobody named a database."""
        return self._configured is None and self.wiki.database.has_single_writer

    @functools.cached_property
    def answers(self) -> AnswerCache:
        """Kept answers; none where the host has a part in our pages, since that may change without our knowing."""
        host_has_part = self.host_layout is not None or _overrides_templates(self.app)
        return AnswerCache(0 if host_has_part else self.settings.answer_cache_bytes)

    def _default_actor(self) -> Any:
        if not hasattr(self.app, "login_manager"):
            return nobody()
        return flask_login_actor()()

    def make_ready(self) -> None:
        """Make the tables of the embedded default, once per process; another database is upgraded by command only."""
        if self._ready:
            return
        with self._lock:
            if not self._ready:
                if self.is_embedded:
                    self.wiki.upgrade()
                self._ready = True

    def blueprint(self) -> Blueprint:
        """A new blueprint with every screen; a blueprint object belongs to one app."""
        blueprint = Blueprint(self.blueprint_name, __name__, template_folder="templates", static_folder=None)
        for screen in routes.SCREENS:
            blueprint.add_url_rule(
                screen.rule,
                screen.endpoint,
                self._bound(screen),
                methods=list(screen.methods),
                **self.place.options,
            )
        return blueprint

    def _bound(self, screen: routes.Screen) -> Callable[..., ResponseReturnValue]:
        @functools.wraps(screen.view)
        def bound(**arguments: Any) -> ResponseReturnValue:
            return self.answer(screen, arguments)

        return bound

    def answer(self, screen: routes.Screen, arguments: dict[str, Any]) -> ResponseReturnValue:
        """Run a view for the present request; what kbwiki refuses becomes a kind answer, and no handler is needed."""
        values = self.place.values(request, arguments)
        visit = Visit(self, request, values)
        try:
            self.make_ready()
            if self.tenants is not None:
                found = self.tenants.find(values)
                if found is None:
                    abort(404)  # whether there is such a tenant is the host's to say
                visit.wiki = found
            visit.begin()
            _require_countable(arguments)
            key = self.answers.key(visit) if screen.kept else None
            response = self.answers.find(key) or visit.as_response(screen.view(visit, **arguments))
            self.answers.keep(key, response)
        except KBWikiError as error:
            visit.close()
            response = answers.refused(visit, error)
        finally:
            visit.close()
        return _private(response)

    def raise_body_limit(self, app: Flask, **_: Any) -> None:
        """Let our own forms carry the largest page; has to happen before anything reads the form."""
        if request.blueprint != self.blueprint_name or request.method != "POST":
            return
        most = self.settings.max_page_bytes * _FORM_OVERHEAD * 2 + 1_000_000
        _raise_limit(request, "max_content_length", most)
        _raise_limit(request, "max_form_memory_size", most)


_URI_OF_HOST = "SQLALCHEMY_DATABASE_URI"


def _overrides_templates(app: Flask) -> bool:
    if app.jinja_loader is None:
        return False
    try:
        return any(name.startswith("kbwiki/") for name in app.jinja_loader.list_templates())
    except TypeError:  # a loader that cannot list what it has
        return True


def _raise_limit(request: Request, name: str, most: int) -> None:
    limit = getattr(request, name, None)
    if limit is not None and limit < most:
        setattr(request, name, most)


def _require_countable(arguments: Mapping[str, Any]) -> None:
    """Errors: NotFound for a number in the address that is larger than any a database can look up."""
    for value in arguments.values():
        if isinstance(value, int) and value > MOST_COUNTED:
            raise NotFound("entry", f"{str(value)[:12]}…")


def _private(response: Response) -> Response:
    """Keep what one actor may see out of caches that others share."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.vary.add("Cookie")
    return response
