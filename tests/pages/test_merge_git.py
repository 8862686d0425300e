"""The merge by lines beside `git merge-file`, on generated texts and on the history of a real wiki.

The two align lines by different searches, so where lines repeat they may differ, and both be right. In a text
with few distinct lines, or with a repeated ending (blank lines, "----", a footer), one edit can be laid over
different copies of a line. One layout leaves an unchanged line between the changes of both sides, the other
does not and is a clash. On the public wiki this is the whole difference, about one undo in a
thousand: passages rewritten beside repeated blank lines, clashing in git and clean here.

Whenever ours is clean, the text is held to a rule that needs no alignment: lines that stand next to
each other in it stand so in one of the two sides, and every line that a side brought is there.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from kbwiki.pages.merge import merge, merge_lines
from tests.conftest import REPOSITORY, missing

BUNDLE = REPOSITORY.parent / "shared" / "corpus" / "sdlwiki.bundle"
UNDOS = int(os.environ.get("KBWIKI_CORPUS_UNDOS", "60"))
"""So many undos of edits that 1, 3, 10 and 30 others came after."""
Triple = tuple[str, str, str]


@pytest.fixture(scope="module", autouse=True)
def git() -> str:
    program = shutil.which("git")
    if program is None:
        missing("git is not in PATH, so there is no merge to compare with")
    return program


def merged_by_git(git: str, triple: Triple, folder: Path) -> str | None:
    """Return git's merge, or None for a conflict."""
    for name, text in zip(("base", "mine", "theirs"), triple, strict=True):
        (folder / name).write_bytes(text.encode())
    command = [git, "merge-file", "-p", "mine", "base", "theirs"]
    outcome = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return None if outcome.returncode else outcome.stdout.decode()


def neighbours(text: str) -> set[tuple[str, str]]:
    return set(pairwise(["<", *text.split("\n"), ">"]))


def keeps_the_rule(triple: Triple, text: str) -> bool:
    base, mine, theirs = triple
    brought = (set(mine.split("\n")) | set(theirs.split("\n"))) - set(base.split("\n"))
    return neighbours(text) <= neighbours(mine) | neighbours(theirs) and brought <= set(text.split("\n"))


def compared(git: str, triples: Sequence[Triple], folder: Path) -> tuple[int, int]:
    """Check each clean merge of ours; count the triples on which git clashes alone, and we alone."""
    git_alone = we_alone = 0
    for triple in triples:
        expected = merged_by_git(git, triple, folder)
        outcome = merge_lines(*triple)
        if outcome.clean:
            assert keeps_the_rule(triple, outcome.text)
            assert expected in (None, outcome.text)
        git_alone += outcome.clean and expected is None
        we_alone += not outcome.clean and expected is not None
    return git_alone, we_alone


def edited(draw: random.Random, lines: list[str], vocabulary: list[str]) -> str:
    changed = list(lines)
    for _ in range(draw.randint(1, 4)):
        place, length = draw.randint(0, len(changed)), draw.randint(0, 3)
        new = [draw.choice([*vocabulary, "new one", "new two"]) for _ in range(draw.randint(0, 3))]
        changed[place : place + length] = new
    return "".join(line + "\n" for line in changed)


def generated(seed: int, distinct: int, count: int) -> list[Triple]:
    draw = random.Random(seed)
    vocabulary = ["", *(f"line {n}" for n in range(distinct))]
    triples = []
    for _ in range(count):
        lines = [draw.choice(vocabulary) for _ in range(draw.randint(4, 40))]
        base = "".join(line + "\n" for line in lines)
        triples.append((base, edited(draw, lines, vocabulary), edited(draw, lines, vocabulary)))
    return triples


@pytest.mark.parametrize(("distinct", "differing"), [(200, 0), (30, 0), (8, 10)])
def test_on_generated_texts_the_merge_by_lines_is_gits(git: str, tmp_path: Path, distinct: int, differing: int) -> None:
    triples = generated(distinct, distinct, 200)

    git_alone, we_alone = compared(git, triples, tmp_path)

    assert git_alone + we_alone <= differing
    assert 50 <= sum(merge_lines(*triple).clean for triple in triples) <= 150


def test_a_last_line_without_newline_is_merged_as_git_does(git: str, tmp_path: Path) -> None:
    triples = [
        ("a\nb\nc", "a\nb\nc\n", "A\nb\nc"),
        ("a\nb\nc\n", "a\nb\nc", "A\nb\nc\n"),
        ("a\nb\nc", "a\nb\nc\nd", "A\nb\nc"),
        ("a\nb\nc", "a\nb", "a\nb\nC"),
        ("a", "", "a\n"),
    ]

    assert compared(git, triples, tmp_path) == (0, 0)


# The public wiki


def versions_of_pages(git: str, clone: Path) -> dict[str, list[tuple[str, str]]]:
    """Map each path to its changes, oldest first, as the blobs before and after; additions break the chain."""
    command = [git, "-C", clone, "log", "main", "--reverse", "--raw", "--no-renames", "--no-abbrev", "--format="]
    lines = subprocess.run(command, capture_output=True, check=True).stdout.decode().splitlines()
    changes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in filter(None, lines):
        marks, path = line.split("\t", 1)
        _, _, before, after, status = marks.split()
        if status != "M":
            changes.pop(path, None)
        elif path.endswith((".md", ".mediawiki")):
            changes[path].append((before, after))
    return changes


class Blobs:
    """Texts by blob name, from one git process."""

    def __init__(self, git: str, clone: Path) -> None:
        command = [git, "-C", clone, "cat-file", "--batch"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def text(self, name: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(name.encode() + b"\n")
        self.process.stdin.flush()
        size = int(self.process.stdout.readline().split()[2])
        content = self.process.stdout.read(size + 1)[:-1]
        return content.decode(errors="replace")

    def close(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def undos(git: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, list[Triple]]]:
    """Map a number of later edits to undos of one edit after so many: the edit, the current and the text before."""
    if not BUNDLE.is_file():
        pytest.skip(f"the corpus bundle is not at {BUNDLE}")
    clone = tmp_path_factory.mktemp("corpus") / "clone.git"
    subprocess.run([git, "clone", "-q", "--bare", BUNDLE, clone], check=True)
    changes = versions_of_pages(git, clone)
    blobs, draw = Blobs(git, clone), random.Random(1)
    found: dict[int, list[Triple]] = {}
    for later in (1, 3, 10, 30):
        places = [(path, n) for path, steps in changes.items() for n in range(len(steps) - later)]
        names = [(changes[path][n], changes[path][n + later][1]) for path, n in draw.sample(places, UNDOS)]
        found[later] = [(blobs.text(after), blobs.text(now), blobs.text(before)) for (before, after), now in names]
    yield found
    blobs.close()


@pytest.mark.corpus
def test_on_a_real_wiki_the_merge_by_lines_is_gits_in_nearly_all_cases(
    git: str, tmp_path: Path, undos: dict[int, list[Triple]]
) -> None:
    triples = [triple for some in undos.values() for triple in some]

    git_alone, we_alone = compared(git, triples, tmp_path)

    assert git_alone + we_alone <= len(triples) // 50


@pytest.mark.corpus
def test_the_words_of_a_real_wiki_are_merged_where_its_lines_clash_and_nowhere_differently(
    undos: dict[int, list[Triple]],
) -> None:
    for triples in undos.values():
        by_lines = [merge_lines(*triple) for triple in triples]
        by_words = [merge(*triple) for triple in triples]

        assert sum(outcome.clean for outcome in by_words) > sum(outcome.clean for outcome in by_lines)
        for one, other in zip(by_lines, by_words, strict=True):
            assert not one.clean or (other.text, other.by_words) == (one.text, False)
