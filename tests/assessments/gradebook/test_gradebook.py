"""The gradebook on a real database: who sees what, what is set by hand, files out and in."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.assessments.gradebook import files, importing, own_grades, queries, service
from learncraft.assessments.gradebook.errors import (
    GradebookNotFoundError,
    ImportRefusedError,
    InvalidGradeError,
    NotInGradebookError,
)
from learncraft.assessments.gradebook.models import GradeOverride
from learncraft.assessments.gradebook.queries import Filter, Order
from learncraft.assessments.gradebook.rules import AttemptRule, Rules
from learncraft.assessments.gradebook.service import CategoryDraft, ItemDraft, NewGrade, SchemeDraft
from learncraft.assessments.models import Assessment, AssessmentAttempt
from learncraft.courses.models import Course
from learncraft.db import new_id
from learncraft.errors import ChangedSinceError
from tests.assessments.exam import cost, viewer
from tests.factories import make_assessment, make_course, make_enrollment, make_user
from tests.factories.one_of_each import make_cohort

NOW = datetime(2026, 3, 10, tzinfo=UTC)


@dataclass
class Class:
    """A course with two assessments ("Quiz" twice), an exam and a practice, and three learners."""

    session: Session
    course_id: UUID
    teacher: Viewer
    learners: list[User]
    assessments: list[UUID]

    def attempt(self, learner: int, assessment: int, percent: float, number: int = 1) -> None:
        self.session.add(
            AssessmentAttempt(
                id=new_id(),
                user_id=self.learners[learner].id,
                assessment_id=self.assessments[assessment],
                attempt_number=number,
                question_ids=[],
                status="completed",
                submitted_at=NOW,
                score=Decimal(str(percent)),
                total_points=100,
                percent_score=Decimal(str(percent)),
            )
        )
        self.session.flush()

    def set_scheme(self, draft: SchemeDraft) -> None:
        service.set_scheme(self.session, self.teacher, self.course_id, draft, seen=self.book().rules)

    def book(self) -> queries.Book:
        found = queries.book_of(self.session, self.teacher, self.course_id)
        assert found is not None
        return found

    def rows(self, **wanted: object) -> list[queries.Row]:
        return list(queries.shown(self.session, self.book(), replace(Filter(), **wanted)).rows)

    def set(self, learner: int, assessment: int, percent: float, reason: str = "Because.") -> None:
        grade = NewGrade(self.learners[learner].id, self.assessments[assessment], "percent", Decimal(str(percent)))
        service.set_grade(self.session, self.teacher, self.course_id, grade, reason)

    def totals(self) -> list[Decimal | None]:
        return [row.total.percent for row in self.rows()]

    def take(self, *rows: list[str]) -> importing.Plan:
        return importing.plan(self.session, self.teacher, self.course_id, rows)


@pytest.fixture
def school(session: Session) -> Class:
    made = make_course(session)
    kinds = (("Quiz", "quiz"), ("Quiz", "quiz"), ("Exam", "exam"), ("Training", "practice"))
    assessments = [
        make_assessment(session, made.lessons[0], title=title, assessment_type=kind)[0].id for title, kind in kinds
    ]
    names = (("Ada", "Abel"), ("Bo", "Berg"), ("=Cleo", "Cmd"))
    learners = [make_user(session, first_name=first, last_name=last) for first, last in names]
    for learner in learners:
        make_enrollment(session, made.course, learner)
    teacher = replace(viewer(made.course.instructor_id), role=UserRole.INSTRUCTOR)
    return Class(session, made.id, teacher, learners, assessments)


def test_practice_is_no_column_and_titles_are_told_apart(school: Class) -> None:
    assert [column.heading for column in school.book().columns] == ["Quiz", "Quiz (2)", "Exam"]


@pytest.mark.parametrize(("rule", "counted"), [("best", 80), ("last", 60), ("average", Decimal("66.67"))])
def test_which_attempt_counts_is_the_courses_to_say(school: Class, rule: str, counted: Decimal) -> None:
    for number, percent in enumerate((60, 80, 60), 1):
        school.attempt(0, 0, percent, number)
    draft = SchemeDraft(AttemptRule(rule), missing_is_zero=False, decimals=2)
    school.set_scheme(draft)
    [first, *_] = school.rows()
    cell = first.cells[school.assessments[0]]
    assert (cell.grade.percent, cell.attempts) == (counted, 3)


def test_what_is_set_by_hand_counts_and_its_history_stays(school: Class) -> None:
    school.attempt(0, 0, 40)
    school.set(0, 0, 75.5, "The key was wrong.")
    school.set(0, 0, 80, "Once more.")
    learner, assessment = school.learners[0].id, school.assessments[0]
    assert school.totals()[0] == Decimal("80.0")
    excused = NewGrade(learner, assessment, "excused")
    service.set_grade(school.session, school.teacher, school.course_id, excused, "Ill.")
    assert school.totals()[0] is None
    withdrawn = NewGrade(learner, assessment, "withdrawn")
    service.set_grade(school.session, school.teacher, school.course_id, withdrawn, "A mistake of mine.")
    assert school.totals()[0] == Decimal("40.0")
    history = queries.history_of(school.session, learner, assessment)
    assert [(one.kind, one.percent) for one in history] == [
        ("withdrawn", None),
        ("excused", None),
        ("percent", Decimal(80)),
        ("percent", Decimal("75.50")),
    ]
    assert history[3].reason == "The key was wrong."


def test_a_grade_by_hand_needs_a_reason_a_learner_and_a_number_that_can_be(school: Class) -> None:
    with pytest.raises(InvalidGradeError, match="Say why"):
        school.set(0, 0, 50, "  ")
    with pytest.raises(InvalidGradeError, match="between 0 and 100"):
        school.set(0, 0, 100.5)
    outsider = make_user(school.session)
    grade = NewGrade(outsider.id, school.assessments[0], "percent", Decimal(5))
    with pytest.raises(NotInGradebookError):
        service.set_grade(school.session, school.teacher, school.course_id, grade, "Because.")
    with pytest.raises(NotInGradebookError):
        school.set(0, 3, 50)  # practice
    assert school.session.scalar(select(func.count()).select_from(GradeOverride)) == 0


def test_only_those_who_teach_the_course_see_and_grade(school: Class) -> None:
    stranger = replace(viewer(make_user(school.session).id), role=UserRole.INSTRUCTOR)
    assert queries.book_of(school.session, stranger, school.course_id) is None
    with pytest.raises(GradebookNotFoundError):
        draft = SchemeDraft(AttemptRule.BEST, False, 1)
        service.set_scheme(school.session, stranger, school.course_id, draft, seen=Rules())
    with pytest.raises(GradebookNotFoundError):
        service.set_grades(school.session, stranger, school.course_id, [], "Because.")
    with pytest.raises(GradebookNotFoundError):
        importing.plan(school.session, stranger, school.course_id, [["E-mail"], ["x"]])
    admin = replace(stranger, role=UserRole.CONTENT_ADMIN)
    assert queries.book_of(school.session, admin, school.course_id) is not None


def test_rules_are_written_whole_and_read_back(school: Class) -> None:
    draft = SchemeDraft(
        AttemptRule.BEST,
        missing_is_zero=True,
        decimals=0,
        categories=[CategoryDraft("Homework", Decimal(40), 1), CategoryDraft("Exams", Decimal(60))],
        items=[
            ItemDraft(school.assessments[0], "Homework"),
            ItemDraft(school.assessments[1], "Homework", Decimal(2)),
            ItemDraft(school.assessments[2], "Exams"),
        ],
    )
    school.set_scheme(draft)
    rules = school.book().rules
    assert [(one.title, one.weight, one.drop_lowest) for one in rules.categories] == [
        ("Homework", Decimal(40), 1),
        ("Exams", Decimal(60), 0),
    ]
    homework, exams = rules.categories
    assert [item.category_id for item in rules.items] == [homework.id, homework.id, exams.id]
    # The two change their names; one that is gone leaves its assessments outside.
    renamed = replace(
        draft,
        categories=[
            CategoryDraft("Exams", Decimal(1), 0, homework.id),
            CategoryDraft("Homework", Decimal(1), 0, exams.id),
        ],
    )
    school.set_scheme(renamed)
    assert [one.id for one in school.book().rules.categories] == [homework.id, exams.id]
    with pytest.raises(ChangedSinceError):  # who began from the rules before
        service.set_scheme(school.session, school.teacher, school.course_id, draft, seen=rules)
    school.set_scheme(replace(draft, categories=(), items=()))
    assert school.book().rules.categories == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"categories": [CategoryDraft(" ", Decimal(1))]}, "a name"),
        ({"categories": [CategoryDraft("A", Decimal(0))]}, "more than 0"),
        ({"categories": [CategoryDraft("A", Decimal(1)), CategoryDraft("A ", Decimal(1))]}, "Two categories"),
        ({"categories": [CategoryDraft("A", Decimal(1), -1)]}, "drop"),
        ({"decimals": 3}, "decimals"),
    ],
)
def test_rules_that_cannot_be_are_refused_in_words(school: Class, changes: dict, said: str) -> None:
    draft = replace(SchemeDraft(AttemptRule.BEST, missing_is_zero=False, decimals=1), **changes)
    with pytest.raises(InvalidGradeError, match=said):
        school.set_scheme(draft)


def test_learners_are_found_sorted_and_paged(school: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    for learner, percent in enumerate((50, 90, 70)):
        school.attempt(learner, 0, percent)
    names = lambda **wanted: [row.name.split()[0] for row in school.rows(**wanted)]  # noqa: E731
    assert names() == ["Ada", "Bo", "=Cleo"]
    assert names(order=Order.NAME_DOWN) == ["=Cleo", "Bo", "Ada"]
    assert names(order=Order.TOTAL) == ["Ada", "=Cleo", "Bo"]
    assert names(order=Order.TOTAL_DOWN) == ["Bo", "=Cleo", "Ada"]
    assert names(search="ber") == ["Bo"]
    assert names(search="bo berg") == ["Bo"]
    assert names(search="%") == []
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    monkeypatch.setattr(queries, "PIECE", 2)
    found = queries.shown(school.session, school.book(), Filter(page=9))
    assert (found.page, found.pages, found.learners, len(found.rows)) == (2, 2, 3, 1)
    assert [row.name for row in queries.all_rows(school.session, school.book(), Filter())] == [
        row.name for row in [*school.rows(), *school.rows(page=2)]
    ]


@pytest.mark.parametrize("rule", AttemptRule)
def test_the_order_by_total_is_that_of_the_totals_shown(
    school: Class, rule: AttemptRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database sorts, the pure rules compute: both must mean the same."""
    random = Random(rule)
    course = school.session.get_one(Course, school.course_id)
    for _ in range(12):
        school.learners.append(make_user(school.session))
        make_enrollment(school.session, course, school.learners[-1])
    draft = SchemeDraft(
        rule,
        missing_is_zero=rule == AttemptRule.LAST,
        decimals=2,
        categories=[CategoryDraft("Homework", Decimal(30), 1), CategoryDraft("Exams", Decimal(70))],
        items=[
            ItemDraft(school.assessments[0], "Homework"),
            ItemDraft(school.assessments[1], "Homework", Decimal("2.5")),
            ItemDraft(school.assessments[2], "Exams"),
        ],
    )
    school.set_scheme(draft)
    for learner in range(len(school.learners)):
        for assessment in range(3):
            for number in range(random.randrange(3)):
                school.attempt(learner, assessment, random.randint(0, 10_000) / 100, number + 1)
            if random.random() < 0.2:
                kind = random.choice(("percent", "excused", "withdrawn"))
                percent = Decimal(random.randint(0, 100)) if kind == "percent" else None
                grade = NewGrade(school.learners[learner].id, school.assessments[assessment], kind, percent)
                service.set_grade(school.session, school.teacher, school.course_id, grade, "Because.")
    monkeypatch.setattr(queries, "PAGE_SIZE", 4)
    for order, sign in ((Order.TOTAL, 1), (Order.TOTAL_DOWN, -1)):
        rows = [row for page in range(1, 5) for row in school.rows(order=order, page=page)]
        assert {row.learner_id for row in rows} == {learner.id for learner in school.learners}
        totals = [row.total.percent for row in rows]
        given = [total for total in totals if total is not None]
        assert given == sorted(given, key=lambda total: sign * total)
        assert totals == given + [None] * (len(totals) - len(given))


def test_a_course_without_assessments_can_be_sorted_too(session: Session) -> None:
    made = make_course(session)
    make_enrollment(session, made.course)
    book = queries.open_book(session, made.id, "Empty")
    assert len(queries.shown(session, book, Filter(order=Order.TOTAL)).rows) == 1


def test_learners_see_their_own_grades_and_none_that_is_held_back(school: Class) -> None:
    school.attempt(0, 0, 80)
    school.attempt(0, 1, 40)
    school.attempt(1, 0, 10)
    held = school.session.get_one(Assessment, school.assessments[1])
    held.grades_held = True
    school.session.flush()
    slug = school.session.get_one(Course, school.course_id).slug
    own = own_grades.of_learner(school.session, school.learners[0].id, slug)
    assert own is not None
    assert (list(own.cells), own.total.percent) == ([school.assessments[0]], Decimal("80.0"))
    held.grades_released_at = NOW
    school.session.flush()
    own = own_grades.of_learner(school.session, school.learners[0].id, slug)
    assert own is not None
    assert own.total.percent == Decimal("60.0")
    assert school.totals()[0] == Decimal("60.0")
    assert own_grades.of_learner(school.session, make_user(school.session).id, slug) is None


def test_a_cohort_is_a_filter(school: Class) -> None:
    cohort = make_cohort(school.session, school.course_id)
    made = make_course(school.session)
    learner = make_user(school.session, first_name="Dora")
    enrollment = make_enrollment(school.session, made.course, learner)
    enrollment.course_id, enrollment.cohort_id = school.course_id, cohort
    school.session.flush()
    assert [row.name.split()[0] for row in school.rows(cohort_id=cohort)] == ["Dora"]
    assert school.rows(cohort_id=cohort)[0].cohort == queries.cohorts_of(school.session, school.course_id)[cohort]


def test_the_number_of_queries_does_not_grow_with_learners(school: Class) -> None:
    for learner in range(3):
        for assessment in range(3):
            school.attempt(learner, assessment, 50)
    assert cost(school.session, lambda: queries.shown(school.session, school.book(), Filter())) <= 9


def test_a_file_goes_out_and_comes_back_unchanged(school: Class) -> None:
    school.attempt(0, 0, 87.25)
    school.set(1, 2, 64)
    excused = NewGrade(school.learners[2].id, school.assessments[1], "excused")
    service.set_grade(school.session, school.teacher, school.course_id, excused, "Ill.")
    book = school.book()
    data = b"".join(files.csv_chunks(book, queries.all_rows(school.session, book, Filter())))
    rows = files.read("grades.csv", data)
    assert rows[0] == ["Name", "E-mail", "Cohort", "Quiz", "Quiz (2)", "Exam", "Total"]
    assert b"'=Cleo Cmd" in data
    excel = io.BytesIO()
    files.write_excel(book, queries.all_rows(school.session, book, Filter()), excel)
    again = files.read("grades.xlsx", excel.getvalue())
    for found in (rows, again):
        planned = school.take(*found)
        assert (planned.changes, planned.unchanged) == ((), 3)
    assert load_workbook(io.BytesIO(excel.getvalue())).active.freeze_panes == "B2"


def test_no_cell_of_a_file_is_a_formula(school: Class) -> None:
    school.learners[0].first_name = "=1+1"
    school.session.flush()
    book = school.book()
    text = b"".join(files.csv_chunks(book, queries.all_rows(school.session, book, Filter()))).decode("utf-8-sig")
    assert all(not value.startswith("=") for row in csv.reader(io.StringIO(text)) for value in row)
    excel = io.BytesIO()
    files.write_excel(book, queries.all_rows(school.session, book, Filter()), excel)
    kinds = {cell.data_type for row in load_workbook(excel).active.iter_rows() for cell in row if cell.value}
    assert "f" not in kinds


def test_a_file_is_previewed_and_then_applied(school: Class) -> None:
    school.attempt(0, 0, 50)
    ada, bo = school.learners[0].email, school.learners[1].email
    rows = [["E-mail", "Quiz", "Exam"], [ada.upper(), "50", "88,5"], [bo, "", "excused"]]
    planned = school.take(*rows)
    assert [(one.learner.split()[0], one.assessment, one.before, one.after) for one in planned.changes] == [
        ("Ada", "Exam", "none", "88.5 %"),
        ("Bo", "Exam", "none", "excused"),
    ]
    assert planned.unchanged == 1
    done = importing.apply(
        school.session, school.teacher, school.course_id, rows, previewed=planned, reason="From the exam hall."
    )
    assert done == 2
    assert school.take(*rows).changes == ()
    school.set(0, 2, 10)
    with pytest.raises(ImportRefusedError, match="Look at the preview again"):
        importing.apply(school.session, school.teacher, school.course_id, rows, previewed=planned, reason="Again.")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["E-mail", "Quiz"]], "no learners"),
        ([["Quiz"], ["50"]], "no column “E-mail”"),
        ([["E-mail", "Quizz"], ["ADA", "50"]], "No assessment of this course is called “Quizz”"),
        ([["E-mail", "Quiz", "Quiz"], ["ADA", "50", "50"]], "stands there 2 times"),
        ([["E-mail", "Quiz"], ["nobody@example.org", "50"]], "Row 2: “nobody@example.org” is no learner"),
        ([["E-mail", "Quiz"], ["ADA", "50"], ["ADA", "60"]], "stands there twice"),
        ([["E-mail", "Quiz"], ["ADA", "101"]], "Row 2, “Quiz”: “101” is no grade between 0 and 100"),
        ([["E-mail", "Quiz"], ["ADA", "-1"]], "is no grade"),
        ([["E-mail", "Quiz"], ["ADA", "good"]], "is no grade"),
        ([["E-mail", "Quiz"], ["ADA", "NaN"]], "is no grade"),
        ([["E-mail", "Name"], ["ADA", "Ada"]], "no column of an assessment"),
    ],
)
def test_a_file_that_cannot_be_is_refused_whole(school: Class, rows: list[list[str]], said: str) -> None:
    ada, bo = school.learners[0].email, school.learners[1].email
    rows = [[ada if value == "ADA" else value for value in row] for row in rows]
    if len(rows) > 1:
        rows.append([bo if heading == "E-mail" else "70" if heading == "Quiz" else "" for heading in rows[0]])
    with pytest.raises(ImportRefusedError, match=said) as refused:
        school.take(*rows)
    assert str(refused.value).startswith("Nothing was imported.")


def test_files_that_are_none_are_refused_in_words() -> None:
    for name, data in (("a.csv", b"\xff\xfe\x00x"), ("a.xlsx", b"PK\x03\x04 nonsense"), ("a.xlsx", b"")):
        with pytest.raises(ImportRefusedError):
            files.read(name, data)
    workbook = Workbook()
    workbook.active.append(["E-mail", "Quiz"])
    workbook.active.append(["a@b.c", 0.1 + 0.2])
    excel = io.BytesIO()
    workbook.save(excel)
    assert files.read("A.XLSX", excel.getvalue())[1] == ["a@b.c", "0.3"]
    assert files.read("a.csv", b"E-mail;Quiz\na@b.c;5\n\n")[1] == ["a@b.c", "5"]
