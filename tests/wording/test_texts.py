"""One function says every text: with the wiki's own terms, in its own language."""

from __future__ import annotations

from markupsafe import Markup

from kbwiki.wording import Wording, kb_t, speaking, spoken
from kbwiki.wording.vocabulary import Term, Vocabulary

GUIDES = Wording(vocabulary=Vocabulary({"page": Term("guide", "guides"), "moderator": Term("editor", "editors")}))


def test_the_usual_terms_are_said_where_nobody_chose_others() -> None:
    assert kb_t("Read the [page]") == "Read the page"
    assert kb_t("[A page], several [pages]; [Pages]") == "A page, several pages; Pages"


def test_own_terms_stand_in_every_form() -> None:
    with speaking(GUIDES):
        assert kb_t("[Page], [page], [pages], [a page], [a moderator]") == "Guide, guide, guides, a guide, an editor"
    assert spoken() is not GUIDES


def test_brackets_around_anything_else_stay() -> None:
    with speaking(GUIDES):
        assert kb_t("[[home]] and [x] and [a door]") == "[[home]] and [x] and [a door]"


def test_plurals_and_placeholders_are_filled() -> None:
    with speaking(GUIDES):
        assert kb_t("{n} [page]", "{n} [pages]", n=1) == "1 guide"
        assert kb_t("{n} [page]", "{n} [pages]", n=3) == "3 guides"


def test_terms_are_escaped_where_markup_is_filled_in() -> None:
    with speaking(Wording(vocabulary=Vocabulary({"page": Term("R&D page", "R&D pages")}))):
        assert kb_t("{link}: [page]", link=Markup("<b>x</b>")) == "<b>x</b>: R&amp;D page"
