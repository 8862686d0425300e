"""Code in colour: right, readable, and never at the price of the page."""

from __future__ import annotations

import logging
import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import PythonLexer, get_lexer_by_name

from kbwiki.markup import highlight_css
from kbwiki.markup.allowlist import clean
from kbwiki.markup.colours import DARK, LIGHT
from kbwiki.markup.highlighting import CLASSES, LANGUAGES, Highlighter, language_of

LIGHT_GROUNDS = ("#ffffff", "#f7f6f3", "#f1f0ec")
DARK_GROUNDS = ("#16181d", "#17191b", "#1e2123", "#23272a")


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2, definition of that name)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def words(html: str) -> str:
    """The text of highlighted code."""
    return unescape(re.sub(r"</?span[^>]*>", "", html))


def coloured(code: str, language: str = "python", **budget: float) -> str:
    return Highlighter(**budget).html(code, language)  # type: ignore[arg-type]


def test_black_on_white_has_the_contrast_that_the_formula_promises() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize(("colours", "grounds"), [(LIGHT, LIGHT_GROUNDS), (DARK, DARK_GROUNDS)], ids=["light", "dark"])
def test_every_colour_can_be_read_on_every_ground(colours: dict[str, str], grounds: tuple[str, ...]) -> None:
    too_faint = {
        (name, ground) for name, colour in colours.items() for ground in grounds if contrast(colour, ground) < 4.5
    }

    assert too_faint == set()


def test_every_class_has_its_rule_within_our_own_pages_only() -> None:
    rules = highlight_css().splitlines()

    assert {re.match(r"\.kb pre \.(\w+) \{ color: ", rule)[1] for rule in rules} == set(CLASSES.values())  # type: ignore[index]
    assert set(CLASSES.values()) == set(LIGHT) == set(DARK)


def test_a_host_may_bring_its_own_colours() -> None:
    assert "light-dark(#000000, #ffffff)" in highlight_css(
        dict.fromkeys(LIGHT, "#000000"), dict.fromkeys(DARK, "#ffffff")
    )


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_pygments_knows_every_language_we_name(language: str) -> None:
    assert get_lexer_by_name(language)


def test_no_name_means_two_languages() -> None:
    names = [name for language, others in LANGUAGES.items() for name in (language, *others)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"),
        ("Py", "python"),
        ("c++ linenos", "cpp"),
        ("{.bash}", "bash"),
        (" \t", None),
        ("", None),
        ("python\u00a0x", "python"),
        ("pythonx", None),
        ("text", None),
    ],
)
def test_the_first_word_after_the_fence_names_the_language(info: str, language: str | None) -> None:
    assert language_of(info) == language


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_colouring_changes_no_character_of_the_code(language: str) -> None:
    for code in ("a = 1\n", "\n\n\n  x\r\n\ty\n\n\n\n", "<a b='&amp;'>\n", "'\"`${\\", "", "ß\u2028"):
        assert words(coloured(code, language)) == code


def test_the_sanitiser_lets_every_colour_through() -> None:
    html = "".join(f'<span class="{name}">a &lt; b</span>' for name in sorted(set(CLASSES.values())))

    assert clean(html) == html


@given(st.text(st.sampled_from("ab \n\t'\"(){}<>&#/*\\=:;`$1é"), max_size=3000), st.sampled_from(sorted(LANGUAGES)))
def test_no_code_is_lost_whatever_it_is(code: str, language: str) -> None:
    assert words(coloured(code, language, characters=2_500)) == code


def test_long_code_is_coloured_to_its_end_if_the_budget_lasts() -> None:
    code = "".join(f"def f{number}():\n    return {number}\n\n" for number in range(1_000))

    html = coloured(code)

    assert words(html) == code
    assert html.count('<span class="k">def ') == 1_000


def test_code_beyond_the_budget_of_characters_is_shown_plain() -> None:
    code = "def f(): pass\n\n" * 400

    html = coloured(code, characters=2_000)

    assert words(html) == code
    assert 0 < html.count("<span") < 2_000
    assert "<span" not in html[-1_000:]


def test_the_budget_is_one_for_all_code_of_a_rendering() -> None:
    highlighter = Highlighter(characters=30)

    assert "<span" in highlighter.html("def f(): pass  # a\n", "python")
    assert "<span" not in highlighter.html("def f(): pass  # a\n", "python")


def test_code_beyond_the_budget_of_time_is_shown_plain() -> None:
    highlighter = Highlighter(seconds=0.0)
    code = "def f(): pass\n" * 100

    assert words(highlighter.html(code, "python")) == code
    assert "<span" not in highlighter.html("def f(): pass\n", "python")


def test_a_lexer_that_fails_costs_its_colours_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(lexer: PythonLexer, text: str) -> None:
        raise IndexError

    monkeypatch.setattr(PythonLexer, "get_tokens_unprocessed", fail)

    with caplog.at_level(logging.WARNING):
        html = coloured("a < b\n")

    assert html == "a &lt; b\n"
    assert "python" in caplog.text
