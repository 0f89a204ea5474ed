"""An assessment is found where a block of its lesson shows it, and its author is told while none does."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from learncraft.assessments import draft_questions, publishing
from learncraft.assessments import drafting as assessments
from learncraft.assessments.models import AssessmentType, QuestionType
from learncraft.authoring import placing, reviewing
from learncraft.authoring.placing import Standing
from learncraft.courses.errors import CourseNotFoundError, InReviewError
from tests.authoring import build, make_teacher


def test_an_assessment_that_no_block_shows_is_put_into_its_lesson_and_seen_with_the_next_publication(
    session: Session,
) -> None:
    built = build(session)
    quiz = assessments.create(
        session, built.teacher, lesson_id=built.lesson(), title="Joins", assessment_type=AssessmentType.EXAM
    )
    assert placing.place_of(session, quiz).standing == Standing.NOWHERE
    with pytest.raises(CourseNotFoundError):
        placing.put(session, make_teacher(session), quiz)
    reviewing.submit(session, built.teacher, built.id)
    with pytest.raises(InReviewError):
        placing.put(session, built.teacher, quiz)
    # Nor does what learners get change beside a reviewer who reads it.
    assert placing.place_of(session, quiz).is_in_review
    for step in (publishing.publish, publishing.unpublish):
        with pytest.raises(InReviewError):
            step(session, built.teacher, quiz)
    reviewing.withdraw(session, built.teacher, built.id)
    assessments.save_question(
        session,
        built.teacher,
        quiz,
        draft_questions.new_question(QuestionType.TRUE_FALSE).model_copy(update={"text": "True?", "truth": True}),
    )
    for _ in range(2):
        placing.put(session, built.teacher, quiz)
    assert placing.place_of(session, quiz).standing == Standing.NEXT
    reviewing.publish(session, built.teacher, built.id)
    assert placing.place_of(session, quiz).standing == Standing.SEEN
