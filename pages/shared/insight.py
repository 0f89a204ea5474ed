"""What all insight pages begin with: who may look at which courses, the filters, and questions asked side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from learncraft import runtime
from learncraft.accounts import names as person_names
from learncraft.accounts.names import PersonName
from learncraft.accounts.viewer import Viewer
from learncraft.analytics import asking, shipping
from learncraft.analytics.asking import Answer
from learncraft.analytics.questions import Question
from learncraft.analytics.scope import Scope
from learncraft.analytics.shipping import Freshness
from learncraft.courses import queries as courses
from learncraft.courses.queries import CourseName
from learncraft.enrollment import cohort_names
from learncraft.enrollment.cohort_names import CohortName
from learncraft.errors import LearnCraftError, UnavailableError
from learncraft.language import _
from pages.shared import filters, frame, navigation, people, saved_views, words

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class View:
    """What an insight page shows, to whom, and how current it is."""

    viewer: Viewer
    scope: Scope
    fresh: Freshness
    sentence: str

    @property
    def as_of(self) -> str:
        """Until when all that was recorded is in the charts."""
        return _("As of {moment}.", moment=words.clock(self.fresh.moment, self.viewer.time_zone))

    def ask(self, question: Question[Row], *, scope: Scope | None = None, **more: Any) -> Answer[Row]:
        """Ask at once; the answer is waited for where it is shown."""
        store = runtime.current().store
        state = self.fresh.last_batch
        return asking.of_this_process().ask(store, question, scope or self.scope, state=state, **more)

    def ask_before(self, question: Question[Row]) -> Answer[Row]:
        """The same of the period before, to compare with."""
        return self.ask(question, scope=self.scope.previous())


@dataclass(frozen=True, slots=True)
class CourseView(View):
    """A view of one course that the viewer teaches."""

    course: CourseName
    cohort: CohortName | None
    cohorts: tuple[CohortName, ...]


def of_course(title: str) -> CourseView:
    """The head and the filters of a page about one course. Those who teach none get told so, and the run ends."""
    viewer = people.viewer(*navigation.TEACHERS)
    with frame.reading() as session:
        taught = {one.id: one for one in courses.taught_names(session, viewer)}
    if not taught:
        frame.head(_(title))
        frame.empty(_("No course yet"), _("Import or make a course; what its learners do is shown here."), "monitoring")
        st.stop()
    head, tools = _top()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        course = filters.course(taught)
        with frame.reading() as session:
            cohorts = cohort_names.cohort_names(session, course.id)
        cohort = filters.cohort(cohorts)
        days = filters.period(viewer)
        segment = filters.who()
    with tools:
        filters.reset()
        saved_views.menu(viewer, navigation.file_of(title))
    with head:
        sentence = filters.sentence(course.title, cohort.name if cohort else "", segment, days)
        frame.head(_(title), f"{sentence}.")
    scope = Scope((course.id,), days.since, days.until, time_zone=viewer.time_zone, segment=segment)
    if cohort is not None:
        with frame.reading() as session:
            scope = replace(scope, people=cohort_names.people_of_cohorts(session, course.id).get(cohort.id, ()))
    return CourseView(viewer, scope, _freshness(), sentence, course, cohort, tuple(cohorts))


def of_platform(title: str) -> View:
    """The head and the filters of a page about everything, for administrators."""
    viewer = people.viewer(*navigation.ADMINS)
    head, tools = _top()
    days = filters.period(viewer)
    sentence = _("All courses, {period}", period=days.words)
    with tools:
        filters.reset()
        saved_views.menu(viewer, navigation.file_of(title))
    with head:
        frame.head(_(title), f"{sentence}.")
    scope = Scope(None, days.since, days.until, time_zone=viewer.time_zone)
    return View(viewer, scope, _freshness(), sentence)


def _top() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Where the head goes, and what is done with its filters beside it: the row below is left to the filters."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="insight-head"
    ):
        head = st.container(gap="small", width="stretch")
        tools = st.container(horizontal=True, width="content", gap="small")
    return head, tools


def names_of(ids: Iterable[UUID]) -> dict[UUID, PersonName]:
    """People by name; those whose account was closed are missing."""
    with frame.reading() as session:
        return person_names.person_names(session, ids)


def rows_or_none(answer: Answer[Row]) -> list[Row] | None:
    """The answer, or None when the store doesn't give it now; the chart itself says why."""
    try:
        return answer.rows()
    except UnavailableError:
        return None


def _freshness() -> Freshness:
    """How current the store is; a database that is away is said in words."""
    try:
        return shipping.freshness(runtime.current().database.engine)
    except LearnCraftError as error:
        st.error(str(error), icon=":material/cloud_off:")
        st.stop()
