"""Writing the lab of a lesson: what to do, what counts as done, and the files that a learner begins with.

It holds at once for those who read the lesson, as its videos do.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.db import new_id
from learncraft.errors import ChangedSinceError, InvalidInputError, NotFoundError
from learncraft.labs.models import Lab, LabDifficulty, LabTemplate, TechStack
from learncraft.labs.shapes import Criterion, LabFiles, SuccessCriteria
from learncraft.language import noted

MOST_FILES = 20
LONGEST_FILE = 50_000
# Where labs that are written here take place: nothing is started for them.
OWN_COMPUTER = "The learner's own computer"

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class LabText(BaseModel):
    """A lab as its author writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""
    minutes: Annotated[int, Field(gt=0, le=6_000)] = 60
    difficulty: LabDifficulty = LabDifficulty.MEDIUM
    instructions: Annotated[str, StringConstraints(max_length=50_000)] = ""  # Markdown
    criteria: tuple[Line, ...] = Field(default=(), max_length=50)  # what counts as done
    files: dict[str, Annotated[str, StringConstraints(max_length=LONGEST_FILE)]] = Field(
        default_factory=dict, max_length=MOST_FILES
    )  # texts by path


_SENTENCES = {
    "title": noted("Give the lab a title of at most 255 letters."),
    "minutes": noted("A lab takes 1 to 6,000 minutes."),
    "criteria": noted("Name at most 50 things that count as done, each in at most 300 letters."),
    "files": noted("A lab begins with at most 20 files of at most 50,000 letters."),
}


def read_text(given: dict[str, object]) -> LabText:
    """What was typed.

    Raises:
        InvalidInputError: it can't be kept; the sentence says what to change.
    """
    try:
        text = LabText.model_validate(given)
        LabFiles.model_validate(text.files)
    except ValidationError as error:
        where = error.errors(include_url=False, include_input=False)[0]["loc"]
        if not where or where[0] not in LabText.model_fields:
            raise InvalidInputError("Give each file a path below the learner's folder, such as src/main.py.") from error
        sentence = _SENTENCES.get(str(where[0]), noted("This is too long. Shorten what the lab says."))
        raise InvalidInputError(sentence) from error
    return text


def add(session: Session, lesson_id: UUID, title: str) -> UUID:
    """Make an empty lab of a lesson, or find the one that it has: a lesson has one at most.

    Whether the lesson is the viewer's to build is asked by who calls.
    """
    session.execute(
        insert(LabTemplate)
        .values(id=new_id(), name=OWN_COMPUTER, base_image="none", tech_stack=TechStack.PYTHON, environment_vars={})
        .on_conflict_do_nothing(index_elements=["name"])
    )
    template = select(LabTemplate.id).where(LabTemplate.name == OWN_COMPUTER).scalar_subquery()
    empty = insert(Lab).values(
        id=new_id(),
        lesson_id=lesson_id,
        template_id=template,
        title=" ".join(title.split())[:255] or "Lab",
        instructions="",
        success_criteria=[],
    )
    session.execute(empty.on_conflict_do_nothing(index_elements=["lesson_id"]))
    return session.scalars(select(Lab.id).where(Lab.lesson_id == lesson_id)).one()


def of_lesson(session: Session, viewer: Viewer, lesson_id: UUID) -> LabText | None:
    """The lab of a lesson that the viewer builds; None when it has none, or isn't theirs. One query."""
    lab = _lab(session, viewer, lesson_id)
    return _text(lab) if lab is not None else None


def change(session: Session, viewer: Viewer, lesson_id: UUID, meant: LabText, *, seen: LabText) -> None:
    """Write a lab over what its author saw of it. A thing that still counts as done keeps how it is checked.

    Raises:
        NotFoundError: there is no such lab, or it isn't the viewer's.
        ChangedSinceError: somebody else has written it meanwhile.
    """
    lab = _lab(session, viewer, lesson_id, lock=True)
    if lab is None:
        raise NotFoundError("This lab is not there any more.")
    if _text(lab) not in (seen, meant):
        raise ChangedSinceError
    known = {one.title: one for one in SuccessCriteria.model_validate(lab.success_criteria).root}
    criteria = [
        known.get(line) or Criterion(id=new_id().hex[-8:], title=line) for line in dict.fromkeys(meant.criteria)
    ]
    lab.title, lab.description = meant.title, meant.description or None
    lab.duration_minutes, lab.difficulty = meant.minutes, meant.difficulty
    lab.instructions = meant.instructions
    lab.success_criteria = [one.model_dump(mode="json") for one in criteria]
    lab.starter_files = dict(meant.files) or None
    session.flush()


def _lab(session: Session, viewer: Viewer, lesson_id: UUID, *, lock: bool = False) -> Lab | None:
    wanted = (
        select(Lab)
        .join(Lesson, Lesson.id == Lab.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Lab.lesson_id == lesson_id, Course.deleted_at.is_(None), is_taught_by(viewer))
        .execution_options(populate_existing=True)
    )
    return session.scalar(wanted.with_for_update(of=Lab) if lock else wanted)


def _text(lab: Lab) -> LabText:
    """What stands there. It was checked when it was written; an import may have brought more than is asked today."""
    return LabText.model_construct(
        title=lab.title,
        description=lab.description or "",
        minutes=lab.duration_minutes,
        difficulty=lab.difficulty,
        instructions=lab.instructions,
        criteria=tuple(one.title for one in SuccessCriteria.model_validate(lab.success_criteria).root),
        files=dict(lab.starter_files or {}),
    )
