"""A database that the tutor's bench fills: courses made of question sets, and many more to search among."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from learncraft.accounts import service as accounts
from learncraft.accounts.models import UserRole
from learncraft.bench.question_sets import QuestionSet
from learncraft.courses.models import Course, CourseCategory, CourseStatus, Lesson, LessonType, Module, SkillLevel
from learncraft.db import Database, new_id
from learncraft.enrollment.models import Enrollment
from learncraft.tutor import indexing, queries
from learncraft.tutor.chunking import Source
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.models import EmbeddedContent
from learncraft.tutor.sources import Document

LEARNER, TEACHER = "bench.learner@learncraft.example", "bench.teacher@learncraft.example"


@dataclass(frozen=True, slots=True)
class BenchCourse:
    """A course made of texts, one lesson each: which lesson has which text."""

    id: UUID
    texts: dict[UUID, int]


class World:
    """One teacher, one learner who is in each course made of a set, and the courses."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._courses: dict[str, BenchCourse] = {}
        with database.transaction() as session:
            for email, role in ((LEARNER, UserRole.LEARNER), (TEACHER, UserRole.INSTRUCTOR)):
                accounts.create_user(session, email=email, first_name="Bench", last_name="Mark", role=role)
            learner, teacher = (queries.viewer_by_email(session, email) for email in (LEARNER, TEACHER))
        assert learner is not None and teacher is not None
        self.learner, self.teacher = learner, teacher

    def course_of(self, one: QuestionSet) -> BenchCourse:
        """A course that has all texts of a set."""
        return self._course(one, one.name, range(len(one.texts)))

    def halves_of(self, one: QuestionSet) -> tuple[BenchCourse, BenchCourse]:
        """Two courses: one has every other title's texts, the other has the rest."""
        titles = list(dict.fromkeys(one.titles))
        parts = [
            [place for place, title in enumerate(one.titles) if titles.index(title) % 2 == half] for half in (0, 1)
        ]
        return self._course(one, f"{one.name}, half", parts[0]), self._course(one, f"{one.name}, rest", parts[1])

    def _course(self, one: QuestionSet, name: str, places: Sequence[int]) -> BenchCourse:
        if name not in self._courses:
            with self._database.transaction() as session:
                course_id, lessons = self.add_course(session, name, [one.texts[place] for place in places])
                texts = dict(zip(lessons, places, strict=True))
                session.add(Enrollment(user_id=self.learner.id, course_id=course_id))
                documents = [self.document(course_id, key, one.texts[place]) for key, place in texts.items()]
                indexing.write(session, documents, self._embedder, cut=one.cut)
            self._courses[name] = BenchCourse(course_id, texts)
        return self._courses[name]

    def add_course(self, session: Session, title: str, texts: list[str]) -> tuple[UUID, list[UUID]]:
        """A published course with a lesson for each text; returns it and the lessons."""
        course = Course(
            id=new_id(),
            instructor_id=self.teacher.id,
            title=title,
            slug=f"bench-{new_id()}",
            category=CourseCategory.DATA_SCIENCE,
            skill_level=SkillLevel.BEGINNER,
            status=CourseStatus.PUBLISHED,
            published_at=datetime.now(UTC),
        )
        module = Module(id=new_id(), course_id=course.id, title="All", order_index=0)
        lessons = [
            Lesson(
                id=new_id(),
                module_id=module.id,
                title=f"Text {place + 1}",
                slug=f"text-{place + 1}",
                lesson_type=LessonType.READING,
                order_index=place,
                content={"version": 1, "blocks": [{"id": "p1", "type": "markdown", "text": said}]},
            )
            for place, said in enumerate(texts)
        ]
        for row in (course, module):
            session.add(row)
            session.flush()
        session.add_all(lessons)
        session.flush()
        return course.id, [lesson.id for lesson in lessons]

    def leave_all(self) -> None:
        """Take the learner out of every course."""
        with self._database.transaction() as session:
            session.execute(delete(Enrollment).where(Enrollment.user_id == self.learner.id))

    def document(self, course_id: UUID, lesson_id: UUID, said: str) -> Document:
        """A lesson as it is indexed, without a title: the sets' texts have none."""
        return Document(
            EmbeddedContent.LESSON,
            lesson_id,
            "en",
            (Source(said, block_id="p1"),),
            course_id=course_id,
            lesson_id=lesson_id,
        )
