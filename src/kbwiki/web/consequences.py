"""What a move or a deletion takes with it, said before it happens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..files.moving_along import files_below
from ..help.queries import bindings_of
from ..pages.queries.lists import PageLine, backlinks, former_paths, pages_below
from ..pages.queries.view import PageView
from ..several.queries import choosable
from ..spaces.policy import contains
from ..spaces.queries import SpaceView, list_spaces
from ..wording.amounts import listed
from .frame import TreeNode
from .visit import Visit
from .words import kb_t


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A page or file that moves along, and where to; a file has no title."""

    title: str
    path: str
    new_path: str


@dataclass(frozen=True, slots=True)
class MovePreview:
    """All that a move does: `linking` are pages whose links are rewritten, `left` those whose links stay as they are
    (not the mover's to change; they go on working), `addresses` what leads to the page by then, `people` who reads,
    writes and looks at changes, in sentences."""

    below: tuple[MovedLine, ...]
    files: tuple[MovedLine, ...]
    linking: tuple[TreeNode, ...]
    left: tuple[TreeNode, ...]
    addresses: tuple[str, ...]
    people: tuple[str, ...]


def move_preview(visit: Visit, view: PageView, new: str) -> MovePreview:
    """What moving the page to `new` does, as far as this actor may know."""
    visit.catch_up_links()
    connection, wiki_id, actor, path = visit.connection, visit.wiki.id, visit.actor, view.path

    def target(old: str) -> str:
        return new + old[len(path) :]

    below = pages_below(connection, wiki_id, path, actor)
    moving = {path, *(one.path for one in below)}
    linking = _linking(visit, sorted(moving))
    theirs = {one.path for one in choosable(connection, wiki_id, actor, paths=[one.path for one in linking])}
    spaces = list_spaces(connection, wiki_id, actor)
    return MovePreview(
        below=tuple(MovedLine(one.title, one.path, target(one.path)) for one in below),
        files=tuple(MovedLine("", one, target(one)) for one in files_below(connection, wiki_id, path, actor)),
        linking=_nodes(visit, (one for one in linking if one.path in theirs)),
        left=_nodes(visit, (one for one in linking if one.path not in theirs)),
        addresses=(path, *(one for one in former_paths(connection, wiki_id, view.id) if one not in (path, new))),
        people=_people(spaces, [(one, target(one)) for one in sorted(moving)]) if new != path else (),
    )


_LOOKED_AT = 50


def _linking(visit: Visit, paths: Sequence[str]) -> list[PageLine]:
    """The pages outside that link to one of these; of a large family the first are looked at."""
    found = {
        one.path: one
        for path in paths[:_LOOKED_AT]
        for one in backlinks(visit.connection, visit.wiki.id, path, visit.actor)
    }
    return [found[path] for path in sorted(found.keys() - set(paths))]


def _nodes(visit: Visit, lines: Iterable[PageLine]) -> tuple[TreeNode, ...]:
    return tuple(TreeNode(one.path, one.title, visit.url.page(one.path), False, 0) for one in lines)


def _space_of(spaces: Sequence[SpaceView], path: str) -> SpaceView | None:
    return max((one for one in spaces if contains(one.path, path)), key=lambda one: len(one.path), default=None)


def _people(spaces: Sequence[SpaceView], moves: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """In sentences: which space the page comes to, and for whom that makes a difference."""
    old, new = (_space_of(spaces, path) for path in moves[0])
    if old is None or new is None:
        return ()
    changing = sum(1 for pair in moves[1:] if _readers(spaces, pair[0]) != _readers(spaces, pair[1]))
    said = []
    if old.id == new.id:
        said.append(kb_t("It stays in the [space] {title}.", title=new.title))
    else:
        said.append(kb_t("It leaves the [space] {old} and comes to {new}.", old=old.title, new=new.title))
    for then, before, words in (
        (new.readers, old.readers, kb_t("Who may read it then:")),
        (new.writers, old.writers, kb_t("Who may write then:")),
        (new.reviewers, old.reviewers, kb_t("Who looks at changes then:")),
    ):
        if set(then) != set(before):
            said.append(
                kb_t("{what} {groups}. Until now: {before}.", what=words, groups=listed(then), before=listed(before))
            )
    if len(said) == 1:
        said.append(kb_t("Who reads, who writes and who looks at changes stays as it is."))
    if changing:
        said.append(kb_t("{n} [page] below gets other readers.", "{n} [pages] below get other readers.", n=changing))
    return tuple(said)


def other_readers(spaces: Sequence[SpaceView], old: str, new: str) -> str:
    """Who may read at `new`, in a sentence, where that are others than at `old`; else ''."""
    then = _readers(spaces, new)
    return kb_t("who may read it then: {groups}", groups=listed(sorted(then))) if then != _readers(spaces, old) else ""


def _readers(spaces: Sequence[SpaceView], path: str) -> frozenset[str]:
    space = _space_of(spaces, path)
    return frozenset(space.readers) if space is not None else frozenset()


@dataclass(frozen=True, slots=True)
class DeletePreview:
    """All that depends on a page: who links here, what lies below (and stays), files, and on which screens it helps."""

    backlinks: tuple[TreeNode, ...]
    below: tuple[TreeNode, ...]
    files: tuple[str, ...]
    helps_on: tuple[str, ...]


def delete_preview(visit: Visit, view: PageView) -> DeletePreview:
    """What depends on the page, as far as this actor may know."""
    visit.catch_up_links()
    connection, wiki_id, actor = visit.connection, visit.wiki.id, visit.actor
    _, bindings = bindings_of(connection, view.id)
    return DeletePreview(
        _nodes(visit, backlinks(connection, wiki_id, view.path, actor)),
        _nodes(visit, pages_below(connection, wiki_id, view.path, actor)),
        tuple(files_below(connection, wiki_id, view.path, actor)),
        tuple(dict.fromkeys(one.error or one.endpoint for one in bindings)),
    )
