"""The lines before a text that say what type of page it is: read, shown, changed, and otherwise left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.markup import Link, Resolved, changed_front, new_front, parse, read_front, render, rewrite_links

MEETING = "---\ntype: meeting\ndate: 2026-11-26\nroom: [[rooms/blue|Blue]]\nminutes:\n---\n\n"


def shown(text: str, **more: object) -> str:
    return render(parse(text), resolve=lambda link: Resolved(f"/{link.target}", False), **more).html  # type: ignore[arg-type]


def test_a_block_is_read_and_the_text_around_it_stays_whole() -> None:
    front = read_front(f"{MEETING}Text\n")

    assert front is not None
    assert (front.type, dict(front.fields), front.lines) == (
        "meeting",
        {"date": "2026-11-26", "room": "[[rooms/blue|Blue]]", "minutes": ""},
        6,
    )
    assert (front.block, front.body) == (MEETING, "Text\n")


@pytest.mark.parametrize(
    "text",
    [
        "---\na: b\n---\n",  # a rule and a heading, as it always was
        "---\ntype: meeting\n",
        "---\ntype: meeting\n\nnot a field\n---\n",
        "---\ntype: Two Words\n---\n",
        "\n---\ntype: meeting\n---\n",
        "> ---\n> type: meeting\n> ---\n",
        "- ---\n  type: meeting\n  ---\n",
        "----\ntype: meeting\n----\n",
        "---\n" + "".join(f"f{at}: x\n" for at in range(60)) + "type: meeting\n---\n",
    ],
)
def test_what_is_no_block_is_read_as_ever(text: str) -> None:
    assert read_front(text) is None
    assert "kb-front" not in shown(text)


def test_a_block_is_shown_as_a_table_with_the_words_of_its_type() -> None:
    labels = {("meeting", ""): "Meeting & minutes", ("meeting", "date"): "When"}

    html = shown(f"{MEETING}Text\n", labels=labels)

    assert '<div class="kb-front"><table><tbody>' in html
    assert "<td>Meeting &amp; minutes</td>" in html
    assert '<tr><th scope="row">When</th><td>2026-11-26</td></tr>' in html
    assert '<th scope="row">Room</th><td><a href="/rooms/blue" class="kb-link">Blue</a></td>' in html
    assert "Minutes" not in html  # nothing stands there yet
    assert html.endswith("<p>Text</p>\n")


def test_values_are_searched_linked_and_follow_a_move_and_names_are_not() -> None:
    document = parse(f"{MEETING}Text\n")

    assert document.plain == "2026-11-26\nBlue\nText"
    assert document.links == (Link("rooms/blue", None, "wiki"),)
    moved = rewrite_links(f"{MEETING}Text [[rooms/blue]]\n", lambda _: "rooms/red")
    assert moved == f"{MEETING}Text [[rooms/blue]]\n".replace("rooms/blue", "rooms/red")


def test_a_value_runs_nothing() -> None:
    html = shown('---\ntype: a\nx: <script>alert(1)</script> [y](javascript:alert(1))\n---\n')

    assert "<script" not in html
    assert "javascript:" not in html.replace("(javascript:alert(1))", "")


def test_only_lines_of_changed_fields_change() -> None:
    block = "---\ntype:  meeting\nroom:   Blue\nold: kept  \ndate: 2026-11-26\n---\n\n"

    assert changed_front(block, {"room": "Blue", "date": "2026-11-26", "old": "kept", "new": ""}) == block
    assert changed_front(block, {"date": "2026-12-01", "who": "Ann\nLee"}) == (
        "---\ntype:  meeting\nroom:   Blue\nold: kept  \ndate: 2026-12-01\nwho: Ann Lee\n---\n\n"
    )
    assert changed_front(block.replace("\n", "\r\n"), {"date": ""}) == block.replace(": 2026-11-26", ":").replace(
        "\n", "\r\n"
    )
    assert changed_front("no block", {"date": "x"}) == "no block"


def test_a_new_block_is_one() -> None:
    front = read_front(new_front("meeting", [("date", ""), ("room", "Blue")]) + "Text")

    assert front is not None
    assert (front.type, dict(front.fields), front.body) == ("meeting", {"date": "", "room": "Blue"}, "Text")


@given(st.text(alphabet="-\r\n ab:type[", max_size=60))
def test_whatever_stands_there_nothing_is_lost(text: str) -> None:
    front = read_front(text)

    shown(text)
    assert front is None or front.block + front.body == text
    assert front is None or changed_front(front.block, front.fields) == front.block
