"""One program in one process: hand it over, keep the limits, understand what comes back. Nothing it says is trusted."""

from __future__ import annotations

import queue
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from learncraft.sandbox.port import Ending, Limits, Program, Step, StepOutcome
from learncraft.sandbox.process import SandboxProcess

LOOK_SECONDS = 0.05
BEGIN_SECONDS = 30.0  # how long a process may take to begin with the first step
LONGEST_ERROR = 4000
LONGEST_VALUE = 300
ENDINGS = {ending.value: ending for ending in (Ending.FINISHED, Ending.FAILED, Ending.MEMORY)}

IN_WORDS = {
    Ending.MEMORY: "The program asked for more memory than it may have.",
    Ending.OUTPUT: "The program printed more than it may. Is there a loop that doesn't end?",
    Ending.STOPPED: "The program ended or broke its interpreter, or did something that isn't possible here.",
}


@dataclass(slots=True)
class _Now:
    """The step under way."""

    step: Step
    began: float
    cpu_before: float
    output: list[str] = field(default_factory=list)


class Conversation:
    """What is said about one program, from the first step that this process does."""

    def __init__(self, process: SandboxProcess, program: Program, first: int, cpu_left: float) -> None:
        self._process = process
        self._program = program
        self._limits: Limits = program.limits
        self._first = first
        self._cpu_left = cpu_left
        self.cpu_used = 0.0

    def hold(self) -> list[StepOutcome] | None:
        """Do the steps until the last, or until one ends the process. None: the process was lost before the first."""
        steps = self._program.steps[self._first :]
        cpu_at_start = self._process.cpu_seconds()
        sent = self._process.send(
            {
                "files": dict(self._program.files),
                "main": self._program.main,
                "steps": [asdict(step) for step in steps],
                "limits": asdict(self._limits),
            }
        )
        if not sent:
            return None
        done: list[StepOutcome] = []
        waiting_since = time.monotonic()
        now: _Now | None = None
        while len(done) < len(steps):
            message = self._next()
            if now is None and message is None and time.monotonic() - waiting_since > BEGIN_SECONDS:
                break
            if message == {}:
                break  # the process has ended
            if now is not None and (over := self._over(now)):
                done.append(self._ended(now, over))
                break
            if message is None:
                continue
            if "begin" in message and now is None:
                now = _Now(steps[len(done)], time.monotonic(), self._process.cpu_seconds())
            elif now is not None and "out" in message:
                now.output.append(str(message["out"]))
            elif now is not None and "limit" in message:
                done.append(self._ended(now, Ending.OUTPUT))
                now = None
                break
            elif now is not None and isinstance(message.get("end"), dict):
                done.append(self._outcome(now, message["end"]))
                now = None
        else:
            now = None
        if now is not None and len(done) < len(steps) and (not done or done[-1].name != now.step.name):
            done.append(self._ended(now, Ending.STOPPED))
        self.cpu_used = max(0.0, self._process.cpu_seconds() - cpu_at_start)
        return done or None

    def _next(self) -> dict[str, Any] | None:
        """The next message; None when there is none yet, empty when there will be none."""
        try:
            message = self._process.messages.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            return None
        return {} if message is None else message

    def _over(self, now: _Now) -> Ending | None:
        used = self._process.cpu_seconds() - now.cpu_before
        if used > min(self._limits.cpu_seconds, self._cpu_left):
            return Ending.TIME
        if time.monotonic() - now.began > self._limits.wall_seconds:
            return Ending.TIME
        return Ending.MEMORY if self._process.is_too_big() else None

    def _ended(self, now: _Now, ending: Ending) -> StepOutcome:
        words = IN_WORDS.get(ending) or f"The program ran for more than {self._limits.cpu_seconds:g} seconds."
        return StepOutcome(
            now.step.name,
            ending,
            output=self._printed(now),
            error=words,
            seconds=round(time.monotonic() - now.began, 3),
        )

    def _outcome(self, now: _Now, said: dict[str, Any]) -> StepOutcome:
        ending = ENDINGS.get(str(said.get("ending")), Ending.STOPPED)
        return StepOutcome(
            now.step.name,
            ending,
            output=self._printed(now),
            error=IN_WORDS.get(ending) or str(said.get("error") or "")[:LONGEST_ERROR],
            error_type=str(said.get("error_type") or "")[:100],
            value=said.get("value"),
            shown_value=str(said.get("shown_value") or "")[: LONGEST_VALUE + 1],
            seconds=round(time.monotonic() - now.began, 3),
        )

    def _printed(self, now: _Now) -> str:
        return "".join(now.output)[: self._limits.output_bytes]
