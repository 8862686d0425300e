"""KBWiki: mounts a wiki in a Flask app, and touches nothing else of it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Request, Response, current_app, request, request_started
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ..cli.finding import Finding
from ..errors import Invalid, KBWikiError, NotFound
from ..settings import Settings
from ..upgrade import require_tables
from ..wiki import Wiki
from ..wording import Later, speaking
from . import answers, routes
from .answer_cache import AnswerCache
from .bodies import raise_limits
from .forms import MOST_COUNTED
from .frame import SCREEN_RULES
from .help_in_host import HelpLink, help_button, pages_for, place
from .host_checks import look_at_host
from .host_guards import HostGuards
from .host_layout import HostLayout
from .identity import CurrentActor, Identity, identity_of
from .languages import wording_of
from .search_box import search_box
from .spelling import in_words, words_of
from .visit import Visit


class KBWiki:
    """The extension. `KBWiki(app)`, or `KBWiki()` and `init_app(app)` later; one object can serve several apps.

    `actor` says who is there: a function called once per request, or an `Identity` (by default whichever fits what the
    app has, Flask-Security or Flask-Login). `url_prefix` is where the wiki lives. `name` tells several wikis in one app
    apart: each has its blueprint, its row in the database, and settings under `KBWIKI_` (or `KBWIKI_<NAME>_` for
    another name).
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        url_prefix: str = "/wiki",
        actor: CurrentActor | Identity | None = None,
        name: str = "main",
    ) -> None:
        self.name = name
        self.url_prefix = url_prefix
        self.actor = actor
        if app is not None:
            self.init_app(app)

    def init_app(
        self, app: Flask, *, url_prefix: str | None = None, actor: CurrentActor | Identity | None = None
    ) -> Wiki:
        """Mount the wiki in `app`; give back its `Wiki`. Opens no connection. Errors: Invalid names a bad setting."""
        mount = Mount(
            app, self.name, self.url_prefix if url_prefix is None else url_prefix, actor or self.actor
        )
        mounts = app.extensions.setdefault("kbwiki", {})
        if self.name in mounts:
            raise ValueError(f"There is a wiki named {self.name!r} in this app already; give this one another name=.")
        mounts[self.name] = mount
        app.register_blueprint(mount.blueprint(), url_prefix=mount.url_prefix or None)
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

    def help(
        self,
        *,
        endpoint: str | None = None,
        args: Mapping[str, Any] | None = None,
        error: object = None,
        label: str | None = None,
        count: bool = False,
        assets: bool = True,
    ) -> Markup:
        """A button that opens help for the present screen of yours in a panel beside it; hand it to your template.

        Without script it is a link to the same help. `endpoint` and `args` are the request's unless named, `error` is
        a code or an exception with one. It asks the database nothing, and one thing with `count`. With `assets` its
        stylesheets and script come along. Only while a request is answered; empty on the wiki's own screens.
        """
        return help_button(
            self._mount(), place(endpoint, args, error, ()), label=label, count=count, assets=assets
        )

    def help_for(
        self,
        endpoint: str | None = None,
        args: Mapping[str, Any] | None = None,
        *,
        role: str | None = None,
        error: object = None,
    ) -> list[HelpLink]:
        """The pages that help the present visitor on a screen of yours, the closest first; only those they may read.

        `role` is one they have there besides their groups. One query. Only while a request is answered.
        """
        return pages_for(self._mount(), place(endpoint, args, error, () if role is None else (role,)))

    def for_templates(self) -> dict[str, Any]:
        """`kb_help` for all of your templates: `app.context_processor(kbwiki.for_templates)`, for you to call."""
        return {"kb_help": self.help}

    def _mount(self) -> Mount:
        mounts = current_app.extensions.get("kbwiki", {})
        if self.name not in mounts:
            raise ValueError(f"This app has no wiki named {self.name!r}; call init_app(app) first.")
        mount: Mount = mounts[self.name]
        return mount


class Mount:
    """One wiki in one app: its settings, its Wiki, and how a request becomes a `Visit`."""

    def __init__(self, app: Flask, name: str, url_prefix: str, actor: CurrentActor | Identity | None) -> None:
        self.app = app
        self.name = name
        self.url_prefix = "/" + url_prefix.strip("/") if url_prefix.strip("/") else ""
        prefix = "KBWIKI_" if name == "main" else f"KBWIKI_{name.upper()}_"
        self.prefix = prefix
        self.settings = Settings.from_mapping(app.config, prefix)
        url = app.config.get(f"{prefix}DATABASE_URI")
        self.is_embedded = url is None
        folder = Path(app.config.get(f"{prefix}FOLDER") or Path(app.instance_path))
        index = Path(app.config.get(f"{prefix}INDEX_FOLDER") or folder / f"kbwiki-{name}-index")
        try:
            self.wiki = Wiki(
                url or f"sqlite:///{folder / 'kbwiki.db'}", name=name, settings=self.settings, index=index, sender=app
            )
        except ModuleNotFoundError as error:
            raise Invalid(f"{prefix}DATABASE_URI", answers.without_driver(f"{prefix}DATABASE_URI", error)) from error
        self.identity = identity_of(app, prefix, actor)
        self.blueprint_name = "kbwiki" if name == "main" else f"kbwiki_{name}"
        self.guards = HostGuards.from_config(app.config, prefix)
        self.host_layout = HostLayout.from_config(app.config, prefix)
        self.sign_in_url: str | None = app.config.get(f"{prefix}SIGN_IN_URL")
        self._ready = False
        self._lock = threading.Lock()

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
        blueprint = Blueprint(
            self.blueprint_name, __name__, template_folder="templates", static_folder=None
        )
        for screen in routes.SCREENS:
            view = self._bound(screen)
            # In the wiki's words first, which is what url_for gives; the usual address goes on working.
            for rule in dict.fromkeys((in_words(screen.rule, self.address_words), screen.rule)):
                blueprint.add_url_rule(rule, screen.endpoint, view, methods=list(screen.methods))
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
        visit = Visit(self, request)
        with speaking(Later(lambda: wording_of(visit))):
            return _private(self._answered(visit, screen, arguments))

    def _answered(self, visit: Visit, screen: routes.Screen, arguments: dict[str, Any]) -> Response:
        try:
            self.make_ready()
            visit.begin()
            _require_countable(arguments)
            # A page with a nonce is good for one answer.
            key = self.answers.key(visit) if screen.kept and not visit.nonce else None
            response = self.answers.find(key) or visit.as_response(screen.view(visit, **arguments))
            self.answers.keep(key, response)
        except KBWikiError as error:
            visit.close()
            response = answers.refused(visit, error)
        finally:
            visit.close()
        return response

    def raise_body_limit(self, app: Flask, **_: Any) -> None:
        """Let our own forms carry the largest page; has to happen before anything reads the form."""
        if request.blueprint != self.blueprint_name or request.method != "POST":
            return
        raise_limits(request, self.settings.max_page_bytes)

    def raised_limit(self, request: Request) -> int | None:
        """How many bytes a form of ours may have in the end; None: as many as it likes."""
        raise_limits(request, self.settings.max_page_bytes)
        return request.max_content_length

    def look_at_host(self) -> Iterator[Finding]:
        """How the wiki stands in its host, for `flask kbwiki check`."""
        return look_at_host(self)


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
