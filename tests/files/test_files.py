"""Files come, change, move, go and come back; every change is reviewed, undone, hidden and shown again."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from sqlalchemy import select

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.file_subject import report_file
from kbwiki.files import (
    AlreadyHere,
    FileExists,
    bring_back_file,
    delete_file,
    describe_file,
    move_file,
    replace_file,
    restore_version,
)
from kbwiki.files.actions import IfThere
from kbwiki.files.models import File, FileVersion
from kbwiki.files.queries import (
    FileView,
    files_at,
    find_file,
    get_any_file,
    get_version,
    list_files,
    search_files,
    used_on,
    versions_of,
)
from kbwiki.journal.models import Entry
from kbwiki.moderation.take_back import restore_hidden, take_back
from kbwiki.settings import Settings
from kbwiki.testing import (
    ADMIN,
    MODERATOR,
    READER,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    make_space,
    open_reviews,
    read,
    save,
)
from kbwiki.wording import speaking
from kbwiki.wording.speech import Speech
from kbwiki.wording.vocabularies import vocabularies_of

from .conftest import add, kept, picture

STRANGER = Actor("stranger", "Stranger", frozenset({"elsewhere"}))


def there(wiki: Wiki, path: str, *, by: Actor = READER) -> FileView | None:
    with wiki.read() as connection:
        return find_file(connection, wiki.id, path, by)


def paths(wiki: Wiki, *, by: Actor = READER) -> list[str]:
    with wiki.read() as connection:
        return [one.path for one in list_files(connection, wiki.id, by)]


def found(wiki: Wiki, text: str, *, by: Actor = READER) -> list[str]:
    with wiki.read() as connection:
        return [one.path for one in search_files(connection, wiki.id, by, text)]


def bytes_of(wiki: Wiki, file: FileView) -> bytes:
    assert file.digest is not None
    return wiki.files.store.place(file.digest).read_bytes()


def test_a_file_is_live_at_once_and_its_group_looks_at_it_afterwards(wiki: Wiki) -> None:
    make_space(wiki, "hr", reviewers=("people",))

    made = add(wiki, "hr/leave/Plan 2026.png", picture(30, 20), alt="A plan", comment="For all")

    file = there(wiki, "hr/leave/Plan 2026.png")
    assert made.created
    assert file is not None
    assert (file.media_type, file.width, file.height, file.alt) == ("image/png", 30, 20, "A plan")
    assert (file.author, file.comment, file.is_picture) == ("Wim Writer", "For all", True)
    assert bytes_of(wiki, file) == picture(30, 20)
    assert [(one.title, one.kinds) for one in open_reviews(wiki, "people")] == [("Plan 2026.png", ("file",))]
    assert open_reviews(wiki) == []
    assert wiki.verify().intact


def test_the_journal_has_digests_and_no_words(wiki: Wiki) -> None:
    add(wiki, "a.png", picture(), alt="canary", comment="canary")

    with wiki.read() as connection:
        payload = connection.execute(select(Entry.payload).where(Entry.subject_kind == "file")).scalar_one()

    assert payload["path"] == "a.png"
    assert "canary" not in str(payload)


def test_a_name_that_is_taken_is_asked_about(wiki: Wiki) -> None:
    add(wiki, "hr/form.txt", b"one")

    for name in ("hr/form.txt", "hr/FORM.TXT", "hr/Form.txt"):
        with pytest.raises(FileExists) as told:
            add(wiki, name, b"two")
        assert (told.value.path, told.value.number, told.value.free.casefold()) == ("hr/form.txt", 1, "hr/form-2.txt")
    assert add(wiki, "hr/form.txt", b"two", if_there=IfThere.KEEP_BOTH).path == "hr/form-2.txt"
    assert add(wiki, "hr/form.txt", b"three", if_there=IfThere.KEEP_BOTH).path == "hr/form-3.txt"
    replaced = add(wiki, "hr/FORM.txt", b"four", if_there=IfThere.REPLACE)
    assert (replaced.path, replaced.number) == ("hr/form.txt", 2)
    assert paths(wiki) == ["hr/form-2.txt", "hr/form-3.txt", "hr/form.txt"]
    with wiki.read() as connection:
        bodies = [bytes_of(wiki, one) for one in versions_of(connection, wiki.id, replaced.file_id, READER)]
    assert bodies == [b"four", b"one"]


def test_the_same_bytes_are_recognised_where_they_may_be_read(wiki: Wiki) -> None:
    make_space(wiki, "board", readers=("board",), writers=("board",))
    add(wiki, "board/secret.txt", b"the same", by=Actor("b", "B", frozenset({"board"})))

    first = add(wiki, "open.txt", b"the same")  # what one cannot read is not spoken of

    with pytest.raises(AlreadyHere) as told:
        add(wiki, "again.txt", b"the same")
    assert told.value.path == "open.txt"
    assert add(wiki, "again.txt", b"the same", again=True).created
    same_place = add(wiki, "open.txt", b"the same")
    assert (same_place.file_id, same_place.changed) == (first.file_id, False)


def test_what_is_refused_says_why_and_leaves_nothing(sqlite_wiki: Wiki) -> None:
    wiki = sqlite_wiki
    save(wiki, "a/page.txt", "words")
    add(wiki, "kept.png", picture())
    wiki.settings = replace(Settings(), max_file_bytes=1000, file_types=("png", "txt"))

    with pytest.raises(Invalid, match="at most 1 kB"):
        kept(wiki, b"x" * 1001)
    with pytest.raises(Invalid, match="empty"):
        kept(wiki, b"")
    with pytest.raises(Invalid, match="png, txt"):
        add(wiki, "program.exe", b"MZ")
    with pytest.raises(Conflict, match="already a page"):
        add(wiki, "a/page.txt", b"words")
    with pytest.raises(Invalid, match="another kind"):
        add(wiki, "kept.png", b"text", if_there=IfThere.REPLACE)
    with pytest.raises(Forbidden):
        add(wiki, "x.png", picture(shade=9), by=ANONYMOUS)
    assert paths(wiki) == ["kept.png"]
    assert not list(wiki.files.store.folder.glob("incoming/*"))


def test_a_wiki_without_a_folder_says_so(sqlite_url: str) -> None:
    wiki = Wiki(sqlite_url)
    with pytest.raises(Invalid, match="No folder"):
        wiki.files.keep(io.BytesIO(b"x"))
    wiki.close()


def test_a_life_of_a_file(wiki: Wiki) -> None:
    save(wiki, "hr/leave", "See ![plan](leave/plan.txt) and [[hr/leave/plan.txt]].\n")
    add(wiki, "hr/leave/plan.txt", b"one")
    content = kept(wiki, b"two")

    with wiki.begin(WRITER) as tx:
        replace_file(tx, "hr/leave/plan.txt", content, number=1)
    with wiki.begin(WRITER) as tx, pytest.raises(Conflict):
        replace_file(tx, "hr/leave/plan.txt", content, number=1)
    with wiki.begin(WRITER) as tx:
        described = describe_file(tx, "hr/leave/plan.txt", "The plan", number=2)
        unchanged = describe_file(tx, "hr/leave/plan.txt", "The plan")
    assert (described.number, unchanged.changed) == (3, False)
    with wiki.begin(WRITER) as tx:
        moved = move_file(tx, "hr/leave/plan.txt", "hr/plans/new plan.txt")
    assert moved.path == "hr/plans/new plan.txt"
    assert read(wiki, "hr/leave") == "See ![plan](plans/new%20plan.txt) and [[hr/plans/new plan.txt]].\n"
    with wiki.read() as connection:
        old = files_at(connection, wiki.id, READER, ["hr/leave/plan.txt", "hr/plans/NEW-plan.txt", "nowhere.txt"])
    assert {one: old[one].path for one in old} == {
        "hr/leave/plan.txt": "hr/plans/new plan.txt",
        "hr/plans/NEW-plan.txt": "hr/plans/new plan.txt",
    }
    with wiki.begin(WRITER) as tx:
        delete_file(tx, "hr/plans/new plan.txt", comment="Old")
    assert there(wiki, "hr/plans/new plan.txt") is None
    assert paths(wiki) == []
    with wiki.begin(WRITER) as tx:
        bring_back_file(tx, "hr/plans/new plan.txt")
    with wiki.begin(WRITER) as tx:
        restore_version(tx, "hr/plans/new plan.txt", 1)
    file = there(wiki, "hr/plans/new plan.txt")
    assert file is not None
    assert (bytes_of(wiki, file), file.alt, file.number) == (b"one", "", 7)
    wiki.catch_up_links()
    with wiki.read() as connection:
        assert [one.path for one in used_on(connection, wiki.id, file.path, READER)] == ["hr/leave"]
        kinds = [one.kind for one in versions_of(connection, wiki.id, file.id, READER)]
    assert kinds == ["restore", "bring-back", "delete", "move", "describe", "replace", "upload"]
    assert wiki.verify().intact


def test_files_follow_the_spaces_they_lie_in(wiki: Wiki) -> None:
    add(wiki, "board/minutes.txt", b"words")
    assert paths(wiki) == ["board/minutes.txt"]

    make_space(wiki, "board", readers=("board",), writers=("board",))

    assert paths(wiki) == []
    assert there(wiki, "board/minutes.txt") is None
    assert found(wiki, "minutes") == []
    with wiki.begin(WRITER) as tx, pytest.raises(NotFound):
        describe_file(tx, "board/minutes.txt", "x")
    with wiki.begin(WRITER) as tx, pytest.raises(NotFound):
        report_file(tx, "board/minutes.txt", "", "Wrong.")
    assert paths(wiki, by=Actor("b", "B", frozenset({"board"}))) == ["board/minutes.txt"]


def test_a_file_is_found_by_name_description_and_plain_text(wiki: Wiki) -> None:
    add(wiki, "hr/Travel_Form-2026.txt", "Grüße aus Köln, 100%_sure\n".encode(), alt="Antrag für Reisen")
    add(wiki, "hr/picture.png", picture(), alt="A ladder at the wall")

    for text in ("travel form", "2026", "REISEN antrag", "koln", "100%_sure"):
        assert found(wiki, text) == ["hr/Travel_Form-2026.txt"], text
    assert found(wiki, "ladder") == ["hr/picture.png"]
    assert found(wiki, "ladder koln") == found(wiki, "") == []
    assert found(wiki, "%") == ["hr/Travel_Form-2026.txt"]


def test_reverting_takes_out_what_was_done_and_keeps_what_came_later(wiki: Wiki) -> None:
    add(wiki, "a.txt", b"one")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    add(wiki, "a.txt", b"two", by=SECOND_WRITER, if_there=IfThere.REPLACE)
    (review,) = open_reviews(wiki)
    sides = wiki.subjects["file"]
    with wiki.read() as connection:
        before, after = sides.sides(connection, review_of(wiki, "a.txt"), 1, 2) or ("", "")
    assert "one" in before
    assert "two" in after

    decided = answer(wiki, look(wiki, review.id), "revert", reason="wrong")

    file = there(wiki, "a.txt")
    assert file is not None
    assert (bytes_of(wiki, file), file.kind) == (b"one", "revert")
    with wiki.read() as connection, speaking(Speech(["de"], "", vocabularies_of("Wiki")).wording()):
        german = versions_of(connection, wiki.id, file.id, READER)
        said = next(one.comment for one in german if one.kind == "revert")
    assert file.comment
    assert said not in ("", file.comment)
    assert "\x1f" not in said + file.comment
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, decided.decision_id)
    again = there(wiki, "a.txt")
    assert again is not None
    assert bytes_of(wiki, again) == b"two"
    assert len(open_reviews(wiki)) == 1


def review_of(wiki: Wiki, path: str) -> int:
    with wiki.read() as connection:
        return get_any_file(connection, wiki.id, path, READER).id


def test_reverting_a_new_file_deletes_it(wiki: Wiki) -> None:
    add(wiki, "a.txt", b"one")

    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "revert", reason="wrong")

    assert there(wiki, "a.txt") is None
    with wiki.begin(WRITER) as tx:
        bring_back_file(tx, "a.txt")
    assert there(wiki, "a.txt") is not None


def test_what_was_replaced_again_since_is_not_taken_out_by_itself(wiki: Wiki) -> None:
    add(wiki, "a.txt", b"one")
    seen = look(wiki, open_reviews(wiki)[0].id)
    answer(wiki, seen, "approve")
    add(wiki, "a.txt", b"two", by=SECOND_WRITER, if_there=IfThere.REPLACE)
    seen = look(wiki, open_reviews(wiki)[0].id)
    add(wiki, "a.txt", b"three", if_there=IfThere.REPLACE)

    with pytest.raises(Conflict):  # P3: it moved on
        answer(wiki, seen, "revert", reason="wrong")
    with wiki.begin(MODERATOR) as tx, pytest.raises(Conflict, match="replaced again"):
        wiki.subjects["file"].undo(tx, review_of(wiki, "a.txt"), 1, 2, group="moderators", comment="")


def test_what_is_hidden_is_nowhere_and_comes_back(wiki: Wiki) -> None:
    add(wiki, "a.txt", b"harmless", alt="harmless")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    add(wiki, "a.txt", b"canary", alt="canary", comment="canary", by=SECOND_WRITER, if_there=IfThere.REPLACE)
    with wiki.begin(SECOND_WRITER) as tx:
        move_file(tx, "a.txt", "b.txt")

    decided = answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="private")

    file = there(wiki, "b.txt")
    assert file is not None
    assert (bytes_of(wiki, file), file.alt) == (b"harmless", "harmless")
    assert found(wiki, "canary", by=ADMIN) == []
    with wiki.read() as connection:
        versions = versions_of(connection, wiki.id, file.id, ADMIN)
        old = get_version(connection, wiki.id, file.id, 2, ADMIN)
        assert wiki.subjects["file"].sides(connection, file.id, 1, 2) is None
    assert [one.hidden for one in versions] == [False, True, True, False]
    assert (old.digest, old.alt, old.comment) == (None, "", "")
    with wiki.begin(SECOND_WRITER) as tx, pytest.raises(Forbidden):
        restore_version(tx, "b.txt", 2)

    with wiki.begin(MODERATOR) as tx:
        restore_hidden(tx, decided.decision_id, reason="")

    file = there(wiki, "b.txt")
    assert file is not None
    assert (bytes_of(wiki, file), file.alt) == (b"canary", "canary")
    assert found(wiki, "canary") == ["b.txt"]
    assert wiki.verify().intact


def test_a_new_file_that_is_hidden_is_gone_until_it_is_shown(wiki: Wiki) -> None:
    add(wiki, "a.txt", b"canary", alt="canary")

    decided = answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="private")

    assert there(wiki, "a.txt") is None
    assert found(wiki, "canary") == []
    with wiki.read() as connection:
        gone = get_any_file(connection, wiki.id, "a.txt", ADMIN)
        assert {one.digest for one in versions_of(connection, wiki.id, gone.id, ADMIN)} == {None}
    with wiki.begin(WRITER) as tx, pytest.raises(Forbidden):
        bring_back_file(tx, "a.txt")
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, decided.decision_id)
    assert there(wiki, "a.txt") is not None
    assert found(wiki, "canary") == ["a.txt"]


def test_two_hidings_are_taken_back_by_themselves(sqlite_wiki: Wiki) -> None:
    wiki = sqlite_wiki
    add(wiki, "a.txt", b"one")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    hidings = []
    for data in (b"two", b"three"):
        add(wiki, "a.txt", data, by=SECOND_WRITER, if_there=IfThere.REPLACE)
        hidings.append(answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="private").decision_id)

    with wiki.begin(MODERATOR) as tx:
        restore_hidden(tx, hidings[0])

    with wiki.read() as connection:
        hidden = connection.execute(select(FileVersion.number).where(FileVersion.hidden)).scalars().all()
    assert hidden == [4]


def test_a_report_about_a_file_reaches_its_group(wiki: Wiki) -> None:
    add(wiki, "a.txt", b"one", by=MODERATOR)

    with wiki.begin(READER) as tx:
        report_file(tx, "a.txt", "wrong", "This is last year's.")

    (review,) = open_reviews(wiki)
    assert (review.title, look(wiki, review.id).subject_kind) == ("a.txt", "file")


def test_two_at_once_never_overwrite_each_other(wiki: Wiki) -> None:
    """The unique index decides; whoever comes second is asked."""
    from concurrent.futures import ThreadPoolExecutor

    make_space(wiki, "r")

    def one(number: int) -> str:
        try:
            return add(wiki, "r/same.txt", b"%d" % number).path
        except FileExists as told:
            return add(wiki, "r/same.txt", b"%d" % number, if_there=IfThere.KEEP_BOTH).path or told.free

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(one, range(6)))

    assert len(set(made)) == 6
    with wiki.read() as connection:
        digests = connection.execute(select(File.digest)).scalars().all()
    assert len(set(digests)) == 6
