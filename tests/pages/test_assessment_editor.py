"""The assessment editor and the question bank on their pages: what is chosen and typed there is kept."""

from __future__ import annotations

from sqlalchemy import text

from learncraft.accounts.models import UserRole
from tests.pages.conftest import World


def test_what_the_tutor_may_do_is_chosen_among_the_settings_of_an_assessment(world: World) -> None:
    world.queries["pages/teach/assessment.py"] += "&part=settings"
    app = world.open("pages/teach/assessment.py", UserRole.INSTRUCTOR)
    rule = next(one for one in app.selectbox if str(one.key).startswith("rule-"))
    assert rule.value == "By its type: hints, never the answer"
    rule.set_value("No tutor").run()
    assert not app.exception
    assessment = world.queries["pages/teach/assessment.py"].removeprefix("id=").partition("&")[0]
    with world.database.reading() as session:
        kept = session.execute(text("SELECT tutor_help::text FROM assessments WHERE id = :id"), {"id": assessment})
        assert kept.scalar_one() == "nothing"
