"""An offering of the demo: a form in stages, a group with batches that is full, and people at every step of the way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.demo import people
from learncraft.enrollment.models import Enrollment
from learncraft.enrollment.registration import applying, deciding, offerings
from learncraft.enrollment.registration.offerings import CohortDraft, OfferingDraft
from learncraft.enrollment.shapes import FormQuestion, FormStage, RegistrationForm

SLUG = "thinking-in-sql"
PLACES, BATCH = 6, 3
_ENROLLED, _WAITING, _SENT = 6, 2, 3
_REASONS = (
    "I write reports at work and never know whether the totals are right.",
    "I want to move from spreadsheets to a database.",
    "My team keeps its data in PostgreSQL, and I am the only one who can't ask it.",
    "I begin a course in data science next term.",
)
_FORM = RegistrationForm(
    (
        FormStage(
            key="about",
            title="About you",
            questions=(
                FormQuestion(key="why", label="Why do you want to take part?", kind="long_text", is_required=True),
                FormQuestion(
                    key="used",
                    label="What have you used before?",
                    kind="choices",
                    choices=("Spreadsheets", "SQL", "Python", "None of these"),
                ),
            ),
        ),
        FormStage(
            key="time",
            title="Your time",
            questions=(
                FormQuestion(key="hours", label="How many hours a week can you learn?", kind="whole", is_required=True),
                FormQuestion(key="evenings", label="Thursday evenings suit me", kind="yes_no"),
            ),
        ),
        FormStage(
            key="terms",
            title="Terms",
            questions=(
                FormQuestion(
                    key="agreed",
                    label="I come to the meetings, or say before that I can't",
                    kind="agreement",
                    is_required=True,
                ),
            ),
        ),
    )
)


def offer(session: Session, teacher: Viewer, learner_id: UUID) -> None:
    """Offer a course to a group, and let people register; the demo's learner has begun the form."""
    course = session.scalars(select(Course).where(Course.slug == SLUG)).one()
    first_day = _next_thursday(datetime.now(UTC).date() + timedelta(weeks=5))
    offering_id = offerings.save(
        session,
        teacher,
        OfferingDraft(
            title=f"{course.title}, with a group",
            description="Eight Thursday evenings in a small group. You learn at home and bring your questions.",
            closes_at=datetime.combine(first_day - timedelta(days=7), datetime.min.time(), UTC),
            needs_review=True,
            form=_FORM,
        ),
        course_id=course.id,
    )
    cohort_id = offerings.save_cohort(
        session,
        teacher,
        CohortDraft(
            f"Thursdays from {first_day.day} {first_day:%B}",
            first_day,
            first_day + timedelta(weeks=8),
            capacity=PLACES,
            batch_size=BATCH,
        ),
        offering_id=offering_id,
    )
    for place, person in enumerate(_others(session, course.id, learner_id, _ENROLLED + _WAITING + _SENT)):
        made = _send(session, person, offering_id, place)
        if place < _ENROLLED:
            deciding.accept(session, teacher, made, cohort_id=cohort_id, note="We begin at six, in room 12.")
        elif place < _ENROLLED + _WAITING:
            deciding.wait(session, teacher, made)
    learner = people.viewer(session, learner_id)
    begun = applying.begin(session, learner, offering_id)
    applying.finish_stage(
        session, learner_id=learner.id, registration_id=begun, stage_key="about", answers={"why": _REASONS[1]}
    )


def _send(session: Session, person: Viewer, offering_id: UUID, place: int) -> UUID:
    made = applying.begin(session, person, offering_id)
    answers: dict[str, dict[str, Any]] = {
        "about": {"why": _REASONS[place % len(_REASONS)], "used": ["Spreadsheets"]},
        "time": {"hours": 2 + place % 4, "evenings": place % 3 > 0},
        "terms": {"agreed": True},
    }
    for key, given in answers.items():
        applying.finish_stage(session, learner_id=person.id, registration_id=made, stage_key=key, answers=given)
    applying.submit(session, learner_id=person.id, registration_id=made)
    return made


def _others(session: Session, course_id: UUID, learner_id: UUID, count: int) -> list[Viewer]:
    """Learners who were never in the course."""
    inside = select(Enrollment.user_id).where(Enrollment.course_id == course_id)
    found = session.scalars(
        select(User.id)
        .where(User.role == "learner", User.id != learner_id, User.id.not_in(inside))
        .order_by(User.email)
        .limit(count)
    )
    return [people.viewer(session, user_id) for user_id in found]


def _next_thursday(day: date) -> date:
    return day + timedelta(days=(3 - day.weekday()) % 7)
