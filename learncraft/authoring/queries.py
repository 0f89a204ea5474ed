"""What a builder sees of a working copy. Only what is open is read: an outline reads no text of any lesson."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.assessments.models import Assessment
from learncraft.assessments.records import AssessmentDraft
from learncraft.authoring.models import CourseDraft, LessonDraft, LessonEditor, ModuleDraft
from learncraft.authoring.shapes import Details, LessonText
from learncraft.courses.models import Course, CourseStatus, Lesson, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.db import new_id

MOST_LESSONS = 400  # of one module at a time; more are a step away
EDITORS_SEEN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class BuiltCourse:
    """A course whose working copy somebody builds."""

    id: UUID
    title: str
    slug: str  # what learners find it by
    status: CourseStatus  # as learners see it
    draft_status: CourseStatus
    is_seen: bool  # whether learners see it now
    instructor_id: UUID
    instructor: str
    details: Details
    version: int
    submitted_at: datetime | None
    has_drafts: bool  # of assessments that learners get

    @property
    def is_in_review(self) -> bool:
        """Whether it waits for a reviewer, so that nothing may change."""
        return self.draft_status == CourseStatus.PENDING_REVIEW

    @property
    def has_changes(self) -> bool:
        """Whether the working copy, or the draft of an assessment, differs from what learners see."""
        return self.draft_status != CourseStatus.PUBLISHED or self.has_drafts


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A module in the outline."""

    id: UUID
    title: str
    description: str
    is_published: bool
    lessons: int
    minutes: int


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson in the outline."""

    id: UUID
    parent: UUID | None
    title: str
    minutes: int
    is_free: bool
    is_published: bool
    is_empty: bool
    is_changed: bool  # learners see another version, or none
    version: int
    place: int


@dataclass(frozen=True, slots=True)
class EditedLesson:
    """A lesson in its editor."""

    id: UUID
    course_id: UUID
    module_id: UUID
    module: str
    slug: str
    text: LessonText
    version: int
    edited_by: str | None
    edited_by_id: UUID | None
    edited_at: datetime | None
    edited_in: UUID | None


@dataclass(frozen=True, slots=True)
class AlsoOpen:
    """Where a lesson is open beside one tab: the names of others, and whether oneself has it open once more."""

    others: tuple[str, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that was deleted and can be brought back."""

    id: UUID
    title: str
    kind: str  # module or lesson
    deleted_at: datetime


def course(session: Session, viewer: Viewer, course_id: UUID) -> BuiltCourse | None:
    """A course with its working copy, if it is the viewer's to build and has one."""
    drafts = (
        select(AssessmentDraft.id)
        .join(Assessment, Assessment.id == AssessmentDraft.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == Course.id, Assessment.is_published)
    )
    row = session.execute(
        select(Course, CourseDraft, User.first_name + " " + User.last_name, drafts.exists())
        .join(CourseDraft, CourseDraft.course_id == Course.id)
        .join(User, User.id == Course.instructor_id)
        .where(Course.id == course_id, Course.deleted_at.is_(None), is_taught_by(viewer))
    ).first()
    if row is None:
        return None
    found, draft, instructor, has_drafts = row
    details = Details.model_validate(draft.details)
    return BuiltCourse(
        id=found.id,
        title=details.title,
        slug=found.slug,
        status=found.status,
        draft_status=draft.status,
        is_seen=found.status == CourseStatus.PUBLISHED,
        instructor_id=found.instructor_id,
        instructor=instructor,
        details=details,
        version=draft.version,
        submitted_at=draft.submitted_at,
        has_drafts=has_drafts,
    )


def modules(session: Session, course_id: UUID) -> list[ModuleLine]:
    """The modules of a course in order, with how much is in each."""
    rows = session.execute(
        select(
            ModuleDraft.id,
            ModuleDraft.title,
            func.coalesce(ModuleDraft.description, ""),
            ModuleDraft.is_published,
            func.count(LessonDraft.id),
            func.coalesce(func.sum(LessonDraft.minutes), 0),
        )
        .outerjoin(LessonDraft, and_(LessonDraft.module_id == ModuleDraft.id, LessonDraft.deleted_at.is_(None)))
        .where(ModuleDraft.course_id == course_id, ModuleDraft.deleted_at.is_(None))
        .group_by(ModuleDraft.id)
        .order_by(ModuleDraft.order_index)
    )
    return [ModuleLine(*row) for row in rows]


def lessons(session: Session, module_id: UUID, *, after: int = -1) -> list[LessonLine]:
    """The lessons of a module in order, from the place after `after` on."""
    return _lines(
        session,
        _line()
        .where(LessonDraft.module_id == module_id, LessonDraft.deleted_at.is_(None), LessonDraft.order_index > after)
        .order_by(LessonDraft.order_index)
        .limit(MOST_LESSONS),
    )


def _line() -> Select[*tuple[object, ...]]:
    return select(
        LessonDraft.id,
        LessonDraft.parent_lesson_id,
        LessonDraft.title,
        LessonDraft.minutes,
        LessonDraft.is_free,
        LessonDraft.is_published,
        LessonDraft.block_count == 0,
        LessonDraft.version != LessonDraft.published_version,
        LessonDraft.version,
        LessonDraft.order_index,
    )


def _lines(session: Session, wanted: Select[*tuple[object, ...]]) -> list[LessonLine]:
    return [LessonLine(*row) for row in session.execute(wanted)]  # type: ignore[arg-type]


def lesson(session: Session, viewer: Viewer, lesson_id: UUID) -> EditedLesson | None:
    """A lesson with its text, if it is the viewer's to build."""
    row = session.execute(
        select(LessonDraft, ModuleDraft.course_id, ModuleDraft.title, User.first_name + " " + User.last_name)
        .join(ModuleDraft, ModuleDraft.id == LessonDraft.module_id)
        .join(Course, Course.id == ModuleDraft.course_id)
        .outerjoin(User, User.id == LessonDraft.edited_by)
        .where(
            LessonDraft.id == lesson_id,
            LessonDraft.deleted_at.is_(None),
            Course.deleted_at.is_(None),
            is_taught_by(viewer),
        )
    ).first()
    if row is None:
        return None
    found, course_id, module, by = row
    return EditedLesson(
        id=found.id,
        course_id=course_id,
        module_id=found.module_id,
        module=module,
        slug=found.slug,
        text=LessonText.model_validate(found.content),
        version=found.version,
        edited_by=by,
        edited_by_id=found.edited_by,
        edited_at=found.edited_at,
        edited_in=found.edited_in,
    )


def gone(session: Session, course_id: UUID) -> list[Gone]:
    """What was deleted of a course, the latest first. What went with a module or a lesson comes back with it."""
    modules = session.execute(
        select(ModuleDraft.id, ModuleDraft.title, ModuleDraft.deleted_at)
        .where(ModuleDraft.course_id == course_id, ModuleDraft.deleted_at.is_not(None))
        .order_by(ModuleDraft.deleted_at.desc())
        .limit(50)
    )
    above = aliased(LessonDraft)
    lessons = session.execute(
        select(LessonDraft.id, LessonDraft.title, LessonDraft.deleted_at)
        .join(ModuleDraft, ModuleDraft.id == LessonDraft.module_id)
        .outerjoin(above, (above.id == LessonDraft.parent_lesson_id) & (above.deleted_at == LessonDraft.deleted_at))
        .where(
            ModuleDraft.course_id == course_id,
            ModuleDraft.deleted_at.is_(None),
            LessonDraft.deleted_at.is_not(None),
            above.id.is_(None),
        )
        .order_by(LessonDraft.deleted_at.desc())
        .limit(50)
    )
    found = [Gone(key, title, "module", at) for key, title, at in modules if at]
    found += [Gone(key, title, "lesson", at) for key, title, at in lessons if at]
    return sorted(found, key=lambda one: one.deleted_at, reverse=True)


def note_editor(session: Session, viewer: Viewer, lesson_id: UUID, tab: UUID) -> AlsoOpen:
    """Note that a tab has a lesson open; where else it is open now."""
    here = insert(LessonEditor).values(id=new_id(), lesson_id=lesson_id, tab=tab, user_id=viewer.id)
    session.execute(here.on_conflict_do_update(index_elements=["lesson_id", "tab"], set_={"seen_at": func.now()}))
    session.execute(delete(LessonEditor).where(LessonEditor.seen_at < func.now() - timedelta(days=1)))
    beside = session.execute(
        select(User.id, User.first_name + " " + User.last_name)
        .join(LessonEditor, LessonEditor.user_id == User.id)
        .where(
            LessonEditor.lesson_id == lesson_id,
            LessonEditor.tab != tab,
            LessonEditor.seen_at > func.now() - EDITORS_SEEN,
        )
        .distinct()
    )
    names = {row.id: row[1] for row in beside}
    return AlsoOpen(tuple(sorted(name for key, name in names.items() if key != viewer.id)), viewer.id in names)


def leave(session: Session, viewer: Viewer, lesson_id: UUID, tab: UUID) -> None:
    """A tab has closed the lesson."""
    session.execute(
        delete(LessonEditor).where(
            LessonEditor.lesson_id == lesson_id, LessonEditor.tab == tab, LessonEditor.user_id == viewer.id
        )
    )
