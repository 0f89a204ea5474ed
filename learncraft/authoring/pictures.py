"""The picture of a course."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.authoring import drafting
from learncraft.authoring.shapes import Details
from learncraft.courses import files, pictures
from learncraft.courses.models import Course


def set_picture(session: Session, viewer: Viewer, course_id: UUID, *, files_dir: Path, name: str, data: bytes) -> None:
    """Keep a picture and name it in the working copy.

    Raises:
        InvalidInputError: it is no picture of a kind that is shown, or too large.
    """
    kind = pictures.check(name, data)
    draft = drafting.hold(session, viewer, course_id)
    stored = files.store(
        session,
        files_dir,
        uploader_id=viewer.id,
        course_id=course_id,
        name=f"picture-{hashlib.sha256(data).hexdigest()[:12]}.{kind}",
        source=BytesIO(data),
        mime_type=f"image/{kind}",
        is_public=True,
    )
    details = Details.model_validate(draft.details).model_copy(update={"thumbnail_url": stored.file_url})
    draft.details, draft.version = details.model_dump(mode="json"), draft.version + 1
    course = session.get_one(Course, course_id)
    if course.published_at is None:
        course.thumbnail_url = stored.file_url
    session.flush()
    drafting.note_change(session, course_id)
