# SPDX-License-Identifier: MIT
"""Runs servers, the load generator and the small programs, and keeps what they measured."""

import contextlib
import functools
import json
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

LOAD = "tools/iocp-load/iocp-load"  # below the build directory, as all programs
COUNTER = "bench/servers/count_calls.so"  # preloaded, counts system calls
COUNTS = struct.Struct("=QQ")  # polls, calls


class Failure(Exception):
    """A run that did not come to a result; the text says why."""


class Bench:
    """The programs and what was measured with them."""

    def __init__(self, build, quick):
        self.build = os.path.abspath(build)
        self.quick = quick
        self.load = self.program(LOAD)
        self.measurements = []  # of single runs
        self.micro = []  # lines, of all runs
        self.failures = 0
        self.scale = 1.0  # of all requests; less once a single round was too slow
        self.least_scale = 0.05
        self.rounds = {}  # of each scenario, so far
        self.reasons = {}  # what cannot run here, and why
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
        if server.environment.get("IOCP_ENGINE") == "uring" and not self.has_uring():
            return "io_uring is refused here"
        return None

    @functools.lru_cache
    def has_uring(self):
        """Whether the library takes that engine: IOCP_ENGINE would quietly fall back to epoll.
        Asked in a process that has the library from its start, as programs linked with it."""
        library = self.program("libiocp.so")
        if not library:
            return True  # a server that is built without it will tell
        asked = "import ctypes; exit(ctypes.CDLL(None).iocp_engine_set(b'uring') != 0)"
        return subprocess.run(
            [sys.executable, "-c", asked], env={**os.environ, "LD_PRELOAD": library}, check=False
        ).returncode == 0

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

    def start(self, server, port, extra, errors, counts):
        arguments = [text.format(port=port) for text in server.arguments] + extra
        command = [self.program(server.program), *arguments]
        if server.wine:
            self.prepare_wine(server)
            command.insert(0, "wine")
        environment = self.environment(server)
        if counts:
            environment.update(LD_PRELOAD=self.program(COUNTER), BENCH_CALLS=counts.name)
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL,
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
        with tempfile.TemporaryFile() as errors, self.counts_file(scenario) as counts:
            report = self.run_with(server, scenario, requests, errors, counts)
            if counts:
                # Accepting the connections is on top, so there are never too few.
                found = COUNTS.unpack(counts.read(COUNTS.size))
                report["server"]["polls"], report["server"]["calls"] = (
                    count / requests for count in found
                )
            return report

    def counts_file(self, scenario):
        if not scenario.counted:
            return contextlib.nullcontext()
        if not self.program(COUNTER):
            raise Failure(f"{COUNTER} is not built")
        file = tempfile.NamedTemporaryFile()
        file.write(bytes(COUNTS.size))
        file.flush()
        file.seek(0)
        return file

    def run_with(self, server, scenario, requests, errors, counts):
        port = free_port()
        extra = [] if server.calm else scenario.server_arguments
        process = self.start(server, port, extra, errors, counts)
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
            host = HostTime()
            load = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if load.returncode:
                raise Failure(load.stderr.strip() + said_by(errors))
            return {**json.loads(load.stdout), "host": host.since()}
        finally:
            self.stop(server, process)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class HostTime:
    """What the processors' time went to meanwhile: how much of it the host of a virtual machine
    gave to others, which is in every latency."""

    def __init__(self):
        self.before = self.read()

    @staticmethod
    def read():
        """In ticks: stolen, and all."""
        with open("/proc/stat", encoding="ascii") as file:
            ticks = [int(word) for word in file.readline().split()[1:9]]
        return ticks[7], sum(ticks)

    def since(self):
        return tuple(now - before for now, before in zip(self.read(), self.before))


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


def most_connections():
    """So many a process may have here, besides 100 busy ones and its own files."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return (1 << 30) if files == resource.RLIM_INFINITY else files - 300


def raise_file_limit():
    """For the servers, which inherit it, and as far as one may."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def idle_count(scenario, server):
    return max(0, min(scenario.idle, server.most_idle, most_connections()))


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
        "polls": of_server.get("polls"),
        "calls": of_server.get("calls"),
        "stolen_ticks": report["host"][0],
        "all_ticks": report["host"][1],
    }


def run_scenario(bench, scenario, servers, options, seconds):
    """All rounds, or as many as fit into the time given (one at least), after those that a run
    before has made."""
    wanted = options.rounds or (max(1, scenario.rounds // 2) if bench.quick else scenario.rounds)
    requests = options.requests or (scenario.requests // 3 if bench.quick else scenario.requests)
    requests = int(requests * bench.scale)
    first = bench.rounds.get(scenario.name, 0)
    start = time.monotonic()
    broken = {}
    for number in range(wanted):
        spent = time.monotonic() - start
        if number == 1 and spent > seconds and not options.requests:
            bench.scale = max(bench.least_scale, bench.scale * max(seconds, 1) / spent)
            print(f"(slow: the next scenarios get {100 * bench.scale:.0f} % of their requests)")
        if number and spent + spent / number > seconds:
            print(f"({scenario.name}: {number} of {wanted} rounds, no time for more)")
            break
        bench.rounds[scenario.name] = first + number + 1
        run_round(bench, scenario, servers, requests, first + number, broken)
    show("")
    return broken


def run_round(bench, scenario, servers, requests, number, broken):
    for server in servers:
        if server.name in broken:
            continue
        show(f"{scenario.name} round {number + 1}: {server.name}")
        try:
            share = max(100, int(requests * server.request_share))
            report = bench.run(server, scenario, share)
            bench.measurements.append(flatten(report, scenario, server, number))
        except (Failure, subprocess.TimeoutExpired) as failure:
            broken[server.name] = str(failure)
            bench.failures += 1


def show(text):
    if sys.stderr.isatty():
        print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)


def run_micro(bench, name, arguments):
    """The lines that it printed."""
    program = bench.program(f"bench/micro/{name}")
    if not program:
        print(f"skipped {name}: bench/micro/{name} is not built")
        return []
    show(name)
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    show("")
    if done.returncode:
        print(f"{name} failed: {done.stderr.strip() or done.returncode}")
        bench.failures += 1
    lines = done.stdout.splitlines()
    bench.micro += lines
    return lines


def run_micros(bench, programs):
    """Markdown lines. programs: pairs of a name and its arguments."""
    lines = [line for name, arguments in programs for line in run_micro(bench, name, arguments)]
    return ["### queue and hand-off", "", "```", *lines, "```", ""] if lines else []
