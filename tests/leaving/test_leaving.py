"""Leaving takes everything along and leaves nothing behind, and nothing of anybody else's is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, inspect, text

from kbwiki import Settings, Wiki
from kbwiki.cli.leaving import leave
from kbwiki.errors import Conflict
from kbwiki.journal.chain import GENESIS, Head, link
from kbwiki.leaving import export_wiki, look, remove
from kbwiki.leaving.files import page_file
from kbwiki.leaving.ownership import DERIVED, SECRET, tables
from kbwiki.testing import answer, open_reviews, save
from kbwiki.testing import look as look_at
from tests.web.test_screens import fill

HOSTS_OWN = "CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT)"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    """A wiki with something in nearly every table, and a table of the host's beside it, for tests that only read."""
    folder = tmp_path_factory.mktemp("kept")
    template = request.getfixturevalue(f"_{request.param}_template")
    with ExitStack() as stack:
        in_a_file = request.param == "sqlite"
        url = template.copy_to(folder / "wiki.db") if in_a_file else stack.enter_context(template.lend())
        yield stack.enter_context(closing(filled(url, folder)))


@pytest.fixture
def wiki(database_url: str, tmp_path: Path) -> Iterator[Wiki]:
    """The same, for one test alone."""
    wiki = filled(database_url, tmp_path)
    yield wiki
    wiki.close()


def filled(url: str, folder: Path) -> Wiki:
    wiki = Wiki(url, index=folder / "index", files=folder / "bytes")
    fill(wiki)
    save(wiki, "odd* name/con", "Päge with \u2028 in it.\n")
    with wiki.database.write() as connection:
        connection.execute(text(HOSTS_OWN))
        connection.execute(text("INSERT INTO product VALUES (1, 'Boots')"))
    return wiki


def run(wiki: Wiki, *options: str | Path) -> Result:
    return CliRunner().invoke(leave, [str(one) for one in options], obj=wiki)


def names_of_tables(wiki: Wiki) -> set[str]:
    with wiki.read() as connection:
        return set(inspect(connection).get_table_names())


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]


def test_everything_is_taken_along_and_only_the_hosts_own_stays(wiki: Wiki, tmp_path: Path) -> None:
    wiki.search.catch_up()
    folder = tmp_path / "out"

    done = run(wiki, "--export", folder)

    assert done.exit_code == 0, done.output
    assert names_of_tables(wiki) == {"product"}
    with wiki.read() as connection:
        assert connection.execute(text("SELECT name FROM product")).scalars().all() == ["Boots"]
    assert (folder / "main" / "pages" / "a" / "b" / "c.md").read_text("utf-8").endswith("## Three\n")
    assert str(tmp_path / "index") in done.output


def test_what_is_exported_is_all_there_was_and_proves_itself(kept: Wiki, tmp_path: Path) -> None:
    with kept.read() as connection:
        rows = look(connection, ("main",)).rows

    exported = export_wiki(kept, tmp_path / "out")

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    for name, said in manifest["files"].items():
        content = (tmp_path / "out" / name).read_bytes()
        assert (said["lines"], said["sha256"]) == (content.count(b"\n"), sha256(content).hexdigest())
    kept = {table.name for table in tables()} - DERIVED - SECRET
    assert {name: manifest["files"][f"tables/{name}.jsonl"]["lines"] for name in kept} == {
        name: rows[name] for name in kept
    }
    head = Head(0, GENESIS)
    for entry in lines(tmp_path / "out" / "journal.jsonl"):
        head = link(head, bytes.fromhex(entry["digest"]))
        assert (entry["position"], entry["chain"]) == (head.position, head.chain.hex())
    assert str(head) == manifest["journal_head"] == exported.head
    assert exported.intact
    digest = sha256(b"words").hexdigest()
    assert (tmp_path / "out" / "files" / digest).read_bytes() == b"words"
    assert manifest["bytes"] == {"count": 1, "missing": []}
    texts = [one["text"] for one in lines(tmp_path / "out" / "revisions.jsonl")]
    assert {"Some words.\n", "Not so.\n", "Päge with \u2028 in it.\n"} <= set(texts)
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_every_page_has_a_file_of_its_own_whatever_it_is_called(kept: Wiki, tmp_path: Path) -> None:
    export_wiki(kept, tmp_path / "out")

    pages = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["pages"]

    assert {one["file"] for one in pages} >= {"pages/a/b/c.md", "pages/odd%2A name/%63on.md"}
    assert len({one["file"] for one in pages}) == len(pages)
    for one in pages:
        front = (tmp_path / "out" / one["file"]).read_text("utf-8").split("\n")
        assert front[:2] == ["---", f"path: {json.dumps(one['path'], ensure_ascii=False)}"]


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("a/b", "a/b.md"),
        ("con/aux.txt", "%63on/%61ux.txt.md"),
        (".git/x:y", "%2Egit/x%3Ay.md"),
        ("a%2Fb", "a%252Fb.md"),
    ],
)
def test_names_that_some_file_system_does_not_take_are_written_otherwise(path: str, file: str) -> None:
    assert page_file(path) == file


def test_wikis_of_any_name_stay_in_the_folder_and_apart(sqlite_url: str, tmp_path: Path) -> None:
    wiki = Wiki(sqlite_url)
    odd = ("main/../../evil", "main/tables", "main/pages", "..", ".", "main%2Ftables", "con")
    for name in odd:
        wiki.sibling(name, None).set_up()

    planned = run(wiki, "--all", "--dry-run", "--export", tmp_path / "at" / "out").output
    done = run(wiki, "--all", "--export", tmp_path / "at" / "out")

    assert done.exit_code == 0, done.output
    found = {json.loads(one.read_text("utf-8"))["wiki"]: one.parent for one in tmp_path.rglob("manifest.json")}
    assert set(found) == {"main", *odd}
    assert {one.parent for one in found.values()} == {tmp_path / "at" / "out"}
    assert all(str(one) in planned for one in found.values())
    wiki.close()


def test_names_longer_than_file_systems_take_stay_apart() -> None:
    one, other = page_file("ä" * 300 + "1"), page_file("ä" * 300 + "2")

    assert one != other
    assert len(one.encode()) < 200


def test_nothing_is_removed_without_a_word_about_what_is_kept(kept: Wiki, tmp_path: Path) -> None:
    before = names_of_tables(kept)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")

    refused = [
        run(kept),
        run(kept, "--export", tmp_path / "out", "--without-export"),
        run(kept, "--export", tmp_path / "full"),
    ]

    assert [one.exit_code for one in refused] == [2, 2, 1]
    assert "--without-export" in refused[0].output
    assert "not empty" in refused[2].output
    assert names_of_tables(kept) == before
    assert not (tmp_path / "out").exists()


def test_a_dry_run_says_what_would_be_and_does_nothing(kept: Wiki, tmp_path: Path) -> None:
    before = names_of_tables(kept)

    said = run(kept, "--dry-run", "--export", tmp_path / "out")

    assert said.exit_code == 0
    assert "rows of kbwiki_revision" in said.output
    assert "drop    kbwiki_alembic_version" in said.output
    assert "product" not in said.output
    assert names_of_tables(kept) == before
    assert not (tmp_path / "out").exists()


def test_without_an_export_it_goes_when_that_is_said(database_url: str) -> None:
    wiki = Wiki(database_url)

    assert run(wiki, "--without-export").exit_code == 0
    assert names_of_tables(wiki) == set()
    assert run(wiki, "--without-export").exit_code == 1
    wiki.close()


def test_another_wiki_in_the_database_keeps_all_it_has(wiki: Wiki, database_url: str, tmp_path: Path) -> None:
    other = Wiki(database_url, name="other")
    other.upgrade()
    save(other, "shared", "Some words.\n", tags=["start"])
    with other.read() as connection:
        before = look(connection, ("other",)).rows

    done = run(wiki, "--export", tmp_path / "out")

    assert done.exit_code == 0, done.output
    assert "other" in done.output
    with other.read() as connection:
        after = look(connection, ("other",)).rows
    assert {name: count for name, count in after.items() if name not in DERIVED} == {
        name: count for name, count in before.items() if name not in DERIVED
    }
    assert other.verify().intact
    (review,) = open_reviews(other)
    answer(other, look_at(other, review.id), "approve")
    with other.read() as connection:
        left = connection.execute(text("SELECT count(*) FROM kbwiki_page WHERE wiki_id <> :id"), {"id": other.id})
        assert left.scalar() == 0
    other.close()


def test_all_wikis_of_a_database_leave_together_when_that_is_said(sqlite_url: str, tmp_path: Path) -> None:
    wiki, other = Wiki(sqlite_url), Wiki(sqlite_url, name="other")
    other.upgrade()
    save(other, "boots", "Wear boots.\n")

    done = run(wiki, "--all", "--export", tmp_path / "out")

    assert done.exit_code == 0, done.output
    assert names_of_tables(wiki) == set()
    assert (tmp_path / "out" / "other" / "pages" / "boots.md").exists()
    assert (tmp_path / "out" / "main" / "manifest.json").exists()
    wiki.close()
    other.close()


def test_a_database_of_the_hosts_is_left_through_its_own_engine_and_as_it_was(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'host.db'}")
    wiki, other = Wiki(engine), Wiki(engine, name="other")
    wiki.upgrade()
    other.upgrade()

    done = run(wiki, "--all", "--export", tmp_path / "out")

    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "other" / "manifest.json").exists()
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "delete"
    engine.dispose()


def test_what_was_written_after_the_export_is_not_removed(database_url: str, tmp_path: Path) -> None:
    wiki = Wiki(database_url)
    save(wiki, "boots", "Wear boots.\n")
    exported = export_wiki(wiki, tmp_path / "out")
    save(wiki, "late", "Written meanwhile.\n")

    with pytest.raises(Conflict, match="since it was exported"):
        remove(wiki.database, ("main",), {"main": exported.entries}, lambda table: None)

    assert "kbwiki_page" in names_of_tables(wiki)
    wiki.close()


def test_search_tables_in_postgresql_leave_too(postgresql_url: str) -> None:
    wiki = Wiki(postgresql_url, settings=Settings(search_engine="postgresql"))
    save(wiki, "boots", "Wear boots.\n")
    wiki.search.catch_up()
    assert any(name.startswith("kbwiki_search_") for name in names_of_tables(wiki))

    assert run(wiki, "--without-export").exit_code == 0

    assert names_of_tables(wiki) == set()
    wiki.close()


@pytest.mark.parametrize(("name", "stays"), [("kbwiki.db", False), ("app.db", True)])
def test_an_embedded_database_and_the_index_go_when_that_is_said(name: str, stays: bool, tmp_path: Path) -> None:
    file = tmp_path / name
    wiki = Wiki(f"sqlite:///{file}", index=tmp_path / "index")
    wiki.upgrade()
    save(wiki, "boots", "Wear boots.\n")
    wiki.search.catch_up()

    assert run(wiki, "--without-export", "--files").exit_code == 0

    assert not (tmp_path / "index").exists()
    assert file.exists() == stays
    wiki.close()


def test_what_else_is_in_the_folder_of_the_index_stays(sqlite_url: str, tmp_path: Path) -> None:
    wiki = Wiki(sqlite_url, index=tmp_path)
    save(wiki, "boots", "Wear boots.\n")
    wiki.search.catch_up()
    (tmp_path / "hosts.txt").write_text("precious")
    (tmp_path / "of-a-tenant").mkdir()
    (tmp_path / "of-a-tenant" / "CURRENT").write_text("theirs")
    before = {one.name for one in tmp_path.iterdir()}

    done = run(wiki, "--without-export", "--files")

    after = {one.name for one in tmp_path.iterdir()}
    assert {"hosts.txt", "of-a-tenant"} <= after
    assert "CURRENT" in before
    assert not {one for one in after if one in ("CURRENT", "LOCK") or one.startswith("index-")}
    assert (tmp_path / "of-a-tenant" / "CURRENT").exists()
    assert "holds what is not" in done.output
    wiki.close()
