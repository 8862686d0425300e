"""A git history becomes pages with their whole history: complete, resumable, exempt from review and on the record."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from kbwiki import SYSTEM, Actor, SpaceSettings, Wiki
from kbwiki.journal.models import Entry
from kbwiki.pages.models import Page, Revision
from kbwiki.pages.queries.history import history
from kbwiki.pages.queries.view import find_address, get_page
from kbwiki.testing import READER, open_reviews, read, save
from kbwiki.transfer.git import open_history
from kbwiki.transfer.load import Loader, Summary
from tests.transfer.git_repositories import Repository


class Stopped(Exception):
    """The import was interrupted."""


def load(wiki: Wiki, source: Path, space: str = "", *, stop_after: int | None = None) -> Summary:
    """Import everything; `stop_after` breaks off when so many transactions were begun."""
    begun = 0

    def begin():  # type: ignore[no-untyped-def]
        nonlocal begun
        begun += 1
        if stop_after is not None and begun > stop_after:
            raise Stopped
        return wiki.begin(SYSTEM)

    loader = Loader(begin, wiki.name, space, seal_now=wiki.database.has_single_writer)
    with open_history(source) as opened:
        return loader.load(opened)


def make_space(wiki: Wiki, path: str) -> None:
    with wiki.begin(SYSTEM) as tx:
        wiki.set_space(tx, path, SpaceSettings())


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "history.git")


def kinds_of(wiki: Wiki, path: str) -> list[str]:
    with wiki.read() as connection:
        page = get_page(connection, wiki.id, path, READER)
        return [line.kind for line in history(connection, page.id, page.current, 100)][::-1]


def test_every_change_becomes_a_revision_with_author_time_and_message(wiki: Wiki, repository: Repository) -> None:
    repository.commit({"guide.md": "one\n"}, message="Begin the guide")
    repository.commit({"guide.md": "two\r\n"}, message="Go on", author=b"Bo <bo@example.org>")

    summary = load(wiki, repository.path)

    with wiki.read() as connection:
        page = get_page(connection, wiki.id, "guide", READER)
        lines = history(connection, page.id, page.current, 10)
    assert read(wiki, "guide") == "two\r\n"
    assert [(line.author, line.comment) for line in lines] == [("Bo", "Go on"), ("Ada", "Begin the guide")]
    assert lines[0].at > lines[1].at
    assert (summary.commits, summary.revisions, summary.pages) == (2, 2, 1)


def test_moves_and_deletions_are_part_of_one_history(wiki: Wiki, repository: Repository) -> None:
    text = "A text long enough to be recognised when it moves.\n" * 5
    repository.commit({"a.md": text})
    repository.commit({"a.md": None, "b/c.md": text})
    repository.commit({"b/c.md": None})
    repository.commit({"b/c.md": "back\n"})

    load(wiki, repository.path)

    assert kinds_of(wiki, "b/c") == ["import", "move", "delete", "import"]
    with wiki.read() as connection:
        assert find_address(connection, wiki.id, "a", READER) == "b/c"


def test_pages_that_take_each_others_places_in_one_commit_all_arrive(wiki: Wiki, repository: Repository) -> None:
    first, second = "The first text, quite long.\n" * 9, "Another text altogether, longer.\n" * 9
    repository.commit({"x.md": first, "y.md": second})
    repository.commit({"x.md": second, "y.md": None, "z.md": first})

    load(wiki, repository.path)

    assert read(wiki, "x") == second
    assert read(wiki, "z") == first


def test_imported_changes_are_exempt_and_recorded_as_such(wiki: Wiki, repository: Repository) -> None:
    repository.commit({"guide.md": "one\n"})

    load(wiki, repository.path)

    with wiki.read() as connection:
        entry = connection.execute(
            select(Entry.exempt, Entry.payload).where(Entry.subject_kind == "page")
        ).one()
    assert entry.exempt == "import"
    assert entry.payload["exempt"] == {"rule": "import", "probability": 1}
    assert open_reviews(wiki) == []
    assert wiki.verify().intact


def test_an_edit_after_the_import_is_reviewed_as_any_other(wiki: Wiki, repository: Repository) -> None:
    repository.commit({"guide.md": "one\n"})
    load(wiki, repository.path)

    save(wiki, "guide", "two\n", base=1)

    assert [(one.base, one.head) for one in open_reviews(wiki)] == [(1, 2)]


@pytest.mark.parametrize("stop_after", [1, 2])
def test_a_stopped_import_goes_on_where_it_was(
    wiki: Wiki, repository: Repository, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    monkeypatch.setattr("kbwiki.transfer.load._PER_TRANSACTION", 2)
    text = "A text long enough to be recognised when it moves.\n" * 5
    for number in range(5):
        repository.commit({"a.md": f"{text}{number}\n"})
    repository.commit({"a.md": None, "b.md": f"{text}4\n"})
    with pytest.raises(Stopped):
        load(wiki, repository.path, stop_after=stop_after)

    summary = load(wiki, repository.path)

    assert (summary.resumed_after is not None) == (stop_after > 1)
    assert kinds_of(wiki, "b") == ["import"] * 5 + ["move"]
    assert read(wiki, "b") == f"{text}4\n"


def test_importing_again_adds_only_what_is_new(wiki: Wiki, repository: Repository) -> None:
    repository.commit({"a.md": "one\n"})
    load(wiki, repository.path)
    repository.commit({"a.md": "two\n"})

    again = load(wiki, repository.path)

    assert again.revisions == 1
    assert load(wiki, repository.path).revisions == 0
    assert kinds_of(wiki, "a") == ["import", "import"]


def test_what_was_written_here_is_left_alone_and_named(wiki: Wiki, repository: Repository) -> None:
    save(wiki, "guide", "ours\n")
    repository.commit({"guide.md": "theirs\n", "other.md": "words\n"})

    summary = load(wiki, repository.path)

    assert read(wiki, "guide") == "ours\n"
    assert read(wiki, "other") == "words\n"
    assert list(summary.refused) == ["guide"]


def test_what_cannot_be_read_is_named_and_the_rest_arrives(wiki: Wiki, repository: Repository) -> None:
    repository.commit({"bad.md": b"\xff\xfe", "picture.png": b"\x89PNG", "good.md": "words\n", "..hidden#.md": "x\n"})

    summary = load(wiki, repository.path)

    assert read(wiki, "good") == "words\n"
    assert [one.path for one in summary.unreadable] == ["bad.md"]
    assert set(summary.skipped) == {"picture.png", "..hidden#.md"}


def test_a_space_takes_the_pages_in_and_their_own_addresses_lead_there(wiki: Wiki, repository: Repository) -> None:
    make_space(wiki, "old")
    repository.commit({"sub/guide.md": "words\n"})

    load(wiki, repository.path, "old")

    assert read(wiki, "old/sub/guide") == "words\n"
    with wiki.read() as connection:
        assert find_address(connection, wiki.id, "sub/guide", READER) == "old/sub/guide"
        spaces = connection.execute(select(Page.space_id)).scalars().all()
        revisions = connection.execute(select(func.count()).select_from(Revision)).scalar()
    assert len(set(spaces)) == revisions == 1


def test_letter_case_is_identity(wiki: Wiki, repository: Repository) -> None:
    repository.commit({"SDL_Log.md": "one\n", "SDL_LOG.md": "two\n"})

    load(wiki, repository.path)

    assert (read(wiki, "SDL_Log"), read(wiki, "SDL_LOG")) == ("one\n", "two\n")
    outsider = Actor("x", "X")
    assert read(wiki, "SDL_LOG", by=outsider) == "two\n"
