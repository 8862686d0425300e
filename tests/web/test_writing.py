"""Creating and editing pages over HTTP: live at once, merged, never lost."""

from __future__ import annotations

import pytest

from kbwiki import ANONYMOUS, Wiki
from kbwiki.testing import READER, SECOND_WRITER, WRITER, make_space, read, save

from .conftest import Visitor


def test_a_new_page_is_live_for_the_next_reader(visitor: Visitor) -> None:
    answer = visitor.post("/wiki/-/new", title="Travel rules", path="", text="By train.", action="save")

    assert answer.status_code == 303
    visitor.actor = READER
    assert "By train." in visitor.text("/wiki/travel-rules")


def test_edits_of_different_parts_are_merged_and_the_author_is_told(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "One.\n\nTwo.\n\nThree.\n")
    save(wiki, "notes", "First.\n\nTwo.\n\nThree.\n", base=1, by=SECOND_WRITER)

    answer = visitor.post(
        "/wiki/-/edit/notes", title="notes", text="One.\n\nTwo.\n\nThird.\n", base="1", action="save"
    )

    assert answer.headers["Location"].endswith("done=merged")
    assert read(wiki, "notes") == "First.\n\nTwo.\n\nThird.\n"


def test_edits_of_the_same_words_show_both_and_save_neither(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "The door opens at eight.\n")
    save(wiki, "notes", "The door opens at seven.\n", base=1, by=SECOND_WRITER)

    answer = visitor.post(
        "/wiki/-/edit/notes", title="notes", text="The door opens at nine.\n", base="1", action="save"
    )

    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "seven" in shown
    assert "nine" in shown
    assert "&lt;&lt;&lt;&lt;" not in shown
    assert read(wiki, "notes") == "The door opens at seven.\n"


def test_the_merge_view_of_a_page_that_moved_on_again_shows_the_newest_text(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "Opens at eight.\n")
    save(wiki, "notes", "Opens at seven.\n", base=1, by=SECOND_WRITER)
    save(wiki, "notes", "Opens at six.\n", base=2, by=SECOND_WRITER)

    answer = visitor.post(
        "/wiki/-/edit/notes",
        title="notes",
        text="Opens at nine.\n",
        base="1",
        current="2",
        action="merge",
        **{"choice-0": "mine"},
    )

    assert answer.status_code == 409
    assert "six" in answer.get_data(as_text=True)
    assert read(wiki, "notes") == "Opens at six.\n"


def test_an_expired_form_gives_the_text_back(visitor: Visitor, wiki: Wiki) -> None:
    answer = visitor.client.post(
        "/wiki/-/new", data={"title": "X", "text": "Two hours of <work>", "kb_csrf": "stale"}
    )

    assert answer.status_code == 400
    assert "Two hours of &lt;work&gt;" in answer.get_data(as_text=True)


def test_a_form_sent_from_another_site_changes_nothing(visitor: Visitor, wiki: Wiki) -> None:
    page = visitor.client.get("/wiki/-/new").get_data(as_text=True)
    token = page.split('name="kb_csrf" value="')[1].split('"')[0]

    answer = visitor.client.post(
        "/wiki/-/new",
        data={"path": "x", "title": "X", "text": "y", "kb_csrf": token, "action": "save"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 400
    assert visitor.get("/wiki/x").status_code == 404


def test_a_token_of_somebody_else_is_refused(visitor: Visitor) -> None:
    page = visitor.client.get("/wiki/-/new").get_data(as_text=True)
    token = page.split('name="kb_csrf" value="')[1].split('"')[0]
    visitor.actor = SECOND_WRITER

    answer = visitor.client.post("/wiki/-/new", data={"title": "X", "text": "y", "kb_csrf": token})

    assert answer.status_code == 400


def test_a_text_of_a_megabyte_comes_through_the_form(visitor: Visitor, wiki: Wiki) -> None:
    text = "Ünïcode wörds, many of them.\n" * 30_000

    answer = visitor.post("/wiki/-/new", title="Long", path="long", text=text, action="save")

    assert answer.status_code == 303
    assert read(wiki, "long") == text


def test_a_text_above_the_limit_is_given_back_with_the_reason(visitor: Visitor) -> None:
    text = "x" * 2_000_001

    answer = visitor.post("/wiki/-/new", title="Long", path="long", text=text, action="save")

    assert answer.status_code == 422
    assert text in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["../etc", "-/x", "a//b", "a/./b", "x#y"])
def test_a_bad_address_is_explained_and_the_text_kept(visitor: Visitor, path: str) -> None:
    answer = visitor.post("/wiki/-/new", title="X", path=path, text="Kept words", action="save")

    assert answer.status_code == 422
    assert "Kept words" in answer.get_data(as_text=True)


def test_raw_answers_the_text_byte_for_byte(visitor: Visitor, wiki: Wiki) -> None:
    text = "\ufeffone\r\ntwo\tthree \n\n"
    save(wiki, "notes", text)

    answer = visitor.get("/wiki/notes?raw")

    assert answer.data == text.encode()
    assert answer.mimetype == "text/plain"


def test_line_ends_of_the_page_survive_a_browser(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "one\r\ntwo\r\n")

    visitor.post("/wiki/-/edit/notes", title="notes", text="one\r\nTWO\r\n", base="1", action="save")

    assert read(wiki, "notes") == "one\r\nTWO\r\n"


def test_preview_and_changes_save_nothing(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "one\n")

    for action in ("preview", "changes"):
        answer = visitor.post("/wiki/-/edit/notes", title="notes", text="**two**\n", base="1", action=action)
        assert answer.status_code == 200

    assert read(wiki, "notes") == "one\n"


def test_somebody_not_signed_in_reads_and_is_asked_to_sign_in_to_write(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "one\n")
    visitor.actor = ANONYMOUS

    assert "one" in visitor.text("/wiki/notes")
    assert visitor.get("/wiki/-/edit/notes").status_code == 403


def test_a_page_in_a_closed_space_is_simply_not_there(visitor: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("people",))
    save(wiki, "hr/pay", "secret", by=WRITER.__class__("p", "Pia", frozenset({"people"})))

    shown = visitor.get("/wiki/hr/pay")
    other = visitor.get("/wiki/hr/nothing")

    assert shown.status_code == other.status_code == 404
    assert shown.get_data(as_text=True).replace("pay", "nothing") == other.get_data(as_text=True)


def test_the_old_address_leads_to_the_new_one(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "old", "words")

    visitor.post("/wiki/-/move/old", path="new", action="move")

    answer = visitor.client.get("/wiki/old")
    assert answer.status_code == 303
    assert "words" in visitor.text("/wiki/old")
    assert visitor.get("/wiki/old?raw").data == b"words"


def test_a_deleted_page_offers_to_come_back(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "words")
    visitor.post("/wiki/-/delete/notes")
    assert visitor.get("/wiki/notes").status_code == 404

    visitor.post("/wiki/-/bring-back/notes", form="/wiki/notes")

    assert "words" in visitor.text("/wiki/notes")
