"""Whatever its template, a message says all it must, and a template that cannot be filled in is refused."""

from __future__ import annotations

import pytest

from kbwiki.errors import Invalid
from kbwiki.moderation.messages.templates import (
    MAX_TEMPLATE,
    NEXT,
    OBJECT,
    PLACEHOLDERS,
    WHAT,
    check_template,
    completed,
    render,
)
from kbwiki.moderation.policy import Verdict

VALUES = {name: f"<{name}>" for name in PLACEHOLDERS}


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_words_and_a_default_that_says_it_all(verdict: Verdict) -> None:
    text = render(completed("", verdict), VALUES)

    assert WHAT[verdict]
    assert NEXT[verdict]
    assert OBJECT[verdict]
    assert [name for name in ("who", "what", "why", "next", "object") if f"<{name}>" not in text] == []


def test_what_a_template_leaves_out_is_said_all_the_same() -> None:
    text = render(completed("Dear author, please read our guide.", Verdict.REVERT), VALUES)

    assert "Dear author, please read our guide." in text
    assert [name for name in ("who", "what", "why", "note", "next", "object") if f"<{name}>" not in text] == []


def test_what_a_template_says_itself_is_said_once() -> None:
    text = render(completed("{group} {what}, since {why}. {note} {next} {object}", Verdict.REVERT), VALUES)

    assert text == "<group> <what>, since <why>. <note> <next> <object>"


@pytest.mark.parametrize("template", ["Hello {author}.", "{text}", "{who} {who.name}", "{title!r}", "{}"])
def test_a_placeholder_that_nothing_fills_in_is_refused_by_name(template: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_template(template)

    assert refused.value.field == "template"
    assert "Nothing fills in {" in refused.value.why
    assert "{object}" in refused.value.why


def test_every_placeholder_and_lone_braces_are_accepted() -> None:
    template = " ".join(f"{{{name}}}" for name in PLACEHOLDERS) + " } {"

    assert check_template(f"  {template}\r\n") == template


def test_a_template_has_a_length() -> None:
    with pytest.raises(Invalid):
        check_template("x" * (MAX_TEMPLATE + 1))


def test_a_value_is_never_taken_for_a_placeholder() -> None:
    assert render("{note}: {why}", {"note": "{why}", "why": "so"}) == "{why}: so"


def test_lines_with_nothing_to_say_go() -> None:
    assert render("{who}\n\nWhy: {why}\n{note}\n\n{next}", {"who": "We", "next": "Go on."}) == "We\n\nGo on."
