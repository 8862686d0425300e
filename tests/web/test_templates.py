"""Templates are the host's to replace: each says in its first line what it receives, and the host's goes first."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from flask import Flask

from kbwiki import KBWiki
from kbwiki.testing import WRITER, save
from kbwiki.web import frame
from tests.docs.reading import REPOSITORY

FOLDER = REPOSITORY / "src/kbwiki/web/templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
EVERYWHERE = set(re.findall(r"^            (\w+)=", inspect.getsource(frame.Frame.of), re.MULTILINE)) | {"csrf"}
"""What `kb` has on every screen."""


def test_what_every_screen_has_is_read_from_the_frame() -> None:
    assert {"actor", "can", "url", "lang", "nonce", "nav"} <= EVERYWHERE
    assert len(TEMPLATES) > 60


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_says_in_its_first_line_what_it_receives(name: str) -> None:
    source = (FOLDER / name).read_text("utf-8")
    first = source.splitlines()[0]
    macros = imported_from(name)

    assert re.fullmatch(r"\{# .+\. -?#\}", first), first
    assert re.search("[Rr]eceives", first) or macros
    assert [one for one in macros if f"{one}(" not in first] == []  # what a macro gets is said where it is named
    if not macros:
        assert used_by(source) - set(re.findall(r"\w+", said_by(first))) - EVERYWHERE == set()


def imported_from(name: str) -> set[str]:
    """The macros of a template that others use."""
    sources = [(FOLDER / one).read_text("utf-8") for one in TEMPLATES]
    found = re.findall(rf'from "{name}" import ([\w, ]+?)(?: with context)?\s*-?%}}', "".join(sources))
    return {one.strip() for names in found for one in names.split(",")}


def used_by(source: str) -> set[str]:
    """The names of what a template takes from `kb`; `kb.css` and the like are files."""
    written = re.sub(r"\{#.*?#\}|'kb\.(css|js)'", "", source, flags=re.DOTALL)
    return set(re.findall(r"\bkb\.(\w+)", written))


def said_by(first: str) -> str:
    """The first line, with those of the templates that it points to."""
    others = re.findall(r"(?<![\w.])(?:parts/)?[a-z_]+\.html", first.replace("kb.html", ""))
    return first + "".join((FOLDER / "kbwiki" / one).read_text("utf-8").splitlines()[0] for one in others)


def test_a_template_of_the_hosts_goes_before_each_of_ours(tmp_path: Path) -> None:
    for name in TEMPLATES:
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((FOLDER / name).read_text("utf-8").replace('class="', 'class="ours '), "utf-8")
    app = Flask("host", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    app.config["SECRET_KEY"] = "test"
    kbwiki = KBWiki(app, actor=lambda: WRITER)
    app.add_url_rule("/", "front", lambda: str(kbwiki.help()) + kbwiki.search_box() + kbwiki.fragment("recent"))
    wiki = app.extensions["kbwiki"]["main"].wiki
    client = app.test_client()
    client.get("/wiki/")
    save(wiki, "a/b", "# Words\n", title="Title")

    for name in TEMPLATES:
        filename = app.jinja_env.get_template(name).filename
        assert filename is not None
        assert filename.startswith(str(tmp_path)), name
    shown = [client.get(at).text for at in ("/wiki/a/b", "/wiki/-/search?q=words", "/wiki/a/b?kb_fragment", "/")]
    for page in shown:
        written = re.findall(r'class="([^"]*)"', page.partition("kb-text")[0])
        assert written
        assert [one for one in written if not one.startswith("ours ")] == []
    wiki.close()
