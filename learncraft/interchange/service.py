"""Bringing a course in: read whatever the path holds, store it in one transaction, report each item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.acting import Acting
from learncraft.courses import publication
from learncraft.db import Database
from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.interchange import markdown_course, olx, writer
from learncraft.interchange.document import CourseDocument, Outcome, ReportItem
from learncraft.settings import Settings

REVIEWING = (UserRole.CONTENT_ADMIN, UserRole.SYSTEM_ADMIN)
TEACHING = (UserRole.INSTRUCTOR, *REVIEWING)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, item by item. `course_id` is None after a dry run."""

    title: str
    slug: str
    course_id: UUID | None
    created: bool
    report: tuple[ReportItem, ...]

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many items were imported, converted and skipped."""
        counted = Counter(item.outcome for item in self.report)
        return {outcome: counted[outcome] for outcome in Outcome}


def import_course(
    database: Database,
    settings: Settings,
    path: Path,
    *,
    instructor_email: str | None,
    dry_run: bool = False,
    who: Acting | None = None,
) -> ImportResult:
    """Import a course for an instructor; the same course again is updated.

    A dry run reads and reports, and stores nothing. `who` brings it in, where that isn't a command.

    Raises:
        InvalidInputError: the archive can't be read, it isn't clear whose course it is, or the course is in review.
        ImportNeedsReviewError: learners have the course already, and here that passes a review first.
        NotFoundError: nobody who teaches has that address.
    """
    with database.reading(who) as session:
        instructor_id = _instructor(session, instructor_email)
    settings.workspace.mkdir(parents=True, exist_ok=True)
    with _read(path, settings.workspace) as (document, report):
        if dry_run:
            return ImportResult(document.title, document.slug, None, False, report)
        # A command acts for the platform, which needs nobody's yes.
        publishes = who is None or not publication.is_required() or who.role in REVIEWING
        with database.transaction(who) as session:
            written = writer.write_course(
                session,
                document,
                instructor_id=instructor_id,
                files_dir=settings.files_dir,
                publishes=publishes,
            )
    return ImportResult(document.title, written.slug, written.course_id, written.created, report)


@contextmanager
def _read(path: Path, workspace: Path) -> Iterator[tuple[CourseDocument, tuple[ReportItem, ...]]]:
    if not path.exists():
        raise InvalidInputError("There is nothing at {path}. Give the path of a course archive.", path=path)
    if (path / "course.yaml").is_file():
        document = markdown_course.read(path)
        yield document, _everything_imported(document)
    else:
        with olx.read(path, workspace=workspace) as course:
            yield course.document, course.report


def _everything_imported(document: CourseDocument) -> tuple[ReportItem, ...]:
    lessons = [lesson for module in document.modules for lesson in module.lessons]
    return (
        *(ReportItem(lesson.source_key, "lesson", lesson.title, Outcome.IMPORTED) for lesson in lessons),
        *(ReportItem(name, "file", name, Outcome.IMPORTED) for name in document.files),
    )


def _instructor(session: Session, email: str | None) -> UUID:
    teachers = select(User.id).where(User.role.in_(TEACHING), User.deleted_at.is_(None), User.is_active)
    if email is not None:
        found = session.scalar(teachers.where(User.email == email.strip().lower()))
        if found is None:
            raise NotFoundError(
                "Nobody who teaches has the address {email}. `learncraft user list` shows who does.", email=email
            )
        return found
    all_of_them = list(session.scalars(teachers.limit(2)))
    if len(all_of_them) != 1:
        raise InvalidInputError("Say whose course this is: add --instructor EMAIL.")
    return all_of_them[0]
