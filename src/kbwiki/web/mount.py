"""One wiki in one app: where it is kept and shown, and how a request of the app becomes a visit to it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Request, Response, abort, request
from flask.typing import ResponseReturnValue
from jinja2 import Environment

from ..cli.finding import Finding
from ..database import Source
from ..drivers import translated
from ..errors import Invalid, KBWikiError, NotFound
from ..hooks.loading import Wanted
from ..settings import Settings
from ..upgrade import require_tables
from ..wiki import Wiki
from ..wording import Later, speaking
from . import answers, routes
from .addresses import SCREEN_RULES
from .answer_cache import AnswerCache
from .bodies import raise_limits, require_room
from .database_choice import Choice, choose
from .environments import own_environment
from .forms import MOST_COUNTED
from .host_checks import look_at_host
from .host_guards import HostGuards
from .host_layout import HostLayout
from .identity import CurrentActor, Identity, identity_of
from .identity.with_directories import WithDirectories
from .languages import wording_of
from .place import Place
from .spelling import in_words, words_of
from .tenants import TenantOf, Tenants, most_kept
from .visit import Visit
from .without_layout import WITHOUT, framed


class Mount:
    """One wiki in one app: its settings, its Wiki, and how a request becomes a `Visit`."""

    def __init__(
        self,
        app: Flask,
        name: str,
        place: Place,
        actor: CurrentActor | Identity | None,
        tenant: TenantOf | None = None,
        plugins: Iterable[Wanted] = (),
    ) -> None:
        self.app = app
        self.name = name
        self.place = place
        self.url_prefix = place.url_prefix
        prefix = "KBWIKI_" if name == "main" else f"KBWIKI_{name.upper()}_"
        self.prefix = prefix
        self.settings = Settings.from_mapping(app.config, prefix)
        self._configured: str | None = app.config.get(f"{prefix}DATABASE_URI")
        self._folder = Path(app.config.get(f"{prefix}FOLDER") or Path(app.instance_path))
        index = Path(app.config.get(f"{prefix}INDEX_FOLDER") or self._folder / f"kbwiki-{name}-index")
        files = Path(app.config.get(f"{prefix}FILES_FOLDER") or self._folder / f"kbwiki-{name}-files")
        try:
            self.wiki = Wiki(
                self._source(),
                name=name,
                settings=self.settings,
                index=index,
                files=files,
                sender=app,
                plugins=plugins,
            )
        except ModuleNotFoundError as error:
            raise Invalid(f"{prefix}DATABASE_URI", answers.without_driver(f"{prefix}DATABASE_URI", error)) from error
        self.wiki.url_prefix = place.url_prefix
        self.tenants = Tenants(self.wiki, index, tenant, most_kept(app.config, prefix)) if tenant is not None else None
        if (tenant is not None) != bool(place.variables):
            raise ValueError("Variables in url_prefix, host or subdomain and tenant= go together: which tenant is it?")
        self.identity = identity_of(app, prefix, actor)
        if self.wiki.plugins.uses("directories"):
            self.identity = WithDirectories(self.identity, lambda: self.wiki.plugins)
        self.blueprint_name = "kbwiki" if name == "main" else f"kbwiki_{name}"
        self.guards = HostGuards.from_config(app.config, prefix)
        self.host_layout = HostLayout.from_config(app.config, prefix)
        self.sign_in_url: str | None = app.config.get(f"{prefix}SIGN_IN_URL")
        self.began_at = self.wiki.clock()
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

    @functools.cached_property
    def escapes(self) -> bool:
        """Whether the host's templates escape what they show. Where they do not, nothing that people wrote is shown."""
        escaping = self.app.jinja_env.autoescape
        return bool(escaping("kbwiki/page.html") if callable(escaping) else escaping)

    @functools.cached_property
    def templates(self) -> Environment:
        """Our templates, and the host's in their place; made when first asked for, since apps set up their own."""
        return own_environment(self.app.jinja_env)

    @functools.cached_property
    def bare_templates(self) -> Environment:
        """The same for screens without layout."""
        return own_environment(self.app.jinja_env, WITHOUT)

    @functools.cached_property
    def address_words(self) -> Mapping[str, str]:
        """Segments of addresses as this wiki spells them."""
        return words_of(self.wiki.voice, SCREEN_RULES.values())

    @functools.cached_property
    def rules(self) -> Mapping[str, str]:
        """Addresses of screens by name, as this wiki spells them."""
        return {name: in_words(rule, self.address_words) for name, rule in SCREEN_RULES.items()}

    def make_ready(self) -> None:
        """Make the tables of the embedded default, once per process; another database is upgraded by command only.

        Errors: SchemaBehind when that has not happened yet.
        """
        if self._ready:
            return
        with self._lock:
            if not self._ready:
                if self.is_embedded:
                    self.wiki.upgrade()
                else:
                    with self.wiki.read() as connection:
                        require_tables(connection)
                self._ready = True

    def blueprint(self) -> Blueprint:
        """A new blueprint with every screen; a blueprint object belongs to one app."""
        blueprint = Blueprint(self.blueprint_name, __name__, template_folder="templates", static_folder=None)
        for screen in routes.SCREENS:
            view = self._bound(screen)
            # In the wiki's words first, which is what url_for gives; the usual address goes on working.
            for rule in dict.fromkeys((in_words(screen.rule, self.address_words), screen.rule)):
                blueprint.add_url_rule(rule, screen.endpoint, view, methods=list(screen.methods), **self.place.options)
        return blueprint

    def _bound(self, screen: routes.Screen) -> Callable[..., ResponseReturnValue]:
        @functools.wraps(screen.view)
        def bound(**arguments: Any) -> ResponseReturnValue:
            return self.answer(screen, arguments)

        return bound

    def answer(self, screen: routes.Screen, arguments: dict[str, Any]) -> ResponseReturnValue:
        """Run a view for the present request; what kbwiki refuses becomes a kind answer, and no handler is needed."""
        if not self.escapes:
            return answers.unescaped()
        values = self.place.values(request, arguments)
        visit = Visit(self, request, values)
        with speaking(Later(lambda: wording_of(visit))):
            return framed(visit, _private(self._answered(visit, screen, arguments, values)))

    def _answered(
        self, visit: Visit, screen: routes.Screen, arguments: dict[str, Any], values: Mapping[str, Any]
    ) -> Response:
        try:
            # A view reads with a connection that outlasts the call which opened it, so what goes wrong there ends here.
            with translated(ours_only=True):
                response = self._seen(visit, screen, arguments, values)
        except KBWikiError as error:
            visit.close()
            response = answers.refused(visit, error)
        finally:
            visit.close()
        return response

    def _seen(
        self, visit: Visit, screen: routes.Screen, arguments: dict[str, Any], values: Mapping[str, Any]
    ) -> Response:
        self.make_ready()
        if self.tenants is not None:
            found = self.tenants.find(values)
            if found is None:
                abort(404)  # whether there is such a tenant is the host's to say
            visit.wiki = found
        require_room(visit.request, self.settings.max_file_bytes)
        visit.begin()
        _require_countable(arguments)
        # A page with a nonce is good for one answer.
        key = self.answers.key(visit) if screen.kept and not visit.nonce else None
        response = self.answers.find(key) or visit.as_response(screen.view(visit, **arguments))
        if visit.is_lasting and not visit.is_for_one_session:
            self.answers.keep(key, visit, response)
        return response

    def raise_body_limit(self, app: Flask, **_: Any) -> None:
        """Let our own forms carry the largest page; has to happen before anything reads the form."""
        if request.blueprint != self.blueprint_name or request.method != "POST":
            return
        raise_limits(request, self.settings.max_page_bytes, self.settings.max_file_bytes)

    def raised_limit(self, request: Request) -> int | None:
        """How many bytes a form of ours may have in the end; None: as many as it likes."""
        raise_limits(request, self.settings.max_page_bytes)
        return request.max_content_length

    def look_at_host(self) -> Iterator[Finding]:
        """How the wiki stands in its host, for `flask kbwiki check`."""
        return look_at_host(self)


_URI_OF_HOST = "SQLALCHEMY_DATABASE_URI"


def _overrides_templates(app: Flask) -> bool:
    if app.jinja_loader is None:
        return False
    try:
        return any(name.startswith("kbwiki/") for name in app.jinja_loader.list_templates())
    except TypeError:  # a loader that cannot list what it has
        return True


def _require_countable(arguments: Mapping[str, Any]) -> None:
    """Errors: NotFound for a number in the address that is larger than any a database can look up."""
    for value in arguments.values():
        if isinstance(value, int) and value > MOST_COUNTED:
            raise NotFound("entry", f"{str(value)[:12]}…")


def _private(response: Response) -> Response:
    """Keep what one actor may see out of caches that others share."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.vary.update(("Cookie", "Accept-Language"))
    return response
