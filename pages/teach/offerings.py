"""Offerings: what can people sign up for, when, and how many?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from learncraft.courses import queries as courses
from learncraft.courses.teaching import decides_on
from learncraft.enrollment.registration import form, form_rows, offerings, queries
from learncraft.enrollment.registration.form_rows import FormRow
from learncraft.enrollment.registration.models import ProgramType
from learncraft.enrollment.registration.offerings import CohortDraft, OfferingDraft
from learncraft.enrollment.registration.queries import CohortView, OfferingLine, OfferingView
from learncraft.enrollment.shapes import RegistrationForm
from learncraft.errors import LearnCraftError
from learncraft.language import Spoken, _, dates, numbers
from pages.shared import frame, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
zone = ZoneInfo(viewer.time_zone)
PROGRAMS = Spoken(
    {
        ProgramType.COHORT: "A cohort",
        ProgramType.WORKSHOP: "A workshop",
        ProgramType.SELF_PACED: "At one's own pace",
    }
)
STAGE, QUESTION, KIND, REQUIRED, CHOICES, STAGE_KEY, KEY = (
    "stage",
    "question",
    "kind",
    "required",
    "choices",
    "stage_key",
    "key",
)


def places_of(taken: int, capacity: int | None) -> str:
    """How many places are taken, such as '12 of 30 places'."""
    if not capacity:
        return words.counted(taken, "place")
    return _("{taken} of {places}", taken=numbers.number(taken), places=words.counted(capacity, "place"))


def line(one: OfferingLine) -> None:
    """One offering of the list."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(plain(one.title), anchor=False, width="content")
            if not one.is_active:
                st.badge(_("Withdrawn"), icon=":material/block:", color="gray")
            elif one.to_decide:
                st.badge(
                    _("{count} to decide", count=numbers.number(one.to_decide)), icon=":material/inbox:", color="orange"
                )
        facts = [
            plain(one.course_title),
            _("{places} taken", places=places_of(one.places, one.capacity)),
            _("{count} waiting", count=numbers.number(one.waiting)),
        ]
        if one.starts:
            facts.append(_("begins {day}", day=dates.day(one.starts)))
        st.caption(" · ".join(facts))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                "pages/teach/registrations.py",
                label=_("Registrations"),
                icon=":material/how_to_reg:",
                query_params={"offering": str(one.id)},
            )
            st.page_link(
                "pages/teach/offerings.py",
                label=_("Change"),
                icon=":material/edit:",
                query_params={"offering": str(one.id)},
            )
            st.link_button(_("Public page"), f"/offers/{one.id}", icon=":material/public:", type="tertiary")


@st.dialog(_("A new offering"))
def new() -> None:
    """Ask for what it takes at least; the rest is on the offering's page."""
    with frame.reading() as session:
        taught = {one.id: one.title for one in courses.taught_names(session, viewer)}
    if not taught:
        st.info(_("Make or import a course first."), icon=":material/info:")
        return
    course_id = st.selectbox(_("Course"), list(taught), format_func=lambda one: taught[one], key="new-course")
    title = st.text_input(_("Title"), key="new-title", placeholder=_("Spring 2027"), max_chars=255)
    if st.button(_("Make it"), type="primary", icon=":material/add:", key="new-make"):
        with frame.action(_("Made. Say when it takes place, and what you ask")) as session:
            made = offerings.save(session, viewer, OfferingDraft(title=title, is_active=False), course_id=course_id)
        st.query_params["offering"] = str(made)
        st.rerun()


def moment(label: str, value: datetime | None, key: str) -> datetime | None:
    """A moment in the viewer's time zone, or none."""
    given = st.datetime_input(label, value.astimezone(zone).replace(tzinfo=None) if value else None, key=key)
    return given.replace(tzinfo=zone).astimezone(UTC) if given else None


def facts(one: OfferingView) -> None:
    """What it is, when one can register, what it costs."""
    decides = decides_on(viewer, one.instructor_id)
    with st.form("offering"):
        title = st.text_input(_("Title"), one.title, max_chars=255)
        description = st.text_area(
            _("What people should know"),
            one.description,
            max_chars=offerings.LONGEST_DESCRIPTION,
            help=_("Markdown. It stands on the public page."),
        )
        left, right = st.columns(2)
        with left:
            program = st.selectbox(
                _("Kind"),
                list(PROGRAMS),
                index=list(PROGRAMS).index(one.program_type),
                format_func=PROGRAMS.__getitem__,
            )
            opens = moment(_("Registration opens"), one.opens_at, "opens")
        with right:
            price = st.number_input(_("Price"), 0.0, 99_999_999.0, float(one.price), 1.0, disabled=not decides)
            closes = moment(_("Registration closes"), one.closes_at, "closes")
        st.caption(_("Times are those of {zone}. Empty: open at once, and always.", zone=viewer.time_zone))
        needs_review = st.toggle(
            _("Somebody decides on each registration"),
            one.needs_review,
            help=_("Off: who comes first gets a place, the others wait. Whoever was invited needs no decision."),
        )
        is_active = st.toggle(_("It is offered"), one.is_active)
        only_way = st.toggle(
            _("The course can be joined by registration only"),
            one.is_only_way,
            help=_("Holds for the course, whatever else is offered of it. Off: it can also be joined on its page."),
            disabled=not decides,
        )
        if not decides:
            st.caption(_("What the course costs, and how it is joined, its instructor decides."))
        if st.form_submit_button(_("Save"), type="primary", icon=":material/check:"):
            draft = OfferingDraft(
                title=title,
                description=description,
                program_type=program,
                price=Decimal(str(price)).quantize(Decimal("0.01")),
                opens_at=opens,
                closes_at=closes,
                needs_review=needs_review,
                is_active=is_active,
                is_only_way=only_way,
            )
            with frame.action(_("Saved")) as session:
                offerings.save(session, viewer, draft, course_id=one.course_id, offering_id=one.id)
            st.rerun()


@st.dialog(_("A cohort"))
def cohort_dialog(offering: OfferingView, one: CohortView | None) -> None:
    """Make or change a cohort."""
    name = st.text_input(_("Name"), one.name if one else "", max_chars=255, key="cohort-name")
    left, right = st.columns(2)
    start = left.date_input(_("Begins"), one.start_date if one else date.today(), key="cohort-start")  # noqa: DTZ011
    end = right.date_input(_("Ends"), one.end_date if one else None, key="cohort-end")
    capacity = left.number_input(_("Places"), 1, 1_000_000, one.capacity if one else 20, key="cohort-places")
    batch = right.number_input(_("Size of a batch"), 1, 10_000, one.batch_size if one else None, key="cohort-batch")
    st.caption(_("Empty places: no limit. Batches are groups within the cohort, numbered as people come."))
    is_active = st.toggle(_("It takes place"), one.is_active if one else True, key="cohort-active")
    if st.button(_("Save"), type="primary", icon=":material/check:", key="cohort-save"):
        draft = CohortDraft(
            name,
            start,
            end,
            int(capacity) if capacity else None,
            int(batch) if batch else None,
            is_active,
        )
        with frame.action(_("Saved. Whoever waits moves up where places are free")) as session:
            offerings.save_cohort(session, viewer, draft, offering_id=offering.id, cohort_id=one.id if one else None)
        st.rerun()


def cohorts(offering: OfferingView) -> None:
    """The cohorts with their places."""
    st.header(_("Cohorts"), anchor=False)
    if not offering.cohorts:
        st.caption(_("Without a cohort, people join the course itself, at their own pace."))
    for one in offering.cohorts:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            start, end = dates.day(one.start_date), one.end_date
            facts = [
                f"**{plain(one.name)}**",
                _("{start} to {end}", start=start, end=dates.day(end)) if end else start,
                places_of(one.members, one.capacity) if one.capacity else words.counted(one.members, "member"),
            ]
            if not one.is_active:
                facts.append(_("cancelled"))
            st.markdown(" · ".join(facts))
            if st.button(_("Change"), key=f"cohort-{one.id}", icon=":material/edit:", type="tertiary"):
                cohort_dialog(offering, one)
    if st.button(_("Add a cohort"), icon=":material/add:", key="cohort-add"):
        cohort_dialog(offering, None)


def save_form(offering: OfferingView, asked: RegistrationForm) -> None:
    """Keep the form; the rest stays as it is."""
    draft = OfferingDraft(
        title=offering.title,
        description=offering.description,
        program_type=offering.program_type,
        price=offering.price,
        opens_at=offering.opens_at,
        closes_at=offering.closes_at,
        needs_review=offering.needs_review,
        is_active=offering.is_active,
        is_only_way=offering.is_only_way,
        form=asked,
    )
    with frame.action(_("The form is saved")) as session:
        offerings.save(session, viewer, draft, course_id=offering.course_id, offering_id=offering.id)
    st.rerun()


def form_editor(offering: OfferingView) -> None:
    """The questions as a table; the same as JSON Schema for who likes that better."""
    st.header(_("The form"), anchor=False)
    st.caption(_("Questions with the same stage stand on one page of the form. Separate choices by semicolons."))
    names = list(form.KINDS.values())
    table = pd.DataFrame(
        [
            (row.stage, row.question, form.KINDS[row.kind], row.is_required, row.choices, row.stage_key, row.key)
            for row in form_rows.as_rows(offering.form)
        ],
        columns=[STAGE, QUESTION, KIND, REQUIRED, CHOICES, STAGE_KEY, KEY],
    )
    edited = st.data_editor(
        table,
        num_rows="dynamic",
        hide_index=True,
        key=f"form-{offering.id}",
        column_order=[STAGE, QUESTION, KIND, REQUIRED, CHOICES],
        column_config={
            STAGE: st.column_config.TextColumn(_("Stage"), default=_("Your registration"), width="medium"),
            QUESTION: st.column_config.TextColumn(_("Question"), width="large"),
            KIND: st.column_config.SelectboxColumn(_("Kind"), options=names, default=names[0]),
            REQUIRED: st.column_config.CheckboxColumn(_("Required"), default=False, width="small"),
            CHOICES: st.column_config.TextColumn(_("Choices")),
        },
    )
    with st.container(horizontal=True):
        if st.button(_("Save the form"), type="primary", icon=":material/check:", key="form-save"):
            save_form(offering, rows_of(edited))
        with st.popover(_("As JSON Schema"), icon=":material/data_object:"):
            typed = st.text_area(
                _("JSON Schema"), form.schema_text(offering.form), height=320, key=f"schema-{offering.id}"
            )
            if st.button(_("Use this definition"), icon=":material/upload:", key="schema-use"):
                try:
                    read = form.read_schema(typed)
                except LearnCraftError as error:
                    st.error(str(error), icon=":material/error:")
                else:
                    save_form(offering, read)


def rows_of(edited: pd.DataFrame) -> RegistrationForm:
    """What the table says as a form, or a sentence about what is wrong."""
    by_name = {name: kind for kind, name in form.KINDS.items()}
    filled = edited.fillna("").to_dict("records")
    try:
        return form_rows.from_rows(
            FormRow(
                stage=str(row[STAGE]),
                question=str(row[QUESTION]),
                kind=by_name.get(str(row[KIND]), ""),
                is_required=bool(row[REQUIRED]),
                choices=str(row[CHOICES]),
                stage_key=str(row[STAGE_KEY]),
                key=str(row[KEY]),
            )
            for row in filled
        )
    except LearnCraftError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()


def one_offering(offering_id: UUID) -> None:
    """One offering to change."""
    with frame.reading() as session:
        offering = frame.require(queries.taught_offering(session, viewer, offering_id), what="offering")
    frame.head(plain(offering.title), _("An offering of {course}", course=plain(offering.course_title)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("pages/teach/offerings.py", label=_("All offerings"), icon=":material/arrow_back:")
        st.page_link(
            "pages/teach/registrations.py",
            label=_("Registrations"),
            icon=":material/how_to_reg:",
            query_params={"offering": str(offering.id)},
        )
        st.link_button(_("Public page"), f"/offers/{offering.id}", icon=":material/public:", type="tertiary")
    facts(offering)
    cohorts(offering)
    form_editor(offering)


def all_offerings() -> None:
    """The list."""
    with frame.reading() as session:
        found = queries.taught(session, viewer)
    frame.head(_("Offerings"), _("What people sign up for: cohorts, workshops, places at one's own pace."))
    if st.button(_("New offering"), icon=":material/add:", type="primary", key="new"):
        new()
    if not found:
        frame.empty(
            _("Nothing is offered yet"),
            _("An offering has dates, places and a form of its own. Courses can be joined without one."),
            "event_available",
        )
    for one in found:
        line(one)


# A link within this page leaves the browser's address as it was, and the next click would come from there.
st.query_params.from_dict(st.query_params.to_dict())
chosen = uuid_of(st.query_params.get("offering"))
if chosen is None:
    all_offerings()
else:
    one_offering(chosen)
