/* SPDX-License-Identifier: MIT
 *
 * Alarms: a function called at a time, by one thread for the whole process, which lives while
 * somebody may set one: between alarm_begin and alarm_end. Setting one cannot fail there.
 *
 * Each alarm belongs to an owner whose lock the functions need, but for `ring`, which is called
 * without and asks alarm_is_current under it: between the time and the owner's lock the alarm may
 * have been stopped or set anew, and that call is to be ignored. An armed alarm holds a reference
 * on its owner, which alarm_stop hands back if it returns true and `ring` owns otherwise.
 */
#ifndef BASE_ALARM_H
#define BASE_ALARM_H

#include <stdbool.h>
#include <stdint.h>

struct alarm {
    void (*ring)(struct alarm *alarm);
    bool armed;     /* this and the next: the owner's lock */
    uint32_t stale; /* calls on their way that are to be ignored */
    int64_t due;    /* this and the rest: alarm_lock, unless the alarm is not set */
    bool set;
    struct alarm *child; /* earliest of those that come after this one */
    struct alarm *next;  /* sibling */
    struct alarm **link; /* what points here */
};

/* Sees to it that there is a thread until alarm_end; false if there cannot be one now. */
bool alarm_begin(void);
void alarm_end(void);

/* The alarm must not be armed. */
void alarm_arm(struct alarm *alarm, int64_t due);

/* True if it was set and will not ring. */
bool alarm_stop(struct alarm *alarm);

/* First thing in `ring`. True: the call counts, and the alarm is not armed any more. */
bool alarm_is_current(struct alarm *alarm);

#endif
