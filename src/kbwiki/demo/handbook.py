"""The handbook: kbwiki, mounted in the intranet, and the glance at it that the front page gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app, url_for

from ..moderation.queries.state import standing
from ..pages.queries.history import RevisionLine, recent_changes
from ..web import KBWiki, flask_login_actor
from ..wiki import Wiki
from .seeding import SETTINGS, fill_once

HANDBOOK = "/handbook"
who = flask_login_actor(kind=lambda person: person.kind)
"""The actor kbwiki sees: whoever is signed in to the intranet, with their groups."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the front page says of the handbook.

    The last changes the visitor may see, and how many reviews wait for the visitor's groups (None: they are
    responsible for nothing).
    """

    changes: tuple[RevisionLine, ...]
    waiting: int | None


@dataclass(frozen=True, slots=True)
class TourLinks:
    """Where the steps of the tour lead."""

    edit: str
    read: str
    queue: str
    mine: str


def mount_handbook(app: Flask, folder: Path) -> None:
    """Fill the handbook on the first start, and serve it below HANDBOOK in the intranet's own layout."""
    fill_once(folder)
    app.config.update(
        KBWIKI_FOLDER=str(folder),
        KBWIKI_NAME=SETTINGS.name,
        KBWIKI_READERS=SETTINGS.readers,
        KBWIKI_WRITERS=SETTINGS.writers,
        KBWIKI_FALLBACK_GROUP=SETTINGS.fallback_group,
        KBWIKI_ADMIN_GROUP=SETTINGS.admin_group,
        KBWIKI_BASE_TEMPLATE="intranet/base.html",
        KBWIKI_SIGN_IN_URL="/sign-in",
    )
    kbwiki = KBWiki(app, url_prefix=HANDBOOK, actor=who)
    app.context_processor(kbwiki.for_templates)  # so that every template here has {{ kb_help() }}


def glance(count: int = 5) -> Glance:
    """The handbook as the present visitor sees it from the front page."""
    wiki: Wiki = current_app.extensions["kbwiki"]["main"].wiki
    actor = who()
    with wiki.read() as connection:
        changes = recent_changes(connection, wiki.id, actor, count=count)
        return Glance(tuple(changes), standing(connection, wiki.id, actor).queued)


def tour_links() -> TourLinks:
    """Addresses of the tour, one for each step."""
    return TourLinks(
        edit=url_for("kbwiki.edit", path="safety/first-aid"),
        read=url_for("kbwiki.page", path="safety/first-aid"),
        queue=url_for("kbwiki.queue"),
        mine=url_for("kbwiki.mine"),
    )
