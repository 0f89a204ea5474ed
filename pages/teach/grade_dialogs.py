"""The gradebook's questions: which grade, and why; which file, and what it would change."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pandas as pd
import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.gradebook import files, importing, queries, service
from learncraft.assessments.gradebook.queries import Book, Cell, Kind, Row
from learncraft.assessments.gradebook.service import NewGrade
from learncraft.errors import LearnCraftError
from learncraft.language import Spoken, _, numbers
from pages.shared import frame, words
from pages.shared.render import plain

KINDS = Spoken[Kind]({"percent": "This grade", "excused": "Excused", "withdrawn": "As the attempts say"})
EXPLAINED = Spoken[Kind](
    {
        "percent": "It counts instead of what the attempts earned.",
        "excused": "The assessment counts nowhere for this learner.",
        "withdrawn": "What was set by hand no longer counts.",
    }
)


def set_grade(
    viewer: Viewer,
    book: Book,
    rows: Sequence[Row],
    learner_id: UUID | None = None,
    assessment_id: UUID | None = None,
) -> None:
    """Ask for a grade of one learner in one assessment; who and where may be chosen before."""
    st.dialog(_("Set a grade"), width="medium")(_set_grade)(viewer, book, rows, learner_id, assessment_id)


def _set_grade(
    viewer: Viewer,
    book: Book,
    rows: Sequence[Row],
    learner_id: UUID | None = None,
    assessment_id: UUID | None = None,
) -> None:
    """One learner, one assessment, one grade, and the reason that the learner will read."""
    learners = {row.learner_id: row for row in rows}
    columns = {column.id: column for column in book.columns}
    ids, assessments = list(learners), list(columns)
    learner = st.selectbox(
        _("Learner"),
        ids,
        index=ids.index(learner_id) if learner_id in learners else 0,
        format_func=lambda key: f"{learners[key].name} ({learners[key].email})",
        key=f"grade-learner-{learner_id}-{assessment_id}",
    )
    assessment = st.selectbox(
        _("Assessment"),
        assessments,
        index=assessments.index(assessment_id) if assessment_id in columns else 0,
        format_func=lambda key: columns[key].heading,
        key=f"grade-assessment-{learner_id}-{assessment_id}",
    )
    cell = learners[learner].cells.get(assessment) or Cell()
    _now(viewer, cell, learner, assessment)
    kinds = [kind for kind in KINDS if kind != "withdrawn" or cell.is_by_hand]
    kind = st.radio(_("Grade"), kinds, format_func=KINDS.__getitem__, horizontal=True, key="grade-kind")
    st.caption(EXPLAINED[kind])
    percent = None
    if kind == "percent":
        counted = cell.grade.percent
        percent = st.number_input(
            _("Percent"),
            min_value=0.0,
            max_value=100.0,
            value=float(counted) if counted is not None else None,
            step=0.5,
            format="%.2f",
            key=f"grade-percent-{learner}-{assessment}",
            width=180,
        )
    reason = st.text_area(
        _("Reason"), key="grade-reason", max_chars=service.LONGEST_REASON, help=_("The learner reads it.")
    )
    if st.button(_("Set the grade"), type="primary", icon=":material/check:", key="grade-save"):
        grade = NewGrade(learner, assessment, kind, None if percent is None else Decimal(str(percent)))
        with frame.action(_("The grade is set")) as session:
            service.set_grade(session, viewer, book.course_id, grade, reason)
        st.rerun()


def _now(viewer: Viewer, cell: Cell, learner: UUID, assessment: UUID) -> None:
    """What counts now, and how it came to that."""
    earned = _("none") if cell.grade.earned is None else f"{numbers.plain_number(cell.grade.earned)} %"
    st.caption(_("From {attempts}: {earned}.", attempts=words.counted(cell.attempts, "graded attempt"), earned=earned))
    with frame.reading() as session:
        history = queries.history_of(session, learner, assessment)
    for change in history[:10]:
        what = KINDS[change.kind] if change.percent is None else f"{numbers.plain_number(change.percent)} %"
        st.caption(
            f":material/history: {what}: {plain(change.reason)} "
            f"({plain(change.given_by)}, {words.when(change.created_at, viewer.time_zone)})"
        )


def bring_in(viewer: Viewer, book: Book) -> None:
    """Ask for a file of grades."""
    st.dialog(_("Import grades"), width="large", icon=":material/upload_file:")(_bring_in)(viewer, book)


def _bring_in(viewer: Viewer, book: Book) -> None:
    """A file, what it would change, and only then the change."""
    st.markdown(
        _(
            "A CSV or Excel file with a column **{email}** and a column for each assessment, as the export names "
            "them. A cell holds a grade from 0 to 100, or “{excused}”; an empty one changes nothing.",
            email=files.EMAIL,
            excused=files.EXCUSED,
        )
    )
    given = st.file_uploader(_("File"), type=["csv", "xlsx"], key="grade-file", max_upload_size=10)
    if given is None:
        return
    try:
        rows = files.read(given.name, given.getvalue())
        with frame.reading() as session:
            planned = importing.plan(session, viewer, book.course_id, rows)
    except LearnCraftError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not planned.changes:
        st.info(_("Every grade of the file stands already; there is nothing to change."), icon=":material/done_all:")
        return
    st.markdown(
        _(
            "**{grades} of {learners} change**, {unchanged} stay.",
            grades=words.counted(len(planned.changes), "grade"),
            learners=words.counted(planned.learners, "learner"),
            unchanged=numbers.number(planned.unchanged),
        )
    )
    st.dataframe(
        pd.DataFrame(
            [(one.learner, one.assessment, one.before, one.after) for one in planned.changes],
            columns=[_("Learner"), _("Assessment"), _("Now"), _("Then")],
        ),
        hide_index=True,
        height=min(38 + 35 * len(planned.changes), 320),
        key="grade-preview",
        alt=_("The grades that the file changes"),
    )
    reason = st.text_input(
        _("Reason"), _("Imported from {name}", name=given.name), key="grade-file-reason", max_chars=300
    )
    if st.button(_("Set these grades"), type="primary", icon=":material/check:", key="grade-file-save"):
        with frame.action(_("The grades are set")) as session:
            importing.apply(session, viewer, book.course_id, rows, previewed=planned, reason=reason)
        st.rerun()
