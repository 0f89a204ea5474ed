"""Preview: what will a learner see of this lesson, as it is written now? Looking leaves no progress and no events."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.authoring import as_learner
from learncraft.courses import telling
from learncraft.courses.blocks import Block, EmbedBlock, LabBlock, QuizBlock, VideoBlock
from learncraft.labs import queries as labs
from learncraft.language import _
from learncraft.tutor import personas
from pages.learn import beside_text, lesson_body, lesson_media
from pages.shared import frame, navigation, people, render, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
lesson_id: UUID = frame.require(uuid_of(st.query_params.get("lesson")), what="lesson")
with frame.reading() as session:
    seen = frame.require(as_learner.preview(session, viewer, lesson_id), what="lesson")
    asks_lab = any(isinstance(one, LabBlock) for one in seen.lesson.content.blocks)
    lab = labs.of_lesson(session, lesson_id) if asks_lab else None
lesson = seen.lesson
AS_WRITTEN = "as-written"


def ways() -> None:
    """That this is a preview, and the way back."""
    with st.container(border=True, key="preview-mark"):
        words_of = _("Only those who build or review the course see this.")
        st.markdown(f":material/visibility: **{_('Preview')}.** {words_of}")
        st.caption(
            _("It is the working copy, drawn as learners will get it. Nothing that you do here is kept or counted.")
        )
        if seen.unfinished:
            left_out = words.counted(seen.unfinished, "unfinished block")
            st.caption(":orange[:material/warning:] " + _("Left out until finished: {blocks}.", blocks=left_out))
        with st.container(horizontal=True):
            for label, icon, target in (
                (_("Lesson before"), "arrow_back", seen.before),
                (_("Lesson after"), "arrow_forward", seen.after),
            ):
                if target is not None:
                    st.page_link(
                        "pages/teach/preview.py",
                        label=label,
                        icon=f":material/{icon}:",
                        query_params={"lesson": str(target)},
                    )
            st.page_link(
                "pages/teach/builder.py",
                label=_("Back to writing"),
                icon=":material/edit_note:",
                query_params={"course": str(lesson.course_id), "lesson": str(lesson.id)},
            )


def told() -> str | None:
    """The persona whose words are shown; None is the lesson as it was written."""
    if not seen.tellings:
        return None
    titles = {personas.title(key): key for key in seen.tellings}
    chosen = st.segmented_control(
        _("Told"),
        [AS_WRITTEN, *titles],
        format_func=lambda one: _("As written") if one == AS_WRITTEN else one,
        default=AS_WRITTEN,
        key=f"preview-told-{lesson.id}",
        required=True,
        label_visibility="collapsed",
    )
    return titles.get(chosen or AS_WRITTEN)


def show(one: Block) -> None:
    """A block as learners get it; a quiz tells of itself, and is tried where it is written."""
    if isinstance(one, QuizBlock):
        quiz = seen.quizzes.get(one.assessment_id)
        with st.container(border=True):
            if quiz is None or not quiz.questions:
                st.caption(":material/quiz: " + _("A quiz without published questions. Learners don't see it yet."))
            else:
                lesson_body.quiz_facts(quiz, viewer.time_zone)
            st.page_link(
                "pages/teach/assessment.py",
                label=_("Try it"),
                icon=":material/play_arrow:",
                query_params={"id": str(one.assessment_id), "part": "try"},
            )
    elif isinstance(one, LabBlock):
        beside_text.lab(lab)
    elif isinstance(one, EmbedBlock):
        beside_text.embed(one)
    elif isinstance(one, VideoBlock):
        lesson_media.video(one, lesson, viewer, [], start=0)
    else:
        render.block(one)


def turn(number: int) -> None:
    """Show another part."""
    st.query_params["part"] = str(number)


def turning(number: int, last: int) -> None:
    """To the part before, and to the next."""
    with st.container(horizontal=True):
        if number > 1:
            st.button(_("Previous part"), icon=":material/arrow_back:", on_click=turn, args=(number - 1,), key="back")
        if number < last:
            st.button(
                _("Next part"),
                icon=":material/arrow_forward:",
                icon_position="right",
                type="primary",
                on_click=turn,
                args=(number + 1,),
                key="next",
            )


ways()
frame.head(plain(lesson.title), lesson_body.facts(lesson))
persona = told()
parts = render.parts(telling.told(lesson.content, seen.tellings[persona]) if persona else lesson.content)
asked = st.query_params.get("part", "")
here = min(max(int(asked) if asked.isdigit() else 1, 1), len(parts))
if not lesson.content.blocks:
    frame.empty(_("Nothing to see yet"), _("Write a block of this lesson, and look again."), "article")
lesson_body.part(lesson, parts, here, show)
st.space("medium")
turning(here, len(parts))
