"""The wiki's search box for pages of the host: handed over by the host's own view, so nothing of the app changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from ..wording import speaking
from .addresses import Addresses
from .frame import whose
from .host_page import addresses, says_which, wording_here
from .words import kb_t

if TYPE_CHECKING:
    from .mount import Mount


def search_box(mount: Mount, *, label: str | None, assets: bool, query: str) -> Markup:
    """A form that searches the wiki: see `KBWiki.search_box`. Nothing where the page is about no tenant."""
    if not says_which(mount):
        return Markup("")
    with speaking(wording_here(mount)):
        return _box(mount, addresses(mount), label, assets, query)


def _box(mount: Mount, url: Addresses, label: str | None, assets: bool, query: str) -> Markup:
    html = mount.templates.get_template("kbwiki/parts/search_box.html").render(
        kb_t=kb_t,
        url=url,
        box_id=f"{mount.blueprint_name}_box",
        label=label or kb_t("[Search] in {wiki}", wiki=mount.settings.name),
        assets=assets,
        nonce=mount.guards.nonce(),
        query=query,
        icons=url("static", filename="kb-icons.svg"),
        whose=whose(mount.identity.current()),
    )
    return Markup(html)  # noqa: S704 - our own template, escaped by itself
