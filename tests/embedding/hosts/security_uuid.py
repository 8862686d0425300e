"""A host with Flask-Security: roles, sign-in pages of its own, users whose primary keys are UUIDs."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin, auth_required, roles_required
from flask_security.utils import hash_password
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, ForeignKey, Table, Uuid
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from kbwiki import KBWiki

PREFIX = "/kb"
PASSWORD = "correct horse battery"
PEOPLE = {"ann": "staff", "mona": "moderators", "root": "admins"}


def make_app(folder: Path) -> Flask:
    """The host as it is."""
    app = Flask("clinic", instance_path=str(folder / "instance"))
    app.config.update(
        SECRET_KEY="clinic",
        SECURITY_PASSWORD_SALT="salt",
        SECURITY_PASSWORD_HASH="plaintext",
        SECURITY_PASSWORD_SCHEMES=["plaintext"],
        SECURITY_PASSWORD_COMPLEXITY_CHECKER=None,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'clinic.db'}",
        WTF_CSRF_ENABLED=False,
        TESTING=True,
    )
    db = SQLAlchemy(app)
    datastore = SQLAlchemyUserDatastore(db, *_models(db))
    app.extensions["clinic"] = datastore
    Security(app, datastore)

    @app.get("/ward")
    @auth_required("session")
    def ward() -> str:
        return "ward"

    @app.get("/keys")
    @roles_required("admins")
    def keys() -> str:
        return "keys"

    with app.app_context():
        db.create_all()
        for name, role in PEOPLE.items():
            mail = f"{name}@clinic.example"
            datastore.create_user(
                email=mail, password=hash_password(PASSWORD), roles=[datastore.find_or_create_role(role)]
            )
        db.session.commit()
    return app


def _models(db: Any) -> tuple[Any, Any]:
    link = Table(
        "roles_users",
        db.metadata,
        Column("user_id", ForeignKey("user.id"), primary_key=True),
        Column("role_id", ForeignKey("role.id"), primary_key=True),
    )

    class Role(db.Model, RoleMixin):  # type: ignore[misc, name-defined]
        __tablename__ = "role"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(unique=True)

    class User(db.Model, UserMixin):  # type: ignore[misc, name-defined]
        __tablename__ = "user"
        id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
        email: Mapped[str] = mapped_column(unique=True)
        password: Mapped[str | None]
        active: Mapped[bool]
        fs_uniquifier: Mapped[str] = mapped_column(unique=True)
        roles: Mapped[list[Role]] = relationship(secondary=link, backref=backref("users"))

    return User, Role


def mount(app: Flask) -> None:
    """The line that puts a wiki in."""
    KBWiki(app, url_prefix=PREFIX)


def sign_in(client: FlaskClient, who: str) -> dict[str, Any]:
    """Sign somebody in; what every further request has to bring along."""
    client.post("/login", data={"email": f"{who}@clinic.example", "password": PASSWORD})
    return {}


class Suite:
    """The host's own tests."""

    def test_strangers_are_shown_in_first(self, app: Flask) -> None:
        answer = app.test_client().get("/ward")
        assert answer.status_code == 302
        assert str(answer.location).startswith("/login")

    def test_members_get_in_and_out(self, app: Flask) -> None:
        client = app.test_client()
        sign_in(client, "ann")
        assert client.get("/ward").text == "ward"
        client.post("/logout")
        assert client.get("/ward").status_code == 302

    def test_roles_open_doors(self, app: Flask) -> None:
        client = app.test_client()
        sign_in(client, "root")
        assert client.get("/keys").text == "keys"

    def test_the_wrong_password_is_refused(self, app: Flask) -> None:
        client = app.test_client()
        client.post("/login", data={"email": "ann@clinic.example", "password": "wrong"})
        assert client.get("/ward").status_code == 302

    def test_ids_are_uuids_and_sessions_know_another(self, app: Flask) -> None:
        with app.test_request_context():
            ann = app.extensions["clinic"].find_user(email="ann@clinic.example")
            assert isinstance(ann.id, uuid.UUID)
            assert ann.get_id() == ann.fs_uniquifier != str(ann.id)
