"""A corrected key reaches every attempt at once, and what stood before stays on record."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.assessments import corrections, draft_questions, grading, queries, regrading
from learncraft.assessments.code_shapes import CodeKey, CodeTest
from learncraft.assessments.errors import InvalidRegradeError, NotYoursToGradeError
from learncraft.assessments.models import Assessment, Question, QuestionType
from learncraft.assessments.records import KeyChange, Regrading
from learncraft.assessments.shapes import ChoiceKey, ChoicesKey, RubricKey
from learncraft.enrollment.models import LessonProgress
from tests.assessments.exam import WRONG, grader, make_exam, make_rubric_question, recorded, save, start, submit
from tests.factories import make_question

REASON = "Option b is right too; the key was wrong."


def test_a_corrected_key_grades_old_attempts_anew_and_says_why(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 0, WRONG[0])
    submit(session, exam, attempt_id)
    who, question_id = grader(session, exam), exam.question_ids[0]
    preview = regrading.preview_regrade(session, who, question_id=question_id, key=ChoiceKey(option="b"))
    assert (preview.attempts, preview.up, preview.down) == (1, 1, 0)
    assert queries.result_for(session, exam.learner_id, attempt_id).score == 0  # type: ignore[union-attr]
    done = regrading.regrade(session, who, question_id=question_id, key=ChoiceKey(option="b"), reason=REASON)
    assert done == preview
    result = queries.result_for(session, exam.learner_id, attempt_id)
    assert result is not None
    assert (result.score, result.percent) == (Decimal(1), Decimal(20))
    [told] = result.regradings
    assert (told.reason, told.old_score, told.new_score) == (REASON, Decimal(0), Decimal(1))
    [change] = session.scalars(select(KeyChange))
    assert (change.old_key, change.new_key) == ({"option": "a"}, {"option": "b"})
    [kept] = session.scalars(select(Regrading))
    assert kept.changes[0]["old_reason"] == "Not the right option: 0 of 1 point"
    assert recorded(session, attempt_id).count("assessment_regraded") == 1
    progress = session.execute(select(LessonProgress.score, LessonProgress.attempts)).one()
    assert progress == (Decimal(20), 1)


def test_a_score_may_fall_and_points_may_change(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 0, {"option": "a"})
    submit(session, exam, attempt_id)
    who, question_id = grader(session, exam), exam.question_ids[0]
    regrading.regrade(session, who, question_id=question_id, key=ChoiceKey(option="c"), reason=REASON)
    assert queries.result_for(session, exam.learner_id, attempt_id).score == 0  # type: ignore[union-attr]
    assert session.scalars(select(LessonProgress.score)).one() == 0
    regrading.regrade(
        session, who, question_id=question_id, key=ChoiceKey(option="a"), points=Decimal(5), reason="Worth more."
    )
    result = queries.result_for(session, exam.learner_id, attempt_id)
    assert result is not None
    assert (result.score, result.total_points) == (Decimal(5), Decimal(9))
    assert [one.reason for one in result.regradings] == [REASON, "Worth more."]


def test_what_cannot_be_corrected_is_refused(session: Session) -> None:
    exam = make_exam(session)
    who, question_id = grader(session, exam), exam.question_ids[0]
    cases = [
        (ChoiceKey(option="z"), REASON),
        (ChoicesKey(options=frozenset({"a"})), REASON),
        (ChoiceKey(option="a"), REASON),  # as it stands
        (ChoiceKey(option="b"), " "),
    ]
    for key, reason in cases:
        with pytest.raises(InvalidRegradeError):
            regrading.regrade(session, who, question_id=question_id, key=key, reason=reason)
    with pytest.raises(NotYoursToGradeError):
        regrading.preview_regrade(session, exam.viewer, question_id=question_id, key=ChoiceKey(option="b"))
    assert session.scalar(select(func.count()).select_from(KeyChange)) == 0
    assert session.get_one(Question, question_id).correct_answer == {"option": "a"}


def test_of_what_people_or_programs_judge_the_points_alone_are_corrected(session: Session) -> None:
    exam = make_exam(session)
    who = grader(session, exam)
    quiz = session.get_one(Assessment, exam.assessment_id)
    program = CodeKey(tests=(CodeTest(title="Twice", evaluate="double(2)", expected="4"),), solution="pass")
    code = make_question(
        session,
        quiz,
        order_index=5,
        question_type=QuestionType.CODE,
        correct_answer=grading.to_json(program),
        options=None,
        points=Decimal(5),
    )
    for question_id in (make_rubric_question(session, exam), code.id):
        found = corrections.correctable(session, who, question_id)
        assert found is not None
        made, problems = draft_questions.ready(draft_questions.drafted(found).model_copy(update={"points": "10"}))
        assert made is not None, problems
        key = {"sample": "Other words"} if isinstance(made.key, RubricKey) else {"starter": "Other words"}
        with pytest.raises(InvalidRegradeError, match="Only the points can be corrected"):
            regrading.regrade(session, who, question_id=question_id, key=made.key.model_copy(update=key), reason=REASON)
        regrading.regrade(session, who, question_id=question_id, key=made.key, points=made.points, reason=REASON)
        assert session.get_one(Question, question_id).points == 10
