"""Which page a file is, and when a moved file is a moved page."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kbwiki.errors import Invalid
from kbwiki.transfer.git import FileChange, Oddity, PageChange, PageTimeline


def write(path: str, blob: str) -> FileChange:
    return FileChange("write", path, blob=blob)


def move(old_path: str, path: str, blob: str | None) -> FileChange:
    return FileChange("move", path, old_path, blob, 90)


def delete(path: str) -> FileChange:
    return FileChange("delete", path)


def timeline_after(*commits: Sequence[FileChange]) -> PageTimeline:
    timeline = PageTimeline(["md", "mediawiki"])
    for changes in commits:
        timeline.apply(changes)
    return timeline


def shape(changes: Sequence[PageChange]) -> list[tuple[str, str | None, str, str | None]]:
    return [(change.kind, change.old_path, change.path, change.blob) for change in changes]


class TestNames:
    """Which page a file is."""

    @pytest.mark.parametrize(
        ("file", "page"),
        [
            ("Home.md", "Home"),
            ("Home.MediaWiki", "Home"),
            ("SDL3/SDL_Log.md", "SDL3/SDL_Log"),
            ("SDL3/SDL_LOG.md", "SDL3/SDL_LOG"),
            ("notes.v2.md", "notes.v2"),
            ("a.md/b.md", "a.md/b"),
            (".md", ".md"),
            ("SDL3_net/.md", "SDL3_net/.md"),
            (" a .md", " a "),
        ],
    )
    def test_a_page_is_called_like_its_file_without_the_ending(self, file: str, page: str) -> None:
        assert PageTimeline([".md", "mediawiki"]).page_of(file) == page

    @pytest.mark.parametrize(
        ("file", "why"),
        [
            ("logo.png", "does not end in .md, .mediawiki"),
            ("Makefile", "does not end in .md, .mediawiki"),
            ("md", "does not end in .md, .mediawiki"),
            (".github/issue.md", "is hidden: part of its path begins with a dot"),
            ("a/.b.md", "is hidden: part of its path begins with a dot"),
            ("a/.b/.md", "is hidden: part of its path begins with a dot"),
        ],
    )
    def test_a_file_that_is_no_page_is_left_out_once_with_the_reason(self, file: str, why: str) -> None:
        timeline = PageTimeline(["md", "mediawiki"])

        changes = [timeline.apply([write(file, "1")]), timeline.apply([delete(file)])]

        assert changes == [(), ()]
        assert timeline.skipped == {file: why}

    def test_the_wikis_spelling_of_a_path_is_asked_for_and_a_refusal_is_passed_on(self) -> None:
        def address(path: str) -> str:
            if path == "bad":
                raise Invalid("path", "not here")
            return f"space/{path.strip()}"

        timeline = PageTimeline(["md"], address)

        changes = timeline.apply([write("bad.md", "1"), write("good .md", "2")])

        assert shape(changes) == [("write", None, "space/good", "2")]
        assert timeline.skipped == {"bad.md": "cannot be a page: not here"}

    def test_files_with_the_same_spelling_are_one_page(self) -> None:
        timeline = PageTimeline(["md"], str.strip)

        timeline.apply([write("a .md", "1")])
        changes = timeline.apply([write("a.md", "2")])

        assert [(change.path, change.begins, change.note) for change in changes] == [("a", False, Oddity.NAMES_JOINED)]


class TestMoves:
    def test_a_move_keeps_the_pages_history_under_its_new_path(self) -> None:
        timeline = timeline_after([write("a.mediawiki", "1")], [move("a.mediawiki", "a.md", "1")])

        (change,) = timeline.apply([move("a.md", "in/b.md", "2")])

        assert change == PageChange("move", "in/b", "a", "2", "in/b.md")
        assert timeline.oddities_of("in/b") == {Oddity.NAME_CHANGED}
        assert timeline.pages() == {"in/b": ("in/b.md", "2")}

    def test_a_move_that_differs_only_in_case_is_a_move_and_is_counted(self) -> None:
        timeline = timeline_after([write("Sdl_Log.md", "1")])

        (change,) = timeline.apply([move("Sdl_Log.md", "SDL_Log.md", "1")])

        assert (change.kind, change.note, change.same_text) == ("move", Oddity.CASE_CHANGED, True)

    def test_pages_that_differ_only_in_case_are_two_pages(self) -> None:
        timeline = timeline_after([write("SDL_Log.md", "1"), write("SDL_LOG.md", "2")])

        assert timeline.pages() == {"SDL_Log": ("SDL_Log.md", "1"), "SDL_LOG": ("SDL_LOG.md", "2")}

    def test_a_move_onto_an_existing_page_rewrites_it_and_deletes_the_one_that_came(self) -> None:
        timeline = timeline_after([write("a.md", "1"), write("b.mediawiki", "2")])

        changes = timeline.apply([delete("b.mediawiki"), move("a.md", "b.md", "1")])

        assert shape(changes) == [("delete", None, "a", None), ("write", None, "b", "1")]
        assert changes[1].note is Oddity.MOVED_ONTO
        assert timeline.oddities[Oddity.MOVED_ONTO] == {"b": 1}

    def test_a_chain_of_moves_frees_each_path_before_it_is_taken(self) -> None:
        timeline = timeline_after([write("a.md", "1"), write("b.mediawiki", "2"), write("c.md", "3")])

        changes = timeline.apply(
            [move("a.md", "b.md", "1"), move("b.mediawiki", "c.mediawiki", "2"), move("c.md", "d.md", "3")]
        )

        assert shape(changes) == [("move", "c", "d", "3"), ("move", "b", "c", "2"), ("move", "a", "b", "1")]

    def test_a_chain_that_ends_on_an_existing_page_is_no_chain_of_moves(self) -> None:
        timeline = timeline_after([write("a.md", "1"), write("b.mediawiki", "2"), write("c.md", "3")])

        changes = timeline.apply([move("a.md", "b.md", "1"), move("b.mediawiki", "c.mediawiki", "2")])

        assert shape(changes) == [
            ("delete", None, "a", None),
            ("write", None, "b", "1"),
            ("write", None, "c", "2"),
        ]

    def test_two_pages_that_change_places_each_keep_their_history(self) -> None:
        timeline = timeline_after([write("a.md", "1"), write("b.mediawiki", "2")])

        changes = timeline.apply([move("a.md", "b.md", "1"), move("b.mediawiki", "a.mediawiki", "2")])

        assert shape(changes) == [("write", None, "a", "2"), ("write", None, "b", "1")]
        assert {change.note for change in changes} == {Oddity.SWAPPED}

    def test_two_pages_that_exchange_their_texts_are_counted_as_swapped(self) -> None:
        timeline = timeline_after([write("a.md", "1"), write("b.md", "2")])

        changes = timeline.apply([write("a.md", "2"), write("b.md", "1")])

        assert {(change.kind, change.note) for change in changes} == {("write", Oddity.SWAPPED)}

    def test_a_page_moved_away_and_written_again_in_the_same_commit_keeps_its_history(self) -> None:
        timeline = timeline_after([write("a.md", "1")])

        changes = timeline.apply([move("a.md", "b.md", "1"), write("a.mediawiki", "new")])

        assert shape(changes) == [("write", None, "a", "new"), ("write", None, "b", "1")]
        assert (changes[1].begins, changes[1].note) == (True, Oddity.SOURCE_STAYED)

    def test_a_superseded_file_that_moves_while_the_pages_own_is_deleted_takes_no_history_along(self) -> None:
        timeline = timeline_after([write("a.mediawiki", "1")], [write("a.md", "2")])

        changes = timeline.apply([delete("a.md"), move("a.mediawiki", "b.mediawiki", "1")])

        assert shape(changes) == [("delete", None, "a", None), ("write", None, "b", "1")]
        assert changes[1].begins

    def test_a_file_that_was_no_page_becomes_one_when_it_gets_a_pages_name(self) -> None:
        timeline = timeline_after([write("a.html", "1")])

        (change,) = timeline.apply([move("a.html", "a.md", "2")])

        assert (change.kind, change.begins, change.note) == ("write", True, Oddity.WAS_NO_PAGE)

    def test_a_page_whose_file_gets_another_kind_of_name_is_deleted(self) -> None:
        timeline = timeline_after([write("a.md", "1")])

        assert shape(timeline.apply([move("a.md", "a.html", "1")])) == [("delete", None, "a", None)]

    def test_a_move_without_readable_content_keeps_the_text(self) -> None:
        timeline = timeline_after([write("a.md", "1")])

        assert shape(timeline.apply([move("a.md", "b.md", None)])) == [("move", "a", "b", "1")]

    def test_moving_or_deleting_what_never_became_a_page_does_nothing(self) -> None:
        timeline = PageTimeline()

        assert timeline.apply([move("a.md", "b.md", None)]) == ()
        assert timeline.apply([delete("b.md")]) == ()
