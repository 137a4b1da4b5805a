/* SPDX-License-Identifier: MIT
 *
 * A pool's threads: how many there are, that they leave, and that an idle pool sleeps.
 */
#include "unit/expect.h"

#include "pool/pool.h"

#include <windows.h>

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static void nap(unsigned milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000L}, NULL);
}

/* Threads of the process by this name, and how often they were switched to. */
static int threads_named(const char *name, long *switches)
{
    DIR *directory = opendir("/proc/self/task");
    struct dirent *entry;
    int count = 0;

    *switches = 0;
    while ((entry = readdir(directory))) {
        char path[300], line[128], found[32] = "";
        long number;
        snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (!file)
            continue;
        long mine = 0;
        while (fgets(line, sizeof line, file)) {
            sscanf(line, "Name: %31s", found);
            if (sscanf(line, "voluntary_ctxt_switches: %ld", &number) == 1)
                mine = number;
        }
        fclose(file);
        if (strcmp(found, name) == 0) {
            count++;
            *switches += mine;
        }
    }
    closedir(directory);
    return count;
}

static HANDLE gate;
static _Atomic int inside, ended;

static void CALLBACK wait_at_gate(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)instance;
    (void)context;
    (void)work;
    atomic_fetch_add(&inside, 1);
    WaitForSingleObject(gate, INFINITE);
    atomic_fetch_add(&ended, 1);
}

static void becomes(_Atomic int *number, int wanted)
{
    for (int round = 0; round < 1000 && atomic_load(number) < wanted; round++)
        nap(5);
    EXPECT_EQUAL(atomic_load(number), wanted);
}

static void pools_shrink(void)
{
    enum { MANY = 40 };
    TP_CALLBACK_ENVIRON environment;
    PTP_POOL pool = CreateThreadpool(NULL);
    long before, after;

    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    PTP_WORK work = CreateThreadpoolWork(wait_at_gate, NULL, &environment);
    EXPECT(pool && work);
    EXPECT_EQUAL(threads_named("iocp-pool", &before), 0);
    atomic_store(&inside, 0);
    atomic_store(&ended, 0);
    for (int round = 0; round < MANY; round++)
        SubmitThreadpoolWork(work);
    becomes(&inside, MANY);
    EXPECT_EQUAL(threads_named("iocp-pool", &before), MANY);
    EXPECT_EQUAL(pool_threads((struct pool *)pool), MANY);
    SetEvent(gate);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    EXPECT(SetThreadpoolThreadMinimum(pool, 2));
    int left = MANY;
    for (int round = 0; round < 3 * POOL_IDLE_MS / 50 && left > 2; round++) {
        nap(50);
        left = threads_named("iocp-pool", &before);
    }
    EXPECT_EQUAL(left, 2);
    EXPECT_EQUAL(pool_threads((struct pool *)pool), 2);

    /* The kept ones sleep without a timer, and nobody ticks for them. */
    long dog_before, dog_after;
    nap(50);
    threads_named("iocp-pool", &before);
    threads_named("iocp-watchdog", &dog_before);
    nap(POOL_IDLE_MS + 500);
    EXPECT_EQUAL(threads_named("iocp-pool", &after), 2);
    EXPECT_EQUAL(after, before);
    threads_named("iocp-watchdog", &dog_after);
    EXPECT_EQUAL(dog_after, dog_before);

    /* A lower minimum reaches them all the same. */
    EXPECT(SetThreadpoolThreadMinimum(pool, 0));
    for (int round = 0; round < 3 * POOL_IDLE_MS / 50 && left; round++) {
        nap(50);
        left = threads_named("iocp-pool", &before);
    }
    EXPECT_EQUAL(left, 0);

    /* And a pool without threads gets some again. */
    SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    EXPECT_EQUAL(atomic_load(&ended), MANY + 1);
    CloseThreadpoolWork(work);
    CloseThreadpool(pool);
    for (int round = 0; round < 100 && threads_named("iocp-pool", &before); round++)
        nap(10);
    EXPECT_EQUAL(threads_named("iocp-pool", &before), 0);
}

static void CALLBACK end_thread(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
    (void)instance;
    (void)context;
    ExitThread(7);
}

/* Callbacks must not end their thread; if one does the pool's counts survive. */
static void threads_that_end_are_counted_out(void)
{
    struct pool *pool = pool_default();

    for (int round = 0; round < 10; round++)
        EXPECT(TrySubmitThreadpoolCallback(end_thread, NULL, NULL));
    for (int round = 0; round < 400 && pool_threads(pool); round++)
        nap(10);
    EXPECT_EQUAL(pool_threads(pool), 0);
    PTP_WORK work = CreateThreadpoolWork(wait_at_gate, NULL, NULL);
    atomic_store(&ended, 0);
    SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    EXPECT_EQUAL(atomic_load(&ended), 1);
    CloseThreadpoolWork(work);
}

int main(void)
{
    gate = CreateEventA(NULL, TRUE, FALSE, NULL);
    SetEvent(gate);
    threads_that_end_are_counted_out();
    ResetEvent(gate);
    nap(POOL_IDLE_MS + 500);
    pools_shrink();
    return expect_report();
}
