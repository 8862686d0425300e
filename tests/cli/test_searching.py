"""The index is moved to another engine while the wiki goes on, and what is old goes when one says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from kbwiki import Actor, KBWiki, Wiki
from kbwiki.cli import main
from kbwiki.search.engines import open_engine
from kbwiki.testing import READER, make_space, save


@pytest.fixture
def wiki(wiki: Wiki) -> Wiki:
    """A wiki with two pages, indexed with Whoosh."""
    save(wiki, "boots", "Wear boots.\n")
    save(wiki, "gloves", "Wear gloves.\n")
    wiki.search.catch_up()
    return wiki


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["kbwiki", *arguments])


def kept(wiki: Wiki, name: str) -> int | None:
    """How many pages the index of this engine has; None when there is none."""
    engine = open_engine(name, wiki.search_place)
    assert engine is not None
    return engine.page_count() if engine.is_usable() else None


def test_what_only_members_may_read_is_found_as_one_of_them(app: Flask, wiki: Wiki) -> None:
    make_space(wiki, "staff", readers=("staff",))
    save(wiki, "staff/rota", "who wears the wellingtons\n", by=Actor("s", "S", frozenset({"staff", "writers"})))

    assert "0 found" in run(app, "search", "find", "wellingtons").output
    assert "staff/rota" in run(app, "search", "find", "--in-group", "staff", "wellingtons").output


def test_moving_builds_the_other_index_and_says_what_is_next(app: Flask, wiki: Wiki) -> None:
    answer = run(app, "search", "move", "fts5")

    assert answer.exit_code == 0, answer.output
    assert "2 pages is ready in 'fts5'" in answer.output
    assert "KBWIKI_SEARCH_ENGINE = 'fts5'" in answer.output
    assert "Restart" in answer.output
    assert kept(wiki, "whoosh") == 2
    assert kept(wiki, "fts5") == 2


def test_moving_again_takes_in_what_was_saved_meanwhile(app: Flask, wiki: Wiki) -> None:
    run(app, "search", "move", "fts5")
    save(wiki, "hats", "Wear hats.\n")

    answer = run(app, "search", "move", "fts5")

    assert "3 pages is ready" in answer.output


def test_a_named_wiki_is_told_its_own_setting(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path / "instance"))
    app.secret_key = "test"
    KBWiki(app, name="lab", url_prefix="/lab")
    app.extensions["kbwiki"]["lab"].make_ready()

    answer = app.test_cli_runner().invoke(args=["kbwiki", "--wiki", "lab", "search", "move", "fts5"])

    assert "KBWIKI_LAB_SEARCH_ENGINE" in answer.output
    app.extensions["kbwiki"]["lab"].wiki.close()


def test_the_old_index_is_not_removed_while_it_answers(app: Flask, wiki: Wiki) -> None:
    answer = run(app, "search", "move", "fts5", "--remove-old")

    assert answer.exit_code == 1
    assert "still uses 'whoosh'" in answer.output
    assert kept(wiki, "whoosh") == 2


def test_after_the_change_the_old_index_is_removed(app: Flask, wiki: Wiki, tmp_path: Path) -> None:
    run(app, "search", "move", "fts5")
    instance = tmp_path / "instance"
    changed = Flask("host", instance_path=str(instance))
    changed.secret_key = "test"
    changed.config["KBWIKI_SEARCH_ENGINE"] = "fts5"
    KBWiki(changed)

    answer = run(changed, "search", "move", "fts5", "--remove-old")

    assert answer.exit_code == 0, answer.output
    assert "Removed the index that 'whoosh' kept" in answer.output
    assert kept(wiki, "whoosh") is None
    moved: Wiki = changed.extensions["kbwiki"]["main"].wiki
    assert moved.search(READER, "boots").total == 1
    moved.close()


def test_a_move_that_was_interrupted_counts_for_nothing_and_can_be_made_again(
    app: Flask, wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("kbwiki.cli.searching.moves", lambda bar: interrupted)
        assert run(app, "search", "move", "fts5").exit_code == 1

    assert kept(wiki, "fts5") is None
    assert wiki.search(READER, "boots").notes == ()
    assert run(app, "search", "move", "fts5").exit_code == 0


def test_what_cannot_be_is_refused_in_one_sentence(app: Flask, wiki: Wiki) -> None:
    for engine, why in (("lucene", "no search engine 'lucene'"), ("postgresql", "this wiki is on sqlite")):
        answer = run(app, "search", "move", engine)

        assert answer.exit_code == 1
        assert why in answer.output


def test_moving_into_postgresql_and_out_of_it_without_a_host(postgresql_url: str, tmp_path: Path) -> None:
    wiki = Wiki(postgresql_url, index=tmp_path / "index")
    save(wiki, "boots", "Wear boots.\n")
    wiki.close()
    common = ["--database", postgresql_url, "--index", str(tmp_path / "index"), "--search-engine"]

    there = CliRunner().invoke(main, [*common, "whoosh", "search", "move", "postgresql"])
    back = CliRunner().invoke(main, [*common, "whoosh", "search", "move", "whoosh", "--remove-old"])

    assert (there.exit_code, back.exit_code) == (0, 0), there.output + back.output
    assert "1 pages is ready in 'postgresql'" in there.output
    assert "Removed the index that 'postgresql' kept" in back.output
    wiki = Wiki(postgresql_url)
    assert kept(wiki, "postgresql") is None
    wiki.close()
