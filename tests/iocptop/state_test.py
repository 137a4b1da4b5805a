#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""state_test.py IOCPTOP SUBJECT ENGINE: a program in a known state, and what iocptop says of it."""
import json
import shutil
import subprocess
import sys
import time

from subjects import check, look, look_json, report, running


def ids(threads):
    return [thread["id"] for thread in threads["threads"]]


def check_threads(port, expected, pid):
    check(port["waiting"]["count"] == 4 and ids(port["waiting"]) == expected["waiters"],
          f"waiting threads in stack order: {ids(port['waiting'])}")
    check(port["released"]["count"] == 1 and ids(port["released"]) == [expected["computer"]],
          "released: the one that computes")
    check(port["paused"]["count"] == 2
          and sorted(ids(port["paused"])) == sorted([expected["sleeper"], expected["reader"]]),
          "paused: the one that sleeps and the one that reads")
    paused = {thread["id"]: thread for thread in port["paused"]["threads"]}
    check(paused[expected["sleeper"]]["paused_by"] == "library", "Sleep is a wait of the library's")
    check(paused[expected["reader"]]["paused_by"] == "watcher", "read was found by the watcher")
    check(paused[expected["reader"]]["name"] == "reader", "threads have their names")
    check(paused[expected["reader"]]["state"] == "S"
          and port["released"]["threads"][0]["state"] == "R", "and their states")
    try:
        with open(f"/proc/{pid}/task/{pid}/syscall", encoding="ascii") as file:
            file.read()
    except OSError as refused:
        print(f"not checked: which calls threads are in ({refused})")
        return
    check(paused[expected["reader"]]["call"] == "read", "the call is read")
    check(paused[expected["sleeper"]]["call"] not in ("?", "running"),
          f"Sleep is in {paused[expected['sleeper']]['call']}")
    check(port["released"]["threads"][0]["call"] == "running", "who computes is running")


def check_port(port, expected):
    check(port["handle"] == hex(expected["port"]) and port["concurrency"] == 1,
          "handle and concurrency")
    devices = port["devices"]
    check(devices["count"] == 4
          and [int(d["handle"], 16) for d in devices["listed"]]
          == sorted(expected["sockets"]) + [expected["file"]], "four devices by handle")
    check([d["pending"] for d in devices["listed"]] == [2, 1, 0, 2],
          f"pending operations of each: {[d['pending'] for d in devices['listed']]}")
    check([d["key"] for d in devices["listed"]] == ["0x1000", "0x1001", "0x1002", "0x1003"]
          and [d["kind"] for d in devices["listed"]] == ["socket"] * 3 + ["file"],
          "keys and kinds")
    check(port["queue"]["depth"] == 5, "five packets queued")
    check(290 <= port["queue"]["head_age_ms"] < 60000,
          f"the head is {port['queue']['head_age_ms']} ms old")
    counters, rates = port["counters"], port["per_second"]
    check(counters["packets_in"] == 8 and counters["packets_out"] == 3, "packets in and out")
    check(counters["wakeups"] >= 3 and counters["replacements"] == 1,
          f"wake-ups and replacements: {counters}")
    check(set(rates) == set(counters) and not any(rates.values()), "nothing happened meanwhile")


def check_text(text, expected):
    heading, row = [line.split() for line in text.splitlines()[2:4]]
    check(dict(zip(heading, row))["QUEUED"] == "5", "the table in text")
    stack = " ".join(map(str, expected["waiters"]))
    check(f" {stack}\n" in text, "the stack in text")
    check("found blocked by the watcher" in text and "in a wait of the library's" in text,
          "the paused in text")


def check_container(iocptop, subject):
    """The same where the process knows itself and its threads by other numbers than we do."""
    separate = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if not shutil.which("unshare") or subprocess.run([*separate, "true"], check=False,
                                                     stderr=subprocess.DEVNULL).returncode:
        print("not checked: a pid namespace of its own, which cannot be made here")
        return
    with running([*separate, subject]) as (process, line):
        expected = json.loads(line)
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
            child = int(file.read())
        port = look_json(iocptop, child, 0)["ports"][0]
        check(ids(port["waiting"]) == expected["waiters"], "in a container: its own numbers")
        names = sorted(thread["name"] for thread in port["paused"]["threads"])
        check(names == ["reader", "sleeper"], "and its threads are found")


def main():
    iocptop, subject, engine = sys.argv[1:]
    with running([subject]) as (process, line):
        expected = json.loads(line)
        time.sleep(0.3)
        shown = look_json(iocptop, process.pid)
        check(shown["process"] == {"id": process.pid, "name": "iocptop_subject"},
              f"the process: {shown['process']}")
        check(shown["engine"] == engine and shown["watcher"] == "proc",
              f"engine {shown['engine']}, watcher {shown['watcher']}")
        check(shown["fresh"] is True and shown["port_count"] == 1 == len(shown["ports"]),
              "one port, fresh")
        check_port(shown["ports"][0], expected)
        check_threads(shown["ports"][0], expected, process.pid)
        check_text(look(iocptop, "-i", 0, process.pid).stdout, expected)
    check_container(iocptop, subject)
    return report()


if __name__ == "__main__":
    sys.exit(main())
