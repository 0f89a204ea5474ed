"""Publishing a draft: learners who start from now on get it. What was answered before keeps its words and its key."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import authoring, checking, draft_questions, drafting, pools
from learncraft.assessments.draft_questions import ReadyQuestion
from learncraft.assessments.draft_shapes import DraftDocument, DraftQuestion, DraftSettings
from learncraft.assessments.errors import InvalidQuestionError
from learncraft.assessments.models import Assessment, Question
from learncraft.courses import publication
from learncraft.language import _


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: how many questions are new, in a new version because they were answered, or gone."""

    added: int
    new_versions: int
    removed: int


def publish(session: Session, viewer: Viewer, assessment_id: UUID) -> Published:
    """Make the draft what learners get. The draft is done with then.

    A question that learners were asked is never edited: its changed words become a new version, and attempts that were
    asked the old one keep it.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
        NeedsReviewError: here it is published by a review, and the viewer is no reviewer.
        InReviewError: its course waits for a review.
        InvalidQuestionError: something is missing; the message lists what.
    """
    publication.check(viewer)
    place = drafting.hold(session, viewer, assessment_id, with_banks=True)
    document = drafting.document_of(session, place)
    problems = checking.problems_of(document, pools.pools_of(session, document.draws))
    if problems:
        listed = " ".join(
            _("Question {place}: {problem}", place=one.place, problem=one.sentence) if one.place else one.sentence
            for one in problems
        )
        title = document.settings.title.strip() or place.assessment.title
        raise InvalidQuestionError("“{title}” can't be published yet. {listed}", title=title, listed=listed)
    _apply(place.assessment, document.settings)
    done = _write(session, assessment_id, document)
    pools.write_rules(session, assessment_id, document.draws)
    pools.refresh(session, assessment_id)
    if place.draft is not None:
        session.delete(place.draft)
    session.flush()
    return done


def unpublish(session: Session, viewer: Viewer, assessment_id: UUID) -> None:
    """Hide an assessment from learners; attempts that are open go on.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
        InReviewError: its course waits for a review.
    """
    drafting.hold(session, viewer, assessment_id).assessment.is_published = False
    session.flush()


def _apply(assessment: Assessment, settings: DraftSettings) -> None:
    assessment.title = settings.title.strip()
    assessment.description = settings.description.strip() or None
    assessment.assessment_type = settings.assessment_type
    assessment.passing_score = Decimal(settings.passing_score)
    assessment.time_limit_minutes = settings.time_limit_minutes
    assessment.max_attempts = settings.max_attempts
    assessment.shuffle_questions = settings.shuffle_questions
    assessment.shuffle_options = settings.shuffle_options
    assessment.show_answers_after = settings.show_answers != "never"
    assessment.answers_after_close = settings.show_answers == "after_close"
    assessment.is_proctored = settings.is_proctored
    assessment.graders_needed = settings.graders_needed
    assessment.mark_gap_percent = Decimal(settings.mark_gap_percent)
    assessment.grades_held = settings.grades_held
    assessment.available_from = settings.available_from
    assessment.available_until = settings.available_until
    assessment.is_published = True


def _write(session: Session, assessment_id: UUID, document: DraftDocument) -> Published:
    rows = session.scalars(
        select(Question)
        .where(Question.assessment_id == assessment_id, Question.retired_at.is_(None), ~Question.is_drawn)
        .execution_options(populate_existing=True)
    ).all()
    known = {row.id: row for row in rows}
    asked = set(
        session.scalars(select(Question.id).where(Question.assessment_id == assessment_id, authoring.was_asked()))
    )
    kept = {question.question_id for question in document.questions}
    gone = [row for row in rows if row.id not in kept]
    for row in gone:
        authoring.remove(session, row, was_asked=row.id in asked)
    taken = set(session.scalars(select(Question.id).where(Question.id.in_([one.id for one in document.questions]))))
    added, versions = [], 0
    for order, question in enumerate(document.questions):
        draft = _ready(question)
        before = known.get(question.question_id) if question.question_id else None
        if before is None or (before.id in asked and not authoring.says_the_same(before, draft)):
            made = authoring.next_version(assessment_id, draft, order, before)
            made.source_key = before.source_key if before is not None else None
            made.bank_item_id = question.bank_item_id
            if question.id not in taken:
                made.id = question.id  # what was said of it in a review stays at it
            added.append(made)
            versions += before is not None
        else:
            authoring.write(before, draft, order)
    session.flush()  # the retired make room for their next versions
    session.add_all(added)
    session.flush()
    return Published(len(added) - versions, versions, len(gone))


def _ready(question: DraftQuestion) -> ReadyQuestion:
    draft, problems = draft_questions.ready(question)
    if draft is None:
        raise InvalidQuestionError(" ".join(problems))
    return draft
