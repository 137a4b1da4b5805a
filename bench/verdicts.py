# SPDX-License-Identifier: MIT
"""What becomes of a figure: reached or missed its goal, kept or exceeded its bound.

A goal is judged by the median of what was measured, a bound by the best: noise makes a figure
worse, hardly ever better, and a regression makes the best one worse as well.
"""

import dataclasses
import statistics

OK, MISSED, NOT_MEASURED = "ok", "missed", "not measured"
KEPT, EXCEEDED, SKIPPED, NO_FIGURE = "ok", "EXCEEDED", "skipped", "NOT MEASURED"
RELATIONS = {"at most": min, "at least": max}  # and which value is the best


@dataclasses.dataclass
class Figure:
    """One line of the table in goals.py, and what was measured of it."""

    scenario: str  # that it is taken in, or "micro"
    what: str
    relation: str  # of RELATIONS
    goal: float  # to be reached; None: there is none
    bound: float  # that the gate holds; None: takes the gate too long, or is nothing but noise
    values: list  # of all rounds, or median and spread of a small program
    of_runs: list = None  # one value of each run of a small program; None: as the values
    server: str = ""  # that is measured
    program: str = ""  # that measures, if it is a small one

    def taken(self):
        return self.values if self.of_runs is None else self.of_runs

    def source(self):
        """What has to run again to take it again."""
        return self.program or self.scenario


def within(value, relation, limit):
    return value >= limit if relation == "at least" else value <= limit


def judge_goal(figure):
    if not figure.values or figure.goal is None:
        return NOT_MEASURED
    reached = within(statistics.median(figure.values), figure.relation, figure.goal)
    return OK if reached else MISSED


def best_of(figure):
    """The best value, or None."""
    return RELATIONS[figure.relation](figure.taken(), default=None)


def judge_bound(figure, reasons):
    """reasons: of servers and programs that cannot run here, why. What is simply missing has not
    been kept."""
    best = best_of(figure)
    if best is None:
        absent = figure.server in reasons or figure.program in reasons
        return SKIPPED if absent else NO_FIGURE
    return KEPT if within(best, figure.relation, figure.bound) else EXCEEDED


def bounded(figures):
    return [figure for figure in figures if figure.bound is not None]


def to_repeat(figures, reasons):
    """What deserves another look before it is called a regression."""
    return {
        figure.source() for figure in bounded(figures)
        if judge_bound(figure, reasons) in (EXCEEDED, NO_FIGURE)
    }


def shown(value):
    if value is None:
        return "-"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def gate_lines(figures, reasons):
    """(lines of a table, then one for each failure, passed, failed, skipped)"""
    counts = {verdict: 0 for verdict in (KEPT, EXCEEDED, SKIPPED, NO_FIGURE)}
    lines, failures = [f"{'verdict':13}{'value':>8}  {'bound':>15}{'goal':>8}  figure"], []
    for figure in bounded(figures):
        verdict = judge_bound(figure, reasons)
        counts[verdict] += 1
        bound = f"{figure.relation} {shown(figure.bound)}"
        line = (f"{verdict:13}{shown(best_of(figure)):>8}  {bound:>15}{shown(figure.goal):>8}  "
                f"{figure.scenario}: {figure.what}")
        if verdict == SKIPPED:
            line += f" ({reasons.get(figure.server) or reasons.get(figure.program)})"
        if verdict in (EXCEEDED, NO_FIGURE):
            failures.append(f"FAIL {figure.scenario}: {figure.what}: {shown(best_of(figure))} "
                            f"({bound})")
        lines.append(line)
    return lines + failures, counts[KEPT], counts[EXCEEDED] + counts[NO_FIGURE], counts[SKIPPED]


def goal_lines(figures):
    """(lines, reached, missed or not measured)"""
    lines, reached, aimed = [], 0, [figure for figure in figures if figure.goal is not None]
    for figure in aimed:
        verdict, measured = judge_goal(figure), "-"
        if figure.values:
            low, high = min(figure.values), max(figure.values)
            measured = f"{shown(statistics.median(figure.values))} ({shown(low)}..{shown(high)})"
        reached += verdict == OK
        lines.append(f"{verdict:13} {figure.scenario}: {figure.what}: {measured} "
                     f"({figure.relation} {figure.goal:g})")
    return lines, reached, len(aimed) - reached
