"""What was made in a popover is there, and the popover is closed, with nothing typed in it."""

from __future__ import annotations

from learncraft.accounts.models import UserRole
from tests.pages.conftest import World
from tests.pages.test_every_page import said

PAGE = "pages/teach/question_bank.py"


def test_a_new_bank_is_looked_at_and_its_form_begins_anew(world: World) -> None:
    app = world.open(PAGE, UserRole.INSTRUCTOR)
    for title in ("Joins", "Keys"):
        # Fields and the popover begin anew under other keys, which closes it in a browser.
        [field] = [one for one in app.text_input if str(one.key).startswith("bank-title") and not one.value]
        field.set_value(title)
        [make] = [one for one in app.button if one.label == "Make it"]
        make.click().run()
        assert not app.exception
        assert "No question yet" in said(app)
    assert app.selectbox(key="bank").value == "Keys"
