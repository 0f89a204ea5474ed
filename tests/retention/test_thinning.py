"""People who have long been away: their rows leave early, archived, and nobody else's do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from learncraft.db import Database
from learncraft.retention import archiving, manifest, partitions, policy, restoring, thinning
from learncraft.retention.errors import ArchiveError
from learncraft.retention.partitions import Partition
from learncraft.settings import Settings
from tests.retention.conftest import make_month

SINCE = policy.cutoff_of_the_away("interactions") or date.max


def months_before(count: int) -> date:
    """The first day of the month that many months before the rows of the away stay."""
    years, month = divmod(SINCE.year * 12 + SINCE.month - 1 - count, 12)
    return date(years, month + 1, 1)


class World:
    """A month whose rows belong to somebody who went away, to somebody who came back, and to one who is there."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.month = months_before(2)
        with database.transaction() as session:
            make_month(session, "interactions", self.month)
        self.away = self._person(signed_in=self.month)
        self.never = self._person(signed_in=None)
        self.here = self._person(signed_in=SINCE)
        self.answering = self._person(signed_in=self.month)
        for person in (self.away, self.never, self.here, self.answering):
            self._answers(person, self.month, 3)
        self._answers(self.answering, SINCE, 1)

    def _person(self, *, signed_in: date | None) -> UUID:
        name = uuid4().hex
        with self.database.transaction() as session:
            person = session.scalar(
                text(
                    "INSERT INTO users"
                    " (email, username, password_hash, first_name, last_name, created_at, last_login_at)"
                    " VALUES (:name || '@example.org', :name, 'x', 'A', 'B', :joined, :seen) RETURNING id"
                ),
                {"name": name, "joined": self.month, "seen": signed_in},
            )
            assert isinstance(person, UUID)
            material = session.scalar(
                text(
                    "INSERT INTO study_materials (user_id, title, source_type)"
                    " VALUES (:user, 'T', (enum_range(NULL::material_source_type))[1]) RETURNING id"
                ),
                {"user": person},
            )
            session.execute(
                text(
                    "INSERT INTO learning_sessions (id, user_id, study_material_id, session_type)"
                    " VALUES (:user, :user, :material, (enum_range(NULL::learning_session_type))[1])"
                ),
                {"user": person, "material": material},
            )
        return person

    def _answers(self, person: UUID, day: date, count: int) -> None:
        with self.database.transaction() as session:
            session.execute(
                text(
                    "INSERT INTO interactions (learning_session_id, user_id, interaction_type, created_at)"
                    " SELECT :user, :user, (enum_range(NULL::study_interaction_type))[1],"
                    " CAST(:day AS timestamptz) + n * interval '1 hour' FROM generate_series(1, :count) AS n"
                ),
                {"user": person, "day": datetime(day.year, day.month, day.day, tzinfo=UTC), "count": count},
            )

    def rows_of(self, person: UUID) -> int:
        with self.database.reading() as session:
            counted = text("SELECT count(*) FROM interactions WHERE user_id = :user")
            return int(session.scalar(counted, {"user": person}) or 0)

    def partition(self) -> Partition:
        with self.database.engine.connect() as connection:
            [found] = [one for one in partitions.partitions_of(connection, "interactions") if one.month == self.month]
        return found


@pytest.fixture
def world(fresh_database: Database) -> World:
    return World(fresh_database)


@pytest.fixture
def settings(tmp_path: object) -> Settings:
    return Settings(home=tmp_path)  # type: ignore[arg-type]


def test_only_rows_of_the_away_leave_and_can_be_brought_back(world: World, settings: Settings) -> None:
    assert thinning.thinned(world.database, settings, table="interactions") == [world.partition()]
    kept = thinning.thin(world.database, settings, world.partition())
    assert kept is not None and kept.rows == 6
    assert [world.rows_of(one) for one in (world.away, world.never, world.here, world.answering)] == [0, 0, 3, 4]
    assert thinning.thin(world.database, settings, world.partition()) is None

    found, added = restoring.restore(world.database, settings.archive_dir / "interactions" / kept.file)
    assert (found.rows, added) == (6, 6)
    assert (world.rows_of(world.away), world.rows_of(world.here)) == (3, 3)
    assert thinning.thinned(world.database, settings, table="interactions") == []  # brought back rows stay a while


def test_an_archive_that_is_not_what_the_rows_are_leaves_them(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise ArchiveError("It does not hold the rows.")

    monkeypatch.setattr(archiving, "check_file", damaged)
    with pytest.raises(ArchiveError):
        thinning.thin(world.database, settings, world.partition())
    assert world.rows_of(world.away) == 3


def test_killed_before_the_end_nothing_is_gone_and_the_next_try_takes_the_same_archive(
    world: World, settings: Settings
) -> None:
    class Killed(BaseException):
        """What ends the process."""

    def step(said: str) -> None:
        if said.startswith("Writing the manifest"):
            raise Killed

    with pytest.raises(Killed):
        thinning.thin(world.database, settings, world.partition(), step=step)
    assert world.rows_of(world.away) == 3
    first = thinning.thin(world.database, settings, world.partition())
    assert first is not None
    folder = settings.archive_dir / "interactions"
    assert [path.name for path in manifest.of_month(folder, "interactions", first.month)] == [first.file]


def test_the_away_are_those_of_whom_nothing_was_seen_for_six_months() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert policy.cutoff_of_the_away("interactions", now=now) == date(2026, 5, 1)
    assert policy.cutoff_of_the_away("audit_logs", now=now) is None
