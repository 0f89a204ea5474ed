"""Letters: in their reader's language, of the kinds that they want, with a link that stops each kind."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from learncraft import mail
from learncraft.accounts import letters, service
from learncraft.accounts.errors import LinkExpiredError
from learncraft.accounts.letters import LetterKind, StopLinks
from learncraft.accounts.models import User
from learncraft.accounts.tokens import OneTimeLinks
from learncraft.settings import Settings
from learncraft.web import messages
from tests.factories import make_user


def test_a_letter_is_in_the_language_of_the_account(session: Session, tmp_path) -> None:
    person = make_user(session)
    service.update_preferences(session, person.id, language="de")
    message = service.request_reset(session, OneTimeLinks("secret" * 5), person.email)
    assert message is not None
    settings = Settings(home=tmp_path, _env_file=None)
    messages.reset(settings, message, "https://example.org")
    [kept] = mail.kept(settings)
    assert kept.subject.startswith("Wähle ein neues Passwort bei ")
    assert f"Hallo {person.first_name}," in kept.text
    assert "/auth/reset/" in kept.text


def test_the_browsers_language_is_kept_until_the_person_chooses_one(session: Session) -> None:
    from learncraft.accounts import queries

    person = make_user(session)
    service.note_language(session, person.id, "de")
    assert queries.profile(session, person.id).language == "de"
    service.update_preferences(session, person.id, language="en")
    service.note_language(session, person.id, "de")
    assert queries.profile(session, person.id).language == "en"


def wanted(session: Session, person: User) -> list[LetterKind]:
    return [kind for kind in LetterKind if letters.reader(session, person.id, kind) is not None]


def test_each_kind_of_letter_is_wanted_until_it_is_stopped(session: Session) -> None:
    person = make_user(session)
    assert wanted(session, person) == list(LetterKind)
    letters.stop(session, person.id, LetterKind.MENTIONS)
    letters.stop(session, person.id, LetterKind.MENTIONS)
    assert wanted(session, person) == [kind for kind in LetterKind if kind != LetterKind.MENTIONS]
    letters.choose(session, person.id, {LetterKind.MENTIONS})
    assert wanted(session, person) == [LetterKind.MENTIONS]


def test_whoever_wanted_no_mail_before_there_were_kinds_gets_none(session: Session) -> None:
    person = make_user(session)
    service.update_preferences(session, person.id, email_notifications=False)
    assert wanted(session, person) == []
    letters.stop(session, person.id, LetterKind.WEEKLY)
    assert wanted(session, person) == []


def test_nobody_writes_to_a_closed_account(session: Session) -> None:
    closed, deleted = make_user(session), make_user(session)
    closed.is_active, deleted.deleted_at = False, datetime.now(UTC)
    session.flush()
    assert wanted(session, closed) == wanted(session, deleted) == []


def test_a_link_stops_one_persons_letters_of_one_kind() -> None:
    links, person = StopLinks("secret" * 5), uuid4()
    token = links.path(person, LetterKind.WEEKLY).removeprefix("/letters/stop/")
    assert links.read(token) == (person, LetterKind.WEEKLY)
    for forged in (token[:-1], "", "x.y", StopLinks("other" * 5).path(person, LetterKind.WEEKLY).rpartition("/")[2]):
        with pytest.raises(LinkExpiredError):
            links.read(forged)


def test_mail_programs_find_the_link_in_the_letters_head(tmp_path) -> None:
    path = mail.send(
        Settings(home=tmp_path, _env_file=None), "a@example.org", "x", "y", stop="https://x.org/letters/stop/t"
    )
    assert path is not None
    raw = path.read_text()
    assert "List-Unsubscribe: <https://x.org/letters/stop/t>" in raw
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
