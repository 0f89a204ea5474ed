"""Engagement: who is active when, what do they do, who comes and who leaves?"""

from __future__ import annotations

from learncraft.analytics import engagement
from pages.insights import behind, engagement_charts
from pages.shared import charts, insight

view = insight.of_course("Engagement")
days, days_before = view.ask(engagement.active_learners_by_day), view.ask_before(engagement.active_learners_by_day)
hours = view.ask(engagement.active_hours)
doings = view.ask(engagement.doings)
enrollments = view.ask(engagement.enrollments_by_day)

picked = charts.show(
    days,
    lambda rows: engagement_charts.active_days(rows, insight.rows_or_none(days_before)),
    as_of=view.as_of,
    can_pick=True,
)
if picked:
    behind.of_day(view, picked[0])
charts.show(hours, engagement_charts.hours, as_of=view.as_of)
charts.show(doings, engagement_charts.doings, as_of=view.as_of)
charts.show(enrollments, engagement_charts.enrollments, as_of=view.as_of)
