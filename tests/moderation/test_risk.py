"""The risk of a change: which reasons apply, which are kept, and that they add up to it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbwiki import Settings, Wiki
from kbwiki.errors import Invalid
from kbwiki.moderation.risk import MOST_REASONS, WEIGHTS, Author, Reach, Reason, Words, assess, merged, total
from kbwiki.web.risk_words import RISK_WORDS

NO_REACH = Reach()
KNOWN = Author(anonymous=False, automated=False, moderator=False, days_known=400)

authors = st.builds(
    Author,
    anonymous=st.booleans(),
    automated=st.booleans(),
    moderator=st.booleans(),
    days_known=st.none() | st.floats(0, 4000),
    reverted=st.integers(0, 100),
    approved=st.integers(0, 100),
    new_here=st.booleans(),
)
texts = st.lists(
    st.sampled_from(["a", "word", "lol", "Shit", "nooooooo", "https://one.example/x", "http://two.example", "\n"]),
    max_size=12,
).map(" ".join)
words = st.none() | st.builds(Words, texts, texts)
reaches = st.builds(Reach, st.integers(0, 64), st.integers(0, 50))
weights = st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.floats(-10, 10)).map(merged)
more = st.lists(st.builds(Reason, st.sampled_from(["one", "two"]), st.floats(-10, 10)), max_size=2)


def reasons(before: str, after: str, author: Author = KNOWN, reach: Reach = NO_REACH) -> dict[str, float]:
    return {one.name: round(one.weight, 3) for one in assess(author, Words(before, after), reach)}


def test_who_it_was_counts() -> None:
    nobody = Author(anonymous=True, automated=False, moderator=False, days_known=None)
    newcomer = Author(anonymous=False, automated=False, moderator=False, days_known=29)
    first = Author(anonymous=False, automated=False, moderator=False, days_known=None)
    program = Author(anonymous=False, automated=True, moderator=False, days_known=400)
    colleague = Author(anonymous=False, automated=False, moderator=True, days_known=400)
    assert reasons("a", "a", nobody) == {"anonymous": 3}
    assert reasons("a", "a", newcomer) == reasons("a", "a", first) == {"new-author": 2}
    assert reasons("a", "a", program) == reasons("a", "a", colleague) == {"automated-or-moderator": -4}
    assert reasons("a", "a") == {}


def test_what_was_written_counts() -> None:
    assert reasons("one", "one Shit") == {"profanity": 2}
    assert reasons("one", "one lol") == {"informal": 1}
    assert reasons("one", "one nooooooo") == {"character-run": 1.5}
    assert reasons("| a |", "| a |\n|------|") == {}
    assert reasons("", "a b c d") == {"words-added": -0.2}
    assert reasons("a b c d e", "a") == {"pure-deletion": 1, "words-removed": 0.3}


def test_links_to_sites_that_were_not_named_before_count() -> None:
    before = "See https://here.example/a."
    assert "links-out" not in reasons(before, f"{before} And https://HERE.example/b.")
    assert reasons(before, f"{before} https://a.example https://b.example https://c.example")["links-out"] == 1


def test_the_record_of_the_author_counts_for_each_doubling() -> None:
    assert reasons("a", "a", replace(KNOWN, reverted=3)) == {"reverted-before": 4}
    assert reasons("a", "a", replace(KNOWN, approved=31)) == {"approved-before": -0.5}
    assert reasons("a", "a", replace(KNOWN, new_here=True)) == {"new-here": 0.5}


def test_how_far_the_page_reaches_counts() -> None:
    assert reasons("a", "a", reach=Reach(linked_from=7)) == {"linked-to": 1.2}
    assert reasons("a", "a", reach=Reach(reverted=1)) == {"reverted-here": 0.5}


def test_what_was_there_before_is_not_held_against_the_author() -> None:
    assert "profanity" not in reasons("shit", "shit happens here")


def test_of_hidden_words_nothing_is_said() -> None:
    assert [one.name for one in assess(replace(KNOWN, new_here=True), None)] == ["new-here"]


def test_several_authors_are_as_much_of_a_risk_as_the_least_known() -> None:
    newcomer = Author(anonymous=False, automated=False, moderator=False, days_known=1, reverted=1)
    for both in ([KNOWN, newcomer], [newcomer, KNOWN]):
        assert assess(both, None) == assess(newcomer, None)
    assert assess([], None) == ()


def test_the_risk_is_the_sum() -> None:
    nobody = Author(anonymous=True, automated=False, moderator=False, days_known=None)
    assert total(assess(nobody, Words("a b c d", "fuck"))) == pytest.approx(3 + 2 + 0.15 * 2)


@settings(max_examples=60)
@given(st.lists(authors, max_size=3), words, reaches, weights, more)
def test_whatever_is_known_at_most_five_reasons_add_up_to_the_risk(
    known: list[Author], said: Words | None, reach: Reach, by: dict[str, float], others: list[Reason]
) -> None:
    found = assess(known, said, reach, weights=by, more=others)

    assert found == assess(known, said, reach, weights=by, more=others)
    assert len(found) <= MOST_REASONS
    assert total(found) == pytest.approx(sum(one.weight for one in found))
    assert [abs(one.weight) for one in found] == sorted((abs(one.weight) for one in found), reverse=True)
    assert all(one.weight and math.isfinite(one.weight) for one in found)


@settings(max_examples=40)
@given(authors, words, reaches, st.sampled_from(sorted(WEIGHTS)))
def test_a_reason_that_weighs_nothing_is_gone_and_the_others_weigh_what_they_did(
    author: Author, said: Words | None, reach: Reach, name: str
) -> None:
    all_of_them = {one.name: one.weight for one in assess(author, said, reach)}
    without = {one.name: one.weight for one in assess(author, said, reach, weights=merged({name: 0}))}

    assert name not in without
    assert {key: without[key] for key in all_of_them if key in without} == {
        key: weight for key, weight in all_of_them.items() if key != name
    }


def test_weights_of_the_host_take_the_place_of_the_documented_ones() -> None:
    given_by_host = Settings.from_mapping({"KBWIKI_RISK_WEIGHTS": {"new-here": 3, "anonymous": 0}}).risk_weights

    assert merged(given_by_host) == {**WEIGHTS, "new-here": 3.0, "anonymous": 0.0}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("new-author", "must map names to numbers"),
        ({"new-author": "2"}, "'new-author' is mapped to '2'"),
        ({"new-author": True}, "'new-author' is mapped to True"),
        ({3: 2}, "must map names to numbers"),
    ],
)
def test_weights_that_are_no_numbers_by_name_are_refused(wrong: object, said: str) -> None:
    with pytest.raises(Invalid, match="KBWIKI_RISK_WEIGHTS") as refused:
        Settings.from_mapping({"KBWIKI_RISK_WEIGHTS": wrong})
    assert said in str(refused.value)


def test_a_weight_of_an_unknown_reason_or_without_end_is_refused_when_the_wiki_is_opened() -> None:
    with pytest.raises(Invalid, match=r"there is no reason 'new-athor'\. There are: anonymous, new-author"):
        Wiki("sqlite://", settings=Settings.from_mapping({"KBWIKI_RISK_WEIGHTS": {"new-athor": 2}}))
    with pytest.raises(Invalid, match="must weigh a number; it is inf"):
        Wiki("sqlite://", settings=Settings(risk_weights={"new-author": math.inf}))


def test_settings_with_weights_stay_comparable_and_hashable() -> None:
    one, same, other = (Settings.from_mapping({"KBWIKI_RISK_WEIGHTS": {"informal": n}}) for n in (2, 2, 3))
    assert one == same != other
    assert hash(one) == hash(same)


def test_every_reason_has_words() -> None:
    assert RISK_WORDS.keys() == WEIGHTS.keys()
