"""Grading: what waits for my marks, one attempt at a time; and which results are still held."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote
from uuid import UUID

import streamlit as st

from learncraft.assessments import desk, marking, marks, reasons
from learncraft.assessments.code_shapes import CodeResponse
from learncraft.assessments.desk import GivenMark, Paper, PaperAnswer, Waiting
from learncraft.assessments.models import AttemptStatus
from learncraft.assessments.shapes import BlankResponse, RubricKey, TruthResponse, WrittenResponse
from pages.shared import frame, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain, prose

viewer = people.viewer(*navigation.TEACHERS)
STATUS = {
    AttemptStatus.SUBMITTED: ":orange-badge[:material/hourglass: Waits]",
    AttemptStatus.GRADED: ":green-badge[:material/check: Graded]",
    AttemptStatus.COMPLETED: ":green-badge[:material/check: Completed]",
    AttemptStatus.TIMED_OUT: ":blue-badge[:material/timer_off: Closed at the deadline]",
}
FACTS = {
    "opened": "Opened",
    "taken_over": "Taken over in another window or on another device",
    "focus_lost": "Left the page",
    "focus_back": "Came back",
    "fullscreen_entered": "Entered full screen",
    "fullscreen_left": "Left full screen",
    "pasted": "Pasted into an answer",
}


def queue() -> None:
    """All assessments with something to do, the longest waiting first."""
    with frame.reading() as session:
        rows = desk.waiting(session, viewer)
    frame.head("Grading", "What waits for your marks, the longest waiting first.")
    if not rows:
        frame.empty("Nothing waits", "Answers that a machine can't grade appear here when they are handed in.", "task")
    for row in rows:
        with st.container(border=True):
            one_assessment(row)


def one_assessment(row: Waiting) -> None:
    """One assessment of the queue, with the way to its papers and the release of held results."""
    st.markdown(f"**{plain(row.title)}**")
    facts = [plain(row.course), words.counted(row.attempts, "attempt") + " to grade"]
    if row.oldest is not None:
        facts.append(f"the oldest handed in {words.when(row.oldest, viewer.time_zone)}")
    if row.graders_needed > 1:
        facts.append(f"marked by {row.graders_needed} people, {row.mine} without your mark")
    st.caption(" · ".join(facts))
    with st.container(horizontal=True):
        if st.button("Open", key=f"open-{row.assessment_id}", icon=":material/rate_review:", type="primary"):
            st.query_params.from_dict({"assessment": str(row.assessment_id)})
            st.rerun()
        if row.is_held and st.button(
            "Release results", key=f"release-{row.assessment_id}", icon=":material/visibility:"
        ):
            with frame.action() as session:
                count = marks.release_grades(session, viewer, row.assessment_id)
            frame.notify(f"{words.counted(count, 'result')} shown to learners")
            st.rerun()


def list_of_papers(assessment_id: UUID) -> None:
    """The attempts of an assessment; those that wait stand first."""
    with frame.reading() as session:
        total = desk.count_papers(session, viewer, assessment_id)
        rows = desk.papers(session, viewer, assessment_id, page=st.session_state.get("papers-page", 1))
    frame.head("Attempts", "Those that wait for marks stand first.")
    back("All assessments", {})
    st.page_link(
        "pages/teach/accommodations.py",
        label="Extra time and attempts",
        icon=":material/more_time:",
        query_params={"assessment": str(assessment_id)},
    )
    if not rows:
        frame.empty("No attempts", "Nobody has handed anything in, or the course is not yours.", "inbox")
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            result = f" · {row.percent:.0f} %" if row.percent is not None else ""
            marked = " · marked by you" if row.marked_by_me else ""
            when = words.when(row.submitted_at, viewer.time_zone) if row.submitted_at else ""
            st.markdown(
                f"**{plain(row.learner)}** · attempt {row.attempt_number} · {when}{result}{marked} {STATUS[row.status]}"
            )
            if st.button("Open", key=f"paper-{row.attempt_id}"):
                st.query_params.from_dict({"attempt": str(row.attempt_id)})
                st.rerun()
    if total > desk.PAGE_SIZE:
        st.pagination(-(-total // desk.PAGE_SIZE), key="papers-page")


def one_paper(attempt_id: UUID) -> None:
    """One attempt: what people mark first, then the rest, then what was seen."""
    with frame.reading() as session:
        paper: Paper = frame.require(desk.paper(session, viewer, attempt_id), what="attempt")
    result = "" if paper.percent is None else f" · {paper.percent:.0f} %"
    extra = f" · {words.minutes(round(paper.extra_seconds / 60))} of extra time" if paper.extra_seconds else ""
    frame.head(f"{plain(paper.learner)}: {plain(paper.title)}", f"Attempt {paper.attempt_number}{result}{extra}")
    back("All attempts", {"assessment": str(paper.assessment_id)})
    for regrading in paper.regradings:
        st.info(
            f"Graded anew {words.when(regrading.graded_at, viewer.time_zone)}, from "
            f"{marking.plain(regrading.old_score)} to {words.counted_points(regrading.new_score)}: "
            f"{plain(regrading.reason)}",
            icon=":material/history:",
        )
    for answer in sorted(paper.answers, key=lambda one: (one.is_graded, one.place)):
        with st.container(border=True):
            one_answer(paper, answer)
    if paper.is_proctored:
        what_was_seen(paper)


def one_answer(paper: Paper, answer: PaperAnswer) -> None:
    """A question, what was answered, and the marks."""
    st.caption(f"Question {answer.place} · {words.counted_points(answer.points)}")
    if answer.content_format == "html":
        prose(answer.content)
    else:
        st.markdown(answer.content)
    response = answer.response
    if isinstance(response, WrittenResponse | BlankResponse) and response.text.strip():
        with st.container(border=True):
            st.text(response.text)
    elif answer.chosen:
        st.markdown("\n".join(f"- {text}" for text in answer.chosen))
    elif isinstance(response, TruthResponse):
        st.markdown(f"Answered: **{response.value}**")
    elif isinstance(response, CodeResponse):
        st.code(response.code, language="python", line_numbers=True)
    elif response is None or not answer.files:
        st.caption("No answer.")
    for file in answer.files:
        address = f"/attempts/{paper.attempt_id}/files/{file.id}/{quote(file.name)}"
        st.markdown(f":material/attach_file: [{plain(file.name)}]({address})")
    for given in answer.others:
        st.caption(f"{plain(given.grader)} gave {words.counted_points(given.points)}. {plain(given.comment)}")
    if answer.is_graded:
        for paragraph in reasons.said(answer.reason).split("\n\n"):
            st.caption(plain(paragraph))
    elif isinstance(answer.key, RubricKey):
        marking_form(paper, answer, answer.key)


def marking_form(paper: Paper, answer: PaperAnswer, key: RubricKey) -> None:
    """The levels of the rubric, or points, and words for the learner."""
    mine: GivenMark | None = answer.mine
    with st.form(f"mark-{answer.question_id}", border=False):
        levels: dict[str, str] = {}
        points: float | None = None
        for criterion in key.rubric:
            ids = [level.id for level in criterion.levels]
            names = {level.id: f"{level.title} ({marking.plain(level.points)})" for level in criterion.levels}
            before = mine.levels.get(criterion.id) if mine else None
            chosen = st.radio(
                criterion.title,
                ids,
                index=ids.index(before) if before in ids else None,
                format_func=names.__getitem__,
                key=f"level-{answer.question_id}-{criterion.id}",
                help=criterion.description or None,
            )
            if chosen is not None:
                levels[criterion.id] = chosen
        if not key.rubric:
            points = st.number_input(
                f"Points, up to {marking.plain(answer.points)}",
                0.0,
                float(answer.points),
                float(mine.points) if mine else None,
                0.5,
                key=f"points-{answer.question_id}",
            )
        comment = st.text_area(
            "Words for the learner", mine.comment if mine else "", key=f"comment-{answer.question_id}", max_chars=5000
        )
        if key.sample:
            with st.expander("A good answer"):
                st.markdown(key.sample)
        if st.form_submit_button("Save mark" if mine is None else "Change my mark", type="primary"):
            with frame.action() as session:
                done = marks.give_mark(
                    session,
                    viewer,
                    attempt_id=paper.attempt_id,
                    question_id=answer.question_id,
                    levels=levels,
                    points=None if points is None else Decimal(str(points)),
                    comment=comment,
                )
            frame.notify("The attempt has its result" if done else "Your mark is kept")
            st.rerun()


def what_was_seen(paper: Paper) -> None:
    """Facts of a proctored attempt, in their order; what they mean is for a person to say."""
    st.subheader("What was seen", anchor=False)
    st.caption("Facts, no verdicts: a page is also left for a message of the system or a slipped finger.")
    if not paper.facts:
        st.markdown("Nothing was noted.")
        return
    away = sum((fact.away for fact in paper.facts if fact.away is not None), timedelta())
    left = sum(fact.kind == "focus_lost" for fact in paper.facts)
    st.markdown(f"The page was left {words.counted(left, 'time')}, {round(away.total_seconds())} seconds in all.")
    st.dataframe(
        [
            {
                "When": words.clock(fact.happened_at, viewer.time_zone),
                "What": FACTS.get(fact.kind, fact.kind),
                "Away": None if fact.away is None else f"{fact.away.total_seconds():.0f} s",
                "Browser": fact.device,
                "Address": fact.ip_address,
            }
            for fact in paper.facts
        ],
        hide_index=True,
        width="stretch",
    )


def back(label: str, query: dict[str, str]) -> None:
    """One step back in the queue."""
    st.page_link("pages/teach/grading.py", label=label, icon=":material/arrow_back:", query_params=query)


attempt_id = uuid_of(st.query_params.get("attempt"))
assessment_id = uuid_of(st.query_params.get("assessment"))
if attempt_id is not None:
    one_paper(attempt_id)
elif assessment_id is not None:
    list_of_papers(assessment_id)
else:
    queue()
