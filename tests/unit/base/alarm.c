/* SPDX-License-Identifier: MIT
 *
 * Alarms: they ring in the order of their times however they were set, stopped ones do not, and the
 * thread goes when nobody uses them any more.
 */
#include "../expect.h"

#include "base/alarm.h"
#include "base/clock.h"
#include "base/compiler.h"
#include "base/lock.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ALARMS = 1000, STEP_NS = 1000, SOON_MS = 500 };

struct owner {
    struct alarm alarm;
    int64_t due;
    bool stopped;
};

static struct owner owners[ALARMS];
static struct lock owners_lock; /* of all owners */
static unsigned rung;           /* owners_lock */
static int64_t latest;          /* owners_lock: the due time of the one before */

static void ring(struct alarm *alarm)
{
    struct owner *owner = CONTAINER_OF(alarm, struct owner, alarm);

    lock_take(&owners_lock);
    EXPECT(clock_now() >= owner->due);
    if (alarm_is_current(alarm)) {
        EXPECT(!owner->stopped);
        EXPECT(owner->due > latest);
        latest = owner->due;
        rung++;
    }
    lock_drop(&owners_lock);
}

static void nap(void)
{
    usleep(2000);
}

static unsigned rung_so_far(void)
{
    lock_take(&owners_lock);
    unsigned now = rung;
    lock_drop(&owners_lock);
    return now;
}

/* Sets all of them, in an order that is not that of their times. */
static void set_all(int64_t base)
{
    for (unsigned i = 0; i < ALARMS; i++) {
        struct owner *owner = &owners[i];
        lock_take(&owners_lock);
        owner->alarm = (struct alarm){.ring = ring};
        owner->stopped = false;
        owner->due = base + (int64_t)(i * 387 % ALARMS) * STEP_NS; /* each once */
        alarm_arm(&owner->alarm, owner->due);
        lock_drop(&owners_lock);
    }
}

/* Every third is stopped, of these every other set again for later. Returns how many will ring. */
static unsigned change_some(int64_t later)
{
    unsigned expected = ALARMS;

    for (unsigned i = 0; i < ALARMS; i += 3) {
        struct owner *owner = &owners[i];
        lock_take(&owners_lock);
        EXPECT(alarm_stop(&owner->alarm));
        EXPECT(!alarm_stop(&owner->alarm));
        owner->stopped = i % 2 != 0;
        if (!owner->stopped) {
            owner->due = later + (int64_t)i * STEP_NS;
            alarm_arm(&owner->alarm, owner->due);
        }
        expected -= owner->stopped;
        lock_drop(&owners_lock);
    }
    return expected;
}

static void order(void)
{
    int64_t start = clock_now();
    int64_t base = start + SOON_MS * NANOSECONDS_PER_MILLISECOND;

    EXPECT(alarm_begin());
    set_all(base);
    unsigned expected = change_some(base + ALARMS * STEP_NS);
    EXPECT_EQUAL(rung_so_far(), 0);
    while (rung_so_far() < expected && clock_now() < start + 10 * NANOSECONDS_PER_SECOND)
        nap();
    nap();
    EXPECT_EQUAL(rung_so_far(), expected);
    alarm_end();
}

/* Whether the thread of that name is there; a sanitizer may have threads of its own. */
static bool served(void)
{
    DIR *tasks = opendir("/proc/self/task");
    bool found = false;

    for (struct dirent *task; tasks && (task = readdir(tasks)) != NULL;) {
        char path[300], name[32] = "";
        snprintf(path, sizeof(path), "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "r");
        if (!file)
            continue;
        found |= fgets(name, sizeof(name), file) && strcmp(name, "iocp-timers\n") == 0;
        fclose(file);
    }
    if (tasks)
        closedir(tasks);
    return found;
}

static void ending(void)
{
    int64_t start = clock_now();

    EXPECT(served()); /* who comes back soon finds it there */
    while (served() && clock_now() < start + 10 * NANOSECONDS_PER_SECOND)
        nap();
    EXPECT(!served());
    rung = 0;
    latest = 0;
    order(); /* with a new thread */
}

int main(void)
{
    order();
    ending();
    return expect_report();
}
