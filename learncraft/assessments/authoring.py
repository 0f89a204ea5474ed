"""Writing assessments, from an import or by hand: what learners have answered is never changed under them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, func, select
from sqlalchemy.orm import Session

from learncraft.assessments import grading
from learncraft.assessments.errors import InvalidQuestionError
from learncraft.assessments.models import (
    Assessment,
    AssessmentAttempt,
    AssessmentType,
    Question,
    QuestionType,
)
from learncraft.assessments.names import in_words
from learncraft.assessments.shapes import Key, Option
from learncraft.db import new_id
from learncraft.language import _


class QuestionDraft(Protocol):
    """A question as its author wants it. `source_key` names an imported one in every version."""

    @property
    def source_key(self) -> str | None: ...
    @property
    def question_type(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def text_format(self) -> str: ...
    @property
    def options(self) -> Sequence[Option]: ...
    @property
    def key(self) -> Key: ...
    @property
    def explanation(self) -> str: ...
    @property
    def points(self) -> int | Decimal: ...


class AssessmentDraft(Protocol):
    """An assessment as its author wants it, with its questions in order."""

    @property
    def source_key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def assessment_type(self) -> str: ...
    @property
    def passing_score(self) -> int: ...
    @property
    def max_attempts(self) -> int | None: ...
    @property
    def time_limit_minutes(self) -> int | None: ...
    @property
    def shuffle_questions(self) -> bool: ...
    @property
    def shuffle_options(self) -> bool: ...
    @property
    def questions(self) -> Sequence[QuestionDraft]: ...


def write_assessment(session: Session, *, lesson_id: UUID, document: AssessmentDraft) -> UUID:
    """Store an assessment and its questions in a lesson: new the first time, updated by `source_key` after that.

    A question that changed is edited in place while nobody was asked it, and otherwise retired in favour of its next
    version, so that attempts keep the words and the key they were made with. Questions that are gone are deleted, or
    retired. The assessment's row is locked, so that nobody starts an attempt half-way.

    Raises:
        InvalidQuestionError: some questions can't be graded; the message lists what is wrong with each.
    """
    _check(document)
    assessment = session.scalar(
        select(Assessment)
        .where(Assessment.lesson_id == lesson_id, Assessment.source_key == document.source_key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if assessment is None:
        assessment = Assessment(id=new_id(), lesson_id=lesson_id, source_key=document.source_key)
        session.add(assessment)
    _describe(assessment, document)
    session.flush()
    _write_questions(session, assessment.id, document.questions)
    return assessment.id


def retire_others(session: Session, *, lesson_id: UUID, kept: set[UUID]) -> None:
    """Of a lesson's imported assessments, delete those not kept; hide the ones that learners have tried."""
    gone = session.scalars(
        select(Assessment)
        .where(Assessment.lesson_id == lesson_id, Assessment.source_key.is_not(None), Assessment.id.not_in(kept))
        .with_for_update()
    ).all()
    tried = set(
        session.scalars(
            select(AssessmentAttempt.assessment_id)
            .where(AssessmentAttempt.assessment_id.in_([row.id for row in gone]))
            .distinct()
        )
    )
    for assessment in gone:
        if assessment.id in tried:
            assessment.is_published = False
        else:
            session.delete(assessment)
    session.flush()


def _check(document: AssessmentDraft) -> None:
    problems = [
        _(
            "Question {number} (“{text}”): {problem}",
            number=number,
            text=in_words(question.text)[:60],
            problem=problem,
        )
        for number, question in enumerate(document.questions, 1)
        for problem in _problems(question)
    ]
    names = Counter(question.source_key for question in document.questions)
    problems += [
        _("{count} questions are named “{name}”.", count=count, name=name) for name, count in names.items() if count > 1
    ]
    if problems:
        raise InvalidQuestionError(
            "“{title}” can't be taken as it is. {problems}", title=document.title, problems=" ".join(problems)
        )


def _problems(question: QuestionDraft) -> list[str]:
    problems = grading.validate_question(question.question_type, question.options, question.key)
    if not question.text.strip():
        problems.append(_("There is no question text."))
    if question.points <= 0:
        problems.append(_("It must be worth more than 0 points."))
    return problems


def _describe(assessment: Assessment, document: AssessmentDraft) -> None:
    assessment.title = document.title[:500]
    assessment.description = document.description
    assessment.assessment_type = AssessmentType(document.assessment_type)
    assessment.passing_score = Decimal(document.passing_score)
    assessment.max_attempts = document.max_attempts
    assessment.time_limit_minutes = document.time_limit_minutes
    assessment.shuffle_questions = document.shuffle_questions
    assessment.shuffle_options = document.shuffle_options
    assessment.is_published = True


def _write_questions(session: Session, assessment_id: UUID, drafts: Sequence[QuestionDraft]) -> None:
    latest = _latest_versions(session, assessment_id)
    asked = set(session.scalars(select(Question.id).where(Question.assessment_id == assessment_id, was_asked())))
    wanted = {draft.source_key for draft in drafts if draft.source_key}
    for question in latest.values():
        if question.source_key not in wanted and question.retired_at is None:
            remove(session, question, was_asked=question.id in asked)
    added: list[Question] = []
    for place, draft in enumerate(drafts):
        known = latest.get(draft.source_key or "")
        if known is None or (known.id in asked and not says_the_same(known, draft)):
            added.append(next_version(assessment_id, draft, place, known))
            continue
        write(known, draft, place)
    session.flush()  # the retired make room for their next versions
    session.add_all(added)
    _move_behind(session, assessment_id, first_free=len(drafts))
    session.flush()


def _latest_versions(session: Session, assessment_id: UUID) -> dict[str, Question]:
    """By source key, the current or else the last retired version."""
    rows = session.scalars(
        select(Question)
        .where(Question.assessment_id == assessment_id, Question.source_key.is_not(None))
        .order_by(Question.version)
        .execution_options(populate_existing=True)
    )
    return {row.source_key: row for row in rows if row.source_key is not None}


def was_asked() -> ColumnElement[bool]:
    """Whether a question was answered, or is part of an attempt that is open now.

    A function of the database answers it: who helps to write a course sees no learner's attempts, and yet must not edit
    what they were asked.
    """
    return func.question_was_asked(Question.id, type_=Boolean)


def remove(session: Session, question: Question, *, was_asked: bool) -> None:
    """Ask a question no longer: gone if nobody was asked it, else retired."""
    if was_asked:
        question.retired_at = func.now()
    else:
        session.delete(question)


def next_version(assessment_id: UUID, draft: QuestionDraft, place: int, previous: Question | None) -> Question:
    """A new question, or the version that follows one that was asked, which is retired."""
    question = Question(id=new_id(), assessment_id=assessment_id, source_key=draft.source_key)
    if previous is not None:
        question.version, question.replaces_id = previous.version + 1, previous.id
        previous.retired_at = previous.retired_at or func.now()
    write(question, draft, place)
    return question


def write(question: Question, draft: QuestionDraft, place: int) -> None:
    """Write what differs; an unchanged question stays untouched, but for its place, and comes back if it had gone."""
    if not says_the_same(question, draft):
        for name, value in _columns(draft).items():
            setattr(question, name, value)
    question.order_index = place
    question.retired_at = None


def _columns(draft: QuestionDraft) -> dict[str, Any]:
    options = [option.model_dump(mode="json") for option in draft.options]
    return {
        "question_type": QuestionType(draft.question_type),
        "content": draft.text,
        "content_format": draft.text_format,
        "options": options or None,
        "correct_answer": grading.to_json(draft.key),
        "explanation": draft.explanation or None,
        "points": Decimal(draft.points),
    }


def says_the_same(question: Question, draft: QuestionDraft) -> bool:
    """Whether a stored question is word for word the draft; what is left out of its JSON has its default.

    Blanks around a text are no words: an editor takes them off, and files have them.
    """
    columns = _columns(draft)
    if question.question_type != columns.pop("question_type"):
        return False
    del columns["correct_answer"], columns["options"]
    return (
        grading.parse_key(question.question_type, question.correct_answer) == draft.key
        and grading.parse_options(question.options) == tuple(draft.options)
        and all(_bare(getattr(question, name)) == _bare(value) for name, value in columns.items())
    )


def _bare(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _move_behind(session: Session, assessment_id: UUID, first_free: int) -> None:
    """Questions that were written by hand keep their order, behind the imported ones."""
    by_hand = session.scalars(
        select(Question)
        .where(
            Question.assessment_id == assessment_id,
            Question.source_key.is_(None),
            Question.retired_at.is_(None),
            ~Question.is_drawn,
        )
        .order_by(Question.order_index)
    )
    for place, question in enumerate(by_hand, start=first_free):
        question.order_index = place
