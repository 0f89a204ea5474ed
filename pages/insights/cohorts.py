"""Cohorts and retention: who stays, and how do cohorts compare?"""

from __future__ import annotations

from learncraft.analytics import funnel, retention
from learncraft.enrollment import cohort_names
from learncraft.language import _
from pages.insights import cohort_charts, progress_charts
from pages.shared import charts, frame, insight

MOST_COHORTS = 8  # as many as one can tell apart

view = insight.of_course("Cohorts and retention")
steps, staying = view.ask(funnel.enrollment_steps), view.ask(retention.retention)
with frame.reading() as session:
    people = cohort_names.people_of_cohorts(session, view.course.id)
compared = [
    (cohort.name, len(people[cohort.id]), view.ask(funnel.enrollment_steps, scope=view.scope.of(people[cohort.id])))
    for cohort in view.cohorts[:MOST_COHORTS]
    if cohort.id in people
]

charts.show(staying, cohort_charts.retention, as_of=view.as_of)
charts.show(steps, progress_charts.steps, as_of=view.as_of)
charts.show(
    steps,
    lambda _rows: progress_charts.cohort_steps([(name, size, answer.rows()) for name, size, answer in compared]),
    as_of=view.as_of,
    key="cohort_comparison",
    title=_("How do cohorts compare?"),
    counted=_("Of the people who take the course with each cohort now: the share who took each step in the period."),
)
