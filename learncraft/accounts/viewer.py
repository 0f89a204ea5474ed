"""Who is looking: the signed-in person as pages and routes know them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from learncraft.accounts.models import UserRole
from learncraft.acting import Acting

_RANK = {role: rank for rank, role in enumerate(UserRole)}  # in the order of what each may do


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person, read fresh from the database. `family_id` is the sign-in that they came by."""

    id: UUID
    email: str
    first_name: str
    full_name: str
    role: UserRole
    language: str
    theme: str  # light, dark or system
    time_zone: str  # an IANA name
    family_id: UUID

    def may(self, role: UserRole) -> bool:
        """Whether the person has this role, or one that may do more."""
        return _RANK[self.role] >= _RANK[role]

    def acting(self, *, address: str | None = None, agent: str | None = None) -> Acting:
        """The name in which this person reads and writes."""
        return Acting(self.id, self.role.value, address, agent, self.family_id)

    @property
    def teaches(self) -> bool:
        """Whether the person may make courses."""
        return self.may(UserRole.INSTRUCTOR)

    @property
    def reviews_content(self) -> bool:
        """Whether the person may see and change everybody's courses."""
        return self.may(UserRole.CONTENT_ADMIN)

    @property
    def administers(self) -> bool:
        """Whether the person may change accounts and the system."""
        return self.may(UserRole.SYSTEM_ADMIN)
