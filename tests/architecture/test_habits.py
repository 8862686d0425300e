"""The habits of the code that a machine can watch: size, names, and who may write to the database."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
PACKAGE = REPOSITORY / "src" / "kbwiki"
LONGEST_FILE = 300
LONGEST_FUNCTION = 60
NAMES_OF_NO_ROOM = re.compile(r"common|misc|(.*_)?(utils?|helpers?)")
SCREENS = ("web", "api", "cli", "demo")
ROW_WRITING = {"add", "add_all", "delete", "flush", "bulk_save_objects", "bulk_insert_mappings"}

# A ratchet: what is longer than it should be, and how long it may be until somebody splits it. Lines may only
# leave these tables, and numbers only fall.
LONGER_FILES: dict[str, int] = {}
LONGER_FUNCTIONS: dict[str, int] = {}


def source_files(*folders: str) -> list[Path]:
    """Every Python file of the package and its migrations, or of the named folders of the package."""
    roots = [PACKAGE / folder for folder in folders] or [PACKAGE, REPOSITORY / "migrations"]
    return sorted(path for root in roots for path in root.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls_of(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, receiver and name of every method call in the file, e.g. (7, "tx.connection", "commit")."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, ast.unparse(node.func.value), node.func.attr


def too_long(lengths: dict[str, int], limit: int, allowed: dict[str, int]) -> dict[str, int]:
    return {name: length for name, length in lengths.items() if length > allowed.get(name, limit)}


def loose_teeth(lengths: dict[str, int], allowed: dict[str, int]) -> dict[str, int | None]:
    """Entries of a ratchet that no longer say the present length, with the length they should say."""
    return {name: lengths.get(name) for name, length in allowed.items() if lengths.get(name) != length}


def file_lengths() -> dict[str, int]:
    return {name_of(path): len(path.read_text("utf-8").splitlines()) for path in source_files()}


def function_lengths() -> dict[str, int]:
    """Lines of every function from its `def` to its end, docstring and comments included.

    A migration is a list of statements in the order of history: it is as long as its step was.
    """
    return {
        f"{name_of(path)}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in source_files()
        for function in functions_of(path)
        if path.parent.name != "versions"
    }


def test_there_is_source_to_look_at() -> None:
    assert PACKAGE / "__init__.py" in source_files()


def test_no_file_is_longer_than_it_may_be() -> None:
    assert too_long(file_lengths(), LONGEST_FILE, LONGER_FILES) == {}


def test_no_function_is_longer_than_it_may_be() -> None:
    assert too_long(function_lengths(), LONGEST_FUNCTION, LONGER_FUNCTIONS) == {}


def test_the_ratchet_of_files_holds_nothing_that_has_become_shorter() -> None:
    assert loose_teeth(file_lengths(), LONGER_FILES) == {}


def test_the_ratchet_of_functions_holds_nothing_that_has_become_shorter() -> None:
    assert loose_teeth(function_lengths(), LONGER_FUNCTIONS) == {}


def test_no_module_is_named_after_having_no_room() -> None:
    names = {path: path.parent.name if path.stem == "__init__" else path.stem for path in source_files()}

    assert [name_of(path) for path, name in names.items() if NAMES_OF_NO_ROOM.fullmatch(name)] == []


def test_only_the_database_modules_commit() -> None:
    commits = [
        f"{name_of(path)}:{line}: {receiver}.{name}()"
        for path in source_files()
        for line, receiver, name in calls_of(path)
        if name == "commit" and path not in (PACKAGE / "database.py", PACKAGE / "drivers.py", PACKAGE / "joining.py")
    ]

    assert commits == []


def test_only_the_database_module_and_migrations_open_transactions() -> None:
    may = {PACKAGE / "database.py", PACKAGE / "upgrade.py", REPOSITORY / "migrations" / "env.py"}

    begins = [
        f"{name_of(path)}:{line}: {receiver}.{name}()"
        for path in source_files()
        for line, receiver, name in calls_of(path)
        if name == "begin" and receiver.endswith(("connection", "engine", "session")) and path not in may
    ]

    assert begins == []


def test_no_screen_writes_rows_itself() -> None:
    writes = [
        f"{name_of(path)}:{line}: {receiver}.{name}()"
        for path in source_files(*SCREENS)
        for line, receiver, name in calls_of(path)
        if name in ROW_WRITING and "session" in receiver.rpartition(".")[2]
    ]

    assert writes == []
