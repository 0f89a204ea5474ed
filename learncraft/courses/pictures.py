"""Pictures that everybody sees: of courses, and of those who teach them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses import files
from learncraft.courses.media_models import UploadedFile
from learncraft.errors import InvalidInputError

LARGEST = 5 * 1024 * 1024
# How files begin. SVG is not among them: it may hold scripts, and everybody sees these pictures.
_STARTS = {"png": (b"\x89PNG\r\n\x1a\n",), "jpeg": (b"\xff\xd8\xff",), "webp": (b"RIFF",)}


def check(name: str, data: bytes) -> str:
    """The kind of a picture, such as `png`.

    Raises:
        InvalidInputError: it is no picture of a kind that is shown, or too large.
    """
    kind = next((one for one, starts in _STARTS.items() if data.startswith(starts)), None)
    if kind is None or (kind == "webp" and data[8:12] != b"WEBP"):
        raise InvalidInputError(
            "“{name}” is no PNG, JPEG or WebP picture. Save it as one of these, then try again.", name=name
        )
    if len(data) > LARGEST:
        raise InvalidInputError("“{name}” is larger than 5 MB. Make it smaller, then try again.", name=name)
    return kind


def set_portrait(session: Session, viewer: Viewer, *, files_dir: Path, name: str, data: bytes) -> None:
    """Show a picture of oneself, instead of the one before.

    Raises:
        InvalidInputError: it is no picture of a kind that is shown, or too large.
    """
    kind = check(name, data)
    remove_portrait(session, viewer)
    stored = files.store(
        session,
        files_dir,
        uploader_id=viewer.id,
        course_id=None,
        name=f"portrait.{kind}",
        source=BytesIO(data),
        mime_type=f"image/{kind}",
        is_public=True,
    )
    session.scalars(select(User).where(User.id == viewer.id)).one().avatar_url = stored.file_url
    session.flush()


def remove_portrait(session: Session, viewer: Viewer) -> None:
    """Show no picture of oneself any more. Safe to repeat; its bytes go with the next clearing up."""
    user = session.scalars(select(User).where(User.id == viewer.id).with_for_update()).one()
    if user.avatar_url is not None:
        session.execute(
            delete(UploadedFile).where(
                UploadedFile.uploader_id == viewer.id,
                UploadedFile.course_id.is_(None),
                UploadedFile.file_url == user.avatar_url,
            )
        )
    user.avatar_url = None
    session.flush()
