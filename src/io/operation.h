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

#include "io/file.h"
#include "io/lanes.h"
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

/* What an operation has besides, if it has an event or a routine or needs memory: in front of that
 * memory. */
struct io_side {
    OVERLAPPED *overlapped;
    struct dispatcher *event; /* IO_EVENT: hEvent, referenced */
    union {
        struct io_routine *routine; /* IO_ROUTINE */
        void *context;              /* IO_CONTEXT: what the packet shows instead of overlapped */
    };
    struct slab *slab; /* where the memory belongs; NULL: the C library's */
};

/* One cache line: a pending receive of an idle connection is this and no more.
 *
 * Request and packet are never there together. A request has left its lane, or whatever list it
 * waited on, when its `done` is called, so nobody looks at it any more; `done` ends in io_complete,
 * whose last act makes the packet. What outlives the request stands behind the two. */
struct io_operation {
    union {
        struct engine_request request;
        struct packet packet;
    };
    struct io_file *file; /* referenced */
    union {
        OVERLAPPED *overlapped;
        struct io_side *side; /* IO_SIDE, which has the OVERLAPPED then */
    };
    uint32_t thread; /* who started it */
    uint32_t flags;  /* IO_* */
};
_Static_assert(sizeof(struct io_operation) == 64, "memory of an idle connection; a cache line");

enum io_flags {
    IO_NO_PACKET = 1,  /* hEvent's low bit was set (PKT-8) */
    IO_POSITIONAL = 2, /* part of a larger piece of memory: see io_begin_in */
    IO_SIDE = 4,
    IO_EVENT = 8,
    IO_ROUTINE = 16,
    IO_CONTEXT = 32,
};

/* NULL: one that only the library knows of. */
static inline OVERLAPPED *io_overlapped(const struct io_operation *operation)
{
    return UNLIKELY(operation->flags & IO_SIDE) ? operation->side->overlapped
                                                : operation->overlapped;
}

/* Memory that goes with an operation, not cleared; NULL when memory is short. Once an operation
 * keeps it it is found by io_memory, and freed when the operation is. */
void *io_memory_new(size_t size);
void io_memory_free(void *memory);
void io_keep_memory(struct io_operation *operation, void *memory);
/* With no memory if there is none yet; NULL when memory is short. */
struct io_side *io_need_side(struct io_operation *operation);
static inline void *io_memory(const struct io_operation *operation)
{
    return operation->side + 1;
}

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
