"""A lesson: read, watch, answer, finish, go on."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.assessments import queries as assessments
from learncraft.assessments import service as attempts
from learncraft.assessments.models import AssessmentType
from learncraft.assessments.views import LessonAssessment
from learncraft.courses.blocks import QuizBlock
from learncraft.enrollment import queries, service
from learncraft.enrollment.models import ProgressStatus
from learncraft.enrollment.queries import OutlineLesson
from pages.shared import frame, people, render, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer()
lesson_id: UUID = frame.require(uuid_of(st.query_params.get("id")), what="lesson")
with frame.reading() as session:
    lesson = frame.require(queries.lesson_for(session, viewer, lesson_id), what="lesson")
    modules = queries.outline(session, viewer, lesson.course_id)
    quizzes = {quiz.id: quiz for quiz in assessments.assessments_of_lesson(session, viewer.id, lesson.id)}

order = [one for module in modules for one in module.lessons]
place = next((index for index, one in enumerate(order) if one.id == lesson.id), 0)
parts = render.parts(lesson.content)


def note_visit() -> None:
    """Tell once per visit, not at every rerun, that the lesson was opened."""
    if lesson.is_enrolled and st.session_state.get("_open_lesson") != lesson.id:
        with frame.action() as session:
            service.open_lesson(session, learner_id=viewer.id, lesson_id=lesson.id)
        st.session_state["_open_lesson"] = lesson.id


def current_part() -> int:
    """The part that the address names, else the one where the learner was. From 1."""
    asked = st.query_params.get("part", "")
    number = int(asked) if asked.isdigit() else lesson.part
    return min(max(number, 1), len(parts))


def go_to_part(number: int) -> None:
    """Show another part, and remember it as the place to continue at."""
    st.query_params["part"] = str(number)
    if lesson.is_enrolled:
        with frame.saving() as session:
            if session is not None:
                service.remember_part(session, learner_id=viewer.id, lesson_id=lesson.id, part=number, parts=len(parts))


def quiz_card(assessment_id: UUID) -> None:
    """What a quiz asks of the learner, and the way into it."""
    quiz = quizzes.get(assessment_id)
    if quiz is None or not quiz.questions:
        return
    with st.container(border=True):
        st.markdown(f":material/quiz: **{plain(quiz.title)}**")
        facts = [words.counted(quiz.questions, "question")]
        if quiz.assessment_type == AssessmentType.PRACTICE:
            facts.append("practice, doesn't count")
        else:
            facts.append(f"pass with {quiz.passing_score:.0f} %")
        if quiz.time_limit_minutes:
            facts.append(words.minutes(quiz.time_limit_minutes))
        if quiz.attempts_left is not None:
            facts.append(f"{words.counted(quiz.attempts_left, 'attempt')} left")
        st.caption(" · ".join(facts))
        if quiz.best_percent is not None:
            is_passed = quiz.best_percent >= quiz.passing_score
            st.badge(
                f"Best result: {quiz.best_percent:.0f} %{' · passed' if is_passed else ''}",
                icon=":material/check_circle:" if is_passed else ":material/replay:",
                color="green" if is_passed else "orange",
            )
        quiz_buttons(quiz)


def quiz_buttons(quiz: LessonAssessment) -> None:
    """Start, go on, or look back."""
    if not lesson.is_enrolled:
        st.caption("Enroll in the course to answer it.")
        return
    with st.container(horizontal=True):
        label = "Go on" if quiz.open_attempt_id else ("Start" if not quiz.attempts_used else "Try again")
        may_start = quiz.open_attempt_id is not None or quiz.attempts_left is None or quiz.attempts_left > 0
        if may_start and st.button(label, key=f"start-{quiz.id}", type="primary", icon=":material/edit:"):
            with frame.action() as session:
                attempt = attempts.start_attempt(session, learner_id=viewer.id, assessment_id=quiz.id)
            st.switch_page("pages/learn/assessment.py", query_params={"attempt": str(attempt)})
        if quiz.last_attempt_id is not None:
            st.page_link(
                "pages/learn/assessment.py",
                label="Last result",
                icon=":material/fact_check:",
                query_params={"attempt": str(quiz.last_attempt_id)},
            )


def finish() -> None:
    """The end of the lesson: say that it is finished, and go on."""
    following: OutlineLesson | None = order[place + 1] if place + 1 < len(order) else None
    with st.container(horizontal=True, vertical_alignment="center"):
        if lesson.is_enrolled and lesson.status != ProgressStatus.COMPLETED:
            if st.button("Finish lesson", type="primary", icon=":material/check:", key="finish"):
                with frame.action("Lesson finished") as session:
                    service.complete_lesson(session, learner_id=viewer.id, lesson_id=lesson.id)
                st.rerun()
        elif lesson.status == ProgressStatus.COMPLETED:
            st.badge("Finished", icon=":material/check_circle:", color="green")
        if following is not None:
            st.page_link(
                "pages/learn/lesson.py",
                label=f"Next: {plain(following.title)}",
                icon=":material/arrow_forward:",
                query_params={"id": str(following.id)},
            )
        else:
            st.page_link(
                "pages/learn/course.py",
                label="Back to the course",
                icon=":material/toc:",
                query_params={"course": lesson.course_slug},
            )


def outline() -> None:
    """The course beside the lesson; only the current module is unfolded."""
    with st.sidebar:
        st.page_link(
            "pages/learn/course.py",
            label=f"**{plain(lesson.course_title)}**",
            icon=":material/toc:",
            query_params={"course": lesson.course_slug},
        )
        done = sum(module.completed for module in modules)
        st.progress(done / len(order) if order else 0.0, text=f"{done} of {words.counted(len(order), 'lesson')}")
        for module in modules:
            is_here = any(one.id == lesson.id for one in module.lessons)
            if not is_here:
                first = module.lessons[0].id if module.lessons else lesson.id
                st.page_link(
                    "pages/learn/lesson.py",
                    label=f"{plain(module.title)} · {module.completed} of {len(module.lessons)}",
                    icon=":material/folder:",
                    query_params={"id": str(first)},
                )
                continue
            st.markdown(f":material/folder_open: **{plain(module.title)}**")
            for one in module.lessons:
                is_done = one.status == ProgressStatus.COMPLETED
                st.page_link(
                    "pages/learn/lesson.py",
                    label=f"**{plain(one.title)}**" if one.id == lesson.id else plain(one.title),
                    icon=":material/check_circle:" if is_done else ":material/radio_button_unchecked:",
                    query_params={"id": str(one.id)},
                )


note_visit()
outline()
frame.show_kept_error()
frame.head(plain(lesson.title), f"{plain(lesson.module_title)} · {words.minutes(lesson.duration_minutes)}")
number = current_part()
title, blocks = parts[number - 1]
if len(parts) > 1:
    st.caption(f"Part {number} of {len(parts)}")
if title:
    st.subheader(plain(title), anchor=False)
if lesson.learning_objectives and number == 1:
    st.markdown("After this lesson you can\n" + "\n".join(f"- {plain(line)}" for line in lesson.learning_objectives))
for one in blocks:
    if isinstance(one, QuizBlock):
        quiz_card(one.assessment_id)
    else:
        render.block(one, lesson)

st.space("medium")
if len(parts) > 1:
    with st.container(horizontal=True):
        if number > 1:
            st.button(
                "Previous part", icon=":material/arrow_back:", on_click=go_to_part, args=(number - 1,), key="back"
            )
        if number < len(parts):
            st.button(
                "Next part",
                icon=":material/arrow_forward:",
                icon_position="right",
                type="primary",
                on_click=go_to_part,
                args=(number + 1,),
                key="next",
            )
if number == len(parts):
    finish()
