"""The assessment editor: what is asked, by which rules, and when learners see it. Everything typed is in a draft."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.assessments import checking, code_running, draft_questions, drafting, pools, publishing, teaching
from learncraft.assessments.checking import Problem
from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.drafting import OpenDraft
from learncraft.assessments.models import AssessmentType
from learncraft.errors import UnavailableError
from learncraft.sandbox import current as sandbox
from pages.shared import frame, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain
from pages.teach.assessment_editor import from_banks, keeping, questions, settings, trying

viewer = people.viewer(*navigation.TEACHERS)
PARTS = {"questions": "Questions", "bank": "From the bank", "settings": "Settings", "try": "Try it"}


def all_of_mine() -> None:
    """Without an address: what there is, and the way to a new one."""
    frame.head("Assessments", "Quizzes, exams and assignments of your courses. Learners see what is published.")
    with frame.reading() as session:
        lesson_id = uuid_of(st.query_params.get("lesson"))
        lessons = teaching.lessons_of(session, viewer)
        rows = teaching.assessments_of(session, viewer, search=st.session_state.get("assessments-q", ""))
    if not lessons:
        frame.empty("No lesson yet", "An assessment belongs to a lesson. Make a course first.", "co_present")
        return
    with st.popover("New assessment", icon=":material/add:", type="primary", key="new-assessment"):
        new(lessons, lesson_id)
    st.text_input("Search", key="assessments-q", icon=":material/search:", live=True, width=360)
    if not rows:
        frame.empty("None found", "Make one, or search for other words.", "quiz")
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            state = "" if row.is_published else " :gray-badge[:material/edit: Not published]"
            drafted = " :blue-badge[:material/edit_note: Unpublished changes]" if row.has_changes else ""
            st.markdown(f"**{plain(row.title)}**{state}{drafted}  \n:small[{plain(row.course)} · {plain(row.lesson)}]")
            if st.button("Open", icon=":material/edit:", key=f"open-{row.id}"):  # a link to the same page leads nowhere
                st.query_params.from_dict({"id": str(row.id)})
                st.rerun()


def new(lessons: dict[UUID, str], lesson_id: UUID | None) -> None:
    """Title, kind and place of a new assessment."""
    names = [*lessons]
    chosen = st.selectbox(
        "Lesson",
        names,
        names.index(lesson_id) if lesson_id in lessons else 0,
        format_func=lessons.__getitem__,
        key="new-lesson",
    )
    kind = st.selectbox("Kind", list(settings.TYPES), format_func=settings.TYPES.__getitem__, key="new-type")
    title = st.text_input("Title", key="new-title", max_chars=500)
    if st.button("Make it", type="primary", key="new-make"):
        with frame.action("Write the first question") as session:
            made = drafting.create(
                session,
                viewer,
                lesson_id=chosen,
                title=title or "",
                assessment_type=kind or AssessmentType.QUIZ,
            )
        st.query_params.from_dict({"id": str(made)})
        st.rerun()


def one(found: OpenDraft, problems: list[Problem]) -> None:
    """One assessment: its state, what keeps it from being published, and the part that is open."""
    title = found.document.settings.title.strip() or "No title yet"
    frame.head(plain(title), f"{plain(found.course)} · {plain(found.lesson)}")
    keeping.as_it_is_typed()
    state(found, problems)
    part = st.segmented_control(
        "Part",
        list(PARTS),
        default="questions",
        format_func=PARTS.__getitem__,
        key="part",
        label_visibility="collapsed",
        required=True,
        bind="query-params",
    )
    if part == "settings":
        settings.show(viewer, found)
    elif part == "bank":
        from_banks.show(viewer, found)
    elif part == "try":
        trying.show(viewer, found)
    else:
        questions.show(viewer, found, problems)


def state(found: OpenDraft, problems: list[Problem]) -> None:
    """Whether learners see it, and the ways to change that."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.is_published:
            st.badge("Published", icon=":material/public:", color="green")
        else:
            st.badge("Not published", icon=":material/edit:", color="gray")
        if found.has_changes and found.edited_at is not None:
            by = "" if found.edited_by == viewer.full_name else f" by {plain(found.edited_by)}"
            st.caption(f"Draft kept {words.when(found.edited_at, viewer.time_zone)}{by}")
        if found.has_changes or not found.is_published:
            if st.button("Publish", type="primary", icon=":material/public:", key="publish", disabled=bool(problems)):
                publish(found)
        else:
            st.caption("Learners have what you see here.")
        if found.has_changes and found.is_published:
            with st.popover("Discard changes", icon=":material/undo:", key="discard"):
                st.markdown("What isn't published is forgotten. Learners notice nothing.")
                if st.button("Forget my changes", key="discard-sure"):
                    with frame.action("Back to what is published") as session:
                        drafting.discard(session, viewer, found.id)
                    st.rerun()
        if found.is_published and st.button("Unpublish", key="unpublish", type="tertiary"):
            with frame.action("Learners don't see it any more") as session:
                publishing.unpublish(session, viewer, found.id)
            st.rerun()
    if problems:
        with st.expander(
            f"{words.counted(len(problems), 'thing')} to mend before publishing", icon=":material/checklist:"
        ):
            for problem in problems:
                where = f"Question {problem.place}: " if problem.place else ""
                st.markdown(f"- {where}{plain(problem.sentence)}")


def publish(found: OpenDraft) -> None:
    """First run each solution: points that the author's own program can't reach, nobody can."""
    if failed := failing_solutions(found):
        st.error("It is not published. " + " ".join(failed), icon=":material/error:")
        return
    with frame.action() as session:
        done = publishing.publish(session, viewer, found.id)
    said = [
        f"{words.counted(number, noun)}"
        for number, noun in (
            (done.added, "new question"),
            (done.new_versions, "new version"),
            (done.removed, "removed question"),
        )
        if number
    ]
    frame.notify("Published" + (f": {', '.join(said)}" if said else ""))
    for name in [name for name in st.session_state if str(name).startswith(("seen-", "loaded-", "settings-"))]:
        del st.session_state[name]
    st.rerun()


def failing_solutions(found: OpenDraft) -> list[str]:
    """The tests that the author's own solutions fail, each as a sentence."""
    failed = []
    for place, question in enumerate(found.document.questions, 1):
        made, _ = draft_questions.ready(question)
        if made is None or not isinstance(made.key, CodeKey):
            continue
        if not made.key.solution.strip():
            failed.append(f"Question {place} has no solution, so nobody knows whether its tests can be passed.")
            continue
        try:
            with st.spinner(f"Running the solution of question {place}…"):
                sentences = code_running.check_solution(sandbox.current(), made.key, who=viewer.id)
        except UnavailableError as error:
            return [str(error)]
        failed += [f"Question {place}: the solution fails {sentence}" for sentence in sentences]
    return failed


assessment_id = uuid_of(st.query_params.get("id"))
if assessment_id is None and "id" not in st.query_params:
    all_of_mine()
else:
    with frame.reading() as session:
        draft = frame.require(
            drafting.open_draft(session, viewer, assessment_id) if assessment_id else None, what="assessment"
        )
        todo = checking.problems_of(draft.document, pools.pools_of(session, draft.document.draws))
    one(draft, todo)
