"""Labs and flashcards: who passes, how long does it take, and what is remembered?"""

from __future__ import annotations

from learncraft.analytics import practice
from learncraft.labs import names as lab_names
from learncraft.language import _
from pages.insights import behind, tutor_charts
from pages.shared import charts, columns, frame, insight

view = insight.of_course("Labs and flashcards")
labs, memory = view.ask(practice.lab_results), view.ask(practice.flashcard_memory)
with frame.reading() as session:
    names = lab_names.lab_names(session, view.course.id)

picked = charts.table(
    labs,
    lambda rows: tutor_charts.labs(names, rows),
    as_of=view.as_of,
    settings={_("Passed (%)"): columns.percent()},
    can_pick=True,
)
if picked:
    used = {one.lab_id for one in insight.rows_or_none(labs) or []}
    order = [*(key for key in names if key in used), *(key for key in used if key not in names)]
    behind.of_object(view, order[picked[0]], names.get(order[picked[0]], _("A lab that is gone")))
charts.show(memory, tutor_charts.memory, as_of=view.as_of)
