#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""demo_report.py REPORT.json...: the reports of iocp-load, one line each, as a table."""
import json
import sys

COLUMNS = ["size", "requests/s", "p50 us", "p90 us", "p99 us", "p99.9 us", "max us",
           "server us CPU/req", "switches/req"]


def row(report):
    latency, server = report["latency_us"], report.get("server", {})
    numbers = [latency[name] for name in ("p50", "p90", "p99", "p99_9", "max")]
    return ([str(report["size_bytes"]), f"{report['requests_per_second']:,.0f}"]
            + [f"{number:,.0f}" for number in numbers]
            + [f"{server['cpu_us_per_request']:.2f}" if server else "-",
               f"{server['context_switches_per_request']:.3f}" if server else "-"])


def main():
    rows = [COLUMNS]
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            rows.append(row(json.load(file)))
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(COLUMNS))]
    for cells in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(cells, widths)))


if __name__ == "__main__":
    main()
