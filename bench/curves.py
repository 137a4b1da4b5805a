# SPDX-License-Identifier: MIT
"""How cost grows: one quantity at a time is turned up, everything else stays.

The reference and the library are measured at each value, in turns, in fresh processes; the whole is
repeated in rounds as far as the time goes.
"""

import dataclasses
import subprocess
import time
import typing

from rows import EXAMPLE, REFERENCE, SERVERS, Server
from runner import Failure, flatten, most_connections, show
from scenarios import Scenario

ENGINES = ("epoll", "uring")
ROUNDS = 5
SECONDS = 600


@dataclasses.dataclass
class Curve:
    name: str
    title: str
    axis: str
    values: tuple
    servers: typing.Callable  # value -> servers
    load: typing.Callable  # value -> options of iocp-load
    requests: typing.Callable  # value -> how many


def raw():
    return next(server for server in SERVERS if server.name == REFERENCE)


def example(*more):
    """The library's example server, on each engine."""
    arguments = ["--port", "{port}", "--workers", "4", "--concurrency", "2", *more]
    return [
        Server(f"iocp-{engine}", f"examples/{EXAMPLE}", arguments, {"IOCP_ENGINE": engine})
        for engine in ENGINES
    ]


def short(program, *arguments):
    """A short server on the library, on each engine."""
    return [
        Server(f"iocp-{engine}", f"bench/servers/{program}", ["{port}", *map(str, arguments)],
               {"IOCP_ENGINE": engine})
        for engine in ENGINES
    ]


CURVES = [
    Curve(
        "connections", "connections, all of them busy; 64 bytes, 4 workers, limit 2",
        "connections", (1, 10, 100, 1000, 5000, 18000),
        lambda value: [raw(), *example()], lambda value: [f"-c{value}"],
        lambda value: max(30000, 4 * value) if value > 1 else 10000,
    ),
    Curve(
        "workers", "worker threads; 100 connections, 64 bytes, limit 2", "workers",
        (1, 2, 4, 8, 16, 32, 64, 128),
        lambda value: [raw(), *short("iocp_echo", "-t", value, "-c", 2)],
        lambda value: ["-c100"], lambda value: 40000,
    ),
    Curve(
        "limit", "limit of the port; 100 connections, 64 bytes, 16 workers", "threads let in",
        (1, 2, 4, 8, 16),
        lambda value: [raw(), *short("iocp_echo", "-t", 16, "-c", value)],
        lambda value: ["-c100"], lambda value: 40000,
    ),
    Curve(
        "size", "bytes of a message; 20 connections, 4 workers, limit 2, buffers of 16 KiB",
        "bytes", (1, 16, 64, 512, 4096, 16384, 65536, 262144, 1048576),
        lambda value: [raw(), *example("--buffer", "16384")],
        lambda value: ["-c20", f"-s{value}"],
        lambda value: max(200, min(40000, (800 << 20) // value)),
    ),
    Curve(
        "pending", "receives pending on each connection; 20 connections, 64 bytes, 1 worker",
        "WSARecv pending per socket", (1, 4, 16, 64, 256),
        lambda value: [raw(), *short("iocp_acceptex", "-t", 1, "-c", 1, "--receives", value)],
        lambda value: ["-c20"], lambda value: 40000,
    ),
]


def reachable(curve):
    """Each connection is a file, of the server as of the client."""
    if curve.name != "connections":
        return curve.values
    most = most_connections()
    return tuple(value for value in curve.values if value <= most)


def measure(bench, curve, value, server, number, requests):
    """One point, or None when the server did not come to a result."""
    scenario = Scenario(curve.name, curve.title, curve.load(value), requests, ROUNDS)
    try:
        report = bench.run(server, scenario, requests)
    except (Failure, subprocess.TimeoutExpired) as failure:
        print(f"{curve.name} {value}: {server.name} failed: {failure}")
        bench.failures += 1
        return None
    return {**flatten(report, scenario, server, number), "x": value}


def run_round(bench, curve, number, broken):
    points = []
    for value in reachable(curve):
        requests = curve.requests(value) // (3 if bench.quick else 1)
        for server in curve.servers(value):
            if (value, server.name) in broken or bench.reason_to_skip(server):
                continue
            show(f"{curve.name} {value}, round {number + 1}: {server.name}")
            point = measure(bench, curve, value, server, number, max(requests, 100))
            if point:
                points.append(point)
            else:
                broken.add((value, server.name))
    return points


def run_curve(bench, curve, wanted, seconds):
    """A round at least, and no further one that would not fit into the time."""
    start, points, broken = time.monotonic(), [], set()
    for number in range(wanted):
        spent = time.monotonic() - start
        if number and spent + spent / number > seconds:
            print(f"({curve.name}: {number} of {wanted} rounds, no time for more)")
            break
        points += run_round(bench, curve, number, broken)
    show("")
    return points


def run_curves(bench, curves, options):
    """What goes into the JSON file."""
    wanted = options.rounds or (1 if bench.quick else ROUNDS)
    until = time.monotonic() + (options.budget or SECONDS)
    result = []
    for left, curve in zip(range(len(curves), 0, -1), curves):
        seconds = (until - time.monotonic()) / left
        result.append({
            "name": curve.name, "title": curve.title, "axis": curve.axis,
            "points": run_curve(bench, curve, wanted, seconds),
        })
    return {"curves": result}
