"""What can stand in the way of an archive."""

from __future__ import annotations

from learncraft.errors import LearnCraftError


class ArchiveError(LearnCraftError):
    """An archive could not be made, or isn't what its manifest says. Nothing was dropped."""


class PartitionChangedError(ArchiveError):
    """Rows came while the partition was being archived. The next run takes it with them."""
