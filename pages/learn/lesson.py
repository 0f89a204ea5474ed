"""A lesson: read, watch, answer, finish, go on."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.assessments import queries as assessments
from learncraft.assessments import service as attempts
from learncraft.assessments.views import LessonAssessment
from learncraft.courses.blocks import Block, EmbedBlock, LabBlock, QuizBlock, VideoBlock
from learncraft.enrollment import bookmarks, queries, service
from learncraft.enrollment.models import ProgressStatus
from learncraft.enrollment.queries import OutlineLesson
from learncraft.labs import queries as labs
from learncraft.language import _
from learncraft.tutor import chats, hints, suggesting, variants
from pages.learn import beside_text, lesson_body, lesson_media, retold
from pages.shared import conversation, frame, people, render, words
from pages.shared.addresses import uuid_of
from pages.shared.conversation import Wanted
from pages.shared.render import plain

viewer = people.viewer()
lesson_id: UUID = frame.require(uuid_of(st.query_params.get("id")), what="lesson")
# A link from lesson to lesson leaves the browser's address as it was, and the next click would come from there.
st.query_params["id"] = str(lesson_id)
with frame.reading() as session:
    lesson = frame.require(queries.lesson_for(session, viewer, lesson_id), what="lesson")
    modules = queries.outline(session, viewer, lesson.course_id)
    quizzes = {quiz.id: quiz for quiz in assessments.assessments_of_lesson(session, viewer.id, lesson.id)}
    marks = bookmarks.of_lesson(session, viewer, lesson.id) if lesson.videos else []
    state = queries.lesson_state(session, viewer, lesson)
    tellings = variants.published(session, viewer.id, lesson.id)
    asks_lab = any(isinstance(one, LabBlock) for one in lesson.content.blocks)
    lab = labs.of_lesson(session, lesson.id) if asks_lab else None

order = [one for module in modules for one in module.lessons]
place = next((index for index, one in enumerate(order) if one.id == lesson.id), 0)
parts = render.parts(retold.content(lesson, tellings))


def cited_block() -> Block | None:
    """What a citation leads to: the block that the address names, or the video whose second it names."""
    name, second = st.query_params.get("block"), st.query_params.get("t")
    blocks = [one for _, blocks in parts for one in blocks]
    if name:
        return next((one for one in blocks if str(one.id) == name), None)
    return next((one for one in blocks if isinstance(one, VideoBlock)), None) if second else None


cited = cited_block()


def note_visit() -> None:
    """Tell once per visit, not at every rerun, that the lesson was opened."""
    if lesson.is_enrolled and st.session_state.get("_open_lesson") != lesson.id:
        with frame.action() as session:
            service.open_lesson(session, learner_id=viewer.id, lesson_id=lesson.id)
        st.session_state["_open_lesson"] = lesson.id


def current_part() -> int:
    """The part that the address names, or that has the block that it names, else where the learner was. From 1."""
    asked = st.query_params.get("part", "")
    if not asked and cited is not None:
        return next(number for number, (_, blocks) in enumerate(parts, 1) if cited in blocks)
    number = int(asked) if asked.isdigit() else lesson.part
    return min(max(number, 1), len(parts))


def go_to_part(number: int) -> None:
    """Show another part, and remember it as the place to continue at."""
    for name in ("block", "t", "note"):
        st.query_params.pop(name, None)
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
        lesson_body.quiz_facts(quiz, viewer.time_zone)
        quiz_buttons(quiz)


def quiz_buttons(quiz: LessonAssessment) -> None:
    """Start, go on, or look back."""
    if not lesson.is_enrolled:
        st.caption(_("Enroll in the course to answer it."))
        return
    with st.container(horizontal=True):
        label = _("Go on") if quiz.open_attempt_id else (_("Start") if not quiz.attempts_used else _("Try again"))
        may_start = quiz.open_attempt_id is not None or quiz.attempts_left is None or quiz.attempts_left > 0
        if may_start and st.button(label, key=f"start-{quiz.id}", type="primary", icon=":material/edit:"):
            with frame.action() as session:
                attempt = attempts.start_attempt(session, learner_id=viewer.id, assessment_id=quiz.id)
            st.switch_page("pages/learn/assessment.py", query_params={"attempt": str(attempt)})
        if quiz.last_attempt_id is not None:
            st.page_link(
                "pages/learn/assessment.py",
                label=_("Last result"),
                icon=":material/fact_check:",
                query_params={"attempt": str(quiz.last_attempt_id)},
            )


def finish() -> None:
    """The end of the lesson: say that it is finished, and go on."""
    following: OutlineLesson | None = order[place + 1] if place + 1 < len(order) else None
    if lesson.is_enrolled and state.total > 1 and state.left:
        st.progress(float(state.percent) / 100, text=state.summary)
    with st.container(horizontal=True, vertical_alignment="center"):
        if lesson.is_enrolled and lesson.status != ProgressStatus.COMPLETED:
            if st.button(_("Finish lesson"), type="primary", icon=":material/check:", key="finish"):
                with frame.action(_("Lesson finished")) as session:
                    service.complete_lesson(session, learner_id=viewer.id, lesson_id=lesson.id)
                st.rerun()
        elif lesson.status == ProgressStatus.COMPLETED:
            st.badge(_("Finished"), icon=":material/check_circle:", color="green")
        if following is not None:
            st.page_link(
                "pages/learn/lesson.py",
                label=_("Next: {title}", title=plain(following.title)),
                icon=":material/arrow_forward:",
                query_params={"id": str(following.id)},
            )
        else:
            st.page_link(
                "pages/learn/course.py",
                label=_("Back to the course"),
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
        st.page_link(
            "pages/learn/discussion.py",
            label=_("Discuss this lesson"),
            icon=":material/forum:",
            query_params={"course": str(lesson.course_id), "lesson": str(lesson.id)},
        )
        done = sum(module.completed for module in modules)
        st.progress(
            done / len(order) if order else 0.0,
            text=_("{done} of {lessons}", done=done, lessons=words.counted(len(order), "lesson")),
        )
        for module in modules:
            is_here = any(one.id == lesson.id for one in module.lessons)
            if not is_here:
                first = module.lessons[0].id if module.lessons else lesson.id
                st.page_link(
                    "pages/learn/lesson.py",
                    label=_(
                        "{title} · {completed} of {lessons}",
                        title=plain(module.title),
                        completed=module.completed,
                        lessons=len(module.lessons),
                    ),
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


def content(number: int) -> None:
    """One part of the lesson, and the way on."""
    lesson_body.part(lesson, parts, number, lambda one: show_cited(one) if one == cited else show(one))
    blocks = parts[number - 1][1]
    lesson_media.reading(lesson, viewer, number, len(parts), blocks, resumes=cited is None)
    lesson_media.notes(lesson, viewer)
    st.space("medium")
    if len(parts) > 1:
        part_buttons(number)
    if number == len(parts):
        finish()


def show(one: Block, *, start: int = 0) -> None:
    """One block; a video begins at the second `start`."""
    if isinstance(one, QuizBlock):
        quiz_card(one.assessment_id)
    elif isinstance(one, LabBlock):
        beside_text.lab(lab)
    elif isinstance(one, EmbedBlock):
        beside_text.embed(one)
    elif isinstance(one, VideoBlock):
        lesson_media.video(one, lesson, viewer, marks, start=start)
    else:
        render.block(one)


def show_cited(one: Block) -> None:
    """What a citation or a note leads to, marked and in view; a video begins at its second."""
    second = st.query_params.get("t", "")
    with st.container(border=True, key="cited"):
        is_note = "note" in st.query_params
        said = _("Your note stands here.") if is_note else _("The tutor's answer rests on this.")
        st.caption(f":material/{'edit_note' if is_note else 'format_quote'}: {said}")
        show(one, start=int(second) if second.isdigit() and len(second) < 7 else 0)
    if st.session_state.get("_shown_citation") != (lesson.id, one.id):
        st.session_state["_shown_citation"] = (lesson.id, one.id)
        st.html(
            "<script>document.querySelector('.st-key-cited')?.scrollIntoView({block: 'center'})</script>",
            unsafe_allow_javascript=True,
        )


def part_buttons(number: int) -> None:
    """To the part before, and to the next."""
    with st.container(horizontal=True):
        if number > 1:
            st.button(
                _("Previous part"), icon=":material/arrow_back:", on_click=go_to_part, args=(number - 1,), key="back"
            )
        if number < len(parts):
            st.button(
                _("Next part"),
                icon=":material/arrow_forward:",
                icon_position="right",
                type="primary",
                on_click=go_to_part,
                args=(number + 1,),
                key="next",
            )


@st.fragment
def tutor() -> None:
    """A chat about this lesson; nothing of it is read before it is opened."""
    frame.show_kept_error()
    with frame.reading() as session:
        chat_id = chats.latest_at(session, viewer.id, lesson.id)
        said = chats.messages(session, viewer.id, chat_id, most=20) if chat_id else []
        questions = [] if said else suggesting.about_lesson(session, lesson.id)
        has_lab = hints.has_lab(session, lesson.id)
    with st.container(height=560 if said else "content", border=False, autoscroll=True):
        conversation.show(said, viewer)
        picked = conversation.suggested(questions, "suggested")
        typed = st.container()
    way = conversation.ways(said, "beside", has_lesson=True, has_lab=has_lab)
    question = conversation.entered("ask-tutor") or picked
    if wanted := (Wanted(question) if question else way):
        with typed:
            conversation.ask(viewer, wanted, chat_id=chat_id, course_id=lesson.course_id, lesson_id=lesson.id)
        st.rerun(scope="fragment")


note_visit()
outline()
frame.show_kept_error()
frame.head(plain(lesson.title), lesson_body.facts(lesson))
retold.switch(viewer, lesson, tellings)
if st.toggle(_("Tutor beside the lesson"), key="tutor-open"):
    st.set_page_config(layout="wide")
    with st.container(key="beside"):
        left, right = st.columns([3, 2], gap="large")
    with right, st.container(border=True):
        st.markdown(_(":material/contact_support: **Ask about this lesson**"))
        tutor()
else:
    left = st.container()
with left:
    content(current_part())
