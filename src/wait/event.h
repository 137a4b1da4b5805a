/* SPDX-License-Identifier: MIT
 *
 * Events (WAIT-6). An event is set and reset with dispatcher_set and dispatcher_reset.
 */
#ifndef WAIT_EVENT_H
#define WAIT_EVENT_H

#include "wait/dispatcher.h"

extern const struct object_ops event_ops;

/* An event with a reference (OBJ_REF_CALL), or NULL when memory is short. A manual one stays set
 * until it is reset; the other kind is reset by the wait that it lets through. */
struct dispatcher *event_new(bool manual, bool set);

/* Sets or resets it; true if it was set. Dearer than dispatcher_set and dispatcher_reset. */
bool event_exchange(struct dispatcher *event, bool set);

/* Lets through who waits at this moment and leaves the event reset; true if it was set. */
bool event_pulse(struct dispatcher *event);

#endif
