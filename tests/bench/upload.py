"""`python -m tests.bench.upload`: how long 100 MB take into a course and out again, and what memory they take.

Starts a server of its own with the demo, sends pieces of 8 MB as the page does, on the loopback address, and compares
with the same bytes written to the same disk, forced onto it and read back for their hash.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import time
from pathlib import Path

import httpx
import psutil
import psycopg

from learncraft.demo.people import PASSWORD
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.server import Server, serving

MB = 1024**2
PIECE = 8 * MB
SIZES = (100, 500)
HEAD = b"\x00\x00\x00\x20ftypisom"  # so that it passes for a film, which nobody compresses on the way out


class Memory:
    """The most that a process holds while something is done."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.before = self.most = self._process.memory_info().rss

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self.most = max(self.most, self._process.memory_info().rss)


def disk_seconds(folder: Path, data: bytes) -> float:
    """The same bytes on the same disk, without us: written, forced onto it, read back for their hash."""
    path = folder / "plain"
    started = time.perf_counter()
    with path.open("wb") as out:
        for first in range(0, len(data), PIECE):
            out.write(data[first : first + PIECE])
            out.flush()
            os.fsync(out.fileno())
    with path.open("rb") as stream:
        hashlib.file_digest(stream, "sha256")
    took = time.perf_counter() - started
    path.unlink()
    return took


def send(client: httpx.Client, course: str, data: bytes) -> tuple[float, str]:
    """Upload a file; how long it took, and its address."""
    ours = {"x-learncraft-file": "1"}
    name = f"{len(data) // MB}.mp4"
    message = {"course": course, "name": name, "size": len(data), "fingerprint": str(len(data))}
    started = time.perf_counter()
    upload = client.post("/uploads", json=message, headers=ours).raise_for_status().json()["id"]
    answer: dict[str, str] = {}
    for first in range(0, len(data), PIECE):
        headers = ours | {"upload-offset": str(first)}
        answer = client.patch(f"/uploads/{upload}", content=data[first : first + PIECE], headers=headers).json()
    assert answer["state"] == "kept", answer
    return time.perf_counter() - started, f"/media/{answer['file']}/{name}"


def fetch(client: httpx.Client, address: str) -> float:
    """How long it takes to get the file again."""
    started = time.perf_counter()
    with client.stream("GET", address) as answer:
        for _ in answer.iter_raw():
            pass
    return time.perf_counter() - started


def main() -> None:
    """Measure and say."""
    with tempfile.TemporaryDirectory() as made, serving(Path(made) / "home", "--demo") as server:
        with psycopg.connect(EmbeddedPostgres(server.home).url) as connection:
            [course] = connection.execute("SELECT id FROM courses LIMIT 1").fetchone() or [None]
        client = signed_in(server)
        print("| size | disk alone | into the course | out again | memory of the server | more while it came |")
        print("| --- | --- | --- | --- | --- | --- |")
        for size in SIZES:
            data = HEAD + os.urandom(MB - len(HEAD)) + os.urandom(MB) * (size - 1)
            alone = disk_seconds(server.home, data)
            with Memory(server.process.pid) as memory:
                took, address = send(client, str(course), data)
            back = fetch(client, address)
            more = (memory.most - memory.before) / MB
            print(
                f"| {size} MB | {alone:.2f} s | {took:.2f} s, {size / took:.0f} MB/s | {back:.2f} s "
                f"| {memory.before / MB:.0f} MB | {more:.0f} MB |",
                flush=True,
            )


def signed_in(server: Server) -> httpx.Client:
    """A browser of the demo's instructor."""
    client = httpx.Client(base_url=server.url, timeout=120, follow_redirects=True)
    page = client.get("/auth/sign-in").text
    token = page.split('name="form_token" value="')[1].split('"')[0]
    form = {"email": "instructor@learncraft.example", "password": PASSWORD, "form_token": token}
    client.post("/auth/sign-in", data=form, headers={"origin": server.url})
    client.headers["origin"] = server.url
    return client


if __name__ == "__main__":
    main()
