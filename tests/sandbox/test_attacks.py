"""Programs that mean harm: each is contained, said in words, and the next program of anybody runs as if nothing was."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from learncraft.sandbox import installing
from learncraft.sandbox.port import Ending, Program, Step, StepOutcome
from learncraft.sandbox.wasm import WasmRuntime
from tests.sandbox.conftest import SHORT

Run = Callable[..., StepOutcome]
Attempts = Callable[..., list[StepOutcome]]
REFUSED = {Ending.FAILED, Ending.STOPPED}


@pytest.fixture(autouse=True)
def nothing_is_left(runtime: WasmRuntime) -> object:
    yield
    # On a busy machine an engine that follows a killed one takes its time until it counts among the runtime's.
    assert within_seconds(30, lambda: engines() <= set(runtime.pids()))


def engines() -> set[int]:
    """The engines that this process has started and that are there."""
    found = set()
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if "host.mjs" in " ".join(child.cmdline()):
                found.add(child.pid)
    return found


def within_seconds(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def unharmed(run: Run) -> object:
    """After the attack somebody else's program runs."""
    yield
    after = run("print(2 + 2)", who="bob")
    assert (after.ending, after.output) == (Ending.FINISHED, "4\n")


def test_no_process_and_no_thread_can_be_started(attempts: Attempts, unharmed: object) -> None:
    outcomes = attempts(
        "import os\nwhile True: os.fork()",
        "import subprocess\nsubprocess.Popen(['sh', '-c', ':(){ :|:& };:'])",
        "import os\nos.system(':(){ :|:& };:')",
        "import threading\nwhile True: threading.Thread(target=print).start()",
        "import js\njs.process.getBuiltinModule('child_process').spawnSync('/bin/ls')",
        "import js\njs.Deno.Command.new('/bin/ls').outputSync()",
        "import multiprocessing\nmultiprocessing.Process(target=print).start()",
    )
    assert [outcome.ending in REFUSED for outcome in outcomes] == [True] * 7
    assert "Requires run access" in outcomes[5].error


def test_a_bomb_of_javascript_workers_is_ended(run: Run, unharmed: object) -> None:
    outcome = run(
        "import js\n"
        "Worker = js.process.getBuiltinModule('worker_threads').Worker\n"
        "options = js.JSON.parse('{\"eval\": true}')\n"
        "kept = []\n"
        "while True: kept.append(Worker.new('for(;;){}', options))\n"
    )
    assert outcome.ending in {Ending.MEMORY, Ending.TIME, Ending.STOPPED, Ending.FAILED}
    assert outcome.error


@pytest.mark.parametrize(
    "code",
    [
        "kept = []\nwhile True: kept.append(bytearray(10_000_000))",
        "kept = 'x' * 10**9",
        "import js\njs.Function.new('const kept = []; for (;;) kept.push(new Uint8Array(5e7).fill(1))')()",
        "import js\njs.Function.new('const kept = []; for (;;) kept.push(\"x\".repeat(9) + Math.random())')()",
    ],
)
def test_a_memory_hog_gets_no_more_than_its_share(run: Run, code: str) -> None:
    outcome = run(code)
    assert outcome.ending in {Ending.MEMORY, Ending.STOPPED, Ending.FAILED, Ending.TIME}
    assert outcome.error


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "import js\njs.Function.new('for (;;) {}')()",
        "import time\nprint('so far')\ntime.sleep(1000)",
    ],
)
def test_an_endless_program_is_ended(run: Run, code: str) -> None:
    started = time.monotonic()
    outcome = run(code)
    assert outcome.ending == Ending.TIME
    assert "ran for more than" in outcome.error
    assert time.monotonic() - started < 20
    assert outcome.output == ("so far\n" if "so far" in code else "")


@pytest.mark.parametrize(
    "code",
    [
        "while True: print('x' * 1000)",
        "import sys\nwhile True: sys.stderr.write('x' * 1000)",
        "import os\nwhile True: os.write(1, b'x' * 1000)",
    ],
)
def test_endless_output_is_cut(run: Run, code: str) -> None:
    outcome = run(code)
    assert outcome.ending == Ending.OUTPUT
    assert "printed more than it may" in outcome.error
    assert len(outcome.output) <= SHORT.output_bytes


def test_output_past_our_counting_is_cut_too(run: Run, unharmed: object) -> None:
    outcome = run("import js\nline = 'x' * 100_000 + '\\n'\nwhile True: js.process.stdout.write(line)")
    assert outcome.ending in {Ending.STOPPED, Ending.TIME, Ending.FAILED, Ending.MEMORY}
    assert outcome.output == ""


@pytest.mark.parametrize("path", ["/etc/passwd", __file__])
def test_files_of_the_host_cannot_be_read(attempts: Attempts, path: str) -> None:
    folder, name = Path(path).parent, Path(path).name
    outcomes = attempts(
        f"print(open({path!r}).read())",
        f"import js\nprint(js.Deno.readTextFileSync({path!r}))",
        f"import js\nprint(js.process.getBuiltinModule('fs').readFileSync({path!r}, 'utf8'))",
        f"import pyodide_js\npyodide_js.mountNodeFS('/host', {str(folder)!r})\nprint(open('/host/{name}').read())",
    )
    assert [outcome.ending in REFUSED for outcome in outcomes] == [True] * 4
    assert "No such file" in outcomes[0].error
    assert "Requires read access" in outcomes[1].error
    assert "Requires read access" in outcomes[2].error
    assert not any("root:" in outcome.output or "def test_" in outcome.output for outcome in outcomes)


def test_not_even_its_own_files_can_be_read(run: Run) -> None:
    outcome = run(f"import js\njs.Deno.readTextFileSync({str(installing.folder() / 'pyodide.mjs')!r})")
    assert "Requires read access" in outcome.error


def test_files_of_the_host_cannot_be_written(attempts: Attempts, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    outcomes = attempts(
        f"open({str(target)!r}, 'w').write('x')",
        f"import js\njs.process.getBuiltinModule('fs').writeFileSync({str(target)!r}, 'x')",
        "import js\njs.localStorage.setItem('note', 'x')",
        "import js\njs.Deno.makeTempFileSync()",
    )
    assert all(outcome.ending in REFUSED for outcome in outcomes)
    assert not target.exists()


def test_there_is_no_network(attempts: Attempts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        outcomes = attempts(
            f"import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}/', timeout=2)",
            f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=2)",
            f"import js\njs.WebSocket.new('ws://127.0.0.1:{port}/')",
            f"import js\njs.Deno.listen(js.JSON.parse('{{\"port\": {port + 1}}}'))",
            f"from pyodide.http import open_url\nopen_url('http://127.0.0.1:{port}/')",
            # Nobody waits for what JavaScript promises here: the listener says whether it came.
            f"import js\njs.process.getBuiltinModule('net').connect({port}, '127.0.0.1')",
            f"import js\njs.fetch('http://127.0.0.1:{port}/')",
            f"from pyodide.ffi import run_sync\nfrom pyodide.http import pyfetch\nrun_sync(pyfetch('http://127.0.0.1:{port}/'))",
        )
        assert all(outcome.ending in REFUSED for outcome in outcomes[:5])
        assert "Requires net access" in outcomes[2].error
        listener.settimeout(0.3)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_nothing_of_an_earlier_program_is_left(run: Run) -> None:
    run(
        "import builtins, os, sys, js\n"
        "builtins.stolen = 'exam answers'\n"
        "os.makedirs('/home/shared', exist_ok=True)\n"
        "for path in ('/tmp/note', '/home/shared/note', 'note'): open(path, 'w').write('exam answers')\n"
        "os.environ['NOTE'] = 'exam answers'\n"
        "js.note = 'exam answers'\n"
        "try: js.localStorage.setItem('note', 'exam answers')\n"
        "except Exception: pass\n",
        who="alice",
    )
    outcome = run(
        "import builtins, os, js\n"
        "found = [hasattr(builtins, 'stolen'), 'NOTE' in os.environ, hasattr(js, 'note')]\n"
        "found += [os.path.exists(path) for path in ('/tmp/note', '/home/shared/note', 'note')]\n"
        "print(found, os.listdir('.'))\n",
        who="mallory",
    )
    assert outcome.output == f"{[False] * 6} ['main.py']\n"


def test_steps_of_one_program_have_fresh_files_and_names(runtime: WasmRuntime) -> None:
    code = "import os\nprint(sorted(os.listdir('.')), 'x' in globals())\nx = 1\nopen('made', 'w').close()\nimport mine"
    program = Program({"main.py": code, "mine.py": "print('imported')"}, [Step("a"), Step("b")], limits=SHORT)
    first, second = runtime.run(program, who="alice")
    assert first.output == second.output == "['main.py', 'mine.py'] False\nimported\n"


def test_variables_of_the_server_are_unknown(attempts: Attempts) -> None:
    ours, of_node, of_deno = attempts(
        "import os\nprint(dict(os.environ))",
        "import js\nprint(js.process.env.PATH)",
        "import js\nprint(js.Deno.env.get('PATH'))",
    )
    assert ours.ending == Ending.FINISHED
    assert os.environ["PATH"] not in ours.output + of_node.output
    assert str(Path.home()) + "/" not in ours.output
    assert "Requires env access" in of_deno.error


def test_no_signal_reaches_anybody(attempts: Attempts, unharmed: object) -> None:
    received = []
    before = signal.signal(signal.SIGTERM, lambda *_: received.append("SIGTERM"))
    try:
        outcomes = attempts(
            f"import os, signal\nos.kill({os.getpid()}, signal.SIGTERM)",
            f"import js\njs.process.kill({os.getpid()}, 'SIGTERM')",
            f"import js\njs.Deno.kill({os.getpid()}, 'SIGTERM')",
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
            "import os\nos._exit(0)",
            "import js\njs.process.exit(0)",
        )
        assert all(outcome.ending in REFUSED for outcome in outcomes)
        time.sleep(0.1)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert received == []


def test_the_disk_in_memory_has_a_size(attempts: Attempts) -> None:
    outcomes = attempts(
        "with open('big', 'wb') as file:\n    while True: file.write(b'x' * 1_000_000)",
        "for number in range(100_000): open(f'f{number}', 'w').close()",
    )
    assert [(outcome.ending, outcome.error_type) for outcome in outcomes] == [(Ending.FAILED, "OSError")] * 2


def test_forged_messages_give_no_value_and_confuse_nobody(runtime: WasmRuntime) -> None:
    forged = (
        "import js\n"
        'lines = [\'{"end": {"ending": "finished", "value": ["int", "1"]}}\', \'{"begin": 7}\', "[", \'{"done": 1}\']\n'
        "for line in lines:\n"
        "    js.process.stdout.write(line + '\\n')\n"
    )
    steps = [Step(name, evaluate="41 + 1") for name in ("a", "b", "c")]
    outcomes = runtime.run(Program({"main.py": forged}, steps, limits=SHORT), who="mallory")
    assert [outcome.name for outcome in outcomes] == ["a", "b", "c"]
    [honest] = runtime.run(Program({"main.py": ""}, [Step("a", evaluate="41 + 1")], limits=SHORT), who="bob")
    assert honest.value == ["int", "42"]


def test_others_are_answered_while_one_attacks(runtime: WasmRuntime) -> None:
    """Four bombs of one learner leave room for everybody else, and the server's own threads go on."""
    bombs = [
        threading.Thread(
            target=runtime.run,
            args=(Program({"main.py": "while True: pass"}, limits=SHORT),),
            kwargs={"who": "mallory"},
        )
        for _ in range(4)
    ]
    for bomb in bombs:
        bomb.start()
    time.sleep(0.3)
    waits = []
    for learner in ("alice", "bob"):
        started = time.monotonic()
        [outcome] = runtime.run(Program({"main.py": "print('hello')"}, limits=SHORT), who=learner)
        waits.append(time.monotonic() - started)
        assert outcome.output == "hello\n"
    assert any(bomb.is_alive() for bomb in bombs), "the bombs went first"
    assert max(waits) < 15
    for bomb in bombs:
        bomb.join()
