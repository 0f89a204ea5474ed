"""Files of lessons: what is read in them, and the sentence when there is nothing to read."""

from __future__ import annotations

import zipfile
from pathlib import Path
from uuid import UUID

import docx
import pptx
import pytest
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.courses import files
from learncraft.tutor import embedding, file_reader, file_text, lesson_files, queries, service
from learncraft.tutor.file_text import UnreadableFileError
from learncraft.tutor.models import ContentEmbedding
from learncraft.tutor.retrieval import find
from tests.factories import make_course, make_enrollment, make_user
from tests.tutor.conftest import viewer_of

PDF = "application/pdf"


def pdf(path: Path, *pages: str) -> Path:
    """A PDF with a line of text on each page; an empty line makes a page like a scan's."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for line in pages:
        content = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET" if line else ""
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects) + 2} 0 R "
            "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, offsets = b"%PDF-1.4\n", []
    for number, said in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{said}\nendobj\n".encode()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF".encode()
    path.write_bytes(out)
    return path


def word(path: Path) -> Path:
    made = docx.Document()
    made.add_heading("Glaciers", 1)
    made.add_paragraph("Ice flows slowly downhill.")
    made.add_paragraph("a moraine", style="List Bullet")
    table = made.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "speed", "slow"
    made.save(str(path))
    return path


def slides(path: Path) -> Path:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "Volcanoes"
    slide.placeholders[1].text = "Magma rises\nAsh falls"
    slide.notes_slide.notes_text_frame.text = "Show the film."
    made.save(str(path))
    return path


def test_each_format_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<h1>Rivers</h1><p>Water runs.</p><script>no()</script>")
    read = {
        "pdf": file_text.read(pdf(tmp_path / "a.pdf", "Deltas grow", "Banks erode"), "pdf"),
        "docx": file_text.read(word(tmp_path / "a.docx"), "docx"),
        "pptx": file_text.read(slides(tmp_path / "a.pptx"), "pptx"),
        "html": file_text.read(tmp_path / "a.html", "html"),
    }
    assert [(part.title, part.text.strip()) for part in read["pdf"]] == [
        ("Page 1", "Deltas grow"),
        ("Page 2", "Banks erode"),
    ]
    assert read["docx"][0].text == "# Glaciers\n\nIce flows slowly downhill.\n- a moraine\nspeed | slow"
    assert read["pptx"][0].title == "Slide 1: Volcanoes"
    assert "- Magma rises\n- Ash falls\nShow the film." in read["pptx"][0].text
    assert read["html"][0].text == "# Rivers\n\nWater runs."


def locked(path: Path) -> Path:
    writer = PdfWriter(clone_from=PdfReader(pdf(path, "Secret")))
    writer.encrypt("word", algorithm="RC4-128")
    writer.write(path)
    return path


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as out:
        for _ in range(file_reader.MOST_UNPACKED // 10_000_000 + 1):
            out.write(bytes(10_000_000))
    return path


def nothing(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.4 and then nothing")
    return path


@pytest.mark.parametrize(
    ("make", "kind", "sentence"),
    [
        (lambda path: pdf(path, "", ""), "pdf", "only pictures of pages"),
        (locked, "pdf", "asks for a password"),
        (nothing, "pdf", "damaged"),
        (bomb, "docx", "unpacks to more than"),
        (nothing, "pptx", "damaged"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(tmp_path: Path, make: object, kind: str, sentence: str) -> None:
    path = make(tmp_path / f"a.{kind}")  # type: ignore[operator]
    with pytest.raises(UnreadableFileError, match=sentence):
        file_text.read(path, kind)


def test_five_hundred_pages_are_read_and_time_has_an_end(tmp_path: Path) -> None:
    path = pdf(tmp_path / "long.pdf", *(f"Page about topic {number}" for number in range(500)))
    parts = file_text.read(path, "pdf")
    assert len(parts) == 500
    assert parts[499].text.strip() == "Page about topic 499"
    with pytest.raises(UnreadableFileError, match="took longer"):
        file_text.read(path, "pdf", seconds=0.05)


def attach(session: Session, folder: Path, source: Path, mime_type: str, *, by: UUID, course: UUID | None) -> UUID:
    row = files.store(
        session, folder, uploader_id=by, course_id=course, name=source.name, source=source, mime_type=mime_type
    )
    return row.id


def test_a_page_of_a_file_is_found_and_one_that_cannot_be_read_has_a_problem(
    session: Session, tmp_path: Path, embedder: embedding.Embedder
) -> None:
    course = make_course(session)
    lesson, teacher = course.lessons[0], course.course.instructor_id
    good = pdf(tmp_path / "rivers.pdf", "Nothing here", "The Mississippi delta grows into the gulf")
    shown = attach(session, tmp_path, good, PDF, by=teacher, course=course.id)
    broken = attach(session, tmp_path, nothing(tmp_path / "broken.pdf"), PDF, by=teacher, course=course.id)
    foreign = pdf(tmp_path / "foreign.pdf", "The private diary of somebody else")
    private = attach(session, tmp_path, foreign, PDF, by=make_user(session, role=UserRole.INSTRUCTOR).id, course=None)
    blocks = [{"id": f"f{key}", "type": "file", "file_id": str(key), "title": "F"} for key in (shown, broken, private)]
    lesson.content = {"version": 1, "blocks": blocks}
    session.flush()

    found = lesson_files.of_lessons(session, [lesson.id])
    assert {file.id for file in found} == {shown, broken}, "somebody else's file isn't made findable by a link to it"
    words = lesson_files.read(tmp_path, found)
    service.write_lessons(session, [lesson.id], embedder, words)
    learner = make_user(session)
    make_enrollment(session, course.course, learner)
    best = find(session, viewer_of(learner), "Where does the Mississippi delta grow?").passages[0]
    assert (best.content_type, best.block_id, best.headings[-1]) == ("file", f"f{shown}", "Page 2")
    [problem] = queries.problems(session, [course.id])
    assert problem.content_id == broken
    assert problem.sentence.startswith("broken.pdf: This PDF is damaged.")
    assert service.write_lessons(session, [lesson.id], embedder, {}).changed == 0, "what didn't change isn't read again"

    lesson.content = {"version": 1, "blocks": []}
    session.flush()
    assert service.write_lessons(session, [lesson.id], embedder).removed == 2
    assert session.scalars(select(ContentEmbedding.id).where(ContentEmbedding.lesson_id == lesson.id)).all() == []
