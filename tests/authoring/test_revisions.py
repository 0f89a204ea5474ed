"""What a lesson said earlier is found, compared and brought back, and nothing is lost by it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import comparing, deleting, drafting, queries, reviewing, revisions, saving
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.revisions import RevisionGoneError
from learncraft.authoring.saving import Conflict, Save, Saved
from learncraft.authoring.shapes import LessonText
from learncraft.courses.errors import InReviewError
from learncraft.db import Database, new_id
from tests.authoring import Built, build, make_teacher, viewer_of
from tests.authoring import text as lesson_text
from tests.factories import make_user
from tests.races import at_once


def stands(session: Session, built: Built) -> tuple[int, LessonText]:
    found = queries.lesson(session, built.teacher, built.lesson())
    assert found is not None
    return found.version, found.text


def write(session: Session, built: Built, who: Viewer, *paragraphs: str) -> None:
    given = Save(stands(session, built)[0], new_id(), 1, lesson_text("Joins", *paragraphs))
    assert isinstance(saving.save(session, who, built.lesson(), given), Saved)


def kinds(session: Session, built: Built) -> list[str]:
    return [one.kind for one in revisions.of_lesson(session, built.lesson())]


def test_a_deleted_block_comes_back_with_the_revision_that_had_it_and_all_others_stay(session: Session) -> None:
    built = build(session)
    colleague = make_teacher(session, UserRole.CONTENT_ADMIN)
    write(session, built, built.teacher, "One.", "Two.")
    write(session, built, colleague, "One.")
    assert [(one.number, one.kind, one.by) for one in revisions.of_lesson(session, built.lesson())] == [
        (3, "typed", colleague.full_name),
        (2, "typed", built.teacher.full_name),
        (1, "begun", ""),
    ]
    said = revisions.texts(session, built.lesson(), 2, 3)
    assert "-Text: Two." in comparing.difference(said[2], said[3])
    result = revisions.restore(session, built.teacher, built.lesson(), 2, base=3)
    assert result == Saved(4)
    assert stands(session, built) == (4, said[2])
    assert kinds(session, built) == ["restored", "typed", "typed", "begun"]
    assert revisions.restore(session, built.teacher, built.lesson(), 2, base=4) == Saved(4)  # says so already
    write(session, built, built.teacher, "Other.")
    assert revisions.texts(session, built.lesson(), 4)[4] == said[2]  # and is not typed over


def test_what_somebody_saved_meanwhile_is_told_and_stays(session: Session) -> None:
    built = build(session)
    write(session, built, built.teacher, "Old.")
    seen = stands(session, built)[0]
    colleague = make_teacher(session, UserRole.CONTENT_ADMIN)
    write(session, built, colleague, "Newer.")
    result = revisions.restore(session, built.teacher, built.lesson(), 1, base=seen)
    assert isinstance(result, Conflict)
    assert result.by == colleague.full_name
    assert stands(session, built)[1].blocks[0].text == "Newer."
    tab = Save(3, new_id(), 1, lesson_text("Joins", "Typed in an open tab."))
    assert isinstance(revisions.restore(session, built.teacher, built.lesson(), 1, base=3), Saved)
    assert isinstance(saving.save(session, colleague, built.lesson(), tab), Conflict)


def test_only_those_who_build_the_course_bring_back_and_not_while_it_is_in_review(session: Session) -> None:
    built = build(session, lessons=1)
    write(session, built, built.teacher, "Words.")
    for stranger in (make_teacher(session), viewer_of(make_user(session))):
        with pytest.raises(LessonGoneError):
            revisions.restore(session, stranger, built.lesson(), 1, base=2)
    with pytest.raises(RevisionGoneError):
        revisions.restore(session, built.teacher, built.lesson(), 9, base=2)
    reviewing.submit(session, built.teacher, built.id)
    with pytest.raises(InReviewError):
        revisions.restore(session, built.teacher, built.lesson(), 1, base=2)
    reviewing.withdraw(session, built.teacher, built.id)
    deleting.delete_lesson(session, built.teacher, built.lesson())
    with pytest.raises(LessonGoneError):
        revisions.restore(session, built.teacher, built.lesson(), 1, base=2)


def test_a_text_that_came_with_another_import_is_a_revision_before_it_is_typed_over(session: Session) -> None:
    built = build(session)
    write(session, built, built.teacher, "Before the import.")
    drafting.forget(session, built.id)
    session.execute(text("UPDATE lessons SET title = 'Imported'"))
    session.expire_all()
    drafting.begin(session, built.teacher, built.id)
    write(session, built, built.teacher, "After the import.")
    assert kinds(session, built) == ["typed", "begun", "typed", "begun"]
    said = revisions.texts(session, built.lesson(), 2, 3)
    assert (said[2].blocks[0].text, said[3].title) == ("Before the import.", "Imported")


def test_of_a_restoration_and_saves_at_the_same_moment_one_is_kept_and_the_others_are_told(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as session:
        built = build(session)
        write(session, built, built.teacher, "Words.")
    given = Save(2, new_id(), 1, lesson_text("Typed"))
    results = at_once(
        fresh_database,
        lambda session: revisions.restore(session, built.teacher, built.lesson(), 1, base=2),
        lambda session: saving.save(session, built.teacher, built.lesson(), given),
        lambda session: revisions.restore(session, built.teacher, built.lesson(), 1, base=2),
    )
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Conflict", "Saved"]
    with fresh_database.reading() as session:
        assert stands(session, built)[0] == 3
        assert kinds(session, built) in (["typed", "begun"], ["restored", "typed", "begun"])
