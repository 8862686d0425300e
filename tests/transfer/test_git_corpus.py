"""The whole history of a real wiki of 12,213 commits: the last tree is git's, and each page's revisions are explained.

`git log --follow` is the yardstick for a page's revisions. It differs from a wiki's idea of a page in one
way: where a file begins, it goes on with the history of whatever file was most alike, even one that stayed.
So each list must equal git's from the newest revision back to such a point, and there the wiki's change must
say what it is.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path

import pytest

from kbwiki.transfer.git import Oddity, PageChange, PageTimeline, Reason, Unreadable, open_history, read_pages
from tests.conftest import REPOSITORY
from tests.transfer.git_repositories import git

pytestmark = pytest.mark.corpus
BUNDLE = REPOSITORY.parent / "shared" / "corpus" / "sdlwiki.bundle"
ENDINGS = ("md", "mediawiki")
FILES = int(os.environ.get("KBWIKI_CORPUS_FILES", "12"))
"""How many files git is asked to follow through the whole history, a second each; 50 for a change of how it is read."""


@dataclass(frozen=True)
class Step:
    """One revision: commit, the page's file at that time, and (git's view only) status and the file it came from."""

    commit: str
    file: str
    status: str = ""
    source: str = ""


@dataclass
class Reading:
    """The corpus as read once for all tests of this module."""

    clone: Path
    timeline: PageTimeline
    commits: list[str] = field(default_factory=list)
    file_changes: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)
    revisions: dict[str, list[tuple[Step, PageChange]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, commit: str, change: PageChange) -> None:
        if change.kind == "move":
            assert change.old_path is not None
            self.revisions[change.path] = self.revisions.pop(change.old_path)
        revisions = self.revisions[change.path]
        file = change.file if change.file is not None else revisions[-1][0].file
        revisions.append((Step(commit, file), change))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    if not BUNDLE.is_file():
        pytest.skip(f"the corpus bundle is not at {BUNDLE}")
    clone = tmp_path_factory.mktemp("corpus") / "clone.git"
    git("clone", "-q", "--bare", BUNDLE, clone)
    reading = Reading(clone, PageTimeline(ENDINGS))
    with open_history(BUNDLE) as history:
        assert history.branch == "main"
        for one in read_pages(history, reading.timeline):
            reading.commits.append(one.commit.id)
            reading.file_changes += len(one.commit.changes)
            reading.unreadable.extend(one.unreadable)
            for change in one.changes:
                reading.take(one.commit.id, change)
    return reading


def last_tree(corpus: Reading) -> dict[str, str]:
    entries = git("ls-tree", "-r", "-z", "main", at=corpus.clone).split("\0")[:-1]
    facts = (entry.split("\t", 1) for entry in entries)
    return {path: fact.split()[2] for fact, path in facts}


def test_every_commit_and_every_change_is_read(corpus: Reading) -> None:
    count = int(git("rev-list", "--count", "main", at=corpus.clone))
    changed = git("log", "--format=", "--name-only", "-M", "-l0", "-z", "main", at=corpus.clone)

    assert len(corpus.commits) == count == 12_213
    assert corpus.file_changes == len([path for path in changed.split("\0") if path])


def test_the_last_tree_is_gits_for_every_file(corpus: Reading) -> None:
    shown = {version.file: version.blob for version in corpus.timeline.pages().values()}

    assert shown == last_tree(corpus)
    assert len(shown) == 7553
    assert dict(corpus.timeline.skipped) == {}


def test_what_could_not_be_read_is_one_page_that_was_repaired_later(corpus: Reading) -> None:
    assert {(one.path, one.reason) for one in corpus.unreadable} == {("SDL3/README-ngage.md", Reason.NOT_UTF8)}


def test_pages_that_differ_only_in_case_are_all_there(corpus: Reading) -> None:
    alike = defaultdict(set)
    for page in corpus.timeline.pages():
        alike[page.casefold()].add(page)

    assert sum(len(pages) > 1 for pages in alike.values()) == 15


def test_the_text_of_every_page_is_gits_byte_for_byte(corpus: Reading) -> None:
    blobs = list(last_tree(corpus).values())

    with open_history(BUNDLE) as history:
        ids = [blob_id(text) for text in history.texts(blobs) if isinstance(text, str)]

    assert ids == blobs


def blob_id(text: str) -> str:
    """What git calls a file of exactly these bytes."""
    content = text.encode()
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("seed", [1])
def test_the_revisions_of_random_files_are_those_that_git_follows_or_the_difference_is_explained(
    corpus: Reading, seed: int
) -> None:
    print(f"seed {seed}")
    files = random.Random(seed).sample(sorted(last_tree(corpus)), FILES)
    with ThreadPoolExecutor(2) as threads:
        followed = list(threads.map(lambda file: follow(corpus.clone, file), files))

    unexplained = [file for file, theirs in zip(files, followed, strict=True) if not is_explained(corpus, file, theirs)]

    equal = sum(
        [step.commit for step, _ in revisions_of(corpus, file)] == [step.commit for step in theirs]
        for file, theirs in zip(files, followed, strict=True)
    )
    print(f"equal: {equal}, explained: {FILES - equal - len(unexplained)}")
    assert unexplained == []
    assert equal > 0


def revisions_of(corpus: Reading, file: str) -> list[tuple[Step, PageChange]]:
    page = corpus.timeline.page_of(file)
    assert page is not None
    return corpus.revisions[page]


def follow(clone: Path, file: str) -> list[Step]:
    """The revisions that `git log --follow` lists for a file of the last tree, oldest first."""
    output = git(
        "log", "--follow", "-z", "--name-status", "--format=%x01%H", "main", "--", f":(literal){file}", at=clone
    )
    return [step_of(block) for block in output.split("\x01")[1:]][::-1]


def step_of(block: str) -> Step:
    commit, status, *paths = (word for word in (raw.strip("\n") for raw in block.split("\0")) if word)
    return Step(commit, paths[-1], status, paths[0] if len(paths) > 1 else "")


def is_explained(corpus: Reading, file: str, theirs: list[Step]) -> bool:
    ours = revisions_of(corpus, file)
    common = 0
    for (mine, _), step in zip(reversed(ours), reversed(theirs), strict=False):
        if (mine.commit, mine.file) != (step.commit, step.file):
            break
        common += 1
    if common == len(ours) == len(theirs):
        return True
    return common > 0 and any(explanations(corpus, ours[-common][1], theirs[-common]))


def explanations(corpus: Reading, ours: PageChange, theirs: Step) -> Iterator[bool]:
    """At the newest commit behind which the lists part: a true value for each class of the summary that applies."""
    source = corpus.timeline.page_of(theirs.source) if theirs.source else None
    elsewhere = source is not None and source != ours.path
    # The page began here; git found another page's file half the same and goes on with that one's history.
    yield ours.begins and elsewhere
    # The page got another ending here; git ends, or prefers another page's file, because little of the text
    # stayed.
    yield ours.note in (Oddity.NAME_CHANGED, Oddity.NAMES_JOINED) and (elsewhere or theirs.status == "A")
    # The page was written again after its deletion; git goes on before it with files that were no longer the
    # page.
    yield ours.note is Oddity.RETURNED and theirs.status == "A"
