"""What a question is narrowed by stands above the results, and nothing that was not understood."""

from __future__ import annotations

import pytest

from kbwiki.web.result_facets import chips


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("boots in:hr tag:kit", [("Space", "hr"), ("Tag", "kit")]),
        ("boots is:reviewed", [("Review", "Looked at by somebody")]),
        ("boots changed:<30d", [("Changed", "In the last 30 days")]),
        ("boots is:purple changed:yesteryear", []),
        ("boots -in:hr", []),
    ],
)
def test_a_chip_for_everything_that_narrows(query: str, said: list[tuple[str, str]]) -> None:
    found = chips(query, lambda changed: f"?q={changed}")

    assert [(one.name, one.words) for one in found] == said


def test_a_chip_leads_to_the_question_without_it() -> None:
    found = chips("boots in:hr tag:kit", lambda changed: changed)

    assert [one.url for one in found] == ["boots tag:kit", "boots in:hr"]
