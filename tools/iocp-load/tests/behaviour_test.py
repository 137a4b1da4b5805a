#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs iocp-load against servers that behave and servers that do not.

Usage: behaviour_test.py PATH-OF-IOCP-LOAD

Each server is a few lines below and runs in this process, on a port of 127.0.0.1 that the system
chooses. A test fails when the exit code, the message or the report is not what docs/iocp-load.md
promises.
"""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xml.etree.ElementTree

LOAD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "iocp-load"


class Server:
    """A thread per connection; `serve` gets the connection and its number."""

    def __init__(self, serve):
        self.serve = serve
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.accepted = 0

    def start(self):
        """Until this the port is taken, but refuses connections."""
        self.listener.listen(512)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            number = self.accepted
            self.accepted += 1
            threading.Thread(target=self.run, args=(connection, number), daemon=True).start()

    def run(self, connection, number):
        with connection:
            try:
                self.serve(connection, number)
            except OSError:
                pass

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept
        except OSError:
            pass  # never started
        self.listener.close()


def echo(connection, _number):
    while data := connection.recv(65536):
        connection.sendall(data)


def echo_slowly(connection, _number):
    while data := connection.recv(65536):
        time.sleep(0.01)
        connection.sendall(data)


def echo_split(connection, _number):
    """Answers in pieces that have nothing to do with the requests."""
    while data := connection.recv(700):
        for start in range(0, len(data), 100):
            connection.sendall(data[start : start + 100])


def flip_one_byte(connection, number):
    position = 0
    while data := bytearray(connection.recv(65536)):
        if number == 1 and position <= 1000 < position + len(data):
            data[1000 - position] ^= 0x10
        position += len(data)
        connection.sendall(data)


def swap_halves(connection, _number):
    while data := connection.recv(65536):
        connection.sendall(data[len(data) // 2 :] + data[: len(data) // 2])


def answer_twice(connection, _number):
    while data := connection.recv(65536):
        connection.sendall(data + data)


def close_early(connection, _number):
    for _ in range(5):
        connection.sendall(connection.recv(65536))


def reset_early(connection, _number):
    connection.sendall(connection.recv(65536))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def never_answer(connection, _number):
    while connection.recv(65536):
        pass


def stop_answering(connection, _number):
    connection.sendall(connection.recv(65536))
    never_answer(connection, 0)


class LoadTest(unittest.TestCase):
    def load(self, server, *options, limit=None):
        """Runs the tool; returns what it did."""

        def before():
            if limit:
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

        command = [LOAD, *options]
        if server:
            command += ["-p", str(server.port)]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, preexec_fn=before
        )

    def serve(self, behaviour, start=True):
        server = Server(behaviour)
        self.addCleanup(server.close)
        if start:
            server.start()
        return server

    def file(self, name):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        return os.path.join(directory.name, name)

    def assert_exit(self, run, code, *words):
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)


class GoodServer(LoadTest):
    def test_report(self):
        run = self.load(self.serve(echo), "-c", "8", "-t", "2", "-n", "2k", "--json", "-")
        self.assert_exit(run, 0, "every byte of every echo right", "p99.9")
        report = json.loads(run.stdout)
        self.assertEqual(report["requests"], 2000)
        self.assertEqual(sum(count for _, count in report["histogram_ns"]), 2000)
        latency = report["latency_us"]
        order = [latency[name] for name in ("p50", "p90", "p99", "p99_9", "max")]
        self.assertEqual(order, sorted(order))
        self.assertGreater(order[0], 0)
        rate = 2000 / report["seconds"]  # both figures are rounded in the report
        self.assertAlmostEqual(report["requests_per_second"], rate, delta=rate / 1000)

    def test_requests_that_do_not_divide_evenly(self):
        for options in (["-n", "7", "-c", "3", "-t", "2"], ["-n", "2", "-c", "9", "-t", "4"]):
            run = self.load(self.serve(echo), *options, "--json", "-", "-q")
            self.assert_exit(run, 0)
            self.assertEqual(json.loads(run.stdout)["requests"], int(options[1]))

    def test_depth_and_split_answers(self):
        run = self.load(self.serve(echo_split), "-c", "3", "-n", "600", "-d", "16", "-s", "333")
        self.assert_exit(run, 0)

    def test_requests_larger_than_any_buffer(self):
        run = self.load(self.serve(echo), "-c", "2", "-n", "10", "-d", "2", "-s", "5M")
        self.assert_exit(run, 0)

    def test_a_connection_for_each_request(self):
        server = self.serve(echo)
        run = self.load(
            server, "-c", "2", "-n", "300", "--warmup", "0", "--reconnect", "--json", "-"
        )
        self.assert_exit(run, 0, "a connection for each request")
        self.assertEqual(server.accepted, 300)
        self.assertTrue(json.loads(run.stdout)["reconnect"])

    def test_polite(self):
        batch = 3  # SCHED_BATCH
        policies = set()

        def serve(connection, _number):
            while data := connection.recv(65536):
                for task in os.listdir(f"/proc/{run.pid}/task"):
                    with open(f"/proc/{run.pid}/task/{task}/stat", encoding="ascii") as file:
                        policies.add(int(file.read().rpartition(")")[2].split()[38]))
                connection.sendall(data)

        server = self.serve(serve, start=False)
        command = [LOAD, "-p", str(server.port), "-c", "2", "-t", "2", "-n", "100", "--polite",
                   "--wait", "5", "--json", "-"]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        server.start()
        out, err = run.communicate(timeout=30)
        self.assertEqual(run.returncode, 0, out + err)
        self.assertIn("polite", err)
        self.assertTrue(json.loads(out)["polite"])
        self.assertEqual(policies, {batch})

    def test_open_load(self):
        server = self.serve(echo)
        run = self.load(server, "-c", "4", "-t", "2", "-n", "500", "--warmup", "0", "--rate",
                        "1k", "--json", "-")
        self.assert_exit(run, 0, "1,000 requests due each second")
        report = json.loads(run.stdout)
        self.assertEqual((report["requests"], report["rate"]), (500, 1000))
        self.assertGreater(report["seconds"], 0.4)  # the gaps are random, and the same each time

    def test_open_load_counts_from_when_a_request_is_due(self):
        """A stall at the beginning is met by one request of a closed load, by most of an open
        one."""

        def stall(connection, _number):
            time.sleep(0.3)
            echo(connection, _number)

        latency = {}
        for kind, rate in ("closed", []), ("open", ["--rate", "1k"]):
            run = self.load(self.serve(stall), "-c", "1", "-n", "400", "--warmup", "0", *rate,
                            "--json", "-")
            self.assert_exit(run, 0)
            latency[kind] = json.loads(run.stdout)["latency_us"]
        for kind in latency:
            self.assertGreater(latency[kind]["max"], 200000)
        self.assertLess(latency["closed"]["p50"], 50000)
        self.assertGreater(latency["open"]["p50"], 50000)

    def test_leaves_no_port_behind(self):
        server = self.serve(echo)
        self.assert_exit(self.load(server, "-c", "2", "-n", "300", "--reconnect"), 0)
        remote = f":{server.port:04X}"
        with open("/proc/net/tcp", encoding="ascii") as file:
            left = [line for line in file if line.split()[2].endswith(remote)
                    and line.split()[3] == "06"]  # TCP_TIME_WAIT
        self.assertLess(len(left), 30)  # those that were open at the end, and strangers

    def test_wrong_byte_on_a_later_connection(self):
        def serve(connection, number):
            data = bytearray(connection.recv(65536))
            data[3] ^= number == 7
            connection.sendall(data)

        run = self.load(
            self.serve(serve), "-c", "1", "-n", "20", "--warmup", "0", "--reconnect"
        )
        self.assert_exit(run, 4, "request 7, byte 3")

    def test_idle_connections(self):
        server = self.serve(echo)
        run = self.load(
            server, "-c", "2", "-n", "10", "--warmup", "0", "--idle", "30", "--pid",
            str(os.getpid()), "--json", "-",
        )
        self.assert_exit(run, 0, "per idle connection", "context switches/request")
        self.assertEqual(server.accepted, 32)
        self.assertGreater(json.loads(run.stdout)["server"]["rss_bytes"], 0)

    def test_pictures(self):
        first, second, drawn = self.file("a.json"), self.file("b.json"), self.file("c.svg")
        server = self.serve(echo)
        run = self.load(server, "-c", "2", "-n", "500", "--json", first, "--label", "one <&> 1")
        self.assert_exit(run, 0)
        run = self.load(
            server, "-c", "2", "-n", "50", "--json", second, "--svg", drawn, first
        )
        self.assert_exit(run, 0)
        self.check_picture(drawn, "one <&> 1", "this run")
        self.assert_exit(self.load(None, "--chart", drawn, first, second), 0)
        self.check_picture(drawn, "one <&> 1", "b")

    def check_picture(self, path, *labels):
        root = xml.etree.ElementTree.parse(path).getroot()
        space = "{http://www.w3.org/2000/svg}"
        texts = [text.text for text in root.iter(space + "text")]
        for word in ("latency", "99 %", "p99.9", *labels):
            self.assertTrue([t for t in texts if t.startswith(word)], f"{word} in {texts}")
        curves = [p for p in root.iter(space + "path") if " L" in p.get("d")]
        self.assertEqual(len(curves), len(labels))

    def test_waits_for_the_server(self):
        server = self.serve(echo, start=False)
        later = threading.Timer(0.3, server.start)
        later.start()
        self.addCleanup(later.join)
        self.assert_exit(self.load(server, "-c", "2", "-n", "10", "--wait", "10"), 0)

    def test_interrupt_reports_what_was_done(self):
        server = self.serve(echo_slowly)
        command = [LOAD, "-p", str(server.port), "-c", "2", "-n", "1M", "--warmup", "0"]
        run = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        time.sleep(1)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=20)
        self.assertEqual(run.returncode, 130, out + err)
        self.assertIn("interrupted", err)
        self.assertIn("requests/s", out)


class BadServer(LoadTest):
    def test_wrong_byte(self):
        run = self.load(self.serve(flip_one_byte), "-c", "3", "-n", "1k", "--warmup", "0")
        self.assert_exit(run, 4, "connection 1: wrong byte at position 1000 (request 15, byte 40")

    def test_wrong_order(self):
        self.assert_exit(self.load(self.serve(swap_halves), "-n", "100"), 4, "position 0")

    def test_wrong_byte_on_an_idle_connection(self):
        run = self.load(
            self.serve(flip_one_byte), "-c", "1", "-n", "1", "--idle", "1", "-s", "2000"
        )
        self.assert_exit(run, 4, "connection 1: wrong byte at position 1000")

    def test_answers_twice(self):
        run = self.load(self.serve(answer_twice), "-c", "1", "-n", "10")
        self.assert_exit(run, 4, "came back, but only")

    def test_closes_early(self):
        run = self.load(self.serve(close_early), "-c", "2", "-n", "100", "--warmup", "0")
        # A reset when the next request had already arrived at the closed connection.
        self.assert_exit(run, 5, "by the server after")

    def test_resets_early(self):
        run = self.load(self.serve(reset_early), "-c", "2", "-n", "100")
        self.assert_exit(run, 5)

    def test_never_answers(self):
        run = self.load(self.serve(never_answer), "-c", "2", "-n", "100", "--timeout", "1")
        self.assert_exit(run, 3, "no answer for 1 s", "0 of 10 requests")

    def test_stops_answering(self):
        run = self.load(
            self.serve(stop_answering), "-c", "4", "-n", "100", "--warmup", "0", "--timeout", "1"
        )
        self.assert_exit(run, 3, "measuring stopped at 4 of 100 requests")

    def test_never_answers_an_idle_connection(self):
        run = self.load(
            self.serve(never_answer), "-c", "1", "-n", "0", "--idle", "1", "--timeout", "0.5"
        )
        self.assert_exit(run, 3, "no answer for 0.5 s")

    def test_nobody_listens(self):
        server = self.serve(echo, start=False)
        self.assert_exit(self.load(server, "-n", "1"), 2, "connection refused", "--wait")

    def test_too_few_descriptors(self):
        run = self.load(self.serve(echo), "-c", "100", "-n", "100", limit=64)
        self.assert_exit(run, 2, "ulimit -n")

    def test_no_such_process(self):
        run = self.load(self.serve(echo), "-n", "100", "--pid", "2147483600")
        self.assert_exit(run, 2, "2147483600")


class CommandLine(LoadTest):
    def test_mistakes(self):
        for options in (
            ["-c", "0"], ["-c", "x"], ["-n", "-1"], ["-s", "0"], ["-p", "65536"], ["-d", "1x"],
            ["--pid", "1,,2"], ["--timeout", "0"], ["--reconnect", "-d2"],
            ["--rate", "0"], ["--rate", "1k", "-d2"], ["--rate", "1k", "--reconnect"],
            ["--rate", "10", "-t", "2"],
            ["--chart", "x.svg"], ["a.json"], ["--what"],
        ):
            self.assert_exit(self.load(None, *options), 1, "--help")

    def test_help(self):
        run = self.load(None, "--help")
        self.assert_exit(run, 0)
        self.assertIn("--depth", run.stdout)

    def test_not_a_report(self):
        path = self.file("x.json")
        for text in ("", "{", "[1]", '{"histogram_ns": [[1, 2]', '{"a": 1}', '{"label": 5}',
                     '{"histogram_ns": [[1, -2]]}', "[" * 100, '{"x": ' + "[" * 100):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.assert_exit(self.load(None, "--chart", path + ".svg", path), 2, path)
        run = self.load(None, "--chart", path + ".svg", path + ".missing")
        self.assert_exit(run, 2, "No such file")


if __name__ == "__main__":
    unittest.main()
