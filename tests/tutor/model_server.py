"""A local server that speaks the protocol of language models, well or badly, as a test tells it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Says = Callable[[str], list[str]]  # from the prompt to the pieces of the answer


@dataclass
class ModelServer:
    """Where it listens, what it was asked, and how it behaves."""

    url: str = ""
    says: Says = lambda _: ["Nothing."]
    manner: str = "well"  # stalls, breaks off, too many, failing, nonsense, not events, endless
    delay: float = 0.0  # before each piece
    prompts: list[str] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        prompt = "\n".join(message["content"] for message in body["messages"])
        self.prompts.append(prompt)
        if self.manner in {"too many", "failing"}:
            self._send(request, 429 if self.manner == "too many" else 500, b'{"error": {"message": "no"}}')
        elif self.manner == "not events":
            self._send(request, 200, b"<html>It works!</html>")
        else:
            request.send_response(200)
            request.send_header("Content-Type", "text/event-stream")
            request.end_headers()
            self._stream(request, prompt)

    def _send(self, request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("retry-after-ms", "1")
        request.end_headers()
        request.wfile.write(body)

    def _stream(self, request: BaseHTTPRequestHandler, prompt: str) -> None:
        if self.manner == "nonsense":
            request.wfile.write(b'data: {"choices": 7}\n\ndata: [1, 2\n\n')
            return
        for place, piece in enumerate(self.says(prompt)):
            time.sleep(self.delay)
            if place == 1 and self.manner == "stalls":
                time.sleep(2)
                return
            if place == 1 and self.manner == "breaks off":
                return
            self._event(request, [{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
        self._event(request, [{"index": 0, "delta": {}, "finish_reason": "stop"}])
        self._event(request, [], {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120})
        request.wfile.write(b"data: [DONE]\n\n")

    def _event(self, request: BaseHTTPRequestHandler, choices: list[Any], usage: dict[str, int] | None = None) -> None:
        chunk = {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "local",
            "choices": choices,
            "usage": usage,
        }
        request.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        request.wfile.flush()


@contextmanager
def serving() -> Iterator[ModelServer]:
    """Such a server on a free port."""
    model = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked may have gone
                model.answer(self, body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield model
    server.shutdown()
    server.server_close()


def sources_of(prompt: str) -> list[str]:
    """The text of each source, as a model would read the prompt."""
    fence = re.search(r"----- [0-9a-f]{24} -----", prompt)
    assert fence is not None
    between = prompt.split(fence.group())[2]
    return [part.partition("\n")[2] for part in re.split(r"(?m)^\[\d+\] ", between)[1:]]
