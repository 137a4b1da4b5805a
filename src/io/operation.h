/* SPDX-License-Identifier: MIT
 *
 * An overlapped operation's life:
 *
 *   io_begin ---> engine_start ---> io_complete ---> its packet is taken (or its event set ...)
 *      |                                ^
 *      +-- io_abandon (never started)   +-- at once, later, cancelled, closed: always here
 *
 * io_complete is the one place that writes an OVERLAPPED's result. Once the packet is queued the
 * library touches neither the OVERLAPPED nor the buffers again: another thread may have freed them.
 */
#ifndef IO_OPERATION_H
#define IO_OPERATION_H

#include "engine/own.h"
#include "io/file.h"
#include "wait/apc.h"

#include <minwinbase.h>

/* How a completion routine is called: set by whoever knows its signature. */
struct io_routine {
    struct apc apc;
    void (*call)(const struct io_routine *routine);
    void *function; /* the program's */
    struct thread *thread;
    OVERLAPPED *overlapped; /* or a native call's block */
    void *context;          /* of a native call */
    NTSTATUS status;
    uintptr_t information;
};

struct io_operation {
    struct packet packet;
    struct engine_request request;
    struct io_file *file;       /* referenced */
    struct dispatcher *event;   /* hEvent, referenced; or NULL */
    struct io_routine *routine; /* or NULL */
    void *buffers;              /* freed at the end; NULL if there is nothing to free */
    uint32_t thread;            /* who started it */
    uint32_t flags;             /* IO_* */
};

enum io_flags {
    IO_NO_PACKET = 1,  /* hEvent's low bit was set (PKT-8) */
    IO_POSITIONAL = 2, /* part of a larger piece of memory: see io_begin_in */
    IO_NATIVE = 4,     /* begun by a native call: see struct io_native */
};

/* A call of the NT layer: its block (where an OVERLAPPED begins with Internal and InternalHigh),
 * its event and what its packet shows are three things, which an OVERLAPPED has in one. The rooms
 * know OVERLAPPEDs; they are given this one, which lives on the calling thread's stack and ends
 * with the call. What begins in this thread with just that one, while the call is in force, is told
 * of in the block: packet.overlapped is the block's address until the end (CancelIoEx goes by it),
 * and packet.information holds the context. */
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

static inline struct io_operation *io_of(struct engine_request *request)
{
    return CONTAINER_OF(request, struct io_operation, request);
}

/* A new operation on the file for this OVERLAPPED (NULL: one that only the library knows of): its
 * packet is reserved, Internal says pending, the event or the file is reset. Takes a reference on
 * the file. Fails without a trace but for Internal: STATUS_INSUFFICIENT_RESOURCES,
 * STATUS_INVALID_HANDLE (hEvent), or STATUS_INVALID_PARAMETER for a routine on an associated file
 * (PKT-12). */
NTSTATUS io_begin(struct io_file *file, OVERLAPPED *overlapped,
                  void (*call)(const struct io_routine *), void *function,
                  struct io_operation **operation);

/* The same in memory of the caller's, which `give_back` (one function for all) frees in the end,
 * also if this fails. */
NTSTATUS io_begin_in(struct io_operation *operation, void (*give_back)(struct io_operation *),
                     struct io_file *file, OVERLAPPED *overlapped,
                     void (*call)(const struct io_routine *), void *function);

/* OVL-1: what a call with an OVERLAPPED does first; NULL: there is none to mark. */
static inline void io_mark_pending(OVERLAPPED *overlapped)
{
    if (overlapped)
        __atomic_store_n(&overlapped->Internal, (uint32_t)STATUS_PENDING, __ATOMIC_RELEASE);
}

/* A call that fails before there is an operation leaves Internal as pending too (OVL-2). */
static inline NTSTATUS io_refuse(OVERLAPPED *overlapped, NTSTATUS status)
{
    io_mark_pending(overlapped);
    return status;
}

/* Starts the prepared request. STATUS_PENDING, or the outcome if it ended at once, with the bytes
 * in *information. The operation is not the caller's any more. */
NTSTATUS io_start(struct io_operation *operation, enum engine_lane_index lane,
                  uintptr_t *information);

/* Goes on with an operation whose request has ended, as a request of another file's: inside `done`,
 * when the first part does not make the whole. It must be flagged ENGINE_MUST_PEND. The file is
 * referenced by the operation; it may be gone afterwards, as the operation may. */
void io_continue(struct io_operation *operation, struct io_file *file, enum engine_lane_index lane);

/* Starts a request that is no operation (`foreign`): nothing but its `done` tells of it, at once
 * or later. The file is the caller's until the return. */
void io_file_start(struct io_file *file, struct engine_request *request,
                   enum engine_lane_index lane);

/* The engine's view of a file, for kinds of files. */
void io_prepare_accept(void);
void io_file_close(struct io_file *file, int error);
void io_file_renew(struct io_file *file, bool out_held);
void io_file_drain_in(struct io_file *file);
/* The system has been told of the outgoing stream's end, or is being told now. */
static inline bool io_file_is_ending(const struct io_file *file)
{
    return atomic_load(&file->engine.lanes[ENGINE_OUT].ending);
}
/* Watching for readiness beside the operations: see engine_watch. The file is referenced while
 * its kind's `noticed` runs. */
bool io_file_watch(struct io_file *file);
void io_file_unwatch(struct io_file *file);
/* How requests of kind ENGINE_OWN_IN and ENGINE_OWN_OUT are tried: see engine_set_own. */
void io_set_own(engine_own_attempt *in, engine_own_attempt *out);
bool io_file_busy(struct io_file *file, enum engine_lane_index lane);
unsigned io_file_cancel(struct io_file *file, bool (*match)(struct engine_request *, void *),
                        void *context);

/* Undoes io_begin: the call fails at once. */
void io_abandon(struct io_operation *operation);

/* Ends an operation. `at_once`: inside the call that started it, which then reports the result
 * itself: a failure leaves no trace (PKT-2), a success may skip the port (PKT-7). The operation and
 * the OVERLAPPED are not the caller's any more. */
void io_complete(struct io_operation *operation, NTSTATUS status, uintptr_t information,
                 bool at_once);

/* CancelIo, CancelIoEx: `thread` 0: anybody's; overlapped NULL: all. STATUS_NOT_FOUND if nothing
 * matched. */
NTSTATUS io_cancel(struct io_file *file, OVERLAPPED *overlapped, uint32_t thread);

#endif
