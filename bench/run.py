#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures echo servers against each other on this machine and prints ratios.

Every scenario runs in rounds; a round visits every server once, each in a fresh process, so that
whatever the machine does in the meantime does it to all of them. Ratios are taken within a round,
against one-thread raw epoll, and their median is reported with its spread. All traffic stays on
127.0.0.1. See README.md for how to read the numbers.
"""

import argparse
import dataclasses
import datetime
import json
import os
import platform
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LOAD = "tools/iocp-load/iocp-load"  # below the build directory, as all programs
EXAMPLE = "echo_accept_loop"  # the library's own echo server, in <build>/examples
REFERENCE = "raw-epoll"
OWN = "iocp-epoll"  # the row that --gate checks
LEAN = "iocp-lean"  # the row whose idle memory is the library's alone
# Rows of the scenarios about handlers: WORKERS-CONCURRENCY, with the handler of all the others.
ONE, TWO, FOUR, SIXTEEN = "iocp-1-1", "iocp-2-2", "iocp-4-2", "iocp-16-2"
LOOP = "libuv"  # one loop, for comparison
WINE = "iocp-wine"
WINE_GATE = "requests/s, ratio to Wine"  # needs Wine, which not everybody has


@dataclasses.dataclass
class Server:
    name: str
    program: str  # relative to the build directory
    arguments: list  # {port} is replaced
    environment: dict = dataclasses.field(default_factory=dict)
    wine: bool = False
    most_idle: int = 1000000
    knobs: bool = True  # understands --work and --block-every
    request_share: float = 1.0  # of the requests other servers get


def reference(name, program, *arguments, **more):
    return Server(name, f"bench/servers/{program}", ["{port}", *arguments], **more)


def own(name, program, **more):
    arguments = ["--port", "{port}", "--workers", "4", "--concurrency", "2"]
    return Server(name, program, arguments, **more)


def handler(name):
    workers, concurrency = name.split("-")[1:]
    arguments = ["{port}", "-t", workers, "-c", concurrency]
    return Server(name, "bench/servers/iocp_echo", arguments, {"IOCP_ENGINE": "epoll"})


SERVERS = [
    reference(REFERENCE, "raw_epoll"),
    reference("raw-epoll-2", "raw_epoll", "-t", "2"),
    reference("raw-uring", "raw_uring"),
    reference(LOOP, "libuv_echo"),
    reference("asio", "asio_echo"),
    reference("asio-2", "asio_echo", "-t", "2"),
    reference("asio-16", "asio_echo", "-t", "16"),
    reference("libevent", "libevent_echo"),
    reference("threads", "thread_echo", most_idle=2000),
    own(OWN, f"examples/{EXAMPLE}", environment={"IOCP_ENGINE": "epoll"}),
    own("iocp-uring", f"examples/{EXAMPLE}", environment={"IOCP_ENGINE": "uring"}),
    own(WINE, f"../mingw/examples/{EXAMPLE}.exe", wine=True, most_idle=0, request_share=0.05),
    Server(LEAN, "bench/servers/iocp_lean", ["{port}"], {"IOCP_ENGINE": "epoll"}, knobs=False),
    *(handler(name) for name in (ONE, TWO, FOUR, SIXTEEN)),
]


@dataclasses.dataclass
class Scenario:
    name: str
    title: str
    load: list  # options of iocp-load
    requests: int
    rounds: int
    idle: int = 0
    server_arguments: list = dataclasses.field(default_factory=list)
    skip: tuple = (LEAN, "asio-16", ONE, TWO, FOUR, SIXTEEN)
    only: tuple = ()  # these servers instead of all but `skip`


HANDLER_SERVERS = (REFERENCE, LOOP, "asio-2", "asio-16", "threads")

SCENARIOS = [
    Scenario("c100-64", "100 connections, 64 bytes", ["-c100", "-s64"], 150000, 5),
    Scenario("c100-512", "100 connections, 512 bytes", ["-c100", "-s512"], 150000, 5),
    Scenario("c1", "1 connection, 64 bytes", ["-c1", "-s64"], 20000, 5),
    Scenario(
        "depth16", "100 connections, 16 requests in flight each", ["-c100", "-d16"], 400000, 5
    ),
    Scenario(
        "idle", "idle connections open, 100 busy ones", ["-c100"], 50000, 3, idle=10000,
        skip=("asio-16", ONE, TWO, FOUR, SIXTEEN),
    ),
    Scenario(
        "block", "each 1000th request blocks for 5 ms in a raw nanosleep", ["-c100"], 100000, 5,
        server_arguments=["--block-every", "1000", "--block-us", "5000"],
        only=(*HANDLER_SERVERS, FOUR, SIXTEEN),
    ),
    Scenario(
        "read", "each 1000th request reads 1 MiB of a file from the disk", ["-c100"], 100000, 5,
        server_arguments=["--read-every", "1000"], only=(*HANDLER_SERVERS, FOUR, SIXTEEN),
    ),
    Scenario(
        "burn", "each request computes for 20 us", ["-c100"], 60000, 5,
        server_arguments=["--burn-us", "20"], only=(*HANDLER_SERVERS, ONE, FOUR, SIXTEEN),
    ),
    Scenario(
        "crowd", "16 threads where 2 would do", ["-c100"], 150000, 5,
        only=(REFERENCE, "asio-2", "asio-16", TWO, FOUR, SIXTEEN),
    ),
]
GATED = ["c100-64", "c1", "idle", "block", "burn", "crowd"]

MICRO = ["post_get", "handoff", "replacement"]  # below <build>/bench/micro; one line per result


class Failure(Exception):
    """A run that did not come to a result; the text says why."""


def parse_arguments():
    parser = argparse.ArgumentParser(
        description="Compare echo servers on this machine.",
        epilog="Servers: " + ", ".join(s.name for s in SERVERS)
        + ". Scenarios: " + ", ".join(s.name for s in SCENARIOS)
        + ".",
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART",
        help="a scenario, or 'micro', 'quick', 'gate', 'write': as the options of that name",
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
    parser.add_argument("--budget", type=float, help="seconds for all (480, or 80 for --quick)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and requests: 90 s")
    parser.add_argument("--no-micro", action="store_true", help="leave out the small programs")
    parser.add_argument("--write", action="store_true", help="add a section to bench/RESULTS.md")
    parser.add_argument("--json", metavar="FILE", help="all single measurements as JSON")
    parser.add_argument(
        "--gate", action="store_true", help="check the limits of the project; exit 1 when exceeded"
    )
    options = parser.parse_args()
    if "help" in options.parts:
        parser.print_help()
        sys.exit(0)
    for part in options.parts + options.only:
        if part in ("quick", "gate", "write"):
            setattr(options, part, True)
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


class Bench:
    """The programs and what was measured with them."""

    def __init__(self, build, quick):
        self.build = os.path.abspath(build)
        self.quick = quick
        self.load = self.program(LOAD)
        self.measurements = []  # of single runs
        self.micro = []  # lines
        self.failures = 0
        self.scale = 1.0  # of all requests; less once a single round was too slow
        self.wine_prefix = os.path.join(self.build, "wine-prefix")

    def program(self, path):
        place = os.path.normpath(os.path.join(self.build, path))
        return place if os.path.isfile(place) else None

    def reason_to_skip(self, server):
        """Why the server cannot run here, or None."""
        if server.wine and not shutil.which("wine"):
            return "wine is not installed"
        if not self.program(server.program):
            return f"{server.program} is not built"
        return None

    def environment(self, server):
        environment = {**os.environ, **server.environment}
        if server.wine:
            environment.update(
                WINEPREFIX=self.wine_prefix, WINEDEBUG="-all",
                WINEDLLOVERRIDES="mscoree,mshtml=",
            )
        return environment

    def prepare_wine(self, server):
        """Creates the prefix, which takes long, before anything is timed."""
        if not os.path.isdir(self.wine_prefix):
            print("creating a Wine prefix", file=sys.stderr)
            os.makedirs(self.wine_prefix)
            subprocess.run(
                ["wine", "wineboot", "-i"], env=self.environment(server), timeout=120,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
            )

    def wine_processes(self, server):
        """The program's and the Wine server's: CPU time is spent in both."""
        names = ("wineserver", os.path.basename(server.program)[:15])
        found = []
        for entry in os.listdir("/proc"):
            try:
                if not entry.isdigit():
                    continue
                with open(f"/proc/{entry}/comm", encoding="utf-8") as file:
                    if not file.read().startswith(names):
                        continue
                with open(f"/proc/{entry}/environ", "rb") as file:
                    if f"WINEPREFIX={self.wine_prefix}".encode() in file.read().split(b"\0"):
                        found.append(entry)
            except OSError:
                continue  # ended meanwhile, or not ours
        return found

    def start(self, server, port, extra, errors):
        arguments = [text.format(port=port) for text in server.arguments] + extra
        command = [self.program(server.program), *arguments]
        if server.wine:
            self.prepare_wine(server)
            command.insert(0, "wine")
        return subprocess.Popen(
            command, env=self.environment(server), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
        )

    def stop(self, server, process):
        if server.wine:
            subprocess.run(
                ["wineserver", "-k"], env=self.environment(server), check=False,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def run(self, server, scenario, requests):
        """One measurement in a fresh server. Returns the report of iocp-load."""
        with tempfile.TemporaryFile() as errors:
            return self.run_with(server, scenario, requests, errors)

    def run_with(self, server, scenario, requests, errors):
        port = free_port()
        process = self.start(server, port, scenario.server_arguments, errors)
        try:
            wait_until_listening(port, process, errors)
            pids = [str(process.pid)]
            if server.wine:
                pids = self.wine_processes(server) or pids
            command = [
                self.load, "-q", "-p", str(port), "-n", str(requests),
                "--json", "-", "--pid", ",".join(pids), *scenario.load,
            ]
            if scenario.idle:
                command += ["--idle", str(idle_count(scenario, server))]
            load = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if load.returncode:
                raise Failure(load.stderr.strip() + said_by(errors))
            return json.loads(load.stdout)
        finally:
            self.stop(server, process)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def said_by(errors):
    """What the server wrote to standard error, for a message about a failure."""
    errors.seek(0)
    said = errors.read(1000).decode(errors="replace").strip().replace("\n", "; ")
    return f" (server: {said})" if said else ""


def listening_ports():
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not os.path.exists(table):
            continue
        with open(table, encoding="ascii") as file:
            for line in list(file)[1:]:
                fields = line.split()
                if fields[3] == "0A":  # TCP_LISTEN
                    ports.add(int(fields[1].rsplit(":", 1)[1], 16))
    return ports


def wait_until_listening(port, process, errors):
    """Looks without connecting: the server's first connection is the load's."""
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        if port in listening_ports():
            return
        time.sleep(0.02)
    raise Failure("the server does not listen" + said_by(errors))


def idle_count(scenario, server):
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if files == resource.RLIM_INFINITY:
        files = 1 << 30
    return max(0, min(scenario.idle, server.most_idle, files - 300))


def flatten(report, scenario, server, number):
    """What the tables need of a report."""
    latency, of_server = report["latency_us"], report["server"]
    return {
        "scenario": scenario.name,
        "server": server.name,
        "round": number,
        "requests_per_second": report["requests_per_second"],
        "cpu_us": of_server["cpu_us_per_request"],
        "client_cpu_us": report["client"]["cpu_us_per_request"],
        "switches": of_server["context_switches_per_request"],
        "p50_us": latency["p50"],
        "p99_us": latency["p99"],
        "idle": report["idle_connections"],
        "idle_bytes": of_server["rss_bytes_per_idle_connection"],
    }


def run_scenario(bench, scenario, servers, options, seconds):
    """All rounds, or as many as fit into the time given (one at least)."""
    wanted = options.rounds or (max(1, scenario.rounds // 2) if bench.quick else scenario.rounds)
    requests = options.requests or (scenario.requests // 3 if bench.quick else scenario.requests)
    requests = int(requests * bench.scale)
    start = time.monotonic()
    broken = {}
    for number in range(wanted):
        spent = time.monotonic() - start
        if number == 1 and spent > seconds and not options.requests:
            bench.scale = max(0.05, bench.scale * max(seconds, 1) / spent)
            print(f"(slow: the next scenarios get {100 * bench.scale:.0f} % of their requests)")
        if number and spent + spent / number > seconds:
            print(f"({scenario.name}: {number} of {wanted} rounds, no time for more)")
            break
        for server in servers:
            if server.name in broken:
                continue
            show(f"{scenario.name} round {number + 1}/{wanted}: {server.name}")
            try:
                share = max(100, int(requests * server.request_share))
                report = bench.run(server, scenario, share)
                bench.measurements.append(flatten(report, scenario, server, number))
            except (Failure, subprocess.TimeoutExpired) as failure:
                broken[server.name] = str(failure)
                bench.failures += 1
    show("")
    return broken


def show(text):
    if sys.stderr.isatty():
        print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)


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
    return lines + [""]


def run_micro(bench):
    """Markdown lines."""
    lines = []
    for name in MICRO:
        program = bench.program(f"bench/micro/{name}")
        if not program:
            print(f"skipped {name}: bench/micro/{name} is not built")
            continue
        done = subprocess.run([program], capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            print(f"{name} failed: {done.stderr.strip() or done.returncode}")
            bench.failures += 1
        lines += done.stdout.splitlines()
    bench.micro = lines
    return ["### queue and hand-off", "", "```", *lines, "```", ""] if lines else []


def micro_value(bench, name, key):
    """The largest of all lines of that name, or None."""
    found = [
        float(word.split("=", 1)[1])
        for line in bench.micro for word in line.split()[1:]
        if line.split()[0] == name and word.startswith(key + "=")
    ]
    return max(found, default=None)


def median_of(bench, scenario, server, value):
    values = [row[value] for row in rows_of(bench, scenario, server)]
    return statistics.median(values) if values else None


def median_ratio(bench, scenario, server, to, value):
    values = ratios(bench, scenario, server, to, value)
    return statistics.median(values) if values else None


def wine_ratio(bench):
    own_rate = median_of(bench, "c100-64", OWN, "requests_per_second")
    wine_rate = median_of(bench, "c100-64", WINE, "requests_per_second")
    return own_rate / wine_rate if own_rate and wine_rate else None


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


def select(options):
    """The scenarios, and the servers of each."""
    if options.gate:
        servers = options.servers or [REFERENCE, "asio-2", OWN, WINE, LEAN, ONE, TWO, FOUR, SIXTEEN]
        names = GATED
    else:
        servers = options.servers or [server.name for server in SERVERS]
        names = [scenario.name for scenario in SCENARIOS]
    if options.scenarios is not None:
        names = options.scenarios
    return choose(names, SCENARIOS, "scenario"), choose(servers, SERVERS, "server")


def fitting(scenario, servers):
    """Servers that a scenario has a use for."""
    return [
        server for server in servers
        if (server.name in scenario.only if scenario.only else server.name not in scenario.skip)
        and (server.knobs or not scenario.server_arguments)
        and (not scenario.idle or idle_count(scenario, server))
    ]


def main():
    options = parse_arguments()
    bench = Bench(find_build(options.build_dir), options.quick)
    if not bench.load:
        sys.exit(f"run.py: no {LOAD} in {bench.build}: build first (make bench)")
    scenarios, servers = select(options)
    for server in list(servers):
        reason = bench.reason_to_skip(server)
        if reason:
            print(f"skipped {server.name}: {reason}")
            servers.remove(server)
    until = time.monotonic() + (options.budget or (80 if options.quick else 480))
    lines = headline(options)
    print("\n".join(lines))
    if not options.no_micro:
        micro = run_micro(bench)
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
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"measurements": bench.measurements, "micro": bench.micro}, file, indent=1)
    if options.gate:
        chosen = [scenario.name for scenario in scenarios]
        return check_gates(bench, chosen + ([] if options.no_micro else ["micro"]))
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
