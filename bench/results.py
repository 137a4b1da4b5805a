# SPDX-License-Identifier: MIT
"""The file RESULTS.md: a section for each run that was asked to write one."""

import datetime
import os
import platform

from rows import EXAMPLE

HERE = os.path.dirname(os.path.abspath(__file__))


def headline(options):
    now = datetime.datetime.now(datetime.timezone.utc)
    cpu = "unknown CPU"
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    command = ["bench/run.py"]
    for key, value in vars(options).items():
        if not value or key in ("build_dir", "parts"):
            continue
        command.append("--" + key.replace("_", "-"))
        if value is not True:
            command.append(",".join(value) if isinstance(value, list) else str(value))
    return [
        f"## {now:%Y-%m-%d %H:%M} UTC, Linux {platform.release()}, {os.cpu_count()} CPUs", "",
        f"{cpu}, {platform.machine()}. Command: `{' '.join(command)}`. Rows iocp-epoll, "
        f"iocp-uring: the library's {EXAMPLE} on that engine, 4 workers, concurrency 2; iocp-wine: "
        "its Windows build under Wine; iocp-4-2 and the like: bench/servers/iocp_echo with so many "
        "workers and that concurrency. Ratios: to one-thread raw epoll in the same round; median "
        "(min..max).",
        "",
    ]


def write_results(lines):
    """Newest first, below the file's introduction."""
    path = os.path.join(HERE, "RESULTS.md")
    text = "# Results\n\nWhat `bench/run.py --write` measured, newest first.\n\n"
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
    at = text.find("\n## ")
    at = len(text) if at < 0 else at + 1
    with open(path, "w", encoding="utf-8") as file:
        file.write(text[:at] + "\n".join(lines).rstrip() + "\n\n" + text[at:])
    print(f"written to {os.path.relpath(path)}")
