"""Tutor: where do learners ask, and do they get answers?"""

from __future__ import annotations

from uuid import UUID

from learncraft.analytics import tutor
from learncraft.courses import queries as courses
from pages.insights import behind, tutor_charts, tutor_words
from pages.shared import charts, frame, insight

view = insight.of_course("Tutor questions")
lessons, days = view.ask(tutor.tutor_by_lesson), view.ask(tutor.tutor_by_day)
with frame.reading() as session:
    names = courses.lesson_names(session, view.course.id)

picked = charts.show(lessons, lambda rows: tutor_charts.by_lesson(names, rows), as_of=view.as_of, can_pick=True)
if picked:
    behind.of_lesson(view, UUID(picked[0]), {one.id: one.title for one in names})
charts.show(days, tutor_charts.by_day, as_of=view.as_of)
tutor_words.show(view, names)
