"""From the first word to a place: forms, reviews, waiting lists, payments, and seats that two people want."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.db import Database
from learncraft.enrollment import cart, service
from learncraft.enrollment.errors import AlreadyEnrolledError
from learncraft.enrollment.models import Enrollment, EnrollmentStatus
from learncraft.enrollment.registration import applying, deciding, offerings, queries, waiting
from learncraft.enrollment.registration.errors import (
    BatchFullError,
    LinkTooOldError,
    LinkUsedError,
    NoPlaceError,
    NotConfirmedError,
    NotOfferedError,
    NotYoursToOfferError,
    RegistrationClosedError,
    RegistrationNotFoundError,
    UnfinishedStageError,
    WrongLinkError,
)
from learncraft.enrollment.registration.links import ConfirmLinks
from learncraft.enrollment.registration.models import CohortMember, Registration, RegistrationStatus
from learncraft.enrollment.registration.offerings import CohortDraft, OfferingDraft
from learncraft.enrollment.shapes import RegistrationForm
from learncraft.errors import ChangedSinceError, InvalidInputError
from learncraft.payments import checkout
from tests.enrollment.registration.world import (
    ANSWERS,
    Offered,
    cohort_seen,
    letters,
    make_offering,
    offering_seen,
    places_taken,
    status_of,
    viewer_of,
)
from tests.factories import make_enrollment, make_user
from tests.races import at_once

ENROLLED, WAITING = RegistrationStatus.ENROLLED, RegistrationStatus.WAITLISTED


def test_drafts_are_kept_and_a_sent_form_takes_a_place(session: Session) -> None:
    offered = make_offering(session)
    person = offered.applicant(session)
    made = applying.begin(session, person, offered.offering_id)
    assert applying.begin(session, person, offered.offering_id) == made
    draft = {"why": "  To le  "}
    applying.save_draft(
        session, learner_id=person.id, registration_id=made, stage_key="about", answers=draft | {"x": 1}
    )
    kept = queries.mine(session, person.id, offered.offering_id)
    assert kept is not None
    assert (kept.answers, kept.stage) == ({"about": {"why": "To le"}}, 0)
    with pytest.raises(UnfinishedStageError, match="Answer “I agree”"):
        applying.submit(session, learner_id=person.id, registration_id=made)
    offered.registered(session, person)
    assert applying.submit(session, learner_id=person.id, registration_id=made) == ENROLLED
    enrollment = session.scalars(select(Enrollment).where(Enrollment.user_id == person.id)).one()
    assert (enrollment.status, enrollment.cohort_id) == (EnrollmentStatus.ACTIVE, offered.cohort_id)
    assert letters(session) == ["enrolled"]
    with pytest.raises(RegistrationClosedError, match="enrolled"):
        applying.submit(session, learner_id=person.id, registration_id=made)
    with pytest.raises(AlreadyEnrolledError):
        applying.begin(session, viewer_of(make_in(session, offered)), offered.offering_id)


def make_in(session: Session, offered: Offered):  # type: ignore[no-untyped-def]
    user = make_user(session, is_email_verified=True)
    make_enrollment(session, offered.course.course, user)
    return user


def test_nobody_touches_somebody_elses_registration(session: Session) -> None:
    offered = make_offering(session, needs_review=True)
    _, made = offered.sent(session)
    stranger = offered.applicant(session)
    for act in (
        lambda: applying.withdraw(session, learner_id=stranger.id, registration_id=made),
        lambda: applying.submit(session, learner_id=stranger.id, registration_id=made),
    ):
        with pytest.raises(RegistrationNotFoundError):
            act()
    with pytest.raises(NotYoursToOfferError):
        deciding.accept(session, make_offering(session).teacher, made, cohort_id=None)


def test_a_review_decides_and_the_note_reaches_the_person(session: Session) -> None:
    offered = make_offering(session, needs_review=True, places=1)
    (_, first), (_, second), (_, third) = (offered.sent(session) for _ in range(3))
    assert places_taken(session, offered) == 0
    deciding.accept(session, offered.teacher, first, cohort_id=offered.cohort_id, note="Welcome")
    with pytest.raises(NoPlaceError):
        deciding.accept(session, offered.teacher, second, cohort_id=offered.cohort_id)
    deciding.wait(session, offered.teacher, second)
    deciding.reject(session, offered.teacher, third, note="Next time")
    with pytest.raises(RegistrationClosedError, match="refused"):
        deciding.accept(session, offered.teacher, third, cohort_id=None)
    assert [status_of(session, one) for one in (first, second, third)] == [
        ENROLLED,
        WAITING,
        RegistrationStatus.REJECTED,
    ]
    assert session.get_one(Registration, third).decision_note == "Next time"
    assert letters(session) == ["submitted"] * 3 + ["enrolled", "waitlisted", "rejected"]


def test_who_waits_longest_moves_up_when_somebody_leaves_and_nobody_overtakes(session: Session) -> None:
    offered = make_offering(session, places=1)
    (holder, held), (_, first), (_, second) = (offered.sent(session) for _ in range(3))
    assert [status_of(session, one) for one in (held, first, second)] == [ENROLLED, WAITING, WAITING]
    service.leave(session, learner_id=holder.id, course_id=offered.course.id)
    assert status_of(session, held) == RegistrationStatus.WITHDRAWN
    assert places_taken(session, offered) == 0
    # Before the job comes, somebody new finds a free place, and still doesn't get it.
    _, late = offered.sent(session)
    assert status_of(session, late) == WAITING
    assert waiting.fill(session, offered.course.id) == 1
    assert waiting.fill(session, offered.course.id) == 0
    assert [status_of(session, one) for one in (first, second, late)] == [ENROLLED, WAITING, WAITING]
    offerings.save_cohort(
        session,
        offered.teacher,
        CohortDraft("Cohort A", datetime(2027, 4, 1, tzinfo=UTC).date(), capacity=2),
        offering_id=offered.offering_id,
        cohort_id=offered.cohort_id,
        seen=cohort_seen(session, offered.cohort_id),
    )
    assert waiting.fill(session, offered.course.id) == 1
    assert [status_of(session, one) for one in (second, late)] == [ENROLLED, WAITING]


def test_leaving_asks_for_the_job_that_fills(session: Session) -> None:
    offered = make_offering(session)
    person, _ = offered.sent(session)
    session.execute(text("DELETE FROM procrastinate_jobs"))
    service.leave(session, learner_id=person.id, course_id=offered.course.id)
    asked = session.scalars(text("SELECT args ->> 'course_id' FROM procrastinate_jobs WHERE task_name = 'fill_places'"))
    assert list(asked) == [str(offered.course.id)]


def test_an_accepted_place_with_a_price_is_held_paid_for_in_the_cart_or_given_up(session: Session) -> None:
    offered = make_offering(session, places=1, price="120.00")
    person, made = offered.sent(session)
    assert status_of(session, made) == RegistrationStatus.ACCEPTED
    _, other = offered.sent(session)
    assert status_of(session, other) == WAITING
    cart.put_in(session, learner_id=person.id, course_id=offered.course.id)
    assert [line.price for line in cart.lines(session, person.id)] == [Decimal("120.00")]
    order = checkout.start(session, learner_id=person.id, provider="manual", currency="EUR", total=Decimal("120.00"))
    checkout.settle(session, order)
    assert status_of(session, made) == ENROLLED
    enrollment = session.scalars(select(Enrollment).where(Enrollment.user_id == person.id)).one()
    assert (enrollment.price_paid, enrollment.cohort_id) == (Decimal("120.00"), offered.cohort_id)
    checkout.refund(session, order)
    assert waiting.fill(session, offered.course.id) == 1
    assert status_of(session, other) == RegistrationStatus.ACCEPTED
    session.execute(
        text("UPDATE registrations SET decided_at = now() - interval '15 days' WHERE id = :id"), {"id": other}
    )
    session.expire_all()
    assert waiting.give_up_unpaid(session, limit=10) == 1
    assert status_of(session, other) == RegistrationStatus.WITHDRAWN
    assert places_taken(session, offered) == 0


def test_a_full_course_puts_people_on_the_waiting_list_too(session: Session) -> None:
    offered = make_offering(session, places=None, seats=1)
    (_, first), (_, second) = offered.sent(session), offered.sent(session)
    assert [status_of(session, one) for one in (first, second)] == [ENROLLED, WAITING]
    assert places_taken(session, offered) == 1


def test_batches_fill_up_in_order_and_a_left_place_is_taken_first(session: Session) -> None:
    offered = make_offering(session, places=None, batch_size=2)
    people = [offered.sent(session)[0] for _ in range(3)]

    def batches() -> list[int | None]:
        rows = session.execute(
            select(CohortMember.user_id, CohortMember.batch_no).where(CohortMember.left_at.is_(None))
        )
        found = dict(rows.all())
        return [found.get(person.id) for person in people]

    assert batches() == [1, 1, 2]
    service.leave(session, learner_id=people[0].id, course_id=offered.course.id)
    people.append(offered.sent(session)[0])
    assert batches() == [None, 1, 2, 1]


def test_a_batch_is_set_by_hand_where_it_has_room(session: Session) -> None:
    offered = make_offering(session, places=None, batch_size=2)
    made = [offered.sent(session) for _ in range(4)]
    person, registration = made[3]
    deciding.set_batch(session, offered.teacher, registration, 7)
    deciding.set_batch(session, offered.teacher, registration, 7)  # a second click
    batch = select(CohortMember.batch_no).where(CohortMember.user_id == person.id)
    assert session.scalar(batch) == 7
    with pytest.raises(BatchFullError, match="Batch 1 is taken: 2 of 2"):
        deciding.set_batch(session, offered.teacher, registration, 1)
    deciding.set_batch(session, offered.teacher, registration, 2)  # its own place there is free again
    for number in (0, 10_000):
        with pytest.raises(InvalidInputError, match="numbered"):
            deciding.set_batch(session, offered.teacher, registration, number)
    stranger = viewer_of(make_user(session, role=UserRole.INSTRUCTOR))
    with pytest.raises(NotYoursToOfferError):
        deciding.set_batch(session, stranger, registration, 3)
    service.leave(session, learner_id=person.id, course_id=offered.course.id)
    with pytest.raises(InvalidInputError, match="has a place"):
        deciding.set_batch(session, offered.teacher, registration, 3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closes_at": datetime.now(UTC) - timedelta(hours=1)}, "Registration closed on"),
        ({"opens_at": datetime.now(UTC) + timedelta(days=1)}, "Registration opens on"),
        ({"is_active": False}, "not offered any more"),
    ],
)
def test_an_offer_that_is_over_or_not_open_is_a_sentence(
    session: Session, change: dict[str, object], words: str
) -> None:
    offered = make_offering(session)
    person = offered.applicant(session)
    made = offered.registered(session, person)
    offerings.save(
        session,
        offered.teacher,
        OfferingDraft(title="Spring", needs_review=False, **change),  # type: ignore[arg-type]
        course_id=offered.course.id,
        offering_id=offered.offering_id,
        seen=offering_seen(session, offered.offering_id),
    )
    with pytest.raises(NotOfferedError, match=words):
        applying.submit(session, learner_id=person.id, registration_id=made)
    assert session.get_one(Registration, made).answers_json == ANSWERS, "nothing is lost"
    with pytest.raises(NotOfferedError, match=words):
        applying.begin(session, offered.applicant(session), offered.offering_id)


def test_a_link_works_once_for_its_address_and_seven_days(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = make_offering(session)
    links = ConfirmLinks("a key for tests only")
    applying.ask(session, offering_id=offered.offering_id, email="kim@example.org", first_name="Kim", last_name="Berg")
    registration = session.scalars(select(Registration)).one()
    token = links.make(registration)
    for wrong in ("", "nonsense", token[:-2], ConfirmLinks("another key").make(registration)):
        with pytest.raises(WrongLinkError):
            applying.confirm(session, links, wrong)
    with monkeypatch.context() as later:
        later.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda _: 2_000_000_000 + 8 * 86400)
        with pytest.raises(LinkTooOldError, match="older than 7 days"):
            applying.read_link(session, links, token)
    confirmed, user = applying.confirm(session, links, token)
    assert (confirmed.id, user) == (registration.id, None)
    with pytest.raises(LinkUsedError, match="used before"):
        applying.confirm(session, links, token)
    assert letters(session) == ["confirm"]
    applying.ask(session, offering_id=offered.offering_id, email="kim@example.org", first_name="X", last_name="Y")
    assert letters(session) == ["confirm", "go_on"]
    assert session.get_one(Registration, registration.id).first_name == "Kim"


def test_a_form_of_an_address_that_is_not_confirmed_is_not_sent(session: Session) -> None:
    offered = make_offering(session)
    person = viewer_of(make_user(session))
    made = offered.registered(session, person)
    assert letters(session) == ["confirm"]
    with pytest.raises(NotConfirmedError, match=person.email):
        applying.submit(session, learner_id=person.id, registration_id=made)


def test_a_draft_that_is_withdrawn_is_gone_and_a_sent_one_can_be_begun_again(session: Session) -> None:
    offered = make_offering(session, needs_review=True)
    person = offered.applicant(session)
    made = applying.begin(session, person, offered.offering_id)
    applying.withdraw(session, learner_id=person.id, registration_id=made)
    assert session.get(Registration, made) is None
    _, sent = offered.sent(session, person)
    applying.withdraw(session, learner_id=person.id, registration_id=sent)
    assert applying.begin(session, person, offered.offering_id) != sent


def test_seats_hold_when_all_want_the_last_one(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        offered = make_offering(session, places=2)
        people = [offered.applicant(session) for _ in range(8)]
        made = [offered.registered(session, person) for person in people]
    results = at_once(
        fresh_database,
        *(
            lambda session, person=person, one=one: applying.submit(session, learner_id=person.id, registration_id=one)
            for person, one in zip(people, made, strict=True)
        ),
    )
    assert sorted(results) == [ENROLLED] * 2 + [WAITING] * 6
    with fresh_database.transaction() as session:
        assert places_taken(session, offered) == 2
        assert session.scalar(text("SELECT count(*) FROM enrollments WHERE status = 'active'")) == 2


def test_a_seat_that_frees_goes_to_one_of_those_who_wait_however_many_fill_at_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        offered = make_offering(session, places=2)
        sent = [offered.sent(session) for _ in range(5)]
        waiting_ids = [one for _, one in sent[2:]]
    at_once(
        fresh_database,
        lambda session: service.leave(session, learner_id=sent[0][0].id, course_id=offered.course.id),
        lambda session: waiting.fill(session, offered.course.id),
        lambda session: waiting.fill(session, offered.course.id),
        lambda session: applying.withdraw(session, learner_id=sent[2][0].id, registration_id=sent[2][1]),
    )
    with fresh_database.transaction() as session:
        waiting.fill(session, offered.course.id)
        assert places_taken(session, offered) == 2
        stand = [status_of(session, one) for one in waiting_ids]
        assert stand.count(ENROLLED) == 1
        assert stand[2] == WAITING


def test_of_two_who_change_an_offering_its_form_or_its_cohort_the_later_one_is_told(session: Session) -> None:
    offered = make_offering(session)
    place = {"course_id": offered.course.id, "offering_id": offered.offering_id}
    seen, cohort = offering_seen(session, offered.offering_id), cohort_seen(session, offered.cohort_id)
    facts = replace(seen, description="Theirs", form=None)
    offerings.save(session, offered.teacher, facts, **place, seen=seen)
    mine = replace(facts, description="Mine")
    with pytest.raises(ChangedSinceError):
        offerings.save(session, offered.teacher, mine, **place, seen=seen)
    # The form is another part: who changes it doesn't meet who changed the description.
    shorter = RegistrationForm(seen.form.root[:1] if seen.form else ())
    offerings.save(session, offered.teacher, replace(facts, form=shorter), **place, seen=replace(facts, form=seen.form))
    with pytest.raises(ChangedSinceError):
        offerings.save(
            session,
            offered.teacher,
            replace(facts, form=RegistrationForm(())),
            **place,
            seen=replace(facts, form=seen.form),
        )
    offerings.save(session, offered.teacher, mine, **place, seen=facts)
    stands = offering_seen(session, offered.offering_id)
    assert (stands.description, stands.form) == ("Mine", shorter)
    where = {"offering_id": offered.offering_id, "cohort_id": offered.cohort_id, "seen": cohort}
    offerings.save_cohort(session, offered.teacher, replace(cohort, capacity=5), **where)
    with pytest.raises(ChangedSinceError):
        offerings.save_cohort(session, offered.teacher, replace(cohort, capacity=6), **where)
