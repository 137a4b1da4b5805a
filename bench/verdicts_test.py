#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The judging of figures, given figures: that the gate and the goals can fail, and when."""

import types
import unittest

import goals
from rows import OWN, OWN_URING, REFERENCE
from verdicts import Figure, gate_lines, goal_lines, judge_bound, judge_goal, to_repeat


def at_most(values, goal=1.0, bound=2.0, **more):
    return Figure("c1", "cost", "at most", goal, bound, values, **more)


def at_least(values, goal=1.0, bound=0.5, **more):
    return Figure("c1", "rate", "at least", goal, bound, values, **more)


def row(server, number, **values):
    return {"scenario": "c100-64", "server": server, "round": number, "cpu_us": 6.0,
            "requests_per_second": 1e5, "switches": 0.01, **values}


def bench_with(rows, micro=()):
    return types.SimpleNamespace(measurements=rows, micro=list(micro), reasons={})


def figure_of(bench, scenario, text):
    return next(figure for figure in goals.table(bench, [scenario]) if text in figure.what)


class Bounds(unittest.TestCase):
    def test_the_best_round_decides(self):
        self.assertEqual(judge_bound(at_most([9.0, 1.9, 5.0]), {}), "ok")
        self.assertEqual(judge_bound(at_most([9.0, 2.1, 5.0]), {}), "EXCEEDED")
        self.assertEqual(judge_bound(at_least([0.1, 0.6, 0.2]), {}), "ok")
        self.assertEqual(judge_bound(at_least([0.1, 0.4, 0.2]), {}), "EXCEEDED")

    def test_the_bound_itself_is_kept(self):
        self.assertEqual(judge_bound(at_most([2.0]), {}), "ok")
        self.assertEqual(judge_bound(at_least([0.5]), {}), "ok")

    def test_runs_of_a_program_decide_not_its_spread(self):
        spread = at_most([3.0, 0.5, 9.0], of_runs=[3.0])
        self.assertEqual(judge_bound(spread, {}), "EXCEEDED")
        self.assertEqual(judge_bound(at_most([3.0], of_runs=[3.0, 1.0]), {}), "ok")

    def test_what_is_missing_is_not_kept(self):
        self.assertEqual(judge_bound(at_most([], server=OWN), {}), "NOT MEASURED")
        reasons = {OWN_URING: "io_uring is refused here"}
        self.assertEqual(judge_bound(at_most([], server=OWN), reasons), "NOT MEASURED")
        self.assertEqual(judge_bound(at_most([], server=OWN_URING), reasons), "skipped")
        # A program that no reason names is one that should have been there.
        self.assertEqual(judge_bound(at_most([], program="queue"), reasons), "NOT MEASURED")

    def test_counts_and_reasons_are_told(self):
        figures = [at_most([1.0]), at_most([3.0]), at_most([], server=OWN_URING), at_most([]),
                   at_most([99.0], bound=None)]
        lines, *counts = gate_lines(figures, {OWN_URING: "io_uring is refused here"})
        self.assertEqual(counts, [1, 2, 1])
        # A headline, a line for each that has a bound, a line for each failure.
        self.assertEqual(len(lines), 1 + 4 + 2)
        self.assertEqual(lines[-2], "FAIL c1: cost: 3 (at most 2)")
        self.assertTrue(lines[3].endswith("(io_uring is refused here)"))

    def test_only_what_failed_is_looked_at_again(self):
        figures = [at_most([3.0]), at_least([1.0]), at_most([9.0], bound=None),
                   at_most([9.0], program="queue"), at_most([], server=OWN_URING)]
        figures[1].scenario = "depth16"
        self.assertEqual(to_repeat(figures, {OWN_URING: "refused"}), {"c1", "queue"})


class Goals(unittest.TestCase):
    def test_the_median_decides(self):
        self.assertEqual(judge_goal(at_most([0.9, 1.1, 1.2])), "missed")
        self.assertEqual(judge_goal(at_most([0.9, 1.0, 1.2])), "ok")
        self.assertEqual(judge_goal(at_least([0.9, 0.99, 1.2])), "missed")
        self.assertEqual(judge_goal(at_most([])), "not measured")

    def test_counts(self):
        figures = [at_most([1.0]), at_most([1.5]), at_most([]), at_most([1.0], goal=None)]
        lines, reached, others = goal_lines(figures)
        self.assertEqual((len(lines), reached, others), (3, 1, 2))


class Table(unittest.TestCase):
    """From measurements to a verdict, through the table itself."""

    def test_a_wake_up_for_each_request_is_caught(self):
        calm = bench_with([row(OWN, number, switches=0.02 + 0.1 * number) for number in range(3)])
        figure = figure_of(calm, "c100-64", "context switches")
        self.assertEqual(judge_bound(figure, {}), "ok")
        woken = bench_with([row(OWN, number, switches=1.02) for number in range(3)])
        figure = figure_of(woken, "c100-64", "context switches")
        self.assertEqual(judge_bound(figure, {}), "EXCEEDED")

    def test_ratios_are_taken_within_a_round(self):
        # A machine at half its speed from the second round on: for both.
        rows = [row(server, number, cpu_us=cpu * (1 + number))
                for number in range(3) for server, cpu in ((REFERENCE, 6.0), (OWN, 7.0))]
        figure = figure_of(bench_with(rows), "c100-64", "CPU per request, ratio to raw epoll")
        self.assertEqual([round(value, 3) for value in figure.taken()], [1.167] * 3)
        self.assertEqual(judge_bound(figure, {}), "ok")
        for each in rows:
            each["cpu_us"] *= 2 if each["server"] == OWN else 1
        figure = figure_of(bench_with(rows), "c100-64", "CPU per request, ratio to raw epoll")
        self.assertEqual(judge_bound(figure, {}), "EXCEEDED")

    def test_a_later_run_of_a_program_counts_too(self):
        line = "handoff_ratio placement=free median={} min=0.3 max=9.0"
        once = bench_with([], [line.format(4.0)])
        twice = bench_with([], [line.format(4.0), line.format(1.2)])
        self.assertEqual(judge_bound(figure_of(once, "micro", "hand-off (free)"), {}), "EXCEEDED")
        self.assertEqual(judge_bound(figure_of(twice, "micro", "hand-off (free)"), {}), "ok")

    def test_every_bound_is_weaker_than_its_goal(self):
        chosen = [*goals.SCENARIOS, "idle", "micro"]
        for figure in goals.table(bench_with([]), chosen):
            self.assertIn(figure.relation, ("at most", "at least"))
            if figure.goal is not None and figure.bound is not None:
                weaker = max if figure.relation == "at most" else min
                self.assertEqual(weaker(figure.goal, figure.bound), figure.bound, figure.what)


if __name__ == "__main__":
    unittest.main()
