"""A place in a course keeps its promises, whoever joins, pays, leaves, finishes and publishes in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.accounts import subscriptions
from learncraft.accounts.models import SubscriptionTier
from learncraft.authoring import deleting, drafting, outlining, queries, reviewing, saving
from learncraft.authoring.saving import Save
from learncraft.courses.models import Lesson
from learncraft.db import new_id
from learncraft.enrollment import cart, opening, service
from learncraft.enrollment.certificates import issuing
from learncraft.enrollment.models import Certificate, Enrollment, EnrollmentStatus
from learncraft.payments import checkout
from tests.authoring import Built, build
from tests.authoring import text as lesson_text
from tests.enrollment.registration.test_registration_machine import refused
from tests.factories import make_user

PEOPLE, SEATS, PRICE = 3, 2, Decimal(20)
PERSON = st.integers(0, PEOPLE - 1)
LIVE = (EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED)


def test_a_place_keeps_its_promises(session: Session) -> None:
    class Learning(RuleBasedStateMachine):
        """Three people and two seats of a course that costs something; its teacher goes on building it."""

        orders = Bundle("orders")

        def __init__(self) -> None:
            super().__init__()
            self.savepoint = session.begin_nested()
            terms = {"price": PRICE, "max_students": SEATS, "extra": {"opens_with_tier": "basic"}}
            self.built: Built = build(session, lessons=2, **terms)
            for lesson in self.built.made.lessons:
                self.write(lesson.id)
            reviewing.publish(session, self.built.teacher, self.built.id)
            self.people = [make_user(session).id for _ in range(PEOPLE)]
            self.left: set[UUID] = set()  # who left by themselves
            self.reached: dict[UUID, Decimal] = {}
            self.numbers: dict[UUID, str] = {}
            self.revoked: set[UUID] = set()
            self.completed: set[UUID] = set()

        def teardown(self) -> None:
            session.expire_all()
            self.savepoint.rollback()

        def write(self, lesson_id: UUID) -> None:
            found = queries.lesson(session, self.built.teacher, lesson_id)
            assert found is not None
            given = Save(found.version, new_id(), 1, lesson_text(f"Lesson {lesson_id.hex[-6:]}", "Words."))
            saving.save(session, self.built.teacher, lesson_id, given)

        def lessons(self) -> list[UUID]:
            seen = select(Lesson.id).where(Lesson.module_id == self.built.module(), Lesson.is_published)
            return list(session.scalars(seen.order_by(Lesson.order_index)))

        @rule(person=PERSON)
        def enroll(self, person: int) -> None:
            with refused(session):
                service.enroll(session, learner_id=self.people[person], course_id=self.built.id)
                self.left.discard(self.people[person])

        @rule(target=orders, person=PERSON)
        def order(self, person: int) -> tuple[UUID, UUID] | None:
            learner = self.people[person]
            with refused(session):
                cart.put_in(session, learner_id=learner, course_id=self.built.id)
                made = checkout.start(session, learner_id=learner, provider="manual", currency="EUR", total=PRICE)
                return made, learner
            return None

        @rule(one=orders)
        def pay(self, one: tuple[UUID, UUID] | None) -> None:
            with refused(session):
                if one is not None and self.status_of(one[0]) not in {"paid", "refunded"}:
                    checkout.settle(session, one[0])
                    if self.is_in(one[1]):
                        self.left.discard(one[1])

        @rule(one=orders)
        def hear_again_that_it_is_paid(self, one: tuple[UUID, UUID] | None) -> None:
            if one is not None and self.status_of(one[0]) in {"paid", "refunded"}:
                before = self.places()
                checkout.settle(session, one[0])
                assert self.places() == before

        @rule(one=orders)
        def cancel(self, one: tuple[UUID, UUID] | None) -> None:
            with refused(session):
                if one is not None:
                    checkout.cancel(session, one[0])

        @rule(one=orders)
        def refund(self, one: tuple[UUID, UUID] | None) -> None:
            with refused(session):
                if one is not None:
                    checkout.refund(session, one[0])

        @rule(person=PERSON)
        def subscribe(self, person: int) -> None:
            soon = datetime.now(UTC) + timedelta(days=30)
            subscriptions.give(session, self.people[person], tier=SubscriptionTier.BASIC, until=soon)
            opening.extend(session, self.people[person])

        @rule()
        def time_goes_by(self) -> None:
            past = text("UPDATE enrollments SET expires_at = now() - interval '1 minute' WHERE expires_at IS NOT NULL")
            session.execute(past)
            over = (
                "UPDATE subscriptions SET current_period_start = now() - interval '2 days', "
                "current_period_end = now() - interval '1 minute' WHERE status = 'active'"
            )
            session.execute(text(over))
            session.expire_all()
            subscriptions.expire(session)
            opening.expire(session, limit=100)

        @rule(person=PERSON)
        def drop(self, person: int) -> None:
            with refused(session):
                service.leave(session, learner_id=self.people[person], course_id=self.built.id)
                self.left.add(self.people[person])

        @rule(person=PERSON, place=st.integers(0, 5), again=st.booleans())
        def finish(self, person: int, place: int, again: bool) -> None:
            lessons = self.lessons()
            with refused(session):
                for _ in range(2 if again else 1):
                    service.complete_lesson(
                        session, learner_id=self.people[person], lesson_id=lessons[place % len(lessons)]
                    )

        @rule(grows=st.booleans())
        def publish_anew(self, grows: bool) -> None:
            teacher, lessons = self.built.teacher, self.lessons()
            if (not grows and len(lessons) == 1) or (grows and len(lessons) > 4):
                return
            drafting.begin(session, teacher, self.built.id)
            if grows:
                self.write(outlining.add_lesson(session, teacher, self.built.module(), title="One more"))
            else:
                deleting.delete_lesson(session, teacher, lessons[-1])
            reviewing.publish(session, teacher, self.built.id)
            service.count_again(session, self.built.id, after=None, limit=100)

        @precondition(lambda self: self.numbers)
        @rule(person=PERSON, counts=st.booleans())
        def revoke_or_restore(self, person: int, counts: bool) -> None:
            learner = self.people[person]
            found = select(Certificate.id).where(Certificate.user_id == learner)
            if (certificate := session.scalar(found)) is None:
                return
            if counts:
                issuing.restore(session, self.built.teacher, certificate)
                self.revoked.discard(learner)
            else:
                issuing.revoke(session, self.built.teacher, certificate, reason="Copied")
                self.revoked.add(learner)

        def status_of(self, order_id: UUID) -> str:
            return str(session.scalar(text("SELECT status FROM orders WHERE id = :id"), {"id": order_id}))

        def is_in(self, learner: UUID) -> bool:
            return any(row.user_id == learner and row.status in LIVE for row in self.places())

        def places(self) -> list[tuple[UUID, str]]:
            return list(
                session.execute(
                    select(Enrollment.user_id, Enrollment.status)
                    .where(Enrollment.course_id == self.built.id)
                    .order_by(Enrollment.user_id)
                )
            )

        @invariant()
        def one_place_each_and_no_seat_too_many(self) -> None:
            session.flush()
            places = self.places()
            assert len({learner for learner, _ in places}) == len(places)
            live = [learner for learner, status in places if status in LIVE]
            assert len(live) <= SEATS
            counted = text("SELECT enrollment_count FROM courses WHERE id = :id")
            assert session.scalar(counted, {"id": self.built.id}) == len(live)
            told = text(
                "SELECT user_id, count(*) FILTER (WHERE event_type = 'enrolled') "
                "- count(*) FILTER (WHERE event_type = 'unenrolled') FROM learning_events "
                "WHERE course_id = :id AND event_type IN ('enrolled', 'unenrolled') GROUP BY user_id"
            )
            assert {learner for learner, open_ in session.execute(told, {"id": self.built.id}) if open_ == 1} == set(
                live
            )

        @invariant()
        def progress_stays_within_its_bounds_and_never_goes_back(self) -> None:
            rows = session.execute(
                text(
                    "SELECT e.user_id, p.percent_complete, p.completed_lessons, p.total_lessons FROM enrollments e "
                    "JOIN course_progress p ON p.enrollment_id = e.id WHERE e.course_id = :id"
                ),
                {"id": self.built.id},
            )
            for learner, percent, done, total in rows:
                assert self.reached.get(learner, Decimal(0)) <= percent <= 100
                assert done <= total
                self.reached[learner] = percent

        @invariant()
        def a_certificate_comes_once_and_what_is_completed_stays_so(self) -> None:
            statuses = dict(self.places())
            finished = {learner for learner, status in statuses.items() if status == EnrollmentStatus.COMPLETED}
            assert self.completed <= finished
            self.completed = finished
            held = session.execute(
                text("SELECT user_id, certificate_number, is_revoked FROM certificates WHERE course_id = :id"),
                {"id": self.built.id},
            ).all()
            assert len({learner for learner, _, _ in held}) == len(held)
            assert {learner for learner, _, _ in held} == finished
            for learner, number, is_revoked in held:
                assert self.numbers.setdefault(learner, number) == number
                assert is_revoked == (learner in self.revoked)
            told = text("SELECT count(*) FROM learning_events WHERE course_id = :id AND event_type = :type")
            for event_type in ("certificate_issued", "course_completed"):
                assert session.scalar(told, {"id": self.built.id, "type": event_type}) == len(held)

        @invariant()
        def who_paid_and_stayed_is_in(self) -> None:
            paid = session.scalars(
                text(
                    "SELECT DISTINCT o.user_id FROM orders o JOIN order_items i ON i.order_id = o.id "
                    "WHERE o.status = 'paid' AND i.course_id = :id AND i.refusal IS NULL"
                ),
                {"id": self.built.id},
            )
            for learner in set(paid) - self.left:
                assert self.is_in(learner), "money was taken, and there is no place"

        @invariant()
        def money_that_went_back_opens_nothing(self) -> None:
            kept = text(
                "SELECT count(*) FROM enrollments e JOIN orders o ON e.payment_id = CAST(o.id AS text) "
                "WHERE e.course_id = :id AND o.status = 'refunded' AND e.status <> 'completed'"
            )
            assert session.scalar(kept, {"id": self.built.id}) == 0

    run_state_machine_as_test(
        Learning,
        settings=settings(
            max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
