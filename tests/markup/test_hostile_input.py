"""Nothing that a text can say makes a page do anything but show text.

What may appear is written down here once more, apart from the allow-list under test: a mistake in one is caught by the
other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kbwiki.markup import Link, Resolved, parse, render
from kbwiki.markup.allowlist import clean
from tests.markup.dom import Element, dom
from tests.markup.hostile import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ALLOWED: dict[str, set[str]] = {
    "a": {"aria-label", "class", "href", "id", "rel", "title"},
    "code": {"class"},
    "div": {"aria-label", "class", "role", "tabindex"},
    "img": {"alt", "class", "loading", "src", "title"},
    "input": {"aria-label", "checked", "class", "disabled", "type"},
    "li": {"class", "id"},
    "ol": {"start"},
    "p": {"class"},
    "pre": {"class", "tabindex"},
    "section": {"aria-label", "class"},
    "span": {"class", "title"},
    "sup": {"class"},
    "td": {"class"},
    "th": {"class", "scope"},
    **{heading: {"id"} for heading in ("h1", "h2", "h3", "h4", "h5", "h6")},
    **{tag: set() for tag in ("blockquote", "br", "dd", "dl", "dt", "em", "hr", "s", "strong", "table")},
    **{tag: set() for tag in ("tbody", "thead", "tr", "ul")},
}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")


def where_it_goes(address: str) -> str:
    """The address as a browser begins to read it: no control characters, no white space in front."""
    return re.sub(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\ufeff]", "", address).replace("\\", "/").lower()


def offences(html: str) -> list[str]:
    """Everything in this HTML that no text may bring about."""
    return [offence for element in dom(html).all() for offence in _offences(element)]


_OF_A_FILE = {"aria-label", "class", "controls", "loading", "preload", "title"}


def _offences(element: Element) -> list[str]:
    if element.tag in ("audio", "iframe", "video"):  # of the wiki's own files, or empty
        own = re.fullmatch(r"(/[\w/-]*)?/-/files/raw/[^:\\]+", element.attributes.get("src", "/-/files/raw/x"))
        return [] if own and element.attributes.keys() <= _OF_A_FILE | {"src"} else [f"<{element.tag}>"]
    if element.tag not in ALLOWED:
        return [f"<{element.tag}>"]
    found = [f"{element.tag} {name}" for name in element.attributes if name not in ALLOWED[element.tag]]
    for name in ("href", "src"):
        address = where_it_goes(element.attributes.get(name, ""))
        scheme = _SCHEME.match(address)
        if address.startswith("//") or (scheme and scheme[1] not in ("http", "https", "mailto")):
            found.append(f"{element.tag} {name}={address}")
    identity = element.attributes.get("id", "kb-h-")
    if not identity.startswith(("kb-h-", "kb-f-", "kb-r-")):
        found.append(f"id={identity}")
    if element.tag == "input" and (
        element.attributes.get("type") != "checkbox" or "disabled" not in element.attributes
    ):
        found.append("an input that can be used")
    return found


def _calm(link: Link) -> Resolved:
    return Resolved("/wiki/page", missing=False)


def _hostile(link: Link) -> Resolved:
    """A resolver that hands on what the text says, unquoted: not what one should do, and still harmless."""
    return Resolved(link.target, missing=link.target.startswith("x"), title=f'"><b onclick={link.target}>')


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_becomes_nothing_but_text(text: str) -> None:
    document = parse(text)

    with_care = render(document, resolve=_calm).html
    without_care = render(document, resolve=_hostile).html

    assert offences(with_care) == []
    assert offences(without_care) == []


def test_there_are_enough_hostile_texts_to_mean_something() -> None:
    assert len(set(HOSTILE)) >= 300


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" java\tscript:alert(1)">x</a>',
        '<a href="//evil.example">x</a>',
        '<a href="/\\evil.example">x</a>',
        '<img src="data:image/svg+xml,x" alt="">',
        '<p onclick="alert(1)">x</p>',
        '<p id="kb-search">x</p>',
        '<p style="color:red">x</p>',
        '<input type="text">',
        '<iframe src="/wiki/-/reviews"></iframe>',
        '<iframe src="//evil.example/-/files/raw/x"></iframe>',
        '<iframe srcdoc="x"></iframe>',
        '<video src="https://evil.example/-/files/raw/x"></video>',
    ],
)
def test_the_judge_of_these_tests_sees_what_is_not_allowed(html: str) -> None:
    assert offences(html)


@pytest.mark.parametrize("text", HOSTILE[:80], ids=range(80))
def test_the_sanitiser_alone_would_stop_raw_html(text: str) -> None:
    """The second lock holds without the first: as if the parser passed all HTML on."""
    assert [offence for offence in offences(clean(text)) if "input" not in offence] == []


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ('<iframe src="/wiki/-/files/raw/a.pdf?d=1"></iframe>', '<iframe src="/wiki/-/files/raw/a.pdf?d=1"></iframe>'),
        ('<iframe src="/-/files/raw/a.pdf" srcdoc="x"></iframe>', '<iframe src="/-/files/raw/a.pdf"></iframe>'),
        ('<iframe src="/wiki/-/delete/a"></iframe>', "<iframe></iframe>"),
        ('<iframe src="//evil.example/-/files/raw/a"></iframe>', "<iframe></iframe>"),
        ('<iframe src="/\\evil.example/-/files/raw/a"></iframe>', "<iframe></iframe>"),
        ('<video src="https://evil.example/-/files/raw/a" autoplay></video>', "<video></video>"),
        ('<audio src="data:audio/wav;base64,x" controls=""></audio>', '<audio controls=""></audio>'),
        ('<img src="a.png" width="3" height="2em">', '<img src="a.png" width="3">'),
        ('<p class="kb-button">a</p>', "<p>a</p>"),
        ('<a href="/x" class="kb-link kb-admin">a</a>', '<a href="/x">a</a>'),
        ('<h2 id="main">a</h2>', "<h2>a</h2>"),
        ('<h2 id="kb-h-main">a</h2>', '<h2 id="kb-h-main">a</h2>'),
        ('<a href="//evil.example">a</a>', "<a>a</a>"),
        ('<a href="\\\\evil.example">a</a>', "<a>a</a>"),
        ('<a href="/\t/evil.example">a</a>', "<a>a</a>"),
        ('<a href=" //evil.example">a</a>', "<a>a</a>"),
        ('<a rel="opener" href="http://a.example">a</a>', '<a href="http://a.example">a</a>'),
        ('<div role="button" tabindex="5">a</div>', "<div>a</div>"),
        ("<p>a<!-- b --></p>", "<p>a</p>"),
        ("<script>a</script><style>b</style>c", "c"),
        ("<b><i>a", "a"),
    ],
)
def test_the_sanitiser_keeps_only_what_the_list_allows(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned


@pytest.mark.browser
def test_a_browser_runs_nothing_of_all_hostile_texts_and_asks_no_other_host(browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}") or dialog.dismiss())
    page.add_init_script("window.alert = window.confirm = window.prompt = () => { document.title = 'run' }")
    page.set_content("".join(render(parse(text), resolve=_hostile).html for text in HOSTILE))

    page.evaluate(
        "document.querySelectorAll('*').forEach(e => { e.dispatchEvent(new MouseEvent('mouseover')); e.focus?.() })"
    )
    page.wait_for_timeout(200)

    assert page.title() != "run"
    assert [
        address for address in asked if "evil.example" in address or not address.startswith(("about:", "http"))
    ] == []
    page.close()
