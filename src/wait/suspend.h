/* SPDX-License-Identifier: MIT
 *
 * Standing still: what wait/thread.c tells this file about a thread's life.
 */
#ifndef WAIT_SUSPEND_H
#define WAIT_SUSPEND_H

#include "wait/thread.h"

/* A new thread object. */
void suspend_init(struct thread *thread);

/* It shall stand still before it begins to run; nobody else knows it yet. */
void suspend_from_start(struct thread *thread);

/* The calling thread is this one and begins to run; returns when it is not, or no longer, held. */
void suspend_attach(struct thread *thread);

/* It ends; nobody will signal it from now on. */
void suspend_detach(struct thread *thread);

#endif
