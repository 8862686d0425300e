"""A host with Flask-Login, Flask-SQLAlchemy, Flask-Migrate, a CSRFProtect for everything and a policy with nonces."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask, redirect, render_template, request
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_talisman import Talisman
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import DictLoader
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import StringField

from kbwiki import KBWiki

PREFIX = "/handbook"
PEOPLE = {"ann": "team", "mona": "moderators", "root": "admins"}
POLICY = {"default-src": "'none'", "img-src": "'self'", "connect-src": "'self'", "form-action": "'self'",
          "base-uri": "'none'", "script-src": [], "style-src": []}  # fmt: skip

TEMPLATES = {
    "base.html": "<!doctype html><html lang=en><head><title>{% block title %}{% endblock %}</title>"
    "<script nonce='{{ csp_nonce() }}'>1</script>{% block head %}{% endblock %}</head>"
    "<body>{% if form is defined %}{{ form.title }}{% endif %}{{ current_user.name if current_user.name }}"
    "{% block content %}{% endblock %}</body></html>",
    "form.html": "{% extends 'base.html' %}{% block content %}<form method=post>{{ form.hidden_tag() }}</form>"
    "{% endblock %}",
}


class ProductForm(FlaskForm):  # type: ignore[misc]
    """A form of the host's."""

    title = StringField()


def make_app(folder: Path) -> Flask:
    """The host as it is."""
    app = Flask("shop", instance_path=str(folder / "instance"), root_path=str(folder))
    app.config.update(SECRET_KEY="shop", SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'shop.db'}", TESTING=True)
    app.jinja_loader = DictLoader(TEMPLATES)  # type: ignore[assignment]
    db = SQLAlchemy(app)
    login = LoginManager(app)
    login.login_view = "enter"
    CSRFProtect(app)
    Talisman(
        app,
        force_https=False,
        session_cookie_secure=False,
        content_security_policy=POLICY,
        content_security_policy_nonce_in=["script-src", "style-src"],
    )
    Migrate(app, db, directory=str(folder / "migrations"))
    _models(app, db, login)
    with app.app_context():
        db.create_all()
        db.session.add_all(
            app.extensions["shop"]["User"](name=name, group=group) for name, group in PEOPLE.items()
        )
        db.session.commit()
    return app


def _models(app: Flask, db: Any, login: LoginManager) -> None:
    class User(UserMixin, db.Model):  # type: ignore[misc, name-defined]
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        group: Mapped[str]

        @property
        def groups(self) -> list[str]:
            return [self.group]

    class Product(db.Model):  # type: ignore[misc, name-defined]
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]

    app.extensions["shop"] = {"User": User, "Product": Product}
    login.user_loader(lambda key: db.session.get(User, int(key)))

    @app.route("/enter", methods=["GET", "POST"])
    def enter() -> Any:
        if request.method == "POST":
            login_user(db.session.scalars(db.select(User).filter_by(name=request.form["who"])).one())
            return redirect(request.args.get("next") or "/")
        return render_template("form.html", form=ProductForm())

    @app.route("/products", methods=["GET", "POST"])
    @login_required
    def products() -> Any:
        form = ProductForm()
        if form.validate_on_submit():
            db.session.add(Product(title=form.title.data))
            db.session.commit()
            return redirect("/products")
        return render_template("form.html", form=form)

    @app.get("/who")
    def who() -> str:
        return str(current_user.get_id())


def mount(app: Flask) -> None:
    """The line that puts a wiki in."""
    KBWiki(app, url_prefix=PREFIX)


def sign_in(client: FlaskClient, who: str) -> dict[str, Any]:
    """Sign somebody in; what every further request has to bring along."""
    client.post("/enter", data={"who": who, "csrf_token": token_of(client, "/enter")})
    return {}


def token_of(client: FlaskClient, address: str) -> str:
    """The host's token in a form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', client.get(address).text)
    assert found
    return unescape(found[1])


class Suite:
    """The host's own tests."""

    def test_the_models_are_ours_alone(self, app: Flask) -> None:
        assert set(app.extensions["sqlalchemy"].metadata.tables) == {"user", "product"}

    def test_a_product_is_added(self, app: Flask) -> None:
        client = app.test_client()
        sign_in(client, "ann")
        token = token_of(client, "/products")
        assert client.post("/products", data={"title": "Boots", "csrf_token": token}).status_code == 302
        db = app.extensions["sqlalchemy"]
        with app.app_context():
            assert db.session.query(app.extensions["shop"]["Product"]).count() == 1

    def test_forged_posts_are_refused(self, app: Flask) -> None:
        client = app.test_client()
        sign_in(client, "ann")
        assert client.post("/products", data={"title": "Forged"}).status_code == 400

    def test_strangers_are_shown_in_first(self, app: Flask) -> None:
        answer = app.test_client().get("/products")
        assert (answer.status_code, answer.location) == (302, "/enter?next=%2Fproducts")

    def test_scripts_need_the_nonce(self, app: Flask) -> None:
        answer = app.test_client().get("/enter")
        nonce = re.search(r"nonce='([^']+)'", answer.text)
        assert nonce
        assert f"script-src  'nonce-{nonce[1]}'" in answer.headers["Content-Security-Policy"]

    def test_an_answer_without_a_form_sets_no_cookie(self, app: Flask) -> None:
        answer = app.test_client().get("/who")
        assert (answer.text, "Set-Cookie" in answer.headers) == ("None", False)

    def test_migrations_follow_our_models(self, app: Flask) -> None:
        run = app.test_cli_runner().invoke
        for words in (["init"], ["stamp", "head"], ["migrate"]):
            done = run(args=["db", *words])
            assert done.exit_code == 0, (done.output, done.exception)
        written = (Path(app.root_path) / "migrations" / "versions").glob("*.py")
        assert [one.name for one in written if "    op." in one.read_text("utf-8")] == []
