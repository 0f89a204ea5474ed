"""Wherever archiving is killed, the rows are in the table or in an archive that was read back; the next run ends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from learncraft.db import Database
from learncraft.retention import archiving, manifest, restoring
from learncraft.settings import Settings
from tests.jobs.conftest import in_a_process
from tests.retention.conftest import fill, months_of, partition_of, rows_of

STEPS = [
    "Writing things",
    "Reading things",
    "Keeping",
    "Writing the manifest",
    "Locking",
    "Detaching",
    "Dropping",
    "Committing",
    "things_2024_01 is archived",
]

ARCHIVING = """
import os, signal
from learncraft import schema
from learncraft.retention import archiving, partitions, policy

schema._PARTITIONED = ("things",)
policy.MONTHS["things"] = 12

def step(said):
    if said.startswith({word!r}):
        os.kill(os.getpid(), signal.SIGKILL)

[found] = archiving.expired(database, settings)
archiving.archive(database, settings, found.partition, step=step)
"""


@pytest.mark.parametrize("word", STEPS)
def test_a_kill_at_any_step_leaves_the_partition_or_a_verified_archive(
    things: Database, settings: Settings, tmp_path: Path, word: str
) -> None:
    fill(things, 300)
    before = rows_of(things)
    process = in_a_process(ARCHIVING.format(word=word), things, tmp_path)
    assert process.wait(60) == -9, "it was to be killed in the middle"
    finished = list(manifest.of_month(settings.archive_dir / "things", "things", "2024-01"))
    in_table = rows_of(things)
    for path in finished:
        archiving.check_file(path, manifest.read(path))
    assert in_table == before or (in_table == [] and finished), "neither the partition nor an archive is whole"
    if in_table:
        archiving.archive(things, settings, partition_of(things))
    assert months_of(things) == []
    files = sorted((settings.archive_dir / "things").glob("*.parquet"))
    assert [path.name for path in files] == ["things_2024_01.parquet"]
    assert not list(files[0].parent.glob("*.partial"))
    restoring.restore(things, files[0])
    assert rows_of(things) == before


def test_a_kill_while_an_archive_comes_back_leaves_nothing_half(
    things: Database, settings: Settings, tmp_path: Path
) -> None:
    fill(things, 300)
    before = rows_of(things)
    made = archiving.archive(things, settings, partition_of(things))
    path = settings.archive_dir / "things" / made.file
    process = in_a_process(
        "import os, signal\nfrom pathlib import Path\nfrom learncraft import schema\n"
        "from learncraft.retention import checksum, restoring\n"
        "schema._PARTITIONED = ('things',)\n"
        "restoring.checksum = type('Killer', (), {'of_table': lambda *_: os.kill(os.getpid(), signal.SIGKILL)})\n"
        f"restoring.restore(database, Path({str(path)!r}))\n",
        things,
        tmp_path,
    )
    assert process.wait(60) == -9
    assert (rows_of(things), months_of(things)) == ([], [])
    assert restoring.restore(things, path)[1] == 300
    assert rows_of(things) == before
    with things.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM pg_class WHERE relname = 'restored_rows'")) == 0
