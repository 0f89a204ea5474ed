"""Grading: what waits for my marks, one attempt at a time; and which results are still held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

import streamlit as st

from learncraft.assessments import desk, marks, reasons
from learncraft.assessments.code_shapes import CodeResponse
from learncraft.assessments.desk import GivenMark, Paper, PaperAnswer, Waiting
from learncraft.assessments.models import AttemptStatus
from learncraft.assessments.shapes import BlankResponse, RubricKey, TruthResponse, WrittenResponse
from learncraft.language import Spoken, _, noted, numbers
from pages.shared import frame, meanwhile, navigation, people, unsent, words
from pages.shared.addresses import uuid_of
from pages.shared.meanwhile import Opened
from pages.shared.render import plain, prose

viewer = people.viewer(*navigation.TEACHERS)
STATUS = {
    AttemptStatus.SUBMITTED: ("orange", "hourglass", noted("Waits")),
    AttemptStatus.GRADED: ("green", "check", noted("Graded")),
    AttemptStatus.COMPLETED: ("green", "check", noted("Completed")),
    AttemptStatus.TIMED_OUT: ("blue", "timer_off", noted("Closed at the deadline")),
}
FACTS = Spoken(
    {
        "opened": "Opened",
        "taken_over": "Taken over in another window or on another device",
        "focus_lost": "Left the page",
        "focus_back": "Came back",
        "fullscreen_entered": "Entered full screen",
        "fullscreen_left": "Left full screen",
        "pasted": "Pasted into an answer",
    }
)


def queue() -> None:
    """All assessments with something to do, the longest waiting first."""
    with frame.reading() as session:
        rows = desk.waiting(session, viewer)
    frame.head(_("Grading"), _("What waits for your marks, the longest waiting first."))
    if not rows:
        frame.empty(
            _("Nothing waits"), _("Answers that a machine can't grade appear here when they are handed in."), "task"
        )
    for row in rows:
        with st.container(border=True):
            one_assessment(row)


def one_assessment(row: Waiting) -> None:
    """One assessment of the queue, with the way to its papers and the release of held results."""
    st.markdown(f"**{plain(row.title)}**")
    facts = [plain(row.course), _("{attempts} to grade", attempts=words.counted(row.attempts, "attempt"))]
    if row.oldest is not None:
        facts.append(_("the oldest handed in {when}", when=words.when(row.oldest, viewer.time_zone)))
    if row.graders_needed > 1:
        facts.append(
            _("marked by {people} people, {without} without your mark", people=row.graders_needed, without=row.mine)
        )
    st.caption(" · ".join(facts))
    with st.container(horizontal=True):
        if st.button(_("Open"), key=f"open-{row.assessment_id}", icon=":material/rate_review:", type="primary"):
            st.query_params.from_dict({"assessment": str(row.assessment_id)})
            st.rerun()
        if row.is_held and st.button(
            _("Release results"), key=f"release-{row.assessment_id}", icon=":material/visibility:"
        ):
            with frame.action() as session:
                count = marks.release_grades(session, viewer, row.assessment_id)
            frame.notify(_("{results} shown to learners", results=words.counted(count, "result")))
            st.rerun()


def list_of_papers(assessment_id: UUID) -> None:
    """The attempts of an assessment; those that wait stand first."""
    with frame.reading() as session:
        total = desk.count_papers(session, viewer, assessment_id)
        rows = desk.papers(session, viewer, assessment_id, page=st.session_state.get("papers-page", 1))
    frame.head(_("Attempts"), _("Those that wait for marks stand first."))
    back(_("All assessments"), {})
    st.page_link(
        "pages/teach/accommodations.py",
        label=_("Extra time and attempts"),
        icon=":material/more_time:",
        query_params={"assessment": str(assessment_id)},
    )
    if not rows:
        frame.empty(_("No attempts"), _("Nobody has handed anything in, or the course is not yours."), "inbox")
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            facts = [
                f"**{plain(row.learner)}**",
                _("attempt {number}", number=row.attempt_number),
                words.when(row.submitted_at, viewer.time_zone) if row.submitted_at else "",
                "" if row.percent is None else words.percent(row.percent / 100),
                _("marked by you") if row.marked_by_me else "",
            ]
            color, icon, status = STATUS[row.status]
            st.markdown(f"{' · '.join(filter(None, facts))} :{color}-badge[:material/{icon}: {_(status)}]")
            if st.button(_("Open"), key=f"paper-{row.attempt_id}"):
                st.query_params.from_dict({"attempt": str(row.attempt_id)})
                st.rerun()
    if total > desk.PAGE_SIZE:
        st.pagination(-(-total // desk.PAGE_SIZE), key="papers-page")


def one_paper(attempt_id: UUID) -> None:
    """One attempt: what people mark first, then the rest, then what was seen."""
    with frame.reading() as session:
        paper: Paper = frame.require(desk.paper(session, viewer, attempt_id), what="attempt")
    typed = unsent.kept(viewer, f"{meanwhile.PLACE}mark-{attempt_id}-")
    facts = [_("Attempt {number}", number=paper.attempt_number)]
    if paper.percent is not None:
        facts.append(words.percent(paper.percent / 100))
    if paper.extra_seconds:
        facts.append(_("{minutes} of extra time", minutes=words.minutes(round(paper.extra_seconds / 60))))
    frame.head(f"{plain(paper.learner)}: {plain(paper.title)}", " · ".join(facts))
    back(_("All attempts"), {"assessment": str(paper.assessment_id)})
    for regrading in paper.regradings:
        st.info(
            _(
                "Graded anew {when}, from {before} to {points}: {reason}",
                when=words.when(regrading.graded_at, viewer.time_zone),
                before=numbers.plain_number(regrading.old_score),
                points=words.counted_points(regrading.new_score),
                reason=plain(regrading.reason),
            ),
            icon=":material/history:",
        )
    unsent.as_it_is_typed()
    for answer in sorted(paper.answers, key=lambda one: (one.is_graded, one.place)):
        with st.container(border=True):
            one_answer(paper, answer, typed)
            if answer.is_graded and not answer.is_for_people:
                st.page_link(
                    "pages/teach/fix_key.py",
                    label=_("Correct the key"),
                    icon=":material/key:",
                    query_params={"question": str(answer.question_id)},
                )
    if paper.is_proctored:
        what_was_seen(paper)


def one_answer(paper: Paper, answer: PaperAnswer, typed: Mapping[str, str]) -> None:
    """A question, what was answered, and the marks."""
    st.caption(f"{_('Question {number}', number=answer.place)} · {words.counted_points(answer.points)}")
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
        st.markdown(_("Answered: **{value}**", value=_("True") if response.value else _("False")))
    elif isinstance(response, CodeResponse):
        st.code(response.code, language="python", line_numbers=True)
    elif response is None or not answer.files:
        st.caption(_("No answer."))
    for file in answer.files:
        address = f"/attempts/{paper.attempt_id}/files/{file.id}/{quote(file.name)}"
        st.markdown(f":material/attach_file: [{plain(file.name)}]({address})")
    for given in answer.others:
        points = words.counted_points(given.points)
        st.caption(f"{_('{name} gave {points}.', name=plain(given.grader), points=points)} {plain(given.comment)}")
    if answer.is_graded:
        for paragraph in reasons.said(answer.reason).split("\n\n"):
            st.caption(plain(paragraph))
    elif isinstance(answer.key, RubricKey):
        marking_form(paper, answer, answer.key, typed)


def marking_form(paper: Paper, answer: PaperAnswer, key: RubricKey, typed: Mapping[str, str]) -> None:
    """The levels of the rubric, or points, and words for the learner; kept for the grader until they are saved."""
    mine: GivenMark | None = answer.mine
    name = f"mark-{paper.attempt_id}-{answer.question_id}"
    found = meanwhile.opened(viewer, name, mine, mark_as_typed(mine, key), field="comment", known=typed)
    with st.container(key=f"writing-{name}"):
        given = ask_mark(answer, key, found)
    if key.sample:
        with st.expander(_("A good answer")):
            st.markdown(key.sample)
    label = _("Save mark") if mine is None else _("Change my mark")
    saves = st.button(label, type="primary", key=f"save-{answer.question_id}")
    meanwhile.keep(found, given)
    if saves:
        with frame.action() as session:
            done = marks.give_mark(
                session,
                viewer,
                attempt_id=paper.attempt_id,
                question_id=answer.question_id,
                levels=given["levels"],
                points=None if given["points"] is None else Decimal(str(given["points"])),
                comment=given["comment"],
            )
            unsent.sent(session, viewer, found.place)
        frame.notify(_("The attempt has its result") if done else _("Your mark is kept"))
        meanwhile.anew(found)


def mark_as_typed(mine: GivenMark | None, key: RubricKey) -> dict[str, Any]:
    """A mark as its fields give it, in plain JSON."""
    return {
        "levels": dict(mine.levels) if mine and key.rubric else {},
        "points": float(mine.points) if mine and not key.rubric else None,
        "comment": mine.comment if mine else "",
    }


def ask_mark(answer: PaperAnswer, key: RubricKey, found: Opened[GivenMark | None]) -> dict[str, Any]:
    """The fields of a mark."""
    levels: dict[str, str] = {}
    points: float | None = None
    for criterion in key.rubric:
        ids = [level.id for level in criterion.levels]
        names = {level.id: f"{level.title} ({numbers.plain_number(level.points)})" for level in criterion.levels}
        before = found.typed["levels"].get(criterion.id)
        chosen = st.radio(
            criterion.title,
            ids,
            index=ids.index(before) if before in ids else None,
            format_func=names.__getitem__,
            key=found.key(f"level-{criterion.id}"),
            help=criterion.description or None,
        )
        if chosen is not None:
            levels[criterion.id] = chosen
    if not key.rubric:
        typed = found.typed["points"]
        points = st.number_input(
            _("Points, up to {most}", most=numbers.plain_number(answer.points)),
            0.0,
            float(answer.points),
            None if typed is None else min(typed, float(answer.points)),  # fewer than before, if they were corrected
            0.5,
            key=found.key("points"),
        )
    comment = st.text_area(_("Words for the learner"), found.typed["comment"], key=found.key("comment"), max_chars=5000)
    return {"levels": levels, "points": points, "comment": comment}


def what_was_seen(paper: Paper) -> None:
    """Facts of a proctored attempt, in their order; what they mean is for a person to say."""
    st.subheader(_("What was seen"), anchor=False)
    st.caption(_("Facts, no verdicts: a page is also left for a message of the system or a slipped finger."))
    if not paper.facts:
        st.markdown(_("Nothing was noted."))
        return
    away = sum((fact.away for fact in paper.facts if fact.away is not None), timedelta())
    left = sum(fact.kind == "focus_lost" for fact in paper.facts)
    st.markdown(
        _(
            "The page was left {times}, {seconds} seconds in all.",
            times=words.counted(left, "time"),
            seconds=numbers.number(round(away.total_seconds())),
        )
    )
    st.dataframe(
        [
            {
                _("When"): words.clock(fact.happened_at, viewer.time_zone),
                _("What"): FACTS.get(fact.kind, fact.kind),
                _("Away"): None if fact.away is None else f"{fact.away.total_seconds():.0f} s",
                _("Browser"): fact.device,
                _("Address"): fact.ip_address,
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
