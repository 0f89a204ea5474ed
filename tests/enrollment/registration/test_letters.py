"""Every letter about a registration: who gets it, once, and where its link leads."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts import service as accounts
from learncraft.enrollment.registration import applying, deciding, inviting, letters, waiting
from learncraft.enrollment.registration.errors import LinkUsedError
from learncraft.enrollment.registration.inviting import Row
from learncraft.enrollment.registration.links import ConfirmLinks
from learncraft.enrollment.registration.models import Registration
from learncraft.errors import LearnCraftError
from tests.enrollment.registration.world import letters as asked_for
from tests.enrollment.registration.world import make_offering

LINKS = ConfirmLinks("secret")
SITE = "https://learn.example.org"
ABOUT = (
    "confirm",
    "go_on",
    "invited",
    "submitted",
    "waitlisted",
    "accepted",
    "enrolled",
    "rejected",
    "given_up",
)


def written(session: Session, registration_id: object, about: str) -> letters.Letter:
    found = letters.write(session, registration_id, about, links=LINKS, link=lambda path: f"{SITE}{path}")  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize("about", ABOUT)
def test_a_letter_goes_to_who_registers_and_leads_to_a_page_of_the_site(session: Session, about: str) -> None:
    offered = make_offering(session, price="20")
    person, made = offered.sent(session)
    session.get_one(Registration, made).decision_note = "Bring a laptop."
    letter = written(session, made, about)
    assert letter.to == person.email
    assert "Spring" in letter.subject
    assert letter.text.startswith(f"Hello {person.first_name},")
    assert ("Bring a laptop." in letter.text) == (about != "confirm")
    addresses = re.findall(r"https?://\S+", letter.text)
    assert all(address.startswith(f"{SITE}/") for address in addresses)
    expected = {
        "confirm": "/offers/confirm/",
        "enrolled": f"/course?course={offered.course.course.slug}",
        "rejected": None,
    }.get(about, f"/registration?offering={offered.offering_id}")
    assert (expected is None and not addresses) or any(str(expected) in address for address in addresses)


def test_a_letter_speaks_the_language_of_who_gets_it(session: Session) -> None:
    offered = make_offering(session)
    person, made = offered.sent(session)
    accounts.update_preferences(session, person.id, language="de")
    letter = written(session, made, "enrolled")
    assert letter.subject == "Du hast einen Platz in „Spring“"
    assert "Es beginnt am 1. Apr. 2027." in letter.text


def test_the_link_of_a_confirmation_and_of_an_invitation_works_once(session: Session) -> None:
    offered = make_offering(session)
    applying.ask(session, offering_id=offered.offering_id, email="kim@example.org", first_name="Kim", last_name="")
    inviting.invite(session, offered.teacher, offered.offering_id, [Row(2, "ida@example.org", "Ida", "", "", "")])
    for address, about in (("kim@example.org", "confirm"), ("ida@example.org", "invited")):
        made = session.scalars(select(Registration.id).where(Registration.email == address)).one()
        [token] = re.findall(r"/offers/confirm/(\S+)", written(session, made, about).text)
        registration, _ = applying.confirm(session, LINKS, token)
        assert registration.id == made
        with pytest.raises(LinkUsedError):
            applying.confirm(session, LINKS, token)
    assert asked_for(session) == ["confirm", "invited"]


def test_each_step_asks_for_one_letter_however_often_it_is_clicked(session: Session) -> None:
    offered = make_offering(session, places=1, needs_review=True)
    (_, first), (_, second), (_, third) = (offered.sent(session) for _ in range(3))
    steps = (
        lambda: deciding.accept(session, offered.teacher, first, cohort_id=None),
        lambda: deciding.wait(session, offered.teacher, second),
        lambda: deciding.reject(session, offered.teacher, third),
    )
    for step in (*steps, *steps):
        try:
            with session.begin_nested():
                step()
        except LearnCraftError:
            pass  # it was decided before
    for _ in range(2):
        waiting.fill(session, offered.course.id)
    assert asked_for(session) == ["submitted"] * 3 + ["enrolled", "waitlisted", "rejected"]


def test_a_letter_of_a_registration_that_is_gone_is_none(session: Session) -> None:
    offered = make_offering(session)
    person = offered.applicant(session)
    made = applying.begin(session, person, offered.offering_id)
    applying.withdraw(session, learner_id=person.id, registration_id=made)
    assert letters.write(session, made, "submitted", links=LINKS, link=str) is None
