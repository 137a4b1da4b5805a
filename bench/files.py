#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files: random reads against fio's io_uring engine, and a copy against cp, in the same run.

usage: files.py --build DIRECTORY [--work DIRECTORY] [--rounds N] [--seconds S] [--copy-mib N]

Each round runs all programs one after the other; a ratio is taken within a round, and the median
of the ratios is shown with the smallest and the largest. 1.00 is as fast as the other program.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

READ_MIB = 256


def fio_reads(path, direct, seconds):
    run = subprocess.run(
        ["fio", "--name=r", f"--filename={path}", "--rw=randread", "--bs=4k", "--iodepth=32",
         "--ioengine=io_uring", f"--direct={int(direct)}", f"--runtime={seconds}", "--time_based",
         "--ramp_time=0.2s", "--invalidate=0", "--output-format=json", "--thread",
         "--randrepeat=0", "--norandommap"],
        capture_output=True, text=True, check=True)
    return json.loads(run.stdout[run.stdout.index("{"):])["jobs"][0]["read"]["iops"]


def our_reads(program, path, direct, seconds, engine):
    command = [program, str(path), "--seconds", str(seconds)] + (["--direct"] if direct else [])
    environment = dict(os.environ)
    environment.pop("IOCP_ENGINE", None)
    if engine != "auto":
        environment["IOCP_ENGINE"] = engine
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(re.search(r"reads_per_second=(\d+)", run.stdout).group(1))


def show(name, ratios, ours, theirs):
    print(f"{name}: median {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f}); ours {statistics.median(ours):.4g}, "
          f"theirs {statistics.median(theirs):.4g}", flush=True)


def compare_reads(options, program, path):
    for direct in (False, True):
        for engine in options.engines.split(","):
            ours, theirs = [], []
            for _ in range(options.rounds):
                theirs.append(fio_reads(path, direct, options.seconds))
                ours.append(our_reads(program, path, direct, options.seconds, engine))
            name = f"4 KiB random reads, {'O_DIRECT' if direct else 'page cache'}, {engine}"
            show(name + ", over fio", [o / t for o, t in zip(ours, theirs)], ours, theirs)


def timed_copy(command, target):
    target.unlink(missing_ok=True)
    os.sync()
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def compare_copies(options, program, source, target):
    plain = ["cp", str(source), str(target)]
    direct = ["dd", f"if={source}", f"of={target}", "bs=1M", "iflag=direct", "oflag=direct",
              "status=none"]
    for flag, other in (([], plain), (["--unbuffered"], direct)):
        ours, theirs = [], []
        for _ in range(options.rounds):
            theirs.append(timed_copy(other, target))
            command = [program, "--quiet"] + flag + [str(source), str(target)]
            ours.append(timed_copy(command, target))
        name = f"copy of {options.copy_mib} MiB{' ' + flag[0] if flag else ''}"
        show(f"{name}, speed over {other[0]}", [t / o for o, t in zip(ours, theirs)], ours, theirs)
    same = subprocess.run(["cmp", str(source), str(target)]).returncode == 0
    print(f"the copy is {'the same' if same else 'DIFFERENT'}")
    return same


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--copy-mib", type=int, default=1024)
    parser.add_argument("--engines", default="auto,uring,epoll")
    options = parser.parse_args()
    if not shutil.which("fio"):
        print("skipped: fio is not installed (scripts/install-deps.sh --bench)")
        return 77
    reads, source, target = (options.work / f"iocp-bench-{name}.tmp"
                             for name in ("reads", "source", "target"))
    try:
        for path, mib in ((reads, READ_MIB), (source, options.copy_mib)):
            with open(path, "wb") as file:
                for _ in range(mib):
                    file.write(os.urandom(1 << 20))
        os.sync()
        compare_reads(options, options.build / "bench/micro/file_read", reads)
        same = compare_copies(options, options.build / "examples/file_copy", source, target)
    finally:
        for path in (reads, source, target):
            path.unlink(missing_ok=True)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
