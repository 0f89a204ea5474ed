"""A home with somebody in it and one backup, for the tests that leave both as they were."""

from __future__ import annotations

import pytest

from tests.backup import world
from tests.backup.world import Home


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("lived in") / "home")
    home.run("user", "create", "ada@example.org", "--first-name", "Ada")
    with home.open() as runtime:
        world.live_a_little(runtime, words="a file")
    home.data("backup", "create")
    return home
