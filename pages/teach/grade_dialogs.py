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
from pages.shared import frame, words
from pages.shared.render import plain

KINDS: dict[Kind, str] = {"percent": "This grade", "excused": "Excused", "withdrawn": "As the attempts say"}
EXPLAINED: dict[Kind, str] = {
    "percent": "It counts instead of what the attempts earned.",
    "excused": "The assessment counts nowhere for this learner.",
    "withdrawn": "What was set by hand no longer counts.",
}


@st.dialog("Set a grade", width="medium")
def set_grade(
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
        "Learner",
        ids,
        index=ids.index(learner_id) if learner_id in learners else 0,
        format_func=lambda key: f"{learners[key].name} ({learners[key].email})",
        key=f"grade-learner-{learner_id}-{assessment_id}",
    )
    assessment = st.selectbox(
        "Assessment",
        assessments,
        index=assessments.index(assessment_id) if assessment_id in columns else 0,
        format_func=lambda key: columns[key].heading,
        key=f"grade-assessment-{learner_id}-{assessment_id}",
    )
    cell = learners[learner].cells.get(assessment) or Cell()
    _now(viewer, cell, learner, assessment)
    kinds = [kind for kind in KINDS if kind != "withdrawn" or cell.is_by_hand]
    kind = st.radio("Grade", kinds, format_func=KINDS.__getitem__, horizontal=True, key="grade-kind")
    st.caption(EXPLAINED[kind])
    percent = None
    if kind == "percent":
        counted = cell.grade.percent
        percent = st.number_input(
            "Percent",
            min_value=0.0,
            max_value=100.0,
            value=float(counted) if counted is not None else None,
            step=0.5,
            format="%.2f",
            key=f"grade-percent-{learner}-{assessment}",
            width=180,
        )
    reason = st.text_area("Reason", key="grade-reason", max_chars=service.LONGEST_REASON, help="The learner reads it.")
    if st.button("Set the grade", type="primary", icon=":material/check:", key="grade-save"):
        grade = NewGrade(learner, assessment, kind, None if percent is None else Decimal(str(percent)))
        with frame.action("The grade is set") as session:
            service.set_grade(session, viewer, book.course_id, grade, reason)
        st.rerun()


def _now(viewer: Viewer, cell: Cell, learner: UUID, assessment: UUID) -> None:
    """What counts now, and how it came to that."""
    earned = "none" if cell.grade.earned is None else f"{cell.grade.earned.normalize():f} %"
    st.caption(f"From {words.counted(cell.attempts, 'graded attempt')}: {earned}.")
    with frame.reading() as session:
        history = queries.history_of(session, learner, assessment)
    for change in history[:10]:
        what = KINDS[change.kind] if change.percent is None else f"{change.percent.normalize():f} %"
        st.caption(
            f":material/history: {what}: {plain(change.reason)} "
            f"({plain(change.given_by)}, {words.when(change.created_at, viewer.time_zone)})"
        )


@st.dialog("Import grades", width="large", icon=":material/upload_file:")
def bring_in(viewer: Viewer, book: Book) -> None:
    """A file, what it would change, and only then the change."""
    st.markdown(
        f"A CSV or Excel file with a column **{files.EMAIL}** and a column for each assessment, as the export names "
        f"them. A cell holds a grade from 0 to 100, or “{files.EXCUSED}”; an empty one changes nothing."
    )
    given = st.file_uploader("File", type=["csv", "xlsx"], key="grade-file", max_upload_size=10)
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
        st.info("Every grade of the file stands already; there is nothing to change.", icon=":material/done_all:")
        return
    st.markdown(
        f"**{words.counted(len(planned.changes), 'grade')} of {words.counted(planned.learners, 'learner')} change**, "
        f"{planned.unchanged} stay."
    )
    st.dataframe(
        pd.DataFrame(
            [(one.learner, one.assessment, one.before, one.after) for one in planned.changes],
            columns=["Learner", "Assessment", "Now", "Then"],
        ),
        hide_index=True,
        height=min(38 + 35 * len(planned.changes), 320),
        key="grade-preview",
        alt="The grades that the file changes",
    )
    reason = st.text_input("Reason", f"Imported from {given.name}", key="grade-file-reason", max_chars=300)
    if st.button("Set these grades", type="primary", icon=":material/check:", key="grade-file-save"):
        with frame.action("The grades are set") as session:
            importing.apply(session, viewer, book.course_id, rows, previewed=planned, reason=reason)
        st.rerun()
