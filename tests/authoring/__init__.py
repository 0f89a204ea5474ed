"""A course that somebody builds, for the tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import drafting, outlining, queries
from learncraft.authoring.shapes import DraftBlock, LessonText
from learncraft.db import new_id
from tests.factories import MadeCourse, make_course, make_user


@dataclass
class Built:
    """A course with its working copy, and who builds it."""

    made: MadeCourse
    teacher: Viewer

    @property
    def id(self) -> UUID:
        return self.made.id

    def module(self, place: int = 0) -> UUID:
        return self.made.modules[place].id

    def lesson(self, place: int = 0) -> UUID:
        return self.made.lessons[place].id


def viewer_of(user: User) -> Viewer:
    """The person as pages know them."""
    return Viewer(
        user.id, user.email, user.first_name, user.full_name, user.role, "en", "light", "Europe/Vienna", new_id()
    )


def make_teacher(session: Session, role: UserRole = UserRole.INSTRUCTOR) -> Viewer:
    return viewer_of(make_user(session, role=role))


def build(session: Session, *, modules: int = 1, lessons: int = 3, **values: object) -> Built:
    """A course that its instructor has begun to build."""
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    made = make_course(session, modules=modules, lessons=lessons, instructor=teacher, **values)
    viewer = viewer_of(teacher)
    drafting.begin(session, viewer, made.id)
    return Built(made, viewer)


def titles(session: Session, module_id: UUID) -> list[str]:
    """The lessons of a module in order, nested ones with a dash for each level."""
    depth: dict[UUID, int] = {}
    found = []
    for line in queries.lessons(session, module_id):
        depth[line.id] = depth[line.parent] + 1 if line.parent else 0
        found.append("-" * depth[line.id] + line.title)
    return found


def text(title: str = "Joins", *paragraphs: str) -> LessonText:
    """A lesson of a few paragraphs."""
    blocks = tuple(DraftBlock(id=f"p{number}", type="markdown", text=said) for number, said in enumerate(paragraphs))
    return LessonText(title=title, blocks=blocks)


def lettered(session: Session, count: int = 4) -> tuple[Built, dict[str, UUID]]:
    """A course of one module with lessons A, B, C and so on."""
    built = build(session, lessons=count)
    names = {}
    for place in range(count):
        letter = chr(ord("A") + place)
        names[letter] = built.lesson(place)
        outlining.rename_lesson(session, built.teacher, built.lesson(place), title=letter)
    return built, names
