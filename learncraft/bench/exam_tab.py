"""A browser tab of the exam bench: one learner who reads, ticks and types, and the sheet that saves it.

It does what web/static/sheet/journal.js does: a save begins 0.3 s after the last key and 0.7 s after the first, at once
for a tick; there is one save at a time, and while it is on its way what is typed gathers for the next.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from learncraft.assessments.models import QuestionType
from learncraft.bench.exam_world import Seat

KEY = 0.2  # seconds from one key to the next: somebody who types well
LATEST = 0.7
HEARTBEAT = 15.0
TIMEOUT = 8.0
READING = (2.0, 8.0)  # seconds with a question before it is answered
LENGTHS = {QuestionType.FILL_BLANK: (4, 16), QuestionType.SHORT_ANSWER: (40, 160)}
WORDS = "the mean is moved by one large value while the median stays where it was "


@dataclass
class Measured:
    """What one tab saw. `kept` is what the server said that it kept, newest by question."""

    saves: list[float] = field(default_factory=list)  # seconds from sending to the answer
    last_save: float | None = None  # when time is over for all at once
    typed_to_kept: list[float] = field(default_factory=list)
    hand_in: float | None = None
    failures: list[str] = field(default_factory=list)
    kept: dict[UUID, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    unsaved: int = 0  # answers that were typed and never kept


class Tab:
    """One learner in front of the sheet until time is over."""

    def __init__(self, url: str, cookie: str, seat: Seat, random: Random) -> None:
        self._line = Line(url, f"{cookie}={seat.token}")
        self._seat, self._random = seat, random
        self._sheet = str(uuid4())
        self._pending: dict[UUID, tuple[int, dict[str, Any]]] = {}
        self._typed_at: dict[UUID, float] = {}  # when the oldest change of a question was made that isn't kept
        self._wake = asyncio.Event()
        self._sequence = 0
        self.measured = Measured()

    async def sit_until(self, end: float) -> Measured:
        """Write until the moment when time is over, then hand in, as the sheet does by itself."""
        tasks = [asyncio.create_task(one) for one in (self._write(), self._save(), self._beat())]
        with suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                await asyncio.gather(*tasks)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self._finish()
        return self.measured

    async def _write(self) -> None:
        while True:
            for question, kind in self._random.sample(self._seat.questions, len(self._seat.questions)):
                await asyncio.sleep(self._random.uniform(*READING))
                if kind in LENGTHS:
                    text = ""
                    start = self._random.randrange(len(WORDS))
                    for place in range(self._random.randint(*LENGTHS[kind])):
                        text += WORDS[(start + place) % len(WORDS)]
                        self._change(question, {"text": text})
                        await asyncio.sleep(KEY)
                elif kind == QuestionType.MULTI_SELECT:
                    for ticked in (["a"], ["a", "b"], ["a", "c"]):
                        self._change(question, {"options": ticked})
                        await asyncio.sleep(1)
                else:
                    is_truth = kind == QuestionType.TRUE_FALSE
                    chosen = self._random.choice("abcd")
                    self._change(question, {"value": chosen > "b"} if is_truth else {"option": chosen})

    def _change(self, question: UUID, response: dict[str, Any]) -> None:
        self._sequence = max(self._sequence + 1, int(time.time() * 1000))
        self._pending[question] = (self._sequence, response)
        self._typed_at.setdefault(question, time.perf_counter())
        self._wake.set()

    async def _save(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            is_typing = any("text" in response for _, response in self._pending.values())
            await asyncio.sleep(LATEST if is_typing else 0)
            while self._pending and not await self._send():
                await asyncio.sleep(0.5)

    async def _beat(self) -> None:
        await asyncio.sleep(self._random.uniform(0, HEARTBEAT))  # pages were opened at different moments
        while True:
            await self._send(is_heartbeat=True)
            await asyncio.sleep(HEARTBEAT)

    async def _send(self, *, is_heartbeat: bool = False) -> bool:
        """Send what waits; says whether the server answered as it should."""
        sent = dict(self._pending)
        answers = [
            {"question": str(name), "response": response, "sequence": number}
            for name, (number, response) in sent.items()
        ]
        message: dict[str, Any] = {"sheet": self._sheet, "answers": answers, "sightings": []}
        if is_heartbeat:
            message["seen"] = {str(name): number for name, (number, _) in self.measured.kept.items()}
        begun = time.perf_counter()
        status, answer = await self._line.post(f"/attempts/{self._seat.attempt_id}/journal", message)
        if status != 200:
            self.measured.failures.append(f"{status} {answer.get('state', '')}".strip())
            return False
        now = time.perf_counter()
        if sent:
            self.measured.saves.append(now - begun)
        for one in answer["answers"]:
            name = UUID(one["question"])
            if one["outcome"] == "saved" and name not in self._typed_at:
                continue  # kept already: a save and a heartbeat both carried it
            if one["outcome"] == "saved":
                self.measured.kept[name] = sent[name]
                self.measured.typed_to_kept.append(now - self._typed_at[name])
                if self._pending.get(name) == sent[name]:
                    del self._pending[name], self._typed_at[name]
                else:
                    self._typed_at[name] = begun  # what was typed since waits from here on, at the longest
            else:
                self.measured.failures.append(f"{one['outcome']} {one['words']}".strip())
        return True

    async def _finish(self) -> None:
        """Time is over: the last save, and the hand-in."""
        if self._pending and await self._send():
            self.measured.last_save = self.measured.saves.pop()
        self.measured.unsaved = len(self._pending)
        begun = time.perf_counter()
        for _ in range(3):
            status, _answer = await self._line.post(
                f"/attempts/{self._seat.attempt_id}/hand-in", {"sheet": self._sheet}
            )
            if status == 200:
                self.measured.hand_in = time.perf_counter() - begun
                break
            self.measured.failures.append(f"{status} at the hand-in")
            await asyncio.sleep(1)
        self._line.close()


class Line:
    """HTTP over one connection that is kept, as browsers keep it; lean, to leave the cores to what is measured."""

    def __init__(self, url: str, cookie: str) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname or "", place.port or 80
        self._head = (
            f"Host: {place.netloc}\r\nCookie: {cookie}\r\nOrigin: {url}\r\nSec-Fetch-Site: same-origin\r\n"
            "User-Agent: learncraft-bench\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        )
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()

    async def post(self, path: str, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of the answer; status 0 when there was none."""
        async with self._turn:
            try:
                async with asyncio.timeout(TIMEOUT):
                    body = json.dumps(message).encode()
                    if self._streams is not None:
                        # The server hangs up on a line that was idle; a browser then takes another one.
                        with suppress(OSError, EOFError):
                            return await self._post(path, body)
                        self.close()
                    return await self._post(path, body)
            except (OSError, EOFError, TimeoutError):
                self.close()
                return 0, {}
            except asyncio.CancelledError:
                self.close()  # half an answer may be on the line
                raise

    async def _post(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        head = f"POST {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        status, *headers = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length = next(int(line.split(":")[1]) for line in headers if line.lower().startswith("content-length:"))
        content = await reader.readexactly(length)
        return int(status.split()[1]), json.loads(content) if content.startswith(b"{") else {}

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
