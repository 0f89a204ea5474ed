"""Accounts: making, changing, closing; the one-time links; the last admin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts import passwords, queries, service, sessions
from learncraft.accounts.errors import (
    AddressTakenError,
    InvalidProfileError,
    LastAdminError,
    LinkExpiredError,
    OrganisationSignInError,
    UserNotFoundError,
    WeakPasswordError,
    WrongPasswordError,
    wait_in_words,
)
from learncraft.accounts.models import User, UserPreferences, UserRole, UserSession
from learncraft.accounts.tokens import OneTimeLinks
from learncraft.db import Database
from tests.factories import make_user

PASSWORD = "seven green boats"
LINKS = OneTimeLinks("a key for tests only")


def make_person(session: Session, email: str = "ana@example.org", password: str | None = PASSWORD) -> User:
    return service.create_user(session, email=email, first_name="Ana", last_name="Lind", password=password)


def test_one_mailbox_is_one_account(session: Session) -> None:
    assert make_person(session, " Ana@Example.org ").email == "ana@example.org"
    with pytest.raises(AddressTakenError, match=r"ana@example\.org already"):
        make_person(session, "ANA@example.ORG")
    assert session.scalars(select(UserPreferences.theme)).one() == "system"


@pytest.mark.parametrize("email", ["", "ana", "@x.org", "a@b@c.org", "a b@x.org", "a@x.org\nBcc: all@x.org", "ä@x.org"])
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(InvalidProfileError, match="such as ana@example"):
        make_person(session, email)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "<b>Ana</b>", "Win at https://x.org"])
def test_what_is_no_name_is_refused(session: Session, name: str) -> None:
    with pytest.raises(InvalidProfileError):
        service.create_user(session, email="a@example.org", first_name=name)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 10"),
        ("x" * 257, "at most 256"),
        ("Password123", "guesser"),
        ("aaaaaaaaaaaa", "guesser"),
        ("ana.lind.long@example.org", "e-mail address"),
        ("ANA.lind.long", "e-mail address"),
    ],
)
def test_a_password_that_is_guessed_early_is_refused(password: str, why: str) -> None:
    with pytest.raises(WeakPasswordError, match=why):
        passwords.check_new(password, email="ana.lind.long@example.org")


def test_words_in_a_row_make_a_password() -> None:
    passwords.check_new("fünf grüne Boote", email="ana@example.org")


def test_only_the_right_password_of_an_open_account_lets_in(session: Session) -> None:
    person = make_person(session)
    assert service.authenticate(session, "ANA@example.org", PASSWORD) is person
    assert service.authenticate(session, "ana@example.org", "wrong") is None
    assert service.authenticate(session, "ana@example.org", PASSWORD + "x" * 300) is None
    person.is_active = False
    session.flush()
    assert service.authenticate(session, "ana@example.org", PASSWORD) is None


def test_without_a_password_no_password_lets_in(session: Session) -> None:
    make_person(session, password=None)
    assert service.authenticate(session, "ana@example.org", "") is None
    assert service.authenticate(session, "ana@example.org", "the password of nobody") is None


def test_a_new_password_ends_the_other_sign_ins(session: Session) -> None:
    person = make_person(session)
    here, there = sessions.open_session(session, person), sessions.open_session(session, person)
    viewer = sessions.viewer_for_token(session, here)
    assert viewer is not None
    with pytest.raises(WrongPasswordError):
        service.change_password(session, person.id, current="wrong", new="nine blue whales")
    service.change_password(session, person.id, current=PASSWORD, new="nine blue whales", keep_family=viewer.family_id)
    assert sessions.viewer_for_token(session, here) is not None
    assert sessions.viewer_for_token(session, there) is None
    assert service.authenticate(session, "ana@example.org", "nine blue whales") is not None


def test_a_reset_link_works_once_and_ends_all_sign_ins(session: Session) -> None:
    person = make_person(session)
    token = sessions.open_session(session, person)
    message = service.request_reset(session, LINKS, "Ana@example.org")
    assert message is not None and message.token is not None
    with pytest.raises(WeakPasswordError):
        service.reset_password(session, LINKS, message.token, password="short")
    assert service.read_reset(session, LINKS, message.token) == "ana@example.org"
    service.reset_password(session, LINKS, message.token, password="nine blue whales")
    assert sessions.viewer_for_token(session, token) is None
    for use in (service.read_reset, lambda *args: service.reset_password(*args, password="ten red foxes")):
        with pytest.raises(LinkExpiredError):
            use(session, LINKS, message.token)


def test_nobody_is_sent_nothing(session: Session) -> None:
    assert service.request_reset(session, LINKS, "nobody@example.org") is None


def test_one_kind_of_link_is_not_another_and_none_is_forged(session: Session) -> None:
    person = make_person(session)
    reset, sign_in = LINKS.reset(person), LINKS.sign_in(person)
    for token in (sign_in, reset[:-2], reset.replace(".", ""), "", "x", OneTimeLinks("another key").reset(person)):
        with pytest.raises(LinkExpiredError):
            service.reset_password(session, LINKS, token, password="nine blue whales")
    with pytest.raises(LinkExpiredError):
        service.sign_in_by_link(session, LINKS, reset)


def test_links_grow_old(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_person(session)
    reset, sign_in = LINKS.reset(person), LINKS.sign_in(person)
    monkeypatch.setattr("learncraft.accounts.tokens.RESET_SECONDS", -1)
    monkeypatch.setattr("learncraft.accounts.tokens.SIGN_IN_SECONDS", -1)
    with pytest.raises(LinkExpiredError):
        service.read_reset(session, LINKS, reset)
    with pytest.raises(LinkExpiredError):
        service.sign_in_by_link(session, LINKS, sign_in)


@pytest.mark.parametrize("kind", ["reset", "sign_in"])
def test_two_clicks_at_once_use_a_link_once(fresh_database: Database, kind: str) -> None:
    with fresh_database.transaction() as session:
        person = make_person(session)
    token = LINKS.reset(person) if kind == "reset" else LINKS.sign_in(person)

    def click(number: int) -> bool:
        try:
            with fresh_database.transaction() as session:
                if kind == "reset":
                    service.reset_password(session, LINKS, token, password=f"{number} blue whales swim")
                else:
                    service.sign_in_by_link(session, LINKS, token)
        except LinkExpiredError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(click, range(4))) == [False, False, False, True]


def test_a_sign_in_link_is_for_those_who_may_enter(session: Session) -> None:
    person = make_person(session)
    token = service.make_sign_in_link(session, LINKS, "ana@example.org")
    person.is_active = False
    session.flush()
    with pytest.raises(LinkExpiredError):
        service.sign_in_by_link(session, LINKS, token)
    with pytest.raises(UserNotFoundError):
        service.make_sign_in_link(session, LINKS, "ana@example.org")


def test_there_is_always_a_system_admin(session: Session) -> None:
    one, other = (make_user(session, role=UserRole.SYSTEM_ADMIN) for _ in range(2))
    service.set_role(session, other.id, UserRole.LEARNER)
    with pytest.raises(LastAdminError):
        service.set_role(session, one.id, UserRole.CONTENT_ADMIN)
    with pytest.raises(LastAdminError):
        service.deactivate(session, one.id)
    service.set_role(session, one.id, UserRole.SYSTEM_ADMIN)


def test_two_admins_cannot_remove_each_other_at_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        ids = [make_user(session, role=UserRole.SYSTEM_ADMIN).id for _ in range(2)]

    def remove(number: int) -> bool:
        try:
            with fresh_database.transaction() as session:
                service.set_role(session, ids[number], UserRole.LEARNER)
        except LastAdminError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, range(2))) == [False, True]


def test_a_deactivated_person_is_out_at_once_and_may_come_back(session: Session) -> None:
    person = make_person(session)
    token = sessions.open_session(session, person)
    service.deactivate(session, person.id)
    assert sessions.viewer_for_token(session, token) is None
    service.activate(session, person.id)
    assert service.authenticate(session, "ana@example.org", PASSWORD) is not None


def test_profile_and_preferences_are_kept_when_they_can_be_followed(session: Session) -> None:
    person = make_person(session)
    service.update_profile(session, person.id, first_name=" Anna  Maria ", last_name="", bio="Sails.\0")
    service.update_preferences(session, person.id, theme="dark", time_zone="Europe/Vienna")
    profile = queries.profile(session, person.id)
    assert (profile.first_name, profile.last_name, profile.bio) == ("Anna Maria", "", "Sails.")
    assert (profile.theme, profile.time_zone, profile.language) == ("dark", "Europe/Vienna", "en")
    for wrong in ({"theme": "neon"}, {"time_zone": "Mars/Base"}, {"language": "English please"}):
        with pytest.raises(InvalidProfileError):
            service.update_preferences(session, person.id, **wrong)  # type: ignore[arg-type]


def test_people_are_found_by_parts_of_name_and_address(session: Session) -> None:
    make_person(session, "ana@example.org")
    make_user(session, first_name="Bo", last_name="100%", email="bo@school.org")
    assert [row.email for row in service.list_users(session, search="lind AN").users] == ["ana@example.org"]
    assert [row.email for row in service.list_users(session, search="100%").users] == ["bo@school.org"]
    assert service.list_users(session, search="_").total == 0
    page = service.list_users(session, page=99)
    assert (page.page, page.pages) == (1, 1)


def test_the_organisation_opens_links_or_refuses_an_account(session: Session) -> None:
    known = make_person(session)
    claims = {"email": "Ana@example.org", "email_verified": True, "given_name": "Ana"}
    issuer = {"issuer": "https://id.example.org"}
    with pytest.raises(OrganisationSignInError, match="not confirmed"):
        service.from_oidc(session, **issuer, subject="1", claims=claims | {"email_verified": False})
    assert service.from_oidc(session, **issuer, subject="1", claims=claims).id == known.id
    moved = claims | {"email": "ana.new@example.org", "email_verified": False}
    assert service.from_oidc(session, **issuer, subject="1", claims=moved).id == known.id
    with pytest.raises(OrganisationSignInError, match="Another person"):
        service.from_oidc(session, **issuer, subject="2", claims=claims)
    new = service.from_oidc(session, **issuer, subject="3", claims=claims | {"email": "bo@example.org"})
    assert (new.email, new.role, new.password_hash) == ("bo@example.org", UserRole.LEARNER, None)
    new.is_active = False
    session.flush()
    with pytest.raises(OrganisationSignInError, match="closed"):
        service.from_oidc(session, **issuer, subject="3", claims=claims)


def test_closing_an_account_takes_its_sign_ins_with_it(session: Session) -> None:
    person = make_user(session)
    sessions.open_session(session, person)
    session.delete(person)
    session.flush()
    assert session.scalars(select(UserSession)).all() == []


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "1 second"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (61, "2 minutes")]
)
def test_waiting_times_are_said_as_people_do(seconds: int, words: str) -> None:
    assert wait_in_words(seconds) == words
