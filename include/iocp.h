/* SPDX-License-Identifier: MIT
 *
 * What this library has beyond Windows: its version, the choice of the engine that does the I/O,
 * descriptors made elsewhere, and looks into ports. Everything else is in Windows' headers.
 */
#ifndef IOCP_H
#define IOCP_H

#include "winsock2.h"

#define IOCP_VERSION_MAJOR 0
#define IOCP_VERSION_MINOR 1
#define IOCP_VERSION_PATCH 0
#define IOCP_VERSION_STRING "0.1.0"
#define IOCP_VERSION                                                                               \
    (IOCP_VERSION_MAJOR * 10000 + IOCP_VERSION_MINOR * 100 + IOCP_VERSION_PATCH)

IOCP_BEGIN_DECLS

/* iocp_version: IOCP_VERSION of the library in use, which may be newer than this header. */
int iocp_version(void);

/* iocp_engine_set: chooses the engine: "epoll", "uring" or "auto" (the default; also NULL). To be
 * called before the first socket or port. The environment variable IOCP_ENGINE, if set, decides
 * where this was not called. Returns 0, or ERROR_INVALID_PARAMETER (no such engine),
 * ERROR_NOT_SUPPORTED (the kernel or the container refuses it; the choice is as it was),
 * ERROR_ALREADY_INITIALIZED (too late). */
int iocp_engine_set(const char *name);

/* iocp_engine: the engine in force, "epoll" or "uring", after a choice by "auto" what it chose; the
 * text lives as long as the process. Starts the engine if it was not. */
const char *iocp_engine(void);

/* iocp_watch_set: chooses whether a thread of a port that blocks in a call which is not the
 * library's (read, poll, a lock of another library, a page fault) is noticed and replaced: "proc"
 * (yes, as /proc tells it), "off", or "auto" (the default; also NULL): as "proc" unless the
 * environment variable IOCP_WATCH is "off". May be changed at any time; a port follows at the next
 * packet that finds no free slot. Waits made through the library are exact in any case. Returns 0,
 * or ERROR_INVALID_PARAMETER (no such watcher), ERROR_NOT_SUPPORTED ("proc", and there is no /proc
 * that shows this process), ERROR_TOO_MANY_OPEN_FILES ("proc", and no descriptor is left to read it
 * with); the choice is then as it was. */
int iocp_watch_set(const char *name);

/* iocp_watch: the watcher in force, "proc" or "off", or "none" if it is wanted but /proc cannot be
 * read at this moment (not mounted, mounted for another process namespace, or no descriptor left):
 * then only the library's own waits are noticed. Takes up a /proc that has appeared meanwhile. The
 * text lives as long as the process. */
const char *iocp_watch(void);

/* iocp_adopt: makes a SOCKET of a POSIX socket descriptor, which becomes the library's: overlapped
 * calls and ports take it, closesocket closes it. The value equals the descriptor where the rules
 * for handles allow. INVALID_SOCKET: WSAENOTSOCK, WSAENOBUFS. */
SOCKET iocp_adopt(int fd);

/* iocp_stats_start: from now on iocptop can show the ports of this process (docs/iocptop.md) to the
 * same user and to root. Costs a thread that sleeps until somebody looks, a descriptor, and
 * some nanoseconds for a packet that is queued. The environment variable IOCP_STATS=1 does the same
 * when the first port is made. Calling again does nothing. Returns 0, or ERROR_TOO_MANY_OPEN_FILES,
 * ERROR_NOT_ENOUGH_MEMORY (also: no thread could be started), ERROR_NOT_SUPPORTED (memfd_create is
 * refused, or this is a child after fork); then nothing was started. */
int iocp_stats_start(void);

/* The state of a port at one moment. Set struct_size before the call; a library that knows fewer
 * members sets it to what it filled in. */
struct iocp_port_state {
    DWORD struct_size;    /* sizeof(struct iocp_port_state), in and out */
    DWORD concurrency;    /* how many threads may run at once */
    DWORD devices;        /* handles tied to the port */
    DWORD queue_depth;    /* packets queued and not taken */
    DWORD waiting;        /* threads waiting for a packet */
    DWORD released;       /* threads let in and running: they count against concurrency */
    DWORD paused;         /* threads let in that are blocked elsewhere and do not count */
    DWORD reserved;       /* 0 */
    ULONGLONG packets;    /* packets taken since the port was made */
    ULONGLONG wakeups;    /* times that a waiting thread was woken for them */
    char engine[16];      /* "epoll" or "uring" */
};

/* iocp_port_query: fills in *state. Returns 0, or ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER (NULL, or struct_size below that of struct_size itself). */
int iocp_port_query(HANDLE port, struct iocp_port_state *state);

IOCP_END_DECLS

#endif
