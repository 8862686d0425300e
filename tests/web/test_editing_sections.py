"""Editing one section: nothing else of the page changes by a byte, and what others wrote meanwhile stays."""

from __future__ import annotations

from html import unescape

from kbwiki import ANONYMOUS, Wiki
from kbwiki.markup import find_section, parse
from kbwiki.testing import SECOND_WRITER, read, save

from .conftest import Visitor

TEXT = "Before.\n\n# One\n\nFirst.\n\n## Part\n\nA part.\n\n\n# Two\n\nSecond.\n"
EDIT = "/wiki/-/edit/notes?section="
SECTIONS = {
    "kb-h-one": "# One\n\nFirst.\n\n## Part\n\nA part.",
    "kb-h-part": "## Part\n\nA part.",
    "kb-h-two": "# Two\n\nSecond.",
    "kb-h-nothing": TEXT,
}
AS_THEY_COME = (
    TEXT.replace("\n", "\r\n"),
    "# One\r\n\r\nFirst.\n\n## Part\rA part.\r\n \t\n# Two \n",
    "---\ntype: x\n---\n\n# One\n\x0bx\u2028y\n\n# Part\n\nlast without an end",
    "One\n===\n\n- # Not this\n\n> # Nor this\n\n```\n# Nor this\n```\n\nPart\n----\n\n[^1]\n\n[^1]: note\n\n # Two\n",
    "\ufeff# One\n\n# One\n\n# Part\n",
)


def shown(visitor: Visitor, address: str) -> str:
    """The text in the form."""
    page = visitor.text(address)
    return page.partition('<textarea id="kb_f_text"')[2].partition(">\n")[2].partition("</textarea>")[0]


def test_the_form_has_the_section_with_what_is_below_it(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", TEXT)

    assert {section: shown(visitor, EDIT + section) for section in SECTIONS} == SECTIONS


def test_saving_a_section_changes_nothing_else(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", TEXT)

    answer = visitor.post(EDIT + "kb-h-part", title="notes", text="## Part\r\n\r\nBetter.\r\n", action="save")

    assert answer.headers["Location"] == "/wiki/notes?done=saved#kb-h-part"
    assert read(wiki, "notes") == TEXT.replace("A part.", "Better.")


def test_saving_a_section_as_it_is_changes_no_byte(visitor: Visitor, wiki: Wiki) -> None:
    for number, text in enumerate(AS_THEY_COME):
        path = f"notes-{number}"
        save(wiki, path, text)
        document = parse(text)
        divided = [one.anchor for one in document.headings if find_section(text, document, one.anchor) is not None]
        assert len(divided) >= 2
        for anchor in divided[:2]:
            address = f"/wiki/-/edit/{path}?section={anchor}"
            part = unescape(shown(visitor, address)).replace("\r\n", "\n").replace("\r", "\n")
            answer = visitor.post(address, title=path, text=part.replace("\n", "\r\n"), action="save")
            assert "done=unchanged" in answer.headers["Location"], text

        assert read(wiki, path) == text


def test_what_somebody_else_saved_meanwhile_is_merged(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", TEXT)
    save(wiki, "notes", TEXT.replace("Second.", "Second, by another."), base=1, by=SECOND_WRITER)

    answer = visitor.post(EDIT + "kb-h-part", title="notes", text="## Part\n\nBetter.", base="1", action="save")

    assert "done=merged" in answer.headers["Location"]
    assert read(wiki, "notes") == TEXT.replace("A part.", "Better.").replace("Second.", "Second, by another.")


def test_a_clash_shows_both_whole_texts(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", TEXT)
    save(wiki, "notes", TEXT.replace("A part.", "A piece."), base=1, by=SECOND_WRITER)

    answer = visitor.post(EDIT + "kb-h-part", title="notes", text="## Part\n\nA share.", base="1", action="save")

    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "A share." in page
    assert "A piece." in page
    assert "Second." in page.partition('name="text" hidden')[2].partition("</textarea>")[0]
    assert read(wiki, "notes") == TEXT.replace("A part.", "A piece.")


def test_an_emptied_section_is_gone_with_its_heading(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", TEXT)

    visitor.post(EDIT + "kb-h-part", title="notes", text="\n", action="save")

    assert read(wiki, "notes") == TEXT.replace("## Part\n\nA part.\n\n\n", "")


def test_a_section_that_is_not_there_gives_the_text_back(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", TEXT)

    answer = visitor.post(
        EDIT + "kb-h-part", title="notes", text="Kept words", section="kb-h-gone", base="1", action="save"
    )

    assert answer.status_code == 422
    assert "Kept words" in answer.get_data(as_text=True)
    assert read(wiki, "notes") == TEXT


def test_preview_and_changes_are_about_the_section(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", TEXT)

    sent = {"title": "notes", "text": "## Part\n\nA share."}
    preview, changes = (
        visitor.post(EDIT + "kb-h-part", action=action, **sent).get_data(as_text=True)
        for action in ("preview", "changes")
    )

    assert "<p>A share.</p>" in preview
    assert "Second." not in preview
    assert "share" in changes
    assert "Second." not in changes
    assert 'name="section" value="kb-h-part"' in preview


def test_each_heading_leads_writers_to_its_section_and_nobody_else(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", '# A & "B" <c>\n\nText.\n\n## Ünïcode\n')

    page = visitor.text("/wiki/notes")
    visitor.actor = ANONYMOUS
    other = visitor.text("/wiki/notes")

    assert page.count('class="kb-section-edit"') == 2
    assert "kb-section-edit" not in other
    address = page.partition('class="kb-section-edit" href="')[2].partition('"')[0]
    visitor.actor = SECOND_WRITER
    assert shown(visitor, address.replace("&amp;", "&")).startswith("# A &amp; &#34;B&#34; &lt;c&gt;")
