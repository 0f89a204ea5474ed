"""How programs are run: quickly, in turn, and by nothing that outlives the server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from learncraft.sandbox import installing
from learncraft.sandbox.errors import SandboxBusyError, SandboxMissingError
from learncraft.sandbox.port import Ending, Program, Step, StepOutcome
from learncraft.sandbox.wasm import WasmRuntime, _Ticket
from tests.sandbox.conftest import SHORT

Run = Callable[..., StepOutcome]


def test_a_program_reads_prints_and_gives_a_value(run: Run) -> None:
    code = "def double(x):\n    return 2 * x\nprint(double(input('? ')))"
    outcome = run(code, stdin="ab\n", arrange="y = double(3)", evaluate="[y, {'k': (1.5, None)}, {True}]")
    assert outcome.ending == Ending.FINISHED
    assert outcome.output == "? abab\n"
    assert outcome.shown_value == "[6, {'k': (1.5, None)}, {True}]"
    one, two = ["int", "6"], ["dict", [[["str", "k"], ["tuple", [["float", "1.5"], ["none"]]]]]]
    assert outcome.value == ["list", [one, two, ["set", [["bool", True]]]]]


def test_an_exception_is_told_with_the_learners_own_lines_alone(run: Run) -> None:
    outcome = run("def half(x):\n    return x / 0\n\nhalf(1)\n")
    assert outcome.ending == Ending.FAILED
    assert outcome.error.splitlines() == [
        "Traceback (most recent call last):",
        '  File "main.py", line 4, in <module>',
        "    half(1)",
        '  File "main.py", line 2, in half',
        "    return x / 0",
        "ZeroDivisionError: division by zero",
    ]
    assert "SyntaxError" in run("print('open").error


def test_input_that_is_missing_and_programs_that_leave(run: Run) -> None:
    assert run("input()").error_type == "EOFError"
    assert run("import sys\nprint('bye')\nsys.exit()").ending == Ending.FINISHED
    assert run("import sys\nsys.exit(3)").error == "The program left with 3"


def test_a_step_that_ends_its_process_takes_no_other_with_it(runtime: WasmRuntime) -> None:
    code = "name = input()\nwhile name == 'forever': pass\nprint(name)"
    steps = [Step("a", "one"), Step("b", "forever"), Step("c", "three")]
    outcomes = runtime.run(Program({"main.py": code}, steps, limits=SHORT), who="alice")
    assert [(outcome.name, outcome.ending, outcome.output) for outcome in outcomes] == [
        ("a", Ending.FINISHED, "one\n"),
        ("b", Ending.TIME, ""),
        ("c", Ending.FINISHED, "three\n"),
    ]


def test_the_time_of_all_steps_together_has_an_end(runtime: WasmRuntime) -> None:
    steps = [Step(str(number)) for number in range(12)]
    outcomes = runtime.run(Program({"main.py": "while True: pass"}, steps, limits=SHORT), who="alice")
    assert len(outcomes) == 12
    assert outcomes[0].ending == Ending.TIME
    assert outcomes[-1].ending == Ending.NOT_RUN


def test_a_warm_pool_answers_within_a_second_and_a_half(runtime: WasmRuntime, run: Run) -> None:
    run("pass")
    deadline = time.monotonic() + 10
    while len(runtime.pids()) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    started = time.monotonic()
    assert run("print('quick')").output == "quick\n"
    assert time.monotonic() - started < 1.5


def test_nobodys_second_program_goes_before_somebody_elses_first() -> None:
    runtime = WasmRuntime(at_once=3)
    runtime._running.update({"alice": 1})
    runtime._waiting[:] = [_Ticket("alice"), _Ticket("alice"), bob := _Ticket("bob"), _Ticket("carol")]
    assert runtime._next_ticket() is bob
    runtime._running.update({"bob": 1, "carol": 1})
    assert runtime._next_ticket() is None, "three run already"


def test_a_queue_that_is_too_long_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = WasmRuntime(at_once=1)
    monkeypatch.setattr("learncraft.sandbox.wasm.MOST_WAITING", 0)
    monkeypatch.setattr(runtime, "prepare", lambda: None)
    with pytest.raises(SandboxBusyError, match="run it again in a minute"):
        runtime.run(Program({"main.py": ""}), who="alice")


def test_a_server_without_it_says_so_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "folder", lambda: tmp_path / "nothing")
    runtime = WasmRuntime()
    runtime.prepare()
    with pytest.raises(SandboxMissingError, match=r"saved all the same.*learncraft sandbox install"):
        runtime.run(Program({"main.py": ""}), who="alice")
    assert runtime.pids() == []


def test_what_is_installed_is_pinned_by_its_hash_and_names_no_place() -> None:
    assert installing.is_installed()
    assert installing.install() is False
    lock = json.loads((Path(installing.__file__).parent / "npm" / "deno.lock").read_text())
    assert all(package["integrity"].startswith("sha512-") for package in lock["npm"].values())
    assert f"pyodide@{installing.version()}" in lock["npm"]
    assert "://" not in json.dumps(lock)


def test_processes_die_with_the_server_even_when_it_is_killed() -> None:
    code = (
        "import sys, time\n"
        "from learncraft.sandbox.wasm import WasmRuntime\n"
        "from learncraft.sandbox.port import Program, Limits\n"
        "runtime = WasmRuntime(at_once=1, warm=2)\n"
        "runtime.run(Program({'main.py': ''}), who=1)\n"
        "while len(runtime.pids()) < 2: time.sleep(0.05)\n"
        "print(*runtime.pids(), flush=True)\n"
        "runtime.run(Program({'main.py': 'while True: pass'}, limits=Limits(60, 60, 60)), who=1)\n"
    )
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    pids = [int(pid) for pid in server.stdout.readline().split()]
    time.sleep(0.3)
    server.send_signal(signal.SIGKILL)
    server.wait(10)
    gone, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=5)
    assert pids
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE], gone
