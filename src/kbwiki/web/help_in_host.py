"""Help on pages of the host: a button for their templates, and the pages that help for their code.

Nothing of the app changes: the host hands the button to a template itself, or lets all of its templates have it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, request
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from ..errors import KBWikiError
from ..help.policy import Where
from ..help.queries import help_for
from ..wording import speaking
from .addresses import Addresses
from .help_places import write_arguments
from .host_page import addresses, says_which, wiki_here, wording_here
from .words import kb_t

if TYPE_CHECKING:
    from .mount import Mount

log = logging.getLogger("kbwiki.web")


@dataclass(frozen=True, slots=True)
class HelpLink:
    """A page that helps: its title, its path in the wiki, and its address."""

    title: str
    path: str
    url: str


def place(endpoint: str | None, args: Mapping[str, Any] | None, error: object, roles: Iterable[str]) -> Where:
    """Where in the host: the present request's endpoint and arguments, unless others are named."""
    if endpoint is None:
        endpoint, args = request.endpoint, request.view_args if args is None else args
    return Where.of(endpoint, args, getattr(error, "code", error), roles)


def pages_for(mount: Mount, where: Where) -> list[HelpLink]:
    """The pages that help the present visitor there, the closest first; one query."""
    wiki = wiki_here(mount)
    if wiki is None:
        return []
    url = addresses(mount)
    with wiki.read() as connection:
        found = help_for(connection, wiki.id, mount.identity.current(), where)
    return [HelpLink(one.title, one.path, url.page(one.path)) for one in found]


def help_button(mount: Mount, where: Where, *, label: str | None, count: bool, assets: bool) -> Markup:
    """A link that opens help for the place: see `KBWiki.help`. On our own screens nothing: they are no host's.

    Nor anything where the page is about no tenant, so that every template of the host may have it.
    """
    if request.blueprint in {one.blueprint_name for one in current_app.extensions["kbwiki"].values()}:
        return Markup("")
    if not says_which(mount):
        return Markup("")
    url = addresses(mount)
    fields = {"endpoint": where.endpoint, "args": write_arguments(where.args), "error": where.error}
    said = {name: value for name, value in fields.items() if value}
    with speaking(wording_here(mount)):
        return _button(mount, where, url, said, label=label, count=count, assets=assets)


def _button(
    mount: Mount, where: Where, url: Addresses, said: Mapping[str, Any], *, label: str | None, count: bool, assets: bool
) -> Markup:
    html = mount.templates.get_template("kbwiki/parts/help_button.html").render(
        kb_t=kb_t,
        url=url,
        place=said,
        address=url("help", **said),
        label=label or kb_t("Help"),
        count=_count(mount, where) if count else None,
        assets=assets,
        nonce=mount.guards.nonce(),
    )
    return Markup(html)  # noqa: S704 - our own template, escaped by itself


def _count(mount: Mount, where: Where) -> int | None:
    """How many pages help there; None when that cannot be known: a host's page never breaks because of it."""
    try:
        return len(pages_for(mount, where))
    except (KBWikiError, SQLAlchemyError):
        log.warning("How many pages help on %s could not be counted.", where.endpoint or "an error", exc_info=True)
        return None
