"""One runtime for all tests of the sandbox: its processes are the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from learncraft.sandbox.port import Limits, Program, Step, StepOutcome
from learncraft.sandbox.wasm import WasmRuntime

SHORT = Limits(cpu_seconds=1.5, wall_seconds=4, run_cpu_seconds=6)


@pytest.fixture(scope="session")
def runtime() -> Iterator[WasmRuntime]:
    runtime = WasmRuntime(at_once=2)
    yield runtime
    runtime.stop()


@pytest.fixture
def run(runtime: WasmRuntime) -> Callable[..., StepOutcome]:
    """Run one program for one learner, with one step."""

    def once(code: str, *, stdin: str = "", who: object = "mallory", **step: str) -> StepOutcome:
        [outcome] = runtime.run(Program({"main.py": code}, [Step("run", stdin, **step)], limits=SHORT), who=who)
        return outcome

    return once


@pytest.fixture
def attempts(runtime: WasmRuntime) -> Callable[..., list[StepOutcome]]:
    """Run several pieces of code, each as a step of its own; one that breaks its process is followed in a new one."""

    def each(*codes: str, who: object = "mallory") -> list[StepOutcome]:
        steps = [Step(f"{number}", arrange=code) for number, code in enumerate(codes)]
        return runtime.run(Program({"main.py": ""}, steps, limits=SHORT), who=who)

    return each
