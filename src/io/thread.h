/* SPDX-License-Identifier: MIT
 *
 * Operations as their thread's: those that end with it, as they have no port that their packet
 * could wait in, or an event or a routine besides (CLOSE-12, 14). An operation with nothing but a
 * port is no thread's.
 */
#ifndef IO_THREAD_H
#define IO_THREAD_H

#include "io/operation.h"

/* Not requests of registered I/O (RIO-10), nor an end of the stream that a call has promised
 * (CANC-12). */
static inline bool io_may_cancel(struct engine_request *request)
{
    return !request->foreign && (request->kind != ENGINE_SHUTDOWN || io_overlapped(io_of(request)));
}

/* Cancels those operations of the file that `match` says, wherever they wait; returns how many. */
unsigned io_cancel_matching(struct io_file *file, bool (*match)(struct engine_request *, void *),
                            void *context);

/* The calling thread ends. */
void io_leave_thread(void);

/* Whether the thread has operations under way that end with it, or is in a blocking call. Looks at
 * every file of the process. */
bool io_thread_is_pending(uint32_t thread);

#endif
