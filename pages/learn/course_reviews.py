"""What learners think of a course, beside what the course says of itself."""

from __future__ import annotations

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.enrollment import reviews
from learncraft.enrollment.queries import CourseView
from learncraft.enrollment.reviews import Review, Reviews
from learncraft.language import _, numbers
from pages.shared import frame, words
from pages.shared.render import plain


def show(viewer: Viewer, course: CourseView, opinions: Reviews) -> None:
    """Ratings and words of learners, and the viewer's own to give."""
    st.header(_("Reviews"), anchor=False)
    if opinions.count:
        st.markdown(f"**{words.stars(opinions.average)}** · {words.counted(opinions.count, 'rating')}")
        _spread(opinions)
    else:
        st.caption(_("Nobody has rated this course yet."))
    for one in opinions.latest:
        if one.text:
            _review(viewer, one, may_answer=opinions.may_answer)
    if course.is_enrolled:
        _own(viewer, course, opinions)


def _spread(opinions: Reviews) -> None:
    """How many gave five stars, four, and so on."""
    with st.container(width=360, gap=None, key="spread"):
        for number in range(5, 0, -1):
            count = opinions.spread[number - 1]
            st.progress(count / opinions.count, text=f"{number} ★ · {numbers.number(count)}")


def _review(viewer: Viewer, one: Review, *, may_answer: bool) -> None:
    """One opinion, and what who teaches says to it."""
    with st.container(border=True, gap="small"):
        st.caption(f"{words.stars(one.rating)} · {plain(one.learner)} · {words.when(one.at, viewer.time_zone)}")
        st.text(one.text)
        if one.answer and one.answered_at is not None:
            with st.container(key=f"teacher-said-{one.id}", gap=None):
                st.caption(_(":material/reply: Answered {when}", when=words.when(one.answered_at, viewer.time_zone)))
                st.text(one.answer)
        if may_answer:
            _answer(viewer, one)


def _answer(viewer: Viewer, one: Review) -> None:
    with st.popover(_("Change your answer") if one.answer else _("Answer"), icon=":material/reply:", type="tertiary"):
        text = st.text_area(
            _("Your answer"),
            one.answer,
            max_chars=reviews.LONGEST,
            key=f"answer-text-{one.id}",
            help=_("Everybody reads it."),
        )
        if st.button(_("Save the answer"), key=f"answer-save-{one.id}", type="primary", icon=":material/check:"):
            with frame.action(_("Your answer is saved") if text.strip() else _("Your answer is gone")) as session:
                reviews.answer(session, viewer, one.id, text)
            st.rerun()


def _own(viewer: Viewer, course: CourseView, opinions: Reviews) -> None:
    """What the viewer thinks: five stars and a few words."""
    own = opinions.own
    with st.expander(_("Change your review") if own else _("Write a review"), icon=":material/rate_review:"):
        given = st.feedback("stars", default=own.rating - 1 if own else None, key="stars")
        text = st.text_area(_("In a few words"), own.text if own else "", max_chars=reviews.LONGEST, key="review")
        st.caption(_("Everybody who looks at the course reads it, with your first name."))
        if st.button(_("Save the review"), type="primary", icon=":material/check:", key="review-save"):
            with frame.action(_("Thank you. Your review is saved")) as session:
                reviews.rate(
                    session,
                    learner_id=viewer.id,
                    course_id=course.id,
                    rating=0 if given is None else given + 1,
                    review=text,
                )
            st.rerun()
        if own and st.button(_("Take it back"), key="review-remove", type="tertiary", icon=":material/delete:"):
            with frame.action(_("Your review is gone")) as session:
                reviews.take_back(session, learner_id=viewer.id, course_id=course.id)
            st.rerun()
