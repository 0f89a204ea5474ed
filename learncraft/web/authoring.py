"""What the course builder asks and sends while somebody works, without a run of its page.

    GET  /authoring/courses/{course}/outline    the modules, and the lessons of one that is open
    POST /authoring/courses/{course}/outline    one change of the outline; answers with what it looks like then
    GET  /authoring/lessons/{lesson}            a lesson for its editor
    POST /authoring/lessons/{lesson}/draft      what was typed; kept, or told whose words stand in the way
    POST /authoring/lessons/{lesson}/editing    this tab has it open; who else has
    POST /authoring/lessons/{lesson}/preview    how blocks look, and how long they take
    POST /authoring/lessons/{lesson}/parts      a new video or quiz for a block

Only JSON from our own pages is taken. Whose course it is, and what is allowed, the services decide.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from learncraft.accounts.viewer import Viewer
from learncraft.authoring import (
    copying,
    deleting,
    estimating,
    outlining,
    parts,
    previewing,
    queries,
    saving,
)
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.queries import BuiltCourse, EditedLesson
from learncraft.authoring.shapes import DraftBlock, LessonText
from learncraft.courses.errors import CourseNotFoundError
from learncraft.errors import InvalidInputError
from learncraft.language import _
from learncraft.web import authoring_answers, json_messages
from learncraft.web.authoring_answers import answer, milliseconds, viewer_of
from learncraft.web.parts import Parts

LONGEST_BODY = 3 * 1024 * 1024


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChangeMessage(_Message):
    """One change of an outline."""

    do: Literal["add", "rename", "copy", "move", "delete", "restore"]
    kind: Literal["module", "lesson"]
    id: UUID | None = None
    title: str = Field(default="", max_length=1000)
    module: UUID | None = None
    parent: UUID | None = None
    before: UUID | None = None
    open: UUID | None = None  # the module whose lessons are wanted afterwards


class DraftMessage(_Message):
    """What was typed."""

    base: int = Field(ge=0)
    tab: UUID
    sequence: int = Field(ge=0, le=2**53)
    text: LessonText
    kind: Literal["typed", "merged"] = "typed"


class EditingMessage(_Message):
    """A tab that has a lesson open, or has just closed it."""

    tab: UUID
    leaves: bool = False


class PreviewMessage(_Message):
    """Blocks to show."""

    blocks: tuple[DraftBlock, ...] = Field(max_length=300)


class PartMessage(_Message):
    """Something new that a block will refer to."""

    make: Literal["video", "quiz", "practice", "lab"]
    title: str = Field(default="", max_length=500)
    url: str = Field(default="", max_length=2000)


class Authoring:
    """The routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The routes."""
        course, lesson = "/authoring/courses/{course:uuid}", "/authoring/lessons/{lesson:uuid}"
        guarded = partial(authoring_answers.guarded, self._parts)
        return [
            Route(f"{course}/outline", guarded(self._outline), methods=["GET"]),
            Route(f"{course}/outline", guarded(self._change), methods=["POST"]),
            Route(lesson, guarded(self._lesson), methods=["GET"]),
            Route(f"{lesson}/draft", guarded(self._save), methods=["POST"]),
            Route(f"{lesson}/editing", guarded(self._editing), methods=["POST"]),
            Route(f"{lesson}/preview", guarded(self._preview), methods=["POST"]),
            Route(f"{lesson}/parts", guarded(self._part), methods=["POST"]),
        ]

    async def _outline(self, request: Request) -> Response:
        viewer, course_id = viewer_of(request), request.path_params["course"]
        opened, after = _uuid(request.query_params.get("module")), request.query_params.get("after", "-1")

        def read(session: Session) -> dict[str, Any]:
            course = queries.course(session, viewer, course_id)
            if course is None:
                raise CourseNotFoundError
            if after.isdigit() and opened in {module.id for module in queries.modules(session, course_id)}:
                return {"module": str(opened), "lessons": _lessons(session, opened, after=int(after))}
            return outline(session, course, opened)

        return answer(await self._parts.read(read))

    async def _change(self, request: Request) -> Response:
        message = await _message(request, ChangeMessage)
        viewer, course_id = viewer_of(request), request.path_params["course"]

        def work(session: Session) -> dict[str, Any]:
            made = _do(session, viewer, course_id, message)
            course = queries.course(session, viewer, course_id)
            if course is None:
                raise CourseNotFoundError
            return outline(session, course, message.open) | {"made": None if made is None else str(made)}

        return answer(await self._parts.write(work))

    async def _lesson(self, request: Request) -> Response:
        viewer, lesson_id = viewer_of(request), request.path_params["lesson"]

        def read(session: Session) -> dict[str, Any]:
            lesson = queries.lesson(session, viewer, lesson_id)
            if lesson is None:
                raise LessonGoneError
            return edited(session, viewer, lesson)

        return answer(await self._parts.read(read))

    async def _save(self, request: Request) -> Response:
        message = await _message(request, DraftMessage)
        viewer, lesson_id = viewer_of(request), request.path_params["lesson"]
        given = saving.Save(message.base, message.tab, message.sequence, message.text, message.kind)
        kept = await self._parts.write(lambda session: saving.save(session, viewer, lesson_id, given))
        if isinstance(kept, saving.Saved):
            return answer({"state": "saved", "version": kept.version})
        return answer(
            {
                "state": "conflict",
                "version": kept.version,
                "text": kept.text.model_dump(mode="json"),
                "by": kept.by,
                "own": kept.by_id == viewer.id,
                "at": milliseconds(kept.at),
            },
            409,
        )

    async def _editing(self, request: Request) -> Response:
        message = await _message(request, EditingMessage)
        viewer, lesson_id = viewer_of(request), request.path_params["lesson"]

        def work(session: Session) -> dict[str, Any]:
            if message.leaves:
                queries.leave(session, viewer, lesson_id, message.tab)
                return {"state": "left"}
            lesson = queries.lesson(session, viewer, lesson_id)
            if lesson is None:
                raise LessonGoneError
            beside = queries.note_editor(session, viewer, lesson_id, message.tab)
            return {
                "state": "here",
                "others": beside.others,
                "own": beside.is_own,
                "version": lesson.version,
                "by": lesson.edited_by,
                "byOwn": lesson.edited_by_id == viewer.id,
            }

        return answer(await self._parts.write(work))

    async def _preview(self, request: Request) -> Response:
        message = await _message(request, PreviewMessage)
        viewer, lesson_id = viewer_of(request), request.path_params["lesson"]

        def read(session: Session) -> dict[str, Any]:
            lengths = parts.lengths(session, viewer, lesson_id)
            return {
                "html": {block.id: previewing.shown(block) for block in message.blocks},
                "minutes": estimating.minutes(
                    message.blocks,
                    video_seconds=lengths.videos,
                    questions=lengths.questions,
                    lab_minutes=lengths.labs,
                ),
            }

        return answer(await self._parts.read(read))

    async def _part(self, request: Request) -> Response:
        message = await _message(request, PartMessage)
        viewer, lesson_id = viewer_of(request), request.path_params["lesson"]

        def work(session: Session) -> dict[str, Any]:
            if message.make == "video":
                made = parts.add_video(session, viewer, lesson_id, title=message.title, url=message.url)
            elif message.make == "lab":
                made = parts.add_lab(session, viewer, lesson_id, title=message.title)
            else:
                made = parts.add_assessment(
                    session, viewer, lesson_id, title=message.title, is_practice=message.make == "practice"
                )
            lesson = queries.lesson(session, viewer, lesson_id)
            if lesson is None:
                raise LessonGoneError
            return {"made": str(made), "parts": _parts(session, lesson)}

        return answer(await self._parts.write(work))


def outline(session: Session, course: BuiltCourse, opened: UUID | None) -> dict[str, Any]:
    """The outline as the builder shows it, with the lessons of the module that is open."""
    modules = queries.modules(session, course.id)
    known = {module.id for module in modules}
    return {
        "course": str(course.id),
        "status": course.draft_status.value,
        "frozen": course.is_in_review,
        "modules": [
            {
                "id": str(module.id),
                "title": module.title,
                "lessons": module.lessons,
                "minutes": module.minutes,
                "hidden": not module.is_published,
            }
            for module in modules
        ],
        "module": str(opened) if opened in known else None,
        "lessons": _lessons(session, opened) if opened in known and opened is not None else [],
        "gone": [{"id": str(one.id), "title": one.title, "kind": one.kind} for one in queries.gone(session, course.id)],
    }


def edited(session: Session, viewer: Viewer, lesson: EditedLesson) -> dict[str, Any]:
    """A lesson as its editor gets it."""
    return {
        "id": str(lesson.id),
        "module": str(lesson.module_id),
        "moduleTitle": lesson.module,
        "text": lesson.text.model_dump(mode="json"),
        "version": lesson.version,
        "by": lesson.edited_by,
        "own": lesson.edited_by_id == viewer.id,
        "at": milliseconds(lesson.edited_at),
        "tab": str(lesson.edited_in) if lesson.edited_in else None,
        "parts": _parts(session, lesson),
    }


def _do(session: Session, viewer: Viewer, course_id: UUID, change: ChangeMessage) -> UUID | None:
    if change.do == "add":
        return _add(session, viewer, course_id, change)
    if change.id is None:
        raise InvalidInputError("The message has another shape than this address takes.")
    if change.kind == "module":
        return _do_to_module(session, viewer, change.id, change)
    return _do_to_lesson(session, viewer, change.id, change)


def _add(session: Session, viewer: Viewer, course_id: UUID, change: ChangeMessage) -> UUID:
    if change.kind == "module":
        return outlining.add_module(session, viewer, course_id, title=change.title)
    if change.module is None:
        raise InvalidInputError("Choose the module that the lesson goes to.")
    return outlining.add_lesson(session, viewer, change.module, title=change.title, parent=change.parent)


def _do_to_module(session: Session, viewer: Viewer, module_id: UUID, change: ChangeMessage) -> UUID | None:
    match change.do:
        case "rename":
            outlining.rename_module(session, viewer, module_id, title=change.title)
        case "copy":
            return copying.copy_module(session, viewer, module_id)
        case "move":
            outlining.move_module(session, viewer, module_id, before=change.before)
        case "delete":
            deleting.delete_module(session, viewer, module_id)
        case _:
            deleting.restore_module(session, viewer, module_id)
    return None


def _do_to_lesson(session: Session, viewer: Viewer, lesson_id: UUID, change: ChangeMessage) -> UUID | None:
    match change.do:
        case "rename":
            outlining.rename_lesson(session, viewer, lesson_id, title=change.title)
        case "copy":
            return copying.copy_lesson(session, viewer, lesson_id)
        case "move" if change.module is not None:
            outlining.move_lesson(
                session, viewer, lesson_id, module_id=change.module, parent=change.parent, before=change.before
            )
        case "delete":
            deleting.delete_lesson(session, viewer, lesson_id)
        case "restore":
            deleting.restore_lesson(session, viewer, lesson_id)
        case _:
            raise InvalidInputError("Choose the module that the lesson goes to.")
    return None


def _lessons(session: Session, module_id: UUID, *, after: int = -1) -> list[dict[str, Any]]:
    return [
        {
            "id": str(line.id),
            "parent": str(line.parent) if line.parent else None,
            "title": line.title,
            "minutes": line.minutes,
            "free": line.is_free,
            "hidden": not line.is_published,
            "empty": line.is_empty,
            "changed": line.is_changed,
            "place": line.place,
        }
        for line in queries.lessons(session, module_id, after=after)
    ]


def _parts(session: Session, lesson: EditedLesson) -> dict[str, Any]:
    found = parts.of_lesson(session, lesson.course_id, lesson.id)
    return {
        name: [{**asdict(one), "id": str(one.id)} for one in getattr(found, name)]
        for name in ("files", "videos", "assessments", "labs")
    }


async def _message(request: Request, shape: type[json_messages.Message]) -> json_messages.Message:
    too_long = _("This lesson is longer than a lesson can be. Split it into two.")
    return await json_messages.read(request, shape, longest=LONGEST_BODY, too_long=too_long, why=_why)


def _why(error: ValidationError) -> str:
    """What about a message can't be kept, where an author can do something about it."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = [str(step) for step in first["loc"]]
    if place[:2] == ["text", "title"]:
        return _("A lesson needs a title of at most 500 signs.")
    if first["type"] in {"string_too_long", "too_long"}:
        return _("There is more in “{field}” than can be kept. Shorten it, or split the lesson.", field=place[-1])
    return _("The message has another shape than this address takes.")


def _uuid(given: str | None) -> UUID | None:
    try:
        return UUID(given or "")
    except ValueError:
        return None
