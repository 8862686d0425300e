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
    """A form that searches the wiki: see `KBWiki.search_box`. Nothing where the page is about no tenant."""
    if not says_which(mount):
        return Markup("")
    with speaking(on_host_page(mount, request)):
        return _box(mount, addresses(mount), label, assets, query)


def addresses(mount: Mount) -> Addresses:
    """The wiki's addresses on a page of the host; with tenants, those of the tenant that the page is about."""
    return Addresses(url_for(f"{mount.blueprint_name}.home", **_values(mount)).rstrip("/"), mount.rules)


def says_which(mount: Mount) -> bool:
    """Whether a page of the host says which wiki is meant; with tenants, its address has to name one."""
    return mount.tenants is None or bool(_values(mount))


def wiki_here(mount: Mount) -> Wiki | None:
    """The wiki that a page of the host is about; with tenants, the tenant's, or None where there is none."""
    mount.make_ready()
    if mount.tenants is None:
        return mount.wiki
    values = _values(mount)
    return mount.tenants.find(values) if values else None


def _values(mount: Mount) -> dict[str, Any]:
    """What names the tenant; nothing on pages that are about none: sign-in, and what is not found."""
    if request.url_rule is None or not mount.place.is_in(request.url_rule):
        return {}
    return mount.place.values(request, dict(request.view_args or {}))


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
