/* SPDX-License-Identifier: MIT
 *
 * A thread that comes back from a wait while another, let out instead of it, works off short
 * packets: it stands by. In each round one thread waits for an event in its handler, the other
 * takes many packets, sets the event, and, when the first has had the time to come back for
 * packets, takes those that are left: all of them. Somebody else may have needed a processor in the
 * middle, so most rounds count. In other rounds it stays away instead, computing: who stands by is
 * let in. And who took few packets meanwhile is not trusted: then the first takes one at once.
 */
#include "../expect.h"
#include "clock.h"

#include <windows.h>

#include <stdbool.h>
#include <stdio.h>

enum {
    LIMIT = 2,
    MANY = 200,
    FEW = 8,
    LEFT = 16,
    ROUNDS = 20,
    COMING_NS = 30000,
    AWAY_MOST_NS = 500000000,
};

enum scene { SCENE_MANY, SCENE_FEW, SCENE_AWAY };

static HANDLE port, event;
static _Atomic bool waits, comes, helped;

static void post(int count)
{
    for (int index = 0; index < count; index++)
        EXPECT(PostQueuedCompletionStatus(port, 1, 0, NULL));
}

static DWORD take(DWORD milliseconds)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes = 0;

    return GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, milliseconds) ? bytes : 0;
}

/* The first: takes a packet, waits in its handler, comes back for another. */
static DWORD WINAPI blocker(LPVOID unused)
{
    (void)unused;
    EXPECT_EQUAL(take(INFINITE), 1);
    atomic_store(&waits, true);
    EXPECT_EQUAL(WaitForSingleObject(event, INFINITE), WAIT_OBJECT_0);
    atomic_store(&comes, true);
    if (take(1000) == 1)
        atomic_store(&helped, true);
    return 0;
}

static void pause_until(_Atomic bool *flag, int64_t most)
{
    int64_t late = now() + most;

    while (!atomic_load(flag) && now() < late)
        continue;
}

/* The other; returns how many of the packets that were left at the end it took. */
static int stand_in(enum scene scene)
{
    int64_t coming;
    int taken = 0;

    pause_until(&waits, AWAY_MOST_NS);
    post((scene == SCENE_FEW ? FEW : MANY) + LEFT);
    for (int index = 0; index < (scene == SCENE_FEW ? FEW : MANY); index++)
        EXPECT_EQUAL(take(0), 1);
    EXPECT(SetEvent(event));
    pause_until(&comes, AWAY_MOST_NS);
    for (coming = now(); now() < coming + COMING_NS;)
        continue;
    if (scene == SCENE_AWAY)
        pause_until(&helped, AWAY_MOST_NS);
    while (take(0) == 1)
        taken++;
    return taken;
}

/* Whether the stand-in was left alone with what there was. */
static bool round_of(enum scene scene)
{
    atomic_store(&waits, false);
    atomic_store(&comes, false);
    atomic_store(&helped, false);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, LIMIT);
    event = CreateEventW(NULL, FALSE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, blocker, NULL, 0, NULL);
    /* So that this thread is one of the port's, and runs. */
    EXPECT_EQUAL(take(0), 0);
    post(1);
    int taken = stand_in(scene);
    post(1); /* for who still stands by */
    EXPECT_EQUAL(WaitForSingleObject(thread, 10000), WAIT_OBJECT_0);
    EXPECT(atomic_load(&helped));
    CloseHandle(thread);
    CloseHandle(event);
    CloseHandle(port);
    return taken == LEFT;
}

static int rounds_alone(enum scene scene, const char *name)
{
    int alone = 0;

    for (int index = 0; index < ROUNDS; index++)
        alone += round_of(scene);
    printf("%s: left alone in %d of %d rounds\n", name, alone, ROUNDS);
    return alone;
}

int main(void)
{
    EXPECT(rounds_alone(SCENE_MANY, "after many packets") > ROUNDS / 2);
    EXPECT(rounds_alone(SCENE_FEW, "after few packets") < ROUNDS / 2);
    EXPECT_EQUAL(rounds_alone(SCENE_AWAY, "away"), 0);
    return expect_report();
}
