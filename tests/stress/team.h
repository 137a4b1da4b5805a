/* SPDX-License-Identifier: MIT
 *
 * Threads of one port for the tests of the watcher: each takes packets, and does with one whatever
 * the packet's key says (an index into the program's table of acts). What must happen is waited for
 * with a deadline; what must not happen is looked for during a quiet window.
 */
#ifndef IOCP_TESTS_TEAM_H
#define IOCP_TESTS_TEAM_H

#include "stress.h"

enum { TEAM_MOST = 8, TEAM_DEADLINE_MS = 5000, TEAM_QUIET_MS = 150 };

struct team {
    HANDLE port;
    HANDLE threads[TEAM_MOST];
    int size;
    void (*act)(ULONG_PTR key); /* called with each packet's key; key 0 ends the thread */
    _Atomic int taken, done;
};

static inline DWORD WINAPI team_run(void *context)
{
    struct team *team = context;
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    while (GetQueuedCompletionStatus(team->port, &bytes, &key, &overlapped, INFINITE)) {
        atomic_fetch_add(&team->taken, 1);
        if (key == 0)
            break;
        team->act(key);
        atomic_fetch_add(&team->done, 1);
    }
    return 0;
}

static inline bool team_reaches(_Atomic int *counter, int value)
{
    for (int tries = 0; tries < TEAM_DEADLINE_MS && atomic_load(counter) < value; tries++)
        stress_nap(1);
    return atomic_load(counter) == value;
}

static inline bool team_stays(_Atomic int *counter, int value)
{
    for (int tries = 0; tries < TEAM_QUIET_MS / 5 && atomic_load(counter) == value; tries++)
        stress_nap(5);
    return atomic_load(counter) == value;
}

static inline struct iocp_port_state team_state(struct team *team)
{
    struct iocp_port_state state = {.struct_size = sizeof state};

    EXPECT_EQUAL(iocp_port_query(team->port, &state), 0);
    return state;
}

/* Until so many wait, run and pause; says what it found otherwise. */
static inline bool team_settles(struct team *team, unsigned waiting, unsigned released,
                                unsigned paused)
{
    struct iocp_port_state state = team_state(team);

    for (int tries = 0; tries < TEAM_DEADLINE_MS; tries++) {
        if (state.waiting == waiting && state.released == released && state.paused == paused)
            return true;
        stress_nap(1);
        state = team_state(team);
    }
    printf("waiting %u, released %u, paused %u; not %u, %u, %u\n", (unsigned)state.waiting,
           (unsigned)state.released, (unsigned)state.paused, waiting, released, paused);
    return false;
}

static inline void team_post(struct team *team, ULONG_PTR key)
{
    EXPECT(PostQueuedCompletionStatus(team->port, 0, key, NULL));
}

static inline void team_start(struct team *team, int limit, int size, void (*act)(ULONG_PTR key))
{
    memset(team, 0, sizeof *team);
    team->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, (DWORD)limit);
    team->size = size;
    team->act = act;
    for (int index = 0; index < size; index++)
        team->threads[index] = CreateThread(NULL, 0, team_run, team, 0, NULL);
    EXPECT(team_settles(team, (unsigned)size, 0, 0));
}

/* All acts must be over, or end by themselves. */
static inline void team_end(struct team *team)
{
    for (int index = 0; index < team->size; index++)
        team_post(team, 0);
    for (int index = 0; index < team->size; index++) {
        EXPECT_EQUAL(WaitForSingleObject(team->threads[index], 2 * TEAM_DEADLINE_MS),
                     WAIT_OBJECT_0);
        EXPECT(CloseHandle(team->threads[index]));
    }
    EXPECT(CloseHandle(team->port));
}

/* Computes, without a system call, until told to stop. */
static inline void team_compute(_Atomic int *stop)
{
    volatile unsigned long work = 0;

    while (!atomic_load_explicit(stop, memory_order_relaxed))
        for (int turns = 0; turns < 10000; turns++)
            work = work + 1;
}

#endif
