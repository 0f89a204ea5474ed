"""What the schedule calls: a backup a day, and the copying of new files in between."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from learncraft.backup import creating, pruning
from learncraft.backup.manifest import Folder, Manifest
from learncraft.backup.pool import Copied
from learncraft.backup.pruning import Pruned, Rules
from learncraft.db import Database
from learncraft.settings import Settings

log = logging.getLogger(__name__)


class Handles(Protocol):
    """What has a database and its settings: a running process, or a job in it."""

    @property
    def database(self) -> Database: ...
    @property
    def settings(self) -> Settings: ...


@dataclass(frozen=True, slots=True)
class Daily:
    """What one call did: nothing when backups are off or today's is there already."""

    made: Manifest | None = None
    pruned: Pruned | None = None


class DailyBackup:
    """One backup per day, in UTC, and what is too old removed after it. Calling it more often does no harm."""

    def __init__(self, runtime: Handles) -> None:
        self._runtime = runtime
        self._folder = Folder(runtime.settings.backups_dir)

    def is_due(self, now: datetime) -> bool:
        """Whether today's backup is missing."""
        if not self._runtime.settings.backups:
            return False
        today = now.astimezone(UTC).date()
        return all(backup.started_at.astimezone(UTC).date() != today for backup in self._folder.all())

    def run_due(self, now: datetime) -> Daily:
        """Make today's backup if it is missing, then remove what is too old.

        Raises:
            BackupError: it can't be made; call again later.
        """
        if not self.is_due(now):
            return Daily()
        made = creating.create(self._runtime.settings, self._runtime.database, self._folder)
        pruned = pruning.prune(self._folder, now, Rules.of(self._runtime.settings))
        log.info("backup %s made; %s old ones removed", made.id, len(pruned.backups))
        return Daily(made, pruned)


def daily(runtime: Handles, now: datetime) -> Daily:
    """For the schedule, as a periodic task: `DailyBackup.run_due`.

    Raises:
        BackupError: the backup can't be made; call again later.
    """
    return DailyBackup(runtime).run_due(now)


def copy_new_files(runtime: Handles) -> Copied:
    """For the schedule, every minute or so: copy new files, so that going back to any moment finds that moment's files.

    It looks at the names of all files and copies those that are new; nothing happens when backups are off.

    Raises:
        BackupBusyError: a backup is being made, which copies them, too.
        BackupError: they can't be copied.
    """
    if not runtime.settings.backups:
        return Copied()
    return creating.copy_files(runtime.settings, Folder(runtime.settings.backups_dir))
