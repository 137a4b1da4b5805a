/* SPDX-License-Identifier: MIT
 *
 * The socket's own structure, for this room's files only.
 */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include "io/operation.h"
#include "net/extra.h"
#include "net/net.h"
#include "status/status.h"

#include <ntstatus.h>

/* Bits of io_file.flags that are the socket's: what it is and what has become of it. */
enum socket_flags {
    SOCKET_STREAM = IO_FILE_FIRST_OF_KIND,
    SOCKET_BOUND = SOCKET_STREAM << 1,
    SOCKET_LISTENING = SOCKET_STREAM << 2,
    SOCKET_CONNECTED = SOCKET_STREAM << 3,
    SOCKET_CONNECTING = SOCKET_STREAM << 4,  /* by ConnectEx, or by connect without blocking */
    SOCKET_ACCEPTING = SOCKET_STREAM << 5,   /* the accept socket of a pending AcceptEx */
    SOCKET_SHUT_IN = SOCKET_STREAM << 6,     /* shutdown(SD_RECEIVE) */
    SOCKET_SHUT_OUT = SOCKET_STREAM << 7,    /* shutdown(SD_SEND), DisconnectEx */
    SOCKET_NONBLOCKING = SOCKET_STREAM << 8, /* FIONBIO */
    SOCKET_RESET = SOCKET_STREAM << 9,       /* a reset was reported: it stays (RECV-7) */
    SOCKET_CLOSED = SOCKET_STREAM << 10,     /* no handle is left */
    SOCKET_UPDATED = SOCKET_STREAM << 11,    /* connected by ConnectEx (CONN-9) */
    SOCKET_SELECTED = SOCKET_STREAM << 12,   /* WSAEventSelect is in force */
    SOCKET_HAS_EVENTS = SOCKET_STREAM << 13, /* it was once: what was reported is remembered */
    SOCKET_HARDENED = SOCKET_STREAM << 14,   /* SIO_UDP_CONNRESET is off */
    SOCKET_LOST = SOCKET_STREAM << 15,       /* its number names another object's descriptor */
    SOCKET_HAS_AWAY = SOCKET_STREAM << 16,   /* operations of it have waited elsewhere */
    SOCKET_REGISTERED = SOCKET_STREAM << 17, /* WSA_FLAG_REGISTERED_IO */
    SOCKET_LINGERS = SOCKET_STREAM << 18,    /* closing it may have to wait, by SO_LINGER */
    SOCKET_UNSEEN = SOCKET_STREAM << 19,     /* no call but AcceptEx has been told of it */
    SOCKET_SPARE = SOCKET_STREAM << 20,      /* and its descriptor was another's (net/spare.h) */
    SOCKET_SHAPE = SOCKET_STREAM << 25,      /* four bits from here on: see socket_family */
};

/* As small as it can be: programs have very many of them that do nothing. */
struct socket {
    struct io_file file; /* dispatcher.spare: seconds, SO_CONNECT_TIME */
    /* file.lock: a struct socket_extra, or a listener plus SOCKET_LISTENER: see socket_listener.
     * An accept socket mostly has no extra part, and once it has one that has the listener too, so
     * that an AcceptEx need not make one. */
    uintptr_t extra_or_listener;
};
enum { SOCKET_LISTENER = 1 };
_Static_assert(sizeof(struct socket) == 112, "memory of an idle connection");

static inline int socket_descriptor(const struct socket *socket)
{
    return socket->file.engine.descriptor;
}

/* Linux' numbers. */
int socket_family(const struct socket *socket);
int socket_type(const struct socket *socket);

static inline bool socket_has(struct socket *socket, uint32_t flags)
{
    return io_file_has(&socket->file, flags);
}

static inline void socket_set(struct socket *socket, uint32_t flags)
{
    atomic_fetch_or_explicit(&socket->file.flags, flags, memory_order_relaxed);
}

static inline void socket_clear(struct socket *socket, uint32_t flags)
{
    atomic_fetch_and_explicit(&socket->file.flags, ~flags, memory_order_relaxed);
}

/* Options of a listening socket that only the library knows, for one of its connections (the others
 * the kernel hands on). Nothing happens where memory is short. */
void socket_inherit_options(struct socket *accepted, struct socket *listener);

/* Bytes of an address of the socket's family, as Windows counts them. */
int socket_name_length(const struct socket *socket);
/* The extra part, or NULL. With file.lock, or by who knows that it is there: it never goes. */
static inline struct socket_extra *socket_has_extra(const struct socket *socket)
{
    uintptr_t extra = socket->extra_or_listener;

    return extra & SOCKET_LISTENER ? NULL : (struct socket_extra *)extra; /* NOLINT */
}

/* Connected, as far as is known or the system says. */
bool socket_is_connected(struct socket *socket);
bool socket_broke(struct socket *socket); /* reset by the peer, as far as can be told */
void socket_now_connected(struct socket *socket);
/* SO_OOBINLINE: urgent data comes with the rest. */
bool socket_is_urgent_inline(const struct socket *socket);
/* The status of a failed transfer; remembers resets. */
NTSTATUS socket_transfer_status(struct socket *socket, int error);

/* block.c: waits for `events` (POLLIN, POLLOUT) until the deadline in a blocking call.
 * STATUS_SUCCESS: try again; STATUS_IO_TIMEOUT; STATUS_REQUEST_ABORTED when the socket was closed
 * or the call cancelled meanwhile. */
NTSTATUS socket_block(struct socket *socket, short events, int64_t deadline);
/* Ends the blocking calls of all threads on this socket. */
void socket_unblock(struct socket *socket);
/* The deadline of a blocking call that starts now. */
int64_t socket_deadline(struct socket *socket, bool sending);

/* events.c: network events, for the calls that enable one again (NETEV-3, 4). Costs a socket that
 * never had a selection one test. */
void events_enable(struct socket *socket, uint32_t events);
void events_enable_later(struct socket *socket, uint32_t events);
void events_inherit(struct socket *accepted, struct socket *listener);
void events_close(struct socket *socket);
void socket_noticed(struct io_file *file); /* io_ops.noticed */
void events_free(struct socket_events *events);

static inline void socket_enable_events(struct socket *socket, uint32_t events)
{
    if (UNLIKELY(socket_has(socket, SOCKET_HAS_EVENTS)))
        events_enable(socket, events);
}

/* The same where a lock is held, or when the descriptor has come to name another connection: the
 * library's own thread looks at once. */
static inline void socket_enable_events_later(struct socket *socket, uint32_t events)
{
    if (UNLIKELY(socket_has(socket, SOCKET_HAS_EVENTS)))
        events_enable_later(socket, events);
}

/* disconnect.c: what becomes of the socket when its outgoing direction has been ended; from inside
 * a `done` of that direction. */
NTSTATUS socket_disconnect_outcome(struct socket *socket, long result, bool reuse);
/* registered.c: what is deferred ends, and no more is accepted; the queue's end with the socket. */
void socket_close_registered(struct socket *socket);
void socket_free_registered(struct registered_queue *queue);
/* accept.c: the accept socket is closed before its AcceptEx is over (ACC-13). */
void socket_cancel_acceptance(struct socket *accepted);
/* transfer.c: ReadFile and WriteFile (RECV-19, SEND-10). */
NTSTATUS socket_transfer(struct io_file *file, const struct io_transfer *transfer, bool writing);

/* socket.c: a socket object for a descriptor, with a reference for the call. The descriptor is the
 * object's from now on. NULL when memory is short: it is not. */
struct socket *socket_make(int descriptor, int family, int type, uint32_t flags);
/* Files it under its descriptor's number and ends that reference. */
NTSTATUS socket_publish(struct socket *socket, uintptr_t *handle);
/* Puts a fresh, unconnected socket under its number, in passing; 0, or what failed. */
int socket_replace(struct socket *socket);

#endif
