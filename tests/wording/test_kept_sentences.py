"""What the wiki writes by itself is said to each reader in their language; what people wrote stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from kbwiki import Wiki
from kbwiki.leaving.export import export
from kbwiki.moderation.rules.actions import move_rule, set_rule
from kbwiki.moderation.rules.queries import get_rule
from kbwiki.pages.actions import move_page
from kbwiki.pages.queries.history import history_of
from kbwiki.search.earlier import NEWEST, search_earlier
from kbwiki.search.synonyms.actions import set_synonyms, take_back_synonyms
from kbwiki.search.synonyms.queries import states as states_of_synonyms
from kbwiki.testing import ADMIN, MODERATOR, WRITER, answer, look, open_reviews, save
from kbwiki.wording import N_, speaking
from kbwiki.wording.kept import LONGEST, SIGN, as_said, as_stored, keep
from kbwiki.wording.speech import Speech
from kbwiki.wording.vocabularies import Vocabularies

GERMAN = Speech(["de"], "", Vocabularies()).wording()
