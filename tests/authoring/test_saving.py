"""What is typed is kept, in order, and never over somebody else's words."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from learncraft.authoring import queries, saving
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.models import LessonRevision
from learncraft.authoring.queries import AlsoOpen
from learncraft.authoring.saving import Conflict, Save, Saved
from learncraft.authoring.shapes import LessonText
from learncraft.courses.errors import InReviewError
from learncraft.db import Database, new_id
from tests.authoring import Built, build, make_teacher
from tests.authoring import text as lesson_text
from tests.factories import make_user
from tests.races import at_once


def stands(session: Session, built: Built) -> tuple[int, LessonText]:
    found = queries.lesson(session, built.teacher, built.lesson())
    assert found is not None
    return found.version, found.text


def kinds(session: Session, lesson_id: UUID) -> list[str]:
    return list(
        session.scalars(
            select(LessonRevision.kind).where(LessonRevision.lesson_id == lesson_id).order_by(LessonRevision.number)
        )
    )


def test_one_stretch_of_typing_is_one_revision_and_the_text_before_it_is_kept(session: Session) -> None:
    built = build(session)
    tab, version = new_id(), 1
    before = stands(session, built)[1]
    for sequence in range(1, 6):
        kept = saving.save(
            session, built.teacher, built.lesson(), Save(version, tab, sequence, lesson_text("Joins", "a" * sequence))
        )
        assert isinstance(kept, Saved)
        version = kept.version
    assert version == 6
    revisions = session.scalars(select(LessonRevision).order_by(LessonRevision.number)).all()
    assert [one.kind for one in revisions] == ["begun", "typed"]
    assert LessonText.model_validate(revisions[0].content) == before
    assert LessonText.model_validate(revisions[1].content).blocks[0].text == "aaaaa"
    session.execute(text("UPDATE lesson_revisions SET created_at = created_at - interval '11 minutes'"))
    session.expire_all()
    saving.save(session, built.teacher, built.lesson(), Save(version, tab, 6, lesson_text("Joins", "later")))
    assert kinds(session, built.lesson()) == ["begun", "typed", "typed"]


def test_somebody_elses_newer_text_is_told_and_stays(session: Session) -> None:
    built = build(session)
    other = make_teacher(session)
    session.execute(
        text("INSERT INTO course_instructors (course_id, user_id) VALUES (:course, :user)"),
        {"course": built.id, "user": other.id},
    )
    assert saving.save(session, other, built.lesson(), Save(1, new_id(), 1, lesson_text("Theirs"))) == Saved(2)
    mine = Save(1, new_id(), 1, lesson_text("Mine"))
    conflict = saving.save(session, built.teacher, built.lesson(), mine)
    assert isinstance(conflict, Conflict)
    assert (conflict.version, conflict.text.title, conflict.by) == (2, "Theirs", other.full_name)
    assert stands(session, built) == (2, lesson_text("Theirs"))
    merged = Save(conflict.version, mine.tab, 2, lesson_text("Mine and theirs"), "merged")
    assert saving.save(session, built.teacher, built.lesson(), merged) == Saved(3)
    assert kinds(session, built.lesson()) == ["begun", "typed", "merged"]


def test_a_tab_whose_answer_was_lost_goes_on_without_a_conflict_with_itself(session: Session) -> None:
    built = build(session)
    tab = new_id()
    first = Save(1, tab, 1, lesson_text("J"))
    assert saving.save(session, built.teacher, built.lesson(), first) == Saved(2)
    assert saving.save(session, built.teacher, built.lesson(), first) == Saved(2)  # sent again
    assert saving.save(session, built.teacher, built.lesson(), Save(1, tab, 2, lesson_text("Jo"))) == Saved(3)
    assert saving.save(session, built.teacher, built.lesson(), first) == Saved(3)  # arrives late: the newer text stays
    assert stands(session, built)[1].title == "Jo"
    other_tab = saving.save(session, built.teacher, built.lesson(), Save(2, new_id(), 9, lesson_text("Other")))
    assert isinstance(other_tab, Conflict)


def test_a_lesson_in_review_or_deleted_or_of_others_takes_no_text(session: Session) -> None:
    built = build(session)
    given = Save(1, new_id(), 1, lesson_text("Mine"))
    stranger, learner = make_teacher(session), make_user(session)
    assert learner
    with pytest.raises(LessonGoneError):
        saving.save(session, stranger, built.lesson(), given)
    session.execute(text("UPDATE course_drafts SET status = 'pending_review'"))
    with pytest.raises(InReviewError, match="Withdraw it"):
        saving.save(session, built.teacher, built.lesson(), given)
    session.execute(text("UPDATE course_drafts SET status = 'draft'"))
    session.execute(
        text("UPDATE lesson_drafts SET deleted_at = now(), order_index = -1 WHERE id = :id"), {"id": built.lesson()}
    )
    with pytest.raises(LessonGoneError, match="may have been deleted"):
        saving.save(session, built.teacher, built.lesson(), given)


def test_of_many_who_save_at_the_same_moment_one_is_kept_and_the_others_are_told(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        built = build(session)
    saves = [Save(1, new_id(), 1, lesson_text(f"Text {number}")) for number in range(6)]
    results = at_once(
        fresh_database,
        *[lambda session, one=one: saving.save(session, built.teacher, built.lesson(), one) for one in saves],
    )
    kept = [number for number, result in enumerate(results) if isinstance(result, Saved)]
    assert len(kept) == 1
    assert all(isinstance(result, Conflict) for number, result in enumerate(results) if number not in kept)
    with fresh_database.reading() as session:
        assert stands(session, built) == (2, lesson_text(f"Text {kept[0]}"))
        assert session.scalar(select(func.count()).select_from(LessonRevision)) == 2


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.booleans()), min_size=1, max_size=14))
def test_whatever_arrives_in_whatever_order_nobodys_kept_words_are_overwritten_unseen(
    database: Database, steps: list[tuple[int, bool, bool]]
) -> None:
    """Three tabs type, lose answers and send again. Each kept text was based on the one before it, or was its own."""
    with database.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            built = build(session, lessons=1)
            tabs = [new_id() for _ in range(3)]
            seen, sequence = [1, 1, 1], [0, 0, 0]
            last_by, version = None, 1
            for number, (who, answer_is_lost, sends_again) in enumerate(steps):
                sequence[who] += 1
                save = Save(seen[who], tabs[who], sequence[who], lesson_text(f"{who} {number}"))
                result = saving.save(session, built.teacher, built.lesson(), save)
                if isinstance(result, Saved):
                    assert seen[who] == version or last_by == who
                    last_by, version = who, result.version
                    if sends_again:
                        assert saving.save(session, built.teacher, built.lesson(), save) == result
                else:
                    assert seen[who] != version
                    assert last_by != who
                if not answer_is_lost:
                    seen[who] = result.version
                assert stands(session, built)[0] == version
        outer.rollback()


def test_who_else_has_a_lesson_open_is_told(session: Session) -> None:
    built = build(session)
    other = make_teacher(session)
    mine, second, theirs = new_id(), new_id(), new_id()
    assert queries.note_editor(session, built.teacher, built.lesson(), mine) == AlsoOpen((), is_own=False)
    found = queries.note_editor(session, other, built.lesson(), theirs)
    assert found == AlsoOpen((built.teacher.full_name,), is_own=False)
    # One's own second tab is nobody else.
    found = queries.note_editor(session, built.teacher, built.lesson(), second)
    assert found == AlsoOpen((other.full_name,), is_own=True)
    assert queries.note_editor(session, built.teacher, built.lesson(), mine).is_own
    queries.leave(session, other, built.lesson(), theirs)
    queries.leave(session, built.teacher, built.lesson(), second)
    assert queries.note_editor(session, built.teacher, built.lesson(), mine) == AlsoOpen((), is_own=False)
