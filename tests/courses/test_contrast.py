"""Whether the text of a picture stands out from its ground: told where it can be, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.acting import SYSTEM
from learncraft.authoring import checklist, queries, saving
from learncraft.authoring.saving import Save
from learncraft.authoring.shapes import DraftBlock
from learncraft.courses import contrast, files
from learncraft.courses.media_models import UploadedFile
from learncraft.db import Database, new_id
from learncraft.jobs.looking_at_pictures import look_at_pictures
from learncraft.jobs.work import Job
from learncraft.settings import Settings
from tests.authoring import build


def lettered(path: Path, ink: str, ground: str = "white") -> Path:
    picture = Image.new("RGB", (400, 200), ground)
    drawing = ImageDraw.Draw(picture)
    for line in range(20, 180, 30):
        for letter in range(20, 380, 20):
            drawing.rectangle((letter, line, letter + 8, line + 14), fill=ink)
    picture.save(path)
    return path


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [((0, 0, 0), (255, 255, 255), 21.0), ((118, 118, 118), (255, 255, 255), 4.54), ((9, 9, 9), (9, 9, 9), 1.0)],
    ids=["black", "grey", "same"],
)
def test_the_ratio_is_that_of_wcag(one: tuple[int, int, int], other: tuple[int, int, int], told: float) -> None:
    assert contrast.ratio(one, other) == pytest.approx(told, abs=0.01)
    assert contrast.ratio(other, one) == contrast.ratio(one, other)


def test_a_picture_of_text_has_a_contrast_and_a_photograph_none(tmp_path: Path) -> None:
    dark, pale = (contrast.of_picture(lettered(tmp_path / f"{ink}.png", ink)) for ink in ("black", "#bbbbbb"))
    assert dark is not None and pale is not None
    assert dark > 20 and pale < 2
    assert contrast.of_picture(lettered(tmp_path / "a.jpg", "#777777")) == pytest.approx(4.5, abs=0.5)
    Image.effect_noise((300, 300), 90).save(tmp_path / "noise.png")
    Image.new("RGB", (50, 50), "red").save(tmp_path / "flat.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"no picture")
    for name in ("noise.png", "flat.png", "broken.png", "gone.png"):
        assert contrast.of_picture(tmp_path / name) is None


def test_a_picture_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lettered(tmp_path / "a.png", "black")
    monkeypatch.setattr(contrast, "_MOST_PIXELS", 1000)
    assert contrast.of_picture(path) is None


def test_the_checklist_names_the_picture_and_its_contrast(fresh_database: Database, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with fresh_database.transaction(SYSTEM) as session:
        built = build(session, lessons=1)
        stored = files.store(
            session,
            settings.files_dir,
            uploader_id=built.teacher.id,
            course_id=built.id,
            name="slide.png",
            source=lettered(tmp_path / "slide.png", "#bbbbbb"),
            mime_type="image/png",
        )
        found = queries.lesson(session, built.teacher, built.lesson())
        assert found is not None
        shown = DraftBlock(id="i", type="image", file_id=stored.id, alt="A slide")
        given = found.text.model_copy(update={"blocks": (*found.text.blocks, shown)})
        saving.save(session, built.teacher, built.lesson(), Save(found.version, new_id(), 1, given))
        assert checklist.of_course(session, built.id) == []  # not looked at yet
    job = Job(0, fresh_database, settings)
    look_at_pictures(job)
    with fresh_database.transaction(SYSTEM) as session:
        [told] = checklist.of_course(session, built.id)
        assert "the text in the picture slide.png has a contrast of 1." in told.sentence
        assert (told.block_id, told.is_blocking) == ("i", False)
        replace(session, settings, tmp_path)
        assert checklist.of_course(session, built.id) == []  # of other bytes it isn't said
    look_at_pictures(job)
    with fresh_database.reading(SYSTEM) as session:
        row = session.scalars(select(UploadedFile)).one()
        assert row.looked_at_hash == row.content_hash and row.text_contrast is not None and row.text_contrast > 20


def replace(session: Session, settings: Settings, folder: Path) -> None:
    row = session.scalars(select(UploadedFile)).one()
    row.content_hash, row.storage_path = _kept(settings, lettered(folder / "b.png", "black"))
    session.flush()


def _kept(settings: Settings, path: Path) -> tuple[str, str]:
    storage_path, content_hash, _size = files.keep(settings.files_dir, path)
    return content_hash, storage_path
