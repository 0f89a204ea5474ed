"""The whole application under uvicorn, in a process of its own, as `learncraft serve` has it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from learncraft.accounts import service
from learncraft.db import Database
from learncraft.paths import root

PASSWORD = "seven green boats"
SERVER = """
import sys, uvicorn
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from learncraft import runtime
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from learncraft.settings import Settings
from learncraft.web.app import create_app
settings = Settings(home=Path(sys.argv[2]), secret_key="a key for tests only", _env_file=None)
handles = runtime.Runtime(settings, Database(sys.argv[3]), EventStore.connect("http://127.0.0.1:9/learncraft"))
runtime.use(handles)
uvicorn.run(create_app(handles), port=int(sys.argv[4]), log_level="warning", ws="websockets-sansio")
"""


@pytest.fixture
def address(fresh_database: Database, tmp_path: Path) -> Iterator[str]:
    with fresh_database.transaction() as session:
        service.create_user(session, email="ana@example.org", first_name="Ana", password=PASSWORD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = fresh_database.url.replace("postgresql+psycopg", "postgresql")
    command = [sys.executable, "-c", SERVER, str(root()), str(tmp_path), url, str(port)]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", tmp_path / "log", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait(url: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
        if process.poll() is not None:
            break
    pytest.fail(f"the server did not come up:\n{log.read_text()}")


def test_pages_sockets_and_files_are_behind_the_gate(address: str) -> None:
    browser = httpx.Client(base_url=address, headers={"accept": "text/html"})
    assert browser.get("/catalogue").headers["location"] == "/auth/sign-in?next=/catalogue"
    assert browser.get(f"/media/{uuid4()}/x.png").status_code == 401
    assert browser.get("/_stcore/health").status_code == 200
    socket_url = f"{address.replace('http', 'ws')}/_stcore/stream"
    assert _refused(socket_url, address, "")

    form = browser.get("/auth/sign-in").text
    token = re.search(r'name="form_token" value="([^"]+)"', form)
    assert token is not None
    fields = {"form_token": token[1], "email": "ana@example.org", "password": PASSWORD}
    assert browser.post("/auth/sign-in", data=fields).status_code == 303
    page = browser.get("/catalogue")
    assert page.status_code == 200 and "<title>Streamlit</title>" in page.text
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    missing = browser.get(f"/media/{uuid4()}/x.png")
    assert (missing.status_code, missing.text) == (404, "There is no such file.")

    cookie = f"learncraft_session={browser.cookies['learncraft_session']}"
    assert _refused(socket_url, "http://evil.example", cookie)
    with connect(socket_url, origin=address, additional_headers={"cookie": cookie}, proxy=None) as opened:  # type: ignore[arg-type]
        assert opened.state.name == "OPEN"


def _refused(url: str, origin: str, cookie: str) -> bool:
    headers = {"cookie": cookie} if cookie else {}
    try:
        with connect(url, origin=origin, additional_headers=headers, proxy=None):  # type: ignore[arg-type]
            return False
    except InvalidStatus as refused:
        return refused.response.status_code == 403
