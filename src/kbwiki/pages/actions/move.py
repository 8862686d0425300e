"""Moving a page with everything below it; old addresses go on working, and links follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from ...db import Transaction
from ...errors import Conflict, Forbidden, Invalid
from ...markup import PLAIN
from ...spaces.actions import deepest_first, space_among
from ...spaces.policy import Right
from ...spaces.queries import has_right, hold_spaces, readable
from ...spaces.restraining import require_unrestrained, standing_for, writable, writing
from ...wording import N_, kb_t
from ...wording.kept import keep
from ..links import Moves, relink, take_in_all
from ..locking import CurrentPage, get_locked, get_writable, require_write
from ..models import Page, PageLink
from ..paths import below, look_alike, normalise_path, title_of
from ..policy import Kind, clean_comment, with_text
from ..practice import is_practice
from ..state import write_state
from ..texts import encode, load_texts, store_text
from .save import MAX_PAGE_BYTES


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did: old path → new path of every page moved, the paths whose links were rewritten, and how
    many pages link to the old addresses still because the mover may not change them (their links go on working)."""

    pages: dict[str, str]
    relinked: tuple[str, ...]
    left: int


def move_page(
    tx: Transaction, path: str, new_path: str, *, comment: str = "", along: Mapping[str, str] | None = None
) -> Moved:
    """Move the page at `path`, and every page below it that the actor may change, to `new_path`.

    Old addresses lead to the new ones. Links in other pages are rewritten as revisions by the mover; `along` says what
    else moves, by its old and new path, so that links to it are rewritten in the same revisions. Errors: NotFound,
    Forbidden, Invalid (a bad path, or one inside the page itself), Conflict when one of the new paths is taken.
    """
    hold_spaces(tx.connection, tx.wiki_id)
    page = get_writable(tx, normalise_path(path))
    old, new = page.state.path, normalise_path(new_path)
    if new == old:
        raise Invalid("path", kb_t("That is where the [page] already is."))
    if new.startswith(old + "/"):
        raise Invalid("path", kb_t("[A page] cannot be moved below itself."))
    family = [page, *_below(tx, old)]
    moved = {one.state.path: new + one.state.path[len(old) :] for one in family}
    for target in moved.values():
        normalise_path(target)
    if any(is_practice(tx.settings, one) for one in (*moved, *moved.values())):
        why = kb_t("Practice [pages] stay where they are. Please copy the text to a new [page] instead.")
        raise Invalid("path", why)
    _require_write_at(tx, moved.values())
    _refuse_taken(tx, moved)
    take_in_all(tx)
    comment = clean_comment(comment)
    moves = Moves({**moved, **(along or {})}, _unmistakable(tx, moved))
    for one in family:
        _move_one(tx, one, moves, comment)
    relinked, left = relink_others(tx, moves, {one.id for one in family})
    return Moved(moved, relinked, left)


def _below(tx: Transaction, path: str) -> list[CurrentPage]:
    """The live pages below that the mover may change, each before those below it, which may move to its place."""
    low, high = below(path)
    rows = tx.connection.execute(
        select(Page.id, writable(Page.wiki_id, Page.space_id, Page.path).label("writable"), Page.space_id, Page.path)
        .where(
            Page.wiki_id == tx.wiki_id,
            Page.path >= low,
            Page.path < high,
            ~Page.deleted,
        )
        .order_by(Page.id),
        writing(tx),
    ).all()
    for row in rows:
        # What the mover cannot read stays where it is and is not spoken of; what they can only read stops the move.
        if not row.writable and has_right(tx.connection, row.space_id, Right.READ, tx.actor):
            require_unrestrained(tx, row.space_id, row.path)
            raise Forbidden(kb_t("The [page] below it at “{path}” is not yours to move.", path=row.path))
    # Locked in the order of ids, so that two moves never wait for each other.
    pages = [get_locked(tx, row.id) for row in rows if row.writable]
    still = [one for one in pages if one.state.path.startswith(f"{path}/") and not one.state.deleted]
    return sorted(still, key=lambda one: one.state.path)


def _require_write_at(tx: Transaction, paths: Iterable[str]) -> None:
    """Errors: those of `require_write`, for the space of each path; it may lie deeper than the page's own new space."""
    spaces = deepest_first(tx.connection, tx.wiki_id)
    restraints = standing_for(tx)
    first_in: dict[int, str] = {}
    for path in paths:
        space_id = space_among(spaces, path)
        first_in.setdefault(space_id, path)
        if any(one.holds_at(path) for one in restraints):
            require_write(tx, space_id, path)
    for space_id, path in first_in.items():
        require_write(tx, space_id, path)


def _refuse_taken(tx: Transaction, moved: dict[str, str]) -> None:
    targets = list(set(moved.values()) - moved.keys())
    for start in range(0, len(targets), 500):
        taken = tx.connection.execute(
            select(Page.path).where(
                Page.wiki_id == tx.wiki_id,
                Page.path.in_(targets[start : start + 500]),
                ~Page.deleted,
            )
        ).scalar()
        if taken is not None:
            raise Conflict(kb_t("There is already [a page] at “{taken}”. Please choose another address.", taken=taken))


def _unmistakable(tx: Transaction, moved: dict[str, str]) -> dict[str, str]:
    """Of the moved pages, those that a link with other case or hyphens can only have meant: no second page
    looks alike."""
    keys = {look_alike(old): new for old, new in moved.items()}
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):
        shared = tx.connection.execute(
            select(Page.look_alike)
            .where(
                Page.wiki_id == tx.wiki_id,
                Page.look_alike.in_(wanted[start : start + 500]),
                ~Page.deleted,
            )
            .group_by(Page.look_alike)
            .having(func.count() > 1)
        )
        for key in shared.scalars():
            del keys[key]
    return keys


def _move_one(tx: Transaction, page: CurrentPage, moves: Moves, comment: str) -> None:
    target = moves.exact[page.state.path]
    text = load_texts(tx.connection, [page.state.text_digest])[page.state.text_digest]
    # A title that only repeated the old address goes on repeating the address.
    title = title_of(target) if page.state.title == title_of(page.state.path) else page.state.title
    state = replace(page.state, path=target, title=title)
    rewritten = relink(text, page.state.path, target, moves, tx.dialect or PLAIN)
    if rewritten != text:
        raw = encode(rewritten, max(len(rewritten) * 4, MAX_PAGE_BYTES))
        state = with_text(state, store_text(tx.connection, raw), len(raw))
    write_state(tx, page, state, kind=Kind.MOVE, comment=comment, facts={"from": page.state.path})


def relink_others(tx: Transaction, moves: Moves, family: set[int]) -> tuple[tuple[str, ...], int]:
    """Let links in other pages than the `family` follow; the paths rewritten, and how many are not the mover's to."""
    linking: dict[int, bool] = {}
    olds = sorted({look_alike(old) for old in moves.exact})
    for start in range(0, len(olds), 500):
        rows = tx.connection.execute(
            select(Page.id, writable(Page.wiki_id, Page.space_id, Page.path).label("writable"))
            .join(PageLink, PageLink.page_id == Page.id)
            .where(
                PageLink.wiki_id == tx.wiki_id,
                PageLink.look_alike.in_(olds[start : start + 500]),
                ~Page.deleted,
                readable(Page.space_id),
            ),
            writing(tx),
        )
        linking.update((row.id, row.writable) for row in rows)
    relinked = []
    for page_id in sorted(linking.keys() - family):
        if linking[page_id] and (path := _relink_one(tx, page_id, moves)):
            relinked.append(path)
    return tuple(relinked), sum(1 for page_id in linking.keys() - family if not linking[page_id])


def _relink_one(tx: Transaction, page_id: int, moves: Moves) -> str | None:
    page = get_locked(tx, page_id)
    path = page.state.path
    text = load_texts(tx.connection, [page.state.text_digest])[page.state.text_digest]
    rewritten = relink(text, path, path, moves, tx.dialect or PLAIN)
    if rewritten == text:
        return None
    raw = encode(rewritten, max(len(rewritten) * 4, MAX_PAGE_BYTES))
    state = with_text(page.state, store_text(tx.connection, raw), len(raw))
    first = next(iter(moves.exact.items()))
    comment = keep(N_("Links follow the move of {old} to {new}"), old=first[0], new=first[1])
    write_state(tx, page, state, kind=Kind.RELINK, comment=comment, facts={"moved": first[0]})
    return path
