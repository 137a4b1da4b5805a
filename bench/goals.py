# SPDX-License-Identifier: MIT
"""The table of figures: what each is to reach (its goal), and what no change may make of it (its
bound).

--goals takes its time and judges medians by the goals; missing one fails nothing. --gate is short
and judges the best of its rounds by the bounds, which are about twice what a quiet machine shows:
a machine with other things to do keeps them, and a wake-up or a system call more for each request
does not. Without a bound a figure takes the gate too long, or varies by more than a change would.
"""

from figures import micro_values, ratios, ratios_to_best, values_of
from rows import (
    ACCEPT, ACCEPT_URING, ALONE, CALM, FOUR, LEAN, ONE, OWN, OWN_16, OWN_URING, REFERENCE, SIXTEEN,
    SIXTY_FOUR, WINE,
)
from verdicts import Figure, gate_lines, goal_lines

RAW = (REFERENCE, "raw-uring")
ASIO = "asio-2"
SERVERS = [
    *RAW, ASIO, OWN, OWN_URING, OWN_16, ALONE, LEAN, ONE, FOUR, CALM, SIXTEEN, SIXTY_FOUR, ACCEPT,
    ACCEPT_URING, WINE,
]
SCENARIOS = [
    "calls", "c100-64", "c100-512", "workers", "c1", "depth16", "idle18k", "burn", "block",
    "accept",
]
CPU, RATE = "cpu_us", "requests_per_second"


def call_figures(bench):
    """Counted, not timed: the same on every machine."""
    return [
        Figure("calls", f"{what} per request, {server}", "at most", goal, bound,
               values_of(bench, "calls", server, value), server=server)
        for server, value, what, goal, bound in (
            (OWN, "calls", "system calls", 2.1, 2.7),
            (OWN, "polls", "polls", 0.1, 0.7),
            (OWN_URING, "calls", "system calls", None, 3.8),
            (OWN_URING, "polls", "polls", None, 0.7),
        )
    ]


def echo_figures(bench, scenario, cpu_bound=None, rate_bound=None):
    def best(value, which):
        return ratios_to_best(bench, scenario, OWN, RAW, value, which)

    return [
        Figure(scenario, "CPU per request, ratio to the better of raw epoll and raw io_uring",
               "at most", 1.0, None, best(CPU, min)),
        Figure(scenario, "requests/s, ratio to the better of the two", "at least", 1.0, None,
               best(RATE, max)),
        Figure(scenario, "CPU per request, ratio to Asio with 2 threads", "at most", 0.85, None,
               ratios(bench, scenario, OWN, ASIO, CPU)),
        Figure(scenario, "CPU per request, ratio to raw epoll", "at most", None, cpu_bound,
               ratios(bench, scenario, OWN, REFERENCE, CPU), server=OWN),
        Figure(scenario, "requests/s, ratio to raw epoll", "at least", None, rate_bound,
               ratios(bench, scenario, OWN, REFERENCE, RATE), server=OWN),
    ]


def busy_figures(bench):
    """What has bounds besides, at 100 connections."""
    return [
        Figure("c100-64", "context switches per request", "at most", 0.2, 0.5,
               values_of(bench, "c100-64", OWN, "switches"), server=OWN),
        Figure("c100-64", f"CPU per request, ratio to raw epoll, {OWN_URING}", "at most", None, 2.5,
               ratios(bench, "c100-64", OWN_URING, REFERENCE, CPU), server=OWN_URING),
        Figure("c100-64", f"context switches per request, {OWN_URING}", "at most", None, 0.5,
               values_of(bench, "c100-64", OWN_URING, "switches"), server=OWN_URING),
        Figure("c100-64", "requests/s, ratio to the Windows build under Wine", "at least", 8.0,
               None, ratios(bench, "c100-64", OWN, WINE, RATE), server=WINE),
        Figure("depth16", "messages/s with 16 in flight, ratio to raw epoll", "at least", 1.0, 0.5,
               ratios(bench, "depth16", OWN, REFERENCE, RATE), server=OWN),
        Figure("depth16", f"messages/s with 16 in flight, ratio to raw epoll, {OWN_URING}",
               "at least", None, 0.3, ratios(bench, "depth16", OWN_URING, REFERENCE, RATE),
               server=OWN_URING),
    ]


def lone_figures(bench):
    """One connection."""
    return [
        Figure("c1", "p50, ratio to raw epoll", "at most", 1.0, 1.8,
               ratios(bench, "c1", OWN, REFERENCE, "p50_us"), server=OWN),
        Figure("c1", "context switches per request", "at most", 1.05, 1.5,
               values_of(bench, "c1", OWN, "switches"), server=OWN),
        Figure("c1", f"p50, ratio to raw epoll, {OWN_URING}", "at most", None, 2.2,
               ratios(bench, "c1", OWN_URING, REFERENCE, "p50_us"), server=OWN_URING),
        Figure("c1", f"context switches per request, {OWN_URING}", "at most", None, 1.5,
               values_of(bench, "c1", OWN_URING, "switches"), server=OWN_URING),
    ]


def worker_figures(bench):
    figures = []
    for many, few, what, bounds in (
        (OWN_16, OWN, "16 workers", (2.0, 0.5)),
        (SIXTEEN, FOUR, "16 workers, short server", (None, None)),
        (SIXTY_FOUR, FOUR, "64 workers, short server", (2.0, 0.5)),
    ):
        figures += [
            Figure("workers", f"{what}: CPU per request, ratio to 4", "at most", 1.05, bounds[0],
                   ratios(bench, "workers", many, few, CPU), server=many),
            Figure("workers", f"{what}: requests/s, ratio to 4", "at least", 0.95, bounds[1],
                   ratios(bench, "workers", many, few, RATE), server=many),
        ]
    return figures


def idle_figures(bench):
    """The gate opens a few thousand connections, the goals all of them."""
    figures = []
    for scenario, title, bounds in (("idle18k", "18,000 idle connections", (None, None)),
                                    ("idle", "3,000 idle connections", (1.8, 300))):
        goals = (None, None) if scenario == "idle" else (1.05, 200)
        figures += [
            Figure(scenario, f"CPU per request beside {title}, ratio to one", "at most", goals[0],
                   bounds[0], ratios(bench, scenario, OWN, ALONE, CPU), server=OWN),
            Figure(scenario, "library memory per idle connection, bytes", "at most", goals[1],
                   bounds[1], values_of(bench, scenario, LEAN, "idle_bytes"), server=LEAN),
        ]
    return figures


def handler_figures(bench):
    return [
        Figure("burn", "requests/s with 20 us of work, ratio to one worker", "at least", 1.8, 0.7,
               ratios(bench, "burn", FOUR, ONE, RATE), server=FOUR),
        Figure("block", "p99 when each 1000th request blocks 5 ms, us", "at most", 900, None,
               values_of(bench, "block", FOUR, "p99_us"), server=FOUR),
        Figure("block", "p99 then, ratio to raw epoll, which stalls", "at most", None, 2.0,
               ratios(bench, "block", FOUR, REFERENCE, "p99_us"), server=FOUR),
        Figure("block", "requests/s then, ratio to no blocking", "at least", 0.95, 0.25,
               ratios(bench, "block", FOUR, CALM, RATE), server=FOUR),
        Figure("accept", "connect, echo, close with 64 AcceptEx: rate, ratio to raw accept4",
               "at least", 1.0, 0.5, ratios(bench, "accept", ACCEPT, REFERENCE, RATE),
               server=ACCEPT),
        Figure("accept", f"connect, echo, close: rate, ratio to raw accept4, {ACCEPT_URING}",
               "at least", None, 0.4, ratios(bench, "accept", ACCEPT_URING, REFERENCE, RATE),
               server=ACCEPT_URING),
    ]


def micro_figures(bench):
    nanoseconds = ("median_ns", "min_ns", "max_ns")
    rates = ("rate_ratio", "rate_min", "rate_max")

    def micro(what, relation, goal, bound, name, wanted, keys, program=None, at=None):
        return Figure(
            "micro", what, relation, goal, bound, micro_values(bench, name, wanted, *keys),
            of_runs=micro_values(bench, name, wanted, at or keys[0]), program=program or name,
        )

    return [
        micro("post and get in one thread, ns", "at most", 45, 150, "post_get", "", nanoseconds,
              at="min_ns"),
        micro("GetQueuedCompletionStatusEx, batches of 64, ns a packet", "at most", 20, 60,
              "queue_batch", "part=get", nanoseconds, "queue", "min_ns"),
        *(micro(f"hand-off ({placement}), ratio to a raw futex", "at most", 1.1, 2.2,
                "handoff_ratio", f"placement={placement}", ("median", "min", "max"), "handoff")
          for placement in ("free", "two_cpus")),
        *(micro(f"2 producers, 2 consumers: rate, ratio to mutex and condition variable ({kind})",
                "at least", 1.2, bound, "queue_2x2", f"against={kind}", rates, "queue")
          for kind, bound in (("ring", 0.2), ("list", 0.4))),
        *(micro(f"stream in pieces of 64 KiB: rate, ratio to a raw {against} loop", "at least",
                1.0, 0.35, "stream", f"against={against}", rates) for against in ("send", "epoll")),
        *(micro(f"UDP echo of 64 bytes, {workers} worker(s): rate, ratio to raw epoll", "at least",
                1.0, 0.5, "udp_echo", f"workers={workers}", rates) for workers in (1, 4)),
        *(micro(f"start to first packet beyond a bare program ({link}), ms", "at most", 3, 6,
                "startup", f"link={link}", ("over_ms", "over_min", "over_max"))
          for link in ("shared", "static")),
        *(micro(f"replacement of a blocked thread ({calls} calls), {what}, us", "at most", goal,
                bound, "replacement", f"calls={calls}", (key,))
          for calls in ("rare", "frequent")
          for what, key, goal, bound in (("median", "median_us", 500, 3000),
                                         ("p99", "p99_us", 2000, None))),
    ]


def table(bench, chosen):
    """The figures of the chosen scenarios, with what was measured until now."""
    figures = [
        *call_figures(bench), *echo_figures(bench, "c100-64", 2.0, 0.5),
        *echo_figures(bench, "c100-512"), *busy_figures(bench), *lone_figures(bench),
        *worker_figures(bench), *idle_figures(bench), *handler_figures(bench),
        *micro_figures(bench),
    ]
    return [figure for figure in figures if figure.scenario in chosen]


def print_goals(bench, chosen):
    lines, reached, others = goal_lines(table(bench, chosen))
    print("\n".join(["### goals", "", *lines, "", f"{reached} of {reached + others} reached"]))


def print_gate(bench, chosen):
    """Returns the exit code."""
    lines, passed, failed, skipped = gate_lines(table(bench, chosen), bench.reasons)
    print("\n".join(["### bounds", "", *lines, ""]))
    print(f"bench-gate: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0
