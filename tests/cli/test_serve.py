"""`learncraft serve` as the operating system sees it: real processes, real signals, real disks."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.server import ROOT, Server, environment, serving, start

STOP_SECONDS = 5.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests that leave it as it was."""
    with serving(tmp_path_factory.mktemp("served") / "home with spaces") as server:
        yield server


def learncraft(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "learncraft", *arguments],
        cwd=ROOT,
        env=environment() | {f"LEARNCRAFT_{name.upper()}": value for name, value in settings.items()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_refused(answer: subprocess.CompletedProcess[str], *words: str) -> None:
    """One sentence that holds the words, exit code 1, nothing else."""
    assert answer.returncode == 1, answer
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
    assert all(word in answer.stderr for word in words), answer.stderr


def processes_of(home: Path) -> list[psutil.Process]:
    """Everything that runs on a home folder, whoever started it."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if str(home) in " ".join(process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def wait_for(condition: object, seconds: float, what: str) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.1)


def answers(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/healthz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def postgres_of(home: Path) -> psutil.Process:
    return psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split()[0]))


def event_store_of(home: Path) -> psutil.Process:
    return psutil.Process(json.loads((home / "event-store" / "state.json").read_text())["pid"])


def signed_in_cookies(server: Server) -> str:
    """The cookies of someone who just came in by a one-time link."""
    server.command("user", "create", "visitor@example.org", "--first-name", "Visitor", check=False)
    link = json.loads(server.command("user", "sign-in-link", "visitor@example.org", "--json").stdout)["sign_in_link"]
    with httpx.Client(follow_redirects=False) as client:
        [token] = re.findall(r'name="form_token" value="([^"]+)"', client.get(link).text)
        assert client.post(link, data={"form_token": token}).is_redirect
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


@contextmanager
def open_page(server: Server) -> Iterator[None]:
    """A browser tab whose page is being drawn."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    with connect(
        f"{server.url.replace('http', 'ws')}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": signed_in_cookies(server)},
        origin=Origin(server.url),
        max_size=None,
    ) as tab:
        tab.send(message.SerializeToString())
        assert tab.recv(timeout=30)
        yield


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_within_five_seconds_though_a_page_is_open(
    served_before: Path, number: signal.Signals
) -> None:
    with serving(served_before) as server, open_page(server):
        assert len(processes_of(server.home)) > 2
        asked = time.monotonic()
        server.process.send_signal(number)
        server.process.send_signal(number)  # an impatient second one must not break the first one off
        code = server.process.wait(STOP_SECONDS)
        took = time.monotonic() - asked
    assert (code, processes_of(server.home)) == (0, [])
    assert took < STOP_SECONDS
    assert not (server.home / "serve.json").exists()


def test_a_signal_during_the_start_leaves_no_process(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "learncraft", "serve", "--port", "0", "--home", str(home)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for((home / "postgres").exists, 30, "the database files are there")
    process.send_signal(signal.SIGTERM)
    _, words = process.communicate(timeout=15)
    assert (process.returncode, processes_of(home)) == (1, []), words
    assert "Traceback" not in words


def test_after_kill_9_the_next_start_has_all_data(served_before: Path) -> None:
    server = start(served_before)
    server.command("user", "create", "ada@example.org", "--first-name", "Ada")
    postgres = postgres_of(server.home)
    server.kill()
    assert postgres.is_running()
    again = start(server.home)
    try:
        assert postgres_of(server.home) == postgres, "the running database is taken over"
        assert "ada@example.org" in again.command("user", "list").stdout
    finally:
        again.stop()
    assert processes_of(server.home) == []


def test_after_kill_9_of_everything_the_next_start_recovers(served_before: Path) -> None:
    server = start(served_before)
    server.command("user", "create", "ada@example.org", "--first-name", "Ada")
    for process in processes_of(server.home):
        process.kill()
    server.process.wait(10)
    with serving(server.home) as again:
        assert "ada@example.org" in again.command("user", "list").stdout
        assert again.command("events", "status").returncode == 0


def test_a_second_server_on_the_same_home_is_refused(server: Server) -> None:
    answer = learncraft("serve", "--port", "0", "--home", str(server.home))
    assert_refused(answer, "already serves", server.url)
    assert answers(server)


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        assert_refused(learncraft("serve", "--port", port, "--home", str(tmp_path / "home")), port, "--port")
    assert not (tmp_path / "home" / "postgres").exists()


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    assert_refused(learncraft("serve", "--port", "0", "--host", "192.0.2.1", "--home", str(tmp_path)), "192.0.2.1")


@contextmanager
def a_web_server() -> Iterator[int]:
    """Something that listens and is no database."""
    listening = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield listening.server_port
    listening.shutdown()


def test_a_database_url_without_a_server_is_refused(tmp_path: Path) -> None:
    url = "postgresql://ada:hunter22@127.0.0.1:1/learncraft"
    answer = learncraft("serve", "--port", "0", "--home", str(tmp_path), database_url=url)
    assert_refused(answer, "127.0.0.1:1", "LEARNCRAFT_DATABASE_URL")
    assert "hunter22" not in answer.stderr
    assert processes_of(tmp_path) == []


def test_a_database_url_that_is_not_postgresql_is_refused(tmp_path: Path) -> None:
    with a_web_server() as port:
        url = f"postgresql://ada:hunter22@127.0.0.1:{port}/learncraft"
        answer = learncraft("serve", "--port", "0", "--home", str(tmp_path), database_url=url)
    assert_refused(answer, "is not PostgreSQL")


def test_a_clickhouse_url_without_a_server_is_refused(tmp_path: Path) -> None:
    url = "http://ada:hunter22@127.0.0.1:1/learncraft"
    answer = learncraft("serve", "--port", "0", "--home", str(tmp_path), clickhouse_url=url)
    assert_refused(answer, "127.0.0.1:1", "LEARNCRAFT_CLICKHOUSE_URL")
    assert processes_of(tmp_path) == []


def test_databases_that_die_are_started_again(server: Server) -> None:
    postgres_of(server.home).kill()
    event_store_of(server.home).kill()
    wait_for(
        lambda: learncraft("doctor", "--json", "--home", str(server.home)).returncode == 0, 40, "all is well again"
    )
    assert answers(server)


def test_commands_work_beside_the_server(server: Server) -> None:
    assert server.command("user", "create", "eve@example.org", "--first-name", "Eve").returncode == 0
    assert server.command("events", "status", "--json").returncode == 0
    found = {check["part"]: check for check in json.loads(server.command("doctor", "--json").stdout)["checks"]}
    assert server.url in found["web server"]["seen"]
    assert {found["web server"]["health"], found["event store"]["health"]} == {"ok"}
    assert server.url in server.command("user", "sign-in-link", "eve@example.org").stdout
    assert answers(server)


def test_a_home_with_a_very_long_path_works(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    answer = learncraft("user", "create", "ada@example.org", "--first-name", "Ada", "--home", str(deep))
    assert answer.returncode == 0, answer.stderr
    assert processes_of(deep) == []
    second = learncraft("user", "list", "--home", str(deep))
    assert "ada@example.org" in second.stdout, second.stderr


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of a few megabytes; only root can make one."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root on Linux can make a small disk")
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine doesn't let a test mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_disk_with_little_room_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        assert_refused(learncraft("serve", "--port", "0", "--home", str(disk / "home")), "Free some space", "MB")
        assert not (disk / "home" / "postgres").exists()


def test_a_disk_that_is_full_to_the_last_byte_is_a_sentence(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        (disk / "home").mkdir()
        filler = (disk / "filler").open("wb", buffering=0)
        with pytest.raises(OSError, match="No space"), filler:
            while True:
                filler.write(bytes(4096))
        assert_refused(learncraft("user", "list", "--home", str(disk / "home")), "is full", "Nothing was damaged")


def test_a_disk_that_fills_up_while_serving_harms_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 700) as disk:
        server = start(disk / "home")
        server.command("user", "create", "ada@example.org", "--first-name", "Ada")
        with (disk / "filler").open("wb") as filler, pytest.raises(OSError, match="No space"):
            while True:
                filler.write(bytes(1_000_000))
                filler.flush()
        server.command("user", "create", "bob@example.org", "--first-name", "Bob", check=False)
        server.stop()
        assert processes_of(server.home) == []
        (disk / "filler").unlink()
        with serving(server.home) as again:
            assert "ada@example.org" in again.command("user", "list").stdout


def test_the_theme_and_our_options_apply_in_any_folder(server: Server, tmp_path: Path) -> None:
    """Someone's own Streamlit files, in the folder of the command or at home, are not ours."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(
        '[theme]\nprimaryColor = "#ff0000"\n[server]\nbaseUrlPath = "x"\n'
    )
    code = (
        "from learncraft.web.streamlit_options import configure; from learncraft.settings import Settings;"
        f"configure(Settings(home={str(server.home)!r}), dev=False);"
        "import streamlit as st, json; names = ['theme.primaryColor', 'server.baseUrlPath', 'server.fileWatcherType'];"
        "print(json.dumps([st.get_option(name) for name in names]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment() | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    color, base, watcher = json.loads(done.stdout)
    assert (color != "#ff0000", base, watcher) == (True, "", "none")
