"""What synonyms find in an index."""

from __future__ import annotations

from pathlib import Path

from kbwiki.search.engines.conformance import Subject
from kbwiki.search.engines.conformance.subject import page
from kbwiki.search.engines.protocol import EVERYTHING
from kbwiki.search.engines.whoosh.index import WhooshIndex
from kbwiki.search.query import parse_query
from kbwiki.search.synonyms.actions import set_synonyms
from kbwiki.search.synonyms.expansion import Synonyms, SynonymWords, with_synonyms
from kbwiki.testing import MODERATOR, READER, save
from kbwiki.wiki import Wiki

SETS = Synonyms((SynonymWords(("holiday", "annual leave", "vacation")),))


def test_a_question_finds_pages_that_use_another_word(tmp_path: Path) -> None:
    index = Subject(WhooshIndex, (tmp_path,)).index_of(
        [
            page(1, "Take it when you like.", title="Rules for vacation"),
            page(2, "Ask for annual leave in time.", title="Absence"),
            page(3, "The annual clean-up.", title="Leave no trace"),
            page(4, "When the office is closed.", title="Holidays"),
        ],
    )

    def found(text: str) -> set[int]:
        root = with_synonyms(parse_query(text), SETS).root
        assert root is not None
        return set(index.search(root, EVERYTHING, limit=10).ids)

    assert found("holiday") == {1, 2, 4}
    assert found("annual leave") == {1, 2, 3, 4}
    assert found('"holiday"') == {4}
    assert found("holiday -office") == {1, 2}
    index.close()


def test_where_no_page_has_all_words_a_page_may_lack_the_one_with_synonyms(tmp_path: Path) -> None:
    pages = [page(1, "Where to park.", title="Parking"), page(2, "Take it.", title="Vacation")]
    index = Subject(WhooshIndex, (tmp_path,)).index_of(pages)
    root = with_synonyms(parse_query("holiday parking"), SETS).root
    assert root is not None

    hits = index.search(root, EVERYTHING, limit=10)

    assert (set(hits.ids), hits.complete) == ({1, 2}, 0)
    index.close()


def test_a_search_of_the_wiki_finds_and_marks_what_means_the_same(wiki: Wiki, tmp_path: Path) -> None:
    indexed = Wiki(wiki.database.engine.url.render_as_string(hide_password=False), index=tmp_path / "index")
    save(indexed, "absence", "Ask for annual leave in time.", title="Absence")
    assert indexed.search.find(READER, "holiday").total == 0

    with indexed.begin(MODERATOR) as tx:
        set_synonyms(tx, ("holiday", "annual leave"))

    (result,) = indexed.search.find(READER, "holidays").results
    assert [one.text for one in result.snippet if one.hit] == ["annual", "leave"]
    assert indexed.search.find(READER, '"holiday"').total == 0
    indexed.close()
