"""What follows for a space from its own settings and those above it: pure rules, as a table and as properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.spaces.policy import Right, SpaceSettings, chain_above, contains, effective, grants

ROOT = SpaceSettings(readers=("everyone",), writers=("signed-in",))
ALWAYS = {"admins", "moderators"}


def given_at(spaces: dict[str, SpaceSettings], path: str) -> dict[str, set[str]]:
    """The groups that have each right in the space at `path`."""
    found: dict[str, set[str]] = {right.value: set() for right in Right}
    for right, group in grants(spaces, path, admin_group="admins", fallback_group="moderators"):
        found[right.value].add(group)
    return found


@pytest.mark.parametrize(
    ("spaces", "path", "read", "write", "review"),
    [
        pytest.param(
            {"": ROOT}, "", {"everyone", "signed-in"}, {"signed-in"}, {"moderators"}, id="the root as it comes"
        ),
        pytest.param(
            {"": ROOT, "a": SpaceSettings()},
            "a",
            {"everyone", "signed-in"},
            {"signed-in"},
            {"moderators"},
            id="a space that sets nothing is like the one above",
        ),
        pytest.param(
            {"": ROOT, "hr": SpaceSettings(readers=("hr",))},
            "hr",
            {"hr"},
            {"signed-in"},
            {"moderators"},
            id="closing a space does not leave it open to those who may write elsewhere",
        ),
        pytest.param(
            {"": ROOT, "hr": SpaceSettings(readers=("hr",), writers=("hr-editors",))},
            "hr",
            {"hr", "hr-editors"},
            {"hr-editors"},
            {"moderators"},
            id="writers named together with the readers may read",
        ),
        pytest.param(
            {
                "": ROOT,
                "hr": SpaceSettings(readers=("hr",), writers=("hr-editors",)),
                "hr/pay": SpaceSettings(readers=("pay",)),
            },
            "hr/pay",
            {"pay"},
            {"hr-editors"},
            {"moderators"},
            id="closing a space further keeps the writers of the closed one above out",
        ),
        pytest.param(
            {"": ROOT, "hr": SpaceSettings(readers=("hr",)), "hr/wall": SpaceSettings(writers=("guests",))},
            "hr/wall",
            {"hr", "guests"},
            {"guests"},
            {"moderators"},
            id="writers named below the readers may read where they write",
        ),
        pytest.param(
            {"": ROOT, "hr": SpaceSettings(readers=("hr",), reviewers=("people",))},
            "hr",
            {"hr", "people"},
            {"signed-in", "people"},
            {"people"},
            id="the responsible group reads and repairs what it looks at",
        ),
        pytest.param(
            {"": ROOT, "a": SpaceSettings(reviewers=("safety",)), "a/b": SpaceSettings(readers=("b",))},
            "a/b",
            {"b", "safety"},
            {"signed-in", "safety"},
            {"safety"},
            id="responsibility is inherited into a closed space",
        ),
        pytest.param(
            {"": ROOT, "a": SpaceSettings(reviewers=("safety",)), "a/b": SpaceSettings(reviewers=())},
            "a/b",
            {"everyone", "signed-in"},
            {"signed-in"},
            {"moderators"},
            id="a space without a responsible group has the fallback group",
        ),
        pytest.param(
            {"": ROOT, "a": SpaceSettings(readers=(), writers=())},
            "a",
            set(),
            set(),
            {"moderators"},
            id="nobody means nobody but moderators and administrators",
        ),
        pytest.param(
            {"": ROOT, "hr": SpaceSettings(readers=("hr",)), "hr/open": SpaceSettings(readers=("everyone",))},
            "hr/open",
            {"everyone"},
            {"signed-in"},
            {"moderators"},
            id="a space can be opened again below a closed one",
        ),
        pytest.param(
            {"": ROOT, "hr": SpaceSettings(readers=("hr",)), "hr-news": SpaceSettings()},
            "hr-news",
            {"everyone", "signed-in"},
            {"signed-in"},
            {"moderators"},
            id="a name that begins alike is no space below",
        ),
    ],
)
def test_rights_follow_from_what_is_set_here_and_above(
    spaces: dict[str, SpaceSettings], path: str, read: set[str], write: set[str], review: set[str]
) -> None:
    everywhere = {"admins"} | review
    assert given_at(spaces, path) == {"read": read | everywhere, "write": write | everywhere, "review": review}


GROUPS = st.one_of(st.none(), st.lists(st.sampled_from(["everyone", "staff", "hr", "pay"]), max_size=2).map(tuple))
SETTINGS = st.builds(SpaceSettings, readers=GROUPS, writers=GROUPS, reviewers=GROUPS)
PLACES = ["a", "a/b", "a/b/c", "ab", "x/y"]
TREES = st.dictionaries(st.sampled_from(PLACES), SETTINGS).map(lambda tree: {"": ROOT, **tree})


@given(TREES, st.sampled_from(["", *PLACES]))
def test_every_space_has_somebody_responsible_who_may_read_and_write_it(
    spaces: dict[str, SpaceSettings], path: str
) -> None:
    found = given_at(spaces, path)
    assert found["review"]
    assert found["review"] <= found["read"] & found["write"]
    assert "admins" in found["read"] & found["write"]


@given(TREES, st.sampled_from(["", *PLACES]))
def test_only_those_named_as_readers_or_at_or_below_them_as_writers_may_read(
    spaces: dict[str, SpaceSettings], path: str
) -> None:
    readers = effective(spaces, path, "readers")
    assert readers is not None
    named, named_at = readers
    allowed = {*named, "admins", *given_at(spaces, path)["review"]}
    for above, settings in spaces.items():
        if contains(named_at, above) and contains(above, path):
            allowed |= set(settings.writers or ())
    assert given_at(spaces, path)["read"] <= allowed


@given(TREES)
def test_no_right_is_given_twice(spaces: dict[str, SpaceSettings]) -> None:
    for path in spaces:
        rows = grants(spaces, path, admin_group="admins", fallback_group="moderators")
        assert len(rows) == len(set(rows))


@pytest.mark.parametrize(
    ("path", "above"), [("", [""]), ("a", ["a", ""]), ("a/b/c", ["a/b/c", "a/b", "a", ""])]
)
def test_the_chain_above_a_path_ends_with_the_root(path: str, above: list[str]) -> None:
    assert chain_above(path) == above


@pytest.mark.parametrize(
    ("space", "path", "inside"),
    [("", "a", True), ("a", "a", True), ("a", "a/b", True), ("a", "ab", False), ("a/b", "a", False), ("a", "A", False)],
)
def test_a_space_contains_itself_and_what_is_below_it(space: str, path: str, inside: bool) -> None:
    assert contains(space, path) == inside
