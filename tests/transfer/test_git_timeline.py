"""From changes of files to changes of pages: the pure rules, one by one and against a random history."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

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


class TestOneNameAfterTheOther:
    """A page whose file gets another ending is one page with one history."""

    def test_a_rename_to_another_ending_is_a_write_of_the_page(self) -> None:
        timeline = timeline_after([write("Foo.mediawiki", "1")])

        (change,) = timeline.apply([move("Foo.mediawiki", "Foo.md", "2")])

        assert change == PageChange("write", "Foo", None, "2", "Foo.md", note=Oddity.NAME_CHANGED)

    def test_a_rename_that_keeps_the_text_says_so(self) -> None:
        timeline = timeline_after([write("Foo.mediawiki", "1")])

        (change,) = timeline.apply([move("Foo.mediawiki", "Foo.md", "1")])

        assert (change.kind, change.same_text) == ("write", True)

    def test_a_conversion_that_git_does_not_see_as_a_rename_is_the_same(self) -> None:
        timeline = timeline_after([write("Foo.mediawiki", "1")])

        (change,) = timeline.apply([delete("Foo.mediawiki"), write("Foo.md", "2")])

        assert (change.kind, change.path, change.begins, change.note) == (
            "write",
            "Foo",
            False,
            Oddity.NAME_CHANGED,
        )

    def test_conversions_that_git_pairs_crosswise_leave_each_page_its_own_history(self) -> None:
        timeline = timeline_after([write("A.mediawiki", "a"), write("B.mediawiki", "b")])

        changes = timeline.apply([move("A.mediawiki", "B.md", "b2"), delete("B.mediawiki"), write("A.md", "a2")])

        assert shape(changes) == [("write", None, "A", "a2"), ("write", None, "B", "b2")]


class TestTwoNamesAtOnce:
    """While files with both endings exist, the one written last is the page."""

    def test_writing_the_other_name_writes_the_page(self) -> None:
        timeline = timeline_after([write("Foo.mediawiki", "1")], [write("Foo.md", "2")])

        (change,) = timeline.apply([write("Foo.mediawiki", "3")])

        assert (change.kind, change.blob, change.file, change.note) == (
            "write",
            "3",
            "Foo.mediawiki",
            Oddity.NAMES_JOINED,
        )
        assert timeline.pages() == {"Foo": ("Foo.mediawiki", "3")}

    def test_deleting_the_one_that_is_not_the_page_changes_nothing(self) -> None:
        timeline = timeline_after([write("Foo.mediawiki", "1")], [write("Foo.md", "2")])

        assert timeline.apply([delete("Foo.mediawiki")]) == ()
        assert timeline.pages() == {"Foo": ("Foo.md", "2")}
        assert timeline.oddities_of("Foo") == {Oddity.NAMES_JOINED, Oddity.NAME_DROPPED}

    def test_deleting_the_one_that_is_the_page_brings_the_other_back(self) -> None:
        timeline = timeline_after([write("Foo.mediawiki", "1")], [write("Foo.md", "2")])

        (change,) = timeline.apply([delete("Foo.md")])

        assert change == PageChange("write", "Foo", None, "1", "Foo.mediawiki", note=Oddity.NAME_DROPPED)

    def test_deleting_both_deletes_the_page(self) -> None:
        timeline = timeline_after([write("Foo.mediawiki", "1")], [write("Foo.md", "2")])

        assert shape(timeline.apply([delete("Foo.md"), delete("Foo.mediawiki")])) == [("delete", None, "Foo", None)]

    def test_of_two_names_written_at_once_the_first_ending_is_the_page(self) -> None:
        timeline = PageTimeline(["md", "mediawiki"])

        changes = timeline.apply([write("Foo.md", "1"), write("Foo.mediawiki", "2")])

        assert shape(changes) == [("write", None, "Foo", "1")]

    def test_moving_one_name_away_while_the_other_stays_is_a_new_page(self) -> None:
        timeline = timeline_after([write("Foo.mediawiki", "1")], [write("Foo.md", "2")])

        changes = timeline.apply([move("Foo.md", "Bar.md", "2")])

        assert shape(changes) == [("write", None, "Bar", "2"), ("write", None, "Foo", "1")]
        assert changes[0].note is Oddity.SOURCE_STAYED


class TestBeginningsAndEnds:
    def test_a_new_page_begins_and_an_old_one_does_not(self) -> None:
        timeline = PageTimeline()

        changes = [timeline.apply([write("a.md", blob)])[0] for blob in ("1", "2", "2")]

        assert [(change.begins, change.same_text) for change in changes] == [
            (True, False),
            (False, False),
            (False, True),
        ]
        assert timeline.begun == 1

    def test_a_page_written_again_after_its_deletion_is_counted(self) -> None:
        timeline = timeline_after([write("a.md", "1")], [delete("a.md")])

        (change,) = timeline.apply([write("a.mediawiki", "1")])

        assert (change.kind, change.begins, change.note) == ("write", True, Oddity.RETURNED)

    def test_an_exact_copy_of_another_page_is_counted(self) -> None:
        timeline = timeline_after([write("a.md", "1")])

        (change,) = timeline.apply([write("b.md", "1")])

        assert (change.begins, change.note) == (True, Oddity.COPIED)

    def test_a_copy_of_a_page_that_is_rewritten_in_the_same_commit_is_told_apart(self) -> None:
        timeline = timeline_after([write("a.md", "1")])

        changes = timeline.apply([write("a.md", "2"), write("b.md", "1")])

        assert [(change.path, change.note) for change in changes] == [("a", None), ("b", Oddity.SOURCE_STAYED)]

    def test_two_new_pages_with_the_same_text_are_no_copies(self) -> None:
        changes = PageTimeline().apply([write("a.md", "1"), write("b.md", "1")])

        assert [change.note for change in changes] == [None, None]

    def test_the_summary_says_each_oddity_with_a_few_names_and_what_was_left_out(self) -> None:
        timeline = timeline_after(
            [write(f"{name}.mediawiki", name) for name in "abcd"],
            [move(f"{name}.mediawiki", f"{name}.md", name) for name in "abcd"],
            [write("logo.png", "x")],
        )

        summary = timeline.summary()

        assert summary[0].endswith(": 4.")
        assert summary[1:] == (
            "Pages whose file got another ending (one page, one history): 4 (a, b, c and 1 more).",
            "Files left out, because each does not end in .md, .mediawiki: 1 (logo.png).",
        )


NAMES = [f"{stem}.{ending}" for stem in "abc" for ending in ("md", "mediawiki", "png")]


@st.composite
def histories(draw: st.DrawFn) -> list[list[FileChange]]:
    """Commits as git prints them: each file at most once as a source and once as a target; moves only to free names."""
    tree: dict[str, str] = {}
    commits = []
    for _ in range(draw(st.integers(1, 8))):
        changes: list[FileChange] = []
        before = dict(tree)
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5)):
            target = draw(st.sampled_from([None, *NAMES]))
            blob = draw(st.sampled_from("1234"))
            if name in before and target is not None and target not in before and target not in tree:
                del tree[name]
                tree[target] = blob
                changes.append(move(name, target, blob))
            elif name in before and name in tree and target is None:
                del tree[name]
                changes.append(delete(name))
            elif name in before or name not in tree:
                if name in before and name not in tree:
                    continue
                tree[name] = blob
                changes.append(write(name, blob))
        commits.append(draw(st.permutations(changes)))
    return commits


@given(commits=histories())
def test_in_any_history_the_changes_fit_each_other_and_lead_to_the_pages_of_the_last_tree(
    commits: list[list[FileChange]],
) -> None:
    timeline = PageTimeline(["md", "mediawiki"])
    files: dict[str, str] = {}
    wiki: dict[str, str] = {}
    for changes in commits:
        for change in changes:
            files.pop(change.old_path if change.kind == "move" else change.path, None)  # type: ignore[arg-type]
        files |= {change.path: change.blob for change in changes if change.blob is not None}
        page_changes = timeline.apply(changes)
        for change in page_changes:
            apply_to_wiki(wiki, change)
        assert len({change.path for change in page_changes}) == len(page_changes)

    pages = {file.rpartition(".")[0] for file in files if not file.endswith(".png")}
    assert wiki.keys() == pages
    assert wiki == {page: version.blob for page, version in timeline.pages().items()}
    assert all(files[version.file] == version.blob for version in timeline.pages().values())


def apply_to_wiki(wiki: dict[str, str], change: PageChange) -> None:
    """A wiki in three lines; it refuses what a wiki must refuse."""
    assert change.begins == (change.kind == "write" and change.path not in wiki)
    if change.kind == "move":
        assert change.old_path is not None
        assert change.path not in wiki
        old = wiki.pop(change.old_path)
    else:
        old = wiki.pop(change.path) if change.kind == "delete" else wiki.get(change.path, "")
    if change.kind != "delete":
        assert change.blob is not None
        assert change.same_text == (change.blob == old)
        wiki[change.path] = change.blob
