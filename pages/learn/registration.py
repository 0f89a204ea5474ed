"""Registering for an offering: what am I asked, and where do I stand?"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import streamlit as st

from learncraft import runtime
from learncraft.courses.prose import from_markdown
from learncraft.enrollment import cart
from learncraft.enrollment.registration import applying, queries, states
from learncraft.enrollment.registration.models import RegistrationStatus
from learncraft.enrollment.registration.queries import MyRegistration, OfferingView
from learncraft.enrollment.shapes import FormQuestion, FormStage
from learncraft.language import _
from pages.shared import frame, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain, prose

viewer = people.viewer()
frame.show_kept_error()
with frame.reading() as session:
    wanted = frame.require(uuid_of(st.query_params.get("offering")), what="offering")
    offering: OfferingView = frame.require(queries.offering(session, wanted), what="offering")
    mine = queries.mine(session, viewer.id, wanted)


def key_of(registration: MyRegistration, stage: FormStage, question: FormQuestion) -> str:
    """The widget of a question: the same on every run, another for another registration."""
    return f"answer-{registration.id}-{stage.key}-{question.key}"


def asked(registration: MyRegistration, stage: FormStage) -> dict[str, Any]:
    """What stands in the widgets of a stage now."""
    found = {}
    for question in stage.questions:
        value = st.session_state.get(key_of(registration, stage, question))
        found[question.key] = value.isoformat() if isinstance(value, date) else value
    return found


def keep(registration: MyRegistration, stage: FormStage) -> None:
    """Keep what was typed, at each change."""
    with frame.saving() as session:
        if session is not None:
            applying.save_draft(
                session,
                learner_id=viewer.id,
                registration_id=registration.id,
                stage_key=stage.key,
                answers=asked(registration, stage),
            )


def field(registration: MyRegistration, stage: FormStage, question: FormQuestion) -> None:
    """One question with what was answered before."""
    key = key_of(registration, stage, question)
    value = registration.answers.get(stage.key, {}).get(question.key)
    if key not in st.session_state and value is not None:
        st.session_state[key] = date.fromisoformat(value) if question.kind == "date" else value
    label = (
        plain(question.label) if question.is_required else _("{question} (optional)", question=plain(question.label))
    )
    more: dict[str, Any] = {"key": key, "on_change": keep, "args": (registration, stage)}
    match question.kind:
        case "long_text":
            st.text_area(label, max_chars=4000, **more)
        case "whole":
            st.number_input(label, value=None, step=1, format="%d", **more)
        case "number":
            st.number_input(label, value=None, **more)
        case "yes_no":
            st.radio(label, [True, False], index=None, format_func=lambda yes: _("Yes") if yes else _("No"), **more)
        case "agreement":
            st.checkbox(label, **more)
        case "choice":
            st.radio(label, question.choices, index=None, **more)
        case "choices":
            st.multiselect(label, question.choices, **more)
        case "date":
            st.date_input(label, value=None, format=words.day_field(), min_value=date(1900, 1, 1), **more)
        case "email":
            st.text_input(label, max_chars=255, placeholder="ana@example.org", **more)
        case _:
            st.text_input(label, max_chars=300, **more)


def go_to(stage: int) -> None:
    """Show another stage; it stands in the address."""
    st.query_params["stage"] = str(stage)


def filling_in(registration: MyRegistration) -> None:
    """The form, a stage at a time."""
    stages = offering.form.root
    running = [one for one in offering.cohorts if one.is_active]
    typed = st.query_params.get("stage", "")
    at = min(int(typed), registration.stage) if typed.isdecimal() else registration.stage
    if len(running) > 1:
        choose_cohort(registration, at)
    if at >= len(stages):
        last_look(registration)
        return
    stage = stages[at]
    st.progress(
        at / len(stages),
        text=_("Step {at} of {stages}: {title}", at=at + 1, stages=len(stages) + 1, title=plain(stage.title)),
    )
    for question in stage.questions:
        field(registration, stage, question)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Next"), type="primary", icon=":material/arrow_forward:", key="next"):
            with frame.action() as session:
                applying.finish_stage(
                    session,
                    learner_id=viewer.id,
                    registration_id=registration.id,
                    stage_key=stage.key,
                    answers=asked(registration, stage),
                )
            go_to(at + 1)
            st.rerun()
        if at:
            st.button(_("Back"), icon=":material/arrow_back:", key="back", on_click=go_to, args=(at - 1,))
    st.caption(_(":material/cloud_done: What you type is kept. You may close this page and come back."))


def choose_cohort(registration: MyRegistration, at: int) -> None:
    """Which of several cohorts."""
    running = {one.id: one for one in offering.cohorts if one.is_active}
    if at:
        return

    def choose() -> None:
        chosen: UUID | None = st.session_state.get("cohort")
        with frame.saving() as session:
            if session is not None and chosen is not None:
                applying.choose_cohort(session, learner_id=viewer.id, registration_id=registration.id, cohort_id=chosen)

    st.radio(
        _("When"),
        list(running),
        index=list(running).index(registration.cohort_id) if registration.cohort_id in running else None,
        format_func=lambda one: when(running[one]),
        key="cohort",
        on_change=choose,
    )


def last_look(registration: MyRegistration) -> None:
    """What was filled in, and the button that sends it."""
    stages = offering.form.root
    st.progress(1.0, text=_("Step {stages} of {stages}: Look once more, then send", stages=len(stages) + 1))
    for number, stage in enumerate(stages):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"**{plain(stage.title)}**")
                st.button(
                    _("Change"),
                    key=f"to-{number}",
                    type="tertiary",
                    icon=":material/edit:",
                    on_click=go_to,
                    args=(number,),
                )
            given = registration.answers.get(stage.key, {})
            for question in stage.questions:
                st.caption(plain(question.label))
                st.text(shown(given.get(question.key)))
    if not registration.is_confirmed:
        st.warning(
            _("Confirm your address first: open the link in the message to {email}.", email=registration.email),
            icon=":material/mail:",
        )
    if st.button(_("Send"), type="primary", icon=":material/send:", key="send"):
        with frame.action(_("Your registration is sent")) as session:
            applying.submit(session, learner_id=viewer.id, registration_id=registration.id)
        st.query_params.pop("stage", None)
        st.rerun()


def shown(value: Any) -> str:
    """An answer in words."""
    if value is None:
        return _("Not answered")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def when(cohort: queries.CohortView) -> str:
    """A cohort with its days and places."""
    until = " – " + words.date_of(cohort.end_date) if cohort.end_date else ""
    if cohort.free is None:
        places = ""
    else:
        places = (
            " · " + _("{places} left", places=words.counted(cohort.free, "place"))
            if cohort.free
            else " · " + _("full, with a waiting list")
        )
    return f"{plain(cohort.name)}: {words.date_of(cohort.start_date)}{until}{places}"


def standing(registration: MyRegistration) -> None:
    """Where a sent registration stands, and what can be done."""
    match registration.status:
        case RegistrationStatus.SUBMITTED:
            st.info(_("Your registration is here. You get a message when it is decided."), icon=":material/inbox:")
        case RegistrationStatus.WAITLISTED:
            place = (
                " " + _("You are number {place}.", place=registration.place_in_line)
                if registration.place_in_line
                else ""
            )
            st.info(
                _("You are on the waiting list, and move up by yourself when a place is free.{place}", place=place),
                icon=":material/hourglass:",
            )
        case RegistrationStatus.ACCEPTED:
            to_pay()
        case RegistrationStatus.ENROLLED:
            st.success(_("You have a place."), icon=":material/check_circle:")
            st.page_link(
                "pages/learn/course.py",
                label=_("Go to the course"),
                icon=":material/school:",
                query_params={"course": offering.course_slug},
            )
        case RegistrationStatus.REJECTED:
            st.warning(_("There was no place for you."), icon=":material/block:")
        case _:
            st.info(_("You withdrew your registration."), icon=":material/undo:")
    if registration.note:
        st.markdown(f"> {plain(registration.note)}")


def to_pay() -> None:
    """An accepted place that is still to be paid."""
    price = words.money(offering.price, runtime.current().settings.currency)
    st.success(
        _("There is a place for you. It costs {price}, and is held for 14 days.", price=price),
        icon=":material/check_circle:",
    )
    if st.button(_("Put into the cart"), type="primary", icon=":material/add_shopping_cart:", key="to-cart"):
        with frame.action(_("It is in your cart")) as session:
            cart.put_in(session, learner_id=viewer.id, course_id=offering.course_id)
        st.switch_page("pages/account/cart.py")


def taking_back(registration: MyRegistration) -> None:
    """The way out, as long as there is one."""
    is_draft = registration.status == RegistrationStatus.STARTED
    if registration.status == RegistrationStatus.ENROLLED or registration.status in states.ENDED:
        return
    label = _("Discard the draft") if is_draft else _("Withdraw")
    with st.popover(label, icon=":material/undo:", type="tertiary"):
        st.markdown(_("Your answers are deleted.") if is_draft else _("Your place goes to somebody who waits."))
        if st.button(label, key="withdraw"):
            with frame.action(_("Done")) as session:
                applying.withdraw(session, learner_id=viewer.id, registration_id=registration.id)
            st.query_params.pop("stage", None)
            st.rerun()


def beginning() -> None:
    """What is offered, and the button that begins."""
    if offering.description:
        prose(from_markdown(offering.description))
    for one in offering.cohorts:
        if one.is_active:
            st.markdown(f":material/event: {when(one)}")
    price = words.money(offering.price, runtime.current().settings.currency) if offering.price else _("Free")
    st.markdown(f":material/sell: {price}")
    if offering.closed:
        st.info(offering.closed, icon=":material/event_busy:")
        return
    if offering.closes_at:
        st.markdown(
            _(":material/timer: Register until {clock}", clock=words.clock(offering.closes_at, viewer.time_zone))
        )
    label = _("Join the waiting list") if offering.is_full else _("Register")
    if st.button(label, type="primary", icon=":material/how_to_reg:", key="begin"):
        with frame.action() as session:
            applying.begin(session, viewer, offering.id)
        st.rerun()


frame.head(plain(offering.title), f"{plain(offering.course_title)} · {plain(offering.instructor)}")
if mine is None or (mine.status in states.ENDED and not offering.closed):
    if mine is not None:
        standing(mine)
    beginning()
elif mine.status == RegistrationStatus.STARTED:
    filling_in(mine)
    taking_back(mine)
else:
    standing(mine)
    taking_back(mine)
