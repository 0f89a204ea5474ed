"""Writing assessments again and again: nothing doubles, and no attempt changes under its learner."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.assessments import authoring, queries, service
from learncraft.assessments.errors import InvalidQuestionError
from learncraft.assessments.models import Assessment, Question
from learncraft.assessments.shapes import (
    AcceptedNumber,
    AcceptedText,
    BlankKey,
    ChoiceKey,
    ChoicesKey,
    Key,
    Option,
    TruthKey,
)
from learncraft.interchange.document import AssessmentDocument, QuestionDocument
from tests.assessments.exam import Exam, cost, make_exam
from tests.factories import make_question

ABC = tuple(Option(id=name, text=name.upper()) for name in "abc")


def question(name: str, key: Key, question_type: str, options: tuple[Option, ...] = ()) -> QuestionDocument:
    return QuestionDocument(
        source_key=name, question_type=question_type, text=f"About {name}?", key=key, options=options
    )


DOCUMENT = AssessmentDocument(
    source_key="quiz",
    title="Numbers",
    questions=(
        question("one", ChoiceKey(option="a"), "multiple_choice", ABC),
        question("two", ChoicesKey(options=frozenset("cab")), "multi_select", ABC),
        question("three", TruthKey(value=False), "true_false"),
        question(
            "four",
            BlankKey(
                accepted=(AcceptedNumber(value=Decimal("2.50"), tolerance=Decimal("0.1")), AcceptedText(text="x"))
            ),
            "fill_blank",
        ),
    ),
)


def write(session: Session, exam: Exam, document: AssessmentDocument = DOCUMENT) -> UUID:
    assessment_id = authoring.write_assessment(session, lesson_id=exam.lesson_id, document=document)
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    return assessment_id


def rows(session: Session, assessment_id: UUID) -> list[tuple[str | None, int, bool, int]]:
    """Source key, version, whether current, place; in order."""
    session.expire_all()
    found = session.scalars(
        select(Question)
        .where(Question.assessment_id == assessment_id)
        .order_by(Question.retired_at.is_not(None), Question.order_index, Question.version)
    )
    return [(row.source_key, row.version, row.retired_at is None, row.order_index) for row in found]


def answer(session: Session, exam: Exam, assessment_id: UUID, *, submit: bool = True) -> UUID:
    attempt_id = service.start_attempt(session, learner_id=exam.learner_id, assessment_id=assessment_id)
    if submit:
        service.submit_attempt(session, learner_id=exam.learner_id, attempt_id=attempt_id)
    return attempt_id


def changed(place: int, **values: object) -> AssessmentDocument:
    questions = list(DOCUMENT.questions)
    questions[place] = replace(questions[place], **values)  # type: ignore[arg-type]
    return replace(DOCUMENT, questions=tuple(questions))


def test_an_assessment_is_stored_as_written_and_can_be_taken(session: Session) -> None:
    exam = make_exam(session, questions=0)
    assessment_id = write(session, exam)
    assert rows(session, assessment_id) == [
        ("one", 1, True, 0),
        ("two", 1, True, 1),
        ("three", 1, True, 2),
        ("four", 1, True, 3),
    ]
    attempt_id = answer(session, exam, assessment_id)
    result = queries.result_for(session, exam.learner_id, attempt_id)
    assert result is not None
    assert [one.key for one in result.questions] == [one.key for one in DOCUMENT.questions]


def test_the_same_document_again_changes_nothing(session: Session) -> None:
    exam = make_exam(session, questions=0)
    assessment_id = write(session, exam)
    answer(session, exam, assessment_id)
    before = {row.id: row.updated_at for row in session.scalars(select(Question))}
    assert write(session, exam) == assessment_id
    session.expire_all()
    assert {row.id: row.updated_at for row in session.scalars(select(Question))} == before


def test_a_changed_question_that_nobody_was_asked_is_edited_in_place(session: Session) -> None:
    exam = make_exam(session, questions=0)
    assessment_id = write(session, exam)
    write(session, exam, changed(0, key=ChoiceKey(option="b")))
    assert rows(session, assessment_id)[0] == ("one", 1, True, 0)
    assert len(rows(session, assessment_id)) == 4


@pytest.mark.parametrize("submit", [True, False])
def test_a_changed_question_that_was_asked_gets_a_new_version_and_old_attempts_keep_theirs(
    session: Session, submit: bool
) -> None:
    exam = make_exam(session, questions=0)
    assessment_id = write(session, exam)
    attempt_id = answer(session, exam, assessment_id, submit=submit)
    before = queries.attempt_for(session, exam.viewer, attempt_id)
    write(session, exam, changed(0, key=ChoiceKey(option="b"), text="Anew?"))
    assert rows(session, assessment_id) == [
        ("one", 2, True, 0),
        ("two", 1, True, 1),
        ("three", 1, True, 2),
        ("four", 1, True, 3),
        ("one", 1, False, 0),
    ]
    after = queries.attempt_for(session, exam.viewer, attempt_id)
    assert before is not None
    assert after is not None
    assert after.questions == before.questions
    old, new = session.scalars(select(Question).where(Question.source_key == "one").order_by(Question.version))
    assert (new.replaces_id, new.content) == (old.id, "Anew?")


def test_a_third_version_follows_the_second(session: Session) -> None:
    exam = make_exam(session, questions=0, max_attempts=None)
    for text_ in ("first", "second", "third"):
        assessment_id = write(session, exam, changed(2, text=text_))
        answer(session, exam, assessment_id)
    versions = [(version, current) for name, version, current, _ in rows(session, assessment_id) if name == "three"]
    assert versions == [(3, True), (1, False), (2, False)]


def test_a_question_that_is_gone_is_deleted_or_retired_and_comes_back_as_it_was(session: Session) -> None:
    exam = make_exam(session, questions=0)
    fewer = replace(DOCUMENT, questions=DOCUMENT.questions[1:])
    assessment_id = write(session, exam)
    write(session, exam, fewer)
    assert [name for name, *_ in rows(session, assessment_id)] == ["two", "three", "four"]
    write(session, exam)
    answer(session, exam, assessment_id)
    write(session, exam, fewer)
    assert rows(session, assessment_id)[-1] == ("one", 1, False, 0)
    write(session, exam)
    assert rows(session, assessment_id)[0] == ("one", 1, True, 0)


def test_a_new_order_moves_questions_without_new_versions(session: Session) -> None:
    exam = make_exam(session, questions=0)
    assessment_id = write(session, exam)
    answer(session, exam, assessment_id)
    write(session, exam, replace(DOCUMENT, questions=DOCUMENT.questions[::-1]))
    assert [(name, version) for name, version, *_ in rows(session, assessment_id)] == [
        ("four", 1),
        ("three", 1),
        ("two", 1),
        ("one", 1),
    ]


def test_questions_written_by_hand_stay_behind_the_imported_ones(session: Session) -> None:
    exam = make_exam(session, questions=0)
    assessment_id = write(session, exam, replace(DOCUMENT, questions=DOCUMENT.questions[:1]))
    make_question(session, session.get_one(Assessment, assessment_id), order_index=1)
    write(session, exam)
    assert rows(session, assessment_id)[-1] == (None, 1, True, 4)


def test_everything_wrong_is_said_at_once_and_nothing_is_stored(session: Session) -> None:
    exam = make_exam(session, questions=0)
    broken = replace(
        DOCUMENT,
        questions=(
            replace(DOCUMENT.questions[0], key=ChoiceKey(option="z")),
            replace(DOCUMENT.questions[1], source_key="one", options=ABC[:1]),
            replace(DOCUMENT.questions[2], points=0),
        ),
    )
    with pytest.raises(InvalidQuestionError) as caught:
        write(session, exam, broken)
    said = str(caught.value)
    for part in (
        "Question 1 (“About one?”)",
        "“z” is not among",
        "fewer than two",
        "Question 3",
        "more than 0 points",
        "“one”",
    ):
        assert part in said
    assert session.scalars(select(Question).where(Question.assessment_id != exam.assessment_id)).all() == []


def test_assessments_that_are_gone_are_deleted_or_hidden_and_handmade_ones_stay(session: Session) -> None:
    exam = make_exam(session)
    tried, untried, kept = (write(session, exam, replace(DOCUMENT, source_key=name)) for name in ("x", "y", "z"))
    answer(session, exam, tried)
    authoring.retire_others(session, lesson_id=exam.lesson_id, kept={kept})
    session.expire_all()
    left = {row.id: row.is_published for row in session.scalars(select(Assessment))}
    assert left == {exam.assessment_id: True, tried: False, kept: True}
    assert untried not in left
    write(session, exam, replace(DOCUMENT, source_key="x"))
    assert session.get_one(Assessment, tried).is_published


def test_writing_again_costs_the_same_whatever_the_number_of_questions(session: Session) -> None:
    exam = make_exam(session, questions=0)
    many = replace(DOCUMENT, questions=tuple(replace(DOCUMENT.questions[2], source_key=f"q{n}") for n in range(50)))
    write(session, exam, many)
    assert cost(session, lambda: authoring.write_assessment(session, lesson_id=exam.lesson_id, document=many)) <= 6
