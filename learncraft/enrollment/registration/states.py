"""Where a registration may go from where it stands. Every change of a status asks here."""

from __future__ import annotations

from learncraft.enrollment.registration.errors import RegistrationClosedError
from learncraft.enrollment.registration.models import RegistrationStatus as Status
from learncraft.language import Spoken

MOVES: dict[Status, frozenset[Status]] = {
    Status.STARTED: frozenset({Status.SUBMITTED}),
    Status.SUBMITTED: frozenset({Status.ACCEPTED, Status.WAITLISTED, Status.REJECTED, Status.WITHDRAWN}),
    Status.WAITLISTED: frozenset({Status.ACCEPTED, Status.REJECTED, Status.WITHDRAWN}),
    # Accepted holds a place: it is paid for and taken, or given up.
    Status.ACCEPTED: frozenset({Status.ENROLLED, Status.REJECTED, Status.WITHDRAWN}),
    Status.ENROLLED: frozenset({Status.WITHDRAWN}),
    Status.REJECTED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}
HOLDS_A_PLACE = frozenset({Status.ACCEPTED, Status.ENROLLED})
ENDED = frozenset({Status.REJECTED, Status.WITHDRAWN})

IN_WORDS = Spoken(
    {
        Status.STARTED: "not sent yet",
        Status.SUBMITTED: "waiting for an answer",
        Status.ACCEPTED: "accepted",
        Status.WAITLISTED: "on the waiting list",
        Status.REJECTED: "refused",
        Status.ENROLLED: "enrolled",
        Status.WITHDRAWN: "withdrawn",
    }
)


def check(now: Status, wanted: Status) -> None:
    """Refuse a move that isn't one.

    Raises:
        RegistrationClosedError: with where the registration stands.
    """
    if wanted not in MOVES[now]:
        raise RegistrationClosedError(IN_WORDS[now])
