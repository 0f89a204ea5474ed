"""What is done to an outline: by one person, and by several at the same moment."""

from __future__ import annotations

from random import Random
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.authoring import deleting, drafting, outlining, queries
from learncraft.authoring.errors import CircularNestingError, LessonGoneError, ModuleGoneError, NotInModuleError
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.outline import is_whole
from learncraft.courses.errors import CourseNotFoundError
from learncraft.courses.models import CourseStatus, Lesson, Module
from learncraft.db import Database
from learncraft.errors import LearnCraftError
from tests.authoring import build, lettered, make_teacher, titles
from tests.factories import make_course
from tests.races import at_once


def test_the_working_copy_is_what_learners_see_and_is_made_once(session: Session) -> None:
    built = build(session, modules=2, lessons=3)
    drafting.begin(session, built.teacher, built.id)
    assert [module.lessons for module in queries.modules(session, built.id)] == [3, 3]
    course = queries.course(session, built.teacher, built.id)
    assert course is not None
    assert (course.has_changes, course.is_seen, course.title) == (False, True, built.made.course.title)
    lesson = queries.lesson(session, built.teacher, built.lesson())
    assert lesson is not None
    assert lesson.text.blocks[0].text.startswith("Paragraph")


def test_a_course_from_nothing_gets_modules_and_lessons_that_learners_do_not_see_yet(session: Session) -> None:
    built = build(session, modules=1, lessons=1)
    module = outlining.add_module(session, built.teacher, built.id, title="  Joins   and more ")
    first = outlining.add_lesson(session, built.teacher, module, title="Inner joins")
    outlining.add_lesson(session, built.teacher, module, title="Inner joins")
    nested = outlining.add_lesson(session, built.teacher, module, title="By hand", parent=first)
    assert titles(session, module) == ["Inner joins", "-By hand", "Inner joins"]
    slugs = session.scalars(select(LessonDraft.slug).where(LessonDraft.module_id == module)).all()
    assert sorted(slugs) == ["by-hand", "inner-joins", "inner-joins-2"]
    assert session.get_one(Module, module).is_published is False
    assert session.get_one(Lesson, nested).is_published is False
    assert queries.course(session, built.teacher, built.id).draft_status == CourseStatus.DRAFT  # type: ignore[union-attr]


def test_lessons_move_within_a_module_below_each_other_and_to_other_modules(session: Session) -> None:
    built, at = lettered(session)
    other = outlining.add_module(session, built.teacher, built.id, title="Other")
    home = built.module()

    def move(name: str, module: UUID = home, parent: str | None = None, before: str | None = None) -> list[str]:
        outlining.move_lesson(
            session,
            built.teacher,
            at[name],
            module_id=module,
            parent=at[parent] if parent else None,
            before=at[before] if before else None,
        )
        return titles(session, home)

    assert move("D", before="A") == ["D", "A", "B", "C"]
    assert move("B", parent="A") == ["D", "A", "-B", "C"]
    assert move("C", parent="A", before="B") == ["D", "A", "-C", "-B"]
    assert move("A", other) == ["D"]
    assert titles(session, other) == ["A", "-C", "-B"]
    assert move("B", parent="D") == ["D", "-B"]
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_a_lesson_cannot_stand_below_itself(session: Session) -> None:
    built, at = lettered(session)
    move = {"module_id": built.module(), "before": None}
    outlining.move_lesson(session, built.teacher, at["B"], parent=at["A"], **move)
    with pytest.raises(CircularNestingError, match="“A” can't stand below itself"):
        outlining.move_lesson(session, built.teacher, at["A"], parent=at["B"], **move)


def test_a_move_to_a_place_that_is_gone_says_so(session: Session) -> None:
    built, at = lettered(session)
    deleting.delete_lesson(session, built.teacher, at["C"])
    with pytest.raises(NotInModuleError, match="changed this part of the outline meanwhile"):
        outlining.move_lesson(session, built.teacher, at["A"], module_id=built.module(), parent=None, before=at["C"])
    with pytest.raises(LessonGoneError):
        outlining.move_lesson(session, built.teacher, at["C"], module_id=built.module(), parent=None, before=None)


def test_a_lesson_stays_in_its_course(session: Session) -> None:
    built, at = lettered(session)
    foreign = build(session)
    with pytest.raises(ModuleGoneError):
        outlining.move_lesson(session, built.teacher, at["A"], module_id=foreign.module(), parent=None, before=None)


def test_what_was_deleted_comes_back_where_it_stood_with_all_below_it(session: Session) -> None:
    built, at = lettered(session)
    outlining.move_lesson(session, built.teacher, at["C"], module_id=built.module(), parent=at["B"], before=None)
    deleting.delete_lesson(session, built.teacher, at["B"])
    deleting.delete_lesson(session, built.teacher, at["B"])
    assert titles(session, built.module()) == ["A", "D"]
    assert [one.title for one in queries.gone(session, built.id)] == ["B"]
    deleting.restore_lesson(session, built.teacher, at["B"])
    assert titles(session, built.module()) == ["A", "B", "-C", "D"]
    deleting.delete_module(session, built.teacher, built.module())
    assert queries.modules(session, built.id) == []
    deleting.restore_module(session, built.teacher, built.module())
    assert titles(session, built.module()) == ["A", "B", "-C", "D"]
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_a_lesson_whose_parent_is_gone_comes_back_to_the_module(session: Session) -> None:
    built, at = lettered(session)
    outlining.move_lesson(session, built.teacher, at["C"], module_id=built.module(), parent=at["B"], before=None)
    deleting.delete_lesson(session, built.teacher, at["C"])
    deleting.delete_lesson(session, built.teacher, at["B"])
    deleting.restore_lesson(session, built.teacher, at["C"])
    assert titles(session, built.module()) == ["A", "C", "D"]


def test_only_those_who_teach_a_course_build_it(session: Session) -> None:
    built = build(session)
    for role, may in ((UserRole.INSTRUCTOR, False), (UserRole.LEARNER, False), (UserRole.CONTENT_ADMIN, True)):
        other = make_teacher(session, role)
        if may:
            outlining.add_module(session, other, built.id, title="More")
            continue
        for act in (
            lambda: outlining.add_module(session, other, built.id, title="More"),  # noqa: B023
            lambda: outlining.rename_lesson(session, other, built.lesson(), title="Mine"),  # noqa: B023
            lambda: drafting.begin(session, other, built.id),  # noqa: B023
        ):
            with pytest.raises(CourseNotFoundError):
                act()


def test_people_who_move_at_the_same_moment_leave_one_whole_order(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        built, at = lettered(session, 8)
    random = Random(7)
    letters = sorted(at)

    def shuffle(session: Session) -> None:
        name = random.choice(letters)
        parent = random.choice([None, *letters])
        try:
            outlining.move_lesson(
                session,
                built.teacher,
                at[name],
                module_id=built.module(),
                parent=at[parent] if parent else None,
                before=None,
            )
        except CircularNestingError:
            session.rollback()

    for _ in range(4):
        results = at_once(fresh_database, *[shuffle] * 6)
        assert [result for result in results if isinstance(result, Exception)] == []
    with fresh_database.reading() as session:
        places = outlining.places(session, built.module())
        assert is_whole(places)
        assert len(places) == 8
        order = session.scalars(select(LessonDraft.order_index).order_by(LessonDraft.order_index)).all()
        assert order == list(range(8))


def test_adding_deleting_and_moving_at_once_never_breaks_the_order(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        built, at = lettered(session, 4)

    def quietly(session: Session, act: object, *given: object, **named: object) -> None:
        try:
            act(session, built.teacher, *given, **named)  # type: ignore[operator]
        except LearnCraftError:
            session.rollback()

    results = at_once(
        fresh_database,
        lambda session: quietly(session, outlining.add_lesson, built.module(), title="New"),
        lambda session: quietly(session, outlining.add_lesson, built.module(), title="New"),
        lambda session: quietly(session, deleting.delete_lesson, at["B"]),
        lambda session: quietly(
            session, outlining.move_lesson, at["C"], module_id=built.module(), parent=at["B"], before=None
        ),
        lambda session: quietly(session, outlining.add_module, built.id, title="More"),
        lambda session: quietly(session, outlining.add_module, built.id, title="More"),
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    with fresh_database.reading() as session:
        assert is_whole(outlining.places(session, built.module()))
        assert session.scalar(select(func.count()).select_from(ModuleDraft)) == 3


def test_two_who_open_the_builder_at_once_make_one_working_copy(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        built = build(session)
        made = make_course(session, lessons=3, instructor=None)
        admin = make_teacher(session, UserRole.CONTENT_ADMIN)
    results = at_once(fresh_database, *[lambda session: drafting.begin(session, admin, made.id)] * 3)
    assert sorted(map(bool, results)) == [False, False, True]
    with fresh_database.reading() as session:
        assert [module.lessons for module in queries.modules(session, made.id)] == [3]
    assert built.id != made.id
