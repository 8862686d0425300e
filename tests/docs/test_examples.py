"""The Python examples run as they stand, one page after the other, each in an app of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_login import LoginManager

from kbwiki import KBWiki
from kbwiki.moderation.queries.risks import risks_of
from kbwiki.testing import MODERATOR, open_reviews, save
from tests.docs.reading import DOCS, REPOSITORY, all_pages, blocks_of

TUTORIAL = DOCS / "tutorial" / "first-wiki.md"
LAYOUT = DOCS / "how-to" / "use-your-own-layout.md"
NEEDS_A_MOUNT = {"add-a-reason-for-risk", "concerns-and-locks", "set-up-spaces", "python", "word-messages"}
PAGES = [page for page in all_pages() if blocks_of(page, "python") and page != TUTORIAL]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run_in_order(page: Path, tmp_path: Path) -> None:
    names = run(page, {"app": host(tmp_path, mounted=page.stem in NEEDS_A_MOUNT), "__name__": "host"})

    assert names


def test_the_example_of_the_readme_serves_a_wiki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hosted.py").write_text(blocks_of(REPOSITORY / "README.md", "python")[0].text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    answer = __import__("hosted").app.test_client().get("/wiki/")

    assert answer.status_code == 404
    assert "The first page is still empty" in answer.text
    assert (tmp_path / "instance" / "kbwiki.db").exists()


def test_the_layout_of_the_guide_gets_the_screens_of_the_wiki(tmp_path: Path) -> None:
    base, missing, link = (block.text for block in blocks_of(LAYOUT, "html"))
    (tmp_path / "templates" / "kbwiki").mkdir(parents=True)
    (tmp_path / "templates" / "base.html").write_text(base.replace("…", link), "utf-8")
    (tmp_path / "templates" / "kbwiki" / "missing.html").write_text(missing, "utf-8")
    app = host(tmp_path)
    exec(blocks_of(LAYOUT, "python")[0].text, {"app": app})
    KBWiki(app)

    page = app.test_client().get("/wiki/").text

    assert "<title>home · Intranet</title>" in page
    assert page.index("kb.css") < page.index("<body>")
    assert '<a href="/wiki/handbook/travel">How we travel</a>' in page
    assert "Ask in the canteen." in page


def test_the_other_block_names_of_the_guide_are_filled(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "base.html").write_text(
        "<head>{% block extra_css %}{% endblock %}</head><body>{% block body %}{% endblock %}</body>", "utf-8"
    )
    app = host(tmp_path)
    run(LAYOUT, {"app": app})
    KBWiki(app)

    page = app.test_client().get("/wiki/").text

    assert page.index("kb.css") < page.index("<body>") < page.index("The first page is still empty")


def host(folder: Path, *, mounted: bool = False) -> Flask:
    """An app as the guides take it for granted: with a secret, a folder of its own and Flask-Login."""
    app = Flask("host", root_path=str(folder), instance_path=str(folder / "instance"))
    app.secret_key = "a secret of the tests"
    app.config["KBWIKI_HOOK_SECONDS"] = 10.0  # a machine with other tests on it may be slow
    LoginManager(app).user_loader(lambda user_id: None)
    if mounted:
        KBWiki(app)
    return app


def run(page: Path, names: dict[str, Any]) -> dict[str, Any]:
    """Run every Python block of the page, in order, over the same names; give back what they are then."""
    for block in blocks_of(page, "python"):
        # Blank lines in front let an error name the line of the page.
        exec(compile("\n" * block.line + block.text, str(page), "exec"), names)
    return names


def test_the_reason_for_risk_of_the_guide_is_told_to_moderators(tmp_path: Path) -> None:
    app = host(tmp_path)
    KBWiki(app)
    exec(blocks_of(DOCS / "how-to" / "add-a-reason-for-risk.md", "python")[0].text, {"app": app})
    mount = app.extensions["kbwiki"]["main"]
    mount.make_ready()

    save(mount.wiki, "contact", "Call +49 30 123456.\n")
    mount.wiki.catch_up_risk()

    (line,) = open_reviews(mount.wiki)
    with mount.wiki.read() as connection:
        risk = risks_of(connection, mount.wiki.id, [line.id], MODERATOR)[line.id]
    assert ("telephone-number", 1.5) in [(one.name, one.weight) for one in risk.reasons]
