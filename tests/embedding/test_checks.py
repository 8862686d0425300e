"""Everything `flask kbwiki check` finds wrong, each seeded here; and a host in order, in which it finds nothing."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Request, Response
from flask_login import LoginManager
from jinja2 import DictLoader
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from kbwiki import Actor, Identity, KBWiki, flask_login_actor
from kbwiki.errors import Invalid
from kbwiki.testing import save
from kbwiki.web.host_checks import places
from kbwiki.web.mount_keys import MOUNT_KEYS
from tests.databases import SqliteTemplate
from tests.docs.reading import REFERENCE, rows_of
from tests.docs.test_reference import mount_keys

BASE = "<html>{% block head %}{% endblock %}{% block content %}{% endblock %}</html>"


class People(Identity):
    """A host that says who is in which group."""

    def __init__(self, **groups: int) -> None:
        self.groups = groups

    def members(self, group: str) -> list[Actor]:
        return [Actor(f"{group}{n}", group) for n in range(self.groups.get(group, 2))]


@dataclass
class Seeded:
    """One way to set a host up wrongly: `code` is what has to be said of it."""

    code: str
    config: dict[str, Any] = field(default_factory=dict)
    before: Callable[[Flask], object] = lambda app: None
    mount: dict[str, Any] = field(default_factory=dict)
    after: Callable[[Flask], object] = lambda app: None
    says: str = ""
    app: dict[str, Any] = field(default_factory=dict)


def answers_with(**headers: str) -> Callable[[Flask], object]:
    def add(app: Flask) -> None:
        @app.after_request
        def _(response: Response) -> Response:
            response.headers.extend({name.replace("_", "-"): value for name, value in headers.items()})
            return response

    return add


def templates(**sources: str) -> Callable[[Flask], object]:
    def add(app: Flask) -> None:
        app.jinja_loader = DictLoader({name.replace("__", "/") + ".html": told for name, told in sources.items()})  # type: ignore[assignment]

    return add


def wiki_of(app: Flask) -> Any:
    return app.extensions["kbwiki"]["main"].wiki


def sql(statement: str) -> Callable[[Flask], object]:
    def run(app: Flask) -> None:
        with wiki_of(app).database.write() as connection:
            connection.execute(text(statement))

    return run


def wait(app: Flask) -> None:
    """Somebody saved long ago, and nobody has worked since."""
    wiki = wiki_of(app)
    wiki.clock = lambda: datetime.now(UTC) - timedelta(days=1)
    save(wiki, "boots", "Wear boots.\n")
    wiki.clock = lambda: datetime.now(UTC)


def in_the_future(app: Flask) -> None:
    wiki = wiki_of(app)
    wiki.clock = lambda: datetime.now(UTC) + timedelta(hours=3)
    save(wiki, "boots", "Wear boots.\n")
    wiki.clock = lambda: datetime.now(UTC)


def index_folder(app: Flask) -> Path:
    return Path(wiki_of(app).search_place.folder)


def open_index(app: Flask) -> None:
    index_folder(app).mkdir(parents=True)
    index_folder(app).chmod(0o755)


def file_in_place_of_index(app: Flask) -> None:
    index_folder(app).parent.mkdir(parents=True, exist_ok=True)
    index_folder(app).write_text("no folder")


class Stubborn(Request):
    """A host's request class whose limit nobody can raise."""

    max_content_length = property(lambda self: 1000)  # type: ignore[assignment]


def fails() -> Actor:
    raise RuntimeError("no session here")


def wrap_twice(app: Flask) -> None:
    app.wsgi_app = ProxyFix(ProxyFix(app.wsgi_app))  # type: ignore[method-assign]


POLICY = "Content_Security_Policy"
PROXIED = {"KBWIKI_USER_HEADER": "X-Remote-User", "KBWIKI_TRUSTED_PROXIES": ["10.0.0.0/8"]}

SEEDED = [
    Seeded("no-secret-key", {"SECRET_KEY": None}),
    Seeded("insecure-cookie", {"SESSION_COOKIE_SAMESITE": "None"}),
    Seeded("unknown-setting", {"KBWIKI_FALBACK_GROUP": "team"}, says="Did you mean KBWIKI_FALLBACK_GROUP?"),
    Seeded("reserved-group", {"KBWIKI_GROUP_NAMES": {"all": "everyone"}}),
    Seeded("identity-fails", mount={"actor": fails}, says="no session here"),
    Seeded("identity-fails", mount={"actor": lambda: "ann"}, says="'ann'"),
    Seeded("identity-fails", mount={"actor": flask_login_actor()}, says="login_manager"),
    Seeded("everybody-trusted", PROXIED | {"KBWIKI_TRUSTED_PROXIES": ["0.0.0.0/0"]}),
    Seeded("no-proxyfix", PROXIED),
    Seeded("proxyfix-twice", PROXIED, after=wrap_twice),
    Seeded("fallback-group-empty", mount={"actor": People(moderators=0)}, says="'moderators'"),
    Seeded("admin-group-small", mount={"actor": People(admins=1)}, says="'admins'"),
    Seeded(
        "route-clash",
        before=lambda app: app.add_url_rule("/wiki/-/recent", "news", lambda: ""),
        says="answered by news",
    ),
    Seeded("route-clash", after=lambda app: KBWiki(app, name="second", url_prefix="/wiki"), says="'second'"),
    Seeded("route-clash", mount={"url_prefix": "/static"}, says="answered by static"),
    Seeded("sign-in-nowhere", {"KBWIKI_SIGN_IN_URL": "/entr"}),
    Seeded("body-limit", before=lambda app: setattr(app, "request_class", Stubborn)),
    Seeded("autoescape-off", before=lambda app: setattr(app, "select_jinja_autoescape", lambda name: False)),
    Seeded("layout-missing", {"KBWIKI_BASE_TEMPLATE": "bse.html"}, templates(base=BASE)),
    Seeded(
        "block-missing",
        {"KBWIKI_BASE_TEMPLATE": "base.html", "KBWIKI_CONTENT_BLOCK": "body"},
        templates(base=BASE),
        says="no block 'body'",
    ),
    Seeded("override-unknown", before=templates(kbwiki__pge="x"), says="no such template"),
    Seeded("override-variables", before=templates(kbwiki__missing="{{ page.title }}"), says="'page'"),
    Seeded("override-broken", before=templates(kbwiki__missing="{% if %}")),
    Seeded("policy-forbids", before=answers_with(**{POLICY: "default-src 'none'"}), says="scripts"),
    Seeded("policy-forbids", before=answers_with(**{POLICY: "script-src 'nonce-abc'; style-src 'self'"})),
    Seeded("not-reached", before=lambda app: app.before_request(lambda: ("no", 429)), says="429"),
    Seeded("index-unwritable", after=file_in_place_of_index),
    Seeded("index-open", after=open_index, says="0755"),
    Seeded(
        "index-shared",
        {"KBWIKI_INDEX_FOLDER": "same", "KBWIKI_SECOND_INDEX_FOLDER": "same"},
        after=lambda app: KBWiki(app, name="second", url_prefix="/second"),
    ),
    Seeded("tables-behind", after=sql("UPDATE kbwiki_alembic_version SET version_num = '0003'"), says="0003"),
    Seeded("late", after=wait, says="1 entries behind"),
    Seeded("index-unusable", after=wait),
    Seeded("clock-ahead", after=in_the_future),
]


@pytest.fixture(scope="module")
def template(request: pytest.FixtureRequest) -> SqliteTemplate:
    """A migrated database to copy."""
    found: SqliteTemplate = request.getfixturevalue("_sqlite_template")
    return found


def made(folder: Path, template: SqliteTemplate, case: Seeded) -> Flask:
    app = Flask("host", instance_path=str(folder / "instance"), root_path=str(folder), **case.app)
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=template.copy_to(folder / "wiki.db"))
    app.config.update(case.config)
    for key in ("KBWIKI_INDEX_FOLDER", "KBWIKI_SECOND_INDEX_FOLDER"):
        if key in app.config:
            app.config[key] = str(folder / app.config[key])
    case.before(app)
    KBWiki(app, **case.mount)
    case.after(app)
    return app


def checked(app: Flask) -> tuple[int, dict[str, Any]]:
    done = app.test_cli_runner().invoke(args=["kbwiki", "check", "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    for mount in app.extensions["kbwiki"].values():
        mount.wiki.close()
    return done.exit_code, json.loads(done.output.splitlines()[-1])


def test_what_is_found_is_said_in_the_languages_of_the_wiki_and_its_words(
    tmp_path: Path, template: SqliteTemplate
) -> None:
    words = {"KBWIKI_LOCALES": ["de"], "KBWIKI_VOCABULARY": "Handbook", "KBWIKI_TYPO": 1, "SECRET_KEY": None}
    app = made(tmp_path, template, replace(SEEDED[0], config={**words}))

    said = app.test_cli_runner().invoke(args=["kbwiki", "check"]).output

    assert "die App hat keinen SECRET_KEY: das Handbuch lässt sich lesen" in said
    assert "KBWIKI_TYPO ist keine Einstellung des Handbuchs" in said
    assert "Einstellungen " in said
    assert "in einer eigenen Datenbank, über eine eigene Engine: KBWIKI_DATABASE_URI nennt sie" in said
    wiki_of(app).close()


@pytest.mark.parametrize("case", SEEDED, ids=lambda case: case.code)
def test_what_is_wrong_is_found_and_what_to_do_is_said(case: Seeded, tmp_path: Path, template: SqliteTemplate) -> None:
    code, said = checked(made(tmp_path, template, case))

    assert code == 1
    found = [one for one in said["problems"] if one["code"] == case.code]
    assert found, said["problems"]
    assert any(case.says in one["says"] for one in found), found
    assert all(one["to_do"] for one in found)


def test_a_host_in_order_is_told_what_was_found_and_that_nothing_needs_doing(
    tmp_path: Path, template: SqliteTemplate
) -> None:
    case = Seeded(
        "",
        {"KBWIKI_BASE_TEMPLATE": "base.html"},
        lambda app: (
            templates(base=BASE, kbwiki__missing="{{ kb.title }} {{ url_for('static', filename='x') }}")(app),
            answers_with(**{POLICY: "default-src 'self'"})(app),
            LoginManager(app).user_loader(lambda key: None),
        ),
    )
    app = made(tmp_path, template, case)
    plain = app.test_cli_runner().invoke(args=["kbwiki", "check"])

    code, said = checked(app)

    assert (code, said["problems"]) == (0, []), said["problems"]
    assert said["parts"]["identity"]["says"] == "Flask-Login"
    assert said["parts"]["layout"]["says"] == "base.html"
    assert "lets the wiki through" in said["parts"]["answers"]["says"]
    assert said["parts"]["routes"]["url_prefix"] == "/wiki"
    assert "!" not in plain.output


def test_an_index_in_use_and_nobody_to_sign_in_are_no_problem(tmp_path: Path, template: SqliteTemplate) -> None:
    app = made(tmp_path, template, Seeded(""))
    save(wiki_of(app), "boots", "Wear boots.\n")
    wiki_of(app).catch_up_links()
    wiki_of(app).search.catch_up()
    wiki_of(app).catch_up_risk()

    code, said = checked(app)

    assert (code, said["problems"]) == (0, [])
    assert "anonymous" in said["parts"]["identity"]["says"]


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"KBWIKI_SEARCH_ENGINE": "wosh"}, "wosh"),
        ({"KBWIKI_TIME_ZONE": "Europe/Berln"}, "Berln"),
        ({"KBWIKI_WORKING_HOURS": "always"}, "always"),
        ({"KBWIKI_READERS": "everyone"}, "KBWIKI_READERS"),
        ({"KBWIKI_USER_HEADER": "X-User"}, "KBWIKI_TRUSTED_PROXIES"),
        ({"KBWIKI_CSP_NONCE": "abc"}, "KBWIKI_CSP_NONCE"),
        ({"KBWIKI_CONTENT_BLOCK": "a b", "KBWIKI_BASE_TEMPLATE": "base.html"}, "a b"),
    ],
)
def test_what_cannot_work_at_all_is_said_when_the_app_starts(config: dict[str, Any], told: str, tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", **config)

    with pytest.raises(Invalid) as refused:
        KBWiki(app)

    assert told in str(refused.value)


def test_postgresql_without_its_driver_is_said_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI="postgresql://localhost/wiki")
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(Invalid, match=r"kbwiki\[postgresql\]"):
        KBWiki(app)


def test_sqlite_on_a_network_file_system_is_found(
    tmp_path: Path, template: SqliteTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/home {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(places, "MOUNTS", table)

    _, said = checked(made(tmp_path, template, Seeded("")))

    assert [one["code"] for one in said["problems"]] == ["database-on-network"]


def test_a_database_without_its_own_folder_to_write_into_is_found(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("no folder")
    app = Flask("host", instance_path=str(tmp_path / "instance"))
    app.secret_key = "test"
    KBWiki(app)

    _, said = checked(app)

    assert "database-unwritable" in {one["code"] for one in said["problems"]}


@pytest.mark.parametrize(
    ("installed", "code"),
    [(["Whoosh-Reloaded", "whoosh3"], "whoosh-twice"), (["Whoosh"], "whoosh-old"), (["Whoosh-Reloaded"], None)],
)
def test_the_wrong_whoosh_is_found(
    installed: list[str],
    code: str | None,
    tmp_path: Path,
    template: SqliteTemplate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "packages_distributions", lambda: {"whoosh": installed})

    _, said = checked(made(tmp_path, template, Seeded("")))

    assert [one["code"] for one in said["problems"]] == ([code] if code else [])


def test_a_check_that_fails_by_itself_stops_no_other(
    tmp_path: Path, template: SqliteTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "packages_distributions", lambda: 1 / 0)

    _, said = checked(made(tmp_path, template, Seeded("")))

    assert [one["code"] for one in said["problems"]] == ["check-failed"]
    assert "ZeroDivisionError" in said["problems"][0]["says"]


def test_where_templates_do_not_escape_nothing_is_shown(tmp_path: Path, template: SqliteTemplate) -> None:
    case = Seeded("", before=lambda app: setattr(app, "select_jinja_autoescape", lambda name: False))
    app = made(tmp_path, template, case)
    save(wiki_of(app), "boots", "Wear boots.\n", title="<script>1</script>")

    answer = app.test_client().get("/wiki/boots")

    assert answer.status_code == 503
    assert "<script>1" not in answer.text
    wiki_of(app).close()


def test_every_key_that_is_read_is_known_to_the_check() -> None:
    assert {f"KBWIKI_{key}" for key in MOUNT_KEYS} == mount_keys()
    assert list(MOUNT_KEYS) == sorted(MOUNT_KEYS)


def test_every_code_is_in_the_reference_and_no_other() -> None:
    described = {row[0].strip("`") for row in rows_of((REFERENCE / "checks.md").read_text("utf-8"))}
    source = "".join(path.read_text("utf-8") for path in _sources())

    used = set(re.findall(r'code="([a-z-]+)"', source)) | {"tables-behind", "unsealed", "late", "index-unusable"}
    used.add("plugin-fails")
    assert described == used


def _sources() -> list[Path]:
    package = Path(places.__file__).parent
    cli = package.parent.parent / "cli"
    return [*package.glob("*.py"), cli / "checking.py", cli / "plugin_findings.py"]

