"""Files that learners give with an answer: which are taken, and who may read them."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import grading, journal
from learncraft.assessments.errors import AttemptNotFoundError, InvalidUploadError, QuestionNotAskedError
from learncraft.assessments.models import Assessment, AssessmentAttempt, Question
from learncraft.assessments.records import AnswerFile
from learncraft.assessments.shapes import RubricKey, UploadRule
from learncraft.courses import files
from learncraft.courses.media_models import UploadedFile
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.db import new_id


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file of an answer."""

    id: UUID
    question_id: UUID
    name: str
    size: int
    storage_path: str


def rule_for(session: Session, learner_id: UUID, attempt_id: UUID, question_id: UUID) -> UploadRule:
    """Which files the question of an open attempt takes.

    Raises:
        AttemptNotFoundError: it isn't the learner's.
        QuestionNotAskedError: the question isn't part of it.
        InvalidUploadError: it takes no files.
    """
    row = session.execute(
        select(AssessmentAttempt.question_ids, Question.question_type, Question.correct_answer)
        .outerjoin(Question, Question.id == question_id)
        .where(AssessmentAttempt.id == attempt_id, AssessmentAttempt.user_id == learner_id)
    ).first()
    if row is None:
        raise AttemptNotFoundError
    asked, kind, raw = row
    if str(question_id) not in asked or kind is None:
        raise QuestionNotAskedError
    key = grading.parse_key(kind, raw)
    if not isinstance(key, RubricKey) or key.upload is None:
        raise InvalidUploadError("This question takes no files.")
    return key.upload


def check_name(rule: UploadRule, name: str) -> None:
    """Refuse a file whose name says that it is of another type than the question takes.

    Raises:
        InvalidUploadError: with the types that are taken.
    """
    ending = Path(name).suffix.removeprefix(".").lower()
    if ending not in {one.lower() for one in rule.types}:
        raise InvalidUploadError("This question takes files of the types {list}.", list=", ".join(rule.types))


def give(
    session: Session,
    files_dir: Path,
    *,
    learner_id: UUID,
    attempt_id: UUID,
    question_id: UUID,
    name: str,
    source: Path,
    sheet_id: UUID | None = None,
) -> GivenFile:
    """Keep a file for an answer of an open attempt. The answer itself names its files, so this alone hands in nothing.

    Raises:
        AttemptNotFoundError, AttemptClosedError: it isn't the learner's, or is over.
        HeldElsewhereError: it is proctored, and another sheet writes it, or none is named.
        InvalidUploadError: the question takes no files, none of this type, or no more of them.
        FileStoreError: the disk is full or can't be written.
    """
    held = journal.hold(session, learner_id, attempt_id, sheet_id=sheet_id)
    rule = rule_for(session, learner_id, attempt_id, question_id)
    check_name(rule, name)
    given = select(func.count()).where(AnswerFile.attempt_id == attempt_id, AnswerFile.question_id == question_id)
    if (session.scalar(given) or 0) >= 3 * rule.max_files:
        raise InvalidUploadError("You have uploaded many files to this question already. Use one of them.")
    stored = files.store(
        session,
        files_dir,
        uploader_id=learner_id,
        course_id=None,  # files of a course can be read by everybody in it
        name=name,
        source=source,
        mime_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
    )
    session.execute(
        insert(AnswerFile).values(id=new_id(), attempt_id=held.attempt.id, question_id=question_id, file_id=stored.id)
    )
    return GivenFile(stored.id, question_id, name, stored.file_size, stored.storage_path)


def files_of(session: Session, attempt_id: UUID) -> list[GivenFile]:
    """All files that were uploaded in an attempt; an answer names those that count. One query."""
    rows = session.execute(
        select(
            UploadedFile.id,
            AnswerFile.question_id,
            UploadedFile.original_filename,
            UploadedFile.file_size,
            UploadedFile.storage_path,
        )
        .join(AnswerFile, AnswerFile.file_id == UploadedFile.id)
        .where(AnswerFile.attempt_id == attempt_id)
        .order_by(AnswerFile.created_at, AnswerFile.id)
    )
    return [GivenFile(*row) for row in rows]


def readable(session: Session, viewer: Viewer, attempt_id: UUID, file_id: UUID) -> GivenFile | None:
    """A file of an attempt, for its learner and for those who teach the course; None for everybody else."""
    row = session.execute(
        select(
            UploadedFile.id,
            AnswerFile.question_id,
            UploadedFile.original_filename,
            UploadedFile.file_size,
            UploadedFile.storage_path,
        )
        .join(AnswerFile, AnswerFile.file_id == UploadedFile.id)
        .join(AssessmentAttempt, AssessmentAttempt.id == AnswerFile.attempt_id)
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(
            AnswerFile.attempt_id == attempt_id,
            UploadedFile.id == file_id,
            or_(AssessmentAttempt.user_id == viewer.id, is_taught_by(viewer)),
        )
        .limit(1)
    ).first()
    return GivenFile(*row) if row else None


def path_of(files_dir: Path, given: GivenFile) -> Path:
    """Where the bytes are."""
    return files.path_of(files_dir, given.storage_path)
