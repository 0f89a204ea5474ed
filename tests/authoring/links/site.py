"""A site for the tests: a thread that answers HTTP on this machine, and notes what it was asked."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Site(ThreadingHTTPServer):
    """Answers by the first step of the path: /404/x with 404, /to/<address> with a redirect, and so on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[tuple[str, str]] = []  # method and path
        self.heads: list[dict[str, str]] = []
        self.moments: list[float] = []  # seconds of a clock that never goes back
        self.most_at_once = 0
        self.works = True
        self._there: set[object] = set()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def at(self, path: str) -> str:
        return f"http://{self.host}/{path}"

    def came(self, guest: object) -> None:
        self._there.add(guest)
        self.most_at_once = max(self.most_at_once, len(self._there))

    def left(self, guest: object) -> None:
        self._there.discard(guest)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen."""

    def _answer(self) -> None:
        site = self.server
        site.asked.append((self.command, self.path))
        site.heads.append(dict(self.headers))
        site.moments.append(time.monotonic())
        site.came(self)
        try:
            self._by_path(*self.path.strip("/").split("/", 1))
        except OSError:
            pass  # who asked has gone
        finally:
            site.left(self)

    def _by_path(self, step: str, rest: str = "") -> None:
        if not self.server.works:
            self._send(404)
        elif step.isdecimal():
            self._send(int(step))
        elif step.startswith("get") and step[3:].isdecimal():  # HEAD isn't liked here
            self._send(int(step[3:]) if self.command == "HEAD" else 200)
        elif step == "to":
            self._send(302, rest)
        elif step == "round":
            self._send(301, "/round/" + ("b" if rest == "a" else "a"))
        elif step == "steps":
            self._send(307, f"/steps/{int(rest) - 1}") if int(rest) else self._send(200)
        elif step == "slow":
            time.sleep(float(rest))
            self._send(200)
        elif step == "drip":  # never silent for long, and never done
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(100):
                self.wfile.write(f"X-{number}: 1\r\n".encode())
                self.wfile.flush()
                time.sleep(0.05)
        elif step == "rubbish":
            self.wfile.write(b"no HTTP at all\r\n\r\n")
            self.close_connection = True
        else:
            self._send(200)

    def _send(self, status: int, onward: str | None = None) -> None:
        self.server.left(self)  # before it is told: who hears it may be here again at once
        self.send_response(status)
        if onward is not None:
            self.send_header("Location", onward)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def site(secured: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site for the length of a block; by HTTPS if it has a certificate."""
    with Site() as server:
        if secured is not None:
            server.socket = secured.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
