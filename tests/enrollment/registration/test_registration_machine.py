"""A registration goes only where it may, whoever does what in whatever order, and no place is lost or given twice."""

from __future__ import annotations

from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.enrollment import service
from learncraft.enrollment.registration import applying, deciding, states, waiting
from learncraft.enrollment.registration.models import Registration, RegistrationStatus
from learncraft.errors import LearnCraftError
from tests.enrollment.registration.world import Offered, make_offering, places_taken, status_of

PLACES = 2


@pytest.mark.parametrize("needs_review", [True, False])
def test_registrations_keep_their_promises(session: Session, needs_review: bool) -> None:
    class Registering(RuleBasedStateMachine):
        """People register, send, withdraw and leave; a teacher decides; the job fills. Each may be refused."""

        sent = Bundle("sent")

        def __init__(self) -> None:
            super().__init__()
            self.savepoint = session.begin_nested()
            self.offered: Offered = make_offering(session, places=PLACES, needs_review=needs_review)
            self.known: dict[UUID, RegistrationStatus] = {}

        def teardown(self) -> None:
            session.expire_all()
            self.savepoint.rollback()

        @rule(target=sent)
        def send(self) -> tuple[Viewer, UUID]:
            person, made = self.offered.sent(session)
            self.known[made] = RegistrationStatus.SUBMITTED
            return person, made

        @rule(one=sent, decision=st.sampled_from(["accept", "wait", "reject"]))
        def decide(self, one: tuple[Viewer, UUID], decision: str) -> None:
            teacher, registration_id = self.offered.teacher, one[1]
            with refused(session):
                if decision == "accept":
                    deciding.accept(session, teacher, registration_id, cohort_id=None)
                elif decision == "wait":
                    deciding.wait(session, teacher, registration_id)
                else:
                    deciding.reject(session, teacher, registration_id)

        @rule(one=sent)
        def withdraw(self, one: tuple[Viewer, UUID]) -> None:
            with refused(session):
                applying.withdraw(session, learner_id=one[0].id, registration_id=one[1])

        @rule(one=consumes(sent))
        def leave(self, one: tuple[Viewer, UUID]) -> None:
            with refused(session):
                service.leave(session, learner_id=one[0].id, course_id=self.offered.course.id)

        @rule(one=sent)
        def again(self, one: tuple[Viewer, UUID]) -> None:
            with refused(session):
                applying.begin(session, one[0], self.offered.offering_id)

        @rule()
        def fill(self) -> None:
            waiting.fill(session, self.offered.course.id)

        @invariant()
        def moves_are_moves(self) -> None:
            for made, before in self.known.items():
                now = status_of(session, made)
                assert now == before or reachable(before, now), f"{before} became {now}"
                self.known[made] = now

        @invariant()
        def places_are_those_of_the_enrolled(self) -> None:
            enrolled = session.scalars(
                select(Registration.user_id).where(
                    Registration.offering_id == self.offered.offering_id,
                    Registration.status.in_(states.HOLDS_A_PLACE),
                )
            ).all()
            members = session.scalars(
                text("SELECT user_id FROM cohort_members WHERE cohort_id = :id AND left_at IS NULL"),
                {"id": self.offered.cohort_id},
            ).all()
            active = session.scalars(
                text("SELECT user_id FROM enrollments WHERE course_id = :id AND status = 'active'"),
                {"id": self.offered.course.id},
            ).all()
            assert sorted(members, key=str) == sorted(enrolled, key=str) == sorted(active, key=str)
            assert places_taken(session, self.offered) <= PLACES

    run_state_machine_as_test(
        Registering,
        settings=settings(
            max_examples=6, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def reachable(before: RegistrationStatus, now: RegistrationStatus) -> bool:
    """Whether moves lead from one to the other: one step of a person may make two."""
    return now in states.MOVES[before] or any(now in states.MOVES[between] for between in states.MOVES[before])


class refused:  # reads as a clause
    """What is refused in words changes nothing."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __enter__(self) -> None:
        self.inner = self.session.begin_nested()

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> bool:
        if error is None:
            self.inner.commit()
            return False
        self.inner.rollback()
        return isinstance(error, LearnCraftError)
