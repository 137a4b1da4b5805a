/* SPDX-License-Identifier: MIT
 *
 * The memory in which a process shows its ports, as its readers see it (tools/iocptop is one): a
 * memfd of this name and of exactly this size, sealed against any change of it, which a reader
 * finds among the descriptors in /proc/PID/fd. Fixed-width types and no pointers; whatever changes
 * here changes STATS_VERSION. This header includes nothing of the library.
 *
 * A reader adds one to control.request and wakes it (a shared futex). The process writes a snapshot
 * and stores what it has answered in control.answered, and wakes that. While it writes,
 * control.sequence is odd; a copy is good if the sequence was even and the same before and after.
 * A reader believes nothing of what it reads: counts may exceed the lists, texts may not end.
 */
#ifndef STATS_LAYOUT_H
#define STATS_LAYOUT_H

#include <stdint.h>

#define STATS_MEMORY_NAME "iocp-stats"
#define STATS_MAGIC 0x7374617470636f69ull /* "iocpstat" */
#define STATS_VERSION 1u

enum {
    STATS_PORTS = 64,    /* ports that are shown */
    STATS_DEVICES = 128, /* devices that are named, of one port */
    STATS_THREADS = 128, /* threads that are named, of one list */
    STATS_TEXT = 16,     /* bytes of a text, its end included */
};

struct stats_control {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* of the whole memory */
    uint32_t process_id;
    uint32_t sequence;
    uint32_t request;
    uint32_t answered;
};

struct stats_process {
    uint64_t snapshots;    /* taken so far; 0: there is none yet */
    int64_t taken_at;      /* nanoseconds of CLOCK_MONOTONIC, for rates */
    int64_t taken_at_real; /* nanoseconds of CLOCK_REALTIME, for the snapshot's age */
    uint32_t ports;        /* all that are open */
    uint32_t ports_listed;
    char engine[STATS_TEXT];  /* "epoll", "uring"; empty: none was needed yet */
    char watcher[STATS_TEXT]; /* how blocked threads are noticed: "proc", "off", "none" */
};

struct stats_device {
    uint64_t handle;
    uint64_t key;
    uint32_t pending; /* operations */
    uint32_t reserved;
    char kind[STATS_TEXT]; /* "socket" ... */
};

enum stats_thread_flags {
    STATS_THREAD_POLLS = 1, /* of the waiting: it polls for completions meanwhile */
    STATS_THREAD_FOUND = 2, /* of the paused: found blocked outside the library's own waits */
};

struct stats_thread {
    uint32_t id; /* gettid */
    uint32_t flags;
};

struct stats_threads {
    uint32_t count; /* all */
    uint32_t listed;
    struct stats_thread list[STATS_THREADS];
};

#define STATS_AGE_UNKNOWN UINT64_MAX

struct stats_port {
    uint64_t handle;
    uint64_t packets_in, packets_out; /* since the port was made, as the next two */
    uint64_t wakeups;                 /* times that a waiting thread was woken */
    uint64_t replacements;            /* of those, because another thread of the port blocked */
    uint64_t head_age;                /* nanoseconds that the oldest queued packet lies there */
    uint32_t concurrency;
    uint32_t depth; /* packets queued */
    uint32_t devices;
    uint32_t devices_listed;
    struct stats_threads waiting;  /* newest first */
    struct stats_threads released; /* in the order in which they came to the port, as the next */
    struct stats_threads paused;
    struct stats_device device[STATS_DEVICES];
};

struct stats_memory {
    struct stats_control control;
    struct stats_process process;
    struct stats_port port[STATS_PORTS];
};

_Static_assert(sizeof(struct stats_control) == 32, "no padding");
_Static_assert(sizeof(struct stats_process) == 64, "no padding");
_Static_assert(sizeof(struct stats_device) == 40, "no padding");
_Static_assert(sizeof(struct stats_threads) == 8 + 8 * STATS_THREADS, "no padding");
_Static_assert(sizeof(struct stats_port) ==
                   64 + 3 * sizeof(struct stats_threads) + STATS_DEVICES * 40,
               "no padding");

#endif
