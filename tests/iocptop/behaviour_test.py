#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""behaviour_test.py IOCPTOP IDLE: exit codes and what is said when there is nothing to be shown."""
import json
import os
import signal
import subprocess
import sys
import time

from subjects import check, look, look_json, report, running


def says(result, code, text, what):
    check(result.returncode == code and text in result.stderr,
          f"{what}: {result.returncode} {result.stderr.strip()[:100]}")


def usage(iocptop):
    for arguments in ([], ["x"], ["1", "2"], ["--json", "1"], ["--interval", "-1", "1"],
                      ["--interval", "0", "1"], ["--sideways", "1"], ["0"], ["99999999999999"]):
        result = subprocess.run([iocptop, *arguments], capture_output=True, text=True)
        says(result, 1, "--help", f"usage {arguments}")
    for option in ("--help", "--version"):
        result = subprocess.run([iocptop, option], capture_output=True, text=True)
        check(result.returncode == 0 and "iocptop" in result.stdout, option)


def off_and_on(iocptop, idle):
    with running([idle], stats=False) as (process, _):
        says(look(iocptop, process.pid), 3, "IOCP_STATS", "off unless asked for")
        check("iocp-stats" not in threads_of(process.pid), "no thread either")
    with running([idle, "-s"], stats=False) as (process, _):
        check(len(look_json(iocptop, process.pid)["ports"]) == 1, "on by a call")
        check(threads_of(process.pid).count("iocp-stats") == 1, "a second call starts nothing")
    with running([idle], IOCP_WATCH="off") as (process, _):
        shown = look_json(iocptop, process.pid)
        check(shown["watcher"] == "off" and shown["engine"] == "", "watcher off, no engine yet")


def threads_of(pid):
    names = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/comm", encoding="ascii") as file:
            names.append(file.read().strip())
    return names


def many_devices(iocptop, idle):
    with running([idle, "200"]) as (process, _):
        devices = look_json(iocptop, process.pid)["ports"][0]["devices"]
        check(devices["count"] == 200 and len(devices["listed"]) == 128, "devices beyond the list")
        check("and 184 more" in look(iocptop, "-i", 0, process.pid).stdout, "sixteen in text")


def stopped(iocptop, idle):
    with running([idle]) as (process, _):
        os.kill(process.pid, signal.SIGSTOP)
        says(look(iocptop, process.pid), 4, "does not answer", "stopped before the first look")
        os.kill(process.pid, signal.SIGCONT)
        look_json(iocptop, process.pid)
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(0.5)
        result = look(iocptop, "--json", process.pid)
        says(result, 4, "does not answer", "stopped")
        shown = json.loads(result.stdout)
        check(shown["fresh"] is False and 1 < shown["age_seconds"] < 60, "the last one's age")
        result = look(iocptop, process.pid)
        check(" s old" in result.stdout and "0x1000" in result.stdout, "the same as text")


def gone(iocptop, idle):
    with running([idle]) as (process, _):
        watching = subprocess.Popen([iocptop, "--once", "-i", "2", str(process.pid)],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(0.5)
        process.kill()
        error = watching.communicate(timeout=20)[1]
        check(watching.returncode == 2 and "ended" in error, "it ends between two looks")
        process.wait()
        says(look(iocptop, process.pid), 2, "no such process", "no such process")


def forked(iocptop, idle):
    """A child has its parent's descriptor, but is not what that shows."""
    # The thread sanitizer does not like what it cannot follow; there is nothing here to follow.
    with running([idle, "-f"], TSAN_OPTIONS="die_after_fork=0") as (process, line):
        child = int(line.split()[1])
        says(look(iocptop, child), 5, "inherited", "a child that shows nothing of its own")
        check(look_json(iocptop, process.pid)["process"]["id"] == process.pid, "its parent")
        process.stdin.write("\n")
        process.stdin.flush()
        not_supported = 50
        check(process.stdout.readline().split() == ["start", str(not_supported)],
              "the child cannot show ports, it has none")


def two_readers(iocptop, idle):
    with running([idle]) as (process, _):
        readers = [subprocess.Popen([iocptop, "--once", "--json", "-i", "0.1", str(process.pid)],
                                    stdout=subprocess.PIPE, text=True) for _ in range(5)]
        shown = [json.loads(reader.communicate(timeout=30)[0]) for reader in readers]
        check(all(one["fresh"] for one in shown), "five readers at once")


def main():
    iocptop, idle = sys.argv[1:]
    usage(iocptop)
    for part in (off_and_on, many_devices, stopped, gone, forked, two_readers):
        part(iocptop, idle)
    return report()


if __name__ == "__main__":
    sys.exit(main())
