# SPDX-License-Identifier: MIT
"""The servers that are compared: a row of the tables each."""

import dataclasses

EXAMPLE = "echo_accept_loop"  # the library's own echo server, in <build>/examples
REFERENCE = "raw-epoll"
OWN = "iocp-epoll"  # the row that goals judge; also what IOCP_ENGINE=auto takes
OWN_URING = "iocp-uring"
OWN_16 = "iocp-epoll-16"  # the same server with 16 workers
ALONE = "iocp-epoll-alone"  # the same server where others have idle connections
LEAN = "iocp-lean"  # the row whose idle memory is the library's alone
# Rows of the scenarios about handlers: WORKERS-CONCURRENCY, with the handler of all the others.
ONE, TWO, FOUR, SIXTEEN = "iocp-1-1", "iocp-2-2", "iocp-4-2", "iocp-16-2"
SIXTY_FOUR = "iocp-64-2"
CALM = "iocp-4-2-calm"  # without what the scenario asks of handlers
ACCEPT, ACCEPT_URING = "iocp-acceptex", "iocp-acceptex-uring"  # a pool of 64 AcceptEx
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
    special: bool = False  # only in scenarios that name it
    calm: bool = False  # the scenario's server_arguments are for the others


def reference(name, program, *arguments, **more):
    return Server(name, f"bench/servers/{program}", ["{port}", *arguments], **more)


def own(name, program=f"examples/{EXAMPLE}", workers=4, engine="epoll", **more):
    arguments = ["--port", "{port}", "--workers", str(workers), "--concurrency", "2"]
    return Server(name, program, arguments, {"IOCP_ENGINE": engine}, **more)


def library(name, program, *arguments, engine="epoll", **more):
    """A server of bench/servers on the library, named by the scenarios that want it."""
    return Server(
        name, f"bench/servers/{program}", ["{port}", *arguments], {"IOCP_ENGINE": engine},
        special=True, **more,
    )


def handler(name):
    workers, concurrency = name.split("-")[1:3]
    return library(name, "iocp_echo", "-t", workers, "-c", concurrency, calm=name == CALM)


def acceptor(name, engine):
    return library(
        name, "iocp_acceptex", "-t", "4", "-c", "2", "--accepts", "64", engine=engine
    )


SERVERS = [
    reference(REFERENCE, "raw_epoll"),
    reference("raw-epoll-2", "raw_epoll", "-t", "2"),
    reference("raw-uring", "raw_uring"),
    reference(LOOP, "libuv_echo"),
    reference("asio", "asio_echo"),
    reference("asio-2", "asio_echo", "-t", "2"),
    reference("asio-16", "asio_echo", "-t", "16", special=True),
    reference("libevent", "libevent_echo"),
    reference("threads", "thread_echo", most_idle=2000),
    own(OWN),
    own(OWN_URING, engine="uring"),
    own(OWN_16, workers=16, special=True),
    own(ALONE, special=True, most_idle=1),
    own(WINE, f"../mingw/examples/{EXAMPLE}.exe", wine=True, most_idle=0, request_share=0.05),
    library(LEAN, "iocp_lean", knobs=False),
    acceptor(ACCEPT, "epoll"),
    acceptor(ACCEPT_URING, "uring"),
    *(handler(name) for name in (ONE, TWO, FOUR, CALM, SIXTEEN, SIXTY_FOUR)),
]
