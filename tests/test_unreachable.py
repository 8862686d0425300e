"""A database that is not there is a kind answer, not a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from kbwiki import ANONYMOUS, KBWiki, Wiki
from kbwiki.errors import Busy


def test_an_unreachable_database_is_said_to_be_busy(tmp_path: Path) -> None:
    wiki = Wiki(f"sqlite:///{tmp_path / 'nowhere' / 'wiki.db'}")

    with pytest.raises(Busy, match="cannot be reached"), wiki.read():
        pass


def test_the_reader_sees_a_page_that_says_so(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=f"sqlite:///{tmp_path / 'nowhere' / 'wiki.db'}")
    KBWiki(app, actor=lambda: ANONYMOUS)

    answer = app.test_client().get("/wiki/")

    assert answer.status_code == 503
    assert "cannot be reached" in answer.get_data(as_text=True)
    assert answer.headers["Retry-After"] == "2"


def test_a_folder_that_cannot_be_made_is_said_so_and_leaves_pages_of_the_host_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    app = Flask("host", instance_path=str(tmp_path / "file" / "instance"))
    app.config["SECRET_KEY"] = "test"
    kbwiki = KBWiki(app, actor=lambda: ANONYMOUS)
    app.add_url_rule("/", "front", lambda: f"ours{kbwiki.fragment('recent')}")

    answer = app.test_client().get("/wiki/")

    assert (answer.status_code, "cannot be reached" in answer.text) == (503, True)
    assert app.test_client().get("/").text == "ours"


def test_what_goes_wrong_in_the_middle_of_a_view_is_a_kind_answer_too(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=f"sqlite:///{tmp_path / 'wiki.db'}")
    wiki = KBWiki().init_app(app, actor=lambda: ANONYMOUS)
    wiki.upgrade()
    client = app.test_client()
    assert client.get("/wiki/-/tags").status_code == 200
    with wiki.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE kbwiki_page_tag")

    answer = client.get("/wiki/-/tags?again=1")

    assert answer.status_code == 503
    assert "flask kbwiki db upgrade" in answer.get_data(as_text=True)
