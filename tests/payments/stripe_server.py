"""A server on this machine that speaks Stripe's HTTP, as far as a checkout goes: forms in, JSON out, keys, retries."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl

SECRET = "whsec_for_tests_only"


@dataclass
class StripeServer:
    """What the server was asked, and what it knows."""

    url: str = ""
    sessions: dict[str, dict[str, object]] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    is_down: bool = False

    def pay(self, reference: str) -> None:
        """The person pays at Stripe."""
        self.sessions[reference] |= {
            "payment_status": "paid",
            "status": "complete",
            "payment_intent": f"pi_{reference}",
        }

    def create(self, given: dict[str, str], key: str | None) -> dict[str, object]:
        if key is not None and key in self.by_key:
            return self.sessions[self.by_key[key]]
        reference = f"cs_test_{len(self.sessions) + 1}"
        self.sessions[reference] = {
            "id": reference,
            "object": "checkout.session",
            "url": f"https://checkout.stripe.example/{reference}",
            "client_reference_id": given.get("client_reference_id"),
            "payment_status": "unpaid",
            "status": "open",
            "payment_intent": None,
        }
        if key is not None:
            self.by_key[key] = reference
        return self.sessions[reference]


@contextmanager
def stripe_server() -> Iterator[StripeServer]:
    """The server, for the length of a block."""
    state = StripeServer()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, body: dict[str, object]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _refuse(self) -> bool:
            if state.is_down:
                self._answer(503, {"error": {"message": "down"}})
            elif self.headers.get("Authorization") != "Bearer sk_test_1":
                self._answer(401, {"error": {"message": "Invalid API Key"}})
            else:
                return False
            return True

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
            state.asked.append((self.path, form))
            if not self._refuse():
                self._answer(200, state.create(form, self.headers.get("Idempotency-Key")))

        def do_GET(self) -> None:
            if self._refuse():
                return
            found = state.sessions.get(self.path.rpartition("/")[2])
            self._answer(200 if found else 404, found or {"error": {"message": "No such session"}})

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def message(kind: str, about: dict[str, object], *, name: str = "evt_1") -> bytes:
    """A message as Stripe sends it."""
    return json.dumps({"id": name, "object": "event", "type": kind, "data": {"object": about}}).encode()


def signature(body: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    """Stripe's signature of a message, made `age` seconds ago."""
    moment = int(time.time()) - age
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
