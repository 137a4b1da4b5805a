/* SPDX-License-Identifier: MIT
 *
 * This process as an object: what the pseudo handle of GetCurrentProcess names. It is waitable and
 * never signalled, since nobody is left to see its end.
 */
#ifndef WAIT_PROCESS_H
#define WAIT_PROCESS_H

#include "wait/dispatcher.h"

extern const struct object_ops process_ops;
extern struct dispatcher process_self;

#endif
