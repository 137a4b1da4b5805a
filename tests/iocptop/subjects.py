# SPDX-License-Identifier: MIT
"""Programs to look at, and checks that are counted, for the tests of iocptop."""
import contextlib
import json
import os
import select
import subprocess
import sys

PATIENCE = 20  # seconds

counts = {"passed": 0, "failed": 0}


def check(held, text):
    print("ok" if held else "FAIL", text, flush=True)
    counts["passed" if held else "failed"] += 1
    return held


def report():
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] or not counts["passed"] else 0


def whereabouts(pid):
    """What each thread of a process that hangs is doing."""
    told = []
    for task in sorted(os.listdir(f"/proc/{pid}/task")):
        for name in ("comm", "wchan", "syscall"):
            try:
                with open(f"/proc/{pid}/task/{task}/{name}", encoding="ascii") as file:
                    told.append(f"{name} {file.read().strip()}")
            except OSError as error:
                told.append(f"{name} {error.strerror}")
    return "; ".join(told)


def start(command, environment):
    """The program and its first line. Seen twice under the address sanitizer, in hundreds of runs:
    a program that never came so far. Then it is told where it hangs, and tried once more."""
    for last in (False, True):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   text=True, env=environment)
        if last or select.select([process.stdout], [], [], PATIENCE)[0]:
            return process, process.stdout.readline()
        print("HANGS", command, whereabouts(process.pid), flush=True)
        process.kill()
        process.wait()
    return None


@contextlib.contextmanager
def running(command, stats=True, **more):
    """The program and its first line; it is killed at the end."""
    environment = dict(os.environ, **more)
    environment.pop("IOCP_STATS", None)
    if stats:
        environment["IOCP_STATS"] = "1"
    process, line = start(command, environment)
    try:
        if not line or line.startswith("failed"):
            sys.exit(f"FAIL {command[0]} did not come to its state: {line}")
        yield process, line
    finally:
        process.kill()
        process.wait()


def look(iocptop, *arguments, **more):
    return subprocess.run([iocptop, "--once", *map(str, arguments)], capture_output=True,
                          text=True, timeout=30, **more)


def look_json(iocptop, pid, interval=0.2):
    result = look(iocptop, "--json", "--interval", interval, pid)
    if result.returncode != 0:
        sys.exit(f"FAIL iocptop: {result.returncode} {result.stderr}")
    return json.loads(result.stdout)
