"""Lists of pages: the tree, tags, backlinks, wanted pages, neighbours, look-alikes."""

from __future__ import annotations

from collections.abc import Iterable

from kbwiki.actors import Actor
from kbwiki.pages.actions import delete_page, move_page
from kbwiki.pages.queries.lists import backlinks, children, pages_below, tagged, tags, wanted_pages
from kbwiki.pages.queries.view import find_address, look_alikes, neighbours
from kbwiki.testing import READER, WRITER, make_space, save
from kbwiki.wiki import Wiki

EDITOR = Actor("ed", "Ed", frozenset({"editors"}))


def written(wiki: Wiki, paths: Iterable[str]) -> None:
    for path in paths:
        save(wiki, path, f"{path}\n")


def below(wiki: Wiki, path: str, **page: object) -> list[tuple[str, int, bool]]:
    """Path, number of pages directly below, and whether there is a page, of each line."""
    with wiki.read() as connection:
        lines = children(connection, wiki.id, path, READER, **page)  # type: ignore[arg-type]
    return [(line.path, line.below, line.id != 0) for line in lines]


def linking(wiki: Wiki, path: str) -> list[str]:
    wiki.catch_up_links()
    with wiki.read() as connection:
        return [line.path for line in backlinks(connection, wiki.id, path, READER)]


def wanted(wiki: Wiki) -> dict[str, list[str]]:
    wiki.catch_up_links()
    with wiki.read() as connection:
        pages = wanted_pages(connection, wiki.id, READER)
    assert [one.count for one in pages] == sorted((one.count for one in pages), reverse=True)
    return {one.path: [source.path for source in one.sources] for one in pages}


def test_the_top_of_the_tree_has_pages_and_folders_without_one(wiki: Wiki) -> None:
    written(wiki, ["a", "a/x", "a/y", "b/deep/page", "c-d", "c0", "c/page"])
    assert below(wiki, "") == [
        ("a", 2, True),
        ("b", 1, False),
        ("c", 1, False),
        ("c-d", 0, True),
        ("c0", 0, True),
    ]


def test_a_folder_of_the_tree_has_what_lies_directly_below_it(wiki: Wiki) -> None:
    written(wiki, ["a", "a/x", "a/x/deep", "a/y/z/deep", "a/w", "ab/x"])
    assert below(wiki, "a") == [("a/w", 0, True), ("a/x", 1, True), ("a/y", 1, False)]
    assert below(wiki, "a/y") == [("a/y/z", 1, False)]
    assert below(wiki, "a/y/z") == [("a/y/z/deep", 0, True)]
    assert below(wiki, "a/w") == []


def test_a_long_folder_is_read_in_pages(wiki: Wiki) -> None:
    written(wiki, [f"a/{number:02}" for number in range(7)])
    first = below(wiki, "a", count=4)
    rest = below(wiki, "a", after=first[-1][0], count=4)
    assert [path for path, _, _ in [*first, *rest]] == [f"a/{number:02}" for number in range(7)]


def test_a_page_further_down_a_long_folder_is_no_folder_without_a_page(wiki: Wiki) -> None:
    written(wiki, ["a/0", "a/1", "a/2", "a/2/x", "a/3/x", "a/3/y", "a/4"])
    first = below(wiki, "a", count=2)
    assert first == [("a/0", 0, True), ("a/1", 0, True)]
    second = below(wiki, "a", after="a/1", count=2)
    assert second == [("a/2", 1, True), ("a/3", 2, False), ("a/4", 0, True)]
    assert below(wiki, "a", after="a/4", count=2) == []


def test_deleted_pages_are_in_no_tree(wiki: Wiki) -> None:
    written(wiki, ["a", "a/x", "b/y"])
    for path in ("a/x", "b/y"):
        with wiki.begin(WRITER) as tx:
            delete_page(tx, path)
    assert below(wiki, "") == [("a", 0, True)]


def test_everything_below_a_path_is_listed_at_any_depth(wiki: Wiki) -> None:
    written(wiki, ["a", "a/x", "a/x/y/z", "a-b", "ab"])
    with wiki.read() as connection:
        assert [line.path for line in pages_below(connection, wiki.id, "a", READER)] == ["a/x", "a/x/y/z"]


def test_tags_are_counted_and_lead_to_their_pages_by_title(wiki: Wiki) -> None:
    save(wiki, "one", "x\n", title="Zebra", tags=("Red", "blue"))
    save(wiki, "two", "x\n", title="Ant", tags=("red",))
    save(wiki, "three", "x\n", tags=("green",))
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "three")
    with wiki.read() as connection:
        assert tags(connection, wiki.id, READER) == [("blue", 1), ("red", 2)]
        assert [line.title for line in tagged(connection, wiki.id, "red", READER)] == ["Ant", "Zebra"]
        assert tagged(connection, wiki.id, "green", READER) == []


def test_backlinks_are_the_pages_that_link_here(wiki: Wiki) -> None:
    save(wiki, "target", "[[target]]\n")
    save(wiki, "one", "[[target]] [[target]]\n")
    save(wiki, "a/two", "[x](../target#part)\n")
    save(wiki, "none", "target\n")
    assert linking(wiki, "target") == ["a/two", "one"]


def test_backlinks_follow_edits_deletions_and_moves(wiki: Wiki) -> None:
    save(wiki, "target", "x\n")
    save(wiki, "one", "[[target]]\n")
    save(wiki, "two", "[[target]]\n")
    save(wiki, "one", "No link.\n", base=1)
    assert linking(wiki, "target") == ["two"]
    with wiki.begin(WRITER) as tx:
        move_page(tx, "two", "elsewhere")
    assert linking(wiki, "target") == ["elsewhere"]
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "elsewhere")
    assert linking(wiki, "target") == []


def test_backlinks_count_links_to_former_addresses(wiki: Wiki) -> None:
    make_space(wiki, "rules", writers=("editors",))
    save(wiki, "old", "x\n")
    save(wiki, "rules/one", "[[/old]]\n", by=EDITOR)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    assert linking(wiki, "new") == ["rules/one"]
    save(wiki, "old", "Somebody else lives here now.\n")
    assert linking(wiki, "new") == []
    assert linking(wiki, "old") == ["rules/one"]


def test_backlinks_count_links_by_another_spelling_while_no_other_page_is_meant(wiki: Wiki) -> None:
    save(wiki, "SDL_Log", "A function.\n")
    save(wiki, "one", "[[sdl-log]]\n")
    save(wiki, "two", "[[SDL_LOG]]\n")
    assert linking(wiki, "SDL_Log") == ["one", "two"]
    save(wiki, "SDL_LOG", "A macro.\n")
    assert "two" not in linking(wiki, "SDL_Log")
    assert "two" in linking(wiki, "SDL_LOG")


def test_wanted_pages_are_those_most_linked_to_and_not_written(wiki: Wiki) -> None:
    save(wiki, "one", "[[missing]] [[missing]] [[rare]] [[two]]\n")
    save(wiki, "two", "[[missing]]\n")
    assert wanted(wiki) == {"missing": ["one", "two"], "rare": ["one"]}


def test_a_wanted_page_that_is_written_is_wanted_no_more(wiki: Wiki) -> None:
    save(wiki, "one", "[[missing]] [[Mis-Sing]]\n")
    assert set(wanted(wiki)) == {"missing", "Mis-Sing"}
    save(wiki, "missing", "x\n")
    save(wiki, "mis sing", "x\n")
    assert wanted(wiki) == {}
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "missing")
    assert set(wanted(wiki)) == {"missing"}


def test_an_address_a_page_once_had_is_not_wanted(wiki: Wiki) -> None:
    make_space(wiki, "rules", writers=("editors",))
    save(wiki, "old", "x\n")
    save(wiki, "rules/one", "[[/old]]\n", by=EDITOR)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    assert wanted(wiki) == {}


def test_neighbours_are_above_beside_and_below(wiki: Wiki) -> None:
    written(wiki, ["a", "a/b", "a/b/c", "a/b/c/d", "a/b/e", "a/b/c/d/deeper", "x"])
    with wiki.read() as connection:
        found = [(one.place, one.path) for one in neighbours(connection, wiki.id, "a/b/c", READER)]
    assert found == [
        ("above", "a"),
        ("above", "a/b"),
        ("beside", "a/b/c"),
        ("beside", "a/b/e"),
        ("below", "a/b/c/d"),
    ]


def test_of_many_neighbours_the_nearest_are_shown(wiki: Wiki) -> None:
    written(wiki, [f"a/{number:03}" for number in range(0, 120, 2)])
    with wiki.read() as connection:
        found = [one.path for one in neighbours(connection, wiki.id, "a/060", READER)]
    assert "a/060" in found
    assert {"a/058", "a/062"} <= set(found)
    assert len(found) <= 25


def test_look_alikes_are_other_pages_with_the_same_look(wiki: Wiki) -> None:
    written(wiki, ["SDL_Log", "SDL_LOG", "sdl log", "SDLLog"])
    with wiki.read() as connection:
        assert [path for path, _ in look_alikes(connection, wiki.id, "SDL_Log", READER)] == ["SDL_LOG", "sdl log"]
        assert [path for path, _ in look_alikes(connection, wiki.id, "sdl-LOG", READER)] == [
            "SDL_LOG",
            "SDL_Log",
            "sdl log",
        ]


def test_an_address_leads_to_the_only_page_that_looks_like_it(wiki: Wiki) -> None:
    written(wiki, ["Travel-Guide", "SDL_Log", "SDL_LOG"])
    with wiki.read() as connection:
        assert find_address(connection, wiki.id, "travel guide", READER) == "Travel-Guide"
        assert find_address(connection, wiki.id, "sdl_log", READER) is None
        assert find_address(connection, wiki.id, "nothing", READER) is None


def test_an_address_a_page_had_comes_before_one_that_looks_like_it(wiki: Wiki) -> None:
    written(wiki, ["old", "OLD"])
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    with wiki.read() as connection:
        assert find_address(connection, wiki.id, "old", READER) == "new"
        assert find_address(connection, wiki.id, "Old", READER) == "OLD"


def test_an_address_is_found_when_a_page_came_back_to_where_it_was(wiki: Wiki) -> None:
    written(wiki, ["foo-bar"])
    for old, new in (("foo-bar", "aside"), ("aside", "foo-bar")):
        with wiki.begin(WRITER) as tx:
            move_page(tx, old, new)
    with wiki.read() as connection:
        assert find_address(connection, wiki.id, "Foo Bar", READER) == "foo-bar"
        assert find_address(connection, wiki.id, "aside", READER) == "foo-bar"
