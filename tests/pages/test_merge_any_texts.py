"""What a three-way merge promises for any three texts, whoever wrote them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kbwiki.pages.merge import Agreed, Choice, Clash, Merge, merge, merge_lines, resolve
from kbwiki.pages.words import fields

PASSAGES = ["", "a b c d", "a b c e", "x b c d", "* one", "|p|q|", "|p|r|", "今日は雨です", "今日は晴です"]
texts = (
    st.builds("\n".join, st.lists(st.sampled_from(PASSAGES), max_size=8))
    | st.text("ab \n", max_size=40)
    | st.text(max_size=30)
)


PIECES = ["alpha", "beta", "gamma", " ", " ", "\n", "\n", "| ", "語", "(", "x\n"]
Edits = list[tuple[int, int, list[str]]]
edits = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 3), st.lists(st.sampled_from([*PIECES, "new"]), max_size=3)),
    max_size=3,
)


def edited(pieces: list[str], changes: Edits) -> str:
    """Replace so many pieces at such a place by others."""
    changed = list(pieces)
    for place, length, new in changes:
        changed[place : place + length] = new
    return "".join(changed)


def three_versions(pieces: list[str], mine: Edits, theirs: Edits) -> tuple[str, str, str]:
    return "".join(pieces), edited(pieces, mine), edited(pieces, theirs)


triples = st.tuples(texts, texts, texts) | st.builds(
    three_versions, st.lists(st.sampled_from(PIECES), max_size=40), edits, edits
)
Triple = tuple[str, str, str]


def clashes(outcome: Merge) -> list[Clash]:
    return [chunk for chunk in outcome.chunks if isinstance(chunk, Clash)]


def neighbours(text: str) -> set[tuple[str, str]]:
    """Return what stands next to what in a text, its beginning and end included."""
    return set(pairwise(["<", *fields(text), ">"]))


@given(texts, texts)
def test_a_side_that_changed_nothing_yields_to_the_other(base: str, changed: str) -> None:
    assert merge(base, changed, base).text == changed
    assert merge(base, base, changed).text == changed


@given(texts, texts)
def test_the_same_change_on_both_sides_is_made_once(base: str, changed: str) -> None:
    assert merge(base, changed, changed).text == changed


@given(triples)
def test_it_does_not_matter_who_is_mine_and_who_is_theirs(three: Triple) -> None:
    base, one, other = three
    here, there = merge(base, one, other), merge(base, other, one)

    assert here.by_words == there.by_words
    assert here.chunks == tuple(
        Clash(chunk.base, chunk.theirs, chunk.mine) if isinstance(chunk, Clash) else chunk for chunk in there.chunks
    )


@given(triples, st.sampled_from(["mine", "theirs"]))
def test_nothing_stands_together_that_neither_side_put_together(three: Triple, choice: Choice) -> None:
    base, mine, theirs = three
    outcome = merge(base, mine, theirs)

    text = resolve(outcome, [choice] * len(clashes(outcome)))

    assert neighbours(text) <= neighbours(mine) | neighbours(theirs)


@given(triples)
def test_every_line_that_one_side_added_is_in_a_clean_merge_by_lines(three: Triple) -> None:
    base, mine, theirs = three
    outcome = merge_lines(base, mine, theirs)

    if outcome.clean:
        added = (set(mine.split("\n")) | set(theirs.split("\n"))) - set(base.split("\n"))
        assert added <= set(outcome.text.split("\n"))


@given(triples)
def test_every_word_that_one_side_added_is_in_a_clean_merge(three: Triple) -> None:
    base, mine, theirs = three
    outcome = merge(base, mine, theirs)

    if outcome.clean:
        added = (set(fields(mine)) | set(fields(theirs))) - set(fields(base))
        assert added <= set(fields(outcome.text))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_a_clean_merge_of_deletions_lacks_exactly_what_either_side_deleted(
    deleted: list[tuple[bool, bool]],
) -> None:
    base = [f"line {n}\n" for n in range(len(deleted))]
    mine = "".join(line for line, (by_mine, _) in zip(base, deleted, strict=True) if not by_mine)
    theirs = "".join(line for line, (_, by_theirs) in zip(base, deleted, strict=True) if not by_theirs)

    outcome = merge("".join(base), mine, theirs)

    if outcome.clean:
        assert outcome.text == "".join(line for line, sides in zip(base, deleted, strict=True) if not any(sides))


@given(triples)
def test_both_texts_of_a_clash_can_be_had_in_full(three: Triple) -> None:
    outcome = merge(*three)

    both = resolve(outcome, ["both"] * len(clashes(outcome)))

    for clash in clashes(outcome):
        assert clash.mine in both
        assert clash.theirs in both


@given(triples)
def test_a_clash_holds_whole_lines(three: Triple) -> None:
    outcome = merge(*three)

    for chunk, following in pairwise(outcome.chunks):
        if isinstance(chunk, Agreed):
            assert chunk.text.endswith("\n")
        elif isinstance(following, Agreed):
            assert all(part == "" or part.endswith("\n") for part in (chunk.mine, chunk.theirs))


@given(triples)
def test_chunks_are_never_empty_and_agreed_ones_never_touch(three: Triple) -> None:
    chunks = merge(*three).chunks

    assert all(chunk.text for chunk in chunks if isinstance(chunk, Agreed))
    assert all(chunk.mine != chunk.theirs for chunk in chunks if isinstance(chunk, Clash))
    assert not any(isinstance(a, Agreed) and isinstance(b, Agreed) for a, b in pairwise(chunks))
