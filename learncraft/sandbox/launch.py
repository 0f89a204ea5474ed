"""Started as a program: gives up what it can, then becomes the program that it is asked to start.

Only what the kernel offers to everybody: limits of one process, a low priority, an end together with the server. It has
no imports of LearnCraft, so that it starts in a few milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
NICENESS = 10


def _limit(which: int, value: int) -> None:
    try:
        resource.setrlimit(which, (value, value))
    except (OSError, ValueError):
        return  # a lower hard limit holds already


def _become(parent: int, cpu_seconds: int, command: list[str]) -> None:
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)  # not a byte onto any disk; pipes are none
    _limit(resource.RLIMIT_NOFILE, 64)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    os.nice(NICENESS)
    if sys.platform == "linux":
        try:
            with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123  # pathlib takes a while to import
                file.write("1000")  # when memory runs out, this goes first
        except OSError:
            pass
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)  # it died before we could ask to die with it
    os.execv(command[0], command)  # noqa: S606  # there is no shell, and that is meant


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
