"""The public page of an offering, and the link that confirms an address: right, wrong, old, used."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, text

from learncraft.accounts.models import User
from learncraft.enrollment.registration.links import ConfirmLinks
from learncraft.enrollment.registration.models import Registration
from learncraft.secrets import secret_key
from tests.enrollment.registration.world import Offered, make_offering
from tests.web.conftest import Site


@pytest.fixture
def offered(site: Site) -> Offered:
    with site.database.transaction() as session:
        return make_offering(session)


def asked(site: Site, offered: Offered, address: str = "kim@example.org") -> str:
    """The token of the link that somebody gets who asks."""
    path = f"/offers/{offered.offering_id}"
    answer = site.browser().post(path, email=address, first_name="Kim", last_name="Berg")
    assert answer.status_code == 200
    assert "Check your mail" in answer.text
    with site.database.reading() as session:
        registration = session.scalars(select(Registration).where(Registration.email == address)).one()
        return ConfirmLinks(secret_key(site.settings)).make(registration)


def test_everybody_sees_the_offering_with_its_places(site: Site, offered: Offered) -> None:
    page = site.browser().client.get(f"/offers/{offered.offering_id}").text
    assert "Spring" in page
    assert "2 of 2 places left" in page


@pytest.mark.parametrize("path", ["/offers/00000000-0000-0000-0000-000000000000", "/offers/x", "/offers/confirm/x/y"])
def test_an_address_that_leads_nowhere_is_a_sentence(site: Site, path: str) -> None:
    answer = site.browser().client.get(path)
    assert answer.status_code == 404
    assert "There is no such" in answer.text


def test_a_newcomer_confirms_gets_an_account_and_goes_on_and_the_link_is_used_up(site: Site, offered: Offered) -> None:
    token = asked(site, offered)
    browser = site.browser()
    for _ in range(2):  # looking uses nothing up
        assert "Choose a password" in browser.client.get(f"/offers/confirm/{token}").text
    assert browser.post(f"/offers/confirm/{token}", password="short").status_code == 422
    answer = browser.post(f"/offers/confirm/{token}", password="a long enough secret")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/registration?offering={offered.offering_id}"
    assert browser.who() == "kim@example.org"
    with site.database.reading() as session:
        registration = session.scalars(select(Registration)).one()
        user = session.scalars(select(User).where(User.email == "kim@example.org")).one()
        assert (registration.user_id, user.is_email_verified) == (user.id, True)
    again = site.browser().client.get(f"/offers/confirm/{token}")
    assert again.status_code == 410
    assert "was used before" in again.text


def test_who_has_an_account_confirms_and_signs_in_as_always(site: Site, offered: Offered) -> None:
    site.person("kim@example.org")
    token = asked(site, offered)
    browser = site.browser()
    assert "password" not in browser.client.get(f"/offers/confirm/{token}").text.split("<form")[1]
    assert browser.post(f"/offers/confirm/{token}").status_code == 303
    assert browser.who().startswith("/auth/sign-in"), "a link to a mailbox is no sign-in"


@pytest.mark.parametrize("spoil", [lambda token: token[:-3], lambda token: "x" + token, lambda token: "nonsense"])
def test_a_wrong_link_is_a_sentence_and_lets_nobody_in(site: Site, offered: Offered, spoil) -> None:
    token = spoil(asked(site, offered))
    answer = site.browser().client.get(f"/offers/confirm/{token}")
    assert answer.status_code == 410
    assert "This link is not right" in answer.text


def test_an_expired_offer_takes_nobody(site: Site, offered: Offered) -> None:
    with site.database.transaction() as session:
        session.execute(text("UPDATE course_offerings SET registration_closes_at = now() - interval '1 hour'"))
    answer = site.browser().client.get(f"/offers/{offered.offering_id}")
    assert re.search("Registration closed on", answer.text)
    assert "<form" not in answer.text
