"""From changes of files to changes of pages: pure rules, without git and without a database.

A page's path is its file's path without its ending. Files that differ only in the ending are one page with
one history: while several exist at once, the one written last is the page; the page goes when the last of
them goes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from ..wording import N_, kb_t
from .git_moves import in_order, sift_moves
from .git_names import ENDINGS, PageNames
from .git_records import FileChange, Oddity, PageChange

_NAMED = 3
_ODD = N_("[Pages] {oddity}: {count} ({some}).")


class Version(NamedTuple):
    """What a page shows: a file, and the id of its content."""

    file: str
    blob: str


@dataclass(slots=True)
class _Step:
    """One commit under way. `before` holds every page it touches, as it was."""

    before: dict[str, Version | None] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    written: dict[str, list[Version]] = field(default_factory=lambda: defaultdict(list))
    came_from: dict[str, str] = field(default_factory=dict)
    """A moved file's new path → the page whose text it was before."""
    odd: dict[str, list[Oddity]] = field(default_factory=lambda: defaultdict(list))


class PageTimeline:
    """The pages of a history, followed commit by commit.

    `endings` are stripped from file names; the first of them wins when one commit writes several files of a
    page. `address` gives the wiki's spelling of a path or raises Invalid; files that get the same one are the
    same page. `oddities` counts, for the summary, what happened to which page: where a page's revisions are
    not those that `git log --follow` lists for its file, `oddities_of` the page says why.
    """

    def __init__(self, endings: Sequence[str] = ENDINGS, address: Callable[[str], str] = str) -> None:
        self.oddities: dict[Oddity, Counter[str]] = {oddity: Counter() for oddity in Oddity}
        self.begun = 0
        self._names = PageNames(endings, address)
        self._files: dict[str, dict[str, str]] = {}
        self._blobs: Counter[str] = Counter()
        self._gone: set[str] = set()
        self._lineage: dict[str, frozenset[Oddity]] = {}

    @property
    def skipped(self) -> Mapping[str, str]:
        """The files that are no pages: path → why."""
        return self._names.skipped

    def page_of(self, file: str) -> str | None:
        """The path of the page that this file is, or None."""
        return self._names.page_of(file)

    def pages(self) -> dict[str, Version]:
        """The pages there are now, and what they show."""
        return {page: Version(*next(reversed(files.items()))) for page, files in self._files.items()}

    def oddities_of(self, page: str) -> frozenset[Oddity]:
        """All that has happened to the page, at its earlier paths too."""
        return self._lineage.get(page, frozenset())

    def summary(self) -> tuple[str, ...]:
        """The report on what is odd and what was left out, one sentence each."""
        lines = [
            kb_t(
                "[Pages] that began with a new file, and whose [history] begins there (git log --follow may go "
                "on with the [history] of another file that was half the same): {begun}.",
                begun=self.begun,
            )
        ]
        for oddity, pages in self.oddities.items():
            if pages:
                lines.append(kb_t(_ODD, oddity=kb_t(oddity), count=len(pages), some=_some(pages)))
        left_out = defaultdict(list)
        for file, why in self.skipped.items():
            left_out[why].append(file)
        for why, files in left_out.items():
            lines.append(
                kb_t(
                    "Files left out, because each {why}: {count} ({some}).",
                    why=why,
                    count=len(files),
                    some=_some(files),
                )
            )
        return tuple(lines)

    def apply(self, changes: Iterable[FileChange]) -> tuple[PageChange, ...]:
        """One commit's changes of pages: moves (each after the one that frees its path), deletions, writes.

        Files that are no pages, and deletions of what never became a page, are passed over. A move without a
        blob (its new content cannot be read) keeps the last content that could be.
        """
        step = self._prepare(changes)
        self._note_copies(step)
        self._carry_out(step)
        moves = self._moves(step)
        self._note_swaps(step)
        moved = [self._move(step, old, new) for old, new in in_order(moves)]
        left = step.before.keys() - moves.keys() - set(moves.values())
        others = [change for page in sorted(left) if (change := self._outcome(step, page)) is not None]
        return (*moved, *sorted(others, key=lambda change: change.kind != "delete"))

    def _prepare(self, changes: Iterable[FileChange]) -> _Step:
        step = _Step()
        for change in changes:
            page = self.page_of(change.path)
            if change.kind == "move" and change.old_path is not None:
                self._prepare_move(step, change, change.old_path, page)
            elif page is not None:
                step.before.setdefault(page, self._shown(page))
                if change.blob is None:
                    step.removed.append(change.path)
                else:
                    step.written[page].append(Version(change.path, change.blob))
        return step

    def _prepare_move(self, step: _Step, change: FileChange, old_path: str, page: str | None) -> None:
        old_page = self.page_of(old_path)
        blob = change.blob
        if old_page is not None:
            was = step.before.setdefault(old_page, self._shown(old_page))
            step.removed.append(old_path)
            blob = blob or self._files.get(old_page, {}).get(old_path)
            if was is not None and was.file == old_path and page != old_page:
                step.came_from[change.path] = old_page
        if page is None or blob is None:
            return
        step.before.setdefault(page, self._shown(page))
        step.written[page].append(Version(change.path, blob))
        if old_page is None:
            step.odd[page].append(Oddity.WAS_NO_PAGE)

    def _carry_out(self, step: _Step) -> None:
        for file in step.removed:
            page = self.page_of(file)
            assert page is not None
            self._take(page, file)
        for page, versions in step.written.items():
            for file, blob in sorted(versions, key=lambda version: -self._names.rank_of(version.file)):
                self._take(page, file)
                self._files.setdefault(page, {})[file] = blob
                self._blobs[blob] += 1

    def _take(self, page: str, file: str) -> None:
        files = self._files.get(page, {})
        blob = files.pop(file, None)
        if blob is None:
            return
        self._blobs[blob] -= 1
        if not self._blobs[blob]:
            del self._blobs[blob]
        if not files:
            del self._files[page]

    def _shown(self, page: str) -> Version | None:
        files = self._files.get(page)
        return Version(*next(reversed(files.items()))) if files else None

    def _moves(self, step: _Step) -> dict[str, str]:
        """The pages that really moved in this commit: old path → new path."""
        moves = {}
        for page, versions in step.written.items():
            shown = self._shown(page)
            for file, _ in versions:
                if file in step.came_from and shown is not None and shown.file == file:
                    moves[step.came_from[file]] = page
        existed = {page for page, was in step.before.items() if was is not None}
        files = {page: len(self._files.get(page, ())) for page in step.before}
        for page, oddity in sift_moves(moves, existed, files).items():
            step.odd[page].append(oddity)
        return moves

    def _note_copies(self, step: _Step) -> None:
        """Before the commit is carried out: which new pages take over a text that another page has."""
        rewritten = {was.blob for page, was in step.before.items() if was is not None and page in step.written}
        for page, versions in step.written.items():
            if step.before[page] is not None:
                continue
            for file, blob in versions:
                if file not in step.came_from and blob in self._blobs:
                    step.odd[page].append(Oddity.SOURCE_STAYED if blob in rewritten else Oddity.COPIED)

    def _note_swaps(self, step: _Step) -> None:
        """After the commit is carried out: which pages show each other's earlier text."""
        had = {was.blob: page for page, was in step.before.items() if was is not None}
        for page, was in step.before.items():
            now = self._shown(page)
            if was is None or now is None or now.blob == was.blob or now.blob not in had:
                continue
            theirs = self._shown(had[now.blob])
            if theirs is not None and theirs.blob == was.blob:
                step.odd[page].append(Oddity.SWAPPED)

    def _move(self, step: _Step, old: str, new: str) -> PageChange:
        was, now = step.before[old], self._shown(new)
        assert was is not None
        assert now is not None
        if old.casefold() == new.casefold():
            step.odd[new].append(Oddity.CASE_CHANGED)
        self._gone.discard(new)
        self._lineage[new] = self._lineage.pop(old, frozenset())
        note = self._record(new, step.odd[new])
        same_text = now.blob == was.blob
        return PageChange("move", new, old, now.blob, now.file, same_text=same_text, note=note)

    def _outcome(self, step: _Step, page: str) -> PageChange | None:
        """What the commit means for a page that did not move."""
        was, now = step.before[page], self._shown(page)
        odd = step.odd[page]
        if now is None:
            if was is None:
                return None
            self._gone.add(page)
            return PageChange("delete", page)
        if page not in step.written:
            note = self._record(page, [Oddity.NAME_DROPPED])
            if was is None or now.blob == was.blob:
                return None
            return PageChange("write", page, None, now.blob, now.file, note=note)
        odd.extend(self._name_oddities(page, was))
        same_text = was is not None and now.blob == was.blob
        self.begun += was is None
        note = self._record(page, odd)
        return PageChange("write", page, None, now.blob, now.file, was is None, same_text, note)

    def _name_oddities(self, page: str, was: Version | None) -> list[Oddity]:
        files, odd = self._files[page], []
        if was is None and page in self._gone:
            self._gone.discard(page)
            odd.append(Oddity.RETURNED)
        if was is not None and was.file not in files:
            odd.append(Oddity.NAME_CHANGED)
        if len(files) > 1:
            odd.append(Oddity.NAMES_JOINED)
        return odd

    def _record(self, page: str, odd: list[Oddity]) -> Oddity | None:
        """Count the oddities for the summary, and return the first."""
        for oddity in dict.fromkeys(odd):
            self.oddities[oddity][page] += 1
        if odd:
            self._lineage[page] = self._lineage.get(page, frozenset()).union(odd)
        return odd[0] if odd else None


def _some(names: Collection[str]) -> str:
    """The first few of the names, and how many more there are."""
    shown = ", ".join(islice(names, _NAMED))
    if len(names) <= _NAMED:
        return shown
    return kb_t("{shown} and {count} more", shown=shown, count=len(names) - _NAMED)
