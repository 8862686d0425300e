"""Which wiki a page of the host is about, at which addresses, and how it speaks there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, url_for

from ..wiki import Wiki
from ..wording import Wording
from .addresses import Addresses
from .languages import wanted

if TYPE_CHECKING:
    from .mount import Mount


def addresses(mount: Mount) -> Addresses:
    """The wiki's addresses on a page of the host; with tenants, those of the tenant that the page is about."""
    home = url_for(f"{mount.blueprint_name}.home", **_values(mount))
    # A host's `url_defaults` may add to every address; that is for its own, and a query is no beginning of others.
    return Addresses(home.partition("?")[0].rstrip("/"), mount.rules)


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


def wording_here(mount: Mount) -> Wording:
    """How the wiki speaks on a page of the host: with the terms of the settings, since no query is made there."""
    voice = mount.wiki.voice
    return voice.wording(voice.chosen(wanted(mount, request)))
