"""Whose database the wiki is in: detected at the first use, in any order of setting up, and said by `check`."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from kbwiki import KBWiki
from kbwiki.pages.actions import Edit, save_page
from kbwiki.testing import WRITER, read
from kbwiki.web.database_choice import same_database


def host(folder: Path, url: str | None, *, first: str = "db", **config: object) -> tuple[Flask, SQLAlchemy]:
    """A host with Flask-SQLAlchemy, set up before the wiki or after it."""
    app = Flask("host", instance_path=str(folder))
    app.config.update(SECRET_KEY="test", **config)
    if url is not None:
        app.config["SQLALCHEMY_DATABASE_URI"] = url
    db = SQLAlchemy()
    for one in (db, KBWiki(actor=lambda: WRITER)) if first == "db" else (KBWiki(actor=lambda: WRITER), db):
        one.init_app(app)
    return app, db


def close(app: Flask, db: SQLAlchemy) -> None:
    app.extensions["kbwiki"]["main"].wiki.close()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("first", ["db", "wiki"])
def test_without_a_setting_the_wiki_is_in_the_hosts_file_and_both_save_together(tmp_path: Path, first: str) -> None:
    app, db = host(tmp_path, "sqlite:///host.db", first=first)
    mount = app.extensions["kbwiki"]["main"]

    class Product(db.Model):  # type: ignore[name-defined,misc]
        id = db.Column(db.Integer, primary_key=True)

    assert app.test_client().get("/wiki/-/tree").status_code == 200
    with app.app_context():
        db.create_all()
        db.session.add(Product())
        with mount.wiki.begin(WRITER, session=db.session) as tx:
            save_page(tx, Edit("products/1", "One.\n"))
        db.session.commit()
        assert mount.wiki.database.engine is db.engine
        assert "kbwiki_page" in inspect(db.engine).get_table_names()
        assert db.session.query(Product).count() == 1
        journal_mode = db.session.connection().exec_driver_sql("PRAGMA journal_mode").scalar()

    assert mount.mode == "host"
    assert read(mount.wiki, "products/1") == "One.\n"
    assert journal_mode == "delete"  # the file stays as the host has it
    assert not (tmp_path / "kbwiki.db").exists()
    assert "in the host's database" in app.test_cli_runner().invoke(args=["kbwiki", "check"]).output
    close(app, db)


def test_a_wiki_that_has_its_own_file_already_stays_in_it(tmp_path: Path) -> None:
    (tmp_path / "kbwiki.db").touch()
    app, db = host(tmp_path, "sqlite:///host.db")

    app.test_client().get("/wiki/-/tree")

    assert app.extensions["kbwiki"]["main"].mode == "own"
    assert (tmp_path / "kbwiki.db").stat().st_size
    assert "of its own" in app.test_cli_runner().invoke(args=["kbwiki", "check"]).output
    close(app, db)


def test_a_database_in_memory_is_left_to_the_host(tmp_path: Path) -> None:
    app, db = host(tmp_path, "sqlite://")

    assert app.test_client().get("/wiki/-/tree").status_code == 200

    assert app.extensions["kbwiki"]["main"].mode == "own"
    close(app, db)


def test_a_setting_decides_and_the_same_database_means_the_hosts_engine(database_url: str, tmp_path: Path) -> None:
    url = make_url(database_url)
    app, db = host(tmp_path / "a", url.render_as_string(hide_password=False), KBWIKI_DATABASE_URI=database_url)
    other, other_db = host(tmp_path / "b", f"sqlite:///{tmp_path / 'host.db'}", KBWIKI_DATABASE_URI=database_url)

    for one in (app, other):
        assert one.test_client().get("/wiki/-/tree").status_code == 200

    assert app.extensions["kbwiki"]["main"].mode == "host"
    assert other.extensions["kbwiki"]["main"].mode == "own"
    close(app, db)
    close(other, other_db)


def test_addresses_of_one_database_are_known_however_they_are_written(tmp_path: Path) -> None:
    same = [
        (f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/x/../a.db"),
        ("postgresql://me@/db", "postgresql+psycopg://me@localhost:5432/db"),
    ]
    different = [
        ("sqlite://", "sqlite://"),
        ("sqlite:///a.db", "sqlite:///b.db"),
        ("postgresql://me@/db", "postgresql://you@/db"),
        ("postgresql://me@/db", "sqlite:///db"),
    ]

    assert all(same_database(make_url(one), make_url(other)) for one, other in same)
    assert not any(same_database(make_url(one), make_url(other)) for one, other in different)
