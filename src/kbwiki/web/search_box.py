"""The wiki's search box for pages of the host: handed over by the host's own view, so nothing of the app changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request, url_for
from markupsafe import Markup

from .frame import Addresses, whose
from .words import kb_t

if TYPE_CHECKING:
    from .extension import Mount


def search_box(mount: Mount, *, label: str | None, assets: bool, query: str) -> Markup:
    """A form that searches the wiki: see `KBWiki.search_box`."""
    values = {name: value for name, value in (request.view_args or {}).items() if name in mount.place.variables}
    url = Addresses(url_for(f"{mount.blueprint_name}.home", **values).rstrip("/"))
    html = current_app.jinja_env.get_template("kbwiki/parts/search_box.html").render(
        kb_t=kb_t,
        url=url,
        box_id=f"{mount.blueprint_name}_box",
        label=label or kb_t("Search {wiki}", wiki=mount.settings.name),
        assets=assets,
        query=query,
        icons=url("static", filename="kb-icons.svg"),
        whose=whose(mount.actor()),
    )
    return Markup(html)  # noqa: S704 - our own template, escaped by itself
