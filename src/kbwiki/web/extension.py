"""KBWiki: mounts a wiki in a Flask app, and touches nothing else of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, current_app, request_started
from markupsafe import Markup

from ..hooks.loading import Wanted
from ..wiki import Wiki
from .fragments import MOST, Asked, fragment, stylesheet
from .help_in_host import HelpLink, help_button, pages_for, place
from .identity import CurrentActor, Identity
from .mount import Mount
from .place import Place
from .search_box import search_box
from .tenants import TenantOf


class KBWiki:
    """The extension. `KBWiki(app)`, or `KBWiki()` and `init_app(app)` later; one object can serve several apps.

    `actor` says who is there: a function called once per request, or an `Identity` (by default whichever fits what the
    app has, Flask-Security or Flask-Login). `url_prefix` is where the wiki lives. `name` tells several wikis in one app
    apart: each has its blueprint, its row in the database, and settings under `KBWIKI_` (or `KBWIKI_<NAME>_` for
    another name).

    `host` or `subdomain` put it on an address of its own. Where `url_prefix`, `host` or `subdomain` have variables,
    `tenant` says which tenant their values name, and each tenant has a wiki of its own.

    `plugins` are plugins by name or class, besides those of `KBWIKI_PLUGINS`. One that cannot be used is left out, and
    `flask kbwiki check` says why.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        url_prefix: str = "/wiki",
        actor: CurrentActor | Identity | None = None,
        name: str = "main",
        host: str | None = None,
        subdomain: str | None = None,
        tenant: TenantOf | None = None,
        plugins: Iterable[Wanted] = (),
    ) -> None:
        self.name = name
        self.plugins = tuple(plugins)
        self.host, self.subdomain, self.tenant = host, subdomain, tenant
        self.url_prefix = url_prefix
        self.actor = actor
        if app is not None:
            self.init_app(app)

    def init_app(
        self, app: Flask, *, url_prefix: str | None = None, actor: CurrentActor | Identity | None = None
    ) -> Wiki:
        """Mount the wiki in `app`; give back its `Wiki`. Opens no connection. Errors: Invalid names a bad setting."""
        if self.name in app.extensions.get("kbwiki", {}):
            raise ValueError(f"There is a wiki named {self.name!r} in this app already; give this one another name=.")
        place = Place.of(app, self.url_prefix if url_prefix is None else url_prefix, self.host, self.subdomain)
        mount = Mount(app, self.name, place, actor or self.actor, self.tenant, self.plugins)
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

    def fragment(
        self, name: str, *, path: str = "", query: str = "", count: int = 10, assets: bool = True
    ) -> Markup:
        """A part of the wiki for a page of your own, as the present visitor may see it; hand it to your template.

        "page" is the text of the page at `path`, "recent" the last changes and "tree" the pages (below `path`),
        "search" what is found for `query`, "queue" how many reviews wait for the visitor. Lists have at most `count`
        lines. Empty where there is nothing for this visitor, and where the wiki cannot answer. With `assets` the
        stylesheet comes along. Only while a request is answered. Errors: ValueError for another name.
        """
        return fragment(self._mount(), name, Asked(path, query, min(max(count, 1), MOST)), assets=assets)

    def stylesheet(self) -> Markup:
        """The link to the wiki's stylesheet, for the head of pages that fetch screens into themselves."""
        return stylesheet(self._mount())

    def for_templates(self) -> dict[str, Any]:
        """`kb_help` and the like for all of your templates: `app.context_processor(kbwiki.for_templates)`."""
        return {
            "kb_help": self.help,
            "kb_fragment": self.fragment,
            "kb_search_box": self.search_box,
            "kb_stylesheet": self.stylesheet,
        }

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
