"""How many changes in the middle of a page's history come out cleanly, next to git's merge by lines.

The sampling. A page's texts are the texts of its revisions in order, each that equals the one before left out, so
moves, deletions and changes of tags or title are no steps. A change is a step from one text to the next, neither of
them empty; the page's creation is none. For each distance, 250 changes are drawn with a fixed seed and equal chance
from all changes of all pages that have so many later steps: the text before, the text after, and the page's text that
many steps later. A change whose text before came back within these steps is left out: there is nothing to undo.

A page's history goes on across renames and across the conversion of its markup, as the import joins it: a change from
before a conversion is hard to undo for anybody. Histories cut there give higher shares to both, the more the further
apart.

Both merges get the same three texts. "Cleanly" means without any clash: whether the outcome is what people want, a
preview has to show.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from kbwiki import Wiki
from kbwiki.pages.merge import merge
from kbwiki.pages.models import Revision
from kbwiki.pages.texts import EMPTY_TEXT, load_texts

from .corpus import corpus_wiki
from .figures import Figure

FLOOR = "git merge-file, line by line, on the same samples"
DISTANCES = (1, 3, 10, 30)
SAMPLES = 250
_SEED = 3
_AT_ONCE = 2

Undo = tuple[str, str, str]
"""The text after the change, the text before it, and the text of the page so many edits later."""


def measure() -> Iterator[Figure]:
    """For each distance the share of changes that our merge undoes cleanly, and its ratio to git's share."""
    with corpus_wiki() as wiki:
        histories = _histories(wiki)
        samples = {later: _sampled(wiki, histories, later) for later in DISTANCES}
    for later, undos in samples.items():
        ours = sum(merge(*undo).clean for undo in undos)
        yield Figure(f"undo.{later}", 100 * ours / len(undos), "%", ours / _undone_by_git(undos), FLOOR)


def _histories(wiki: Wiki) -> list[list[bytes]]:
    """The texts of each page in order, by digest, without steps that left the text as it was."""
    steps = select(Revision.page_id, Revision.text_digest).order_by(Revision.page_id, Revision.number)
    with wiki.read() as connection:
        rows = connection.execute(steps).all()
    pages = groupby(rows, key=lambda row: row.page_id)
    return [[digest for digest, _ in groupby(row.text_digest for row in page)] for _, page in pages]


def _sampled(wiki: Wiki, histories: Sequence[Sequence[bytes]], later: int) -> list[Undo]:
    places = [
        (texts[n], texts[n - 1], texts[n + later])
        for texts in histories
        for n in range(1, len(texts) - later)
        if EMPTY_TEXT not in texts[n - 1 : n + 1] and texts[n - 1] not in texts[n + 1 : n + later + 1]
    ]
    chosen = random.Random(_SEED).sample(places, SAMPLES)
    with wiki.read() as connection:
        texts = load_texts(connection, [digest for place in chosen for digest in place])
    return [(texts[after], texts[before], texts[now]) for after, before, now in chosen]


def _undone_by_git(undos: Sequence[Undo]) -> int:
    git = shutil.which("git")
    if git is None:
        raise RuntimeError("git is not in PATH, so there is no merge to compare with")
    with TemporaryDirectory(prefix="kbwiki-bench-") as name, ThreadPoolExecutor(_AT_ONCE) as pool:
        folders = [Path(name, str(number)) for number in range(len(undos))]
        return sum(pool.map(partial(_is_clean_for_git, git), undos, folders))


def _is_clean_for_git(git: str, undo: Undo, folder: Path) -> bool:
    folder.mkdir()
    for name, text in zip(("base", "mine", "theirs"), undo, strict=True):
        (folder / name).write_bytes(text.encode())
    command = [git, "merge-file", "-p", "mine", "base", "theirs"]
    outcome = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if outcome.returncode > 127:
        raise RuntimeError(f"git merge-file failed: {outcome.stderr.decode()}")
    return outcome.returncode == 0
