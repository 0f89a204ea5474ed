"""`python -m tests.bench.sandbox`: how long a learner's program takes, and what pages take while others attack.

Starts a server of its own with the demo. The attacks run in this process's sandbox: on the machine's cores they stand
for those of the server, which starts its programs in the same way.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from learncraft.sandbox.port import Limits, Program, Step
from learncraft.sandbox.wasm import WasmRuntime
from tests.server import serving

TIMES = 30
ATTACKS = {
    "nothing": "",
    "endless loops": "while True: pass",
    "endless output": "while True: print('x' * 1000)",
    "memory hogs": "kept = []\nwhile True: kept.append(bytearray(10_000_000))",
    "bombs of threads": (
        "import js\nWorker = js.process.getBuiltinModule('worker_threads').Worker\n"
        "options = js.JSON.parse('{\"eval\": true}')\nkept = []\n"
        "while True: kept.append(Worker.new('for(;;){}', options))"
    ),
}
LIMITS = Limits(cpu_seconds=2, wall_seconds=6)


def timed(action: Callable[[], object], times: int = TIMES, pause: float = 0.0) -> str:
    """The median, the 95th percentile and the slowest of some tries, in ms."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        took.append((time.perf_counter() - started) * 1000)
        time.sleep(pause)
    took.sort()
    return f"{statistics.median(took):,.0f} ms | {took[int(len(took) * 0.95)]:,.0f} ms | {took[-1]:,.0f} ms"


def main() -> None:
    """Measure and say."""
    runtime = WasmRuntime()
    print("| what | median | p95 | slowest |\n| --- | --- | --- | --- |")
    program = Program({"main.py": "print(sum(range(1000)))"})
    tests = Program({"main.py": "def f(x): return x"}, [Step(str(n), evaluate=f"f({n})") for n in range(6)])
    started = time.perf_counter()
    runtime.run(program, who="first")
    print(f"| the very first program, nothing warm | {(time.perf_counter() - started) * 1000:,.0f} ms | | |")
    print(f"| a program, pool warm | {timed(lambda: runtime.run(program, who=1), pause=1)} |")
    print(f"| six tests, pool warm | {timed(lambda: runtime.run(tests, who=1), pause=1)} |", flush=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "home", "--demo") as server:
        client = httpx.Client(base_url=server.url)
        for name, code in ATTACKS.items():
            stop = threading.Event()

            def attack(who: str, code: str, stop: threading.Event) -> None:
                while not stop.is_set():
                    runtime.run(Program({"main.py": code}, limits=LIMITS), who=who)

            attackers = [
                threading.Thread(target=attack, args=(f"mallory {number}", code, stop))
                for number in range(6 if code else 0)
            ]
            for attacker in attackers:
                attacker.start()
            time.sleep(0.5)
            page = timed(lambda: client.get("/auth/sign-in").raise_for_status(), 100, 0.05)
            print(f"| a page of the server, beside {name} | {page} |", flush=True)
            if code:
                print(
                    f"| somebody else's program, beside {name} | {timed(lambda: runtime.run(program, who='bob'), 5)} |"
                )
            stop.set()
            for attacker in attackers:
                attacker.join()
    runtime.stop()


if __name__ == "__main__":
    main()
