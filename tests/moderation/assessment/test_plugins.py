"""Reasons of plugins: asked apart from each other, so that what goes wrong costs that reason alone."""

from __future__ import annotations

import logging
import math
import threading

import pytest

from kbwiki import Wiki
from kbwiki.moderation.assessment import plugins
from kbwiki.moderation.assessment.plugins import PluginReasons, RiskChange
from kbwiki.moderation.risk import Reason
from kbwiki.testing import WRITER, save
from kbwiki.web.risk_words import risk_lines
from tests.moderation.conftest import decided

from .conftest import risk_of

CHANGE = RiskChange("moderators", "page", 1, "page", "Page", ("writer",), "one\n", "one two\n")


def test_a_reason_is_asked_what_a_moderator_sees_and_adds_to_the_risk(wiki: Wiki) -> None:
    asked: list[RiskChange] = []

    def phone_number(change: RiskChange) -> float | None:
        asked.append(change)
        return 2.5 if "030 1234" in (change.after or "") else None

    wiki.register_risk_reason("phone-number", "a telephone number", phone_number)
    save(wiki, "calm", "words\n")
    save(wiki, "page", "Call 030 1234.\n", title="Contact")

    wiki.catch_up_risk()

    assert risk_of(wiki, "page")["phone-number"] == 2.5
    assert "phone-number" not in risk_of(wiki, "calm")
    seen = asked[1]
    assert (seen.group, seen.subject_kind, seen.path, seen.title) == ("moderators", "page", "page", "Contact")
    assert (seen.authors, seen.before, seen.after) == ((WRITER.id,), "", "Call 030 1234.\n")


def test_its_words_are_shown_and_its_name_when_the_plugin_is_gone(sqlite_wiki: Wiki) -> None:
    sqlite_wiki.register_risk_reason("phone-number", "a telephone number", lambda change: 1)
    stored = [["phone-number", 1.0], ["informal", 1.0]]

    assert risk_lines(stored, sqlite_wiki.risk.reasons.words) == (("a telephone number", 1.0), ("chatty words", 1.0))
    assert risk_lines(stored) == (("phone number", 1.0), ("chatty words", 1.0))


@pytest.mark.parametrize("nonsense", ["much", math.nan, math.inf, True, 1000, [1], 10.5, -10.5])
def test_nonsense_counts_nothing_and_is_logged(nonsense: object, caplog: pytest.LogCaptureFixture) -> None:
    reasons = PluginReasons()
    reasons.add("odd", "odd", lambda change: nonsense)  # type: ignore[arg-type, return-value]
    reasons.add("good", "good", lambda change: 1)

    assert reasons.ask(CHANGE) == (Reason("good", 1.0),)
    assert "'odd'" in caplog.text


def test_one_that_raises_costs_itself_alone(wiki: Wiki, caplog: pytest.LogCaptureFixture) -> None:
    def broken(change: RiskChange) -> float:
        raise LookupError("no such thing")

    wiki.register_risk_reason("broken", "broken", broken)
    wiki.register_risk_reason("good", "good", lambda change: 1)
    save(wiki, "page", "words\n")

    with caplog.at_level(logging.ERROR, "kbwiki.risk"):
        wiki.catch_up_risk()

    assert risk_of(wiki, "page") == {"new-author": 2, "good": 1}
    assert "no such thing" in caplog.text
    decided(wiki, "page", "approve")


def test_one_that_hangs_is_waited_for_once_and_asked_again_when_it_is_through(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(plugins, "PATIENCE", 0.05)
    reasons, go_on, through = PluginReasons(), threading.Event(), threading.Event()
    asked: list[RiskChange] = []

    def slow(change: RiskChange) -> float:
        asked.append(change)
        go_on.wait(60)
        through.set()
        return 1

    reasons.add("slow", "slow", slow)
    reasons.add("good", "good", lambda change: 1)

    assert reasons.ask(CHANGE) == reasons.ask(CHANGE) == (Reason("good", 1.0),)
    assert len(asked) == 1
    assert "'slow' took more than" in caplog.text
    monkeypatch.setattr(plugins, "PATIENCE", 60)
    go_on.set()
    assert through.wait(60)
    while "slow" not in {one.name for one in reasons.ask(CHANGE)}:
        pass  # its thread is just about to end
    assert len(asked) > 1


def test_names_are_names_and_taken_once() -> None:
    reasons = PluginReasons()
    reasons.add("mine", "mine", lambda change: 1)

    for name in ("mine", "new-author", "Mine", "two words", "", "x" * 41):
        with pytest.raises(ValueError, match="reason"):
            reasons.add(name, "words", lambda change: 1)
    with pytest.raises(ValueError, match="in words"):
        reasons.add("other", " ", lambda change: 1)
    assert reasons.words == {"mine": "mine"}
