"""`make floors`: an environment with exactly the lowest versions that setup.cfg declares, and tests in it.

`make newest` does the same with the newest of everything.

What is declared is what is tried: nothing is written down twice. The environment is made once and kept in `.floors`,
until setup.cfg declares something else. Arguments are handed to pytest; without any, `CHOSEN` is run.
"""

from __future__ import annotations

import re
import subprocess
import sys
from configparser import ConfigParser
from hashlib import sha256
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
EXTRAS = ("postgresql", "demo")
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "Flask-WTF", "Flask-SQLAlchemy", "Flask-Migrate", "Flask-Principal")
CHOSEN = (
    "tests/test_migrations.py",
    "tests/embedding/test_first_steps.py",
    "tests/embedding/test_fragments.py",
    "tests/embedding/test_joining.py",
    "tests/embedding/test_migrations_of_the_host.py",
    "tests/embedding/test_who_may_go_where.py",
    "tests/markup/test_links_and_headings.py",
    "tests/pages/test_save.py",
    "tests/moderation/test_decide.py",
    "tests/web/test_identity.py",
    "tests/cli/test_commands.py",
    "tests/search/test_finding.py",
    "tests/wording/test_everything_is_said.py",
)
"""What touches everything the floors are about: each library, both databases, the web, the command line."""


def declared() -> dict[str, str]:
    """The lowest version of each requirement of the package and of the extras that run with it, by name."""
    setup = ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")
    lines = setup["options"]["install_requires"].split()
    for extra in EXTRAS:
        lines += setup["options.extras_require"][extra].split()
    return dict(floor_of(line) for line in lines)


def floor_of(line: str) -> tuple[str, str]:
    """Name and lowest version of a requirement. Errors: ValueError where it has none."""
    found = re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?>=([\w.]+)", line)
    if found is None:
        raise ValueError(f"{line!r} declares no lowest version.")
    return found[1], found[2]


def make_environment(*, newest: bool = False) -> Path:
    """The environment's interpreter; made anew when what is declared changed, and for the newest each time."""
    environment = REPOSITORY / (".newest" if newest else ".floors")
    floors = "" if newest else "".join(f"{name}=={version}\n" for name, version in sorted(declared().items()))
    wanted = sha256((floors + repr(TOOLS)).encode()).hexdigest()
    stamp, python = environment / "made-of", environment / "bin" / "python"
    if not newest and stamp.exists() and stamp.read_text() == wanted:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
    constraints = environment / "floors.txt"
    constraints.write_text(floors)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", constraints]
    subprocess.run([*pip, "-e", f"{REPOSITORY}[{','.join(EXTRAS)}]", *TOOLS], check=True)
    stamp.write_text(wanted)
    return python


def installed(python: Path) -> dict[str, str]:
    """What stands in the environment, by name in small letters."""
    code = "from importlib.metadata import distributions as d\nfor one in d(): print(one.metadata['Name'], one.version)"
    said = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout
    return {name.lower().replace("_", "-"): version for name, version in (line.split() for line in said.splitlines())}


def main(arguments: list[str]) -> int:
    """Make the environment, say what is in it, run the tests."""
    newest = "--newest" in arguments
    python = make_environment(newest=newest)
    there = installed(python)
    wrong = {
        name: there.get(name.lower())
        for name, version in declared().items()
        if not newest
        and not re.fullmatch(rf"{re.escape(version)}(\.0)*", there.get(name.lower(), ""))
    }
    if wrong:
        print(f"Not at their floors: {wrong}", file=sys.stderr)
        return 1
    print("  ".join(f"{name} {there[name.lower()]}" for name in sorted(declared())), flush=True)
    pytest = [python, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-m", "not bench and not browser"]
    chosen = [one for one in arguments if one != "--newest"] or CHOSEN
    return subprocess.run([*pytest, *chosen], cwd=REPOSITORY, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
