"""The plugins that come with kbwiki, on both databases: their tables are what their migrations make, and they work."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import MetaData, create_engine

from kbwiki import Settings, Wiki
from kbwiki.testing import TickingClock, answer, look, open_reviews, save
from kbwiki_linkcheck import LinkCheck
from kbwiki_linkcheck.tables import metadata as of_linkcheck
from kbwiki_mail import Mail
from kbwiki_mail.tables import metadata as of_mail
from kbwiki_webhooks import Webhooks
from kbwiki_webhooks.tables import metadata as of_webhooks

PLUGINS = {
    "webhooks": (of_webhooks, "kbwiki_webhooks.migrations.0001_deliveries"),
    "mail": (of_mail, "kbwiki_mail.migrations.0001_waiting"),
    "linkcheck": (of_linkcheck, "kbwiki_linkcheck.migrations.0001_links"),
}


@pytest.mark.parametrize("name", PLUGINS)
def test_the_migrations_make_what_the_tables_say(name: str, database_url: str) -> None:
    metadata, module = PLUGINS[name]
    migration: ModuleType = importlib.import_module(module)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            migration.upgrade()
        opts = {"compare_type": True, "include_object": lambda one, called, *_: _is_of(one, called, metadata)}
        differences = compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)
    engine.dispose()
    assert differences == []


def _is_of(one: Any, called: str | None, metadata: MetaData) -> bool:
    return getattr(one, "name", called) in metadata.tables or getattr(one, "table", None) is not None


@pytest.fixture
def wiki(database_url: str) -> Iterator[Wiki]:
    """A wiki with all three, whose receiver and mail server are away, and a link that nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    options = {
        "WEBHOOKS_URLS": (f"http://127.0.0.1:{port}/",), "WEBHOOKS_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WEBHOOKS_ALLOW_PRIVATE": True, "MAIL_SENDER": "wiki@example.org", "MAIL_HOST": "127.0.0.1", "MAIL_PORT": port,
        "MAIL_ADDRESS": "{id}@example.org", "LINKCHECK_ENABLED": True, "LINKCHECK_ALLOW_PRIVATE": True,
        "LINKCHECK_HOST_SECONDS": 0.0,
    }  # fmt: skip
    settings = Settings(plugin_options=options, grace_minutes=0, hook_seconds=10.0)
    wiki = Wiki(database_url, plugins=[Webhooks, Mail, LinkCheck], settings=settings, clock=TickingClock())
    wiki.upgrade()
    wiki.catch_up_consumers()
    save(wiki, "page", f"See http://127.0.0.1:{port}/gone.\n")
    yield wiki
    wiki.close()


def test_what_cannot_be_sent_waits_and_what_is_dead_is_told(wiki: Wiki) -> None:
    webhooks, mail, linkcheck = (one.plugin for one in wiki.plugins.loaded)
    assert isinstance(webhooks, Webhooks)
    assert isinstance(mail, Mail)
    assert isinstance(linkcheck, LinkCheck)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "concern", reason="unclear")
    wiki.deliver_messages()
    clock: Any = wiki.clock

    for _ in range(3):
        wiki.catch_up_consumers()
        webhooks.send()
        mail.post()
        linkcheck.find()
        linkcheck.check()
        clock.now += timedelta(days=1, minutes=1)

    deliveries = {row["kind"]: (row["state"], row["attempts"]) for row in webhooks.deliveries.newest()}
    assert deliveries["create"] == ("waiting", 3)
    [waiting] = mail.site.rows(of_mail.tables["kbwiki_x_mail_waiting"].select())
    assert (waiting["recipient_id"], waiting["state"]) == ("writer", "waiting")
    assert waiting["attempts"] >= 3
    assert [line.title for line in open_reviews(wiki) if line.title.startswith("Dead link")] != []
    assert wiki.plugins.switches.off() == ()
    assert wiki.verify().intact
