# SPDX-License-Identifier: MIT
"""The figures that the library is to reach: what --goals measures and prints beside the targets.

Unlike the limits of --gate, which a change must not exceed, a goal that is missed fails nothing.
"""

import dataclasses
import statistics

from figures import micro_values, ratios, ratios_to_best, rows_of, spread
from limits import within
from rows import (
    ACCEPT, ALONE, CALM, FOUR, LEAN, ONE, OWN, OWN_16, REFERENCE, SIXTEEN, SIXTY_FOUR,
)

RAW = (REFERENCE, "raw-uring")
ASIO = "asio-2"
SERVERS = [
    *RAW, ASIO, OWN, OWN_16, ALONE, LEAN, ONE, FOUR, CALM, SIXTEEN, SIXTY_FOUR, ACCEPT,
]
SCENARIOS = [
    "c100-64", "c100-512", "workers", "c1", "depth16", "idle18k", "burn", "block", "accept",
]
CPU, RATE = "cpu_us", "requests_per_second"


@dataclasses.dataclass
class Goal:
    scenario: str  # or "micro"
    what: str
    relation: str
    target: float
    values: list  # of all rounds; none: not measured


def values_of(bench, scenario, server, value):
    return [row[value] for row in rows_of(bench, scenario, server)]


def echo_goals(bench, scenario):
    def best(value, which):
        return ratios_to_best(bench, scenario, OWN, RAW, value, which)

    return [
        Goal(scenario, "CPU per request, ratio to the better of raw epoll and raw io_uring",
             "at most", 1.0, best(CPU, min)),
        Goal(scenario, "requests/s, ratio to the better of the two", "at least", 1.0,
             best(RATE, max)),
        Goal(scenario, "CPU per request, ratio to Asio with 2 threads", "at most", 0.85,
             ratios(bench, scenario, OWN, ASIO, CPU)),
    ]


def worker_goals(bench):
    goals = []
    for many, few, what in (
        (OWN_16, OWN, "16 workers"), (SIXTEEN, FOUR, "16 workers, short server"),
        (SIXTY_FOUR, FOUR, "64 workers, short server"),
    ):
        goals += [
            Goal("workers", f"{what}: CPU per request, ratio to 4", "at most", 1.05,
                 ratios(bench, "workers", many, few, CPU)),
            Goal("workers", f"{what}: requests/s, ratio to 4", "at least", 0.95,
                 ratios(bench, "workers", many, few, RATE)),
        ]
    return goals


def load_goals(bench):
    return [
        Goal("c1", "p50 with one connection, ratio to raw epoll", "at most", 1.0,
             ratios(bench, "c1", OWN, REFERENCE, "p50_us")),
        Goal("c1", "context switches per request, one connection", "at most", 1.05,
             values_of(bench, "c1", OWN, "switches")),
        Goal("depth16", "messages/s with 16 in flight, ratio to raw epoll", "at least", 1.0,
             ratios(bench, "depth16", OWN, REFERENCE, RATE)),
        Goal("idle18k", "CPU per request beside 18,000 idle connections, ratio to none",
             "at most", 1.05, ratios(bench, "idle18k", OWN, ALONE, CPU)),
        Goal("idle18k", "library memory per idle connection, bytes", "at most", 200,
             values_of(bench, "idle18k", LEAN, "idle_bytes")),
        Goal("burn", "requests/s with 20 us of work, ratio to one worker", "at least", 1.8,
             ratios(bench, "burn", FOUR, ONE, RATE)),
        Goal("block", "p99 when each 1000th request blocks 5 ms, us", "at most", 900,
             values_of(bench, "block", FOUR, "p99_us")),
        Goal("block", "requests/s then, ratio to no blocking", "at least", 0.95,
             ratios(bench, "block", FOUR, CALM, RATE)),
        Goal("accept", "connect, echo, close with 64 AcceptEx: rate, ratio to raw accept4",
             "at least", 1.0, ratios(bench, "accept", ACCEPT, REFERENCE, RATE)),
    ]


def micro_goals(bench):
    nanoseconds = ("min_ns", "median_ns", "max_ns")
    rates = ("rate_min", "rate_ratio", "rate_max")

    def micro(what, relation, target, name, wanted, keys):
        return Goal("micro", what, relation, target, micro_values(bench, name, wanted, *keys))

    return [
        micro("post and get in one thread, ns", "at most", 45, "post_get", "", nanoseconds),
        micro("GetQueuedCompletionStatusEx, batches of 64, ns a packet", "at most", 20,
              "queue_batch", "part=get", nanoseconds),
        *(micro(f"hand-off ({placement}), ratio to a raw futex", "at most", 1.1, "handoff_ratio",
                f"placement={placement}", ("min", "median", "max"))
          for placement in ("free", "two_cpus")),
        *(micro(f"2 producers, 2 consumers: rate, ratio to mutex and condition variable ({kind})",
                "at least", 1.2, "queue_2x2", f"against={kind}", rates)
          for kind in ("ring", "list")),
        *(micro(f"stream in pieces of 64 KiB: rate, ratio to a raw {against} loop", "at least",
                1.0, "stream", f"against={against}", rates) for against in ("send", "epoll")),
        *(micro(f"UDP echo of 64 bytes, {workers} worker(s): rate, ratio to raw epoll", "at least",
                1.0, "udp_echo", f"workers={workers}", rates) for workers in (1, 4)),
        *(micro(f"start to first packet beyond a bare program ({link}), ms", "at most", 3,
                "startup", f"link={link}", ("over_min", "over_ms", "over_max"))
          for link in ("shared", "static")),
    ]


def print_goals(bench, chosen):
    """Each goal of the chosen scenarios with its target and what was measured."""
    goals = [
        *echo_goals(bench, "c100-64"), *echo_goals(bench, "c100-512"), *worker_goals(bench),
        *load_goals(bench), *micro_goals(bench),
    ]
    print("### goals\n")
    missed = 0
    shown = [goal for goal in goals if goal.scenario in chosen]
    for goal in shown:
        verdict, measured = "not measured", "-"
        if goal.values:
            measured = spread(goal.values, "{:.3g}" if max(goal.values) < 100 else "{:.0f}")
            reached = within(statistics.median(goal.values), goal.relation, goal.target)
            verdict = "ok" if reached else "missed"
        missed += verdict != "ok"
        print(f"{verdict:13} {goal.scenario}: {goal.what}: {measured} "
              f"({goal.relation} {goal.target:g})")
    print(f"\n{len(shown) - missed} of {len(shown)} reached")
