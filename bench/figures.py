# SPDX-License-Identifier: MIT
"""Figures from measurements: medians, spreads, ratios within a round, tables."""

import statistics

from rows import REFERENCE


def spread(values, form):
    """'median (min..max)', or only the value when there is but one."""
    values = sorted(values)
    text = form.format(statistics.median(values))
    if len(values) > 1:
        text += f" ({form.format(values[0])}..{form.format(values[-1])})"
    return text


def rows_of(bench, scenario, server):
    return [
        row for row in bench.measurements
        if row["scenario"] == scenario and row["server"] == server
    ]


def ratios(bench, scenario, server, to, value):
    """Per round: the server's value divided by that of `to`."""
    base = {row["round"]: row[value] for row in rows_of(bench, scenario, to)}
    return [
        row[value] / base[row["round"]]
        for row in rows_of(bench, scenario, server)
        if base.get(row["round"])
    ]


def ratios_to_best(bench, scenario, server, rivals, value, best):
    """As `ratios`, to the best of several servers in the same round; best: min or max."""
    rounds = {}
    for rival in rivals:
        for row in rows_of(bench, scenario, rival):
            rounds.setdefault(row["round"], []).append(row[value])
    return [
        row[value] / best(rounds[row["round"]])
        for row in rows_of(bench, scenario, server)
        if all(rounds.get(row["round"], [0]))
    ]


def host_lines(bench, scenario):
    """What the machine's host took during the runs, if that is worth a line."""
    rows = [row for row in bench.measurements if row["scenario"] == scenario]
    stolen, ticks = (sum(row[key] for row in rows) for key in ("stolen_ticks", "all_ticks"))
    if stolen * 1000 < ticks or not ticks:
        return []
    share = f"{100 * stolen / ticks:.1f} %"
    return [f"The machine's host gave {share} of the processors' time to others meanwhile.", ""]


def scenario_table(bench, scenario, servers, broken):
    """Markdown lines."""
    lines = [
        f"### {scenario.name}: {scenario.title}", "",
        "| server | CPU us/request | CPU ratio | requests/s | requests/s ratio | p50 us | p99 us "
        "| switches/request |" + (" RSS bytes/idle connection |" if scenario.idle else ""),
        "|---|---|---|---|---|---|---|---|" + ("---|" if scenario.idle else ""),
    ]
    for server in servers:
        rows = rows_of(bench, scenario.name, server.name)
        if not rows:
            continue
        cells = [server.name]
        for value, form in (("cpu_us", "{:.2f}"), ("requests_per_second", "{:.0f}")):
            ratio = ratios(bench, scenario.name, server.name, REFERENCE, value)
            cells.append(spread([row[value] for row in rows], form))
            cells.append(spread(ratio, "{:.2f}") if ratio else "-")
        for value, form in (("p50_us", "{:.0f}"), ("p99_us", "{:.0f}"), ("switches", "{:.3f}")):
            cells.append(spread([row[value] for row in rows], form))
        if scenario.idle:
            text = spread([row["idle_bytes"] for row in rows], "{:.0f}")
            if rows[0]["idle"] != scenario.idle:
                text += f", {rows[0]['idle']} connections"
            cells.append(text)
        lines.append("| " + " | ".join(cells) + " |")
    lines += [f"| {name} | failed: {reason} |" for name, reason in broken.items()]
    return lines + ["", *host_lines(bench, scenario.name)]


def micro_words(bench, name, wanted=""):
    """key -> text, of each line of that name that holds the word wanted."""
    lines = [line.split() for line in bench.micro]
    return [
        dict(word.split("=", 1) for word in words[1:] if "=" in word)
        for words in lines if words[0] == name and (not wanted or wanted in words)
    ]


def micro_values(bench, name, wanted, *keys):
    """Those of the keys that the lines have: a median and its spread, in any order."""
    return [
        float(words[key])
        for words in micro_words(bench, name, wanted) for key in keys if key in words
    ]


def values_of(bench, scenario, server, value):
    return [row[value] for row in rows_of(bench, scenario, server)]
