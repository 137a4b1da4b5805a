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

/* Whose address goes with a datagram: the receiver's, with its length, or where the sender's is to
 * be stored, with the room there, which becomes its length. */
struct net_peer {
    void *address;
    int *length;
};

/* More buffers in one call are taken for a mistake: the array is not read. */
enum { NET_BUFFERS_MOST = UINT16_MAX };

/* What a transfer is about. */
struct net_transfer {
    const struct net_buffer *buffers;
    uint32_t count;
    uint32_t flags; /* MSG_* of Windows */
    OVERLAPPED *overlapped;
    void *routine; /* the program's completion routine, or NULL */
    void (*call)(const struct io_routine *routine);
    uint32_t *bytes;             /* stored when the call finishes at once; may be NULL */
    const struct net_peer *peer; /* NULL: the connection's; streams do not look at it */
};

/* The socket behind a handle, with a reference (OBJ_REF_CALL). A descriptor that the library does
 * not know but that is a socket is adopted. NULL: nothing of that kind. */
struct socket *socket_get(uintptr_t handle);
/* The same for calls that neither use the system's socket nor show it to anybody. */
struct socket *socket_find(uintptr_t handle);
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
/* Waits until the deadline, whatever mode the socket is in; on failure it can be tried again. */
NTSTATUS socket_connect_until(struct socket *socket, const void *address, int length,
                              int64_t deadline);
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
 * Without: blocking, unless the socket is not. What datagrams add is in datagram.c. */
NTSTATUS socket_receive(struct socket *socket, const struct net_transfer *transfer);
NTSTATUS socket_send(struct socket *socket, const struct net_transfer *transfer);

/* events.c: WSAEventSelect. Network events have Windows' bits; the errors are Winsock's. */
enum net_event {
    NET_EVENT_READ = 1,
    NET_EVENT_WRITE = 2,
    NET_EVENT_URGENT = 4,
    NET_EVENT_ACCEPT = 8,
    NET_EVENT_CONNECT = 16,
    NET_EVENT_CLOSE = 32,
    NET_EVENT_BITS = 6
};
/* The event is set when something of `events` happens; NULL or 0: no more. */
NTSTATUS socket_select_events(struct socket *socket, struct dispatcher *event, uint32_t events);
/* Takes what was recorded, and resets the event (may be NULL) in one step. */
NTSTATUS socket_take_events(struct socket *socket, struct dispatcher *event, uint32_t *events,
                            int errors[NET_EVENT_BITS]);

/* select.c: waits until something of what is wanted holds for one socket at least, or the deadline
 * has come: *ready counts those for which it does. */
enum net_poll {
    NET_POLL_READ = 1,     /* a receive or an accept would not wait */
    NET_POLL_DATA = 2,     /* and there is something to take */
    NET_POLL_WRITE = 4,    /* a send would not wait */
    NET_POLL_URGENT = 8,   /* there is urgent data */
    NET_POLL_HANG_UP = 16, /* the peer has finished */
    NET_POLL_RESET = 32,   /* the connection is broken */
    NET_POLL_REFUSED = 64, /* connecting has failed */
    NET_POLL_CLOSED = 128, /* the program has closed the socket; always looked for */
};
struct net_polled {
    struct socket *socket; /* referenced by the caller */
    uint32_t wanted;       /* NET_POLL_* */
    uint32_t is;           /* what of it holds */
};
NTSTATUS socket_poll(struct net_polled *polled, uint32_t count, int64_t deadline, uint32_t *ready);

/* An operation that does nothing but queue its packet (EXT-3). */
NTSTATUS socket_complete_nothing(struct socket *socket, const struct net_transfer *transfer);

#endif
