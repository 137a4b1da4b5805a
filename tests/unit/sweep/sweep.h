/* SPDX-License-Identifier: MIT
 *
 * The fault sweep: the first pass of a fault point fails, then the second, and so on, until a
 * scenario gets through without meeting the fault. Every step runs in a process of its own, so that
 * what the library makes only once (its threads, pages, chunks) fails as well, and a hang ends with
 * an alarm and counts as a failure.
 *
 * A step runs the scenario four times: cold with the fault, clean, warm with the fault, clean. The
 * clean runs must pass; descriptors and (in debug builds) references must be what they are after
 * two clean runs in a process that met no fault.
 *
 * A scenario is written with SWEEP_WIN32 and SWEEP_WINSOCK around the calls that may fail for want
 * of resources; they check the error code, and that a fault is to blame.
 */
#ifndef IOCP_TESTS_UNIT_SWEEP_H
#define IOCP_TESTS_UNIT_SWEEP_H

#include "unit/descriptors.h"
#include "unit/expect.h"

#include "base/fault.h"
#include "object/object.h"

#include <winsock2.h>
#include <windows.h>
#include <iocp.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SWEEP_SECONDS 20    /* a step that takes longer hangs */
#define SWEEP_MOST 400      /* steps; more means that the sweep does not end */
#define SWEEP_PATIENCE 5000 /* ms within which what must come has come */

struct sweep_scenario {
    const char *name;
    bool (*run)(void); /* false: given up after a failed call, everything cleaned up */
};

static const char *const sweep_points[FAULT_POINTS] = {"memory", "descriptor", "thread", "disk"};
static enum fault_point sweep_point;
static HANDLE sweep_neutral; /* a port of this process that nothing happens on */
static bool sweep_faulty;    /* this run has a fault ahead or behind */

static inline bool sweep_was_hit(void)
{
    return sweep_faulty && atomic_load(&fault_countdown[sweep_point]) == 0;
}

static inline bool sweep_is_one_of(DWORD error, const DWORD *allowed)
{
    while (*allowed && *allowed != error)
        allowed++;
    return *allowed != 0;
}

static inline bool sweep_judge(bool succeeded, DWORD error, const DWORD *allowed, const char *call,
                               int line)
{
    if (succeeded)
        return true;
    if (!sweep_was_hit() || !sweep_is_one_of(error, allowed)) {
        atomic_fetch_add(&expect_failures, 1);
        printf("FAIL line %d: %s: error %u%s\n", line, call, (unsigned)error,
               sweep_was_hit() ? "" : " without a fault");
    }
    return false;
}

/* 1450 no resources, 8 no memory, 4 no descriptors, 164 no thread. */
#define SWEEP_WIN32(call)                                                                          \
    ({                                                                                             \
        bool sweep_passed = (call);                                                                \
        sweep_judge(sweep_passed, GetLastError(), (const DWORD[]){1450, 8, 4, 164, 0}, #call,      \
                    __LINE__);                                                                     \
    })
/* 10055 no memory, 10024 no descriptors. */
#define SWEEP_WINSOCK(call)                                                                        \
    ({                                                                                             \
        bool sweep_passed = (call);                                                                \
        sweep_judge(sweep_passed, GetLastError(), (const DWORD[]){10055, 10024, 0}, #call,         \
                    __LINE__);                                                                     \
    })

/* A native call, which tells want of memory by its status. */
#define SWEEP_NATIVE(call)                                                                         \
    ({                                                                                             \
        NTSTATUS sweep_status = (call);                                                            \
        SetLastError((DWORD)sweep_status);                                                         \
        sweep_judge(sweep_status >= 0, GetLastError(), (const DWORD[]){0xC0000017, 0}, #call,      \
                    __LINE__);                                                                     \
    })

/* What must be as it was. A reference may be given back a moment after the last packet was taken,
 * by whoever delivered it, and an ended thread's own go a moment after it was joined. */
struct sweep_balance {
    long descriptors; /* no padding: balances are compared as bytes */
    long references[OBJ_REF_REASONS];
};

static inline struct sweep_balance sweep_balance(void)
{
    struct sweep_balance balance = {.descriptors = descriptors_open()};

#ifndef NDEBUG
    for (int reason = 0; reason < OBJ_REF_REASONS; reason++)
        balance.references[reason] = atomic_load(&object_reference_count[reason]);
#endif
    return balance;
}

static inline void sweep_nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

/* At rest: the watchdog keeps a port for the moment that it looks at it. What it opens for that
 * stays open, and belongs into the balance. */
static inline struct sweep_balance sweep_balance_at_rest(void)
{
    struct sweep_balance rest, before;

    rest = sweep_balance();
    for (int look = 0; look < 5; look++) {
        before = rest;
        sweep_nap();
        rest = sweep_balance();
        for (int reason = 0; reason < OBJ_REF_REASONS; reason++)
            rest.references[reason] = min(rest.references[reason], before.references[reason]);
    }
    return rest;
}

static inline void sweep_expect_balance(const struct sweep_balance *wanted, const char *when)
{
    struct sweep_balance found = sweep_balance();

    for (int tries = 0; tries < 100 && memcmp(&found, wanted, sizeof found) != 0; tries++) {
        sweep_nap();
        found = sweep_balance();
    }
    if (found.descriptors != wanted->descriptors) {
        atomic_fetch_add(&expect_failures, 1);
        printf("FAIL %s: %ld descriptors, not %ld\n", when, found.descriptors, wanted->descriptors);
    }
    for (int reason = 0; reason < OBJ_REF_REASONS; reason++)
        if (found.references[reason] != wanted->references[reason]) {
            atomic_fetch_add(&expect_failures, 1);
            printf("FAIL %s: %ld references of reason %d, not %ld\n", when,
                   found.references[reason], reason, wanted->references[reason]);
        }
}

/* Moves this thread's binding away from the scenario's port, which it would keep alive. */
static inline void sweep_unbind(void)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    EXPECT(!GetQueuedCompletionStatus(sweep_neutral, &bytes, &key, &overlapped, 0));
}

/* Starts what the library starts once and then keeps, but a scenario only starts by chance: the
 * service thread takes over a port when its threads stay away for long enough. */
static inline void sweep_start_service(void)
{
    OVERLAPPED overlapped;
    WSABUF buffer;
    DWORD flags = 0;
    char byte;
    int ends[2];

    memset(&overlapped, 0, sizeof overlapped);
    buffer.len = 1;
    buffer.buf = &byte;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return;
    EXPECT(WSARecv((SOCKET)ends[0], &buffer, 1, NULL, &flags, &overlapped, NULL) != 0);
    EXPECT_EQUAL(GetLastError(), WSA_IO_PENDING);
    EXPECT_EQUAL(closesocket((SOCKET)ends[0]), 0);
    close(ends[1]);
}

static inline void sweep_clean(const struct sweep_scenario *scenario)
{
    sweep_faulty = false;
    EXPECT(scenario->run());
    sweep_unbind();
}

/* Returns whether the fault was met. */
static inline bool sweep_fault(const struct sweep_scenario *scenario, int number)
{
    sweep_faulty = true;
    atomic_store(&fault_countdown[sweep_point], number);
    bool passed = scenario->run();
    bool hit = sweep_was_hit();
    atomic_store(&fault_countdown[sweep_point], 0);
    sweep_unbind();
    EXPECT(passed || hit);
    return hit;
}

/* The process of one step: exit status 0: the fault was met; 2: it was not, the sweep is over. */
static inline int sweep_step(const struct sweep_scenario *scenario, int number,
                             const struct sweep_balance *wanted)
{
    bool hit = sweep_fault(scenario, number);

    sweep_clean(scenario);
    sweep_start_service();
    sweep_expect_balance(wanted, "after a cold fault");
    if (hit) {
        sweep_fault(scenario, number);
        sweep_expect_balance(wanted, "after a warm fault");
        sweep_clean(scenario);
        sweep_expect_balance(wanted, "at the end");
    }
    return atomic_load(&expect_failures) ? 1 : hit ? 0 : 2;
}

/* What two clean runs leave goes through the pipe; a third must change nothing. */
static inline int sweep_first(const struct sweep_scenario *scenario, int end)
{
    sweep_clean(scenario);
    sweep_clean(scenario);
    sweep_start_service();
    struct sweep_balance first = sweep_balance_at_rest();
    sweep_clean(scenario);
    sweep_expect_balance(&first, "after a clean run");
    return atomic_load(&expect_failures) || write(end, &first, sizeof first) != sizeof first;
}

/* Runs a step in a process of its own, or with number 0 finds out the balance. */
static inline int sweep_fork(const struct sweep_scenario *scenario, int number,
                             struct sweep_balance *balance)
{
    int ends[2], status = 0;

    fflush(stdout);
    if (pipe(ends) < 0)
        return 1;
    pid_t child = fork();
    if (child == 0) {
        WSADATA data;
        int result;
        atomic_store(&expect_failures, 0); /* the parent counts its own */
        alarm(SWEEP_SECONDS);
        EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
        sweep_neutral = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
        iocp_engine(); /* a fault in the probe would choose the other engine for good */
        result = number ? sweep_step(scenario, number, balance) : sweep_first(scenario, ends[1]);
        fflush(stdout);
        exit(result);
    }
    close(ends[1]);
    if (!number && read(ends[0], balance, sizeof *balance) != sizeof *balance)
        status = 1;
    close(ends[0]);
    int ended = 0;
    waitpid(child, &ended, 0);
    if (WIFSIGNALED(ended)) {
        printf("signal %d%s\n", WTERMSIG(ended), WTERMSIG(ended) == SIGALRM ? " (a hang)" : "");
        return 1;
    }
    return status ? status : WEXITSTATUS(ended);
}

static inline void sweep_scenario(const struct sweep_scenario *scenario)
{
    struct sweep_balance balance;

    int clean = sweep_fork(scenario, 0, &balance);
    EXPECT_EQUAL(clean, 0);
    if (clean)
        return;
    for (int point = 0; point < FAULT_POINTS; point++) {
        int number = 1, result;
        sweep_point = point;
        while ((result = sweep_fork(scenario, number, &balance)) == 0 && number < SWEEP_MOST)
            number++;
        EXPECT_EQUAL(result, 2);
        printf("%s: %s fails %d times, then not\n", scenario->name, sweep_points[point],
               number - 1);
    }
}

/* Every scenario, or those named on the command line. */
static inline int sweep_main(const struct sweep_scenario *scenarios, int count, char **names)
{
    for (int index = 0; index < count; index++) {
        bool wanted = !names[1];
        for (char **name = names + 1; *name; name++)
            wanted |= strcmp(*name, scenarios[index].name) == 0;
        if (wanted)
            sweep_scenario(&scenarios[index]);
    }
    return expect_report();
}

#endif
