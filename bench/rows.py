# SPDX-License-Identifier: MIT
"""The servers that are compared: a row of the tables each."""

import dataclasses

EXAMPLE = "echo_accept_loop"  # the library's own echo server, in <build>/examples
REFERENCE = "raw-epoll"
OWN = "iocp-epoll"  # the row that --gate checks
LEAN = "iocp-lean"  # the row whose idle memory is the library's alone
# Rows of the scenarios about handlers: WORKERS-CONCURRENCY, with the handler of all the others.
ONE, TWO, FOUR, SIXTEEN = "iocp-1-1", "iocp-2-2", "iocp-4-2", "iocp-16-2"
LOOP = "libuv"  # one loop, for comparison
WINE = "iocp-wine"


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
