# SPDX-License-Identifier: MIT
"""The limits of the project: what --gate checks."""

from figures import median_of, median_ratio, micro_value, wine_ratio
from rows import FOUR, LEAN, ONE, OWN, REFERENCE, SIXTEEN, TWO

WINE_GATE = "requests/s, ratio to Wine"  # needs Wine, which not everybody has


def gates(bench):
    """(scenario, what, relation, limit, value or None); the scenario may also be 'micro'."""
    return [
        ("c100-64", "CPU per request, ratio to one-thread raw epoll", "at most", 1.15,
         median_ratio(bench, "c100-64", OWN, REFERENCE, "cpu_us")),
        ("c100-64", "CPU per request, ratio to Asio with 2 threads", "below", 1.0,
         median_ratio(bench, "c100-64", OWN, "asio-2", "cpu_us")),
        ("c100-64", WINE_GATE, "at least", 8.0, wine_ratio(bench)),
        ("c100-64", "context switches per request, 100 connections", "at most", 0.2,
         median_of(bench, "c100-64", OWN, "switches")),
        ("c1", "context switches per request, 1 connection", "at most", 1.2,
         median_of(bench, "c1", OWN, "switches")),
        ("micro", "post and get in one thread, ns", "at most", 100.0,
         micro_value(bench, "post_get", "median_ns")),
        ("idle", "library memory per idle connection, bytes", "at most", 400.0,
         median_of(bench, "idle", LEAN, "idle_bytes")),
        ("micro", "replacement of a blocked thread, median, us", "at most", 500.0,
         micro_value(bench, "replacement", "median_us")),
        ("micro", "replacement of a blocked thread, p99, us", "at most", 2000.0,
         micro_value(bench, "replacement", "p99_us")),
        ("block", "p99 when each 1000th request blocks 5 ms, us", "below", 1200.0,
         median_of(bench, "block", FOUR, "p99_us")),
        ("burn", "requests/s with 20 us of work, ratio to one worker", "at least", 1.6,
         median_ratio(bench, "burn", FOUR, ONE, "requests_per_second")),
        ("crowd", "CPU of 16 workers, ratio to 2 (concurrency 2)", "at most", 1.1,
         median_ratio(bench, "crowd", SIXTEEN, TWO, "cpu_us")),
    ]


def within(value, relation, limit):
    if relation == "at least":
        return value >= limit
    return value < limit if relation == "below" else value <= limit


def check_gates(bench, chosen):
    """Prints each limit of the chosen scenarios with what was measured. Returns the exit code: a
    limit that could not be measured is not kept, except where Wine is not there."""
    code = 1 if bench.failures else 0
    print("### limits\n")
    for scenario, name, relation, limit, value in gates(bench):
        if scenario not in chosen:
            continue
        if value is None:
            verdict = "NOT MEASURED"
            code = code if name == WINE_GATE else 1
        elif within(value, relation, limit):
            verdict = "ok"
        else:
            verdict, code = "EXCEEDED", 1
        shown = "-" if value is None else f"{value:.3g}"
        print(f"{verdict:13} {name}: {shown} ({relation} {limit:g})")
    return code
