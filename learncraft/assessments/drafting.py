"""Writing an assessment: everything typed goes into its draft, which learners see nothing of until it is published.

Two people may write at once. What each saves is one part, a question or the settings, with what they had before their
change: when somebody else changed that part meanwhile, nothing is overwritten and the second is told. While the course
waits for a review, its drafts stay as they are: what a reviewer reads is what goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import authoring, bank, draft_questions, pools
from learncraft.assessments.draft_shapes import DraftDocument, DraftDraw, DraftQuestion, DraftSettings, ShowAnswers
from learncraft.assessments.errors import DraftChangedError, InvalidQuestionError, NotYoursToWriteError
from learncraft.assessments.models import Assessment, AssessmentDraw, AssessmentType, Question
from learncraft.assessments.records import AssessmentDraft
from learncraft.assessments.shapes import Key
from learncraft.courses.errors import InReviewError
from learncraft.courses.models import Course, CourseStatus, Lesson, Module
from learncraft.courses.teaching import is_taught_by, teaches
from learncraft.db import new_id

Part = TypeVar("Part")

# Of a lesson, or of an assessment. Until the transaction ends, the course can be neither sent to a review nor approved.
_STATE_OF_COURSE = text(
    """
    SELECT d.status FROM course_drafts d
    JOIN modules m ON m.course_id = d.course_id
    JOIN lessons l ON l.module_id = m.id
    WHERE l.id IN (SELECT CAST(:id AS uuid) UNION ALL SELECT lesson_id FROM assessments WHERE id = :id)
    FOR SHARE OF d
    """
)


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """An assessment before its author. `asked` are the versions that learners were asked, so that a change of one
    makes a new version; `edited_by` and `edited_at` tell of changes that aren't published."""

    id: UUID
    lesson_id: UUID
    lesson: str
    course_id: UUID
    course_slug: str
    course: str
    is_published: bool
    document: DraftDocument
    has_changes: bool
    edited_by: str
    edited_at: datetime | None
    asked: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Place:
    """An assessment whose row nobody else changes until the transaction ends, and its draft if there is one."""

    assessment: Assessment
    draft: AssessmentDraft | None


def create(session: Session, viewer: Viewer, *, lesson_id: UUID, title: str, assessment_type: AssessmentType) -> UUID:
    """A new assessment in a lesson, which only its authors see until it is published.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
        InvalidQuestionError: it has no title.
        InReviewError: its course waits for a review.
    """
    if not title.strip():
        raise InvalidQuestionError("Give it a title first.")
    course_id = session.scalar(
        select(Module.course_id).join(Lesson, Lesson.module_id == Module.id).where(Lesson.id == lesson_id)
    )
    if course_id is None:
        raise NotYoursToWriteError
    _check_teaches(session, viewer, course_id)
    if _is_in_review(session, lesson_id):
        raise InReviewError
    attempts = {"max_attempts": 1} if assessment_type in _TAKEN_ONCE else {}
    settings = DraftSettings(title=title.strip()[:500], assessment_type=assessment_type, **attempts)
    assessment = Assessment(id=new_id(), lesson_id=lesson_id, title=settings.title, is_published=False)
    session.add(assessment)
    session.flush()
    _store(session, viewer, Place(assessment, None), DraftDocument(settings=settings))
    return assessment.id


_TAKEN_ONCE = {AssessmentType.EXAM, AssessmentType.CERTIFICATION}


def open_draft(session: Session, viewer: Viewer, assessment_id: UUID) -> OpenDraft | None:
    """An assessment as its author has it now; None for everybody who doesn't teach the course. At most five queries."""
    row = session.execute(
        select(
            Assessment,
            AssessmentDraft,
            func.coalesce(func.concat_ws(" ", User.first_name, User.last_name), ""),
            Lesson.id,
            Lesson.title,
            Course.id,
            Course.slug,
            Course.title,
        )
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .outerjoin(AssessmentDraft, AssessmentDraft.assessment_id == Assessment.id)
        .outerjoin(User, User.id == AssessmentDraft.edited_by)
        .where(Assessment.id == assessment_id, Course.deleted_at.is_(None), is_taught_by(viewer))
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    assessment, draft, edited_by, lesson_id, lesson, course_id, slug, course = row
    asked = session.scalars(
        select(Question.id).where(
            Question.assessment_id == assessment_id, Question.retired_at.is_(None), authoring.was_asked()
        )
    )
    return OpenDraft(
        id=assessment.id,
        lesson_id=lesson_id,
        lesson=lesson,
        course_id=course_id,
        course_slug=slug,
        course=course,
        is_published=assessment.is_published,
        document=_document(session, Place(assessment, draft)),
        has_changes=draft is not None,
        edited_by=edited_by,
        edited_at=draft.updated_at if draft else None,
        asked=frozenset(asked),
    )


def begin(session: Session, viewer: Viewer, assessment_id: UUID) -> None:
    """Keep what learners get, or got last, as a draft, unless there is one.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
        InReviewError: its course waits for a review.
    """
    place = hold(session, viewer, assessment_id)
    if place.draft is None:
        _store(session, viewer, place, _document(session, place))


def save_settings(
    session: Session, viewer: Viewer, assessment_id: UUID, *, seen: DraftSettings, settings: DraftSettings
) -> None:
    """Keep the settings as they are typed.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
        DraftChangedError: somebody else changed them since.
    """

    def change(document: DraftDocument) -> DraftDocument:
        _check_same(document.settings, seen, settings)
        return document.model_copy(update={"settings": settings})

    _change(session, viewer, assessment_id, change)


def save_draws(
    session: Session, viewer: Viewer, assessment_id: UUID, *, seen: Sequence[DraftDraw], draws: Sequence[DraftDraw]
) -> None:
    """Keep the rules to draw by; two for the same bank and tag become one.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course, or a new rule names a bank that isn't theirs to use.
        DraftChangedError: somebody else changed them since.
    """
    merged = {(draw.bank_id, draw.tag): draw for draw in draws}

    def change(document: DraftDocument) -> DraftDocument:
        _check_same(document.draws, tuple(seen), tuple(merged.values()))
        if new := {draw.bank_id for draw in draws} - {draw.bank_id for draw in document.draws}:
            bank.check_open(session, viewer, new)
        return document.model_copy(update={"draws": tuple(merged.values())})

    _change(session, viewer, assessment_id, change)


def save_question(
    session: Session,
    viewer: Viewer,
    assessment_id: UUID,
    question: DraftQuestion,
    *,
    seen: DraftQuestion | None = None,
    at: int | None = None,
) -> None:
    """Keep a question as it is typed; without `seen` it is new, at its place or behind the others.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
        DraftChangedError: somebody else changed or deleted it since.
    """

    def change(document: DraftDocument) -> DraftDocument:
        questions = list(document.questions)
        there = document.question(question.id)
        if seen is None and there is None:
            questions.insert(len(questions) if at is None else at, question)
        else:
            _check_same(there, seen, question)
            questions = [question if one.id == question.id else one for one in questions]
        return document.model_copy(update={"questions": tuple(questions)})

    _change(session, viewer, assessment_id, change)


def delete_question(session: Session, viewer: Viewer, assessment_id: UUID, seen: DraftQuestion) -> None:
    """Take a question out. Attempts that were asked it keep it; `save_question` brings it back.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
        DraftChangedError: somebody else changed it since it was seen.
    """

    def change(document: DraftDocument) -> DraftDocument:
        if document.question(seen.id) not in (None, seen):
            raise DraftChangedError("Somebody else changed this question meanwhile. Look at it, then delete it.")
        return document.model_copy(update={"questions": tuple(one for one in document.questions if one.id != seen.id)})

    _change(session, viewer, assessment_id, change)


def move_question(session: Session, viewer: Viewer, assessment_id: UUID, draft_id: UUID, *, by: int) -> None:
    """Move a question up (below zero) or down; at an end it stays."""

    def change(document: DraftDocument) -> DraftDocument:
        questions = list(document.questions)
        place = next((place for place, one in enumerate(questions) if one.id == draft_id), None)
        if place is None:
            return document
        moved = questions.pop(place)
        questions.insert(max(0, min(len(questions), place + by)), moved)
        return document.model_copy(update={"questions": tuple(questions)})

    _change(session, viewer, assessment_id, change)


def discard(session: Session, viewer: Viewer, assessment_id: UUID, *, seen: datetime | None) -> None:
    """Forget what isn't published; `seen` is when the draft had changed last as the viewer saw it.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
        DraftChangedError: somebody else changed it since.
    """
    place = hold(session, viewer, assessment_id)
    if place.draft is not None:
        is_newer = seen is None or place.draft.updated_at > seen
        if is_newer and place.draft.edited_by != viewer.id:
            raise DraftChangedError("Somebody else changed this assessment meanwhile. Look at it, then discard it.")
        session.delete(place.draft)
        session.flush()


def hold(session: Session, viewer: Viewer, assessment_id: UUID, *, with_banks: bool = False) -> Place:
    """Lock an assessment for its author, before a draft is changed or published.

    Its course comes first, as for whoever approves it: two can't wait for each other. `with_banks`, then come those
    that it draws from.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
        InReviewError: its course waits for a review.
    """
    is_in_review = _is_in_review(session, assessment_id)
    if with_banks:
        pools.hold_banks(session, [assessment_id])
    assessment = session.scalar(
        select(Assessment)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Assessment.id == assessment_id, Course.deleted_at.is_(None), is_taught_by(viewer))
        .with_for_update(of=Assessment)
        .execution_options(populate_existing=True)
    )
    if assessment is None:
        raise NotYoursToWriteError
    if is_in_review:
        raise InReviewError
    draft = session.scalar(
        select(AssessmentDraft)
        .where(AssessmentDraft.assessment_id == assessment_id)
        .execution_options(populate_existing=True)
    )
    return Place(assessment, draft)


def document_of(session: Session, place: Place) -> DraftDocument:
    """What the author has now."""
    return _document(session, place)


def published_document(session: Session, assessment_id: UUID) -> DraftDocument:
    """What learners get, as a draft of it would begin."""
    return _document(session, Place(session.get_one(Assessment, assessment_id), None))


def follow_key(session: Session, question: Question, *, old: tuple[Key, str], new: tuple[Key, str]) -> None:
    """A corrected key and points go into the draft too, unless the author has others there already."""
    draft = session.scalar(
        select(AssessmentDraft)
        .where(AssessmentDraft.assessment_id == question.assessment_id)
        .execution_options(populate_existing=True)
    )
    if draft is None:
        return
    document = DraftDocument.model_validate(draft.document)
    followed = tuple(
        one.model_copy(update={**draft_questions.key_fields(new[0]), "points": new[1]})
        if one.question_id == question.id and (draft_questions.key_of(one), one.points) == old
        else one
        for one in document.questions
    )
    draft.document = document.model_copy(update={"questions": followed}).model_dump(mode="json")
    session.flush()


def _change(
    session: Session, viewer: Viewer, assessment_id: UUID, change: Callable[[DraftDocument], DraftDocument]
) -> None:
    place = hold(session, viewer, assessment_id)
    before = _document(session, place)
    after = change(before)
    if after != before:
        _store(session, viewer, place, after)


def _store(session: Session, viewer: Viewer, place: Place, document: DraftDocument) -> None:
    values = {"document": document.model_dump(mode="json"), "edited_by": viewer.id}
    if place.draft is None:
        session.add(AssessmentDraft(id=new_id(), assessment_id=place.assessment.id, **values))
    else:
        for name, value in values.items():
            setattr(place.draft, name, value)
    session.flush()


def _document(session: Session, place: Place) -> DraftDocument:
    if place.draft is not None:
        return DraftDocument.model_validate(place.draft.document)
    assessment = place.assessment
    questions = session.scalars(
        select(Question)
        .where(Question.assessment_id == assessment.id, Question.retired_at.is_(None), ~Question.is_drawn)
        .order_by(Question.order_index)
        .execution_options(populate_existing=True)
    ).all()
    draws = session.scalars(
        select(AssessmentDraw)
        .where(AssessmentDraw.assessment_id == assessment.id)
        .order_by(AssessmentDraw.created_at, AssessmentDraw.id)
    )
    return DraftDocument(
        settings=_settings(assessment),
        questions=tuple(
            draft_questions.drafted(one, question_id=one.id, bank_item_id=one.bank_item_id) for one in questions
        ),
        draws=tuple(DraftDraw(bank_id=one.bank_id, tag=one.tag, count=one.question_count) for one in draws),
    )


def _settings(assessment: Assessment) -> DraftSettings:
    shows: ShowAnswers = "never"
    if assessment.show_answers_after:
        shows = "after_close" if assessment.answers_after_close else "with_result"
    same: dict[str, Any] = {
        name: getattr(assessment, name)
        for name in (
            "title",
            "assessment_type",
            "time_limit_minutes",
            "max_attempts",
            "shuffle_questions",
            "shuffle_options",
            "is_proctored",
            "graders_needed",
            "grades_held",
            "available_from",
            "available_until",
        )
    }
    return DraftSettings(
        **same,
        description=assessment.description or "",
        passing_score=round(assessment.passing_score),
        mark_gap_percent=round(assessment.mark_gap_percent),
        show_answers=shows,
    )


def _is_in_review(session: Session, within: UUID) -> bool:
    return bool(session.scalar(_STATE_OF_COURSE, {"id": within}) == CourseStatus.PENDING_REVIEW)


def _check_same(there: object, seen: object, wanted: object) -> None:
    if there not in (seen, wanted):
        raise DraftChangedError.on_saving()


def _check_teaches(session: Session, viewer: Viewer, course_id: UUID) -> None:
    if not teaches(session, viewer, course_id):
        raise NotYoursToWriteError
