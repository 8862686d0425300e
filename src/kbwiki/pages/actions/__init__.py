"""What happens to pages. Each action takes the transaction, checks access, writes through `state.write_state`."""

from .delete import bring_back, delete_page
from .move import Moved, move_page
from .save import Edit, EditConflict, Saved, save_page
from .take_out import hunks_of, take_out_hunks
from .undo import merge_out, restore_revision, undo_change

__all__ = [
    "Edit",
    "EditConflict",
    "Moved",
    "Saved",
    "bring_back",
    "delete_page",
    "hunks_of",
    "merge_out",
    "move_page",
    "restore_revision",
    "save_page",
    "take_out_hunks",
    "undo_change",
]
