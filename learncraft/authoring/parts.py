"""What a lesson's blocks may refer to: files of the course, videos, assessments and the lab of the lesson.

Files come by uploads, and questions have an editor of their own; a block only names them by their identifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, func, literal_column, select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.models import Assessment, AssessmentType
from learncraft.authoring import drafting, queries
from learncraft.authoring.errors import LessonGoneError
from learncraft.courses import embeds
from learncraft.courses.film_failures import FAILURES
from learncraft.courses.media_models import UploadedFile, Video, VideoStatus
from learncraft.db import new_id
from learncraft.errors import InvalidInputError
from learncraft.labs import writing
from learncraft.labs.models import Lab
from learncraft.language import _, _n

MOST_FILES = 300

# How many questions an assessment asks, as its authors have it: those that aren't published yet, and those it draws.
_ASKED: ColumnElement[int] = literal_column(
    """
    coalesce(
        (SELECT jsonb_array_length(d.document -> 'questions') + (
            SELECT coalesce(sum((one ->> 'count')::int), 0) FROM jsonb_array_elements(d.document -> 'draws') AS one)
        FROM assessment_drafts AS d WHERE d.assessment_id = assessments.id),
        (SELECT count(*) FROM questions AS q
        WHERE q.assessment_id = assessments.id AND q.retired_at IS NULL AND NOT q.is_drawn)
        + (SELECT coalesce(sum(w.question_count), 0) FROM assessment_draws AS w WHERE w.assessment_id = assessments.id))
    """,
    Integer,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a block may refer to."""

    id: UUID
    title: str
    kind: str  # a file's MIME type, a video's status, an assessment's type
    note: str = ""
    stands: str = ""  # how a video's stream stands, in a sentence, where there is something to say


@dataclass(frozen=True, slots=True)
class Parts:
    """All of them, for one lesson."""

    files: tuple[Part, ...]
    videos: tuple[Part, ...]
    assessments: tuple[Part, ...]
    labs: tuple[Part, ...]


def of_lesson(session: Session, course_id: UUID, lesson_id: UUID) -> Parts:
    """What the blocks of a lesson may refer to. Four queries."""
    files = session.execute(
        select(UploadedFile.id, UploadedFile.original_filename, func.coalesce(UploadedFile.mime_type, ""))
        .where(UploadedFile.course_id == course_id)
        .order_by(UploadedFile.created_at.desc())
        .limit(MOST_FILES)
    )
    videos = session.execute(
        select(Video, func.coalesce(Video.transcript, "") != "")
        .where(Video.lesson_id == lesson_id)
        .order_by(Video.created_at)
    )
    assessments = session.execute(
        select(Assessment.id, Assessment.title, Assessment.assessment_type, _ASKED)
        .where(Assessment.lesson_id == lesson_id)
        .order_by(Assessment.created_at)
    )
    labs = session.execute(select(Lab.id, Lab.title, Lab.difficulty).where(Lab.lesson_id == lesson_id))
    return Parts(
        files=tuple(Part(key, name.rpartition("/")[2], kind) for key, name, kind in files),
        videos=tuple(
            Part(one.id, one.title, one.status.value, _state_of(one.status, has_words=has_words), _stands(one))
            for one, has_words in videos
        ),
        assessments=tuple(
            Part(key, title, kind.value, f"{count} {_n('question', 'questions', count)}")
            for key, title, kind, count in assessments
        ),
        labs=tuple(Part(key, title, level.value) for key, title, level in labs),
    )


def _state_of(status: VideoStatus, *, has_words: bool) -> str:
    if status == VideoStatus.FAILED:
        return _("can't be played")
    if status != VideoStatus.READY:
        return _("not ready yet")
    return "" if has_words else _("no transcript")


def _stands(video: Video) -> str:
    match video.status:
        case VideoStatus.FAILED:
            return FAILURES.said(video.failure or "No stream could be made of this video.")
        case VideoStatus.PROCESSING:
            return _("Its stream is being made: {percent} %", percent=video.progress)
        case VideoStatus.UPLOADING:
            return _("It has not been uploaded to its end. Choose the same file once more, and it goes on from there.")
    return ""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How much there is of a lesson's parts, by identifier."""

    videos: dict[str, int]  # seconds
    questions: dict[str, int]
    labs: dict[str, int]  # minutes


def lengths(session: Session, viewer: Viewer, lesson_id: UUID) -> Lengths:
    """How much there is of a lesson's parts.

    Raises:
        LessonGoneError: the lesson isn't the viewer's to build.
    """
    if queries.lesson(session, viewer, lesson_id) is None:
        raise LessonGoneError
    videos = session.execute(select(Video.id, Video.duration_seconds).where(Video.lesson_id == lesson_id))
    questions = session.execute(select(Assessment.id, _ASKED).where(Assessment.lesson_id == lesson_id))
    labs = session.execute(select(Lab.id, Lab.duration_minutes).where(Lab.lesson_id == lesson_id))
    return Lengths(
        videos={str(key): seconds or 0 for key, seconds in videos},
        questions={str(key): count for key, count in questions},
        labs={str(key): minutes for key, minutes in labs},
    )


def add_video(session: Session, viewer: Viewer, lesson_id: UUID, *, title: str, url: str) -> UUID:
    """Name a video by its address: one of YouTube, or a file that browsers play.

    Raises:
        InvalidInputError: the address isn't one that can be played.
    """
    drafting.hold_for_saving(session, viewer, lesson_id)
    address = url.strip()
    is_file = address.startswith("https://") and address.partition("?")[0].endswith((".mp4", ".webm", ".m3u8"))
    if not is_file and embeds.youtube(address) is None:
        raise InvalidInputError("Give the https address of a YouTube video, or of an .mp4, .webm or .m3u8 file.")
    if len(address) > 1000:
        raise InvalidInputError("The address is longer than an address may be.")
    video = Video(
        id=new_id(),
        lesson_id=lesson_id,
        title=" ".join(title.split())[:255] or "Video",
        original_url=address,
        status=VideoStatus.READY,
    )
    session.add(video)
    session.flush()
    return video.id


def add_lab(session: Session, viewer: Viewer, lesson_id: UUID, *, title: str) -> UUID:
    """Make an empty lab of the lesson, or find the one that it has.

    Raises:
        LessonGoneError, InReviewError: the lesson isn't the viewer's to build now.
    """
    drafting.hold_for_saving(session, viewer, lesson_id)
    return writing.add(session, lesson_id, title)


def add_assessment(session: Session, viewer: Viewer, lesson_id: UUID, *, title: str, is_practice: bool) -> UUID:
    """Make an empty assessment of the lesson, hidden until the course is published with a block that shows it."""
    drafting.hold_for_saving(session, viewer, lesson_id)
    assessment = Assessment(
        id=new_id(),
        lesson_id=lesson_id,
        title=" ".join(title.split())[:255] or "Quiz",
        assessment_type=AssessmentType.PRACTICE if is_practice else AssessmentType.QUIZ,
        is_published=False,
    )
    session.add(assessment)
    session.flush()
    return assessment.id
