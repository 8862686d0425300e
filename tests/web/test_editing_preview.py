"""The preview that follows the typing: rendered as the page, placed by lines, with advice that stops nobody."""

from __future__ import annotations

from typing import Any

import pytest

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.testing import make_space, read, save
from kbwiki.web.previewing import amount_said

from .conftest import Visitor

TEXT = """# Rota

See [[travel]] and [[nowhere]].

> [!NOTE]
> Ask.

- one
- two

### Deep

```
code
```

# Rota
"""


def live(visitor: Visitor, text: str, at: str = "/wiki/-/edit/rota", **fields: str) -> Any:
    """What the editor is answered."""
    answer = visitor.post(at, title="Rota", text=text, action="live", **fields)
    assert answer.status_code == 200, answer.status
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.get_json()


def test_the_preview_is_what_the_page_will_be_and_saves_nothing(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "travel", "By train.\n")
    save(wiki, "rota", "Before.\n")

    answer = live(visitor, TEXT, base="1")

    assert read(wiki, "rota") == "Before.\n"
    visitor.post("/wiki/-/edit/rota", title="Rota", text=TEXT, base="1", action="save")
    visitor.actor = ANONYMOUS
    assert answer["html"] in visitor.text("/wiki/rota")


def test_each_block_of_the_preview_is_told_by_its_line(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "rota", "Before.\n")

    answer = live(visitor, TEXT, base="1")

    lines = TEXT.split("\n")
    assert [lines[line] for line in answer["blocks"]] == [
        "# Rota", "See [[travel]] and [[nowhere]].", "> [!NOTE]", "- one", "### Deep", "```", "# Rota",
    ]  # fmt: skip
    assert answer["headings"] == [[0, "kb-h-rota", "Rota"], [10, "kb-h-deep", "Deep"], [16, "kb-h-rota-1", "Rota"]]


def test_advice_names_links_that_lead_nowhere_and_headings_that_confuse(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "travel", "By train.\n")
    save(wiki, "rota", "Before.\n")

    advice = [(one["line"], one["text"]) for one in live(visitor, TEXT, base="1")["advice"]]

    assert advice == [
        (2, "This link leads nowhere yet: nowhere"),
        (10, "Between “Deep” and the heading above it a level is left out."),
        (16, "Two headings are called “Rota”: a link by this name leads to the first."),
    ]
    assert live(visitor, "# One\n\n## Two\n", base="1")["advice"] == []


def test_the_preview_shows_links_as_they_lead_for_its_author_alone(visitor: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("people",))
    save(wiki, "hr/pay", "secret", by=Actor("p", "Pia", frozenset({"people"})))

    there, not_there = (live(visitor, f"[[hr/{name}]]\n", "/wiki/-/new") for name in ("pay", "xyz"))

    assert there["html"].replace("pay", "xyz") == not_there["html"]
    assert len(there["advice"]) == 1


def test_a_new_page_without_an_address_is_previewed_too(visitor: Visitor) -> None:
    assert "<strong>two</strong>" in live(visitor, "**two**", "/wiki/-/new", path="")["html"]


def test_whoever_may_not_write_is_given_no_preview(visitor: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "law", writers=("people",))

    answer = visitor.post("/wiki/-/new", title="x", path="law/notes", text="**x**", action="live")

    assert answer.status_code == 403
    assert "<strong>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["0 words", "about 1 minute to read"]),
        ("one", ["1 word", "about 1 minute to read"]),
        ("Don't re-use U.S. words, 12.5 % of them", ["7 words", "about 1 minute to read"]),
        ("日本語 text", ["4 words", "about 1 minute to read"]),
        ("word " * 1100, ["1100 words", "about 5 minutes to read"]),
    ],
)
def test_words_are_counted_as_people_count_them(text: str, said: list[str]) -> None:
    assert amount_said(text) == said
