/* SPDX-License-Identifier: MIT
 *
 * Sockets: what the API's socket functions do. Addresses, families, options and ioctls are Windows'
 * here and are translated inside; buffers are the program's. Every function returns a status, and
 * takes a socket that the caller holds a reference on.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "io/file.h"

#include <minwinbase.h>

struct socket;
struct io_routine;

extern const struct object_ops socket_ops;

/* WSABUF. */
struct net_buffer {
    uint32_t length;
    char *data;
};

/* What a transfer is about. */
struct net_transfer {
    const struct net_buffer *buffers;
    uint32_t count;
    uint32_t flags; /* MSG_* of Windows */
    OVERLAPPED *overlapped;
    void *routine; /* the program's completion routine, or NULL */
    void (*call)(const struct io_routine *routine);
    uint32_t *bytes; /* stored when the call finishes at once; may be NULL */
};

/* The socket behind a handle, with a reference (OBJ_REF_CALL). A descriptor that the library does
 * not know but that is a socket is adopted. NULL: nothing of that kind. */
struct socket *socket_get(uintptr_t handle);
static inline struct io_file *socket_file(struct socket *socket)
{
    return (struct io_file *)socket;
}
static inline void socket_unref(struct socket *socket)
{
    object_unref((struct object *)socket, OBJ_REF_CALL);
}

/* socket.c */
NTSTATUS socket_open(int family, int type, int protocol, bool overlapped, uintptr_t *handle);
NTSTATUS socket_adopt(int descriptor, uintptr_t *handle);
/* Closes a handle of a socket; the last one ends its operations (CLOSE-1 to 3). */
NTSTATUS socket_close(uintptr_t handle);
NTSTATUS socket_duplicate(struct socket *socket, uintptr_t *handle);

/* call.c: calls that answer at once */
NTSTATUS socket_bind(struct socket *socket, const void *address, int length);
NTSTATUS socket_listen(struct socket *socket, int backlog);
NTSTATUS socket_shutdown(struct socket *socket, int how);
NTSTATUS socket_name(struct socket *socket, bool peer, void *address, int *length);
NTSTATUS socket_set_nonblocking(struct socket *socket, bool on);
NTSTATUS socket_available(struct socket *socket, uint32_t *bytes);
NTSTATUS socket_at_mark(struct socket *socket, uint32_t *at_mark);
NTSTATUS socket_set_option(struct socket *socket, int level, int name, const void *value,
                           int length);
NTSTATUS socket_get_option(struct socket *socket, int level, int name, void *value, int *length);

/* connect.c */
NTSTATUS socket_connect(struct socket *socket, const void *address, int length);
NTSTATUS socket_connect_overlapped(struct socket *socket, const void *address, int length,
                                   const void *data, uint32_t data_length, OVERLAPPED *overlapped);

/* accept.c */
NTSTATUS socket_accept(struct socket *listener, void *address, int *length, uintptr_t *handle);
struct net_accept {
    char *buffer;
    uint32_t receive, local, remote; /* dwReceiveDataLength and the two address lengths */
};
NTSTATUS socket_accept_overlapped(struct socket *listener, struct socket *accepted,
                                  const struct net_accept *accept, OVERLAPPED *overlapped);

/* disconnect.c */
NTSTATUS socket_disconnect(struct socket *socket, bool reuse, OVERLAPPED *overlapped);

/* transfer.c. With an OVERLAPPED: STATUS_PENDING, or the outcome of a call that ended at once;
 * Without: blocking, unless the socket is not. */
NTSTATUS socket_receive(struct socket *socket, const struct net_transfer *transfer);
NTSTATUS socket_send(struct socket *socket, const struct net_transfer *transfer);

/* block.c: ends a thread's blocking call (CANC-9); STATUS_NOT_FOUND if it is in none. */
NTSTATUS socket_cancel_blocked(uint32_t thread);

/* An operation that does nothing but queue its packet (EXT-3). */
NTSTATUS socket_complete_nothing(struct socket *socket, const struct net_transfer *transfer);

#endif
