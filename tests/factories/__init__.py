"""Typed makers of rows, each with just what a test doesn't care about filled in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserPreferences, UserRole
from learncraft.assessments.models import Assessment, Question, QuestionType
from learncraft.courses.models import Course, CourseCategory, CourseStatus, Lesson, LessonType, Module, SkillLevel
from learncraft.db import new_id
from learncraft.enrollment.models import CourseProgress, Enrollment

_numbers = count(1)


def make_user(session: Session, *, role: UserRole = UserRole.LEARNER, **values: Any) -> User:
    """A person with an address of their own and no password."""
    number = next(_numbers)
    user = User(
        id=new_id(),
        **{
            "email": f"person{number}-{new_id().hex[-8:]}@example.org",
            "first_name": "Robin",
            "last_name": f"Nr {number}",
        }
        | values,
        role=role,
    )
    session.add_all([user, UserPreferences(user_id=user.id)])
    session.flush()
    return user


@dataclass(frozen=True, slots=True)
class MadeCourse:
    """A course with its parts in order."""

    course: Course
    modules: list[Module]
    lessons: list[Lesson]

    @property
    def id(self) -> UUID:
        return self.course.id


def make_course(
    session: Session, *, modules: int = 1, lessons: int = 1, instructor: User | None = None, **values: Any
) -> MadeCourse:
    """A published course: `modules` modules of `lessons` reading lessons each."""
    number = next(_numbers)
    teacher = instructor or make_user(session, role=UserRole.INSTRUCTOR)
    defaults: dict[str, Any] = {
        "title": f"Course {number}",
        "slug": f"course-{number}-{new_id().hex[-8:]}",
        "category": CourseCategory.DATABASES,
        "skill_level": SkillLevel.BEGINNER,
        "status": CourseStatus.PUBLISHED,
    }
    course = Course(id=new_id(), instructor_id=teacher.id, **defaults | values)
    if course.status == CourseStatus.PUBLISHED:
        course.published_at = teacher.created_at
    session.add(course)
    session.flush()
    made = MadeCourse(course, [], [])
    for place in range(modules):
        module = Module(id=new_id(), course_id=course.id, title=f"Module {place + 1}", order_index=place)
        session.add(module)
        session.flush()
        made.modules.append(module)
        for lesson_place in range(lessons):
            made.lessons.append(make_lesson(session, module, order_index=lesson_place))
    return made


def make_lesson(session: Session, module: Module, *, order_index: int, **values: Any) -> Lesson:
    """A reading lesson with one paragraph."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Lesson {number}",
        "slug": f"lesson-{number}",
        "lesson_type": LessonType.READING,
        "duration_minutes": 5,
        "content": {"version": 1, "blocks": [{"id": "p1", "type": "markdown", "text": f"Paragraph {number}."}]},
    }
    lesson = Lesson(id=new_id(), module_id=module.id, order_index=order_index, **defaults | values)
    session.add(lesson)
    session.flush()
    return lesson


def make_enrollment(session: Session, course: Course, user: User | None = None, **values: Any) -> Enrollment:
    """A learner's place in a course, with its progress row."""
    learner = user or make_user(session)
    enrollment = Enrollment(id=new_id(), user_id=learner.id, course_id=course.id, **values)
    session.add(enrollment)
    session.flush()
    session.add(CourseProgress(enrollment_id=enrollment.id))
    session.flush()
    return enrollment


def make_assessment(
    session: Session, lesson: Lesson, *, questions: int = 1, **values: Any
) -> tuple[Assessment, list[Question]]:
    """A quiz of multiple choice questions whose right option is always 'a'."""
    assessment = Assessment(id=new_id(), lesson_id=lesson.id, **{"title": "Quiz", "shuffle_questions": False} | values)
    session.add(assessment)
    session.flush()
    made = [make_question(session, assessment, order_index=place) for place in range(questions)]
    return assessment, made


def make_question(
    session: Session,
    assessment: Assessment,
    *,
    order_index: int,
    question_type: QuestionType = QuestionType.MULTIPLE_CHOICE,
    **values: Any,
) -> Question:
    """A multiple choice question with options a (right), b and c, unless told otherwise."""
    defaults: dict[str, Any] = {
        "content": "Which one?",
        "options": [{"id": key, "text": key.upper(), "feedback": ""} for key in "abc"],
        "correct_answer": {"option": "a"},
        "points": Decimal(1),
    }
    question = Question(
        id=new_id(),
        assessment_id=assessment.id,
        question_type=question_type,
        order_index=order_index,
        **defaults | values,
    )
    session.add(question)
    session.flush()
    return question
