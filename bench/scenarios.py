# SPDX-License-Identifier: MIT
"""The loads that servers are put under, and the small programs for single questions."""

import dataclasses

from rows import FOUR, LEAN, LOOP, ONE, REFERENCE, SIXTEEN, TWO


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
