"""Rows of people who have long been away leave before the rest of their month does.

They are moved out of the partition, archived, and the archive is read back, all in one transaction: killed at any step,
the rows are where they were, and the next try finds the archive that was finished.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from learncraft import schema
from learncraft.db import Database
from learncraft.retention import archiving, partitions
from learncraft.retention.archiving import Step
from learncraft.retention.errors import ArchiveError
from learncraft.retention.manifest import Manifest
from learncraft.retention.partitions import Partition
from learncraft.retention.policy import cutoff, cutoff_of_the_away
from learncraft.settings import Settings

STAYS = "but for rows of people who have long been away; they are archived"
_LEAVING = "rows_of_the_away"

# Away is who neither signed in, nor used a sign-in, nor left a row since.
_MOVE = """
WITH gone AS (
    DELETE FROM "{partition}" AS r
    WHERE r.user_id IN (
        SELECT u.id FROM users AS u
        WHERE coalesce(u.last_login_at, u.created_at) < :since
            AND NOT EXISTS (SELECT FROM user_sessions AS s WHERE s.user_id = u.id AND s.last_used_at >= :since)
            AND NOT EXISTS (SELECT FROM "{table}" AS later WHERE later.user_id = u.id AND later."{key}" >= :since)
    )
    RETURNING r.*
)
INSERT INTO "{leaving}" SELECT * FROM gone
"""


def thinned(database: Database, settings: Settings, *, table: str | None = None) -> list[Partition]:
    """The months that only those keep who have been there since, oldest first."""
    found: list[Partition] = []
    with database.engine.connect() as connection:
        for name in [table] if table else schema.partitioned():
            limit, over = cutoff_of_the_away(name), cutoff(name, settings)
            if limit is None:
                continue
            found += [
                one
                for one in partitions.partitions_of(connection, name)
                if one.end <= limit and (over is None or one.end > over) and not partitions.is_kept(one)
            ]
    return found


def thin(
    database: Database, settings: Settings, partition: Partition, *, step: Step = lambda _: None
) -> Manifest | None:
    """Archive and remove a month's rows of people who have been away since; None when there are none.

    Raises:
        ArchiveError: the archive isn't what the rows are, or something else needs them; nothing was removed.
    """
    since = cutoff_of_the_away(partition.table)
    if since is None:
        return None
    folder = settings.archive_dir / partition.table
    folder.mkdir(parents=True, exist_ok=True)
    move = _MOVE.format(partition=partition.name, table=partition.table, key=partition.key, leaving=_LEAVING)
    try:
        with archiving.alone(database.engine), database.engine.begin() as connection:
            archiving.long_read(connection)
            step(f"Looking through {partition.name}")
            connection.execute(text(f'CREATE TEMPORARY TABLE {_LEAVING} (LIKE "{partition.name}") ON COMMIT DROP'))
            if not connection.execute(text(move), {"since": since}).rowcount:
                return None
            return archiving.keep(connection, partition, _LEAVING, folder, step)
    except IntegrityError as error:
        raise ArchiveError(f"Rows of other tables point at rows of {partition.name}, which stay until then.") from error
