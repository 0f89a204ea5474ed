"""My grades in a course: how do I stand, and how is that made?"""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from learncraft.assessments.gradebook import own_grades
from learncraft.assessments.gradebook.own_grades import OwnGrades
from learncraft.assessments.gradebook.queries import Cell
from learncraft.assessments.gradebook.rules import CategoryPart, ItemPart, Standing
from learncraft.language import Spoken, _, numbers
from pages.shared import frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
slug = st.query_params.get("course", "")
with frame.reading() as session:
    found: OwnGrades = frame.require(own_grades.of_learner(session, viewer.id, slug), what="course")

STANDINGS = Spoken(
    {
        Standing.COUNTS: "",
        Standing.MISSING: "not done, counts as 0",
        Standing.AWAITED: "no grade yet",
        Standing.EXCUSED: "you are excused",
        Standing.DROPPED: "among the lowest, dropped",
    }
)
ATTEMPTS = Spoken(
    {"best": "Your best attempt counts.", "last": "Your last attempt counts.", "average": "The mean counts."}
)


def percent(value: Decimal | None) -> str:
    """A grade in words."""
    return "–" if value is None else f"{numbers.plain_number(value)} %"


def category(part: CategoryPart) -> None:
    """One category: its grade, its share, and what went into it."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(plain(_(part.title)), anchor=False, width="content")
            st.markdown(f"**{percent(part.percent)}**", width="content")
        facts = []
        if part.share and part.share < 100:
            facts.append(_("{share} % of the total", share=numbers.number(part.share)))
        if part.drop_lowest:
            facts.append(_("without the lowest: {grades}", grades=words.counted(part.drop_lowest, "grade")))
        if facts:
            st.caption(" · ".join(facts))
        for item in part.items:
            line(item)
        if not part.items:
            st.caption(_("There is nothing in it yet."))


def line(item: ItemPart) -> None:
    """One assessment: its grade, what it does for the total, and why if a person set it."""
    cell = found.cells.get(item.id) or Cell()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        said = STANDINGS[item.standing]
        st.markdown(f"{plain(found.titles[item.id])}" + (f" · *{said}*" if said else ""), width="content")
        st.markdown(percent(item.percent), width="content")
    if cell.is_by_hand:
        st.caption(_(":material/edit: Set by hand: {reason}", reason=plain(cell.reason)))


frame.head(_("My grades"), plain(found.course_title))
st.page_link(
    "pages/learn/course.py", label=_("Back to the course"), icon=":material/arrow_back:", query_params={"course": slug}
)
if not found.titles:
    frame.empty(_("Nothing is graded here"), _("This course has no quiz or exam that counts."), "quiz")
    st.stop()
st.metric(_("Total so far"), percent(found.total.percent), border=True, width=220)
missing = _("What is missing counts as 0.") if found.rules.missing_is_zero else _("What is missing doesn't count.")
st.caption(
    _(
        "{attempts} {missing} The total is rounded half up, once.",
        attempts=ATTEMPTS[found.rules.attempt_rule.value],
        missing=missing,
    )
)
for one in found.total.categories:
    category(one)
