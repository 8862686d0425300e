"""Drafts, the merge view, comments to choose from, small changes and templates over HTTP; all of it without script."""

from __future__ import annotations

import re
from html import unescape

import pytest

from kbwiki import ANONYMOUS, Wiki
from kbwiki.testing import READER, SECOND_WRITER, WRITER, make_space, read, save

from .conftest import Visitor

TEXT = "One.\n\nTwo.\n\nThree.\n"


def offers(visitor: Visitor, path: str) -> list[str]:
    """Where the editor's offers lead."""
    return [unescape(one) for one in re.findall(r'href="([^"]*draft=\d+[^"]*)"', visitor.text(f"/wiki/-/edit/{path}"))]


def written(page: str) -> str:
    """What stands in the field for the text."""
    found = re.search(r'<textarea id="kb_f_text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1])


def test_a_preview_keeps_the_text_and_saving_forgets_it(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", TEXT, title="Tea")
    fields = {"title": "Tea", "text": TEXT + "Four.", "draft": "window", "kept": "0"}
    visitor.post("/wiki/-/edit/tea", action="preview", **fields)

    (address,) = offers(visitor, "tea")
    page = visitor.text(address)
    assert written(page) == TEXT + "Four."

    visitor.post("/wiki/-/edit/tea", form=address, title="Tea", text=TEXT + "Four.", action="save")
    assert offers(visitor, "tea") == []
    assert "Everything is saved" in visitor.text("/wiki/-/drafts")


def test_what_the_page_says_already_is_no_draft(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", TEXT.replace("\n", "\r\n"), title="Tea")
    visitor.post("/wiki/-/edit/tea", action="preview", title="Tea", text=TEXT)

    assert offers(visitor, "tea") == []


def test_the_script_is_told_where_the_text_is_kept_and_what_may_be_said(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "# Tea\n\nGreen tea.\n", title="Tea")
    sent = {"title": "Tea", "text": "# Tea\n\nBlack tea.\n", "path": "tea", "draft": "window", "kept": "1"}
    answer = visitor.post("/wiki/-/drafts/keep", form="/wiki/-/edit/tea", **sent).get_json()

    assert (answer["draft"], answer["kept"]) == ("window", 1)
    assert answer["comments"] == ["Changed the section “Tea”", "Corrected wording"]
    other = visitor.post("/wiki/-/drafts/keep", form="/wiki/-/edit/tea", **{**sent, "text": "Other."}).get_json()
    assert other["draft"] != "window"
    assert len(offers(visitor, "tea")) == 2


def test_what_cannot_be_kept_is_said_in_words(visitor: Visitor) -> None:
    long = visitor.post("/wiki/-/drafts/keep", form="/wiki/-/new", text="x" * 2_000_001)
    assert long.status_code == 422
    assert "at most 2,000,000" in long.get_json()["problem"]
    visitor.actor = ANONYMOUS
    nobody = visitor.post("/wiki/-/drafts/keep", form="/wiki/-/kept-searches", text="Words.")
    assert nobody.status_code in (400, 403)


def test_who_may_not_read_any_more_learns_nothing_from_comparing(visitor: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("staff",))
    save(wiki, "hr/pay", "Secret sums.\n")
    visitor.actor = READER
    make_space(wiki, "hr", readers=("nobody",))
    answer = visitor.post("/wiki/-/drafts/compare", form="/wiki/", path="hr/pay", base="1", text="Mine.")

    assert "Secret" not in answer.get_data(as_text=True)


def test_a_refused_form_can_be_sent_again_as_a_whole(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", TEXT, title="Tea", tags=["drinks"])
    fields = {"title": "Tee", "tags": "a, b", "comment": "Why", "base": "1", "text": "<b>&\nÜ  \n\n", "path": "tea"}
    refused = visitor.client.post("/wiki/-/edit/tea", data={**fields, "kb_csrf": "old", "action": "save"})
    page = refused.get_data(as_text=True)
    again = dict(re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page, re.DOTALL))
    token = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))

    answer = visitor.client.post(
        "/wiki/-/edit/tea", data={**token, **{name: unescape(value) for name, value in again.items()}, "action": "save"}
    )

    assert refused.status_code == 400
    assert answer.status_code == 303
    assert read(wiki, "tea") == fields["text"]


def clash(visitor: Visitor, wiki: Wiki) -> dict[str, str]:
    """The form of the merge view: both changed the same line."""
    save(wiki, "notes", "The door opens at eight.\n")
    save(wiki, "notes", "The door opens at seven.\n", base=1, by=SECOND_WRITER)
    fields = {"title": "notes", "text": "The door opens at nine.\n", "base": "1", "draft": "window", "kept": "1"}
    shown = visitor.post("/wiki/-/edit/notes", action="save", **fields).get_data(as_text=True)
    assert "<del>eight</del><ins>nine</ins>" in shown
    assert "<del>eight</del><ins>seven</ins>" in shown
    return {**fields, "current": "2"}


@pytest.mark.parametrize(
    ("choice", "hand", "result"),
    [
        ("mine", "", "The door opens at nine.\n"),
        ("theirs", "", "The door opens at seven.\n"),
        ("both", "", "The door opens at nine.\nThe door opens at seven.\n"),
        ("other", "", "The door opens at seven.\nThe door opens at nine.\n"),
        ("hand", "It opens when it does.", "It opens when it does.\n"),
    ],
)
def test_each_choice_is_shown_first_and_then_saved(
    visitor: Visitor, wiki: Wiki, choice: str, hand: str, result: str
) -> None:
    sent = {**clash(visitor, wiki), "choice-0": choice, "hand-0": hand}
    looked = visitor.post("/wiki/-/edit/notes", action="look", **sent)
    page = looked.get_data(as_text=True)
    shown = re.search(r"data-kb-result[^>]*>(.*?)</div>", page, re.DOTALL)
    visitor.post("/wiki/-/edit/notes", action="merge", **sent)

    assert shown
    assert unescape(shown[1]) == result
    assert f'value="{choice}" required' in page
    assert "<<<<" not in page
    assert read(wiki, "notes") == result


def test_changes_that_do_not_touch_are_offered_together(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "alpha beta gamma delta\n")
    save(wiki, "notes", "alpha beta GAMMA delta\n", base=1, by=SECOND_WRITER)
    sent = {"title": "notes", "text": "alpha BETA gamma delta\n", "base": "1"}
    shown = visitor.post("/wiki/-/edit/notes", action="save", **sent)
    assert shown.status_code == 409, "words side by side are nobody's but their authors' to put together"
    assert "Together: both changes in one text" in shown.text
    visitor.post("/wiki/-/edit/notes", action="merge", current="2", **{**sent, "choice-0": "together"})

    assert read(wiki, "notes") == "alpha BETA GAMMA delta\n"


def test_what_was_chosen_is_kept_when_the_page_moves_on_once_more(visitor: Visitor, wiki: Wiki) -> None:
    sent = {**clash(visitor, wiki), "choice-0": "hand", "hand-0": "My own words."}
    save(wiki, "notes", "The door opens at six.\n", base=2, by=SECOND_WRITER)
    shown = visitor.post("/wiki/-/edit/notes", action="merge", **sent)

    assert shown.status_code == 409
    assert "My own words." in shown.get_data(as_text=True)
    assert "six" in shown.get_data(as_text=True)


def test_a_small_change_says_so_in_lists_and_can_be_left_out(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", TEXT, title="Tea")
    visitor.post("/wiki/-/edit/tea", title="Tea", text=TEXT.replace("Two", "Zwei"), small="1", action="save")

    assert "made a small change" in visitor.text("/wiki/-/history/tea")
    assert "made a small change" in visitor.text("/wiki/-/recent")
    without = visitor.text("/wiki/-/recent?kind=not-small")
    assert "made a small change" not in without
    assert "Tea" in without


def test_a_saved_page_says_that_it_is_live_and_takes_it_back_with_one_press(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", TEXT, title="Tea")
    answer = visitor.post("/wiki/-/edit/tea", title="Tea", text="Other.\n", draft="window", kept="3", action="save")

    assert answer.headers["Location"].endswith("?arrived=window&done=saved")
    page = visitor.text(answer.headers["Location"])
    assert "Your change is live" in page
    assert 'action="/wiki/-/undo/2/tea"' in page
    assert 'href="/wiki/-/mine">My changes' in page


def test_a_new_page_starts_from_the_templates_of_its_space(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "templates/minutes", "General.\n", title="Minutes")
    save(wiki, "templates/letter", "Dear …\n", title="Letter")
    save(wiki, "people/templates/minutes", "# {{title}}\n\n{{date}}, {{author}}\n", title="Minutes of People")

    shown = visitor.text("/wiki/-/new?path=people/team/monday")
    addresses = [unescape(one) for one in re.findall(r'href="([^"]*start=page[^"]*)"', shown)]
    assert [one.partition("start=page.")[2].partition("&")[0] for one in addresses] == [
        "people%2Ftemplates%2Fminutes",
        "templates%2Fletter",
    ]

    started = visitor.text(addresses[0])
    assert written(started).startswith("# {{title}}\n\n20")
    assert WRITER.name in written(started)
    visitor.post(
        "/wiki/-/new",
        form=addresses[0],
        title="Monday",
        path="people/team/monday",
        text=written(started),
        action="save",
    )
    assert read(wiki, "people/team/monday").startswith("# Monday\n\n20")


def test_a_template_that_may_not_be_read_is_not_offered(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "people/templates/minutes", "Hidden words.\n", title="Hidden one")
    make_space(wiki, "people/templates", readers=("nobody",))

    page = visitor.text("/wiki/-/new?path=people/x&start=page.people/templates/minutes")

    assert "Hidden" not in page


PARTS = "# Tea\n\nOne.\n\n## Green\n\nTwo.\n\n## Black\n\nThree.\n"


def test_a_section_is_kept_with_the_whole_page_so_that_bringing_it_back_takes_nothing_out(
    visitor: Visitor, wiki: Wiki
) -> None:
    save(wiki, "tea", PARTS, title="Tea")
    form = "/wiki/-/edit/tea?section=kb-h-green"
    page = visitor.post("/wiki/-/edit/tea", form=form, title="Tea", text="## Green\n\nTwo, hot.\n", action="preview")
    assert written(page.text) == "## Green\n\nTwo, hot.\n"  # it goes on as the section it is

    (address,) = offers(visitor, "tea")
    assert written(visitor.text(address)) == PARTS.replace("Two.", "Two, hot.")


def test_a_section_that_is_gone_is_kept_below_what_the_page_says(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", PARTS, title="Tea")
    sent = {"title": "Tea", "text": "Lost?", "path": "tea", "section": "kb-h-oolong", "draft": "window", "kept": "1"}
    visitor.post("/wiki/-/drafts/keep", form="/wiki/-/edit/tea", **sent)

    (address,) = offers(visitor, "tea")
    assert written(visitor.text(address)) == f"{PARTS.rstrip()}\n\nLost?"
