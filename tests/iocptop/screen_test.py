#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""screen_test.py IOCPTOP SUBJECT: the full screen on terminals of several kinds and sizes."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

from subjects import check, report, running


class Terminal:
    def __init__(self, command, kind, rows, columns):
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        # ncurses keeps what it knows of a terminal for ever.
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave,
                                        stderr=subprocess.PIPE, start_new_session=True,
                                        env=dict(os.environ, TERM=kind,
                                                 ASAN_OPTIONS="detect_leaks=0"))
        os.close(slave)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, until=None, seconds=10.0):
        """What is drawn, until it holds a text or the time is over."""
        drawn, end = b"", time.monotonic() + seconds
        while time.monotonic() < end and not (until and until in drawn):
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                drawn += os.read(self.master, 65536)
            except OSError:
                break
        return drawn

    def type(self, keys):
        os.write(self.master, keys)

    def ends(self):
        """The exit code; draws on meanwhile, so that nobody waits for the terminal."""
        end = time.monotonic() + 10
        while self.process.poll() is None and time.monotonic() < end:
            self.read(seconds=0.1)
        if self.process.poll() is None:
            self.process.kill()
            return None
        os.close(self.master)
        return self.process.returncode


def ordinary(command):
    for kind in ("xterm", "vt100", "linux"):
        terminal = Terminal(command, kind, 40, 100)
        drawn = terminal.read(b"q quit")
        check(b"Waiting threads" in drawn and b"QUEUED" in drawn, f"drawn on {kind}")
        if kind == "vt100":
            coloured = re.search(rb"\x1b\[(\d+;)*[34][0-7]m", drawn)
            check(not coloured, "no colours where there are none")
        terminal.type(b"q")
        check(terminal.ends() == 0, f"q ends it on {kind}")


def keys(command):
    terminal = Terminal(command, "xterm", 40, 100)
    terminal.read(b"q quit")
    terminal.type(b"p")
    check(b"PAUSED" in terminal.read(b"PAUSED"), "p pauses")
    terminal.type(b"p")
    check(b"pause" in terminal.read(b"pause"), "p goes on")
    terminal.type(b"\x1b[A\x1b[B\x1bOA\x1bOB \x00\xff?")
    terminal.read(seconds=0.5)
    check(terminal.process.poll() is None, "arrows, space and keys that mean nothing")
    terminal.process.send_signal(signal.SIGTERM)
    check(terminal.ends() == 0, "SIGTERM ends it, and gives the terminal back")


def sizes(command):
    for rows, columns in ((1, 1), (2, 5), (3, 200), (24, 10), (500, 400)):
        terminal = Terminal(command, "xterm", rows, columns)
        drawn = terminal.read(b"\x1b") + terminal.read(seconds=0.3)
        check(terminal.process.poll() is None and drawn, f"{rows} rows, {columns} columns")
        terminal.resize(30, 90)
        terminal.process.send_signal(signal.SIGWINCH)
        check(b"q quit" in terminal.read(b"q quit"), "grown")
        terminal.type(b"q")
        check(terminal.ends() == 0, "q")


def not_a_terminal(command):
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    check(result.returncode == 2 and "--once" in result.stderr, "no terminal")
    for kind in ("dumb", "no-such-kind"):
        terminal = Terminal(command, kind, 24, 80)
        check(terminal.ends() == 2, f"a terminal of the kind {kind}")


def ended(iocptop, subject):
    with running([subject]) as (process, _):
        terminal = Terminal([iocptop, "-i", "0.2", str(process.pid)], "xterm", 40, 100)
        terminal.read(b"q quit")
        os.kill(process.pid, signal.SIGSTOP)
        check(b"does not answer" in terminal.read(b"does not answer"), "stopped: says so")
        os.kill(process.pid, signal.SIGCONT)
        process.kill()
        process.wait()
        check(terminal.ends() == 2, "ended: ends too")


def main():
    iocptop, subject = sys.argv[1:]
    with running([subject]) as (process, _):
        command = [iocptop, "-i", "0.3", str(process.pid)]
        for part in (ordinary, keys, sizes, not_a_terminal):
            part(command)
    ended(iocptop, subject)
    return report()


if __name__ == "__main__":
    sys.exit(main())
