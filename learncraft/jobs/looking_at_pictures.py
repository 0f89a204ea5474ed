"""How well the text of pictures stands out: looked at once for each picture of a course, and kept beside it."""

from __future__ import annotations

from sqlalchemy import select, update

from learncraft.courses import contrast, files
from learncraft.courses.media_models import UploadedFile
from learncraft.jobs.work import Job, does

AT_ONCE = 200  # pictures of one job; the next one goes on


@does("look_at_pictures")
def look_at_pictures(job: Job) -> None:
    """Look at pictures that are new or were replaced. What can't be read has no answer, and isn't asked again."""
    with job.database.reading() as session:
        waiting = session.execute(
            select(UploadedFile.id, UploadedFile.content_hash, UploadedFile.storage_path)
            .where(
                UploadedFile.course_id.is_not(None),
                UploadedFile.mime_type.in_(contrast.KINDS),
                UploadedFile.file_size <= contrast.LARGEST,
                UploadedFile.looked_at_hash.is_distinct_from(UploadedFile.content_hash),
            )
            .order_by(UploadedFile.id)
            .limit(AT_ONCE)
        ).all()
    for file_id, content_hash, storage_path in waiting:
        job.go_on_or_end()
        try:
            found = contrast.of_picture(files.path_of(job.settings.files_dir, storage_path))
        except (OSError, ValueError):
            found = None  # its bytes are gone
        with job.database.transaction() as session:
            session.execute(
                update(UploadedFile)
                .where(UploadedFile.id == file_id, UploadedFile.content_hash == content_hash)
                .values(looked_at_hash=content_hash, text_contrast=found)
            )
