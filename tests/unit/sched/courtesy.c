/* SPDX-License-Identifier: MIT
 *
 * How the watchdog's thread competes for processors, as the kernel tells: as a batch, which
 * interrupts nobody; like any other for a while, once it has come late for what was urgent more
 * often than not; and as it did before, if that had been chosen for it.
 */
#include "../expect.h"

#include "base/clock.h"
#include "sched/courtesy.h"
#include "sched/watchdog.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 1000 };

static const int64_t in_time = 50 * NANOSECONDS_PER_MICROSECOND;
static const int64_t late = 2 * NANOSECONDS_PER_MILLISECOND;

static void come(struct courtesy *courtesy, int64_t now, int64_t by, bool urgent, int times)
{
    for (int time = 0; time < times; time++)
        courtesy_woken(courtesy, now - by, now, urgent);
}

static void *test_competing(void *unused)
{
    struct courtesy courtesy;
    int64_t now = NANOSECONDS_PER_SECOND;

    (void)unused;
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_OTHER);
    courtesy_begin(&courtesy);
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_BATCH);

    /* Late for nothing in particular, and late now and then. */
    come(&courtesy, now, late, false, 100);
    for (int round = 0; round < 100; round++) {
        come(&courtesy, now, late, true, 3);
        come(&courtesy, now, in_time, true, 4);
    }
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_BATCH);

    come(&courtesy, now, late, true, 8);
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_OTHER);
    come(&courtesy, now + NANOSECONDS_PER_SECOND, in_time, true, 100);
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_OTHER);

    /* Another try after a while; if that is no better it is given up sooner. */
    now += 10 * NANOSECONDS_PER_SECOND;
    come(&courtesy, now, in_time, false, 1);
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_BATCH);
    come(&courtesy, now, late, true, 3);
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_BATCH);
    come(&courtesy, now, late, true, 1);
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_OTHER);
    return NULL;
}

static void *test_chosen_already(void *unused)
{
    struct sched_param none = {0};
    struct courtesy courtesy;

    (void)unused;
    EXPECT_EQUAL(sched_setscheduler(0, SCHED_IDLE, &none), 0);
    courtesy_begin(&courtesy);
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_IDLE);
    come(&courtesy, NANOSECONDS_PER_SECOND, late, true, 100);
    EXPECT_EQUAL(sched_getscheduler(0), SCHED_IDLE);
    return NULL;
}

/* What a thread changes about itself must not outlive the test. */
static void in_a_thread(void *(*test)(void *unused))
{
    pthread_t thread;

    EXPECT_EQUAL(pthread_create(&thread, NULL, test, NULL), 0);
    pthread_join(thread, NULL);
}

static int watchdog_id(void)
{
    DIR *directory = opendir("/proc/self/task");
    int found = 0;

    for (struct dirent *entry; !found && directory && (entry = readdir(directory));) {
        char path[300], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = fopen(path, "r");
        if (file && fgets(name, sizeof name, file) && strcmp(name, "iocp-watchdog\n") == 0)
            found = (int)strtol(entry->d_name, NULL, 10);
        if (file)
            fclose(file);
    }
    if (directory)
        closedir(directory);
    return found;
}

static void test_watchdog(void)
{
    int policy = -1;

    EXPECT(watchdog_prepare());
    for (int tries = 0; tries < TRIES && policy != SCHED_BATCH; tries++) {
        int id = watchdog_id();
        if (id)
            policy = sched_getscheduler(id);
        nanosleep(&(struct timespec){.tv_nsec = NANOSECONDS_PER_MILLISECOND}, NULL);
    }
    EXPECT_EQUAL(policy, SCHED_BATCH);
}

int main(void)
{
    struct sched_param none = {0};

    EXPECT_EQUAL(sched_setscheduler(0, SCHED_OTHER, &none), 0); /* however the test was started */
    in_a_thread(test_competing);
    in_a_thread(test_chosen_already);
    test_watchdog();
    return expect_report();
}
