#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""instructions.py PATHS BUDGETS: what the library's own calls take, counted by callgrind.

Time is noisy, instructions are not: each call of the budgets is counted in a short and in a longer
run of PATHS, and the difference divided by the calls between them. Exit 1 when one takes more than
its budget, 77 (with the reason) where counting is impossible or the budgets do not apply.
"""

import concurrent.futures
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

SHORT, LONG = 500, 1500
CALLS_PER_TURN = {
    ("echo", "GetQueuedCompletionStatus"): 2,
    ("datagram", "GetQueuedCompletionStatus"): 2,
}


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def count(program, way, call, turns):
    """All instructions inside `call` in so many turns."""
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [
                "valgrind", "--tool=callgrind", "--collect-atstart=no",
                f"--toggle-collect={call}", f"--callgrind-out-file={directory}/out",
                program, way, str(turns),
            ],
            capture_output=True, text=True, timeout=100, check=False,
            env={**os.environ, "IOCP_ENGINE": "epoll"},
        )
    found = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"{way} {call}: {done.stderr.strip()}")
    return int(found.group(1))


def measure(program, way, call):
    per_turn = (count(program, way, call, LONG) - count(program, way, call, SHORT)) / (LONG - SHORT)
    return per_turn / CALLS_PER_TURN.get((way, call), 1)


def read_budgets(path):
    with open(path, encoding="utf-8") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return [(way, call, int(most)) for way, call, most in rows]


def main():
    program, path = sys.argv[1:]
    if platform.machine() != "x86_64":
        skip(f"the budgets are those of x86_64, this is {platform.machine()}")
    if not shutil.which("valgrind"):
        skip("valgrind is not installed")
    budgets = read_budgets(path)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        taken = list(pool.map(lambda row: measure(program, *row[:2]), budgets))
    over = 0
    for (way, call, most), instructions in zip(budgets, taken):
        verdict = "ok" if 0 < instructions <= most else "EXCEEDED"
        over += verdict != "ok"
        print(f"{verdict:9} {way:8} {call:28} {instructions:8.1f} (at most {most})")
    print(f"{len(budgets)} calls, {over} over their budget")
    return 1 if over or not budgets else 0


if __name__ == "__main__":
    sys.exit(main())
