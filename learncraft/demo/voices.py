"""What the people of the demo say: opinions of courses, a question that was answered, notes of one's own."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from learncraft.accounts import public_profiles
from learncraft.accounts.viewer import Viewer
from learncraft.community import discussions, notes
from learncraft.courses.models import Course, Lesson
from learncraft.demo import people
from learncraft.enrollment import queries, reviews
from learncraft.enrollment.models import CourseProgress, Enrollment

_SEED = 20_261_121
_RATED = 24  # of each course at most
_OPINIONS = (
    (5, "Short lessons, and each of them works. I did one on the train every day."),
    (5, "The explanations after the quizzes taught me more than the lessons themselves."),
    (4, "Clear and calm. I would have liked more to try out at the end of each module."),
    (3, "Good until the last module, which went too fast for me."),
    (5, "The first course of this kind that I finished."),
)
_ANSWER = "Thank you for saying so. The last module has a lesson more since then, with a whole example to follow."
_NOTES = (
    ("markdown:python-from-the-first-line/lesson/names-and-values", "A name **is not a box**: two names, one list."),
    ("markdown:python-from-the-first-line/lesson/text", "Texts never change. `name.upper()` gives a *new* one."),
    (
        "markdown:python-from-the-first-line/lesson/decisions",
        "What is empty counts as false: `if not found:`.",
    ),
)


def speak(session: Session, teacher: Viewer, learner_id: UUID) -> None:
    """Let people have their say."""
    public_profiles.save(
        session,
        teacher.id,
        headline="Teaches people to check what their programs and numbers tell them",
        subjects=["Python", "Statistics", "SQL"],
        website="",
        is_public=True,
    )
    random = Random(_SEED)  # noqa: S311  # chance, not secrecy
    for course_id in session.scalars(select(Course.id).where(Course.instructor_id == teacher.id).order_by(Course.slug)):
        _rate(session, random, teacher, course_id, but=learner_id)
    learner = people.viewer(session, learner_id)
    for key, text in _NOTES:
        lesson_id = session.scalars(select(Lesson.id).where(Lesson.source_key == key)).one()
        if queries.sees_lesson(session, learner, lesson_id):
            notes.write(session, learner, lesson_id, content=text, position=None, is_public=False)
    _discuss(session, teacher, learner)


def _rate(session: Session, random: Random, teacher: Viewer, course_id: UUID, *, but: UUID) -> None:
    """Those who came far in a course rate it; some say why, and the critical one gets an answer."""
    far = session.execute(
        select(Enrollment.id, Enrollment.user_id)
        .join(CourseProgress, CourseProgress.enrollment_id == Enrollment.id)
        .where(
            Enrollment.course_id == course_id,
            Enrollment.user_id != but,
            Enrollment.status.in_(("active", "completed")),
        )
        .order_by(CourseProgress.percent_complete.desc(), Enrollment.id)
        .limit(_RATED)
    ).all()
    for place, (enrollment_id, user_id) in enumerate(far):
        stars, words = _OPINIONS[place] if place < len(_OPINIONS) else (random.choice((3, 4, 4, 5, 5, 5)), "")
        reviews.rate(session, learner_id=user_id, course_id=course_id, rating=stars, review=words)
        if stars == 3 and words:
            reviews.answer(session, teacher, enrollment_id, _ANSWER)
        session.execute(
            update(Enrollment)
            .where(Enrollment.id == enrollment_id)
            .values(reviewed_at=func.now() - timedelta(days=1 + 2 * place))
        )


def _discuss(session: Session, teacher: Viewer, learner: Viewer) -> None:
    """A question of a learner that the teacher has answered."""
    key = "markdown:python-from-the-first-line/lesson/names-and-values"
    lesson_id = session.scalars(select(Lesson.id).where(Lesson.source_key == key)).one()
    course_id = session.scalars(select(Course.id).where(Course.slug == "python-from-the-first-line")).one()
    question = discussions.begin(
        session,
        learner,
        course_id,
        title="Why did my second list change, too?",
        content="I wrote `b = a` and then `b.append(4)`. Now `a` has a 4 as well. Is that a mistake of Python?",
        is_question=True,
        lesson_id=lesson_id,
    )
    answer = discussions.reply(
        session,
        teacher,
        question,
        content="Both names stand for the **same** list. Write `b = a.copy()` when you want one of its own.",
    )
    discussions.accept(session, teacher, answer)
