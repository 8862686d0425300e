"""What plugins may add to texts is read the same everywhere, and what they make cannot leave its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from kbwiki.markup import PLAIN, RENDERER_VERSION, Dialect, Link, Resolved, Syntax, parse, render, rewrite_links
from kbwiki.markup.allowances import POSSIBLE, allowance_of, is_sound, page_cleaner
from kbwiki.markup.allowlist import TAGS
from kbwiki.markup.dialect import Call, Made, Maker, Marks
from kbwiki.markup.document import LinkedFile
from kbwiki.markup.pieces import MOST_CHARACTERS
from tests.costs import MOST, growth
from tests.markup.dom import dom
from tests.markup.hostile import HOSTILE

OUTSIDE = ' class="kb-external" rel="nofollow noopener noreferrer"'
INLINE, BLOCK, OTHER = Marks("$", "$"), Marks("$$", "$$", block=True), Marks("((", "))")
SYNTAX = Syntax(("hi", "table"), (INLINE, BLOCK, OTHER), ("jira",), embeds=True)
ALLOWED = allowance_of("p", ["b", "svg", "text", "math", "mi"], {"svg": ["viewBox"]}, ["kb-x-p-one"])


def dialect(make: Callable[[Any], Made] | None = None, **more: Any) -> Dialect:
    """All that can be declared, each made by `make`; without one it is what was written, in brackets."""

    def as_written(argument: Any) -> Made:
        if isinstance(argument, Call):
            return Made(f"<b>{argument.name} {' '.join(argument.words)} {dict(argument.named)}</b>")
        return Made(f"<b>[{argument}]</b>")

    maker = Maker("p", make or as_written)
    return Dialect(
        syntax=SYNTAX,
        fences={"draw": maker},
        macros={"hi": maker, "table": maker},
        marks={INLINE: maker, BLOCK: maker, OTHER: maker},
        schemes={"jira": Maker("p", lambda rest: Made(f"https://j.example/{rest}" if rest != "no" else None))},
        embeds=((re.compile(r"https://v\.example/\w+"), maker),),
        allowances={"p": ALLOWED},
        **more,
    )


def shown(text: str, spoken: Dialect | None = None, **more: Any) -> str:
    spoken = spoken or dialect()
    return render(
        parse(text, spoken), resolve=lambda link: Resolved(link.target, missing=False), dialect=spoken, **more
    ).html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a {{hi}} b", "<p>a <b>hi  {}</b> b</p>"),
        ('a {{hi one "two words" k=v q="a b"}}', "<p>a <b>hi one two words {'k': 'v', 'q': 'a b'}</b></p>"),
        ("{{hi alone}}", "<b>hi alone {}</b>"),
        ("- {{hi}}", "<ul>\n<li><b>hi  {}</b></li>\n</ul>"),
        ("a `{{hi}}` b", "<p>a <code>{{hi}}</code> b</p>"),
        ("    {{hi}}", '<pre class="kb-code" tabindex="0"><code>{{hi}}\n</code></pre>'),
        ("a \\{{hi}}", "<p>a {{hi}}</p>"),
        ("a {{ hi }} {{other}} {{hi", "<p>a {{ hi }} {{other}} {{hi</p>"),
        ('a {{hi "b}}', '<p>a {{hi "b}}</p>'),
        ("a {{tabel x}}", '<p>a <span class="kb-unknown" title="Nothing is called this here. Did you mean “table”?">'
         "{{tabel x}}</span></p>"),
        ("a {{hi [[page]]}}", "<p>a <b>hi [[page]] {}</b></p>"),
        ("a $x_1$ b_1", "<p>a <b>[x_1]</b> b_1</p>"),
        ("$5 and $6", "<p>$5 and $6</p>"),
        ("a ((b)) c", "<p>a <b>[b]</b> c</p>"),
        ("**((b))**", "<p><strong><b>[b]</b></strong></p>"),
        ("$$\na\nb\n$$", "<b>[a\nb]</b>"),
        ("> $$\n> a\n> $$", "<blockquote>\n<b>[a]</b></blockquote>"),
        ("$$a", "<p>$$a</p>"),
        ("```draw\na\n```", "<b>[a\n]</b>"),
        ("```DRAW fast\na\n```", "<b>[a\n]</b>"),
        ("[[jira:ABC-1]]", f'<p><a href="https://j.example/ABC-1"{OUTSIDE}>jira:ABC-1</a></p>'),
        ("[[JIRA:a#b|it]]", f'<p><a href="https://j.example/a#b"{OUTSIDE}>it</a></p>'),
        ("[it](jira:a%20b)", f'<p><a href="https://j.example/a b"{OUTSIDE}>it</a></p>'),
        ("[[jira:no]]", '<p><span class="kb-missing" title="This leads nowhere">jira:no</span></p>'),
        ("https://v.example/abc", "<b>[https://v.example/abc]</b>"),
        ("See https://v.example/a", f'<p>See <a href="https://v.example/a"{OUTSIDE}>https://v.example/a</a></p>'),
        ("https://o.example/", f'<p><a href="https://o.example/"{OUTSIDE}>https://o.example/</a></p>'),
        ("# A {{hi x}}", '<h1 id="kb-h-a-x">A <b>hi x {}</b></h1>'),
        ("[a {{hi}} $x$](b)", '<p><a href="b" class="kb-link">a <b>hi  {}</b> <b>[x]</b></a></p>'),
        ("![a {{hi x}}](https://i.example/i.png)", '<p><img src="https://i.example/i.png" alt="a x" class="kb-image" '
         'loading="lazy"></p>'),
    ],
)  # fmt: skip
def test_what_is_declared_is_read(text: str, html: str) -> None:
    assert shown(text).strip() == html


def test_without_plugins_nothing_of_it_is_read() -> None:
    text = "{{hi}} $x$ [[jira:ABC-1]]\n\n$$\na\n$$\n\n```draw\na\n```\n\nhttps://v.example/abc"

    assert parse(text).links == (Link("jira:ABC-1", None, "wiki"),)
    assert "{{hi}} $x$" in shown(text, PLAIN)
    assert PLAIN.version == PLAIN.extended_version == RENDERER_VERSION
    assert dialect().version != RENDERER_VERSION
    assert len(dialect().version) <= 20


def test_words_links_and_headings_know_what_is_declared() -> None:
    document = parse(
        "# On $x$ and {{hi there}}\n\n[[page]] [[jira:A-1]] {{hi [[macro]] k=value}} $[[formula]]$ `$y$`\n\n"
        "$$\n\\frac [[block]]\n$$\n\n```draw\n[[code]]\n```\n\nhttps://v.example/abc\n",
        dialect(),
    )

    assert document.links == (Link("page", None, "wiki"),)
    assert [(one.title, one.anchor) for one in document.headings] == [("On x and there", "kb-h-on-x-and-there")]
    assert document.plain.splitlines() == [
        "On x and there",
        "page jira:A-1 [[macro]] value [[formula]] $y$",
        "\\frac [[block]]",
        "[[code]]",
        "https://v.example/abc",
    ]


def test_links_follow_a_move_and_nothing_else_changes() -> None:
    text = "[[a]] $[[a]]$ {{hi [[a]]}} [[jira:a]] `[[a]]` [x](a)\n\n$$\n[[a]]\n$$\n"

    after = rewrite_links(text, lambda link: "b" if link.target == "a" else None, dialect())

    assert after == "[[b]] $[[a]]$ {{hi [[a]]}} [[jira:a]] `[[a]]` [x](b)\n\n$$\n[[a]]\n$$\n"


@pytest.mark.parametrize("text", HOSTILE[:120], ids=range(120))
def test_a_hostile_piece_is_only_what_its_owner_may_have(text: str) -> None:
    may_have = {"b", "svg", "text", "math", "mi"}
    html = shown("a {{hi}}\n\n```draw\nx\n```", dialect(lambda _: Made(text)))

    for element in dom(html).all():
        assert element.tag in may_have | TAGS
        assert element.tag not in ("script", "style", "iframe", "object", "embed", "form", "meta", "link", "base")
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name not in ("style", "srcdoc", "formaction", "xlink:href", "action", "background", "poster")
            bare = re.sub(r"[\x00-\x20]", "", value or "").lower()
            assert name not in ("href", "src") or not bare.startswith(("javascript", "data", "vbscript", "//"))


MUTATIONS = [
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><foreignObject><p><img src=x onerror=alert(1)></p></foreignObject></svg>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml></math>",
    "<svg><title><img src=x onerror=alert(1)></title></svg>",
    "<svg><desc><script>alert(1)</script></desc></svg>",
    "<math><mi><p>x</p></mi></math>",
    "<math><mtext><b>x</b></mtext></math>",
    "<svg><text><b>x</b></text></svg>",
    "<math><mi//xlink:href='javascript:alert(1)'>x",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><use href='#x'/><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><set attributeName=onmouseover to=alert(1)></svg>",
    "<svg><text><![CDATA[<img src=x onerror=alert(1)>]]></text></svg>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "</p></div></body><script>alert(1)</script>",
    "<b>never closed <svg><text>nor this",
    "<svg viewBox='0 0 1 1' onload=alert(1) style='x' id='kb-search'><text onclick=alert(1)>x</text></svg>",
    "<svg fill='url(javascript:alert(1))'></svg>",
    "<b class='kb-x-other-one'>x</b><b class='kb-button'>y</b>",
]


@pytest.mark.parametrize("html", MUTATIONS, ids=range(len(MUTATIONS)))
def test_what_two_parsers_could_read_differently_does_not_get_through(html: str) -> None:
    everything = allowance_of(
        "p",
        ["script", "style", "iframe", "foreignObject", "annotation-xml", "title", "desc", "mglyph", "use", "animate",
         "set", "noscript", "form", "svg", "text", "math", "mi", "mtext", "b", "a", "table", "object"],
        {"svg": ["onload", "style", "id", "viewBox", "fill", "xlink:href"], "a": ["xlink:href", "href"],
         "b": ["onclick", "style"], "text": ["onclick"]},
        ["kb-x-p-one", "kb-button", "kb-x-other-one"],
    )  # fmt: skip
    spoken = Dialect(macros={"hi": Maker("p", lambda _: Made(html))}, syntax=SYNTAX, allowances={"p": everything})

    result = shown("before {{hi}} after", spoken)

    assert result == page_cleaner([everything])(result), "a second cleaning finds nothing"
    never = r"<(script|style|iframe|foreignobject|annotation|title|desc|use|animate|set|form)"
    assert not re.search(never, result, re.IGNORECASE)
    tags = "".join(re.findall(r"<[^>]*>", result))
    assert not re.search(r"\s(on\w+|style|xlink:href|id)=", re.sub(r'"[^"]*"', '""', tags))
    assert "url(" not in tags
    assert "kb-button" not in result
    assert "kb-x-other" not in result
    assert result.startswith("<p>before ")
    assert "after" in result


def test_what_could_run_cannot_be_declared() -> None:
    declared = allowance_of(
        "p",
        ["script", "iframe", "b", "input", "textarea"],
        {"b": ["onclick", "style", "lang"], "svg": ["viewBox"]},
        ["kb-x-p-fine", "kb-x-q-no", "kb-button"],
    )

    assert declared.elements == {"b"}
    assert declared.attributes == {"b": frozenset({"lang"})}
    assert declared.classes == {"kb-x-p-fine"}
    assert set(declared.refused) >= {"script", "iframe", "textarea", "b onclick", "b style", "kb-button", "kb-x-q-no"}
    assert not any(one.startswith("on") for one in POSSIBLE)
    assert not POSSIBLE & {"style", "srcdoc", "formaction", "href", "src", "xlink:href", "id", "action", "target"}


def test_files_play_in_the_page_and_in_no_piece() -> None:
    raw = "/wiki/-/files/raw/a.pdf"
    spoken = dialect(lambda _: Made(f'<b>x</b><iframe src="{raw}"></iframe><video src="{raw}"></video>'))
    leads = Resolved(raw, missing=False, file=LinkedFile("document"))

    html = render(parse("{{hi}} ![A](a.pdf)", spoken), resolve=lambda _: leads, dialect=spoken).html

    assert html.count("<iframe") == 1
    assert f'<iframe src="{raw}" title="A" loading="lazy" class="kb-document"></iframe>' in html
    assert "<video" not in html


def test_only_the_owner_of_a_piece_may_have_what_it_declared() -> None:
    spoken = Dialect(
        syntax=SYNTAX,
        macros={"hi": Maker("p", lambda _: Made("<b>x</b>")), "table": Maker("q", lambda _: Made("<b>y</b>"))},
        allowances={"p": ALLOWED},
    )

    assert shown("a {{hi}} {{table}} <b>", spoken) == "<p>a <b>x</b> y &lt;b&gt;</p>\n"


def test_nobody_can_write_the_mark_of_a_piece() -> None:
    seen: list[str] = []

    def make(_: Any) -> Made:
        seen.append("x")
        return Made("<b>kb0123-0; kb-1;</b>")

    html = shown("kb0-0; {{hi}} kb00000000000000000000000000000000-0; `kb-0;`", dialect(make))

    assert html.count("<b>") == 1
    assert html.startswith("<p>kb0-0; <b>")


@pytest.mark.parametrize(
    "made",
    [Made(None, "raised"), Made("x" * (MOST_CHARACTERS + 1))],
    ids=["failed", "endless"],
)
def test_a_piece_that_fails_is_shown_as_it_was_written_and_is_not_kept(made: Made) -> None:
    spoken = dialect(lambda _: made)
    rendered = render(
        parse("a {{hi <i>}} b\n\n{{hi}}\n\n```draw\n<s>\n```\n", spoken),
        resolve=lambda link: Resolved("", missing=False),
        dialect=spoken,
    )

    assert not rendered.lasting
    assert "<code>{{hi &lt;i&gt;}}</code>" in rendered.html
    assert "<code>{{hi}}</code>" in rendered.html
    assert "<code>&lt;s&gt;\n</code>" in rendered.html


def test_the_same_piece_is_made_once_and_all_pieces_share_one_budget() -> None:
    asked: list[Any] = []

    def make(argument: Any) -> Made:
        asked.append(argument)
        return Made("<b>x</b>")

    assert shown("{{hi}} {{hi}} {{hi 1}} $a$ $a$", dialect(make)).count("<b>") == 5
    assert len(asked) == 3
    html = shown("{{hi}} {{hi 2}}", dialect(make, seconds=0.0))
    assert len(asked) == 3
    assert html.count("no time left") == 2


def test_a_page_cut_at_its_limit_is_whole_html_with_pieces_in_it() -> None:
    html = shown("{{hi}}\n\n" + "a $b$ " * 5000, max_output=3000)

    assert "too long" in html
    assert html == page_cleaner([ALLOWED])(html)


def test_sound_is_what_is_nested_and_speaks_one_language() -> None:
    assert is_sound("<svg><g><text>x</text></g></svg> <b>y</b><br>")
    assert not any(map(is_sound, ("<svg><b>x</b></svg>", "<svg>", "<b><i></b></i>", "</b>", "<svg><p>")))


@pytest.mark.parametrize(
    "part",
    ["$a ", "$a$ ", "((a ", "{{hi ", '{{hi "', "{{hi}} ", "$$a\n", "$$\n\n", "- $$a\n  ", "`$a ", "{{hii}} ", "$`$ "],
)
def test_reading_takes_time_in_proportion_to_the_text(part: str) -> None:
    spoken = dialect()

    assert growth(lambda text: parse(text, spoken), lambda times: part * (1500 * times)) <= MOST
