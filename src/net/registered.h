/* SPDX-License-Identifier: MIT
 *
 * Registered I/O's request queues (RIO-6 to RIO-8): requests that go the lanes' way like all
 * others, and whose results go to completion queues (rio/queue.h) instead of an OVERLAPPED.
 */
#ifndef NET_REGISTERED_H
#define NET_REGISTERED_H

#include "net/net.h"
#include "rio/buffer.h"

/* What RIOCreateRequestQueue is called with; the two directions in the engine's order. */
struct registered_limits {
    uint32_t most[2];    /* outstanding receives, sends */
    uintptr_t queues[2]; /* where their results go */
    uintptr_t context;
};

/* One request; all slices but `data` for datagrams only. NULL: there is none. */
struct registered_wanted {
    const struct rio_slice *data, *local, *remote, *control, *flags_out;
    bool defer, quiet, whole; /* RIO_MSG_DEFER, DONT_NOTIFY, WAITALL */
    uintptr_t context;
};

/* WSA_FLAG_REGISTERED_IO. */
void socket_allow_registered(struct socket *socket);

/* STATUS_INVALID_PARAMETER, STATUS_NOT_SUPPORTED (kind of socket), STATUS_INSUFFICIENT_RESOURCES
 * (memory, or room in a completion queue). */
NTSTATUS registered_create(struct socket *socket, const struct registered_limits *limits,
                           uintptr_t *id);

/* STATUS_OF_WINSOCK(10059): more are outstanding. */
NTSTATUS registered_resize(uintptr_t id, const uint32_t most[2]);

/* STATUS_SUCCESS: one result will come. Else none: STATUS_INVALID_PARAMETER,
 * STATUS_ACCESS_VIOLATION (a buffer), STATUS_INSUFFICIENT_RESOURCES, or what is wrong with an
 * address to send to. */
NTSTATUS registered_submit(uintptr_t id, bool out, const struct registered_wanted *wanted);

/* Starts what was deferred. */
NTSTATUS registered_commit(uintptr_t id, bool out);

#endif
