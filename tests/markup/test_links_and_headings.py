"""What a text links to, how its headings are addressed, and how both are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kbwiki.markup import Heading, Link, Resolved, parse, render, section_anchor
from kbwiki.markup.engine import _PLAIN
from kbwiki.markup.slugs import Anchors, slug
from tests.markup.dom import Element, dom


def wiki(target: str, section: str | None = None) -> Link:
    return Link(target, section, "wiki")


def markdown(target: str, section: str | None = None) -> Link:
    return Link(target, section, "markdown")


HERE = Resolved("/wiki/page", missing=False)


def shown(text: str, resolved: Resolved = HERE) -> Element:
    return dom(render(parse(text), resolve=lambda link: resolved).html)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[[Pay]]", (wiki("Pay"),)),
        ("[[ hr/Pay ]]", (wiki("hr/Pay"),)),
        ("[[Pay|the *pay* page]]", (wiki("Pay"),)),
        ("[[Pay#Due dates]]", (wiki("Pay", "Due dates"),)),
        ("[[Pay#Due dates|when]]", (wiki("Pay", "Due dates"),)),
        ("[[C\\# guide]] [[C&#35; guide]]", (wiki("C# guide"),)),
        ("[[a\\|b]] [[a\\[1\\]]]", (wiki("a|b"), wiki("a[1]"))),
        ("[[100%25]]", (wiki("100%25"),)),
        ("[[Straße/Ü]]", (wiki("Straße/Ü"),)),
        ("[a](pay)", (markdown("pay"),)),
        ("[a](../hr/my%20pay.md#due%20dates)", (markdown("../hr/my pay.md", "due dates"),)),
        ("[a](<my pay> 'title')", (markdown("my pay"),)),
        ("[a](caf%C3%A9) [b](café)", (markdown("café"),)),
        ("[a](100%)", (markdown("100%"),)),
        ("[a](%ff%00)", (markdown("\ufffd\ufffd"),)),
        ("![plan](plan.png)", (markdown("plan.png"),)),
        ("[![a](b.png)](c)", (markdown("c"), markdown("b.png"))),
        ("[a][r] [r]\n\n[r]: pay", (markdown("pay"),)),
        ("| [[a\\|b]] |\n|-|", (wiki("a"),)),
        ("# [[a]]\n\n> [[b]]\n\n- [[c]]\n\nT\n: [[d]]", (wiki("a"), wiki("b"), wiki("c"), wiki("d"))),
        ("a[^1] [[z]]\n\n[^1]: [[b]]", (wiki("z"), wiki("b"))),
        ("[[b]] [[a]] [[b]]", (wiki("b"), wiki("a"))),
    ],
)
def test_links_that_may_lead_to_pages_are_found_in_order_and_once_each(text: str, links: tuple[Link, ...]) -> None:
    assert parse(text).links == links


@pytest.mark.parametrize(
    "text",
    [
        "[a](/pay) [a](//host/pay) [a](#pay) [a](?pay) [a](pay?raw) [a]()",
        "[a](https://x.example/pay) [a](mailto:me@x.example) [a](tel:1) [a](Help:Pay) [a](javascript:x)",
        "https://x.example <https://x.example> me@x.example",
        "`[[a]]` \\[[a]] [\\[a]] [[a] ] [ [a]]",
        "```\n[[a]] [b](c)\n```\n\n    [[a]]\n",
        "[[]] [[ ]] [[|a]] [[#]] [[a\nb]] [[a[b]]",
        "[[#section]]",
        "![a [b](c)](/d.png)",
        "[r]: pay",
        "[^1]: [[a]]",
    ],
)
def test_nothing_else_is_a_link_to_a_page(text: str) -> None:
    assert parse(text).links == ()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("[[Pay]]", "Pay"),
        ("[[Pay|]]", "Pay"),
        ("[[Pay|the *pay* `page`]]", "the pay page"),
        ("[[Pay#Dates]]", "Pay › Dates"),
        ("[[#Dates]]", "Dates"),
        ("[[a&lt;b]]", "a<b"),
    ],
)
def test_a_wiki_link_shows_its_label_or_else_where_it_leads(text: str, label: str) -> None:
    assert shown(text).one("a").text == label


def test_a_link_to_a_page_that_exists_is_an_ordinary_link() -> None:
    link = shown("[[Pay]]").one("a")

    assert link.attributes == {"href": "/wiki/page", "class": "kb-link"}


def test_a_link_to_a_page_that_does_not_exist_offers_to_write_it() -> None:
    link = shown("[pay](pay 'mine')", Resolved("/wiki/-/new?path=pay", missing=True, title="Write “pay”")).one("a")

    assert link.attributes == {"href": "/wiki/-/new?path=pay", "class": "kb-missing", "title": "Write “pay”"}


def test_the_authors_title_comes_before_the_pages() -> None:
    page = Resolved("/wiki/pay", missing=False, title="Pay and leave")

    assert shown("[a](pay 'mine')", page).one("a").attributes["title"] == "mine"
    assert shown("[a](pay)", page).one("a").attributes["title"] == "Pay and leave"


def test_a_link_that_leaves_the_wiki_says_so_and_tells_the_other_side_nothing() -> None:
    link = shown("[a](https://x.example)").one("a")

    assert link.attributes == {
        "href": "https://x.example",
        "class": "kb-external",
        "rel": "nofollow noopener noreferrer",
    }


@pytest.mark.parametrize("text", ["[a](/host/page)", "[a](mailto:a@x.example)", "[a](#b)", "[a](b?raw)"])
def test_other_links_carry_no_mark(text: str) -> None:
    assert set(shown(text).one("a").attributes) == {"href"}


@pytest.mark.parametrize("text", ["[[a#Due dates]]", "[a](a#due-dates)", "[a](a#Due%20Dates)", "[a](a#kb-h-due-dates)"])
def test_a_section_leads_to_the_headings_own_id(text: str) -> None:
    heading = parse("# Due dates").headings[0]

    assert shown(text).one("a").attributes["href"] == f"/wiki/page#{heading.anchor}"


@pytest.mark.parametrize("text", ["[[#Due dates]]", "[a](#due-dates)", "[a](#Due%20dates)", "[a](#kb-h-due-dates)"])
def test_a_section_of_this_page_leads_to_the_headings_own_id(text: str) -> None:
    root = shown(f"{text}\n\n# Due dates")

    assert root.one("a").attributes["href"] == "#" + root.one("h1").attributes["id"]


def test_a_resolver_that_knows_the_section_is_not_corrected() -> None:
    assert shown("[[a#b]]", Resolved("/wiki/a#here", missing=False)).one("a").attributes["href"] == "/wiki/a#here"


def test_an_image_of_the_wiki_is_shown_from_where_it_is() -> None:
    image = shown("![A *plan*](plan.png 'Plan')", Resolved("/wiki/-/file/plan.png", missing=False)).one("img")

    assert image.attributes == {
        "src": "/wiki/-/file/plan.png",
        "alt": "A plan",
        "title": "Plan",
        "class": "kb-image",
        "loading": "lazy",
    }


def test_an_image_that_does_not_exist_leaves_its_description() -> None:
    root = shown("![A plan](plan.png)", Resolved("/wiki/-/new", missing=True, title="No such picture"))

    assert root.all("img") == []
    link = root.one("a")
    assert (link.text, link.attributes["href"]) == ("A plan", "/wiki/-/new")
    assert (link.attributes["class"], link.attributes["title"]) == ("kb-missing", "No such picture")


def test_within_a_link_it_is_no_link() -> None:
    root = shown("[![A plan](plan.png)](page)", Resolved("/wiki/-/new", missing=True, title="Nothing there"))

    assert len(root.all("a")) == 1
    assert root.one("span").text == "A plan"


def test_each_different_link_is_resolved_once_for_a_rendering() -> None:
    asked: list[Link] = []

    def resolve(link: Link) -> Resolved:
        asked.append(link)
        return Resolved("/x", missing=False)

    render(parse("[[a]] [[a|b]] [[a#c]] [a](a) ![a](a) [[a]]"), resolve=resolve)

    assert asked == [wiki("a"), wiki("a", "c"), markdown("a")]


def test_headings_have_level_title_and_an_id_of_their_own() -> None:
    document = parse("# Pay & *leave*\n\nDates\n-----\n\n## Dates\n\n###### `code` [[Page]] [a](b)")

    assert document.headings == (
        Heading(1, "Pay & leave", "kb-h-pay--leave"),
        Heading(2, "Dates", "kb-h-dates"),
        Heading(2, "Dates", "kb-h-dates-1"),
        Heading(6, "code Page a", "kb-h-code-page-a"),
    )


def test_the_ids_in_the_html_are_the_ones_in_the_contents() -> None:
    rendered = render(parse("# a\n\n# a\n\n## Über uns\n\n# !\n"), resolve=lambda link: Resolved("", missing=False))

    ids = [element.attributes["id"] for element in dom(rendered.html).all() if element.tag[0] == "h"]
    assert ids == [heading.anchor for heading in rendered.toc]
    assert ids == ["kb-h-a", "kb-h-a-1", "kb-h-über-uns", "kb-h-section"]


def test_a_heading_that_is_called_like_a_counted_one_gets_its_own_id() -> None:
    anchors = [heading.anchor for heading in parse("# a\n# a-1\n# a\n# a\n# a-1").headings]

    assert anchors == ["kb-h-a", "kb-h-a-1", "kb-h-a-2", "kb-h-a-3", "kb-h-a-1-1"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Due dates", "due-dates"),
        ("  A\tB  ", "a-b"),
        ("C# & C++ (2026)", "c--c-2026"),
        ("snake_case-kebab", "snake_case-kebab"),
        ("Ελληνικά ΣΑΣ", "ελληνικά-σας"),
        ("日本語 見出し", "日本語-見出し"),
        ("हिन्दी", "हिन्दी"),
        ("e\u0301te\u0301", "été"),
        ("🙂", "section"),
        ("x" * 200, "x" * 100),
    ],
)
def test_a_slug_keeps_the_letters_of_every_script(title: str, expected: str) -> None:
    assert slug(title) == expected


@given(st.text(max_size=150))
def test_a_slug_of_a_slug_is_the_slug(title: str) -> None:
    assert slug(slug(title)) == slug(title) != ""


@given(st.lists(st.sampled_from(["a", "a-1", "a-1-1", "A", "!", "section", "b"]), max_size=40))
def test_no_two_headings_share_an_id(titles: list[str]) -> None:
    anchors = Anchors()

    taken = [anchors.take(title) for title in titles]

    assert len(set(taken)) == len(titles)


def test_a_section_is_found_by_the_words_of_its_heading_in_any_case() -> None:
    assert section_anchor("Due Dates") == section_anchor("due-dates") == parse("# due dates").headings[0].anchor


@given(st.from_regex(_PLAIN, fullmatch=True))
def test_an_address_that_is_not_normalised_would_have_stayed_as_it_is(address: str) -> None:
    assert MarkdownIt().normalizeLink(address) == address
