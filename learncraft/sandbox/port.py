"""What it means to run a program, whatever runs it: the one door that code questions and labs share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

MAIN = "main.py"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one step may use. A program that wants more is ended, and its learner is told in words.

    Whoever waits uses no processor time, so a step has a limit of each; a run has one for all its steps.
    """

    cpu_seconds: float = 5.0
    wall_seconds: float = 20.0
    run_cpu_seconds: float = 30.0
    memory_bytes: int = 256 * 1024**2
    output_bytes: int = 64 * 1024
    file_bytes: int = 16 * 1024**2
    files: int = 500


@dataclass(frozen=True, slots=True)
class Step:
    """Run the program anew, with an input, in a folder that holds its files and nothing else.

    `arrange` are statements that follow the program and know its names; `evaluate` is an expression whose value
    comes back.
    """

    name: str
    stdin: str = ""
    arrange: str = ""
    evaluate: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """Files by their path below the learner's folder, and what to do with them, in order.

    A later step may see what an earlier one was given; nothing outlives the program.
    """

    files: Mapping[str, str]
    steps: Sequence[Step] = (Step("run"),)
    main: str = MAIN
    limits: Limits = field(default_factory=Limits)


class Ending(StrEnum):
    """How a step ended."""

    FINISHED = "finished"
    FAILED = "failed"  # an exception that the program didn't catch
    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    STOPPED = "stopped"  # it ended or broke the interpreter, or did what is never allowed
    NOT_RUN = "not_run"  # the run's time was used up by the steps before


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What came of a step. `output` is what it printed, cut at the limit; `error` is for the learner to read.

    `value` is what was asked for, as JSON that keeps Python's kinds apart: see `carried` in `program/harness.py`.
    """

    name: str
    ending: Ending
    output: str = ""
    error: str = ""
    error_type: str = ""
    value: Any = None
    shown_value: str = ""
    seconds: float = 0.0


class Runtime(Protocol):
    """Something that runs programs. Threads may share it."""

    def prepare(self) -> None:
        """Say that a program is likely to come soon; returns at once."""

    def run(self, program: Program, *, who: object) -> list[StepOutcome]:
        """Run a program and wait for it. Each `who` has one turn after the other, whatever they ask for.

        Raises:
            SandboxMissingError: it isn't installed, or doesn't start.
            SandboxBusyError: too many wait.
            SandboxLostError: it was lost on the way, twice.
        """

    def stop(self) -> None:
        """End all that runs."""
