"""What is done to the outline of a working copy: add, rename, move. `copying` and `deleting` have the rest.

Each action locks the working copy of its course first, so that two people who move at once move one after the other,
and each of them moves what the other one has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.authoring import drafting, saving, slugs
from learncraft.authoring.errors import LessonGoneError, ModuleGoneError, NotInModuleError
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.outline import Place, moved, with_nested
from learncraft.authoring.shapes import LessonText
from learncraft.courses.blocks import LessonContent
from learncraft.courses.models import Lesson, LessonType, Module
from learncraft.db import new_id
from learncraft.errors import InvalidInputError

# Only what changes is written. Parents are set apart: that asks the guard against cycles about each row.
_ORDER = text(
    """
    UPDATE lesson_drafts AS d SET order_index = given.place
    FROM unnest(CAST(:ids AS uuid[]), CAST(:places AS int[])) AS given (id, place)
    WHERE d.id = given.id AND d.order_index <> given.place
    """
)
_PARENTS = text(
    """
    UPDATE lesson_drafts AS d SET module_id = :module_id, parent_lesson_id = given.parent, slug = given.slug,
        order_index = given.place
    FROM unnest(CAST(:ids AS uuid[]), CAST(:parents AS uuid[]), CAST(:slugs AS text[]), CAST(:places AS int[]))
        AS given (id, parent, slug, place)
    WHERE d.id = given.id
    """
)


def add_module(session: Session, viewer: Viewer, course_id: UUID, *, title: str) -> UUID:
    """Add a module at the end of a course."""
    drafting.hold(session, viewer, course_id)
    last = session.scalar(select(func.max(ModuleDraft.order_index)).where(ModuleDraft.course_id == course_id))
    seen = session.scalar(select(func.max(Module.order_index)).where(Module.course_id == course_id))
    module_id, named = new_id(), title_of(title, most=255)
    place = 0 if last is None else max(last + 1, 0)
    session.add(
        Module(
            id=module_id,
            course_id=course_id,
            title=named,
            order_index=0 if seen is None else max(seen + 1, 0),
            is_published=False,
        )
    )
    session.flush()
    session.add(ModuleDraft(id=module_id, course_id=course_id, title=named, order_index=place))
    session.flush()
    drafting.note_change(session, course_id)
    return module_id


def add_lesson(session: Session, viewer: Viewer, module_id: UUID, *, title: str, parent: UUID | None = None) -> UUID:
    """Add an empty lesson at the end of a module, or nested at the end of a lesson."""
    course_id = drafting.course_of_module(session, module_id)
    drafting.hold(session, viewer, course_id)
    living_module(session, module_id)
    lesson_id = new_lesson(session, module_id, LessonText(title=title_of(title)), viewer)
    put(session, module_id, [Place(lesson_id, None)], parent=parent, before=None, title=title)
    drafting.note_change(session, course_id)
    return lesson_id


def rename_module(session: Session, viewer: Viewer, module_id: UUID, *, title: str) -> None:
    """Give a module another title."""
    course_id = drafting.course_of_module(session, module_id)
    drafting.hold(session, viewer, course_id)
    named = title_of(title, most=255)
    living_module(session, module_id).title = named
    # Nobody sees it yet, but lists that name it do.
    session.execute(update(Module).where(Module.id == module_id, ~Module.is_published).values(title=named))
    drafting.note_change(session, course_id)


def describe_module(session: Session, viewer: Viewer, module_id: UUID, *, description: str, is_published: bool) -> None:
    """Say what a module is about, and whether learners will see it."""
    course_id = drafting.course_of_module(session, module_id)
    drafting.hold(session, viewer, course_id)
    module = living_module(session, module_id)
    module.description, module.is_published = description.strip()[:20_000] or None, is_published
    drafting.note_change(session, course_id)


def rename_lesson(session: Session, viewer: Viewer, lesson_id: UUID, *, title: str) -> None:
    """Give a lesson another title; for its editor it is a save like any other."""
    drafting.hold(session, viewer, drafting.course_of_lesson(session, lesson_id))
    lesson = drafting.hold_for_saving(session, viewer, lesson_id)
    stands = LessonText.model_validate(lesson.content)
    named = stands.model_copy(update={"title": title_of(title)})
    if named != stands:
        saving.write(session, lesson, named, author_id=viewer.id, kind="typed")


def move_module(session: Session, viewer: Viewer, module_id: UUID, *, before: UUID | None) -> None:
    """Put a module before another one, or last."""
    course_id = drafting.course_of_module(session, module_id)
    drafting.hold(session, viewer, course_id)
    living_module(session, module_id)
    order = list(
        session.scalars(
            select(ModuleDraft.id)
            .where(ModuleDraft.course_id == course_id, ModuleDraft.deleted_at.is_(None))
            .order_by(ModuleDraft.order_index)
        )
    )
    order.remove(module_id)
    if before is not None and before not in order:
        raise NotInModuleError
    order.insert(len(order) if before is None else order.index(before), module_id)
    _number_modules(session, order)
    drafting.note_change(session, course_id)


def move_lesson(
    session: Session, viewer: Viewer, lesson_id: UUID, *, module_id: UUID, parent: UUID | None, before: UUID | None
) -> None:
    """Move a lesson with all that is nested in it: into a module, below `parent`, before `before` or last.

    Raises:
        CircularNestingError: it would stand below itself.
        NotInModuleError: `parent` or `before` is in the module no more.
    """
    course_id = drafting.course_of_lesson(session, lesson_id)
    drafting.hold(session, viewer, course_id)
    if drafting.course_of_module(session, module_id) != course_id:
        raise ModuleGoneError
    living_module(session, module_id)
    lesson = living_lesson(session, lesson_id)
    moving = with_nested(places(session, lesson.module_id), lesson_id)
    put(session, module_id, moving, parent=parent, before=before, title=lesson.content["title"])
    drafting.note_change(session, course_id)


def places(session: Session, module_id: UUID) -> list[Place]:
    """The living lessons of a module in order."""
    rows = session.execute(
        select(LessonDraft.id, LessonDraft.parent_lesson_id)
        .where(LessonDraft.module_id == module_id, LessonDraft.deleted_at.is_(None))
        .order_by(LessonDraft.order_index)
    )
    return [Place(*row) for row in rows]


def living_module(session: Session, module_id: UUID) -> ModuleDraft:
    """Raises: ModuleGoneError: it was deleted."""
    found = session.scalar(
        select(ModuleDraft)
        .where(ModuleDraft.id == module_id, ModuleDraft.deleted_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise ModuleGoneError
    return found


def living_lesson(session: Session, lesson_id: UUID) -> LessonDraft:
    """Raises: LessonGoneError: it was deleted."""
    found = session.scalar(
        select(LessonDraft)
        .where(LessonDraft.id == lesson_id, LessonDraft.deleted_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise LessonGoneError
    return found


def title_of(typed: str, *, most: int = 500) -> str:
    """Raises: InvalidInputError: there is no title."""
    title = " ".join(typed.split())[:most]
    if not title:
        raise InvalidInputError("Give it a title.")
    return title


def new_lesson(session: Session, module_id: UUID, content: LessonText, viewer: Viewer) -> UUID:
    """A lesson outside of the order, with its hidden row among what learners see."""
    lesson_id = new_id()
    slug = slugs.free_in(slugs.taken_in_module(session, module_id), content.title)
    last = session.scalar(select(func.max(Lesson.order_index)).where(Lesson.module_id == module_id))
    session.add(
        Lesson(
            id=lesson_id,
            module_id=module_id,
            title=content.title,
            slug=slug,
            lesson_type=LessonType.READING,
            content=LessonContent().model_dump(mode="json"),
            order_index=0 if last is None else max(last + 1, 0),
            is_published=False,
        )
    )
    session.flush()
    place = session.scalar(select(func.max(LessonDraft.order_index)).where(LessonDraft.module_id == module_id))
    session.add(
        LessonDraft(
            id=lesson_id,
            module_id=module_id,
            slug=slug,
            order_index=0 if place is None else max(place + 1, 0),
            content=content.model_dump(mode="json"),
            edited_by=viewer.id,
        )
    )
    session.flush()
    return lesson_id


def put(
    session: Session, module_id: UUID, moving: Sequence[Place], *, parent: UUID | None, before: UUID | None, title: str
) -> None:
    """Write the module's order with `moving` in its place."""
    order = moved(places(session, module_id), moving, parent=parent, before=before, title=title)
    by_id = {place.id: number for number, place in enumerate(order)}
    known = session.execute(
        select(LessonDraft.id, LessonDraft.slug).where(LessonDraft.id.in_([one.id for one in moving]))
    )
    slugs_of = {row[0]: row[1] for row in known}
    taken = set(
        session.scalars(
            select(LessonDraft.slug).where(LessonDraft.module_id == module_id, LessonDraft.id.not_in(list(slugs_of)))
        )
    )
    changed = [next(one for one in order if one.id == moving[0].id), *moving[1:]]
    for one in changed:
        slugs_of[one.id] = slugs.free_in(taken, slugs_of[one.id])
        taken.add(slugs_of[one.id])
    session.execute(
        _PARENTS,
        {
            "module_id": module_id,
            "ids": [one.id for one in changed],
            "parents": [one.parent for one in changed],
            "slugs": [slugs_of[one.id] for one in changed],
            "places": [by_id[one.id] for one in changed],
        },
    )
    session.execute(_ORDER, {"ids": list(by_id), "places": list(by_id.values())})
    session.expire_all()


def _number_modules(session: Session, order: Sequence[UUID]) -> None:
    session.execute(
        text(
            """
            UPDATE module_drafts AS d SET order_index = given.place
            FROM unnest(CAST(:ids AS uuid[]), CAST(:places AS int[])) AS given (id, place)
            WHERE d.id = given.id AND d.order_index <> given.place
            """
        ),
        {"ids": list(order), "places": list(range(len(order)))},
    )
    session.expire_all()
