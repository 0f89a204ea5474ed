"""At risk: who may need a word from you, why, and who had one?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from learncraft.accounts.names import GONE, PersonName
from learncraft.analytics import at_risk, contacting
from learncraft.analytics.at_risk import AtRisk, Thresholds
from learncraft.analytics.contacting import Contact
from learncraft.language import _, _n, numbers
from pages.shared import charts, frame, insight, words
from pages.shared.charts import Drawn, Table
from pages.shared.insight import CourseView
from pages.shared.render import plain

MOST = 200

view = insight.of_course("At risk")
with st.container(horizontal=True, vertical_alignment="bottom"):
    defaults = Thresholds()
    thresholds = Thresholds(
        idle_days=st.number_input(
            _("Away for days"), 1, 120, defaults.idle_days, key="idle", bind="query-params", width=150
        ),
        failures=st.number_input(
            _("Failed attempts"), 1, 20, defaults.failures, key="failures", bind="query-params", width=150
        ),
        reasons=st.number_input(
            _("Reasons at least"), 1, 4, defaults.reasons, key="reasons", bind="query-params", width=150
        ),
    )
answer = view.ask(at_risk.learners_at_risk, thresholds=thresholds, most=MOST)
found = insight.rows_or_none(answer) or []
names = insight.names_of(one.actor_id for one in found)
with frame.reading() as session:
    log = contacting.contacts(session, view.course.id)


def draw(rows: Sequence[AtRisk]) -> Drawn:
    """The learners with their reasons, and when they were last contacted."""
    last: dict[object, Contact] = {}
    for one in log:
        last.setdefault(one.learner_id, one)
    in_all = rows[0].in_all if rows else 0
    return Drawn(
        figure=None,
        table=Table(
            (_("Learner"), _("Why"), _("Last seen"), _("Lessons finished"), _("Last contacted")),
            tuple(
                (
                    names[one.actor_id].name if one.actor_id in names else _(GONE),
                    " ".join(one.reasons()),
                    words.when(one.last_seen, view.viewer.time_zone),
                    one.completed,
                    words.when(last[one.actor_id].created_at, view.viewer.time_zone)
                    if one.actor_id in last
                    else _("never"),
                )
                for one in rows
            ),
        ),
        nothing=_("Nobody is at risk by these thresholds."),
        note=_n("{count} learner.", "{count} learners.", in_all)
        if in_all <= MOST
        else _("{count} learners, {most} of them shown.", count=numbers.number(in_all), most=MOST),
    )


def with_learner(view: CourseView, one: AtRisk, name: PersonName) -> None:
    """What can be done about one learner."""
    with st.container(border=True):
        st.markdown(f"**{plain(name.name)}**")
        for reason in one.reasons():
            st.markdown(f"- {reason}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button(_("Write an e-mail"), f"mailto:{name.email}", icon=":material/mail:")
            st.page_link(
                "pages/insights/learner.py",
                label=_("Timeline"),
                icon=":material/timeline:",
                query_params={"course": str(view.course.id), "learner": str(one.actor_id)},
            )
        with st.form(f"contact-{one.actor_id}", border=False, clear_on_submit=True):
            note = st.text_area(_("What did you agree?"), max_chars=contacting.MAX_NOTE, height=90)
            if st.form_submit_button(_("Note that I contacted them"), type="primary", icon=":material/check:"):
                with frame.action(_("Noted: you contacted {name}", name=name.name)) as session:
                    contacting.note_contact(
                        session,
                        view.viewer,
                        course_id=view.course.id,
                        learner_id=one.actor_id,
                        reasons=one.kept_reasons(),
                        note=note,
                    )
                st.rerun()


def show_log(log: Sequence[Contact]) -> None:
    """Who was contacted, by whom, and what came of it."""
    st.subheader(_("Who was contacted?"), anchor=False)
    if not log:
        frame.empty(_("Nobody yet"), _("Pick a learner above to note a word that you had."), "forum")
        return
    known = insight.names_of(one.learner_id for one in log)
    st.dataframe(
        [
            {
                _("When"): words.when(one.created_at, view.viewer.time_zone),
                _("Learner"): known[one.learner_id].name if one.learner_id in known else _(GONE),
                _("By"): _(one.by),
                _("Why"): " ".join(map(at_risk.retold, one.reasons)),
                _("Note"): one.note,
            }
            for one in log
        ],
        hide_index=True,
        key="contacts",
    )


picked = charts.table(
    answer,
    draw,
    as_of=view.as_of,
    settings={_("Why"): st.column_config.TextColumn(width="large")},
    can_pick=True,
)
if picked and found[picked[0]].actor_id in names:
    with_learner(view, found[picked[0]], names[found[picked[0]].actor_id])
elif found:
    st.caption(_("Pick a row to write to somebody, to see what they did, or to note a word that you had."))
show_log(log)
