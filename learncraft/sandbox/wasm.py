"""The runtime that every machine has: Python in WebAssembly, in processes that are thrown away after one program.

Some processes wait warm while programs are likely to come. A few programs run at once; the others wait in a queue in
which nobody's second program goes before somebody else's first.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from learncraft.sandbox import installing
from learncraft.sandbox.conversation import Conversation
from learncraft.sandbox.errors import SandboxBusyError, SandboxLostError, SandboxMissingError
from learncraft.sandbox.port import Ending, Limits, Program, StepOutcome
from learncraft.sandbox.process import SandboxProcess

READY_SECONDS = 30.0
WAIT_SECONDS = 30.0
MOST_WAITING = 200
IDLE_SECONDS = 600.0  # after this long without a program nothing is kept warm
PAUSE_SECONDS = 2.0  # between two starts that failed
TRIES = 2

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Ticket:
    who: object


class WasmRuntime:
    """Costs nothing until it is used. All processes are started by one thread, which they must not outlive."""

    def __init__(self, *, at_once: int | None = None, warm: int | None = None, limits: Limits | None = None) -> None:
        self._at_once = at_once or max(1, min(4, os.cpu_count() or 1))
        self._warm_wanted = self._at_once if warm is None else warm
        self._limits = limits or Limits()
        self._changed = threading.Condition()
        self._warm: deque[SandboxProcess] = deque()
        self._running: Counter[object] = Counter()
        self._waiting: list[_Ticket] = []
        self._orders = 0  # processes that programs wait for beyond the warm ones
        self._wanted_until = 0.0
        self._failure: SandboxMissingError | None = None
        self._keeper: threading.Thread | None = None
        self._used: set[SandboxProcess] = set()
        self._over: deque[SandboxProcess] = deque()  # killed, to be waited for
        self._starting: SandboxProcess | None = None
        self._stopped = False

    def prepare(self) -> None:
        """Say that a program is likely to come soon; returns at once."""
        with self._changed:
            self._wanted_until = time.monotonic() + IDLE_SECONDS
            if self._keeper is None and not self._stopped and installing.is_installed():
                self._keeper = threading.Thread(target=self._keep, name="sandbox-keeper", daemon=True)
                self._keeper.start()
            self._changed.notify_all()

    def run(self, program: Program, *, who: object) -> list[StepOutcome]:
        """Run a program and wait for it; see the port.

        Raises:
            SandboxMissingError: it isn't installed, or doesn't start.
            SandboxBusyError: too many wait.
            SandboxLostError: it was lost on the way, twice.
        """
        if not installing.is_installed():
            raise SandboxMissingError
        self.prepare()
        with self._turn(who):
            return self._all_steps(program)

    def stop(self) -> None:
        """End all processes; programs that run are lost, and told so."""
        with self._changed:
            self._stopped = True
            ending = self._all()
            self._warm.clear()
            self._over.clear()
            self._changed.notify_all()
        for process in ending:
            process.end()
        if self._keeper is not None:
            self._keeper.join(2)

    def pids(self) -> list[int]:
        """The processes that are there now."""
        with self._changed:
            return [process.pid for process in self._all()]

    def _all(self) -> list[SandboxProcess]:
        return [*self._warm, *self._used, *self._over, *([self._starting] if self._starting else [])]

    def _all_steps(self, program: Program) -> list[StepOutcome]:
        """A step that ends its process is followed by the next one in a new process, until the run's time is over."""
        done: list[StepOutcome] = []
        cpu_left = program.limits.run_cpu_seconds
        lost = 0
        while len(done) < len(program.steps):
            if cpu_left <= 0:
                done += [StepOutcome(step.name, Ending.NOT_RUN) for step in program.steps[len(done) :]]
                break
            with self._process() as process:
                conversation = Conversation(process, program, len(done), cpu_left)
                came = conversation.hold()
            cpu_left -= conversation.cpu_used
            if came is None:
                lost += 1
                if lost == TRIES:
                    raise SandboxLostError
                continue
            done += came
        return done

    @contextmanager
    def _turn(self, who: object) -> Iterator[None]:
        ticket = _Ticket(who)
        deadline = time.monotonic() + WAIT_SECONDS
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                raise SandboxBusyError
            self._waiting.append(ticket)
            try:
                while self._next_ticket() is not ticket:
                    left = deadline - time.monotonic()
                    if left <= 0 or self._stopped:
                        raise SandboxBusyError
                    self._changed.wait(left)
                self._running[who] += 1
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._running[who] -= 1
                self._running += Counter()  # forget those at zero
                self._changed.notify_all()

    def _next_ticket(self) -> _Ticket | None:
        """Whose turn it is: of those with the fewest programs under way, the one who waits longest."""
        if self._running.total() >= self._at_once or not self._waiting:
            return None
        return min(self._waiting, key=lambda ticket: self._running[ticket.who])

    @contextmanager
    def _process(self) -> Iterator[SandboxProcess]:
        process = self._take()
        try:
            yield process
        finally:
            process.kill()
            with self._changed:
                self._used.discard(process)
                self._over.append(process)  # nobody who waits for a result waits for the end of this as well
                self._changed.notify_all()

    def _take(self) -> SandboxProcess:
        deadline = time.monotonic() + READY_SECONDS
        with self._changed:
            self._failure = None
            self._orders += 1
            self._changed.notify_all()
            try:
                while True:
                    while self._warm:
                        process = self._warm.popleft()
                        if process.is_running():
                            self._used.add(process)
                            return process
                        process.end()
                    if self._failure is not None:
                        raise self._failure
                    left = deadline - time.monotonic()
                    if left <= 0 or self._stopped:
                        raise SandboxMissingError("Python doesn't start in it.")
                    self._changed.wait(left)
            finally:
                self._orders -= 1
                self._changed.notify_all()

    def _keep(self) -> None:
        """Start what is wanted, one after the other, and end what has waited for too long."""
        while True:
            with self._changed:
                while not self._stopped and not self._over and len(self._warm) >= self._wanted():
                    self._changed.wait(30)
                    if time.monotonic() > self._wanted_until and not self._orders and self._warm:
                        break
                if self._stopped:
                    return
                ending = list(self._over)
                self._over.clear()
                if not self._wanted():
                    ending += self._warm
                    self._warm.clear()
                is_short = len(self._warm) < self._wanted()
            for process in ending:
                process.end()
            if is_short:
                self._start_one()

    def _wanted(self) -> int:
        warm = self._warm_wanted if time.monotonic() < self._wanted_until else 0
        return max(warm, self._orders)

    def _start_one(self) -> None:
        process = None
        try:
            process = self._starting = SandboxProcess(self._limits)
            ready = process.wait_ready(READY_SECONDS)
        except (OSError, SandboxMissingError) as error:
            log.warning("A process of the sandbox can't be started: %s", error)
            ready = False
        with self._changed:
            self._starting = None
            if ready and process is not None and not self._stopped:
                self._warm.append(process)
                self._changed.notify_all()
                return
            if not self._stopped:
                self._failure = SandboxMissingError("Python doesn't start in it.")
            self._changed.notify_all()
        if process is not None:
            process.end()
        if not self._stopped:
            log.warning("A process of the sandbox did not become ready")
            time.sleep(PAUSE_SECONDS)
