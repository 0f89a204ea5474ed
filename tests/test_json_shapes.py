"""What SQLAlchemy refuses to write into a JSONB column."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from learncraft.courses.blocks import LessonContent
from learncraft.courses.models import Course, Lesson
from learncraft.enrollment.models import LessonProgress
from learncraft.errors import LearnCraftError
from learncraft.json_shapes import ShapeError
from learncraft.labs.shapes import LabFiles
from tests.factories import make_course, make_user
from tests.factories.one_of_each import add


def test_a_value_of_the_wrong_shape_is_refused_in_words_and_nothing_is_written(session: Session) -> None:
    made = make_course(session)
    with pytest.raises(ShapeError) as refused, session.begin_nested():
        session.execute(update(Lesson).values(content={"version": 1, "blocks": [{"type": "poem", "id": "p"}]}))
    assert isinstance(refused.value, LearnCraftError)
    assert str(refused.value).startswith("This is not a valid LessonContent: at blocks.0, ")
    with pytest.raises(ShapeError, match="at 1, input should be a valid string"), session.begin_nested():
        make_course(session, tags=["sql", 5])
    assert session.get_one(Lesson, made.lessons[0].id).content["blocks"][0]["id"] == "p1"


def test_a_shape_itself_can_be_written_and_is_read_back_as_plain_json(session: Session) -> None:
    lesson = make_course(session).lessons[0]
    lesson.content = LessonContent()  # type: ignore[assignment]
    session.flush()
    session.expire_all()
    assert session.get_one(Lesson, lesson.id).content == {"version": 1, "blocks": []}


def test_what_was_given_is_stored_as_it_was_given(session: Session) -> None:
    given = {"version": 1, "blocks": [{"type": "callout", "id": "c", "text": "Look."}]}  # `kind` is left out
    lesson = make_course(session).lessons[0]
    lesson.content = given
    session.flush()
    assert session.scalar(select(Lesson.content).where(Lesson.id == lesson.id)) == given


def test_a_column_is_compared_with_plain_json(session: Session) -> None:
    made = make_course(session, tags=["sql", "joins"])
    assert session.scalars(select(Course.id).where(Course.tags.contains(["joins"]))).all() == [made.id]
    assert session.scalar(select(Course.tags[0].astext).where(Course.id == made.id)) == "sql"


def test_nothing_is_the_databases_null_and_not_jsons(session: Session) -> None:
    add(
        session,
        LessonProgress,
        user_id=make_user(session).id,
        lesson_id=make_course(session).lessons[0].id,
        last_position=None,
    )
    assert session.scalar(text("SELECT last_position IS NULL FROM lesson_progress"))


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret", "a/../../b", ""])
def test_no_file_of_a_lab_lies_outside_the_learners_folder(path: str) -> None:
    with pytest.raises(ValueError, match="below the learner's folder"):
        LabFiles.model_validate({path: "x"})
