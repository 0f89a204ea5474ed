"""What a learner is being examined in at this moment: the tutor keeps out of it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from learncraft.assessments.models import Assessment, AssessmentAttempt, AssessmentType, AttemptStatus

EXAMS = (AssessmentType.EXAM, AssessmentType.CERTIFICATION)


def has_open_exam(session: Session, learner_id: UUID) -> bool:
    """Whether the learner has an exam under way, by the database's clock."""
    found = session.execute(
        select(AssessmentAttempt.id)
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .where(
            AssessmentAttempt.user_id == learner_id,
            AssessmentAttempt.status == AttemptStatus.IN_PROGRESS,
            or_(AssessmentAttempt.deadline_at.is_(None), AssessmentAttempt.deadline_at > func.now()),
            Assessment.assessment_type.in_(EXAMS),
        )
        .limit(1)
    ).first()
    return found is not None
