# SPDX-License-Identifier: MIT
"""Programs to look at, and checks that are counted, for the tests of iocptop."""
import contextlib
import json
import os
import subprocess
import sys

counts = {"passed": 0, "failed": 0}


def check(held, text):
    print("ok" if held else "FAIL", text, flush=True)
    counts["passed" if held else "failed"] += 1
    return held


def report():
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] or not counts["passed"] else 0


@contextlib.contextmanager
def running(command, stats=True, **more):
    """The program and its first line; it is killed at the end."""
    environment = dict(os.environ, **more)
    environment.pop("IOCP_STATS", None)
    if stats:
        environment["IOCP_STATS"] = "1"
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               env=environment)
    try:
        line = process.stdout.readline()
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
