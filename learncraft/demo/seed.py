"""Fills an empty installation with the demo: accounts, three courses, and twelve weeks of learners' history.

All of it is one transaction: a seed that is cut off leaves nothing, and the next start does it whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from learncraft.accounts import service as accounts
from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import grading
from learncraft.assessments.models import Assessment, AssessmentType, Question
from learncraft.courses.models import Course, CourseStatus, Lesson, Module
from learncraft.db import Database, new_id
from learncraft.demo import cards, habits, history, offered, people, practice, voices
from learncraft.enrollment import dictionary
from learncraft.enrollment.certificates import issuing
from learncraft.enrollment.registration.models import Cohort
from learncraft.interchange import markdown_course, writer
from learncraft.settings import Settings
from learncraft.tutor import queries as tutor
from learncraft.tutor import variants

LEARNERS = 200
_SEED = 20_261_120
_COURSES = Path(__file__).parent / "courses"
_TELLINGS = Path(__file__).parent / "tellings"
_POPULARITY = (0.62, 0.5, 0.36)  # the share of learners who start each course

Progress = Callable[[str, float], None]


class DemoAccount(NamedTuple):
    """An account to sign in with."""

    role: UserRole
    email: str
    password: str


def seed(
    database: Database, settings: Settings, *, progress: Progress = lambda _words, _share: None
) -> tuple[DemoAccount, ...]:
    """Make the demo, unless it is there. `progress` hears what is being done, and the share done (0 to 1)."""
    made = tuple(DemoAccount(one.role, one.email, people.PASSWORD) for one in people.ACCOUNTS)
    with database.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('learncraft demo'))"))
        if session.scalar(select(User.id).where(User.email == people.ACCOUNTS[0].email)) is not None:
            return made
        progress("Accounts", 0.0)
        known = {one.role: _account(session, one) for one in people.ACCOUNTS}
        courses = _courses(session, settings, known[UserRole.INSTRUCTOR], progress)
        rows = _history(session, courses, known[UserRole.LEARNER], progress)
        for place, (table, content) in enumerate(rows.tables()):
            progress("Storing their history", 0.7 + 0.03 * place)
            copy_rows(session, table, content)
        _count_learners(session)
        _certify(session, courses)
        teacher = _viewer(session, UserRole.INSTRUCTOR)
        _tell_anew(session, _viewer(session, UserRole.CONTENT_ADMIN))
        cards.study(session, known[UserRole.LEARNER], now=datetime.now(UTC))
        offered.offer(session, teacher, known[UserRole.LEARNER])
        voices.speak(session, teacher, known[UserRole.LEARNER])
        dictionary.refresh(session)
        progress("Done", 1.0)
    return made


def _account(session: Session, person: people.DemoPerson) -> UUID:
    user = accounts.create_user(
        session,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        role=person.role,
        password=people.PASSWORD,
    )
    user.bio = person.bio or None
    user.is_email_verified = True
    return user.id


def _courses(session: Session, settings: Settings, instructor_id: UUID, progress: Progress) -> list[history.DemoCourse]:
    folders = sorted(folder for folder in _COURSES.iterdir() if (folder / "course.yaml").is_file())
    made = []
    for place, folder in enumerate(folders):
        progress("Courses", 0.1 + 0.1 * place)
        document = markdown_course.read(folder)
        written = writer.write_course(session, document, instructor_id=instructor_id, files_dir=settings.files_dir)
        session.execute(
            update(Course)
            .where(Course.id == written.course_id)
            .values(
                status=CourseStatus.PUBLISHED,
                published_at=func.now() - text(f"interval '{habits.WEEKS + 1} weeks'"),
                is_featured=place == 0,
            )
        )
        made.append(_stored(session, written.course_id))
    return made


def _stored(session: Session, course_id: UUID) -> history.DemoCourse:
    """The course as it stands in the database now."""
    lessons = session.scalars(
        select(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id)
        .order_by(Module.order_index, Lesson.order_index)
    ).all()
    quizzes: dict[UUID | None, list[history.DemoQuiz]] = {}
    random = Random(_SEED)  # noqa: S311  # chance, not secrecy
    for quiz in session.scalars(
        select(Assessment).where(Assessment.lesson_id.in_([lesson.id for lesson in lessons])).order_by(Assessment.id)
    ):
        questions = session.scalars(
            select(Question)
            .where(Question.assessment_id == quiz.id, Question.retired_at.is_(None))
            .order_by(Question.order_index)
        )
        quizzes.setdefault(quiz.lesson_id, []).append(
            history.DemoQuiz(
                id=quiz.id,
                passing_score=quiz.passing_score,
                max_attempts=quiz.max_attempts,
                counts=quiz.assessment_type != AssessmentType.PRACTICE,
                questions=tuple(
                    history.DemoQuestion(
                        id=question.id,
                        question_type=question.question_type,
                        question=grading.GradedQuestion(
                            grading.parse_key(question.question_type, question.correct_answer), question.points
                        ),
                        option_ids=tuple(option["id"] for option in question.options or ()),
                        difficulty=random.gauss(-0.9, 0.9),
                    )
                    for question in questions
                ),
            )
        )
    extras = practice.furnish(session, list(lessons))
    return history.DemoCourse(
        course_id,
        tuple(
            history.DemoLesson(
                one.id, one.module_id, one.title, one.duration_minutes, tuple(quizzes.get(one.id, ())), extras[one.id]
            )
            for one in lessons
        ),
        _cohorts(session, course_id),
    )


def _cohorts(session: Session, course_id: UUID) -> tuple[tuple[UUID, date], ...]:
    """A cohort for each wave of learners, the latest first."""
    begin = datetime.now(UTC).date() - timedelta(weeks=habits.WEEKS)
    made = []
    for week in sorted(habits.WAVES, reverse=True):
        first = begin + timedelta(weeks=week)
        cohort = Cohort(id=new_id(), course_id=course_id, name=f"Group of {first.day} {first:%B}", start_date=first)
        session.add(cohort)
        made.append((cohort.id, first))
    session.flush()
    return tuple(made)


def _history(
    session: Session, courses: list[history.DemoCourse], known_learner: UUID, progress: Progress
) -> history.Rows:
    random, now, rows = Random(_SEED), datetime.now(UTC), history.Rows()  # noqa: S311  # chance, not secrecy
    learners = people.learners(LEARNERS, random)
    ids = [new_id() for _ in learners]
    copy_rows(
        session,
        "users",
        (
            {
                "id": key,
                "email": one.email,
                "first_name": one.first_name,
                "last_name": one.last_name,
                "is_email_verified": True,
            }
            for key, one in zip(ids, learners, strict=True)
        ),
    )
    for place, learner_id in enumerate(ids):
        if place % 20 == 0:
            progress("Learners and what they did", 0.4 + 0.3 * place / LEARNERS)
        for course, share in zip(courses, _POPULARITY, strict=False):
            if random.random() < share:
                habit = habits.habit(random, now=now)
                history.learn(rows, random, learner_id=learner_id, habit=habit, course=course, now=now)
    keen = habits.Habit(now - timedelta(weeks=3), sittings_a_week=5, staying=1, knowledge=3)
    expert = habits.Habit(now - timedelta(weeks=10), sittings_a_week=6, staying=1, knowledge=12)
    for course, habit, limit in ((courses[0], keen, 4), (courses[1], expert, None)):  # one begun, one finished
        history.learn(rows, random, learner_id=known_learner, habit=habit, course=course, now=now, limit=limit)
    history.search(rows, random, learners=ids, now=now)
    return rows


def copy_rows(session: Session, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Store many rows by COPY. All rows need the keys of the first, or fewer; what lacks is NULL."""
    content = list(rows)
    if not content:
        return
    columns = list(dict.fromkeys(name for row in content for name in row))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    driver = session.connection().connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in content:
            copy.write_row([_for_copy(row.get(name)) for name in columns])


def _for_copy(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) else value


def _viewer(session: Session, role: UserRole) -> Viewer:
    """The demo's person of a role: who teaches its courses, or reviews them."""
    address = next(one.email for one in people.ACCOUNTS if one.role == role)
    viewer = tutor.viewer_by_email(session, address)
    assert viewer is not None
    return viewer


def _tell_anew(session: Session, reviewer: Viewer) -> None:
    """Lessons in another telling: files named for the lesson and the persona."""
    for file in sorted(_TELLINGS.glob("*.md")):
        slug, persona = file.stem.split(".")
        lesson_id = session.scalar(select(Lesson.id).where(Lesson.slug == slug))
        if lesson_id is not None:
            told = file.read_text(encoding="utf-8")
            variants.write(session, reviewer, lesson_id=lesson_id, key=persona, text=told, publish=True)


def _certify(session: Session, courses: list[history.DemoCourse]) -> None:
    for course in courses:
        for enrollment in issuing.finished_without(session, course.id, after=None, limit=LEARNERS):
            issuing.issue_if_due(session, enrollment, tells=False)
    session.flush()
    session.execute(  # they were earned when the courses were finished, not as the demo was made
        text(
            "UPDATE learning_events e SET occurred_at = p.completed_at FROM enrollments p "
            "WHERE e.event_type = 'certificate_issued' AND p.user_id = e.user_id AND p.course_id = e.course_id"
        )
    )


def _count_learners(session: Session) -> None:
    session.execute(
        text(
            "UPDATE courses SET enrollment_count = (SELECT count(*) FROM enrollments e "
            "WHERE e.course_id = courses.id AND e.status IN ('active', 'completed'))"
        )
    )
