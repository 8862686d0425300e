"""Paths as pure functions: one spelling for each address, no way out of the wiki, links that find what they mean."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kbwiki.errors import Invalid
from kbwiki.pages.paths import (
    MAX_BYTES,
    MAX_PATH,
    MAX_SEGMENT,
    below,
    chain,
    locate,
    look_alike,
    normalise_path,
    parent_of,
    slug,
    title_of,
    written_for,
)

# Characters that have been trouble somewhere: separators, dots, joiners, marks, wide and small spaces, direction.
TROUBLE = "/\\.-_ :?#|<>{}[]%&=+~'\""
TROUBLE += "\t\n\r\0\x7f\u0085\u00a0\u00ad\u0300\u0301\u0338\u1680\u200b\u200c\u200d\u200e\u202e"
TROUBLE += "\u2028\u2029\u2060\u3000\ufeff\ufdfa\ufb01\u212b\u00c5\u1e9b\u0323\u0130\u00df\ud800\U000e0001AaÅåÉé漢語"
RAW = st.text(st.one_of(st.sampled_from(TROUBLE), st.characters()), max_size=40)


def valid(raw: str) -> str:
    """The normal form, or no example at all."""
    try:
        return normalise_path(raw)
    except Invalid:
        assume(False)
        raise


VISIBLE = st.one_of(
    st.sampled_from([one for one in TROUBLE if unicodedata.category(one)[0] not in "CZ" and one not in "/#?|<>{}\\"]),
    st.sampled_from(" \u200d\u3000"),
    st.characters(exclude_categories=["C", "Z"], exclude_characters="/#?|<>{}\\"),
)
PATHS = st.lists(st.text(VISIBLE, min_size=1, max_size=12), min_size=1, max_size=4).map("/".join).map(valid)
PLAIN = st.lists(
    st.text(st.sampled_from("abAB -_:.é漢'"), min_size=1, max_size=6), min_size=1, max_size=4
).map(lambda parts: valid("/".join(parts)))


@given(RAW)
@example("a/ \u0338b")
@example("\u212b/\u0041\u030a")
@example(" - /a")
def test_normalising_twice_is_normalising_once(raw: str) -> None:
    path = valid(raw)
    assert normalise_path(path) == path


@given(RAW)
@example("a/../../etc/passwd")
@example("./a")
@example("a/ .. /b")
@example("a/.\u200d./b")
def test_a_normal_path_never_leads_out_of_the_wiki(raw: str) -> None:
    segments = valid(raw).split("/")
    assert all(segment.strip() == segment != "" for segment in segments)
    assert not {".", ".."} & set(segments)
    assert segments[0] != "-"


@given(RAW)
def test_a_normal_path_is_nfc_and_has_nothing_that_cannot_be_seen_or_means_something_in_links(raw: str) -> None:
    path = valid(raw)
    assert unicodedata.is_normalized("NFC", path)
    assert not set(path) & set("#?|<>{}\\\0\n\r\t\u202e\u2028\u200b\ufeff")
    assert len(path) <= MAX_PATH
    assert len(path.encode()) <= MAX_BYTES


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("handbook/travel", "handbook/travel"),
        ("/handbook/travel/", "handbook/travel"),
        ("  handbook /  travel  by train ", "handbook/travel by train"),
        ("Cafe\u0301", "Café"),
        ("\u00a0a\u00a0b\u00a0", "a b"),
        ("SDL3/SDL_Log", "SDL3/SDL_Log"),
        ("a/-/b", "a/-/b"),
        ("-dash", "-dash"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("…", "…"),
        ("a/...", "a/..."),
    ],
)
def test_paths_people_write_become_what_they_mean(raw: str, path: str) -> None:
    assert normalise_path(raw) == path


@pytest.mark.parametrize(
    "raw",
    [
        *("", " ", "/", "//", ".", "..", "a//b", "a/./b", "a/../b", "../a", "a/..", "-", "-/search", " - ", "- /x"),
        *("a#b", "a?b", "a|b", "a<b", "a>b", "a{b", "a}b", "a\\b", "a\0b", "a\u200bb", "a\u202eb", "a\ud800b"),
        *("\ufeffa", "a\u00adb", "a\U000e0001b", "x" * (MAX_SEGMENT + 1)),
        *("/".join(["x" * 150] * 7), "/".join(["漢" * 90] * 5), "\U0001f600" * 151),
    ],
)
def test_what_cannot_be_an_address_is_refused_with_a_sentence_about_the_path(raw: str) -> None:
    with pytest.raises(Invalid) as refused:
        normalise_path(raw)
    assert refused.value.field == "path"
    assert str(refused.value).endswith((".", "slashes."))


def test_the_longest_paths_are_accepted() -> None:
    assert normalise_path("x" * MAX_SEGMENT) == "x" * MAX_SEGMENT
    longest = "/".join(["x" * 99] * 10)
    assert len(normalise_path(longest)) == MAX_PATH - 1


@given(PATHS)
def test_a_look_alike_key_is_stable_and_its_own_key(path: str) -> None:
    assert look_alike(look_alike(path)) == look_alike(path)


@given(PATHS)
def test_a_look_alike_key_fits_where_a_path_fits(path: str) -> None:
    assert 0 < len(look_alike(path)) <= MAX_PATH
    assert len(look_alike(path).encode()) <= MAX_BYTES


def test_a_look_alike_key_fits_even_for_characters_that_unfold_into_many() -> None:
    path = normalise_path("/".join(["\ufdfa" * 60] * 4))
    assert len(look_alike(path).encode()) <= MAX_BYTES
    assert len(look_alike(path)) <= MAX_PATH
    assert look_alike(path) != look_alike(path + "x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SDL3/SDL_Log", "SDL3/SDL_LOG"),
        ("travel-guide", "Travel Guide"),
        ("travel_guide", "travel--guide"),
        ("straße", "STRASSE"),
        ("ﬁle", "file"),
        ("Å", "å"),
        ("ſ", "s"),
    ],
)
def test_what_people_would_mistake_looks_alike(one: str, other: str) -> None:
    assert look_alike(normalise_path(one)) == look_alike(normalise_path(other))


@pytest.mark.parametrize(("one", "other"), [("a/b", "a-b"), ("travelguide", "travel guide"), ("a", "á"), ("_", "-")])
def test_what_people_would_not_mistake_does_not_look_alike(one: str, other: str) -> None:
    assert look_alike(one) != look_alike(other)


@given(PATHS, PATHS)
def test_the_range_below_a_path_holds_exactly_what_lies_below_it(path: str, other: str) -> None:
    low, high = below(path)
    inside = [f"{path}/{other}", f"{path}/\U0010fffd", f"{path}/!"]
    outside = [path, f"{path}0", f"{path}.", f"{path}-", f"{path} x", f"{path}\U0010fffd"]
    assert all(low <= one < high for one in inside)
    assert not any(low <= one < high for one in outside)
    assert (low <= other < high) == other.startswith(f"{path}/")


def test_the_range_below_a_path_is_the_same_in_bytes_as_in_code_points() -> None:
    low, high = below("漢")
    for path in ("漢/x", "漢/\U0001f600", "漢0", "漢.", "漢", "漢\U0001f600"):
        assert (low <= path < high) == (low.encode() <= path.encode() < high.encode())


@given(PATHS)
def test_parent_title_and_chain_fit_together(path: str) -> None:
    assert path in (title_of(path), f"{parent_of(path)}/{title_of(path)}")
    assert chain(path)[-1:] == ([parent_of(path)] if parent_of(path) else [])
    assert all(path.startswith(above + "/") for above in chain(path))


@given(st.text(max_size=100))
def test_a_slug_is_one_segment_of_a_valid_path_or_nothing(title: str) -> None:
    made = slug(title)
    assert made == "" or normalise_path(made) == made
    assert "/" not in made


@pytest.mark.parametrize(
    ("title", "made"),
    [
        ("Travel & Expenses: 2026!", "travel-expenses-2026"),
        ("  Über_Straßen -- und Wege ", "über-straßen-und-wege"),
        ("हिन्दी में लिखना", "हिन्दी-में-लिखना"),
        ("日本語のページ", "日本語のページ"),
        ("Cafe\u0301", "café"),
        ("?!", ""),
        ("x" * 300, "x" * MAX_SEGMENT),
    ],
)
def test_a_slug_keeps_the_words_of_any_script(title: str, made: str) -> None:
    assert slug(title) == made


@pytest.mark.parametrize(
    ("target", "style", "page", "path"),
    [
        ("", "wiki", "a/b", "a/b"),
        ("c", "wiki", "a/b", "a/c"),
        ("c", "wiki", "b", "c"),
        ("x/y", "wiki", "a/b", "x/y"),
        ("/c", "wiki", "a/b", "c"),
        ("./c/d", "wiki", "a/b", "a/c/d"),
        ("../c", "wiki", "a/b/x", "a/c"),
        ("..", "wiki", "a/b/x", "a"),
        ("../../..", "wiki", "a/b", None),
        ("../c", "wiki", "b", None),
        ("-/search", "wiki", "a/b", None),
        ("c#d", "wiki", "a/b", None),
        ("c", "markdown", "a/b", "a/c"),
        ("x/y", "markdown", "a/b", "a/x/y"),
        ("../c", "markdown", "a/b", "c"),
        ("../../c", "markdown", "a/b", None),
        ("./c", "markdown", "a/b", "a/c"),
    ],
)
def test_links_lead_where_their_style_says(target: str, style: str, page: str, path: str | None) -> None:
    assert locate(target, style, page) == path


@pytest.mark.parametrize("style", ["wiki", "markdown"])
@given(path=PLAIN, page=PLAIN)
def test_a_link_written_for_a_path_leads_to_it(style: str, path: str, page: str) -> None:
    written = written_for(path, style, page)
    assert written is not None
    assert locate(written, style, page) == path


@pytest.mark.parametrize("style", ["wiki", "markdown"])
@given(path=PATHS, page=PATHS)
def test_a_link_written_for_any_path_leads_to_it_or_cannot_be_written(style: str, path: str, page: str) -> None:
    written = written_for(path, style, page)
    if written is None:
        assert style == "wiki"
        assert set("[]") & set(path)
    else:
        assert locate(written, style, page) == path


@given(RAW, st.sampled_from(["wiki", "markdown"]), PATHS)
def test_a_link_leads_to_a_normal_path_or_nowhere(target: str, style: str, page: str) -> None:
    path = locate(target, style, page)
    assert path is None or normalise_path(path) == path
