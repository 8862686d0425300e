"""The wiki's search box for pages of the host: handed over by the host's own view, so nothing of the app changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, request, url_for
from markupsafe import Markup

from ..wiki import Wiki
from ..wording import speaking
from .frame import Addresses, whose
from .languages import on_host_page
from .words import kb_t

if TYPE_CHECKING:
    from .mount import Mount


def search_box(mount: Mount, *, label: str | None, assets: bool, query: str) -> Markup:
    """A form that searches the wiki: see `KBWiki.search_box`."""
    with speaking(on_host_page(mount, request)):
        return _box(mount, addresses(mount), label, assets, query)


def addresses(mount: Mount) -> Addresses:
    """The wiki's addresses on a page of the host; with tenants, those of the tenant that the page is about."""
    return Addresses(url_for(f"{mount.blueprint_name}.home", **_values(mount)).rstrip("/"), mount.rules)


def wiki_here(mount: Mount) -> Wiki | None:
    """The wiki that a page of the host is about; with tenants, the tenant's, or None where there is none."""
    mount.make_ready()
    return mount.wiki if mount.tenants is None else mount.tenants.find(_values(mount))


def _values(mount: Mount) -> dict[str, Any]:
    return {name: value for name, value in (request.view_args or {}).items() if name in mount.place.variables}


def _box(mount: Mount, url: Addresses, label: str | None, assets: bool, query: str) -> Markup:
    html = current_app.jinja_env.get_template("kbwiki/parts/search_box.html").render(
        kb_t=kb_t,
        url=url,
        box_id=f"{mount.blueprint_name}_box",
        label=label or kb_t("Search {wiki}", wiki=mount.settings.name),
        assets=assets,
        nonce=mount.guards.nonce(),
        query=query,
        icons=url("static", filename="kb-icons.svg"),
        whose=whose(mount.identity.current()),
    )
    return Markup(html)  # noqa: S704 - our own template, escaped by itself
