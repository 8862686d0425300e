"""An app with a wiki and the glossary, from kbwiki's own fixtures."""

from __future__ import annotations

import pytest
from flask import Flask

from kbwiki.testing import fixtures
from kbwiki_glossary import Glossary

wiki, client, as_moderator, make_page = fixtures.wiki, fixtures.client, fixtures.as_moderator, fixtures.make_page
kbwiki_settings, kbwiki_database, app = fixtures.kbwiki_settings, fixtures.kbwiki_database, fixtures.app


@pytest.fixture
def kbwiki_plugins() -> tuple[type[Glossary], ...]:
    """The one that is tried."""
    return (Glossary,)


@pytest.fixture
def glossary(app: Flask) -> Glossary:
    """The plugin's object in the wiki of the app."""
    (loaded,) = app.extensions["kbwiki"]["main"].wiki.plugins.loaded
    assert isinstance(loaded.plugin, Glossary)
    return loaded.plugin
