"""How long it takes from a question to a language model's first word, with a model that answers at once.

The endpoint is a stub on this machine that speaks OpenAI's protocol. So what is measured is ours: finding the sources,
and asking and reading over HTTP. A real model's time comes on top.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from learncraft.accounts.viewer import Viewer
from learncraft.bench.timing import percentile
from learncraft.db import Database
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.endpoint import ModelEndpoint, Usage
from learncraft.tutor.retrieval import find

SOURCES = 6
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class FirstToken:
    """Milliseconds from the question to the first word of the answer."""

    questions: int
    p50_ms: float
    p95_ms: float


def measure(database: Database, viewer: Viewer, embedder: Embedder, questions: Sequence[str]) -> FirstToken:
    """Ask each question of the stub, with the sources that were found for it."""
    took = []
    with _stub() as url:
        model = ModelEndpoint(url, "stub", None, SECONDS)
        for question in questions:
            began = perf_counter()
            with database.reading() as session:
                found = find(session, viewer, question, embedder=embedder)
            sources = "\n\n".join(passage.text for passage in found.passages[:SOURCES])
            said = model.stream([{"role": "user", "content": f"{sources}\n\n{question}"}], Usage())
            next(said)
            took.append((perf_counter() - began) * 1000)
            for _ in said:
                pass
    return FirstToken(len(took), percentile(took, 0.5), percentile(took, 0.95))


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers every question with three words, each in a piece of its own."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Stream the answer."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for place, word in enumerate(("A ", "short ", "answer.")):
            self._say({"delta": {"content": word}, "index": 0, "finish_reason": None if place < 2 else "stop"})
        self.wfile.write(b"data: [DONE]\n\n")

    def _say(self, choice: dict[str, object]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "stub", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # the library's name
        """Say nothing."""


@contextmanager
def _stub() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, name="stub model", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(2)
