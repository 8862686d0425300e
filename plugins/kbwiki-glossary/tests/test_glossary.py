"""The glossary in a wiki: filled by a form, shown beside pages, searched, reviewed, undone."""

from __future__ import annotations

from typing import Any

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.hooks import MacroCall
from kbwiki.testing import READER, WRITER, answer, look, make_space, open_reviews, save
from kbwiki_glossary import Glossary

LIST = "/wiki/-/x/glossary/"
ENTRY = "/wiki/-/x/glossary/entry"
INSIDER = Actor("ina", "Ina", frozenset({"insiders", "staff"}))


def explain(client: Any, term: str, definition: str, page: str = "") -> str:
    answer = client.post(ENTRY, LIST, term=term, definition=definition, page=page)
    return str(answer.get_data(as_text=True))


def paths(wiki: Wiki, text: str, by: Actor = READER) -> list[str]:
    wiki.search.catch_up()
    return [one.path for one in wiki.search(by, text).results]


def test_a_term_is_explained_beside_the_pages_that_use_it(client: Any, make_page: Any, wiki: Wiki) -> None:
    make_page("parts", "The bill of materials comes from stock. An <API> has it.\n")
    assert "Words on this page" not in client.get("/wiki/parts").text

    said = explain(client, "Bill of Materials", "Which parts a <thing> is made of.", "parts")
    explain(client, "API", "How programs talk.")

    assert "“Bill of Materials” is kept." in said
    page = client.get("/wiki/parts").text
    assert "Words on this page" in page
    assert '<dt><a href="/wiki/parts">Bill of Materials</a></dt>' in page
    assert "<dd>Which parts a &lt;thing&gt; is made of.</dd>" in page
    assert page.index("Bill of Materials</a></dt>") < page.index("<dt>API</dt>")
    assert f'href="{LIST}"' in page


def test_nobody_is_shown_the_way_to_a_page_they_may_not_read(client: Any, make_page: Any, wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("insiders",), writers=("insiders",), reviewers=("insiders",))
    save(wiki, "hr/pay", "Secret.\n", by=INSIDER)
    make_page("offer", "The band of an offer.\n")
    explain(client, "Band", "How much is paid.", "hr/pay")

    for address in ("/wiki/offer", LIST):
        with client.as_actor(READER):
            assert "hr/pay" not in client.get(address).text
        with client.as_actor(INSIDER):
            assert "/wiki/hr/pay" in client.get(address).text


def test_pages_are_found_by_what_their_terms_mean_and_by_the_terms(client: Any, make_page: Any, wiki: Wiki) -> None:
    explain(client, "API", "How programs converse.")
    make_page("door", "Our API opens it.\n")
    make_page("wall", "It has no door.\n")

    assert paths(wiki, "converse") == ["door"]
    assert paths(wiki, "term:api") == ["door"]
    save(wiki, "door", "It opens by hand.\n", base=1)
    assert paths(wiki, "term:api") == []
    assert 'term:"work order"' in client.get("/wiki/-/search").text.replace("&#34;", '"')


def test_a_macro_explains_in_the_line(client: Any, glossary: Glossary) -> None:
    explain(client, "API", 'How "programs" <talk>.')

    known = glossary.explained(MacroCall("term", ("API",), {}, "p"))
    unknown = glossary.explained(MacroCall("term", ("<b>",), {}, "p"))

    assert known == '<span title="How &quot;programs&quot; &lt;talk&gt;.">API</span>'
    assert unknown == "<span>&lt;b&gt;</span>"


def test_an_entry_holds_at_once_is_looked_at_and_can_be_undone(client: Any, wiki: Wiki, glossary: Glossary) -> None:
    explain(client, "API", "How programs talk.")
    for line in open_reviews(wiki):
        answer(wiki, look(wiki, line.id), "approve")
    explain(client, "api", "A kind of monkey.")
    assert "A kind of monkey." in client.get(LIST).text

    (line,) = open_reviews(wiki)
    answer(wiki, look(wiki, line.id), "revert", reason="wrong")

    glossary.entries.forget()
    listed = client.get(LIST).text
    assert "How programs talk." in listed
    assert "monkey" not in listed


def test_an_entry_is_taken_out_and_comes_back_as_the_same(client: Any, glossary: Glossary) -> None:
    explain(client, "API", "How programs talk.")
    first = glossary.entries.find("api")
    assert "Please say what" in explain(client, "Stranger", "")

    explain(client, "API", "")
    assert "How programs talk." not in client.get(LIST).text
    explain(client, "API", "Again.")

    again = glossary.entries.find("api")
    assert first is not None
    assert again is not None
    assert again.id == first.id


def test_what_cannot_be_kept_is_given_back(client: Any) -> None:
    too_long = "one two three four five six seven"

    answer = client.post(ENTRY, LIST, term=too_long, definition="Words I typed.", page="")

    assert answer.status_code == 422
    assert "A term has one to 6 words." in answer.text
    assert f'value="{too_long}"' in answer.text
    assert "Words I typed.</textarea>" in answer.text


def test_readers_may_look_and_not_write(client: Any, glossary: Glossary) -> None:
    with client.as_actor(ANONYMOUS):
        assert client.get(LIST).status_code == 200
        refused = client.post(ENTRY, LIST, term="API", definition="Mine.", page="")
    assert refused.status_code == 403
    assert glossary.entries.find("api") is None
    with client.as_actor(WRITER):
        assert client.post(ENTRY, LIST, term="API", definition="Ours.", page="").status_code == 200


def test_it_speaks_german(client: Any, make_page: Any) -> None:
    make_page("door", "Our API opens it.\n")
    explain(client, "API", "How programs talk.")

    page = client.client.get("/wiki/door", headers={"Accept-Language": "de"}).text

    assert "Wörter auf dieser Seite" in page
    assert "Alle Begriffe" in page
