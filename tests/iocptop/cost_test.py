#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""cost_test.py IOCPTOP IDLE: what looking costs the process, once a second, with 900
sockets; and that nobody wakes up while nobody looks."""
import os
import sys
import time

from subjects import check, look, report, running

LOOKS = 5
SHARE_MOST = 0.005  # of one processor


def publisher(pid):
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/comm", encoding="ascii") as file:
            if file.read().strip() == "iocp-stats":
                return f"/proc/{pid}/task/{task}"
    sys.exit("FAIL there is no thread iocp-stats")


def switches(task):
    with open(f"{task}/status", encoding="ascii") as file:
        return sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)


def seconds(task):
    with open(f"{task}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0]) / 1e9


def main():
    iocptop, idle = sys.argv[1:]
    with running([idle, "900"]) as (process, _):
        task = publisher(process.pid)
        look(iocptop, "-i", 0, process.pid)
        time.sleep(0.2)
        before = switches(task)
        time.sleep(2)
        check(switches(task) == before, "it sleeps while nobody looks")
        cpu, start = seconds(task), time.monotonic()
        for number in range(LOOKS):
            look(iocptop, "-i", 0, process.pid)
            time.sleep(max(0, start + number + 1 - time.monotonic()))
        share = (seconds(task) - cpu) / (time.monotonic() - start)
        check(share < SHARE_MOST,
              f"one look a second costs {share * 100:.4f} % of a processor, "
              f"{(seconds(task) - cpu) / LOOKS * 1e6:.0f} us each")
    return report()


if __name__ == "__main__":
    sys.exit(main())
