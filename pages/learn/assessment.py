"""A quiz: answer, hand in, understand the result. Each answer is saved when it changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import streamlit as st

from learncraft.assessments import queries, service
from learncraft.assessments.models import QuestionType
from learncraft.assessments.shapes import (
    AcceptedNumber,
    AcceptedPattern,
    AcceptedText,
    BlankKey,
    BlankResponse,
    ChoiceResponse,
    ChoicesResponse,
    TruthKey,
    TruthResponse,
)
from learncraft.assessments.views import AskedQuestion, AttemptResult, AttemptView, ReviewedQuestion
from pages.shared import frame, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain, prose

viewer = people.viewer()
attempt_id: UUID = frame.require(uuid_of(st.query_params.get("attempt")), what="attempt")
with frame.reading() as session:
    attempt = frame.require(queries.attempt_for(session, viewer, attempt_id), what="attempt")


def save(question: AskedQuestion, key: str) -> None:
    """Put an answer into the database as soon as it changes."""
    value: Any = st.session_state[key]
    with frame.saving() as session:
        if session is not None:
            service.save_answer(
                session,
                learner_id=viewer.id,
                attempt_id=attempt_id,
                question_id=question.id,
                response=to_response(question, value),
            )


def to_response(question: AskedQuestion, value: Any) -> dict[str, Any]:
    """What a widget holds, in the documented shape of a response."""
    match question.question_type:
        case QuestionType.MULTIPLE_CHOICE:
            return {"option": value}
        case QuestionType.MULTI_SELECT:
            prefix = f"answer-{question.id}-"
            ticked = [option.id for option in question.options if st.session_state.get(prefix + option.id)]
            return {"options": ticked}
        case QuestionType.TRUE_FALSE:
            return {"value": value == "True"}
        case _:
            return {"text": value or ""}


def ask(question: AskedQuestion, *, is_open: bool) -> None:
    """One question with the widget of its type, holding what was saved."""
    with st.container(border=True):
        st.caption(f"Question {question.place} · {points(question.points)}")
        text(question)
        key = f"answer-{question.id}"
        match question.question_type:
            case QuestionType.MULTIPLE_CHOICE:
                choose(question, key, is_open=is_open)
            case QuestionType.MULTI_SELECT:
                tick(question, key, is_open=is_open)
            case QuestionType.TRUE_FALSE:
                judge(question, key, is_open=is_open)
            case _:
                saved = question.response.text if isinstance(question.response, BlankResponse) else ""
                st.text_input(
                    "Your answer",
                    saved,
                    key=key,
                    disabled=not is_open,
                    on_change=save,
                    args=(question, key),
                    max_chars=10_000,
                    help="Saved when you leave the field or press Enter.",
                )


def choose(question: AskedQuestion, key: str, *, is_open: bool) -> None:
    """One of several."""
    ids = [option.id for option in question.options]
    texts = {option.id: option.text for option in question.options}
    saved = question.response.option if isinstance(question.response, ChoiceResponse) else None
    st.radio(
        "Choose one",
        ids,
        index=ids.index(saved) if saved in ids else None,
        format_func=texts.__getitem__,
        key=key,
        disabled=not is_open,
        on_change=save,
        args=(question, key),
        label_visibility="collapsed",
    )


def tick(question: AskedQuestion, key: str, *, is_open: bool) -> None:
    """Any of several."""
    st.caption("Tick all that are right.")
    saved = question.response.options if isinstance(question.response, ChoicesResponse) else frozenset()
    for option in question.options:
        box = f"{key}-{option.id}"
        st.checkbox(
            option.text, option.id in saved, key=box, disabled=not is_open, on_change=save, args=(question, box)
        )


def judge(question: AskedQuestion, key: str, *, is_open: bool) -> None:
    """True or false."""
    saved = question.response.value if isinstance(question.response, TruthResponse) else None
    st.radio(
        "True or false",
        ["True", "False"],
        index=None if saved is None else (0 if saved else 1),
        key=key,
        disabled=not is_open,
        on_change=save,
        args=(question, key),
        horizontal=True,
        label_visibility="collapsed",
    )


def text(question: AskedQuestion | ReviewedQuestion) -> None:
    """What is asked."""
    if question.content_format == "html":
        prose(question.content)
    else:
        st.markdown(question.content)


def points(worth: Any) -> str:
    """Points in words, without idle zeros."""
    return f"{worth.normalize():f} {'point' if worth == 1 else 'points'}"


def under_way(attempt: AttemptView) -> None:
    """The questions, and the way to hand in."""
    facts = [words.counted(len(attempt.questions), "question"), f"pass with {attempt.passing_score:.0f} %"]
    if attempt.max_attempts:
        facts.append(f"attempt {attempt.attempt_number} of {attempt.max_attempts}")
    frame.head(plain(attempt.title), " · ".join(facts))
    frame.show_kept_error()
    if attempt.seconds_left is not None:
        clock()
    if attempt.description:
        st.markdown(attempt.description)
    for question in attempt.questions:
        ask(question, is_open=True)
    open_count = len(attempt.questions) - attempt.answered
    st.caption(
        f":material/cloud_done: Answers are saved as you go. {attempt.answered} of {len(attempt.questions)} answered."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Hand in", type="primary", icon=":material/send:", key="submit"):
            if open_count and not st.session_state.get("_confirmed_open"):
                st.session_state["_confirmed_open"] = True
                st.warning(
                    f"{words.counted(open_count, 'question')} without an answer. Hand in once more to leave it so.",
                    icon=":material/help:",
                )
            else:
                hand_in()
        st.page_link(
            "pages/learn/lesson.py",
            label="Back to the lesson",
            icon=":material/arrow_back:",
            query_params={"id": str(attempt.lesson_id)},
        )


@st.fragment(run_every=10)
def clock() -> None:
    """The time left by the server's clock; when it is over, what was saved is graded."""
    with frame.reading() as session:
        now = queries.attempt_for(session, viewer, attempt_id)
    if now is None or not now.is_open:
        hand_in()
    elif now.seconds_left is not None:
        st.badge(
            f"{words.minutes(-(-now.seconds_left // 60))} left",
            icon=":material/timer:",
            color="orange" if now.seconds_left < 120 else "blue",
        )


def hand_in() -> None:
    """Grade what was saved, and show the result."""
    with frame.action() as session:
        service.submit_attempt(session, learner_id=viewer.id, attempt_id=attempt_id)
    st.session_state.pop("_confirmed_open", None)
    st.rerun()


def result(found: AttemptResult) -> None:
    """The score, why, and what comes next."""
    frame.head(plain(found.title), f"Result of attempt {found.attempt_number}")
    if found.is_passing:
        st.success(f"Passed with {found.percent:.0f} %.", icon=":material/check_circle:")
    else:
        st.warning(
            f"{found.percent:.0f} %, and {found.passing_score:.0f} % are needed to pass.", icon=":material/replay:"
        )
    first, second, third = st.columns(3)
    first.metric("Points", f"{found.score.normalize():f} of {found.total_points.normalize():f}", border=True)
    second.metric("Result", f"{found.percent:.0f} %", border=True)
    third.metric("Time", f"{found.time_taken_seconds // 60} min {found.time_taken_seconds % 60} s", border=True)
    st.page_link(
        "pages/learn/lesson.py",
        label=f"Back to “{plain(found.lesson_title)}”",
        icon=":material/arrow_back:",
        query_params={"id": str(found.lesson_id)},
    )
    if not found.shows_answers:
        st.info("The answers of this assessment are not shown.", icon=":material/visibility_off:")
    for question in found.questions:
        review(question)


def review(question: ReviewedQuestion) -> None:
    """One question with the answer, the key and the reason for its points."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(f"Question {question.place}")
            if question.is_correct:
                st.badge("Right", icon=":material/check:", color="green")
            elif question.earned > 0:
                st.badge("Partly right", icon=":material/contrast:", color="orange")
            else:
                st.badge("Not right", icon=":material/close:", color="red")
        text(question)
        for option in question.options:
            mark = (
                ":material/check:"
                if option.is_right
                else (":material/close:" if option.is_chosen else ":material/remove:")
            )
            said = " · your answer" if option.is_chosen else ""
            st.markdown(f"{mark} {option.text}{said}" + (f"  \n{option.feedback}" if option.feedback else ""))
        if not question.options:
            own_words(question)
        st.caption(plain(question.reason))
        if question.explanation:
            with st.container(border=True):
                st.markdown("**Why**")
                if question.content_format == "html":
                    prose(question.explanation)
                else:
                    st.markdown(question.explanation)


def own_words(question: ReviewedQuestion) -> None:
    """The answer and the key of a question without options."""
    if isinstance(question.response, TruthResponse):
        st.markdown(f"Your answer: **{question.response.value}**")
    elif isinstance(question.response, BlankResponse) and question.response.text:
        st.markdown(f"Your answer: **{plain(question.response.text)}**")
    else:
        st.markdown("You gave no answer.")
    if isinstance(question.key, TruthKey):
        st.markdown(f"Right is: **{question.key.value}**")
    elif isinstance(question.key, BlankKey):
        st.markdown(f"Right is: {' or '.join(accepted(one) for one in question.key.accepted)}")


def accepted(one: AcceptedText | AcceptedNumber | AcceptedPattern) -> str:
    """One accepted answer in words."""
    match one:
        case AcceptedText():
            return f"**{plain(one.text)}**"
        case AcceptedNumber(tolerance=tolerance):
            return f"**{one.value}**" + (f" (± {tolerance})" if tolerance else "")
        case AcceptedPattern():
            return f"what matches `{one.pattern}`"


if attempt.is_open:
    under_way(attempt)
else:
    if attempt.is_overdue and attempt.status == "in_progress":
        hand_in()
    with frame.reading() as session:
        result(frame.require(queries.result_for(session, viewer.id, attempt_id), what="result"))
