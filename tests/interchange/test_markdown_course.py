"""Reading a course kept as a folder of Markdown, and the three that come with the demo."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import learncraft.demo
from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.shapes import (
    AcceptedNumber,
    AcceptedPattern,
    AcceptedText,
    BlankKey,
    ChoiceKey,
    ChoicesKey,
    TruthKey,
)
from learncraft.courses.blocks import CalloutBlock, MarkdownBlock, SectionBlock
from learncraft.errors import InvalidInputError
from learncraft.interchange.document import AssessmentDocument, CourseDocument, LessonDocument, QuestionDocument
from learncraft.interchange.markdown_course import read

COURSE = """\
title: Knots
slug: knots
description: "Tie **three** knots. <script>alert(1)</script> ![Rope](asset:rope%20end.png)"
category: web_development
skill_level: intermediate
tags: [rope]
image: cover.png
modules:
  - {key: start, title: Start, lessons: [bowline.md]}
"""

LESSON = """\
---
title: The bowline
minutes: 7
objectives: [Tie a bowline]
free: true
---
Before any part. ![Photo](asset:bowline.png)

<!-- part: Tie it -->

Make a loop.

```html
<!-- part: not a part, but code -->
```

> [!WARNING]
> Never under load.
> Not **ever**.

> An ordinary quotation.

<!-- part: Check yourself -->

```quiz
title: Knots
passing_score: 60
questions:
  - {type: multiple_choice, text: "Which?", options: {a: this, b: that}, answer: b, points: 2}
  - {type: multi_select, text: "Which ones?", options: {a: x, b: y, c: z}, answer: [a, c]}
  - {type: true_false, text: "Is it?", answer: false, explanation: It is not.}
  - {type: fill_blank, text: "How long?", answer: [two, 2, {number: 2.1, tolerance: 0.05}, {pattern: "2 ?m"}]}
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small course that has one of everything."""
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    (tmp_path / "bowline.md").write_text(LESSON, encoding="utf-8")
    for name in ("cover.png", "bowline.png", "rope end.png"):
        (tmp_path / name).write_bytes(b"\x89PNG")
    return tmp_path


def test_a_folder_becomes_a_course(folder: Path) -> None:
    course = read(folder)
    assert (course.source_key, course.title, course.slug) == ("markdown:knots", "Knots", "knots")
    assert (course.category, course.skill_level, course.tags) == ("web_development", "intermediate", ("rope",))
    assert "<strong>three</strong>" in course.description
    assert "script" not in course.description
    assert 'src="asset:rope%20end.png"' in course.description
    [module] = course.modules
    [lesson] = module.lessons
    assert (module.source_key, lesson.source_key) == ("markdown:knots/module/start", "markdown:knots/lesson/bowline")
    assert (lesson.title, lesson.duration_minutes, lesson.is_free) == ("The bowline", 7, True)
    assert lesson.learning_objectives == ("Tie a bowline",)


def test_a_lesson_brings_its_flashcards(folder: Path) -> None:
    lesson = folder / "bowline.md"
    cards = "cards: [{front: Its name, back: Bowline}]"
    lesson.write_text(lesson.read_text().replace("free: true", cards))
    [module] = read(folder).modules
    assert [(card.front, card.back) for card in module.lessons[0].cards] == [("Its name", "Bowline")]
    lesson.write_text(lesson.read_text().replace(cards, "cards: [{front: Its name}]"))
    with pytest.raises(InvalidInputError, match=r"bowline\.md: mend cards\.0\.back"):
        read(folder)


def test_the_files_that_are_pointed_at_come_with_the_course(folder: Path) -> None:
    course = read(folder)
    assert set(course.files) == {"cover.png", "bowline.png", "rope end.png"}
    assert course.image == "cover.png"
    assert course.files["cover.png"].mime_type == "image/png"
    assert course.files["rope end.png"].path.read_bytes() == b"\x89PNG"


def test_a_body_is_cut_at_parts_callouts_and_quizzes(folder: Path) -> None:
    *blocks, quiz = read(folder).modules[0].lessons[0].items
    assert blocks == [
        MarkdownBlock(id="bowline-1", text="Before any part. ![Photo](asset:bowline.png)"),
        SectionBlock(id="bowline-2", title="Tie it"),
        MarkdownBlock(id="bowline-3", text="Make a loop.\n\n```html\n<!-- part: not a part, but code -->\n```"),
        CalloutBlock(id="bowline-4", kind="warning", text="Never under load.\nNot **ever**."),
        MarkdownBlock(id="bowline-5", text="> An ordinary quotation."),
        SectionBlock(id="bowline-6", title="Check yourself"),
    ]
    assert isinstance(quiz, AssessmentDocument)
    assert (quiz.source_key, quiz.title, quiz.passing_score) == ("markdown:knots/lesson/bowline/quiz-1", "Knots", 60)


def test_a_quiz_has_a_key_of_each_shape(folder: Path) -> None:
    [quiz] = [item for item in read(folder).modules[0].lessons[0].items if isinstance(item, AssessmentDocument)]
    assert [question.key for question in quiz.questions] == [
        ChoiceKey(option="b"),
        ChoicesKey(options=frozenset("ac")),
        TruthKey(value=False),
        BlankKey(
            accepted=(
                AcceptedText(text="two"),
                AcceptedNumber(value=Decimal(2)),
                AcceptedNumber(value=Decimal("2.1"), tolerance=Decimal("0.05")),
                AcceptedPattern(pattern="2 ?m"),
            )
        ),
    ]
    assert [question.points for question in quiz.questions] == [2, 1, 1, 1]
    assert quiz.questions[2].explanation == "It is not."
    assert quiz.questions[0].source_key == "markdown:knots/lesson/bowline/quiz-1/question-1"


def test_reading_twice_gives_the_same_document(folder: Path) -> None:
    assert read(folder) == read(folder)


def test_line_ends_of_windows_and_a_byte_order_mark_make_no_difference(folder: Path) -> None:
    before = read(folder)
    for path in (folder / "course.yaml", folder / "bowline.md"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read(folder) == before


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("course.yaml", "title: Knots", "title: [Knots", r"course\.yaml: this YAML can't be read"),
        ("course.yaml", "slug: knots", "slug: Knots!", r"course\.yaml: mend slug"),
        ("course.yaml", "tags:", "tugs:", r"course\.yaml: mend tugs"),
        ("course.yaml", "web_development", "knitting", r"course\.yaml: mend category"),
        ("course.yaml", "[bowline.md]", "[sheet.md]", r"course\.yaml names sheet\.md, which isn't in"),
        ("course.yaml", "[bowline.md]", "[../bowline.md]", r"course\.yaml names \.\./bowline\.md, which isn't in"),
        ("course.yaml", "[bowline.md]", "[bowline.md, bowline.md]", r"lesson file bowline\.md stands twice"),
        ("course.yaml", "image: cover.png", "image: caver.png", r"course\.yaml names caver\.png"),
        ("bowline.md", "---\ntitle", "title", r"bowline\.md: begin the file with front matter"),
        ("bowline.md", "minutes: 7", "minutes: soon", r"bowline\.md: mend minutes"),
        ("bowline.md", "title: The bowline\n", "", r"bowline\.md: mend title"),
        ("bowline.md", "asset:bowline.png", "asset:gone.png", r"bowline\.md names gone\.png"),
        ("bowline.md", "[!WARNING]", "[!DANGER]", r"bowline\.md, line 17: write a callout as"),
        ("bowline.md", "part: Tie it", "part:", r"bowline\.md, line 9: give the part a title"),
        ("bowline.md", "title: Knots", "title: [Knots", r"bowline\.md, line 25: this YAML can't be read"),
        ("bowline.md", "answer: b", "answer: c", r"bowline\.md, quiz 1, question 1: give at least two options"),
        ("bowline.md", "answer: b", "answer: [a, b]", r"question 1: a multiple_choice question has one answer"),
        ("bowline.md", "answer: b", "answer: {b: 1}", r"quiz 1, question 1: give at least two options"),
        ("bowline.md", "a: this", 'a: ""', r"bowline\.md, quiz 1, question 1: mend text"),
        ("bowline.md", "answer: [a, c]", "answer: []", r"bowline\.md, quiz 1, question 2: give at least two"),
        ("bowline.md", "answer: false", 'answer: "no"', r"quiz 1, question 3: write `answer: true`"),
        ("bowline.md", "{number: 2.1,", "{numbr: 2.1,", r"quiz 1, question 4: mend accepted"),
        ("bowline.md", "type: true_false", "type: guess", r"bowline\.md, line 25: mend questions\.2\.type"),
    ],
)
def test_a_malformed_file_is_named_with_what_to_do(folder: Path, name: str, old: str, new: str, message: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidInputError, match=message):
        read(folder)


def test_a_folder_without_a_course_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"course\.yaml is missing"):
        read(tmp_path)


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "bowline.md").write_bytes(LESSON.encode().replace(b"bowline", b"n\xf6st", 1))
    with pytest.raises(InvalidInputError, match=r"bowline\.md isn't UTF-8"):
        read(folder)


# The courses of the demo.

COURSES = Path(learncraft.demo.__file__).parent / "courses"
SLUGS = ["python-from-the-first-line", "statistics-you-can-trust", "thinking-in-sql"]
QUESTION_TYPES: dict[str, type[object]] = {
    "multiple_choice": ChoiceKey,
    "multi_select": ChoicesKey,
    "true_false": TruthKey,
    "fill_blank": BlankKey,
    "code": CodeKey,
}
MARKDOWN = MarkdownIt("commonmark").enable("table")


def lessons_of(course: CourseDocument) -> list[LessonDocument]:
    return [lesson for module in course.modules for lesson in module.lessons]


def quizzes_of(course: CourseDocument) -> list[AssessmentDocument]:
    return [item for lesson in lessons_of(course) for item in lesson.items if isinstance(item, AssessmentDocument)]


def prose_of(lesson: LessonDocument) -> Iterator[str]:
    for item in lesson.items:
        if isinstance(item, (MarkdownBlock, CalloutBlock)):
            yield item.text
        elif isinstance(item, AssessmentDocument):
            for question in item.questions:
                yield question.text


def examples(course: CourseDocument, language: str) -> Iterator[tuple[str, str, Token | None, list[Token]]]:
    """Each fence of the language: its lesson and code, and the token after it with all tokens from there."""
    for lesson in lessons_of(course):
        for text in prose_of(lesson):
            tokens = MARKDOWN.parse(text)
            for index, token in enumerate(tokens):
                if token.type == "fence" and token.info.strip() == language:
                    rest = tokens[index + 1 :]
                    yield lesson.title, token.content, rest[0] if rest else None, rest


@pytest.fixture(scope="module", params=SLUGS)
def demo_course(request: pytest.FixtureRequest) -> CourseDocument:
    return read(COURSES / request.param)


def test_the_demo_has_these_courses() -> None:
    assert sorted(path.parent.name for path in COURSES.glob("*/course.yaml")) == SLUGS


def test_a_demo_course_is_whole(demo_course: CourseDocument) -> None:
    lessons = lessons_of(demo_course)
    assert len(demo_course.modules) >= 3
    assert len(lessons) >= 10
    assert len(quizzes_of(demo_course)) >= 3
    assert any(lesson.is_free for lesson in lessons)
    for lesson in lessons:
        assert lesson.duration_minutes and lesson.description and lesson.learning_objectives, lesson.title
        assert sum(isinstance(item, SectionBlock) for item in lesson.items) >= 2, lesson.title
    assert demo_course.image is not None
    assert demo_course.files[demo_course.image].path.stat().st_size < 60_000


def test_no_two_things_of_a_demo_course_share_a_source_key(demo_course: CourseDocument) -> None:
    quizzes = quizzes_of(demo_course)
    keys = [demo_course.source_key, *(module.source_key for module in demo_course.modules)]
    keys += [lesson.source_key for lesson in lessons_of(demo_course)]
    keys += [quiz.source_key for quiz in quizzes]
    keys += [question.source_key for quiz in quizzes for question in quiz.questions]
    assert len(keys) == len(set(keys))


def test_every_question_of_a_demo_course_can_be_answered_and_explains_its_answer(demo_course: CourseDocument) -> None:
    for quiz in quizzes_of(demo_course):
        assert 4 <= len(quiz.questions) <= 6, quiz.title
        for question in quiz.questions:
            assert isinstance(question.key, QUESTION_TYPES[question.question_type]), question.source_key
            assert question.explanation, question.source_key
            assert_key_fits_options(question)
    used = {question.question_type for quiz in quizzes_of(demo_course) for question in quiz.questions}
    assert used | {"code"} == set(QUESTION_TYPES)


def assert_key_fits_options(question: QuestionDocument) -> None:
    ids, texts = [option.id for option in question.options], [option.text for option in question.options]
    assert len(set(ids)) == len(ids) and len(set(texts)) == len(texts), question.source_key
    if isinstance(question.key, ChoiceKey):
        assert question.key.option in ids and len(ids) >= 3, question.source_key
    elif isinstance(question.key, ChoicesKey):
        assert 1 < len(question.key.options) < len(ids) and question.key.options <= set(ids), question.source_key
    else:
        assert ids == [], question.source_key


def test_every_python_example_of_a_demo_course_compiles(demo_course: CourseDocument) -> None:
    for lesson, code, _, _ in examples(demo_course, "python"):
        compile(code, lesson, "exec")


def test_every_python_example_prints_what_its_lesson_says(demo_course: CourseDocument, tmp_path: Path) -> None:
    """Where a fence of text follows a Python fence, it is what the program prints."""
    for lesson, code, after, _ in examples(demo_course, "python"):
        if after is None or after.type != "fence" or after.info.strip() != "text":
            continue
        (tmp_path / "hello.py").write_text(code, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-X", "utf8", "hello.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        error = run.stderr if "Traceback" in after.content else "\n".join(run.stderr.splitlines()[-1:])
        # Newer Pythons say more in the brackets at the end of an error.
        printed, said = (
            re.sub(r" \(expected .*\)$", "", text.rstrip()) for text in (run.stdout + error, after.content)
        )
        assert printed == said, lesson


def test_every_query_gives_the_table_that_its_lesson_shows() -> None:
    """Where a table follows a SQL fence, it is the result; where a text with ERROR does, the database refuses."""
    course = read(COURSES / "thinking-in-sql")
    setup = course.files["bookshop.sql"].path.read_text(encoding="utf-8")
    compared = 0
    for lesson, code, after, rest in examples(course, "sql"):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
            database.execute("pragma foreign_keys = on")
            database.executescript(setup)
            *before, query = [part for part in re.split(r";\s*(?:\n|$)", code) if part.strip()]
            for statement in before:
                database.execute(statement)
            if after is not None and after.content.startswith("ERROR"):
                with pytest.raises(sqlite3.IntegrityError):
                    database.execute(query)
                continue
            result = database.execute(query)
            if after is not None and after.type == "table_open":
                names = [column[0] for column in result.description]
                rows = [["NULL" if cell is None else str(cell) for cell in row] for row in result]
                assert [names, *rows] == table_cells(rest), f"{lesson}: {query}"
                compared += 1
    assert compared > 20


def table_cells(tokens: list[Token]) -> list[list[str]]:
    """The cells of the table at the head of the tokens, row by row."""
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token.content)
        elif token.type == "table_close":
            break
    return rows
