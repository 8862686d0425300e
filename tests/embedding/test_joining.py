"""A page saved together with the host's own rows, or neither: on both databases, whatever fails, and whoever."""

# ruff: noqa: PT012, SIM117 - what raises is leaving the block of a transaction

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker

from kbwiki import SYSTEM, Actor, Wiki, signals
from kbwiki.errors import Forbidden, Invalid
from kbwiki.journal.append import count_unsealed
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.pages.actions import Edit, save_page
from kbwiki.testing import SECOND_WRITER, WRITER, open_reviews, read, save


class Host(DeclarativeBase):
    """The host's own tables."""


class Product(Host):
    """The host's own rows."""

    __tablename__ = "product"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


@dataclass
class World:
    """A host with two wikis in its database, its session, and what it was told."""

    engine: Engine
    wiki: Wiki
    other: Wiki
    session: Session
    told: list[tuple[str, int]] = field(default_factory=list)

    def note(self, sender: object, event: signals.Committed) -> None:
        with self.wiki.read() as connection:  # what is told is there for everybody
            pages = connection.exec_driver_sql("SELECT count(*) FROM kbwiki_page").scalar_one()
        self.told.append((event.wiki, pages))

    def counts(self) -> tuple[int, int, int, int]:
        """Products, pages, revisions and entries of the journal, as somebody else sees them."""
        tables = ("product", "kbwiki_page", "kbwiki_revision", "kbwiki_entry")
        with self.engine.connect() as connection:
            found = [connection.exec_driver_sql(f"SELECT count(*) FROM {one}").scalar_one() for one in tables]
        return found[0], found[1], found[2], found[3]

    def save_both(self, name: str, *, wiki: Wiki | None = None) -> None:
        self.session.add(Product(name=name))
        with (wiki or self.wiki).begin(WRITER, session=self.session) as tx:
            save_page(tx, Edit(f"products/{name}", f"About {name}.\n"))

    def is_sound(self) -> None:
        """Both journals verify, nothing is unsealed, each page has its entry and its review."""
        for wiki in (self.wiki, self.other):
            assert wiki.verify().intact
            with wiki.read() as connection:
                assert count_unsealed(connection, wiki.id) == 0
        _, pages, revisions, entries = self.counts()
        assert pages == revisions == entries == len(open_reviews(self.wiki)) + len(open_reviews(self.other))


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    wiki, other = Wiki(database_url), Wiki(database_url, name="other")
    other.upgrade()
    engine = create_engine(wiki.database.engine.url)
    Host.metadata.create_all(engine)
    with Session(engine) as session:
        world = World(engine, wiki, other, session)
        signals.change_committed.connect(world.note)
        yield world
        signals.change_committed.disconnect(world.note)
    wiki.close()
    other.close()
    engine.dispose()


def test_both_are_there_when_the_host_commits_and_the_host_is_told_then(world: World) -> None:
    world.save_both("ladder")
    assert world.told == []

    world.session.commit()

    assert world.counts() == (1, 1, 1, 1)
    assert world.told == [("main", 1)]
    assert read(world.wiki, "products/ladder") == "About ladder.\n"
    world.is_sound()


def test_neither_is_there_when_the_host_rolls_back_or_closes(world: World) -> None:
    for leave in (world.session.rollback, world.session.close):
        world.save_both("ladder")
        leave()
        assert world.counts() == (0, 0, 0, 0)

    world.save_both("rope")
    world.session.commit()

    assert world.told == [("main", 1)]
    world.is_sound()


def test_neither_is_there_when_the_hosts_own_commit_fails(world: World) -> None:
    world.save_both("ladder")
    world.session.commit()

    world.save_both("rope")
    world.session.add(Product(name="ladder"))
    with pytest.raises(IntegrityError):
        world.session.commit()
    world.session.rollback()

    assert world.counts() == (1, 1, 1, 1)
    assert len(world.told) == 1
    world.is_sound()


def test_our_failure_undoes_our_part_alone(world: World) -> None:
    world.session.add(Product(name="ladder"))
    world.session.flush()
    with pytest.raises(Forbidden), world.wiki.begin(Actor("", "Nobody"), session=world.session) as tx:
        save_page(tx, Edit("products/ladder", "Not mine.\n"))
    with pytest.raises(ZeroDivisionError), world.wiki.begin(WRITER, session=world.session) as tx:
        save_page(tx, Edit("products/ladder", "Half.\n"))
        raise ZeroDivisionError

    world.session.commit()

    assert world.counts() == (1, 0, 0, 0)
    assert world.told == []
    world.is_sound()


def test_the_hosts_failure_within_our_block_is_the_hosts_own_and_nothing_is_half_there(world: World) -> None:
    world.save_both("ladder")
    world.session.commit()

    with pytest.raises(IntegrityError), world.wiki.begin(WRITER, session=world.session) as tx:
        save_page(tx, Edit("products/rope", "New.\n"))
        world.session.add(Product(name="ladder"))
        world.session.flush()
    world.session.rollback()
    with pytest.raises(RuntimeError, match="ended within"):
        with world.wiki.begin(WRITER, session=world.session) as tx:
            save_page(tx, Edit("products/rope", "New.\n"))
            world.session.rollback()
    world.session.commit()

    assert world.counts() == (1, 1, 1, 1)
    world.is_sound()


def test_nothing_is_committed_before_it_has_its_review(world: World) -> None:
    with pytest.raises(RuntimeError, match="without its review"):
        with world.wiki.begin(WRITER, session=world.session) as tx:
            save_page(tx, Edit("products/rope", "New.\n"))
            world.session.commit()
    world.session.rollback()

    assert world.counts() == (0, 0, 0, 0)
    world.save_both("ladder")
    world.session.commit()
    world.is_sound()


def test_a_mere_read_flushes_nothing_of_the_host(world: World) -> None:
    half_built = Product()
    world.session.add(half_built)

    with world.wiki.read(session=world.session) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kbwiki_page").scalar_one() == 0
    with world.wiki.begin(WRITER, session=world.session) as tx:
        save_page(tx, Edit("a", "Text.\n"))

    assert half_built in world.session.new
    with world.wiki.read(session=world.session) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kbwiki_page").scalar_one() == 1
    world.session.expunge(half_built)
    world.session.commit()
    world.is_sound()


def test_two_wikis_in_one_transaction(world: World) -> None:
    world.save_both("ladder")
    world.save_both("rope", wiki=world.other)
    world.session.rollback()
    assert world.counts() == (0, 0, 0, 0)

    world.save_both("ladder")
    with pytest.raises(ZeroDivisionError), world.other.begin(WRITER, session=world.session) as tx:
        save_page(tx, Edit("gone", "Gone.\n"))
        raise ZeroDivisionError
    world.save_both("rope", wiki=world.other)
    world.session.commit()

    assert world.counts() == (2, 2, 2, 2)
    assert world.told == [("main", 2), ("other", 2)]
    world.is_sound()


def test_a_savepoint_of_the_host_takes_along_what_was_done_in_it(world: World) -> None:
    world.save_both("kept")
    inner = world.session.begin_nested()
    world.save_both("gone")
    world.save_both("gone-too", wiki=world.other)
    inner.rollback()
    with world.session.begin_nested():
        world.save_both("kept-too")

    world.session.commit()

    assert world.counts() == (2, 2, 2, 2)
    assert world.told == [("main", 2), ("main", 2)]
    world.is_sound()


def test_a_block_within_a_block_keeps_the_order_of_what_happened(world: World) -> None:
    with world.wiki.begin(WRITER, session=world.session) as outer:
        save_page(outer, Edit("a", "One.\n"))
        with world.wiki.begin(SECOND_WRITER, session=world.session) as inner:
            save_page(inner, Edit("a", "Two.\n", base=1))
        with pytest.raises(ZeroDivisionError), world.wiki.begin(SECOND_WRITER, session=world.session) as inner:
            save_page(inner, Edit("a", "Never.\n", base=2))
            raise ZeroDivisionError
        save_page(outer, Edit("a", "Three.\n", base=2))
    world.session.commit()

    (review,) = open_reviews(world.wiki)
    assert (review.base, review.head) == (0, 3)
    assert read(world.wiki, "a") == "Three.\n"
    assert len(world.told) == 3
    with world.wiki.read() as connection:
        numbers = connection.exec_driver_sql("SELECT number FROM kbwiki_entry ORDER BY position").scalars().all()
    assert numbers == [1, 2, 3]
    assert world.wiki.verify().intact


@pytest.mark.parametrize("of_host", [False, True])
def test_what_is_undone_within_a_block_takes_no_review_or_entry_of_it_along(world: World, of_host: bool) -> None:
    with world.wiki.begin(WRITER, session=world.session) as tx:
        save_page(tx, Edit("before", "Before.\n"))
        savepoint = world.session.begin_nested() if of_host else None
        with contextlib.suppress(LookupError):
            with world.wiki.begin(SECOND_WRITER, session=world.session) as inner:
                save_page(inner, Edit("undone", "Undone.\n"))
                if savepoint is None:
                    raise LookupError
        if savepoint is not None:
            savepoint.rollback()
        with world.wiki.begin(SECOND_WRITER, session=world.session) as inner:
            save_page(inner, Edit("within", "Within.\n"))
        save_page(tx, Edit("after", "After.\n"))
    world.session.commit()

    assert world.counts() == (0, 3, 3, 3)
    assert len(world.told) == 3
    world.is_sound()


def test_a_savepoint_within_a_savepoint_undoes_just_what_was_done_in_it(world: World) -> None:
    host = world.session.connection()
    with world.wiki.begin(WRITER, session=world.session) as tx:
        save_page(tx, Edit("one", "One.\n"))
        with host.begin_nested():
            save_page(tx, Edit("two", "Two.\n"))
            within = host.begin_nested()
            save_page(tx, Edit("undone", "Undone.\n"))
            with world.wiki.begin(SECOND_WRITER, session=world.session) as inner:
                save_page(inner, Edit("undone/too", "Undone.\n"))
            within.rollback()
        whole = host.begin_nested()
        with host.begin_nested(), world.wiki.begin(SECOND_WRITER, session=world.session) as inner:
            save_page(inner, Edit("gone", "Gone.\n"))
        whole.rollback()
    world.session.commit()

    assert world.counts() == (0, 2, 2, 2)
    assert len(world.told) == 2
    world.is_sound()


def test_a_savepoint_undone_behind_our_back_lets_nothing_be_saved_without_its_review(world: World) -> None:
    with pytest.raises(RuntimeError, match="holds reviews"):
        with world.wiki.begin(WRITER, session=world.session) as tx:
            save_page(tx, Edit("before", "Before.\n"))
            tx.connection.exec_driver_sql("SAVEPOINT mine")
            with world.wiki.begin(SECOND_WRITER, session=world.session) as inner:
                save_page(inner, Edit("undone", "Undone.\n"))
            tx.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT mine")
    world.session.commit()

    assert world.counts() == (0, 0, 0, 0)
    assert world.told == []


def test_the_outer_blocks_failure_takes_the_inner_one_along(world: World) -> None:
    with pytest.raises(ZeroDivisionError), world.wiki.begin(WRITER, session=world.session) as outer:
        save_page(outer, Edit("a", "One.\n"))
        with world.wiki.begin(SECOND_WRITER, session=world.session) as inner:
            save_page(inner, Edit("b", "Two.\n"))
        raise ZeroDivisionError
    world.session.commit()

    assert world.counts() == (0, 0, 0, 0)
    assert world.told == []


def test_a_block_may_join_a_transaction_of_the_wikis_own(world: World) -> None:
    with world.wiki.begin(WRITER) as outer:
        save_page(outer, Edit("a", "One.\n"))
        with world.wiki.begin(SECOND_WRITER, session=outer.connection) as inner:
            save_page(inner, Edit("a", "Two.\n", base=1))
        assert world.told == []

    assert read(world.wiki, "a") == "Two.\n"
    assert len(world.told) == 2
    assert world.wiki.verify().intact


def test_a_scoped_session_and_a_bare_connection_are_joined_as_well(world: World) -> None:
    proxy = scoped_session(sessionmaker(world.engine))
    with world.wiki.begin(WRITER, session=proxy) as tx:
        save_page(tx, Edit("a", "One.\n"))
    proxy.commit()
    with world.engine.begin() as connection, world.wiki.begin(WRITER, session=connection) as tx:
        save_page(tx, Edit("b", "Two.\n"))
    with pytest.raises(ZeroDivisionError), world.engine.begin() as connection:
        with world.wiki.begin(WRITER, session=connection) as tx:
            save_page(tx, Edit("c", "Three.\n"))
        raise ZeroDivisionError
    proxy.remove()

    assert world.counts() == (0, 2, 2, 2)
    assert world.told == [("main", 1), ("main", 2)]
    world.is_sound()


def test_a_connection_that_goes_on_after_its_commit_tells_at_the_next_beginning(world: World) -> None:
    with world.engine.connect() as connection:
        for path in ("a", "b"):
            with world.wiki.begin(WRITER, session=connection) as tx:
                save_page(tx, Edit(path, "Text.\n"))
            connection.commit()

    assert [wiki for wiki, _ in world.told] == ["main", "main"]
    world.is_sound()


def test_in_a_session_on_a_connection_of_a_test_nothing_is_told_that_the_test_rolls_back(world: World) -> None:
    with world.engine.connect() as connection:
        outside = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint")
        with world.wiki.begin(WRITER, session=session) as tx:
            save_page(tx, Edit("a", "One.\n"))
        session.commit()
        session.close()
        outside.rollback()

    assert world.counts() == (0, 0, 0, 0)
    assert world.told == []


def test_an_actor_whose_first_save_was_rolled_back_can_save_again(world: World) -> None:
    newcomer = Actor("new", "Nora New", frozenset({"staff"}))
    with world.wiki.begin(newcomer, session=world.session) as tx:
        save_page(tx, Edit("a", "One.\n"))
    world.session.rollback()

    save(world.wiki, "a", "One.\n", by=newcomer)

    world.is_sound()


def test_a_receiver_may_use_the_hosts_session(world: World) -> None:
    def add_product(sender: object, event: signals.Committed) -> None:
        world.session.add(Product(name=f"told of {event.subject_id}"))
        world.session.commit()

    with signals.change_committed.connected_to(add_product):
        world.save_both("ladder")
        world.session.commit()

    assert world.counts()[0] == 2
    world.is_sound()


def test_a_session_of_another_database_is_refused_by_name(world: World, empty_sqlite_url: str) -> None:
    with closing(Wiki(empty_sqlite_url)) as another:
        another.upgrade()
        for engine in (another.database.engine, create_engine("sqlite://")):
            with Session(engine) as session, pytest.raises(Invalid, match="kept elsewhere"):
                with world.wiki.begin(WRITER, session=session):
                    pass
            engine.dispose()
    with pytest.raises(TypeError, match="session="), world.wiki.begin(WRITER, session="no"):  # type: ignore[arg-type]
        pass


def test_rules_that_were_rolled_back_assign_nothing_afterwards(world: World) -> None:
    for group, commit in (("legal", False), ("safety", True)):
        with world.wiki.begin(SYSTEM, session=world.session) as tx:
            set_rule(tx, group, {}, {"add_groups": [group]})
        with world.wiki.begin(WRITER, session=world.session) as tx:
            save_page(tx, Edit(group, "Text.\n"))
        (world.session.commit if commit else world.session.rollback)()

    save(world.wiki, "later", "Text.\n")

    assert open_reviews(world.wiki, "legal") == []
    assert len(open_reviews(world.wiki, "safety")) == 2
