"""Lessons: how far do learners come, where do they stop, and how long does it take them?"""

from __future__ import annotations

from uuid import UUID

from learncraft.analytics import funnel
from learncraft.analytics import lessons as lesson_questions
from learncraft.courses import queries as courses
from pages.insights import behind, progress_charts
from pages.shared import charts, frame, insight

view = insight.of_course("Lessons")
reaches, modules = view.ask(funnel.completion_funnel), view.ask(funnel.module_funnel)
stopped, times = view.ask(funnel.where_they_stopped), view.ask(lesson_questions.lesson_time)
with frame.reading() as session:
    names = courses.lesson_names(session, view.course.id)
titles = {one.id: one.title for one in names}


def with_people(picked: list[str]) -> None:
    """Who is behind the lesson that was picked in a chart."""
    if picked:
        behind.of_lesson(view, UUID(picked[0]), titles)


with_people(charts.show(stopped, lambda rows: progress_charts.stopped(names, rows), as_of=view.as_of, can_pick=True))
with_people(charts.show(reaches, lambda rows: progress_charts.lessons(names, rows), as_of=view.as_of, can_pick=True))
with_people(charts.show(times, lambda rows: progress_charts.times(names, rows), as_of=view.as_of, can_pick=True))
charts.show(modules, lambda rows: progress_charts.modules(names, rows), as_of=view.as_of)
