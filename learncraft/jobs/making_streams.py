"""Videos that were uploaded become streams in several qualities; what was made before a kill isn't made again."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from procrastinate.exceptions import JobAborted

from learncraft import background
from learncraft.courses import files, film, streams, uploading
from learncraft.courses.film import Film
from learncraft.courses.streams import Source
from learncraft.errors import LearnCraftError
from learncraft.jobs.work import Job, does

SAY_EVERY_SECONDS = 1.0


@dataclass(slots=True)
class _Making:
    """One stream while it is made: how much of all its qualities together, and when that was last said."""

    job: Job
    video_id: UUID
    weights: dict[int, int]
    ready: int = 0
    said_at: float = field(default_factory=time.monotonic)

    def hear(self, quality: int, share: float) -> None:
        """Tell those who wait, once a second."""
        if time.monotonic() - self.said_at < SAY_EVERY_SECONDS:
            return
        self.said_at = time.monotonic()
        total = sum(self.weights.values())
        percent = min(99, int(100 * (self.ready + share * self.weights[quality]) / total))
        with self.job.database.transaction() as session:
            self.job.advance(session, percent, 100, f"{quality}p")
            streams.say_progress(session, self.video_id, percent)


@does("make_stream")
def make_stream(job: Job, video_id: str, file_id: str) -> None:
    """Make the stream of a video from its file. A video that got another file meanwhile is another job's."""
    video, file = UUID(video_id), UUID(file_id)
    with job.database.reading() as session:
        source = streams.source_of(session, video, file)
    if source is None:
        return
    folder = files.drafts_of(job.settings.files_dir) / f"stream-{video_id}-{file_id}"
    try:
        made = _make(job, source, folder)
        with job.database.transaction() as session:
            job.advance(session, 100, 100, "ready")
            if streams.source_of(session, video, file) is not None:
                streams.publish(session, job.settings.files_dir, source, made, folder)
                if made.has_sound and job.settings.transcription_url:
                    background.defer(session, "transcribe_video", video_id=video_id)
    except InterruptedError as error:
        raise JobAborted from error  # the qualities that are whole are found by the next try
    except JobAborted:
        raise
    except LearnCraftError as error:
        _fail(job, source, str(error), folder)
        raise
    except Exception:
        _fail(job, source, "Something unexpected went wrong on the server. Try again; its administrator can see why.")
        raise
    shutil.rmtree(folder, ignore_errors=True)


@does("forget_bytes")
def forget_bytes(job: Job, hashes: list[str]) -> None:
    """Remove bytes from the file store that no row names any more."""
    for done, content_hash in enumerate(hashes, 1):
        with job.database.transaction() as session:
            files.forget_bytes(session, job.settings.files_dir, content_hash)
            job.advance(session, done, len(hashes))


@does("forget_uploads")
def forget_uploads(job: Job) -> None:
    """Forget uploads that nobody went on with for a week, and copies of a bucket's files not used for as long."""
    copies = files.forget_copies(
        job.settings.files_dir, older_than=time.time() - uploading.GIVEN_UP_AFTER.total_seconds()
    )
    with job.database.transaction() as session:
        given_up = uploading.forget_old(session, job.settings.files_dir)
        job.advance(session, 1, 1, f"{given_up} uploads given up, {copies} copies removed")


def _make(job: Job, source: Source, folder: Path) -> Film:
    path = files.path_of(job.settings.files_dir, source.storage_path)
    if not path.is_file():
        raise film.FilmError("The bytes of the video are no longer on the server. Upload it again.")
    found = film.look(path)
    folder.mkdir(parents=True, exist_ok=True)
    making = _Making(job, source.video_id, {one: one * one for one in film.qualities(found)})
    for quality in making.weights:
        if not film.is_whole(folder, quality):
            film.write_stream(
                path,
                found,
                quality,
                folder,
                lambda share, quality=quality: making.hear(quality, share),  # type: ignore[misc]
                is_wanted=lambda: not job.asked_to_end(),
            )
        making.ready += making.weights[quality]
        job.go_on_or_end()
    film.write_picture(path, found, folder)
    return found


def _fail(job: Job, source: Source, reason: str, folder: Path | None = None) -> None:
    with job.database.transaction() as session:
        streams.fail(session, source.video_id, source.file_id, reason)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
