/* SPDX-License-Identifier: MIT
 *
 * How a call of the NT layer goes the way of its Win32 call. (operation.c has the two functions.)
 */
#ifndef IO_NATIVE_H
#define IO_NATIVE_H

#include "io/operation.h"

/* The call's block (where an OVERLAPPED begins with Internal and InternalHigh), its event and what
 * its packet shows are three things, which an OVERLAPPED has in one. The rooms know OVERLAPPEDs;
 * they are given this one, which lives on the calling thread's stack and ends with the call. What
 * begins in this thread with just that one, while the call is in force, has the block in its place:
 * that is where the result goes and what CancelIoEx goes by. */
struct io_native {
    OVERLAPPED overlapped; /* Offset, OffsetHigh and hEvent as for any call */
    void *block;           /* IO_STATUS_BLOCK */
    void *context; /* the packet's value and the routine's first argument; NULL: no packet */
    void *routine; /* the program's, or NULL */
    void (*call)(const struct io_routine *routine);
    struct io_native *outer;
};
void io_native_enter(struct io_native *native);
void io_native_leave(struct io_native *native);

#endif
