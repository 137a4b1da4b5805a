#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures echo servers against each other on this machine and prints ratios.

Every scenario runs in rounds; a round visits every server once, each in a fresh process, so that
whatever the machine does in the meantime does it to all of them. Ratios are taken within a round,
against one-thread raw epoll, and their median is reported with its spread. All traffic stays on
127.0.0.1. See README.md for how to read the numbers.

This file knows the command line and the order of things; rows.py the servers, scenarios.py the
loads, runner.py how they are run, figures.py what is made of it, goals.py what it should be and
verdicts.py whether it is, curves.py and pictures.py how it grows.
"""

import argparse
import json
import os
import signal
import sys
import time

import goals
from curves import CURVES, run_curves
from figures import scenario_table
from pictures import write_page
from results import headline, write_results
from rows import SERVERS
from runner import LOAD, Bench, idle_count, raise_file_limit, run_micro, run_micros, run_scenario
from scenarios import GATE, MICRO, SCENARIOS
from verdicts import to_repeat

HERE = os.path.dirname(os.path.abspath(__file__))
REPORT = "out/bench-curves.json"
GATE_SECONDS = 40  # for the first look
GATE_LOOKS, GATE_LOOK_SECONDS = 4, 10  # at what was out of bounds
GATE_LAST_LOOK = 75  # none begins later


def parse_arguments():
    parser = argparse.ArgumentParser(
        description="Compare echo servers on this machine.",
        epilog="Servers: " + ", ".join(s.name for s in SERVERS)
        + ". Scenarios: " + ", ".join(s.name for s in SCENARIOS)
        + ".",
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART",
        help="a scenario, or 'micro', 'quick', 'gate', 'goals', 'write': as the options of that "
        "name; 'report': --curves " + REPORT,
    )
    parser.add_argument("--build-dir", help="default: $BUILD, build/bench or build/release")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME",
        help="one scenario, or 'micro' for the small programs; may be repeated",
    )
    parser.add_argument("--scenarios", type=lambda text: text.split(","), help="comma-separated")
    parser.add_argument("--servers", type=lambda text: text.split(","), help="comma-separated")
    parser.add_argument("--rounds", type=int, help="instead of each scenario's own number")
    parser.add_argument("--requests", type=int, help="instead of each scenario's own number")
    parser.add_argument(
        "--budget", type=float, help="seconds for all (480; 80 for --quick, 40 for --gate)"
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds and requests: 90 s")
    parser.add_argument("--no-micro", action="store_true", help="leave out the small programs")
    parser.add_argument("--write", action="store_true", help="add a section to bench/RESULTS.md")
    parser.add_argument("--json", metavar="FILE", help="all single measurements as JSON")
    parser.add_argument(
        "--gate", action="store_true",
        help="a short run, judged by the bounds of goals.py; exit 1 when one is exceeded",
    )
    parser.add_argument(
        "--goals", action="store_true", help="measure what the library is to reach, and print it"
    )
    parser.add_argument(
        "--curves", metavar="FILE", help="how cost grows, as JSON, and as pictures in FILE.html; "
        "--scenarios chooses among " + ", ".join(curve.name for curve in CURVES),
    )
    options = parser.parse_args()
    if "help" in options.parts:
        parser.print_help()
        sys.exit(0)
    for part in options.parts + options.only:
        if part in ("quick", "gate", "goals", "write"):
            setattr(options, part, True)
        elif part == "report":
            options.curves = os.path.join(os.path.dirname(HERE), REPORT)
        elif part == "micro":
            options.scenarios = options.scenarios or []
        else:
            options.scenarios = (options.scenarios or []) + [part]
            options.no_micro = "micro" not in options.parts + options.only
    return options


def find_build(wanted):
    """The build directory: the one named, or the first that holds the load generator."""
    root = os.path.dirname(HERE)
    named = wanted or os.environ.get("BUILD")
    if named:
        return named
    for name in ("bench", "release"):
        if os.path.exists(os.path.join(root, "build", name, LOAD)):
            return os.path.join(root, "build", name)
    return os.path.join(root, "build", "bench")


def choose(wanted, known, what):
    names = [item.name for item in known]
    for name in wanted:
        if name not in names:
            sys.exit(f"run.py: no {what} '{name}'; there are {', '.join(names)}")
    return [item for item in known if item.name in wanted]


def select(options):
    """The scenarios, and the servers of each."""
    known = GATE if options.gate else SCENARIOS
    servers = options.servers or [server.name for server in SERVERS]
    names = [scenario.name for scenario in known if options.gate or not scenario.extra]
    if options.goals:
        servers, names = options.servers or goals.SERVERS, goals.SCENARIOS
    if options.scenarios is not None:
        names = options.scenarios
    return choose(names, known, "scenario"), choose(servers, SERVERS, "server")


def fitting(scenario, servers):
    """Servers that a scenario has a use for."""
    return [
        server for server in servers
        if scenario.wants(server)
        and (server.knobs or not scenario.server_arguments)
        and (not scenario.idle or idle_count(scenario, server))
    ]


def draw_curves(bench, options):
    """Returns the exit code."""
    names = options.scenarios or [curve.name for curve in CURVES]
    told = headline(options)
    result = run_curves(bench, choose(names, CURVES, "curve"), options)
    result["machine"] = told[0].removeprefix("## ") + ", " + told[2].split(". ")[0]
    os.makedirs(os.path.dirname(os.path.abspath(options.curves)), exist_ok=True)
    with open(options.curves, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    page = os.path.splitext(options.curves)[0] + ".html"
    write_page(page, result)
    print(f"written: {os.path.relpath(options.curves)}, {os.path.relpath(page)}")
    return 1 if bench.failures else 0


def able(bench, servers):
    """Those that run here; of the others it is said why not."""
    for server in servers:
        reason = bench.reason_to_skip(server)
        if reason:
            bench.reasons[server.name] = reason
            print(f"skipped {server.name}: {reason}")
    return [server for server in servers if server.name not in bench.reasons]


def gate(bench, scenarios, servers, options):
    """Measures, and looks again at what is out of bounds: noise passes. Returns the exit code."""
    programs = [] if options.no_micro else [each for each in MICRO if each.gate is not None]
    chosen = [scenario.name for scenario in scenarios] + (["micro"] if programs else [])
    start = time.monotonic()
    until = start + (options.budget or GATE_SECONDS)
    wanted = None  # by the first look: everything
    bench.least_scale = 0.5  # a shorter run says nothing; rather fewer rounds
    for look in range(GATE_LOOKS):
        if look:
            if not wanted or time.monotonic() > start + GATE_LAST_LOOK:
                break
            print(f"(out of bounds, measured again: {', '.join(sorted(wanted))})", flush=True)
            until = time.monotonic() + GATE_LOOK_SECONDS
            bench.scale = 1.0
        for micro in programs:
            if wanted is None or micro.name in wanted:
                run_micro(bench, micro.name, micro.gate)
        todo = [each for each in scenarios if wanted is None or each.name in wanted]
        for left, scenario in zip(range(len(todo), 0, -1), todo):
            seconds = (until - time.monotonic()) / left
            broken = run_scenario(bench, scenario, fitting(scenario, servers), options, seconds)
            for name, reason in broken.items():
                print(f"{scenario.name}: {name} failed: {reason}")
        wanted = to_repeat(goals.table(bench, chosen), bench.reasons)
    return goals.print_gate(bench, chosen)


def compare(bench, scenarios, servers, options):
    """Tables of everything; returns the exit code."""
    until = time.monotonic() + (options.budget or (80 if options.quick else 480))
    lines = headline(options)
    print("\n".join(lines))
    if not options.no_micro:
        programs = [(each.name, each.quick if bench.quick else ()) for each in MICRO]
        micro = run_micros(bench, programs)
        print("\n".join(micro))
        lines += micro
    for left, scenario in zip(range(len(scenarios), 0, -1), scenarios):
        chosen = fitting(scenario, servers)
        seconds = (until - time.monotonic()) / left
        broken = run_scenario(bench, scenario, chosen, options, seconds)
        table = scenario_table(bench, scenario, chosen, broken)
        print("\n".join(table), flush=True)
        lines += table
    if options.write:
        write_results(lines)
    if options.goals:
        chosen = [scenario.name for scenario in scenarios] + ([] if options.no_micro else ["micro"])
        goals.print_goals(bench, chosen)
    return 1 if bench.failures and not options.goals else 0


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # not without stopping the server
    raise_file_limit()
    bench = Bench(find_build(options.build_dir), options.quick)
    if not bench.load:
        sys.exit(f"run.py: no {LOAD} in {bench.build}: build first (make bench)")
    if options.curves:
        return draw_curves(bench, options)
    scenarios, servers = select(options)
    servers = able(bench, [server for server in servers if any(
        scenario.wants(server) for scenario in scenarios)])
    code = (gate if options.gate else compare)(bench, scenarios, servers, options)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"measurements": bench.measurements, "micro": bench.micro}, file, indent=1)
    return code


if __name__ == "__main__":
    sys.exit(main())
