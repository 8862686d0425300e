"""Several pages at once: each its own reviewed change, nothing half done, one undo for all; files move along."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from kbwiki import Wiki
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.files import NewFile, upload_file
from kbwiki.files.moving_along import files_below, move_with_files
from kbwiki.files.queries import find_file
from kbwiki.pages.models import PageTag
from kbwiki.pages.queries.view import find_address, find_page
from kbwiki.several.acts import do_at_once, go_on, start, undo
from kbwiki.several.policy import Act, Order, Outcome, without_those_below
from kbwiki.several.queries import choosable, items_of
from kbwiki.testing import ADMIN, READER, SECOND_WRITER, WRITER, make_space, open_reviews, read, save


@pytest.fixture
def filled(wiki: Wiki, tmp_path: Path) -> Wiki:
    """`vans` with a page and a file below it, and `index` with links to all of them."""
    wiki._files_folder = tmp_path / "files"
    save(wiki, "vans", "See ![key](vans/key.txt) and [[vans/fuel]].\n")
    save(wiki, "vans/fuel", "Diesel, as on [the note](key.txt).\n", tags=["cars"])
    save(wiki, "index", "[[vans]], [[vans/fuel]], [note](vans/key.txt)\n")
    content = wiki.files.keep(BytesIO(b"the key hangs by the door\n"))
    with wiki.begin(WRITER) as tx:
        upload_file(tx, NewFile("vans/key.txt", content))
    return wiki


def batch(wiki: Wiki, act: Act, value: str, *paths: str, by: object = WRITER) -> str:
    with wiki.read() as connection:
        chosen = choosable(connection, wiki.id, WRITER, paths=paths)
    with wiki.begin(by) as tx:  # type: ignore[arg-type]
        batch_id = start(tx, Order(act, value), [(one.id, one.path) for one in chosen])
    go_on(wiki, by, batch_id)  # type: ignore[arg-type]
    return batch_id


def outcomes(wiki: Wiki, batch_id: str) -> list[tuple[str, str, str]]:
    with wiki.read() as connection:
        return [(one.path, one.now, one.outcome.value) for one in items_of(connection, batch_id, WRITER)]


def where(wiki: Wiki, *paths: str) -> list[bool]:
    with wiki.read() as connection:
        return [find_page(connection, wiki.id, path, READER) is not None for path in paths]


def test_a_page_moves_with_its_files_and_all_of_it_goes_back(filled: Wiki) -> None:
    with filled.read() as connection:
        page_id = choosable(connection, filled.id, WRITER, paths=["vans"])[0].id
    with filled.begin(WRITER) as tx:
        made = do_at_once(tx, Order(Act.MOVE, "fleet/vans"), page_id, "vans")
    with filled.read() as connection:
        assert files_below(connection, filled.id, "fleet/vans", READER) == ["fleet/vans/key.txt"]
        assert find_address(connection, filled.id, "vans/fuel", READER) == "fleet/vans/fuel"
    assert "fleet/vans/key.txt" in read(filled, "index")
    assert "key.txt" in read(filled, "fleet/vans/fuel")
    assert {line.subject_kind for line in open_reviews(filled)} == {"page", "file"}
    files = [line for line in open_reviews(filled) if line.subject_kind == "file"]
    assert [line.head for line in files] == [2]

    undo(filled, WRITER, made)
    assert where(filled, "vans", "vans/fuel", "fleet/vans") == [True, True, False]
    with filled.read() as connection:
        assert files_below(connection, filled.id, "vans", READER) == ["vans/key.txt"]
    assert read(filled, "index") == "[[vans]], [[vans/fuel]], [note](vans/key.txt)\n"


def test_a_file_that_is_not_the_movers_stops_the_move_and_one_unseen_stays(filled: Wiki) -> None:
    save(filled, "taken/key.txt", "A page where the file would go.\n")
    with pytest.raises(Conflict), filled.begin(WRITER) as tx:
        move_with_files(tx, "vans", "taken")
    make_space(filled, "vans/key.txt", readers=("everyone",), writers=("people",))
    with pytest.raises(Forbidden), filled.begin(WRITER) as tx:
        move_with_files(tx, "vans", "fleet")
    make_space(filled, "vans/key.txt", readers=("people",), writers=("people",))
    with filled.begin(WRITER) as tx:
        move_with_files(tx, "vans", "fleet")
    with filled.read() as connection:
        assert find_file(connection, filled.id, "vans/key.txt", ADMIN) is not None


def test_several_are_tagged_and_untagged_again(filled: Wiki) -> None:
    made = batch(filled, Act.TAG, "Cars", "vans", "vans/fuel", "index")
    assert [outcome for _, _, outcome in outcomes(filled, made)] == ["done", "done", "refused"]
    with filled.read() as connection:
        assert len(connection.execute(select(PageTag.page_id).where(PageTag.tag == "cars")).all()) == 3
    undo(filled, WRITER, made)
    undo(filled, WRITER, made)
    with filled.read() as connection:
        assert len(connection.execute(select(PageTag.page_id).where(PageTag.tag == "cars")).all()) == 1


def test_several_are_deleted_each_with_its_review_and_brought_back(filled: Wiki) -> None:
    made = batch(filled, Act.DELETE, "", "vans/fuel", "index")
    assert where(filled, "vans/fuel", "index", "vans") == [False, False, True]
    deleted = {line.path: line.head for line in open_reviews(filled) if line.subject_kind == "page"}
    assert deleted["index"] == deleted["vans/fuel"] == 2
    undo(filled, WRITER, made)
    assert where(filled, "vans/fuel", "index") == [True, True]


def test_several_move_into_a_folder_and_what_somebody_wrote_since_stays(filled: Wiki) -> None:
    made = batch(filled, Act.MOVE_TO, "archive", "vans", "index")
    assert outcomes(filled, made) == [("index", "archive/index", "done"), ("vans", "archive/vans", "done")]
    with filled.read() as connection:
        number = find_page(connection, filled.id, "archive/vans", WRITER).number  # type: ignore[union-attr]
    save(filled, "archive/vans", "Rewritten meanwhile.\n", base=number, by=SECOND_WRITER)
    undo(filled, WRITER, made)
    assert where(filled, "vans", "vans/fuel", "index") == [True, True, True]
    assert "Rewritten meanwhile." in read(filled, "vans")


def test_it_goes_on_where_it_was_left_and_belongs_to_who_began_it(filled: Wiki) -> None:
    with filled.read() as connection:
        chosen = [(one.id, one.path) for one in choosable(connection, filled.id, WRITER)]
    with filled.begin(WRITER) as tx:
        made = start(tx, Order(Act.TAG, "new"), chosen)
    go_on(filled, WRITER, made, most=1)
    assert [outcome for _, _, outcome in outcomes(filled, made)] == ["done", "planned", "planned"]
    for act in (go_on, undo):
        with pytest.raises(NotFound):
            act(filled, SECOND_WRITER, made)
    go_on(filled, WRITER, made)
    assert {outcome for _, _, outcome in outcomes(filled, made)} == {Outcome.DONE.value}


def test_who_may_not_write_there_can_neither_choose_nor_do(filled: Wiki) -> None:
    with filled.read() as connection:
        page = choosable(connection, filled.id, WRITER, paths=["index"])[0]
    make_space(filled, "index", readers=("everyone",), writers=("people",))
    with filled.read() as connection:
        assert choosable(connection, filled.id, WRITER, paths=["index"]) == []
    with filled.begin(WRITER) as tx:
        made = start(tx, Order(Act.DELETE), [(page.id, page.path)])
    go_on(filled, WRITER, made)
    assert outcomes(filled, made) == [("index", "index", "refused")]
    with pytest.raises(Invalid), filled.begin(WRITER) as tx:
        start(tx, Order(Act.TAG, " "), [(page.id, page.path)])
    with pytest.raises(Invalid), filled.begin(WRITER) as tx:
        start(tx, Order(Act.DELETE), [])


def test_what_lies_below_a_chosen_page_moves_along_once() -> None:
    assert without_those_below(["b/c", "a", "a/b", "ab", "b/c/d", "a"]) == ["a", "ab", "b/c"]
