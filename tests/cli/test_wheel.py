"""The wheel holds all that runs: app.py, pages, sql, migrations and the theme."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.server import ROOT, environment, start


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as a wheel brings it."""
    base = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(base)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = base.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(base / "site")
    return base / "site"


def test_a_server_from_the_wheel_runs_in_any_folder(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.server.ROOT", tmp_path)  # the folder of the process
    monkeypatch.setattr("tests.server.environment", lambda: environment() | {"PYTHONPATH": str(installed)})
    server = start(tmp_path / "home")
    try:
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert httpx.get(f"{server.url}/auth/sign-in").status_code == 200
    finally:
        server.stop()


def test_the_wheel_finds_its_own_files(installed: Path, tmp_path: Path) -> None:
    code = "from learncraft.paths import root; print(root())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment() | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = Path(done.stdout.strip())
    assert found == installed / "learncraft" / "_app"
    for needed in ("app.py", "pages/__init__.py", "migrations/env.py", "sql/clickhouse", ".streamlit/config.toml"):
        assert (found / needed).exists(), needed
