# SPDX-License-Identifier: MIT
"""The loads that servers are put under, and the small programs for single questions."""

import dataclasses

from rows import (
    ACCEPT, ACCEPT_URING, ALONE, CALM, FOUR, LEAN, LOOP, ONE, OWN, OWN_16, OWN_URING, REFERENCE,
    SIXTEEN, SIXTY_FOUR, TWO,
)


@dataclasses.dataclass
class Scenario:
    name: str
    title: str
    load: list  # options of iocp-load
    requests: int
    rounds: int
    idle: int = 0
    server_arguments: list = dataclasses.field(default_factory=list)
    also: tuple = ()  # special servers besides all the others
    only: tuple = ()  # these servers and no others
    extra: bool = False  # not by itself: only by name, or for the goals
    counted: bool = False  # with its system calls; the reference counts, its time does not

    def wants(self, server):
        if self.only:
            return server.name in self.only
        return not server.special or server.name in self.also


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
        also=(LEAN,),
    ),
    Scenario(
        "idle18k", "idle connections open, 100 busy ones", ["-c100"], 50000, 3, idle=18000,
        only=(REFERENCE, OWN, OWN_URING, ALONE, LEAN), extra=True,
    ),
    Scenario(
        "block", "each 1000th request blocks for 5 ms in a raw nanosleep", ["-c100"], 100000, 5,
        server_arguments=["--block-every", "1000", "--block-us", "5000"],
        only=(*HANDLER_SERVERS, FOUR, CALM, SIXTEEN),
    ),
    Scenario(
        "arrivals", "as block, while 30,000 requests/s come due by themselves",
        ["-c100", "--rate", "30k"], 40000, 5,
        server_arguments=["--block-every", "1000", "--block-us", "5000"],
        only=(*HANDLER_SERVERS, FOUR, CALM, SIXTEEN), extra=True,
    ),
    Scenario(
        "read", "each 1000th request reads 1 MiB of a file from the disk", ["-c100"], 100000, 5,
        server_arguments=["--read-every", "1000"], only=(*HANDLER_SERVERS, FOUR, SIXTEEN),
    ),
    Scenario(
        "burn", "each request computes for 20 us; the client: two threads that interrupt nobody",
        ["-c100", "-t2", "--polite"], 60000, 5,
        server_arguments=["--burn-us", "20"], only=(*HANDLER_SERVERS, ONE, FOUR, SIXTEEN),
    ),
    Scenario(
        "crowd", "16 threads where 2 would do", ["-c100"], 150000, 5,
        only=(REFERENCE, "asio-2", "asio-16", TWO, FOUR, SIXTEEN),
    ),
    Scenario(
        "workers", "4, 16 and 64 workers where 2 would do", ["-c100"], 150000, 5,
        only=(REFERENCE, OWN, OWN_16, FOUR, SIXTEEN, SIXTY_FOUR),
    ),
    Scenario(
        "accept", "connect, one echo of 64 bytes, close", ["-c100", "--reconnect"], 30000, 5,
        only=(REFERENCE, "raw-uring", LOOP, "asio", "threads", ACCEPT, ACCEPT_URING),
    ),
    Scenario(
        "calls", "system calls for 100 connections", ["-c100", "--warmup", "0"], 20000, 3,
        only=(REFERENCE, OWN, OWN_URING), extra=True, counted=True,
    ),
]


@dataclasses.dataclass
class Micro:
    """A small program of bench/micro that prints one line for each result."""

    name: str
    quick: tuple = ()  # its arguments under --quick
    gate: tuple = None  # its arguments for the gate; None: not there


MICRO = [
    Micro("post_get", gate=("5", "100000")),
    Micro("handoff", gate=("5", "3000")),
    Micro("replacement", gate=("60",)),
    Micro("queue", ("5", "200000"), ("3", "100000")),
    Micro("stream", ("3", "256"), ("3", "128")),
    Micro("udp_echo", ("5", "20000"), ("3", "10000")),
    Micro("startup", ("15",), ("7",)),
]

GATE_ROUNDS = 3


def brief(name, requests, *only, **more):
    """A scenario as the gate has it: as short as tells a real change from noise."""
    scenario = next(scenario for scenario in SCENARIOS if scenario.name == name)
    return dataclasses.replace(
        scenario, requests=requests, rounds=GATE_ROUNDS, only=only, extra=True, **more
    )


GATE = [
    brief("calls", 10000, OWN, OWN_URING),
    brief("c100-64", 30000, REFERENCE, OWN, OWN_URING),
    brief("c1", 4000, REFERENCE, OWN, OWN_URING),
    brief("depth16", 300000, REFERENCE, OWN, OWN_URING),
    brief("workers", 20000, OWN, OWN_16, FOUR, SIXTY_FOUR),
    brief("idle", 20000, OWN, ALONE, LEAN, idle=3000),
    brief("burn", 10000, ONE, FOUR),
    brief("block", 20000, REFERENCE, FOUR, CALM),
    brief("accept", 6000, REFERENCE, ACCEPT, ACCEPT_URING),
]
