"""What is suggested as a comment, told from the two texts."""

from __future__ import annotations

import pytest

from kbwiki.drafts.changed import Said, What, what_changed

TEXT = "# Tea\n\nGreen tea, hot.\n\n## Cups\n\nBlue cups stand on the shelf beside the door.\n"


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (TEXT.replace("hot", "cold"), [Said(What.SECTION_CHANGED, "Tea"), Said(What.WORDING)]),
        (TEXT.replace("Blue", "Red"), [Said(What.SECTION_CHANGED, "Cups"), Said(What.WORDING)]),
        (TEXT + "\n## Milk\n\nNone.\n", [Said(What.SECTION_ADDED, "Milk"), Said(What.WORDING)]),
        (TEXT.partition("## ")[0], [Said(What.SECTION_REMOVED, "Cups"), Said(What.SHORTER)]),
        (
            TEXT.replace("cups stand", "[[cups]] stand"),
            [Said(What.SECTION_CHANGED, "Cups"), Said(What.LINK), Said(What.WORDING)],
        ),
        (
            TEXT + "![A cup](tea/cup.png)\n",
            [Said(What.SECTION_CHANGED, "Cups"), Said(What.PICTURE), Said(What.WORDING)],
        ),
        (TEXT + "```\n# not a heading\n```\n", [Said(What.SECTION_CHANGED, "Cups"), Said(What.WORDING)]),
        (TEXT, []),
    ],
)
def test_what_a_change_did(after: str, said: list[Said]) -> None:
    assert list(what_changed(TEXT, after)) == said


def test_a_new_text_speaks_for_itself() -> None:
    assert what_changed("", TEXT) == ()
