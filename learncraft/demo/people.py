"""The people of the demo: one account per role to sign in with, and learners who only have a past."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from learncraft.accounts import queries
from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.db import new_id

PASSWORD = "learncraft-demo"  # noqa: S105  # printed at start; the demo is for trying things out


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo."""

    email: str
    first_name: str
    last_name: str
    role: UserRole
    bio: str = ""


ACCOUNTS = (
    DemoPerson("learner@learncraft.example", "Lena", "Okafor", UserRole.LEARNER),
    DemoPerson(
        "instructor@learncraft.example",
        "Ivo",
        "Marsh",
        UserRole.INSTRUCTOR,
        "Ivo taught programming and statistics to adults for fifteen years before he wrote these courses.",
    ),
    DemoPerson("reviewer@learncraft.example", "Rhea", "Lindqvist", UserRole.CONTENT_ADMIN),
    DemoPerson("admin@learncraft.example", "Ana", "Duarte", UserRole.SYSTEM_ADMIN),
)

_FIRST = (
    "Aisha Amara Anton Bea Ben Carla Chidi Clara Dana Dario Deniz Elif Emil Esra Eva Farah Felix Fiona Gabriel "
    "Greta Hana Hugo Ines Iris Ivan Jana Jonas Julia Kai Karim Kira Lars Leila Leon Lin Luca Maja Malik Mara "
    "Mateo Mia Milan Mina Nadia Nils Noah Nora Olga Omar Oskar Paula Pia Priya Rafael Ravi Rosa Sami Sara Selin "
    "Sofia Sven Tara Theo Tomas Uma Vera Victor Wanda Yara Yusuf Zoe"
)
_LAST = (
    "Abbas Adler Ahmed Almeida Baker Banerjee Bauer Berg Bianchi Brandt Castro Chen Costa Cruz Dahl Diaz Dubois "
    "Egger Eze Fischer Fontana Garcia Gruber Haas Hansen Ibrahim Ito Jansen Johansson Kaya Keller Khan Kim "
    "Kovac Kumar Lang Larsen Lopez Maier Mensah Meyer Moreau Nakamura Novak Nowak Okoro Olsen Park Patel Petrov "
    "Popescu Reyes Ricci Rossi Sahin Santos Sato Schmid Silva Singh Sousa Tanaka Torres Vargas Vogel Weber Wolf "
    "Wong Yilmaz Zhang"
)


def learners(count: int, random: Random) -> list[DemoPerson]:
    """People with names of their own, always the same for the same `random`."""
    made = []
    for number in range(1, count + 1):
        first, last = random.choice(_FIRST.split()), random.choice(_LAST.split())
        made.append(DemoPerson(f"{first}.{last}{number}@learners.example".lower(), first, last, UserRole.LEARNER))
    return made


def viewer(session: Session, user_id: UUID) -> Viewer:
    """A person of the demo as services know them."""
    user = queries.by_id(session, user_id)
    return Viewer(
        user.id, user.email, user.first_name, user.full_name, user.role, "en", "system", "UTC", family_id=new_id()
    )
